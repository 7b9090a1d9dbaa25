"""Drawing by steps: all of them, in order, each in a turn of its own, whatever one of them does."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from gui.views.redraw import Redraw, Step


class Board(QObject):
    """Notes the steps that were taken, and how often they were asked for; some may fail."""

    def __init__(self, *names: str, failing: str = "") -> None:
        super().__init__()
        self.taken: list[str] = []
        self.asked = 0
        self._names, self._failing = names, failing
        self.redraw = Redraw(self._steps, self)

    def _steps(self) -> list[Step]:
        self.asked += 1
        return [partial(self._take, name) for name in self._names]

    def _take(self, name: str) -> None:
        self.taken.append(name)
        if name == self._failing:
            raise ValueError("cannot draw")


def test_one_drawing_serves_all_who_ask_before_it(qtbot: QtBot) -> None:
    board = Board("a", "b", "c")
    for _ in range(5):
        board.redraw.soon()
    qtbot.waitUntil(lambda: len(board.taken) == 3)
    assert board.taken == ["a", "b", "c"]
    assert board.asked == 1


def test_a_step_that_fails_keeps_no_other_from_being_taken(qtbot: QtBot) -> None:
    board = Board("a", "b", failing="a")
    with qtbot.capture_exceptions() as raised:
        board.redraw.soon()
        qtbot.waitUntil(lambda: board.taken == ["a", "b"])
    assert [str(error) for _, error, _ in raised] == ["cannot draw"]


def test_what_is_dropped_is_not_drawn_and_the_next_drawing_is_whole(qtbot: QtBot) -> None:
    board = Board("a", "b")
    board.redraw.soon()
    qtbot.waitUntil(lambda: board.taken == ["a"])
    board.redraw.drop()
    board.redraw.soon()
    qtbot.waitUntil(lambda: len(board.taken) == 3)
    assert board.taken == ["a", "a", "b"]


def test_nothing_to_draw_is_no_trouble(qtbot: QtBot) -> None:
    board = Board()
    board.redraw.soon()
    qtbot.waitUntil(lambda: board.asked == 1)
    board.redraw.soon()
    qtbot.waitUntil(lambda: board.asked == 2)
