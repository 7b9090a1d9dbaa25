"""Where the time went: parts that sum to the wall time, for any trial that there can be."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.engines.lab_client import LabExecutor
from core.lab import workloads
from core.lab.measure import run_trial
from core.results.phases import PARTS, Phases, phases
from core.results.records import TaskRecord, TrialRecord
from tests.core.making import done, failed
from tests.core.test_workloads import spec
from tests.core.watching import SOON_S

KINDS = ["serial", "threads", "processes", "pool", "ceiling"]
short = st.floats(0, 2)
times = st.floats(allow_nan=False, allow_infinity=False, width=32)


def of(trial: TrialRecord) -> Phases:
    found = phases(trial)
    assert found is not None
    return found


def total(found: Phases) -> float:
    return sum(seconds for _, seconds in found.parts)


def task(worker: int, submit: float, start: float, end: float, cpu: float = 0.0) -> TaskRecord:
    return TaskRecord(worker, submit, start, end, cpu)


# ------------------------------------------------------------------------ by hand, part by part


def trial(*tasks: TaskRecord, work_s: float, workers: int = 2, **more: Any) -> TrialRecord:
    return done("processes", workers, 1, work_s, tasks=tasks, **more)


def test_each_part_is_what_its_formula_says() -> None:
    """Two workers; opened at 0, submits at 1 and 2, the last returns at 3, all over at 20.

    Worker 1 begins at 2.5, half a second after its task was handed over at 2, and ends at 10.
    Worker 2 is sent its task until 3, begins at 4 and ends at 18. The last result is there at 20.
    """
    found = of(
        trial(
            task(1, 1, 2.5, 10, cpu=7),
            task(2, 2, 4, 18, cpu=9),
            work_s=19,
            sending_s=2,
            closing_s=5,
        )
    )

    assert found == Phases(
        opening_s=1,
        sending_s=((2 - 1) + (3 - 1)) / 2,
        queueing_s=(0.5 + 1) / 2,
        computing_s=(7.5 + 14) / 2,
        waiting_s=(18 - 10) / 2,
        collecting_s=2,
        wall_s=20,
        on_cpu_s=8,
        closing_s=5,
    )


def test_between_two_tasks_a_worker_queues_or_is_still_being_sent_the_next() -> None:
    first, second = task(1, 0, 0, 4), task(1, 1, 7, 10)

    early = of(trial(first, second, work_s=10, workers=1, sending_s=2))
    late = of(trial(first, second, work_s=10, workers=1, sending_s=6))

    assert (early.sending_s, early.queueing_s, early.computing_s) == (0, 3, 7)
    assert (late.sending_s, late.queueing_s, late.computing_s) == (2, 1, 7)


def test_a_worker_without_a_task_waits_for_the_others() -> None:
    found = of(trial(task(1, 1, 1, 5), work_s=4, workers=4, sending_s=0))

    assert (found.computing_s, found.waiting_s) == (1, 3)


def test_a_plain_call_is_all_computing() -> None:
    found = of(trial(task(1, 0, 0, 8, cpu=8), work_s=8, workers=1, sending_s=8))

    assert (found.computing_s, found.on_cpu_s, found.wall_s) == (8, 8, 8)


def test_threads_that_share_one_cpu_compute_for_half_of_the_time_with_one() -> None:
    found = of(trial(task(1, 0, 0, 8, cpu=4), task(2, 0, 0, 8, cpu=4), work_s=8, sending_s=0))

    assert (found.computing_s, found.on_cpu_s) == (8, 4)


def test_a_record_without_the_end_of_sending_counts_the_last_task_as_sent_at_once() -> None:
    found = of(trial(task(1, 1, 2, 3), task(2, 1.5, 2, 3), work_s=2))

    assert (found.sending_s, found.queueing_s) == (0.5, 0.5)


def test_a_trial_that_failed_or_told_a_story_has_no_parts() -> None:
    assert phases(failed("threads", 2, 1, "it crashed")) is None
    assert phases(done("threads", 2, 1, 1.0)) is None


def test_every_part_has_a_name_and_an_explanation() -> None:
    labels = [part.label for part in PARTS]

    assert labels == [
        "Opening",
        "Sending",
        "Queueing",
        "Computing",
        "Waiting for the slowest",
        "Collecting",
    ]
    assert [part.field for part in PARTS] == [field.name for field in fields(Phases)][:6]
    assert all(part.help for part in PARTS)


# ------------------------------------------------------------------------------------ the sum


@st.composite
def possible(draw: st.DrawFn) -> TrialRecord:
    """Draw a trial as it can happen: workers take tasks in turn, each after it was submitted."""
    workers = draw(st.integers(1, 6))
    count = draw(st.integers(1, 25))
    now = draw(short)
    submits = []
    for _ in range(count):
        submits.append(now)
        now += draw(short)
    free = dict.fromkeys(range(1, workers + 1), 0.0)
    tasks = []
    for submit in submits:
        worker = draw(st.integers(1, workers))
        start = max(submit, free[worker]) + draw(short)
        free[worker] = end = start + draw(short)
        tasks.append(task(worker, submit, start, end, cpu=draw(st.floats(0, 1)) * (end - start)))
    over = max(now, *free.values()) + draw(short)
    return trial(
        *tasks,
        work_s=over - submits[0],
        workers=workers,
        sending_s=now - submits[0],
        wall_s=over,
    )


@given(possible())
def test_the_parts_sum_to_the_wall_time(drawn: TrialRecord) -> None:
    found = of(drawn)

    assert total(found) == pytest.approx(found.wall_s, rel=1e-9, abs=1e-12)
    assert all(seconds >= -1e-12 for _, seconds in found.parts)
    assert found.on_cpu_s <= found.computing_s + 1e-12


@given(possible())
def test_nothing_is_counted_twice(drawn: TrialRecord) -> None:
    computed = sum(task.end_s - task.start_s for task in drawn.tasks) / drawn.workers

    assert of(drawn).computing_s == pytest.approx(computed, rel=1e-9, abs=1e-9)


@given(possible(), st.floats(0.001, 1000))
def test_a_clock_that_ticks_differently_changes_nothing_but_the_unit(
    drawn: TrialRecord, factor: float
) -> None:
    def scaled(value: Any) -> Any:
        return None if value is None else value * factor

    slow = msgspec.structs.replace(
        drawn,
        work_s=scaled(drawn.work_s),
        wall_s=scaled(drawn.wall_s),
        sending_s=scaled(drawn.sending_s),
        tasks=tuple(
            task(t.worker, *(factor * x for x in (t.submit_s, t.start_s, t.end_s, t.cpu_s)))
            for t in drawn.tasks
        ),
    )

    for (_, one), (_, other) in zip(of(drawn).parts, of(slow).parts, strict=True):
        assert other == pytest.approx(one * factor, rel=1e-6, abs=1e-6)


@given(
    st.lists(st.builds(task, st.integers(1, 4), times, times, times, times), min_size=1),
    times,
    st.none() | times,
)
def test_times_that_cannot_be_still_give_parts_that_sum(
    tasks: list[TaskRecord], work_s: float, sending_s: float | None
) -> None:
    found = of(trial(*tasks, work_s=abs(work_s), sending_s=sending_s, workers=4))

    scale = max(1.0, abs(found.opening_s), abs(work_s))
    assert total(found) == pytest.approx(found.wall_s, abs=1e-6 * scale)
    assert all(seconds >= -1e-6 * scale for _, seconds in found.parts[1:])


@pytest.mark.parametrize("name", workloads.NAMES)
@pytest.mark.parametrize("executor", KINDS)
def test_the_parts_of_a_real_trial_sum_to_its_wall_time(
    lab: LabExecutor, executor: str, name: str
) -> None:
    wanted = spec(name, executor, workers=1 if executor == "serial" else 2, tasks=4)
    measured = lab.submit(run_trial, wanted).result(SOON_S)
    record = msgspec.convert(
        {"executor": executor, "workers": wanted["workers"], "block": 1, "order": 1, **measured}
        | {"status": "done"},
        TrialRecord,
    )
    found = of(record)

    assert record.wall_s is not None
    assert record.startup_s is not None
    assert found.opening_s >= record.startup_s
    assert total(found) == pytest.approx(record.wall_s, rel=0.02)
    assert total(found) == pytest.approx(record.wall_s, rel=1e-6)
    assert all(seconds >= 0 for _, seconds in found.parts)
    assert found.computing_s > 0
