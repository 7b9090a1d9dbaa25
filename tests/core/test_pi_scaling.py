"""π scaling: its plan, its checks, and what it says of the results."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from core import experiments
from core.errors import BadInput
from core.experiments.base import Machine
from core.experiments.pi_scaling import EXPERIMENT
from core.lab.kinds import KINDS, configuration, missing
from core.parameters import Choices
from core.results.records import TaskRecord, TrialRecord
from core.results.statistics import ceiling_of, crowded, ratios, series_of
from tests.core.making import done, environment, failed, record

plans = st.fixed_dictionaries(
    {
        "terms": st.integers(1, 10**11),
        "workers": st.sets(st.integers(1, 61), min_size=1, max_size=6).map(sorted).map(tuple),
        "executors": st.sets(st.sampled_from(["serial", "threads", "processes"]), min_size=1)
        .map(sorted)
        .map(tuple),
        "start-method": st.sampled_from(["default", "spawn"]),
        "blocks": st.integers(1, 6),
        "seed": st.integers(0, 2**31 - 1),
    }
)


def values(**changes: Any) -> dict[str, Any]:
    return {**EXPERIMENT.defaults(), **changes}


def summary(
    trials: list[TrialRecord], usable_cpus: int = 2, **what: Any
) -> tuple[str, tuple[str, ...]]:
    told = EXPERIMENT.summarize(record(trials, environment=environment(usable_cpus), **what))
    return ". ".join(told.headline), told.details


# -------------------------------------------------------------------------------------- the plan


@given(plans)
def test_every_block_has_every_configuration_once(wanted: dict[str, Any]) -> None:
    configurations = sorted(
        (executor, workers)
        for executor in wanted["executors"]
        for workers in (wanted["workers"] if executor != "serial" else (1,))
    )
    plan = EXPERIMENT.plan(wanted, None)

    for block in range(1, wanted["blocks"] + 1):
        trials = [trial for trial in plan if trial.block == block]
        assert sorted((trial.executor, trial.workers) for trial in trials) == configurations
    assert len(plan) == wanted["blocks"] * len(configurations)


@given(plans)
def test_blocks_follow_one_another_and_trials_are_numbered(wanted: dict[str, Any]) -> None:
    plan = EXPERIMENT.plan(wanted, None)

    assert [trial.block for trial in plan] == sorted(trial.block for trial in plan)
    assert [trial.order for trial in plan] == list(range(1, len(plan) + 1))


@given(plans)
def test_the_same_seed_gives_the_same_order(wanted: dict[str, Any]) -> None:
    assert EXPERIMENT.plan(wanted, None) == EXPERIMENT.plan(wanted, None)


def test_the_order_is_random_in_each_block_and_by_the_seed() -> None:
    def orders(seed: int) -> list[list[str]]:
        plan = EXPERIMENT.plan(values(workers=tuple(range(1, 9)), blocks=4, seed=seed), None)
        return [[trial.label for trial in plan if trial.block == block] for block in range(1, 5)]

    assert len({tuple(order) for seed in (1, 2) for order in orders(seed)}) == 8


@given(plans)
def test_a_start_method_is_asked_for_only_where_processes_start(wanted: dict[str, Any]) -> None:
    for trial in EXPERIMENT.plan(wanted, None):
        asked = trial.executor == "processes" and wanted["start-method"] == "spawn"
        assert trial.start_method == ("spawn" if asked else None)


@pytest.mark.parametrize(
    ("executor", "gil", "share"),
    [("serial", True, 1), ("threads", True, 1), ("threads", False, 2), ("processes", True, 2)],
)
def test_a_trial_is_expected_to_take_its_share_of_the_work(
    executor: str, gil: bool, share: int
) -> None:
    wanted = values(terms=10**9, executors=(executor,), workers=(4,), blocks=1)
    (trial,) = EXPERIMENT.plan(wanted, Machine(cpus=2, term_s=1e-7, gil=gil, start_method="fork"))

    assert trial.expected_s == pytest.approx(100 / share, rel=0.01)


# ------------------------------------------------------------------------------------ the checks


def test_the_defaults_are_right_and_go_together() -> None:
    for parameter in EXPERIMENT.parameters:
        assert parameter.parse(parameter.format(parameter.default)) == parameter.default
    assert EXPERIMENT.check(EXPERIMENT.defaults()) == {}
    assert EXPERIMENT.defaults()["terms"] == 10_000_000


def test_more_workers_than_terms_are_refused_at_the_workers() -> None:
    assert EXPERIMENT.check(values(terms=3, workers=(1, 4))) == {
        "workers": "4 workers cannot share 3 terms: choose at most 3 workers, or more terms."
    }


def test_a_plain_call_needs_no_more_than_one_term() -> None:
    assert EXPERIMENT.check(values(terms=1, workers=(8,), executors=("serial",))) == {}


def test_more_trials_than_a_run_can_hold_are_refused_at_the_repeats() -> None:
    problems = EXPERIMENT.check(values(blocks=1000, workers=tuple(range(1, 41))))

    assert list(problems) == ["blocks"]
    assert problems["blocks"].endswith(".")


def test_an_unknown_experiment_is_told_those_that_there_are() -> None:
    with pytest.raises(BadInput, match="choose pi-scaling"):
        experiments.find("tau-scaling")


# ------------------------------------------------------------------------------------- the words


def run(ratio: float, blocks: int = 5, kind: str = "processes") -> list[TrialRecord]:
    """Make a run in which 2 workers are `ratio` times as fast as a plain call."""
    times = {block: 1 + block / 10 for block in range(blocks)}
    return [
        trial
        for block, time in times.items()
        for trial in (done("serial", 1, block, time), done(kind, 2, block, time / ratio))
    ]


@pytest.mark.parametrize(
    ("ratio", "headline"),
    [
        (1.87, "2 processes are 1.87 times as fast as serial (1.87 – 1.87)"),
        (1.0, "2 processes are no faster than serial, 1.00× (1.00 – 1.00)"),
        (0.5, "2 processes are slower than serial: 0.50 times its speed (0.50 – 0.50)"),
    ],
)
def test_the_headline_gives_the_verdict(ratio: float, headline: str) -> None:
    assert summary(run(ratio))[0] == headline


def test_the_headline_says_when_it_cannot_tell() -> None:
    headline, _ = summary([*run(2), done("processes", 2, 0, 9.0)])
    assert headline == "2 processes: too noisy to say, 2.00× (0.11 – 2.00)"


def test_the_headline_cannot_tell_where_other_programs_took_the_cpu() -> None:
    starved = (TaskRecord(worker=1, submit_s=0.0, start_s=0.0, end_s=1.0, cpu_s=0.5),)
    trials = [done("serial", 1, 9, 1.0, cpu_s=0.5, tasks=starved)] * 5

    headline, details = summary([*run(2), *trials])

    assert headline == "2 processes: too many disturbed trials to say, 2.00× (2.00 – 2.00)"
    assert details[0] == (
        "Too little CPU time came to 5 of 15 trials: close what else is busy and run again."
    )


def test_the_headline_is_about_as_many_workers_as_there_are_cpus() -> None:
    trials = [*run(1.9), done("processes", 8, 0, 0.1), done("processes", 1, 0, 1.0)]

    assert summary(trials, usable_cpus=2)[0].startswith("2 processes")
    assert summary(trials, usable_cpus=8)[0].startswith("8 processes")
    assert summary(trials, usable_cpus=1)[0].startswith("2 processes")
    assert summary(trials, usable_cpus=4)[0].startswith("2 processes")


def test_the_headline_has_a_line_for_each_kind() -> None:
    headline, _ = summary([*run(1.9), *run(1.0, kind="threads")])

    assert headline == (
        "2 threads are no faster than serial, 1.00× (1.00 – 1.00)."
        " 2 processes are 1.90 times as fast as serial (1.90 – 1.90)"
    )


def test_without_a_plain_call_the_headline_compares_with_one_worker() -> None:
    trials = [done("threads", n, block, 2.0 / n) for n in (1, 2) for block in (1, 2)]

    assert summary(trials)[0] == "2 threads are 2.00 times as fast as 1 thread (2.00 – 2.00)"


def test_a_single_measurement_says_that_it_is_one() -> None:
    assert "measured once: 1.87 times" in summary(run(1.87, blocks=1))[0]


def test_a_single_configuration_gives_its_time_and_what_to_do_next() -> None:
    headline, details = summary([done("threads", 2, 1, 1.5)])

    assert headline == "π takes 1.50 s with 2 threads"
    assert any("serial or one worker" in line for line in details)


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        ("running", "A comparison comes with the next trials."),
        ("stopped", "The run ended before one of its repeats had both times to compare."),
    ],
)
def test_who_chose_a_comparison_is_not_told_to_choose_one(status: str, sentence: str) -> None:
    chosen = {"executors": ["serial", "threads", "ceiling"], "workers": [1, 2]}
    _, details = summary([done("serial", 1, 1, 1.5)], status=status, parameters=chosen)

    assert details == (sentence,)


@pytest.mark.parametrize(
    "strange",
    [
        {"executors": 5, "workers": 4},
        {"executors": [["serial"], None], "workers": ["many"]},
        {"executors": {"a": 1}, "workers": [10**9], "workload": ["pi"]},
    ],
)
def test_settings_of_anybodys_record_that_are_none_are_those_of_its_trials(
    strange: dict[str, Any],
) -> None:
    headline, details = summary([done("serial", 1, 1, 1.5)], parameters=strange)

    assert "1.50 s with serial" in headline
    assert any("serial or one worker" in line for line in details)


def test_a_run_that_goes_on_is_not_told_to_run_again() -> None:
    noisy = [one for block in range(3) for one in run((0.5, 2.0, 1.0)[block], blocks=1)]
    noisy = [replace(one, block=place // 2) for place, one in enumerate(noisy)]

    _, running = summary(noisy, status="running")
    _, over = summary(noisy)

    assert running == (
        "Provisional: 3 repeats so far, with their range in brackets; 5 or more can be trusted.",
    )
    assert over[0].startswith("Provisional: only 3 repeats")


def test_few_repeats_are_provisional() -> None:
    assert any("Provisional: only 4 repeats" in line for line in summary(run(2, blocks=4))[1])
    assert not any("Provisional" in line for line in summary(run(2, blocks=5))[1])


@pytest.mark.parametrize(
    ("of_threads", "said"),
    [
        (7, "In brackets: 95 % intervals, over 6 to 7 repeats."),
        (5, "In brackets: 95 % intervals, over 5 to 6 repeats."),
        (4, "In brackets: 95 % intervals, over 6 repeats; with fewer, the range, which is prov"),
        (1, "In brackets: 95 % intervals, over 6 repeats; with fewer, the range, which is prov"),
    ],
)
def test_what_stands_in_brackets_is_told_of_every_line(of_threads: int, said: str) -> None:
    of_both = [*run(2, blocks=6), *run(1, blocks=of_threads, kind="threads")]
    assert any(line.startswith(said) for line in summary(of_both)[1])


def test_failures_are_counted_and_the_first_is_named() -> None:
    trials = [*run(2), failed("threads", 2, 1, "it crashed"), failed("threads", 2, 2, "again")]

    assert summary(trials)[1][0] == "2 trials failed; the first, 2 threads: it crashed."


def test_nothing_measured_is_no_headline() -> None:
    assert summary([]) == ("", ())


any_trials = st.lists(
    st.builds(
        done,
        st.sampled_from(["serial", "threads", "processes", "cluster"]),
        st.integers(1, 8),
        st.integers(1, 5),
        st.floats(1e-9, 1e6),
    )
    | st.builds(
        failed,
        st.sampled_from(["serial", "threads", "processes"]),
        st.integers(1, 8),
        st.integers(1, 5),
        st.text(),
    )
)


@given(any_trials)
def test_whatever_was_measured_there_are_words_for_it(trials: list[TrialRecord]) -> None:
    headline, details = summary(trials)

    assert bool(headline) == any(trial.status == "done" for trial in trials)
    assert all(detail.endswith(".") for detail in details)


@pytest.mark.parametrize(
    ("executor", "workers", "name"),
    [
        ("serial", 1, "serial"),
        ("threads", 1, "1 thread"),
        ("processes", 1, "1 process"),
        ("processes", 8, "8 processes"),
        ("cluster", 2, "2 cluster"),
        ("interpreters", 1, "1 interpreter"),
        ("pool", 3, "3 pool workers"),
        ("ceiling", 2, "ceiling of 2"),
    ],
)
def test_configurations_have_names(executor: str, workers: int, name: str) -> None:
    assert configuration(executor, workers) == name


# ------------------------------------------------------------------- the work, and its workers


def machine(gil: bool = True) -> Machine:
    return Machine(cpus=2, term_s=1e-3, gil=gil, start_method="fork")


@pytest.mark.parametrize(
    ("work", "executor", "share"),
    [
        ("monte-carlo", "threads", 1),
        ("hashing", "threads", 2),
        ("waiting", "threads", 4),
        ("waiting", "serial", 1),
        ("waiting", "ceiling", 4),
        ("leibniz", "pool", 2),
        ("leibniz", "interpreters", 2),
        ("leibniz", "ceiling", 2),
    ],
)
def test_work_is_expected_to_be_shared_as_the_gil_and_the_cpus_allow(
    work: str, executor: str, share: int
) -> None:
    wanted = values(workload=work, terms=10**9, executors=(executor,), workers=(4,), blocks=1)
    (trial,) = EXPERIMENT.plan(wanted, machine())

    size = trial.arguments[0]["size"]
    assert trial.expected_work_s == pytest.approx(size * 1e-3 / share)


def test_a_start_method_goes_to_all_whose_workers_are_processes() -> None:
    kinds = ("serial", "threads", "processes", "pool", "ceiling")
    wanted = values(executors=kinds, workers=(2,), blocks=1, **{"start-method": "spawn"})
    asked = {trial.executor: trial.start_method for trial in EXPERIMENT.plan(wanted, None)}

    assert asked == dict.fromkeys(kinds[:2]) | dict.fromkeys(kinds[2:], "spawn")


def test_tasks_are_for_executors_a_plain_call_and_the_ceiling_stay_whole() -> None:
    kinds = ("serial", "threads", "ceiling")
    wanted = values(executors=kinds, workers=(2,), blocks=1, tasks=50)
    plan = EXPERIMENT.plan(wanted, None)

    tasks = {trial.executor: trial.arguments[0]["tasks_per_worker"] for trial in plan}
    assert tasks == {"serial": 1, "threads": 50, "ceiling": 1}


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        (
            {"terms": 300, "tasks": 100, "workers": (1, 4)},
            "tasks",
            "4 workers with 100 tasks each cannot share 300 terms: choose at most 75, or more"
            " terms.",
        ),
        (
            {"workload": "waiting", "terms": 40_000, "workers": (1, 4)},
            "workers",
            "4 workers cannot share 2 waits (20\u202f000 terms are one): choose at most 2 workers,"
            " or more terms.",
        ),
        (
            {"workload": "monte-carlo", "terms": 10**10},
            "terms",
            "π, Monte Carlo has at most 1\u202f000\u202f000\u202f000 points: type that or less.",
        ),
        (
            {"workload": "numpy", "executors": ("serial", "interpreters")},
            "executors",
            "NumPy cannot be imported in sub-interpreters: choose other work, or leave"
            " interpreters out.",
        ),
        (
            {"tasks": 1000, "blocks": 100, "workers": (1, 2, 4, 8)},
            "tasks",
            "That makes 3\u202f000\u202f000 tasks, and 1\u202f000\u202f000 is the most in one run:"
            " choose fewer of them, fewer workers or fewer repeats.",
        ),
    ],
)
def test_what_does_not_go_together_is_told_at_its_field(
    changes: dict[str, Any], field: str, sentence: str
) -> None:
    assert EXPERIMENT.check(values(**changes)) == {field: sentence}


def test_values_of_before_there_was_a_choice_mean_the_books_work() -> None:
    old = {k: v for k, v in EXPERIMENT.defaults().items() if k not in ("workload", "tasks")}

    assert EXPERIMENT.plan(old, None) == EXPERIMENT.plan(EXPERIMENT.defaults(), None)
    assert EXPERIMENT.check(old) == {}
    assert EXPERIMENT.code(old) == EXPERIMENT.code(EXPERIMENT.defaults())


def test_what_this_python_lacks_stays_in_the_form_with_the_reason() -> None:
    (executors,) = [p for p in EXPERIMENT.parameters if p.name == "executors"]
    assert isinstance(executors, Choices)
    options = {option.value: option for option in executors.options}

    assert list(options) == list(KINDS)
    for kind, option in options.items():
        reason = missing().get(kind)
        assert option.missing == (f"it {reason}." if reason else "")
        assert executors.parse(kind) == (kind,)  # another Python may have it
        chosen = values(executors=("serial", kind))
        problems = EXPERIMENT.check(chosen)
        if reason:
            assert f"{option.label} cannot be used here: it {reason}." in problems["executors"]
            assert "Choose a Python that has what it needs" in problems["executors"]
        else:
            assert problems == {}
        assert EXPERIMENT.check({**chosen, "pythons": ("3.14",)}) == {}


def test_the_ceiling_is_no_executor_among_the_others() -> None:
    trials = [*run(1.5), *(done("ceiling", 2, block, 0.4) for block in range(5))]
    series, ceiling = series_of(trials), ceiling_of(trials)

    assert [one.executor for one in series] == ["serial", "processes"]
    assert ceiling is not None
    assert ceiling.at(2) is not None
    found = ratios(series, ceiling, 2)
    assert found is not None
    assert found.values == pytest.approx([(1 + block / 10) / 0.4 for block in range(5)])
    assert ceiling_of(run(2)) is None
    assert "independent" not in summary(trials)[0]


def test_work_that_waits_is_not_short_of_cpu() -> None:
    idle = (TaskRecord(worker=1, submit_s=0.0, start_s=0.0, end_s=1.0, cpu_s=0.01),)

    assert crowded(done("threads", 2, 1, 1.0, cpu_s=0.01, tasks=idle), environment())
    assert not crowded(
        done("threads", 2, 1, 1.0, cpu_s=0.01, tasks=idle, workload="waiting"), environment()
    )
