"""A run over several Pythons: in turns, each trial with its own, whatever one of them does."""

from __future__ import annotations

import dataclasses
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from core.engines.interpreters import Choice
from core.engines.lab_client import LabExecutor
from core.errors import LabError, LabStartError
from core.experiments.base import Experiment, Trial, named_once
from core.experiments.pi_scaling import EXPERIMENT
from core.keeping import headline
from core.lab.workloads import missing
from core.results.pythons import between, by_python
from core.results.records import RunRecord, from_json, to_json
from core.runner import Run, prepare, stop
from core.several import interleaved
from tests.core import jobs
from tests.core.carrying import carried_out
from tests.core.making import PYTHON, done, environment
from tests.core.making import record as recorded
from tests.core.pythons.conftest import HONEST, Fake
from tests.core.pythons.making import found
from tests.core.watching import SOON_S, pythons

VALUES = {
    **EXPERIMENT.defaults(),
    "terms": 5000,
    "workers": (1, 2),
    "executors": ("serial", "threads", "processes"),
    "blocks": 3,
}


def two() -> tuple[str, str]:
    """Return the paths of two Pythons, different versions where there are two."""
    return sys.executable, next(
        (path for version, path in pythons().items() if not sys.version.startswith(version)),
        sys.executable,
    )


def run_on(
    lab: LabExecutor, choices: tuple[Choice, ...], experiment: Experiment = EXPERIMENT
) -> Run:
    prepared = prepare(lab, experiment, VALUES, choices).result(SOON_S)
    return Run(experiment, VALUES, prepared)


# ------------------------------------------------------------------------------------- in turns


def trial(block: int, order: int, name: str = "") -> Trial:
    return Trial(jobs.square, (3,), name, "threads", 1, block, order)


@given(
    st.lists(st.lists(st.integers(1, 4), max_size=6).map(sorted), max_size=4),
    st.integers(0, 2**31),
)
def test_blocks_stay_blocks_and_each_plan_keeps_its_order(blocks: Any, seed: int) -> None:
    plans = [
        [trial(block, order, f"{which}") for order, block in enumerate(plan)]
        for which, plan in enumerate(blocks)
    ]
    merged = interleaved(plans, seed)

    assert [one.block for one in merged] == sorted(one.block for one in merged)
    assert [one.order for one in merged] == list(range(1, len(merged) + 1))
    for which, plan in enumerate(plans):
        own = [one for one in merged if one.name == str(which)]
        assert [dataclasses.replace(one, order=0) for one in own] == [
            dataclasses.replace(one, order=0) for one in plan
        ]
    assert merged == interleaved(plans, seed)


def test_no_place_in_a_block_belongs_to_one_python() -> None:
    plans = [[trial(1, order, name) for order in range(3)] for name in "ab"]
    firsts = Counter(interleaved(plans, seed)[0].name for seed in range(1000))

    assert firsts["a"] == pytest.approx(500, abs=80)  # five standard deviations


# --------------------------------------------------------------------------------- a whole run


def test_every_trial_names_its_python_and_the_record_describes_each(lab: LabExecutor) -> None:
    choices = found(*two())
    record = carried_out(run_on(lab, choices), lab)

    assert record.status == "finished", [one.error for one in record.trials if one.error]
    names = [choice.name for choice in choices]
    assert [python.name for python in record.environment.pythons] == names
    assert [python.version for python in record.environment.pythons] == [
        choice.lab.version for choice in choices
    ]
    assert Counter(one.python for one in record.trials) == dict.fromkeys(names, 15)
    for block in (1, 2, 3):
        assert {one.python for one in record.trials if one.block == block} == set(names)
    assert from_json(to_json(record)) == record


def test_a_record_comes_apart_into_one_for_each(lab: LabExecutor) -> None:
    record = carried_out(run_on(lab, found(*two())), lab)

    parts = by_python(record)

    assert [name for name, _ in parts] == [one.name for one in record.environment.pythons]
    for name, part in parts:
        assert {one.python for one in part.trials} == {name}
        assert part.environment.python is not None
        assert part.environment.python.name == name
    ((other, ratios),) = between(parts, "serial", 1)
    assert other == parts[1][0]
    assert set(ratios.by_block) == {1, 2, 3}
    summary = EXPERIMENT.summarize(record)
    assert any(line.startswith(f"Python {other}: ") for line in summary.headline)
    assert summary.headline[0].startswith(f"serial on {other}")
    assert any(line.startswith(f"2 processes on {other}") for line in summary.details)


