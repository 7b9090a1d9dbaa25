"""A window that has done something and now rests, until it is ended.

    python -m benchmarks.children.still plot|lab

The bare plot shows a line; the lab has run once and keeps its lab process, as it does for a person.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gui.lab import Lab


def plot() -> None:
    """Show a bare plot."""
    import pyqtgraph
    from PySide6.QtCore import QTimer

    from benchmarks.children.answer import answer

    app = pyqtgraph.mkQApp()
    chart = pyqtgraph.PlotWidget()
    chart.resize(1280, 800)
    chart.plot([1, 2, 3, 4], [4, 2, 1.4, 1])
    chart.show()
    QTimer.singleShot(1500, lambda: answer(pid=os.getpid()))
    app.exec()


def lab() -> None:
    """Start the program as a person does, and have it measure something small, with threads."""
    from gui.app import main

    main(watch=_run_once)


def _run_once(lab: Lab) -> None:
    from PySide6.QtCore import QTimer

    from benchmarks.children.answer import answer
    from benchmarks.children.window import OpenLab

    def run() -> None:
        opened = OpenLab(lab)
        opened.run(terms=100_000, workers=(1, 2, 3, 4), executors=("serial", "threads"), blocks=3)
        answer(pid=os.getpid())

    QTimer.singleShot(0, run)


if __name__ == "__main__":
    {"plot": plot, "lab": lab}[sys.argv[1]]()
