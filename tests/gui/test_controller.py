"""The controller: from an intent to a record, whatever happens in between."""

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from core.engines.lab_client import LabExecutor
from core.experiments import pi_scaling
from core.experiments.base import Trial
from core.runner import Run
from gui.bridge import FutureBridge
from gui.controller import RunController
from gui.models.run_state import State
from tests.signals import KILL

EXPERIMENT = pi_scaling.EXPERIMENT


def values(**changes: Any) -> dict[str, Any]:
    small = {"terms": 20_000, "workers": (1, 2), "blocks": 2}
    return EXPERIMENT.defaults() | small | changes


class Bench:
    """A controller with a lab of its own, and all the states that it went through."""

    def __init__(self, lab: LabExecutor) -> None:
        self.lab = lab
        self.controller = RunController(lab, FutureBridge())
        self.states: list[State] = []
        self.problems: list[str] = []
        self.controller.state_changed.connect(self.states.append)
        self.controller.problem_found.connect(lambda text, _: self.problems.append(text))


@pytest.fixture
def bench(qtbot: QtBot) -> Iterator[Bench]:
    made = Bench(LabExecutor())
    yield made
    made.controller.shut_down()


def wait_for(qtbot: QtBot, bench: Bench, state: State) -> None:
    qtbot.waitUntil(lambda: bench.controller.state is state, timeout=60_000)


def test_a_run_goes_from_idle_to_finished_with_every_trial(bench: Bench, qtbot: QtBot) -> None:
    bench.controller.start(EXPERIMENT, values())
    wait_for(qtbot, bench, State.FINISHED)
    assert bench.states == [State.PREPARING, State.RUNNING, State.FINISHED]
    run = bench.controller.run
    assert run is not None
    record = run.record()
    assert record.status == "finished"
    assert len(record.trials) == record.planned_trials == 14


def test_a_run_grows_until_it_has_enough(bench: Bench, qtbot: QtBot) -> None:
    wanted = {
        "until": "width",
        "width": 100.0,
        "budget": 590.0,
        "executors": ("serial", "threads"),
    }
    bench.controller.start(EXPERIMENT, values(**wanted))
    wait_for(qtbot, bench, State.FINISHED)
    run = bench.controller.run
    assert run is not None
    assert run.end_reason == "Every interval is narrower than 100 %: enough."
    assert len(run.trials) == len(run.plan) >= 5 * 3


def test_stop_ends_a_run_that_grows(bench: Bench, qtbot: QtBot) -> None:
    bench.controller.start(EXPERIMENT, values(until="time", budget=590.0))
    qtbot.waitUntil(
        lambda: bench.controller.run is not None and len(bench.controller.run.trials) > 5,
        timeout=60_000,
    )
    bench.controller.stop()
    wait_for(qtbot, bench, State.STOPPED)


def test_stop_keeps_the_trials_so_far_and_another_run_can_start(bench: Bench, qtbot: QtBot) -> None:
    bench.controller.start(EXPERIMENT, values(terms=3_000_000, blocks=20))
    with qtbot.waitSignal(bench.controller.trials_arrived, timeout=30_000):
        pass
    bench.controller.stop()
    wait_for(qtbot, bench, State.STOPPED)
    run = bench.controller.run
    assert run is not None
    assert run.record().status == "stopped"
    assert run.trials[0].status == "done"
    bench.controller.start(EXPERIMENT, values())
    wait_for(qtbot, bench, State.FINISHED)


def test_stop_while_getting_ready_ends_without_a_run(bench: Bench, qtbot: QtBot) -> None:
    bench.controller.start(EXPERIMENT, values())
    bench.controller.stop()
    wait_for(qtbot, bench, State.STOPPED)
    assert bench.controller.run is None
    bench.controller.start(EXPERIMENT, values())
    wait_for(qtbot, bench, State.FINISHED)


