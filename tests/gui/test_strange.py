"""A record of another version, or of a stranger's file, on the page of its experiment."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace
from PySide6.QtWidgets import QLabel, QTableView, QWidget
from pytestqt.qtbot import QtBot

from core.experiments import base, find
from core.results.records import Flag, Note
from gui.models.run_state import State
from gui.models.trials import TrialTable
from gui.theme import Theme
from tests.core.making import done, environment, record
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
    page.show_record(kept, story.summarize(kept))  # as it is made where a record is opened
    tables = [
        view for view in page.findChildren(QTableView) if view.accessibleName() == "What is left"
    ]
    qtbot.waitUntil(lambda: [view.model().rowCount() for view in tables] == [1])
    words = " ".join(label.text() for label in page.findChildren(QLabel))
    assert "Nobody was ever stuck" in words
    assert "Left out: 1 row and 1 event that this version does not know." in words


def test_a_run_of_our_own_is_not_looked_through_in_the_windows_thread(
    open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def looked(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(base, "only_known", looked)
    story = find("deadlock")
    row = {"moment": "at the end", "who": "F1", "is_now": "FINISHED"}
    made = record(
        [done("threads", 2, 1, 1.0, rows=(row,))],
        experiment="deadlock",
        parameters=story.defaults(),
    )
    page = open_page(story)
    page.begin(replace(made, trials=()), 1.0)
    page.show_state(State.RUNNING)
    page.add_trials(list(made.trials))
    page._show_summary_so_far()
    page.show_record(made)
    words = " ".join(label.text() for label in page.findChildren(QLabel))
    assert "Nobody was ever stuck" in words


def test_what_a_newer_program_saw_is_shown_by_its_sentence(
    open_page: OpenPage, light: Theme
) -> None:
    sweep = find("pi-scaling")
    trial = done("serial", 1, 1, 1.0, flags=(Flag("moon", "The moon was full."),))
    about = replace(environment(), notes=(Note("tide", "It was high tide."),))
    made = record([trial], environment=about, parameters=sweep.defaults())
    page = open_page(sweep)
    page.begin(replace(made, trials=()), 1.0)
    page.add_trials([trial])
    page.show_record(made, sweep.summarize(made))
    words = [label.accessibleDescription() for label in page.findChildren(QWidget)]
    assert "It was high tide." in words
    table = TrialTable(light)
    table.append([trial], [trial.flags or ()])
    cells = [table.index(0, column).data() for column in range(table.columnCount())]
    assert "disturbed: The moon was full." in cells
