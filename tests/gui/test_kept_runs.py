"""A run of the history on its page: what begins there meanwhile has the page, and is seen."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future
from itertools import count
from typing import Any

import pytest
from msgspec.structs import replace
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from core import runner
from core.errors import LabError
from core.experiments import find
from core.results.history.listing import RunRow
from core.runner import Run
from gui import experiments
from gui.kept_runs import KeptRuns
from gui.lab import Lab
from gui.models.kept import Kept, made_ready
from gui.models.run_state import State
from gui.runs import Runs
from gui.theme import Theme
from gui.views import replay
from gui.views.page import ExperimentPage
from tests.core.making import done, prepared
from tests.gui.conftest import OpenPage
from tests.gui.finding import find as find_widget
from tests.gui.jobs import turns
from tests.gui.test_history_page import row

EXPERIMENT = find("deadlock")
EVENTS, CUT_OFF = 20_000, "interrupted"


class Shown:
    """An experiment's page on which a long kept run is being shown."""

    def __init__(self, page: ExperimentPage, theme: Theme) -> None:
        self.page, self.runs = page, Runs()
        self.runs.attach(page)
        self.bars = QWidget()
        layout = QVBoxLayout(self.bars)
        self.kept_runs = KeptRuns(
            self.runs, theme, lambda _: page, lambda _, bar: layout.addWidget(bar), page
        )
        self.kept_runs.continue_asked.connect(self.go_on)
        self.bars.show()
        self.kept = long_run()
        self.kept_runs.show(self.kept)

    def go_on(self, run: RunRow) -> None:
        """Continue the run that is seen, as the history's desk has it done."""
        self.kept_runs.go_on(run, replace(self.kept.record, trials=()))

    @property
    def is_over(self) -> bool:
        return not self.kept_runs._replays

    @property
    def bar_is_seen(self) -> bool:
        return any(bar.isVisible() for bar in self.kept_runs._bars.values())

    def state_is(self, state: State) -> bool:
        return self.runs.controller.state is state


