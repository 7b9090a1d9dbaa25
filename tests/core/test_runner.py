"""From a plan to a record, whatever happens on the way."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import msgspec
import pytest

from core import runner
from core.engines.interpreters import choices
from core.engines.lab_client import LabExecutor
from core.errors import LabCrashed, LabStopped, RemoteError
from core.experiments.base import Experiment, Trial, measured
from core.experiments.pi_scaling import EXPERIMENT
from core.experiments.race import EXPERIMENT as RACE
from core.lab.measure import TrialSpec
from core.results.records import from_json, to_json
from core.runner import Run, outcome, prepare, stop, submit
from tests.core import jobs
from tests.core.carrying import carried_out
from tests.core.making import PYTHON
from tests.core.pythons.making import interpreter
from tests.core.watching import SOON_S, eventually, signs, works

VALUES = {
    **EXPERIMENT.defaults(),
    "terms": 5000,
    "workers": (1, 2),
    "executors": ("serial", "threads"),
    "blocks": 2,
}


def run_of(lab: LabExecutor, experiment: Experiment = EXPERIMENT, **changes: Any) -> Run:
    values = {**VALUES, **changes}
    return Run(experiment, values, prepare(lab, experiment, values).result(SOON_S))


def with_plan(plan: Callable[[tuple[Trial, ...]], tuple[Trial, ...]]) -> Experiment:
    """Make an experiment whose plan is π scaling's, changed."""
    return dataclasses.replace(
        EXPERIMENT, plan=lambda values, machine: plan(EXPERIMENT.plan(values, machine))
    )


def with_executor(trial: Trial, executor: str) -> Trial:
    spec = {**trial.arguments[0], "executor": executor}
    return dataclasses.replace(trial, executor=executor, arguments=(spec,))


def done(result: object = None, error: Exception | None = None) -> Future[Any]:
    future: Future[Any] = Future()
    future.set_running_or_notify_cancel()
    future.set_exception(error) if error else future.set_result(result)
    return future


def trial_of(executor: str, start_method: str | None = None) -> Trial:
    spec = TrialSpec(
        workload="leibniz",
        size=100,
        executor=executor,
        start_method=start_method,
        workers=2,
        tasks_per_worker=1,
    )
    return measured(spec, block=1, order=1, work_s=0.9, whole_s=1.0)


def which_process(block: int) -> Trial:
    """Make a trial that tells in which process it ran."""
    job = jobs.number_of_process
    return dataclasses.replace(trial_of("serial"), job=job, arguments=(), block=block)


@pytest.fixture
def offline() -> Run:
    """A run whose trials the test ends itself."""
    prepared = {"python": described_python(), "term_s": 1e-6}
    return Run(EXPERIMENT, VALUES, prepared)


def described_python() -> dict[str, Any]:
    return {name: getattr(PYTHON, name) for name in PYTHON.__struct_fields__}


# ---------------------------------------------------------------------------------- a whole run


def test_a_run_is_prepared_by_the_python_that_it_runs_on(lab: LabExecutor) -> None:
    run = run_of(lab)

    assert run.environment.python is not None
    assert list(map(int, run.environment.python.version.split(".")[:2])) == (
        lab.submit(jobs.python_version).result(SOON_S)
    )
    assert run.expected_s > 0
    assert run.status == "running"


def test_a_run_that_goes_well_has_every_trial_of_its_plan(lab: LabExecutor) -> None:
    run = run_of(lab)

    record = carried_out(run, lab)

    assert record.status == "finished"
    assert record.planned_trials == len(run.plan) == 6
    assert [(t.executor, t.workers, t.block, t.order, t.status) for t in record.trials] == [
        (t.executor, t.workers, t.block, t.order, "done") for t in run.plan
    ]


def test_each_block_has_a_process_of_its_own(lab: LabExecutor) -> None:
    plan = [which_process(block) for block in (1, 1, 2, 2, 3)]

    one, same, two, also, three = (future.result(SOON_S) for future in submit(lab, plan))

    assert one == same
    assert two == also
    assert len({one, two, three}) == 3


def test_blocks_that_a_run_adds_have_processes_of_their_own(lab: LabExecutor) -> None:
    before = lab.submit(jobs.number_of_process).result(SOON_S)

    (future,) = submit(lab, [which_process(6)])

    assert future.result(SOON_S) != before


def test_the_record_of_a_run_comes_back_exactly(lab: LabExecutor) -> None:
    record = carried_out(run_of(lab), lab)

    assert from_json(to_json(record)) == record


def test_a_record_can_be_had_before_the_end(offline: Run) -> None:
    assert offline.record().status == "running"
    assert offline.record().trials == ()


