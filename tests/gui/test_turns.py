"""Work by turns: in order, one in each turn of the event loop, and none that was dropped."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pytest
from PySide6.QtCore import QObject, QTimer
from pytestqt.qtbot import QtBot

from gui.turns import Step, Turns


@pytest.fixture
def owner(qtbot: QtBot) -> QObject:
    return QObject()


def test_other_events_come_between_two_steps(owner: QObject, qtbot: QtBot) -> None:
    noted: list[str] = []
    turns = Turns(owner)

    def first() -> None:
        noted.append("first")
        QTimer.singleShot(0, partial(noted.append, "an event"))

    turns.take([first, partial(noted.append, "second"), partial(noted.append, "third")])
    assert not noted
    qtbot.waitUntil(lambda: len(noted) == 4)
    assert [one for one in noted if one != "an event"] == ["first", "second", "third"]
    assert noted.index("an event") < noted.index("third")


def test_a_step_decides_which_come_after_it(owner: QObject, qtbot: QtBot) -> None:
    noted: list[int] = []

    def steps() -> Iterator[Step]:
        yield partial(noted.append, 1)
        yield partial(noted.append, len(noted) + 10)

    Turns(owner).take(steps())
    qtbot.waitUntil(lambda: noted == [1, 11])


def test_new_steps_take_the_place_of_old_ones_and_dropped_ones_are_not_taken(
    owner: QObject, qtbot: QtBot
) -> None:
    noted: list[str] = []
    dropping, going_on = Turns(owner), Turns(owner)
    dropping.take([partial(noted.append, "dropped")])
    dropping.drop()
    going_on.take([partial(noted.append, "old")])
    going_on.take([partial(noted.append, "new")])
    qtbot.waitUntil(lambda: bool(noted))
    going_on.take([partial(noted.append, "last")])
    qtbot.waitUntil(lambda: "last" in noted)
    assert noted == ["new", "last"]