def long_run() -> Kept:
    """Make a run of this very machine, so that it can go on."""
    cut_off = replace(Run(EXPERIMENT, EXPERIMENT.defaults(), prepared()).record(), status=CUT_OFF)
    mark = {"kind": "mark", "lane": "worker 1", "at": 0.1, "t": 0.1, "label": "here"}
    told = replace(cut_off, trials=(done("threads", 2, 1, 0.5, events=(mark,) * EVENTS),))
    place = experiments.place_of("deadlock")
    assert place is not None
    return made_ready(row(12, experiment="deadlock", status=CUT_OFF), place, EXPERIMENT, told)


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a replay take many turns, by a clock on which each step is long."""
    clock = count()
    monkeypatch.setattr(replay, "perf_counter", lambda: next(clock) / 1000)
    monkeypatch.setattr(replay, "_EVENTS", 1)


@pytest.fixture
def shown(
    open_page: OpenPage, light: Theme, qtbot: QtBot, slow: None, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Shown]:
    """Be in the middle of a replay."""
    monkeypatch.setattr(runner, "LONG_RUN_S", 0.0)  # whatever begins is asked about first
    made = Shown(open_page(EXPERIMENT), light)
    qtbot.addWidget(made.bars)
    qtbot.waitUntil(lambda: made.page._record is not None)
    assert not made.is_over
    yield made
    made.runs.shut_down()


@pytest.mark.parametrize("how", ["run", "continue"])
def test_the_question_of_a_run_stands_though_a_kept_run_was_being_shown(
    shown: Shown, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    begin(shown, how)
    qtbot.waitUntil(lambda: shown.state_is(State.CONFIRMING), timeout=30_000)
    monkeypatch.setattr(replay, "_EVENTS", EVENTS)  # its rest would be shown at once
    turns(qtbot, shown.page, 100)
    assert shown.page._result._notice.isVisible()
    assert shown.bar_is_seen  # nothing has begun yet: it is still that run
    shown.runs.controller.confirm()
    qtbot.waitUntil(lambda: shown.state_is(State.RUNNING), timeout=30_000)
    assert shown.is_over
    assert not shown.bar_is_seen


def begin(shown: Shown, how: str) -> None:
    if how == "run":
        shown.runs.start(EXPERIMENT, shown.page, EXPERIMENT.defaults())
    else:
        find_widget(shown.bars, QPushButton, "kept-action").click()
    assert shown.state_is(State.PREPARING)


def test_a_kept_run_is_shown_to_its_end_when_the_run_that_was_to_begin_is_declined(
    shown: Shown, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin(shown, "run")
    shown.page.restore_typed({"timeout-s": "7"})
    qtbot.waitUntil(lambda: shown.state_is(State.CONFIRMING), timeout=30_000)
    shown.page._result.declined.emit()
    assert shown.state_is(State.STOPPED)
    monkeypatch.setattr(replay, "_EVENTS", EVENTS)
    qtbot.waitUntil(lambda: shown.is_over)
    assert len(shown.page._trials) == 1
    assert shown.page._record is shown.kept.record
    assert shown.page.typed()["timeout-s"] == "7"
    assert shown.bar_is_seen


def fail(shown: Shown, qtbot: QtBot, how: str) -> None:
    """Want a run that cannot begin: its lab process cannot, or its Python is gone."""
    if how == "getting ready":
        begin(shown, "run")
        qtbot.waitUntil(lambda: shown.state_is(State.FAILED), timeout=30_000)
    else:
        values = EXPERIMENT.defaults() | {"pythons": ("/gone/python3",)}
        shown.runs.start(EXPERIMENT, shown.page, values)
        assert shown.state_is(State.IDLE)


@pytest.mark.parametrize("how", ["getting ready", "its Python"])
def test_a_kept_run_is_shown_to_its_end_under_the_reason_why_another_could_not_begin(
    shown: Shown, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    def fails(*_: object) -> Future[dict[str, Any]]:
        failed: Future[dict[str, Any]] = Future()
        failed.set_exception(LabError("This Python cannot be started."))
        return failed

    monkeypatch.setattr(runner, "prepare", fails)
    fail(shown, qtbot, how)
    reason = problem(shown)
    assert "Python" in reason
    monkeypatch.setattr(replay, "_EVENTS", EVENTS)
    qtbot.waitUntil(lambda: shown.is_over)
    assert len(shown.page._trials) == 1
    assert shown.page._record is shown.kept.record
    assert problem(shown) == reason
    assert shown.bar_is_seen
    shown.kept_runs.show(shown.kept)
    qtbot.waitUntil(lambda: not problem(shown))


def problem(shown: Shown) -> str:
    """Tell the sentence that stands in the headline's place; empty where there is none."""
    notice = shown.page._result._notice
    return notice._sentence.text() if notice.isVisible() else ""


def headline(shown: Shown) -> str:
    return find_widget(shown.page, QLabel, "headline").text()


def test_while_a_kept_run_is_shown_nothing_is_said_to_be_measured(shown: Shown) -> None:
    assert headline(shown) == "Showing run 12 …"


def test_a_kept_run_that_cannot_be_shown_whole_says_what_it_found(
    shown: Shown, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise ValueError("strange")

    problems: list[str] = []
    shown.kept_runs.problem_found.connect(problems.append)
    monkeypatch.setattr(shown.page, "add_events", fails)
    qtbot.waitUntil(lambda: bool(problems))
    assert "strange" in problems[0]
    assert headline(shown) == "Interrupted before anything was measured"


def test_closing_shows_no_more_of_a_kept_run(
    lab: Lab, slow: None, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab.open()
    qtbot.waitUntil(lambda: lab.runs is not None, timeout=30_000)
    lab._show_history()
    assert lab._kept is not None
    kept = long_run()
    lab._kept.show(kept)
    page, shown = lab._pages[kept.place], list[object]()
    monkeypatch.setattr(page, "add_events", shown.append)
    qtbot.waitUntil(lambda: bool(shown))
    lab.close()
    shown.clear()
    turns(qtbot, page, 10)
    assert not shown
