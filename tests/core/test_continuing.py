"""A run that was cut off goes on where it ended, and nothing is measured twice."""

from __future__ import annotations

import dataclasses
from concurrent.futures import Future
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from core import experiments
from core.continuing import values_here, values_of
from core.errors import BadInput
from core.experiments.base import Experiment, Trial
from core.experiments.pi_scaling import EXPERIMENT
from core.parameters import Choice, Parameter
from core.report.report import report_of
from core.results.records import Calibration, RunRecord, TrialError
from core.runner import Run
from tests.core.making import done, prepared, record

VALUES = {
    **EXPERIMENT.defaults(),
    "terms": 5000,
    "workers": (1, 2),
    "executors": ("serial", "threads"),
    "blocks": 3,
}


def begun(experiment: Experiment = EXPERIMENT, **changes: Any) -> Run:
    """Make a run without measuring anything."""
    return Run(experiment, {**VALUES, **changes}, prepared())


def carried_out(run: Run, trials: tuple[Trial, ...]) -> None:
    """Let trials end, each with a time of its own."""
    for trial in trials:
        future: Future[Any] = Future()
        future.set_result({"work_s": 1.0 + trial.order / 100, "startup_s": 0.0, "closing_s": 0.0})
        run.take(trial, future)


def cut_off(run: Run, after: int) -> RunRecord:
    """Carry a run out up to some trial, and return what the history has of it then."""
    carried_out(run, run.plan[:after])
    return replace(run.record(), status="interrupted")


@given(st.integers(0, 9))
def test_what_is_done_stays_and_the_rest_follows(after: int) -> None:
    whole = begun()
    earlier = cut_off(begun(), after)
    run = begun()
    run.resume(earlier)
    assert [trial.order for trial in run.pending] == list(range(after + 1, 10))
    carried_out(whole, whole.plan)
    carried_out(run, run.pending)
    assert run.record().trials == whole.record().trials
    assert run.record().started_at == earlier.started_at
    assert run.record().planned_trials == 9


def test_a_run_by_time_has_left_what_it_had_not_used_when_it_was_cut_off() -> None:
    by_time: dict[str, Any] = {"until": "time", "budget": 60.0}
    earlier = cut_off(begun(**by_time), 9)  # its trials took a second each, and a little
    took_s = sum(trial.work_s or 0.0 for trial in earlier.trials)
    run = begun(**by_time)
    run.resume(earlier)
    assert run.pending == ()
    assert run.remaining_s == pytest.approx(60.0 - took_s)


def test_a_run_by_time_that_had_used_it_all_does_not_begin_anew() -> None:
    by_time: dict[str, Any] = {"until": "time", "budget": 5.0}
    run = begun(**by_time)
    run.resume(cut_off(begun(**by_time), 9))
    assert run.pending == ()
    assert run.grow() == ()
    assert run.end_reason


def test_a_stopped_trial_is_done_again_and_a_failed_one_is_not() -> None:
    earlier = cut_off(begun(), 4)
    stopped = replace(earlier.trials[3], status="stopped", work_s=None)
    failed = replace(
        earlier.trials[1], status="failed", work_s=None, error=TrialError("E", "it crashed")
    )
    trials = (earlier.trials[0], failed, earlier.trials[2], stopped)
    run = begun()
    run.resume(replace(earlier, trials=trials))
    assert run.record().trials == trials[:3]
    assert [trial.order for trial in run.pending] == [4, 5, 6, 7, 8, 9]


@pytest.mark.parametrize("after", [3, 4, 7, 8])
def test_a_run_that_grows_is_planned_as_far_as_it_had_come(after: int) -> None:
    def grown(run: Run) -> Run:
        while len(run.plan) < 12:
            carried_out(run, run.pending)
            run.grow()
        return run

    until: dict[str, Any] = {"until": "width", "width": 0.1, "budget": 86_400.0}
    before = grown(begun(**until))
    trials = before.record().trials[:after]
    run = begun(**until)
    run.resume(replace(before.record(), trials=trials, status="interrupted"))
    assert run.record().trials == trials
    assert len(run.pending) == -after % 3
    orders = [trial.order for trial in run.plan]
    assert orders == list(range(1, len(orders) + 1))
    grown(run)
    assert [(one.executor, one.workers, one.block) for one in run.plan] == [
        (one.executor, one.workers, one.block) for one in before.plan
    ]


