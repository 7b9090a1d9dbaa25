"""The window as a person meets it first: in stages, with keys that come too soon, closed early."""

import gc
from collections.abc import Callable
from functools import partial

import pytest
import shiboken6
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from core.experiments import find
from core.experiments.base import Experiment
from gui import lab as gui_lab
from gui.lab import Lab
from gui.painted import when_painted
from gui.theme import Theme
from gui.views import stages
from gui.views.page import ExperimentPage
from gui.views.stage import Stage


def test_a_key_for_run_that_comes_before_the_first_page_does_nothing(
    lab: Lab, qtbot: QtBot
) -> None:
    with qtbot.captureExceptions() as failures:
        lab.open()
        lab.window.menus.run.emit()
        lab.window.menus.stopped.emit()
    assert not failures
    qtbot.waitUntil(lambda: lab.runs is not None, timeout=30_000)


def test_a_page_chosen_before_the_first_one_is_there_is_the_one_that_is_built(
    lab: Lab, qtbot: QtBot
) -> None:
    lab.open()
    lab.window._nav.setCurrentRow(3)
    qtbot.waitUntil(lambda: lab.runs is not None, timeout=30_000)
    assert list(lab._pages) == [3]
    assert lab._pages[3].is_finished


def test_what_a_page_takes_is_imported_in_a_turn_before_it_is_built(
    light: Theme, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = ExperimentPage(find("pool-or-futures"), light)
    qtbot.addWidget(page)
    order: list[str] = []
    load = stages.load_stage

    def loaded(experiment: Experiment) -> Callable[[Theme], Stage]:
        if not order:  # a signal in the queue is heard when the event loop has its turn
            turn, queued = partial(order.append, "turn"), Qt.ConnectionType.QueuedConnection
            page.stop_requested.connect(turn, queued)
            page.stop_requested.emit()
        order.append("built" if "turn" in order else "imported")
        return load(experiment)

    monkeypatch.setattr(stages, "load_stage", loaded)
    stages.in_turns(page, page.experiment, page.finish)
    assert order == []
    qtbot.waitUntil(lambda: page.is_finished)
    assert order == ["imported", "turn", "built"]


def test_a_window_that_was_closed_before_its_first_paint_builds_nothing(
    lab: Lab, qtbot: QtBot
) -> None:
    lab.open()
    lab.window.close()
    for _ in range(20):
        QApplication.processEvents()
    assert not lab._pages
    assert lab.runs is None


class NeverSeen(QObject):
    """Keeps a window from knowing that it is painted, as one that is minimised is not."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        return event.type() == QEvent.Type.Paint


def test_a_window_that_is_minimised_meanwhile_is_built_all_the_same(
    lab: Lab, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gui_lab, "_PATIENCE_MS", 50)
    lab.window.showMinimized()
    install, blind = lab.window.installEventFilter, NeverSeen(lab.window)

    def install_below(eye: QObject) -> None:
        install(eye)
        install(blind)  # the last one is asked first

    monkeypatch.setattr(lab.window, "installEventFilter", install_below)
    lab.open()
    qtbot.waitUntil(lambda: lab.runs is not None, timeout=30_000)
    assert lab._pages[0].is_finished
    assert gc.isenabled()


def test_what_waits_for_a_paint_is_called_once_and_never_for_what_is_gone(qtbot: QtBot) -> None:
    called: list[str] = []

    def tell(widget: QWidget) -> None:
        called.append(widget.objectName())

    seen, gone, deleted, last = QWidget(), QWidget(), QWidget(), QWidget()
    for widget in (seen, gone, deleted):
        when_painted(widget, partial(tell, widget), 20)
    seen.setObjectName("seen")
    shiboken6.delete(deleted)
    for widget in (seen, gone):
        widget.show()
        widget.repaint()
    shiboken6.delete(gone)
    qtbot.waitUntil(lambda: bool(called))
    seen.repaint()
    when_painted(last, lambda: called.append("the patience of all others is over"), 40)
    qtbot.waitUntil(lambda: len(called) > 1)
    assert called == ["seen", "the patience of all others is over"]
    seen.close()
