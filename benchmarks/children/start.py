"""Start one program, stamp what a person sees of it, and end it.

    python -m benchmarks.children.start widget|plot|lab

Stamps are seconds of `time.perf_counter`, which the parent shares; each is taken when the event
loop is free again after a paint, so that the picture is on the screen.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from time import perf_counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from gui.lab import Lab

HEAVY = ("numpy", "pyqtgraph")


def widget() -> None:
    """Show a bare widget."""
    from PySide6.QtWidgets import QApplication, QWidget

    app = QApplication(sys.argv[:1])
    window = QWidget()
    window.resize(1280, 800)
    _when_painted(window, lambda: _end(painted=perf_counter()))
    window.show()
    app.exec()


def plot() -> None:
    """Show a bare plot."""
    import pyqtgraph

    app = pyqtgraph.mkQApp()
    chart = pyqtgraph.PlotWidget()
    chart.resize(1280, 800)
    chart.plot([1, 2, 3, 4], [4, 2, 1.4, 1])
    _when_painted(chart.viewport(), lambda: _end(ready=perf_counter()))
    chart.show()
    app.exec()


def lab() -> None:
    """Open Futures Lab as main.py does, until its chart is there and Run can be pressed.

    The first paint is that of the window with its menus and the list of experiments, still without
    a page; the form is the first that a person can do something with.
    """
    from gui.app import main

    stamps: dict[str, Any] = {}

    def built(window: QWidget) -> None:
        chart = _chart_in_sight(window)
        _when_painted(chart, lambda: _end(ready=perf_counter(), **stamps))

    def watch(lab: Lab) -> None:
        _when_painted(lab.window, lambda: stamps.setdefault("painted", perf_counter()))
        _when_painted(lab.window, lambda: stamps.setdefault("heavy", _heavy()))
        lab.form_painted.connect(lambda: stamps.setdefault("form", perf_counter()))
        lab.charts_built.connect(lambda: built(lab.window))

    main(watch=watch)


def _heavy() -> list[str]:
    return [name for name in HEAVY if name in sys.modules]


def _chart_in_sight(window: QWidget) -> QWidget:
    import pyqtgraph
    from PySide6.QtWidgets import QPushButton

    charts = [chart for chart in window.findChildren(pyqtgraph.PlotWidget) if chart.isVisible()]
    run = window.findChild(QPushButton, "run")
    assert run is not None
    assert run.isEnabled()
    viewport: QWidget = charts[0].viewport()
    return viewport


def _when_painted(what: QWidget, then: Callable[[], None]) -> None:
    """Call `then` once, when the event loop is free after the next paint of a widget."""
    from PySide6.QtCore import QEvent, QObject, QTimer

    class Eye(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if event.type() == QEvent.Type.Paint:
                watched.removeEventFilter(self)
                QTimer.singleShot(0, then)
            return False

    what.installEventFilter(Eye(what))


def _end(**stamps: Any) -> None:
    import json

    print(json.dumps(stamps), flush=True)
    os._exit(0)


if __name__ == "__main__":
    {"widget": widget, "plot": plot, "lab": lab}[sys.argv[1]]()