def test_a_failed_trial_is_told_and_the_run_goes_on(lab: LabExecutor) -> None:
    experiment = with_plan(lambda plan: (plan[0], with_executor(plan[1], "fibres"), *plan[2:]))

    record = carried_out(run_of(lab, experiment), lab)

    assert record.status == "failed"
    assert [trial.status for trial in record.trials] == ["done", "failed", *["done"] * 4]
    error = record.trials[1].error
    assert error is not None
    assert (error.type, error.message) == ("ValueError", "there is no executor kind 'fibres'")
    assert "Traceback" in error.detail


def test_a_lab_that_crashes_fails_its_trial_and_the_run_goes_on(lab: LabExecutor) -> None:
    run = run_of(lab)
    crash = lab.submit(jobs.exit_with, 3, "last words")
    futures = [crash, *submit(lab, run.plan[1:])]
    for trial, future in zip(run.plan, futures, strict=True):
        future.exception(SOON_S)
        run.take(trial, future)

    error = run.trials[0].error
    assert error is not None
    assert error.type == "LabCrashed"
    assert "exit code 3" in error.message
    assert error.detail == "last words"
    assert [trial.status for trial in run.trials[1:]] == ["done"] * 5


# ------------------------------------------------------------------------------------- stopping


def test_a_run_stopped_in_the_middle_keeps_what_was_measured(
    lab: LabExecutor, folder: Path
) -> None:
    run = run_of(lab)
    first = submit(lab, run.plan[:1])
    endless = lab.submit(jobs.loop, str(folder))
    rest = submit(lab, run.plan[2:])
    eventually(lambda: signs(folder), "the second trial runs")

    stop(lab)

    for trial, future in zip(run.plan, [*first, endless, *rest], strict=True):
        eventually(future.done, "every future is settled")
        run.take(trial, future)
    run.end(stopped=True)
    assert run.record().status == "stopped"
    assert [trial.status for trial in run.record().trials] == ["done", "stopped"]
    assert works(lab)


def test_stopping_what_has_not_begun_is_nothing(lab: LabExecutor) -> None:
    stop(lab)

    assert works(lab)


# ------------------------------------------------------------------------- what came of a trial


def test_a_trial_cancelled_before_it_began_is_no_trial(offline: Run) -> None:
    future: Future[Any] = Future()
    future.cancel()

    assert offline.take(offline.plan[0], future) is None
    assert offline.trials == []


def test_a_stopped_trial_is_neither_done_nor_failed() -> None:
    record = outcome(trial_of("serial"), done(error=LabStopped("stopped while it ran")))

    assert record is not None
    assert (record.status, record.error) == ("stopped", None)


def test_a_trial_that_told_tells_when_it_was_over_though_it_never_ended(offline: Run) -> None:
    trial = offline.plan[0]
    offline.note(trial, {"kind": "waits", "t": 0.4, "who": "worker 1", "whom": "f2"})
    offline.note(trial, {"kind": "row", "t": 0.2, "late": True})
    record = offline.take(trial, done(error=LabStopped("stopped")))
    assert record is not None
    assert record.wall_s is not None
    assert record.wall_s >= 0.4
    assert (record.rows, len(record.events)) == (({"late": True},), 2)


@pytest.mark.parametrize(
    ("error", "type_name", "detail"),
    [
        (RemoteError("OSError", "a worker died", "Traceback"), "OSError", "Traceback"),
        (LabCrashed("a worker died", "last words"), "LabCrashed", "last words"),
        (TypeError("a worker died"), "TypeError", ""),
    ],
    ids=lambda value: type(value).__name__,
)
def test_an_error_is_recorded_by_its_own_type(
    error: Exception, type_name: str, detail: str
) -> None:
    record = outcome(trial_of("processes"), done(error=error))

    assert record is not None
    assert record.status == "failed"
    assert record.error is not None
    assert (record.error.type, record.error.message, record.error.detail) == (
        type_name,
        "a worker died",
        detail,
    )


@pytest.mark.parametrize(
    ("trial", "recorded"),
    [
        (trial_of("processes"), "fork"),
        (trial_of("processes", "spawn"), "spawn"),
        (trial_of("threads"), None),
    ],
    ids=["default", "spawn", "threads"],
)
def test_a_trial_that_failed_still_tells_how_its_processes_were_started(
    offline: Run, trial: Trial, recorded: str | None
) -> None:
    record = offline.take(trial, done(error=LabCrashed("it crashed")))

    assert record is not None
    assert record.start_method == recorded


