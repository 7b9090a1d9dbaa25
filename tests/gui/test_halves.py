"""The timeline has the height that its lanes need, until a person moves the handle."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QScrollBar, QWidget
from pytestqt.qtbot import QtBot

from core.experiments import life
from core.experiments.base import Trial
from gui.views.halves import Halves
from gui.views.page import ExperimentPage
from gui.views.timeline.widget import Timeline
from tests.gui.conftest import OpenPage
from tests.gui.finding import find

TRIAL = Trial(print, (), "a story", "threads", 1, 1, 1)


@pytest.fixture
def page(open_page: OpenPage) -> ExperimentPage:
    return open_page(life.EXPERIMENT, 1100, 820)


def tell_of(page: ExperimentPage, lanes: int) -> None:
    """Tell of a span on each of some lanes, and draw them."""
    span = {"kind": "span", "t": 2.0, "start": 0.5, "end": 2.0}
    page.add_events([(TRIAL, span | {"lane": f"F{n}"}) for n in range(lanes)])
    assert page._stage is not None
    for step in page._stage.steps():
        step()


def test_all_lanes_are_in_sight_where_there_is_room(page: ExperimentPage, qtbot: QtBot) -> None:
    halves, bar = find(page, Halves), find(find(page, Timeline), QScrollBar)
    usual = halves.sizes()
    tell_of(page, 4)
    qtbot.wait(20)
    assert halves.sizes() == usual  # there was room
    tell_of(page, 8)
    qtbot.waitUntil(lambda: halves.sizes() != usual)
    assert not bar.isVisible()
    tell_of(page, 60)
    qtbot.waitUntil(bar.isVisible)
    assert halves.sizes()[0] > halves.sizes()[1]  # the chart is the larger one still


def test_where_a_person_has_put_the_handle_it_stays(page: ExperimentPage, qtbot: QtBot) -> None:
    halves = find(page, Halves)
    usual = halves.sizes()
    handle: QWidget = halves.handle(1)
    qtbot.mousePress(handle, Qt.MouseButton.LeftButton, pos=QPoint(20, 5))
    qtbot.mouseMove(handle, QPoint(20, 45))
    qtbot.mouseRelease(handle, Qt.MouseButton.LeftButton, pos=QPoint(20, 45))
    put = halves.sizes()
    assert put != usual
    tell_of(page, 8)
    qtbot.waitUntil(lambda: find(find(page, Timeline), QScrollBar).isVisible())
    qtbot.wait(20)
    assert halves.sizes() == put
