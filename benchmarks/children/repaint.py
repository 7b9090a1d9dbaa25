"""The real window, whose chart and timeline change ten times a second, until it is ended."""

from __future__ import annotations

from PySide6.QtCore import QTimer

from benchmarks.children.answer import answer
from benchmarks.children.window import OpenLab

PERIOD_MS = 100


def main() -> None:
    """Measure something small, then show it again and again."""
    lab = OpenLab()
    lab.run(terms=1000, workers=(1, 2, 3, 4), executors=("serial", "threads"), blocks=5)
    timer = QTimer()
    timer.timeout.connect(lab.replay())
    timer.start(PERIOD_MS)
    answer(painting=True)
    lab.app.exec()


if __name__ == "__main__":
    main()