@pytest.mark.parametrize(
    ("endings", "stopped", "status"),
    [
        ([None, None], False, "finished"),
        ([None, LabCrashed("it crashed")], False, "failed"),
        ([None, LabStopped("stopped")], True, "stopped"),
        ([LabCrashed("it crashed"), LabStopped("stopped")], True, "stopped"),
    ],
    ids=["all done", "one failed", "one stopped", "failed and stopped"],
)
def test_the_status_of_a_run_follows_from_its_trials(
    offline: Run, endings: list[Exception | None], stopped: bool, status: str
) -> None:
    measured = {"startup_s": 0.0, "work_s": 1.0, "cpu_s": 1.0, "value": 3.0, "abs_error": 0.1}
    for trial, error in zip(offline.plan, endings, strict=False):
        offline.take(trial, done(measured, error))

    offline.end(stopped)

    assert offline.record().status == status


# ------------------------------------------------------------------------------------- time left


class Clock:
    """Stands in for the module `time`: goes on only when it is told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(runner, "time", clock)
    return clock


@pytest.fixture
def timed(clock: Clock) -> Run:
    """A run on the clock that goes on only when it is told to."""
    return Run(EXPERIMENT, VALUES, {"python": described_python(), "term_s": 1e-6})


def test_the_time_left_shrinks_to_nothing_as_trials_are_done(timed: Run) -> None:
    left = [timed.remaining_s]
    for trial in timed.plan:
        timed.take(trial, done({"startup_s": 0.0, "work_s": trial.expected_s}))
        left.append(timed.remaining_s)

    assert left[0] == pytest.approx(timed.expected_s)
    assert left == sorted(left, reverse=True)
    assert left[-1] == pytest.approx(0, abs=1e-9)


def test_the_time_left_shrinks_while_a_trial_runs_but_not_into_the_next(
    timed: Run, clock: Clock
) -> None:
    first, *rest = timed.plan
    clock.now = first.expected_s / 2
    assert timed.remaining_s == pytest.approx(timed.expected_s - first.expected_s / 2)

    clock.now = 1000.0
    assert timed.remaining_s == pytest.approx(sum(trial.expected_s for trial in rest))


def test_the_time_left_learns_from_trials_that_take_longer(timed: Run) -> None:
    first, *rest = timed.plan
    timed.take(first, done({"startup_s": first.expected_s, "work_s": 2 * first.expected_s}))

    assert timed.remaining_s == pytest.approx(3 * sum(trial.expected_s for trial in rest))


def test_the_time_left_learns_nothing_from_a_trial_that_failed(timed: Run) -> None:
    first, *rest = timed.plan
    timed.take(first, done(error=LabCrashed("it crashed")))

    assert timed.remaining_s == pytest.approx(sum(trial.expected_s for trial in rest))


def row(t: float) -> dict[str, Any]:
    return {"kind": "row", "t": t, "lost": 0}


def test_a_story_tells_by_its_rows_how_far_it_is(clock: Clock) -> None:
    values = {**RACE.defaults(), "repeats": 4}
    played = Run(RACE, values, {"python": described_python(), "term_s": 0.0})
    (trial,) = played.plan
    assert [played.done, played.remaining_s] == pytest.approx([0, trial.expected_s])

    clock.now = 100.0
    played.note(trial, row(100.0))
    assert [played.done, played.remaining_s] == pytest.approx([0.25, 300.0])
    clock.now = 150.0
    assert [played.done, played.remaining_s] == pytest.approx([0.25, 250.0])
    clock.now = 160.0
    played.note(trial, row(160.0))
    assert [played.done, played.remaining_s] == pytest.approx([0.5, 160.0])
    clock.now = 1000.0
    assert played.remaining_s == 0
    played.take(trial, done({"work_s": 1000.0}))
    assert (played.done, played.remaining_s) == (1, 0)


def test_what_one_python_tells_holds_for_those_after_it(clock: Clock) -> None:
    story = dataclasses.replace(RACE, plan=lambda values, machine: RACE.plan(values, None) * 2)
    played = Run(story, RACE.defaults(), {"python": described_python(), "term_s": 0.0})
    clock.now = 100.0
    played.note(played.plan[0], row(100.0))

    assert played.remaining_s == pytest.approx(400.0 + 500.0)


def test_rows_that_do_not_come_evenly_tell_nothing_of_the_time(timed: Run, clock: Clock) -> None:
    clock.now = 0.1
    before = timed.remaining_s
    timed.note(timed.plan[0], row(0.1))

    assert (timed.done, timed.remaining_s) == (0, before)


class Babbling(LabExecutor):
    """Pythons that say of themselves what makes no sense; nothing is started."""

    def submit_on(self, *_: Any, **__: Any) -> Future[Any]:
        return done({"python": {"version": 3}, "term_s": 0.0})


def test_a_python_that_tells_nonsense_of_itself_keeps_nobody_waiting() -> None:
    one = interpreter("3.13.0")
    prepared = prepare(Babbling(), EXPERIMENT, VALUES, choices([one]))
    assert type(prepared.exception(SOON_S)) is msgspec.ValidationError