def test_a_long_run_waits_for_an_answer(bench: Bench, qtbot: QtBot) -> None:
    bench.controller.start(EXPERIMENT, values(terms=10**11))
    wait_for(qtbot, bench, State.CONFIRMING)
    bench.controller.stop()
    wait_for(qtbot, bench, State.STOPPED)
    bench.controller.start(EXPERIMENT, values(terms=10**11))
    wait_for(qtbot, bench, State.CONFIRMING)
    bench.controller.confirm()
    wait_for(qtbot, bench, State.RUNNING)
    bench.controller.stop()
    wait_for(qtbot, bench, State.STOPPED)


def test_a_crash_fails_its_trial_and_the_run_goes_on(bench: Bench, qtbot: QtBot) -> None:
    kinds = ("serial", "threads")
    bench.controller.start(
        EXPERIMENT, values(terms=3_000_000, executors=kinds, workers=(2,), blocks=2)
    )
    wait_for(qtbot, bench, State.RUNNING)
    with qtbot.waitSignal(bench.controller.trials_arrived, timeout=30_000):
        pass
    assert bench.lab.pid is not None
    os.kill(bench.lab.pid, KILL)  # the same block's next trial runs in it
    wait_for(qtbot, bench, State.FAILED)
    run = bench.controller.run
    assert run is not None
    statuses = [trial.status for trial in run.trials]
    assert statuses.count("failed") == 1
    assert statuses.count("done") == 3
    failed = next(trial for trial in run.trials if trial.error)
    assert failed.error is not None
    assert "SIGKILL" in failed.error.message


def fail_once(problem: Exception) -> Callable[..., Any]:
    """Make a method that raises, in the place of one of a run's."""

    def fail(*_: Any) -> Any:
        raise problem

    return fail


@pytest.mark.parametrize("method", ["take", "grow"])
def test_what_a_run_cannot_take_ends_it_with_a_sentence_and_keeps_the_rest(
    bench: Bench, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    with monkeypatch.context() as broken:
        take = Run.take

        def take_first(run: Run, trial: Trial, future: Any) -> Any:
            if trial.order > 1:
                raise KeyError("strange")
            return take(run, trial, future)

        broken.setattr(
            Run, method, take_first if method == "take" else fail_once(KeyError("strange"))
        )
        bench.controller.start(EXPERIMENT, values(executors=("serial",), blocks=3))
        wait_for(qtbot, bench, State.FAILED)
    (sentence,) = bench.problems
    assert "what was measured till then is kept: KeyError: 'strange'" in sentence
    run = bench.controller.run
    assert run is not None
    assert (run.record().status, len(run.trials)) == ("failed", 1 if method == "take" else 3)
    bench.controller.start(EXPERIMENT, values())
    wait_for(qtbot, bench, State.FINISHED)


def test_stop_ends_at_once_where_nothing_is_left_to_wait_for(bench: Bench, qtbot: QtBot) -> None:
    bench.controller.start(EXPERIMENT, values(terms=3_000_000, blocks=20))
    wait_for(qtbot, bench, State.RUNNING)
    bench.controller._waiting.clear()  # as nothing of ours should leave it
    bench.controller.stop()
    assert bench.controller.state is State.STOPPED


def test_an_interpreter_that_cannot_start_is_a_problem_told(qtbot: QtBot) -> None:
    bench = Bench(LabExecutor(["/nowhere/python"]))
    bench.controller.start(EXPERIMENT, values())
    wait_for(qtbot, bench, State.FAILED)
    assert "/nowhere/python cannot be started" in bench.problems[0]
    bench.controller.shut_down()


def test_a_second_start_during_a_run_is_ignored(bench: Bench, qtbot: QtBot) -> None:
    bench.controller.start(EXPERIMENT, values())
    bench.controller.start(EXPERIMENT, values(blocks=9))
    wait_for(qtbot, bench, State.FINISHED)
    assert bench.controller.run is not None
    assert bench.controller.run.values["blocks"] == 2
