"""A record of another version, or of a stranger's file, on the page of its experiment."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace
from PySide6.QtWidgets import QLabel, QTableView
from pytestqt.qtbot import QtBot

from core.experiments import find
from tests.core.making import done, record
from tests.gui.conftest import OpenPage


def test_what_a_stranger_told_is_left_out_and_the_rest_is_drawn(
    open_page: OpenPage, qtbot: QtBot
) -> None:
    story = find("deadlock")
    told = {"moment": "at the end", "who": "F1", "is_now": "FINISHED"}
    row: dict[str, Any] = {"kind": "row", "t": 0.1, **told}
    strange: list[dict[str, Any]] = [
        {"x": 1},
        {"kind": "span", "start": 0.0},
        {"kind": "asks"},
        {"kind": "row", "n": 10**400},
    ]
    trial = done("threads", 2, 1, 1.0, rows=({"x": 1}, told), events=({"x": 1}, row))
    kept = record([trial], experiment="deadlock", parameters=story.defaults())
    page = open_page(story)
    page.begin(replace(kept, trials=()), 1.0)
    planned = story.plan(story.defaults(), None)[0]
    page.add_events([(planned, event) for event in [*strange, row]])
    page.add_trials([trial])
    page.show_record(kept)
    tables = [
        view for view in page.findChildren(QTableView) if view.accessibleName() == "What is left"
    ]
    qtbot.waitUntil(lambda: [view.model().rowCount() for view in tables] == [1])
    words = " ".join(label.text() for label in page.findChildren(QLabel))
    assert "Nobody was ever stuck" in words
    assert "Left out: 1 row and 1 event that this version does not know." in words