def of_three(seconds: Mapping[str, tuple[float, ...]], kinds: Sequence[str]) -> RunRecord:
    """Make the record of a run whose plain calls took so long on each Python, block by block."""
    pythons = tuple(replace(PYTHON, name=name) for name in seconds)
    trials = [
        done(kind, 1, block, time, python=name, order=block)
        for kind in kinds
        for name, times in seconds.items()
        for block, time in enumerate(times, start=1)
    ]
    return recorded(trials, environment=replace(environment(), pythons=pythons))


def test_the_result_in_a_line_compares_the_pythons_first() -> None:
    slow, quick = (1.0, 1.1, 1.2, 1.3, 1.4), (0.5, 0.55, 0.6, 0.65, 0.7)
    told = EXPERIMENT.summarize(of_three({"3.11": slow, "3.13": quick, "3.9": slow}, ["serial"]))

    assert told.headline[:2] == (
        "serial on 3.13 is 2.00 times as fast as on 3.11 (2.00 – 2.00)",
        "serial on 3.9 is no faster than on 3.11, 1.00× (1.00 – 1.00)",
    )
    assert headline(of_three({"3.11": slow, "3.13": quick}, ["serial"])).startswith(
        "serial on 3.13 is 2.00 times as fast as on 3.11"
    )


def test_other_kinds_are_compared_behind_it_and_what_is_noisy_is_no_figure() -> None:
    noisy = {"3.11": (1.0, 1.0, 1.0, 1.0, 1.0), "3.13": (0.5, 2.0, 0.9, 1.3, 1.0)}
    told = EXPERIMENT.summarize(of_three(noisy, ["serial", "threads"]))

    assert told.headline[0].startswith("serial on 3.13 against 3.11: too noisy to say, 1.00× (")
    assert [
        line for line in told.details if line.startswith("1 thread on 3.13 against 3.11: too noisy")
    ]
    assert not [line for line in told.details if line.startswith("serial on")]


def test_what_is_said_of_each_python_is_said_once() -> None:
    told = [("3.10", ["a", "b"]), ("3.14", ["c", "a"])]

    assert named_once(told) == ("Python 3.10: b", "Python 3.14: c", "a")


def test_a_record_of_one_python_is_whole(lab: LabExecutor) -> None:
    record = carried_out(run_on(lab, found(sys.executable)), lab)

    assert by_python(record) == ((record.environment.pythons[0].name, record),)
    assert {one.python for one in record.trials} == {record.environment.pythons[0].name}


def test_each_plan_is_estimated_by_its_own_python(lab: LabExecutor) -> None:
    run = run_on(lab, found(*two()))

    assert {trial.python for trial in run.plan} == {choice.lab for choice in found(*two())}
    assert run.expected_s > 0


# -------------------------------------------------------------------------------------- trouble


def test_one_that_vanishes_before_the_run_fails_its_trials_with_a_sentence(
    lab: LabExecutor, fake: Fake
) -> None:
    wrapper = fake(HONEST)
    choices = (*found(sys.executable), *renamed(found(wrapper), "wrapped"))
    Path(wrapper).unlink()

    record = carried_out(run_on(lab, choices), lab)

    mine = [one for one in record.trials if one.python != "wrapped"]
    gone = [one for one in record.trials if one.python == "wrapped"]
    assert {one.status for one in mine} == {"done"}
    assert len(mine) == len(gone) == 15
    assert {one.error.message for one in gone if one.error} == {
        f"{wrapper} cannot be started: No such file or directory."
        " Choose another Python, or install this one again."
    }
    assert record.environment.pythons[1].problem.startswith(f"{wrapper} cannot be started")
    assert record.environment.pythons[1].version == sys.version.split()[0]
    assert record.status == "failed"


def test_one_that_vanishes_in_the_middle_fails_the_rest_of_its_trials(
    lab: LabExecutor, fake: Fake
) -> None:
    wrapper = fake(HONEST)
    run = run_on(lab, (*found(sys.executable), *renamed(found(wrapper), "wrapped")))
    Path(wrapper).unlink()

    record = carried_out(run, lab)

    assert {one.status for one in record.trials if one.python != "wrapped"} == {"done"}
    assert {one.status for one in record.trials if one.python == "wrapped"} == {"failed"}
    assert record.environment.pythons[1].problem == ""


def test_one_that_becomes_another_is_noticed(lab: LabExecutor, fake: Fake) -> None:
    ours, _ = two()
    choice = found(fake(HONEST))[0]
    other = dataclasses.replace(choice, lab=dataclasses.replace(choice.lab, version="3.99.1"))

    run = run_on(lab, (*found(ours), *renamed((other,), "liar")))

    assert "was Python 3.99.1 when it was looked at" in run.environment.pythons[1].problem


