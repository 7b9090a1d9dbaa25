"""A story goes on: what it has told is shown a little at a time, and only then the rest runs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import count
from typing import Any

import pytest
from msgspec.structs import replace
from pytestqt.qtbot import QtBot

from core.experiments import find
from core.experiments.base import Trial
from core.results.records import TrialRecord
from core.runner import Run
from gui.models.run_state import State
from gui.runs import Runs
from gui.views import replay
from gui.views.page import ExperimentPage
from gui.views.replay import Replay
from tests.core.making import done, prepared
from tests.gui.conftest import OpenPage
from tests.gui.jobs import turns

EXPERIMENT = find("sharing")
VALUES = {**EXPERIMENT.defaults(), "ways": ("nothing",), "increments": 100, "repeats": 2}
EVENTS = 5000
MOST_IN_A_TURN = 1000
Told = Sequence[tuple[Any, dict[str, Any]]]


class Seen:
    """A page with a run that goes on, and what was shown of the first part in each turn."""

    def __init__(self, page: ExperimentPage, monkeypatch: pytest.MonkeyPatch) -> None:
        self.runs, self.page = Runs(), page
        self.states: list[State] = []
        self.turns: list[int] = []
        self._now = 0
        self.runs.attach(page)
        self.runs.controller.state_changed.connect(self.states.append)
        add_events, take_turn = page.add_events, Replay._take_turn

        def counted(events: Told) -> None:
            self._now += len(events)
            add_events(events)

        def turn(one: Replay) -> None:
            self._now = 0
            take_turn(one)
            self.turns.append(self._now)

        monkeypatch.setattr(page, "add_events", counted)
        monkeypatch.setattr(Replay, "_take_turn", turn)
        clock = count()
        monkeypatch.setattr(replay, "perf_counter", lambda: next(clock) / 1000)

    def go_on(self) -> None:
        """Go on with a run whose first trial told much, on the machine where it was measured."""
        run = Run(EXPERIMENT, VALUES, prepared())
        first = run.plan[0]
        for at in range(EVENTS):
            span = {"kind": "span", "lane": "worker 1", "start": at / 1000, "end": (at + 1) / 1000}
            run.note(first, {**span, "t": at / 1000, "label": "nothing", "state": "task"})
        told = run._told[first.order]
        trial = replace(_done(first), events=tuple(told.events))
        record = replace(run.record(), status="interrupted", trials=(trial,))
        self.runs.start(EXPERIMENT, self.page, VALUES, (1, record))


def _done(planned: Trial) -> TrialRecord:
    made = done(planned.executor, planned.workers, planned.block, 0.5)
    return replace(made, order=planned.order, name=planned.name)


@pytest.fixture
def seen(open_page: OpenPage, monkeypatch: pytest.MonkeyPatch) -> Iterator[Seen]:
    made = Seen(open_page(EXPERIMENT), monkeypatch)
    yield made
    made.runs.shut_down()


def state_is(seen: Seen, state: State) -> bool:
    return seen.runs.controller.state is state


def test_what_was_told_is_shown_in_slices_before_the_rest_runs(seen: Seen, qtbot: QtBot) -> None:
    at_its_begin: list[int] = []
    seen.runs.controller.state_changed.connect(
        lambda state: at_its_begin.append(sum(seen.turns)) if state is State.RUNNING else None
    )
    seen.go_on()
    qtbot.waitUntil(lambda: state_is(seen, State.FINISHED), timeout=60_000)
    assert seen.states == [State.PREPARING, State.RECALLING, State.RUNNING, State.FINISHED]
    assert sum(seen.turns) == EVENTS
    assert max(seen.turns) <= MOST_IN_A_TURN
    run = seen.runs.controller.run
    assert run is not None
    assert [trial.order for trial in run.trials] == [trial.order for trial in run.plan]
    assert len(seen.page._trials) == len(run.plan)


def test_stop_meanwhile_shows_it_to_its_end_and_runs_nothing(seen: Seen, qtbot: QtBot) -> None:
    seen.go_on()
    qtbot.waitUntil(lambda: len(seen.turns) > 1, timeout=60_000)
    seen.runs.controller.stop()
    assert state_is(seen, State.STOPPING)
    qtbot.waitUntil(lambda: state_is(seen, State.STOPPED), timeout=60_000)
    assert State.RUNNING not in seen.states
    assert sum(seen.turns) == EVENTS
    run = seen.runs.controller.run
    assert run is not None
    assert len(run.trials) == len(seen.page._trials) == 1


def test_closing_meanwhile_begins_nothing(seen: Seen, qtbot: QtBot) -> None:
    seen.go_on()
    qtbot.waitUntil(lambda: len(seen.turns) > 1, timeout=60_000)
    seen.runs.shut_down()
    shown = len(seen.turns)
    turns(qtbot, seen.page, 4)
    assert len(seen.turns) == shown
    assert State.RUNNING not in seen.states
