"""The composition root: the one place that builds and wires the window."""

import signal
import sys

from gui.display import display_problem

BAD_INPUT = 2


def main() -> int:
    """Open the window and return the exit code; 2, with a sentence, when there is no display."""
    if problem := display_problem():
        print(f"futures-lab: {problem}", file=sys.stderr)
        return BAD_INPUT
    try:
        from PySide6.QtWidgets import QApplication
    except ImportError as error:
        print(f"futures-lab: Qt cannot be loaded: {error}.", file=sys.stderr)
        return BAD_INPUT
    app = QApplication(sys.argv[:1])
    app.setApplicationName("futures-lab")
    app.setApplicationDisplayName("Futures Lab")
    app.setDesktopFileName("futures-lab")
    app.setStyle("Fusion")
    from gui.lab import Lab

    lab = Lab()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: app.quit())
    lab.open()
    try:
        return app.exec()
    finally:
        lab.close()
