"""How much is measured: sizes found by time, and runs that grow until they have enough."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from core.engines.lab_client import LabExecutor
from core.experiments.base import Machine
from core.experiments.pi_scaling import EXPERIMENT
from core.experiments.protocol import MOST_TASKS, PROTOCOL
from core.lab import measure, workloads
from core.lab.measure import find_size
from core.results.records import RunRecord, TaskRecord, TrialRecord, from_json, to_json
from core.results.statistics import Ratios
from core.results.verdicts import speedups
from core.runner import Run, prepare
from tests.core.carrying import carried_out
from tests.core.making import done, failed, record
from tests.core.watching import SOON_S

SMALL = {"terms": 5000, "workers": (1, 2), "executors": ("serial", "threads")}


def values(**changes: Any) -> dict[str, Any]:
    return {**EXPERIMENT.defaults(), **{k.replace("_", "-"): v for k, v in changes.items()}}


# -------------------------------------------------------------------------------- the size by time


class Work:
    """A workload that takes a known time for each unit, on a clock of its own."""

    def __init__(self, each_s: float, start_s: float = 0.0) -> None:
        self.each_s, self.start_s, self.now = each_s, start_s, 0.0

    def __call__(self, start: int, stop: int) -> float:
        self.now += self.start_s + (stop - start + 1) * self.each_s
        return 0.0

    def perf_counter(self) -> float:
        return self.now


def found_with(monkeypatch: pytest.MonkeyPatch, work: Work, seconds: float) -> dict[str, Any]:
    workload = workloads.find("leibniz")._replace(work=work)
    with monkeypatch.context() as patch:
        patch.setattr(measure, "time", work)
        patch.setattr(workloads, "find", lambda name: workload)
        return find_size("leibniz", seconds, 10**11)


@given(st.floats(1e-8, 1e-3), st.floats(0.02, 10))
def test_the_size_takes_the_time_that_was_chosen(each_s: float, seconds: float) -> None:
    with pytest.MonkeyPatch.context() as patch:
        work = Work(each_s)
        found = found_with(patch, work, seconds)

    assert found["size"] * each_s == pytest.approx(seconds, rel=0.01, abs=each_s)
    assert work.now <= 4 * seconds + 200 * each_s
    assert [size for size, _ in found["calls"]] == sorted({size for size, _ in found["calls"]})


def test_work_that_is_slow_to_start_is_found_too(monkeypatch: pytest.MonkeyPatch) -> None:
    found = found_with(monkeypatch, Work(1e-6, start_s=0.01), 0.5)

    assert found["size"] * 1e-6 + 0.01 == pytest.approx(0.5, rel=0.03)


def test_the_size_stays_within_what_there_can_be() -> None:
    assert find_size("leibniz", 1e9, most=500)["size"] == 500
    assert find_size("leibniz", 1e-9, most=10)["size"] >= 1


@pytest.mark.parametrize("known", workloads.WORKLOADS, ids=lambda known: known.name)
def test_the_search_for_a_size_begins_small_in_the_works_own_units(known: workloads.About) -> None:
    if known.name in workloads.missing():
        pytest.skip("This Python has no NumPy.")
    found = find_size(known.name, 0.02, known.most)

    assert found["calls"][0][0] == max(1, 100 // known.terms_each)
    assert 1 <= found["size"] <= known.most


@pytest.mark.parametrize("workload", ["leibniz", "hashing", "waiting"])
def test_a_size_that_was_found_is_in_the_works_own_units(workload: str) -> None:
    machine = Machine(2, 1e-3, True, "fork", size=450)
    wanted = values(workload=workload, size="calibrated", terms=1, workers=(1, 4))

    for tasks, size in ((1, 450), (100, 450), (200, 800)):
        plan = EXPERIMENT.plan({**wanted, "tasks": tasks}, machine)
        assert {trial.arguments[0]["size"] for trial in plan} == {size}


def test_what_is_calibrated_is_the_work_that_was_chosen_up_to_its_most() -> None:
    assert EXPERIMENT.calibration is not None
    by_time = values(workload="waiting", size="calibrated", terms=20_000)

    assert EXPERIMENT.calibration(by_time) == ("waiting", 5_000_000)
    assert EXPERIMENT.calibration({**by_time, "size": "fixed"}) == ("waiting", 1)


def test_a_size_by_time_is_not_refused_for_the_terms_that_are_typed() -> None:
    small = values(terms=3, workers=(1, 8), tasks=10)

    assert list(EXPERIMENT.check(small)) == ["workers"]
    assert EXPERIMENT.check({**small, "size": "calibrated"}) == {}


def test_by_default_the_size_is_the_books() -> None:
    plan = EXPERIMENT.plan(values(), Machine(2, 1e-8, True, "fork"))

    assert {trial.arguments[0]["size"] for trial in plan} == {10_000_000}
    assert PROTOCOL.serial_s(values()) is None


def test_a_plan_takes_the_size_that_was_found_and_no_less_than_one_for_each_worker() -> None:
    for found, size in ((123_000, 123_000), (3, 4)):
        machine = Machine(2, 1e-8, True, "fork", size=found)
        plan = EXPERIMENT.plan(values(workers=(1, 4)), machine)
        assert {trial.arguments[0]["size"] for trial in plan} == {size}


def test_a_calibrated_run_notes_what_it_found(lab: LabExecutor) -> None:
    wanted = values(**SMALL, size="calibrated", serial_seconds=0.02, blocks=1)

    run = Run(EXPERIMENT, wanted, prepare(lab, EXPERIMENT, wanted).result(SOON_S))

    assert run.calibration is not None
    assert run.calibration.seconds == 0.02
    assert run.calibration.size == run.plan[0].arguments[0]["size"]
    assert len(run.calibration.calls) >= 1
    assert run.record().calibration == run.calibration
    assert from_json(to_json(run.record())) == run.record()


# ----------------------------------------------------------------------------- runs that grow


def measured(blocks: int, noise: float, seed: int = 1) -> RunRecord:
    """Make a run in which 2 threads are as fast as serial, with noise."""
    draw = np.random.default_rng(seed)
    return record(
        [
            done(kind, workers, block, float(np.exp(noise * draw.normal())))
            for block in range(1, blocks + 1)
            for kind, workers in (("serial", 1), ("threads", 2))
        ]
    )


def grown(
    run: RunRecord, until: str = "width", elapsed_s: float = 1.0, **changes: Any
) -> tuple[bool, str, str]:
    chosen = {"width": 5.0, "budget": 60.0, **changes}
    growth = PROTOCOL.grow(values(until=until, **chosen), [run], elapsed_s)
    assert (growth.values is None) == bool(growth.end_reason) == (not growth.waits_for)
    return growth.values is not None, growth.waits_for, growth.end_reason


def test_a_fixed_number_of_repeats_does_not_grow() -> None:
    growth = PROTOCOL.grow(values(), [measured(3, 0.1)], 1.0)

    assert (growth.values, growth.end_reason) == (None, "")
    assert len({trial.block for trial in EXPERIMENT.plan(values(blocks=7), None)}) == 7


def test_no_interval_is_narrow_before_there_is_one() -> None:
    assert grown(measured(4, 0.0)) == (True, "repeat 5: an interval needs 5", "")
    assert grown(measured(5, 0.0))[0] is False


def test_a_run_ends_when_every_interval_is_narrow() -> None:
    wide, narrow = measured(8, 0.1), measured(8, 0.001)

    goes_on, waits_for, _ = grown(wide)
    assert goes_on
    assert waits_for.startswith("repeat 9: widest is 2 threads, ")
    assert waits_for.endswith(" %, until 5 %")
    assert grown(narrow) == (False, "", "Every interval is narrower than 5 %: enough.")


def test_a_run_that_holds_all_the_tasks_that_it_can_ends() -> None:
    task = TaskRecord(worker=1, submit_s=0.0, start_s=0.0, end_s=1.0, cpu_s=1.0)
    made = measured(8, 0.1)
    tasks = (task,) * (MOST_TASKS // len(made.trials))

    assert grown(made)[0]
    full = replace(made, trials=tuple(replace(trial, tasks=tasks) for trial in made.trials))
    assert grown(full)[2] == "8 repeats are as many as a run can hold."


def test_the_width_that_was_chosen_decides() -> None:
    made = measured(8, 0.1)
    (one,) = speedups(made)

    assert grown(made, width=99 * one.width)[0]
    assert not grown(made, width=101 * one.width)[0]


@pytest.mark.parametrize(("noise", "width"), [(0.05, 0.05), (0.03, 0.05), (0.1, 0.2)])
def test_the_intervals_of_runs_that_end_when_narrow_cover_as_often_as_others(
    noise: float, width: float
) -> None:
    draw = np.random.default_rng(8)
    covered, runs = 0, 1000
    for _ in range(runs):
        drawn = np.exp(noise * draw.normal(size=200)).tolist()
        for blocks in range(5, 201):
            found = Ratios("serial", dict(enumerate(drawn[:blocks])), until_narrow=True)
            if found.high - found.low <= width * found.median:
                break
        covered += found.low <= 1 <= found.high

    assert 0.93 <= covered / runs <= 0.97


def test_the_interval_of_such_a_run_is_the_wider_one() -> None:
    made = measured(12, 0.1)
    (fixed,) = speedups(made)
    (narrow,) = speedups(replace(made, parameters={"until": "width"}))

    assert narrow.low < fixed.low < fixed.high < narrow.high


def test_a_run_ends_when_another_repeat_would_take_too_long() -> None:
    wide = measured(8, 0.1)

    assert grown(wide, elapsed_s=50.0, budget=60.0)[0]
    _, _, reason = grown(wide, elapsed_s=56.0, budget=60.0)
    assert reason.startswith("The time of 60 s is up; the widest interval, of 2 threads, is ")
    _, _, reason = grown(measured(2, 0.1), elapsed_s=56.0, budget=60.0)
    assert reason == "The time of 60 s is up, with too few repeats for an interval."


def test_a_run_by_time_goes_on_however_narrow_the_intervals_are() -> None:
    assert grown(measured(30, 0.0), "time", 30.0)[:2] == (True, "repeat 31, until the time is up")
    assert not grown(measured(30, 0.0), "time", 59.0)[0]


@given(st.floats(0.2, 5), st.integers(5, 12), st.integers(0, 9))
def test_what_the_figures_are_decides_nothing(ratio: float, blocks: int, seed: int) -> None:
    plain = measured(blocks, 0.05, seed)
    moved = record(
        [
            done(one.executor, one.workers, one.block, (one.work_s or 0) * factor)
            for one in plain.trials
            for factor in (1 if one.executor == "serial" else ratio,)
        ]
    )

    assert grown(moved) == grown(plain)


def test_a_repeat_that_failed_as_a_whole_is_the_last() -> None:
    trials = [*measured(2, 0.1).trials, failed("serial", 1, 3, "a"), failed("threads", 2, 3, "b")]

    assert grown(record(trials))[2].startswith("The last repeat failed as a whole")
    assert grown(record([*trials, done("serial", 1, 3, 1.0)]))[0]


def test_a_run_holds_no_more_than_it_can() -> None:
    many = record([done("serial", 1, block, 1.0) for block in range(1, 1001)])

    assert grown(many, "time", 1.0)[2].startswith("1000 repeats are as many")


def test_the_time_that_more_repeats_take_is_within_the_budget() -> None:
    growth = PROTOCOL.grow(values(until="width", budget=60.0, width=5.0), [measured(8, 0.1)], 8.0)

    assert 0 < growth.later_s <= 60 - 8 - 1


def test_narrow_intervals_need_something_to_compare() -> None:
    alone = values(executors=("serial",), until="width")

    assert list(EXPERIMENT.check(alone)) == ["until"]
    assert EXPERIMENT.check({**alone, "until": "time"}) == {}
    assert EXPERIMENT.check(values(until="width")) == {}


def test_values_from_before_there_was_a_choice_are_still_right() -> None:
    old = {name: EXPERIMENT.defaults()[name] for name in SMALL} | {
        "start-method": "default",
        "blocks": 2,
        "seed": 1,
    }

    assert EXPERIMENT.check(old) == {}
    assert {trial.block for trial in EXPERIMENT.plan(old, None)} == {1, 2}
    assert PROTOCOL.grow(old, [measured(2, 0.1)], 1.0).values is None


def test_a_longer_plan_begins_with_the_shorter() -> None:
    short = EXPERIMENT.plan(values(until="time"), None)
    growth = PROTOCOL.grow(values(until="time"), [record(block_of(short))], 1.0)
    assert growth.values is not None
    longer = EXPERIMENT.plan(growth.values, None)

    assert longer[: len(short)] == short
    assert {trial.block for trial in longer} == {1, 2}
    assert longer == EXPERIMENT.plan(values(blocks=2), None)


def block_of(plan: Any) -> list[TrialRecord]:
    return [done(trial.executor, trial.workers, trial.block, 1.0) for trial in plan]


# -------------------------------------------------------------------------------- a whole run


def carried_out_with(lab: LabExecutor, **changes: Any) -> Run:
    wanted = values(**SMALL, **changes)
    run = Run(EXPERIMENT, wanted, prepare(lab, EXPERIMENT, wanted).result(SOON_S))
    carried_out(run, lab)
    return run


def test_a_run_grows_block_by_block_until_it_is_enough(lab: LabExecutor) -> None:
    run = carried_out_with(lab, until="width", width=100.0, budget=3600.0)

    made = run.record()
    assert made.end_reason == "Every interval is narrower than 100 %: enough."
    assert made.planned_trials == len(made.trials) == len(run.plan)
    assert [trial.order for trial in made.trials] == list(range(1, len(run.plan) + 1))
    assert {trial.block for trial in made.trials} >= {1, 2, 3, 4, 5}
    assert made.status == "finished"
    assert run.remaining_s == 0


def test_a_run_by_time_ends_with_its_time(lab: LabExecutor) -> None:
    run = carried_out_with(lab, until="time", budget=1.0)

    assert run.expected_s >= 1.0
    assert run.end_reason.startswith("The time of 1 s is up")
    assert len({trial.block for trial in run.trials}) >= 1


def test_each_trial_tells_what_else_went_on(lab: LabExecutor) -> None:
    run = carried_out_with(lab, blocks=1)

    for trial in run.trials:
        assert trial.covariates is not None
        assert trial.covariates.wall_s >= (trial.work_s or 0)
        assert trial.covariates.cpus == run.environment.usable_cpus