def test_a_size_by_time_stays_as_it_was_found() -> None:
    calibration = Calibration(seconds=0.5, size=777, calls=())
    run = begun(size="calibrated")
    run.resume(replace(cut_off(begun(size="calibrated"), 2), calibration=calibration))
    assert {trial.arguments[0]["size"] for trial in run.pending} == {777}
    assert run.record().calibration == calibration


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"cpu": "another"}, "another machine"),
        ({"usable_cpus": 99}, "another machine"),
        ({"python": "other"}, "another Python"),
    ],
    ids=str,
)
def test_times_of_another_place_are_not_mixed(change: dict[str, Any], says: str) -> None:
    earlier = cut_off(begun(), 2)
    environment = earlier.environment
    assert environment.python is not None
    if "python" in change:
        change = {"python": replace(environment.python, build="another, by hand")}
    run = begun()
    with pytest.raises(BadInput, match=says):
        run.resume(replace(earlier, environment=replace(environment, **change)))


def test_times_of_a_second_python_that_was_replaced_are_not_mixed() -> None:
    earlier = cut_off(begun(), 2)
    there = earlier.environment
    assert there.python is not None
    first, second = (replace(there.python, name=name) for name in ("3.11", "3.13"))
    newer = replace(second, build="another, by hand")
    run = begun()
    run.environment = replace(run.environment, pythons=(first, newer))
    with pytest.raises(BadInput, match="another Python"):
        run.resume(replace(earlier, environment=replace(there, pythons=(first, second))))
    run.environment = replace(run.environment, pythons=(first, second))
    run.resume(replace(earlier, environment=replace(there, pythons=(first, second))))


def test_a_record_that_the_plan_does_not_have_is_refused() -> None:
    earlier = cut_off(begun(seed=1), 5)
    with pytest.raises(BadInput, match="planned differently"):
        begun(seed=2, executors=("threads",)).resume(earlier)


def test_the_values_of_a_record_are_those_that_it_was_made_with() -> None:
    for experiment in experiments.catalogue():
        values = experiment.defaults()
        made = Run.record(begun(experiment, **values))
        assert values_of(experiment, made) == values_here(experiment, made) == values


def test_the_values_of_another_machine_are_read_but_not_gone_on_with() -> None:
    experiment = missing_here("start-method", "fork")
    made = record([], parameters={**VALUES, "executors": ["processes"], "start-method": "fork"})
    values = values_of(experiment, made)
    assert values["start-method"] == "fork"
    with pytest.raises(BadInput, match="cannot be used here: there is none"):
        values_here(experiment, made)
    report = report_of(made, experiment=experiment)
    assert report.script is not None, report.no_script
    assert "fork" in report.script.text


def test_a_story_that_told_what_is_not_known_here_is_not_gone_on_with() -> None:
    story = experiments.find("deadlock")
    told = done("threads", 2, 1, 1.0, rows=({"later": 1},))
    with pytest.raises(BadInput, match="Run it again from the start"):
        values_here(story, record([told], experiment="deadlock", parameters=story.defaults()))


def missing_here(name: str, value: str) -> Experiment:
    """Take π scaling to a machine that lacks an option of a parameter."""

    def without(one: Parameter) -> Parameter:
        if one.name != name:
            return one
        assert isinstance(one, Choice)
        options = (
            dataclasses.replace(option, missing="there is none" if option.value == value else "")
            for option in one.options
        )
        return dataclasses.replace(one, options=tuple(options))

    return dataclasses.replace(EXPERIMENT, parameters=tuple(map(without, EXPERIMENT.parameters)))


@pytest.mark.parametrize(
    "parameters",
    [
        {"terms": "many"},
        {"workers": [0]},
        {"workers": 5},
        {"terms": {"a": 1}},
        {"until": None},
        {"width": 10**400},
    ],
)
def test_values_that_are_none_are_refused(parameters: dict[str, Any]) -> None:
    with pytest.raises(BadInput):
        values_of(EXPERIMENT, record([], parameters=parameters))
