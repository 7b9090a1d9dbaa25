"""The composition root: the one place that builds and wires the window."""

import builtins
import gc
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from gui.display import display_problem

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QApplication

    from gui.lab import Lab

BAD_INPUT = 2
_plain_import = builtins.__import__


def main(files: Sequence[str] = (), watch: "Callable[[Lab], None] | None" = None) -> int:
    """Open the window, with files of runs if any; return the exit code.

    That is 2, with a sentence, when there is no display, or none of the files. `watch` is given the
    lab when its window was opened and nothing is painted yet: for who measures or tests the whole
    program, and has no need to change it then.
    """
    if missing := _missing(files):
        print(*missing, sep="\n", file=sys.stderr)
        if len(missing) == len(files):  # a whole window, to say that there is nothing to see
            return BAD_INPUT
    if problem := display_problem():
        print(f"futures-lab: {problem}", file=sys.stderr)
        return BAD_INPUT
    gc.disable()  # while all is being built, collecting finds nothing and takes 50 ms; see Lab
    try:
        app = make_application()
    except ImportError as error:
        print(f"futures-lab: Qt cannot be loaded: {error}.", file=sys.stderr)
        return BAD_INPUT
    from gui.lab import Lab

    lab = Lab()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: app.quit())
    lab.open(files)
    if watch is not None:
        watch(lab)
    try:
        return app.exec()
    finally:
        lab.close()


def _missing(files: Sequence[str]) -> list[str]:
    """Say of each file that is not there that it is not, where there is somebody to read it."""
    if sys.stderr is None:  # on Windows, without a terminal: the window tells
        return []
    return [
        f"futures-lab: “{name}” is not there. Check its name and its folder."
        for name in files
        if not Path(name).exists()
    ]


def make_application() -> "QApplication":
    """Load Qt and make the application, with its name, style and fonts; raises ImportError.

    PySide's own import reads the source of every module from then on, to see whether it may use
    `__feature__`, which nothing here does, and keeps it: some 25 ms until the charts are there, and
    8 MiB. So Python's own is put back.
    """
    from PySide6.QtGui import QIcon
    from PySide6.QtWidgets import QApplication

    builtins.__import__ = _plain_import
    QApplication.setStyle("Fusion")
    app = QApplication(sys.argv[:1])
    app.setApplicationName("futures-lab")
    app.setApplicationDisplayName("Futures Lab")
    app.setDesktopFileName("futures-lab")
    from gui.fonts import ensure_fonts

    ensure_fonts()
    # All our icons are files of our own. Of those that a dialog for files asks for, many are in no
    # theme of the desktop's: to look into 140,000 places for them would take 150 ms.
    QIcon.setThemeSearchPaths([":/none"])
    return app