def test_when_none_can_be_prepared_the_first_says_why(lab: LabExecutor, fake: Fake) -> None:
    wrapper = fake(HONEST)
    choices = found(wrapper)
    Path(wrapper).unlink()

    error = prepare(lab, EXPERIMENT, VALUES, choices).exception(SOON_S)

    assert type(error) is LabStartError


def test_preparing_several_can_be_stopped(lab: LabExecutor, fake: Fake) -> None:
    wrapper = fake(HONEST)
    choices = (*found(wrapper), *found(sys.executable))
    fake("sleep 1000")
    prepared = prepare(lab, EXPERIMENT, VALUES, choices)

    stop(lab)

    assert prepared.exception(SOON_S) is not None


# ------------------------------------------------------------------------------ what one lacks


def with_kind(kind: str) -> Experiment:
    """Make π scaling with another kind beside: its trials are planned, whoever can run them."""

    def plan(values: Any, machine: Any) -> tuple[Trial, ...]:
        trials = EXPERIMENT.plan(values, machine)
        return (*trials, dataclasses.replace(trials[-1], executor=kind))

    return dataclasses.replace(EXPERIMENT, plan=plan)


def test_what_a_python_lacks_is_left_out_with_the_reason(lab: LabExecutor) -> None:
    if "3.14" not in pythons():
        pytest.skip("There is no Python 3.14 here; .ci/pythons gets it.")
    has, lacks = found(pythons()["3.14"], pythons()["3.10"])

    run = run_on(lab, (has, lacks), with_kind("interpreters"))

    kinds = {(one.python.name, one.executor) for one in run.plan if one.python}
    assert ("3.14", "interpreters") in kinds
    assert ("3.10", "interpreters") not in kinds
    (skipped,) = run.record().skipped
    assert (skipped.python, skipped.executor) == ("3.10", "interpreters")
    assert skipped.reason == "needs Python 3.14 or newer"
    details = EXPERIMENT.summarize(run.record()).details
    assert "Python 3.10: interpreters left out: it needs Python 3.14 or newer." in details


def test_what_a_python_cannot_compute_is_left_out_too(lab: LabExecutor) -> None:
    choices = found(*two())
    prepared = prepare(lab, EXPERIMENT, VALUES, choices).result(SOON_S)
    first, second = prepared["each"]
    poor = dataclasses.replace(second, lacks_work={"leibniz": "needs a brain"})

    run = Run(EXPERIMENT, VALUES, {**prepared, "each": [first, poor]})

    assert {trial.python for trial in run.plan} == {choices[0].lab}
    assert [(skip.what, skip.reason) for skip in run.skipped] == [("leibniz", "needs a brain")]


def test_one_without_numpy_is_described_and_the_others_are_timed(lab: LabExecutor) -> None:
    ours, other = found(*two())
    if ours == other or "numpy" in missing():
        pytest.skip("There is no Python with NumPy beside one without.")
    chosen = {**VALUES, "workload": "numpy", "executors": ("serial",), "size": "calibrated"}

    prepared = prepare(lab, EXPERIMENT, chosen, (other, ours)).result(SOON_S)
    run = Run(EXPERIMENT, chosen, prepared)

    without, has = prepared["each"]
    assert without.python.problem == ""
    assert without.term_s == has.term_s > 0
    assert run.calibration is not None
    assert {trial.python for trial in run.plan} == {ours.lab}
    reason = "needs NumPy, which is not installed for this Python"
    assert [(skip.what, skip.reason) for skip in run.record().skipped] == [("numpy", reason)]
    told = EXPERIMENT.summarize(run.record()).details
    assert f"Python {other.name}: numpy left out: it {reason}." in told


def test_a_longer_plan_begins_with_the_shorter(lab: LabExecutor) -> None:
    run = run_on(lab, found(*two()))

    longer, _ = run._planned({**VALUES, "blocks": 5})

    assert longer[: len(run.plan)] == run.plan
    assert len(longer) == len(run.plan) * 5 // 3


def test_a_run_with_nothing_left_says_why(lab: LabExecutor) -> None:
    old = pythons()["3.10"] if "3.10" in pythons() else two()[1]
    experiment = dataclasses.replace(
        EXPERIMENT,
        plan=lambda values, machine: tuple(
            dataclasses.replace(one, executor="interpreters")
            for one in EXPERIMENT.plan(values, machine)
        ),
    )

    with pytest.raises(LabError, match=r"can run any of this: interpreters needs Python 3\.14"):
        run_on(lab, found(old), experiment)


def renamed(choices: tuple[Choice, ...], name: str) -> tuple[Choice, ...]:
    return tuple(
        dataclasses.replace(one, lab=dataclasses.replace(one.lab, name=name)) for one in choices
    )
