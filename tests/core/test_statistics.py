"""What the times of a run say, on synthetic times with known ratios."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from core.results.pythons import between, by_python
from core.results.records import TaskRecord, TrialRecord
from core.results.statistics import (
    Point,
    Ratios,
    Series,
    ceiling_of,
    crowded,
    duration,
    ratios,
    seconds,
    series_of,
    verdict_of,
)
from tests.core.making import PYTHON, done, environment, failed, record

durations = st.floats(1e-6, 1e5)
block_times = st.dictionaries(st.integers(1, 100), durations, min_size=1, max_size=12)


def by_ratio(times: dict[int, float], ratio: float) -> list[TrialRecord]:
    """Make a run in which 2 threads are `ratio` times as fast as serial in every block."""
    return [
        trial
        for block, time in times.items()
        for trial in (done("serial", 1, block, time), done("threads", 2, block, time / ratio))
    ]


def ratios_of(trials: list[TrialRecord], baseline: str = "serial") -> Ratios | None:
    everything = series_of(trials)
    threads = next(one for one in everything if one.executor == "threads")
    return ratios(everything, threads, 2, baseline)


def verdict_between(*values: float) -> str:
    return Ratios("serial", dict(enumerate(values))).verdict


# ----------------------------------------------------------------------------------------- series


@pytest.mark.parametrize("told", [{"rows": ({"x": 1},)}, {"events": ({"kind": "asks"},)}], ids=str)
def test_a_program_that_told_is_no_point_of_a_series(told: dict[str, Any]) -> None:
    story, ceiling = (done(kind, 2, 1, 1.0, **told) for kind in ("processes", "ceiling"))
    assert series_of([story]) == ()
    assert ceiling_of([ceiling]) is None
    (one,) = series_of([story, done("threads", 2, 1, 1.0)])
    assert one.executor == "threads"


@pytest.mark.parametrize(("first", "other"), [(0.0, 1.0), (1.0, 0.0)])
def test_a_time_of_zero_compares_no_pythons(first: float, other: float) -> None:
    names = ("3.11", "3.13")
    machine = replace(environment(), pythons=tuple(replace(PYTHON, name=one) for one in names))
    times = {1: (3.0, 1.0), 2: (first, other)}
    trials = [
        done("serial", 1, block, time, python=name)
        for block, both in times.items()
        for name, time in zip(names, both, strict=True)
    ]
    ((name, found),) = between(by_python(record(trials, environment=machine)), "serial", 1)
    assert (name, found.by_block) == ("3.13", {1: 3.0})


def test_trials_are_sorted_into_series_and_points() -> None:
    trials = [
        done("threads", 4, 1, 4.0),
        done("serial", 1, 1, 1.0),
        done("threads", 2, 1, 2.0),
        done("threads", 2, 2, 2.5),
    ]

    assert series_of(trials) == (
        Series("serial", (Point(1, {1: 1.0}),)),
        Series("threads", (Point(2, {1: 2.0, 2: 2.5}), Point(4, {1: 4.0}))),
    )


@given(
    st.permutations(
        [
            done(kind, n, block, n + block / 10)
            for kind in ("serial", "threads", "processes")
            for n in (1, 2)
            for block in (1, 2)
        ]
    )
)
def test_the_order_of_the_trials_changes_nothing(trials: list[TrialRecord]) -> None:
    assert series_of(trials) == series_of(reversed(trials))
    assert [one.executor for one in series_of(trials)] == ["serial", "threads", "processes"]


def test_trials_that_failed_or_were_stopped_are_no_points() -> None:
    stopped = TrialRecord(
        executor="serial",
        start_method=None,
        workers=1,
        block=2,
        order=2,
        status="stopped",
        work_s=1.0,
    )

    assert series_of([failed("threads", 2, 1, "it crashed"), stopped]) == ()


@given(st.dictionaries(st.integers(), durations, min_size=1))
def test_a_point_tells_its_shortest_middle_and_longest_time(times: dict[int, float]) -> None:
    point, ordered = Point(1, times), sorted(times.values())

    assert (point.low, point.high) == (ordered[0], ordered[-1])
    assert sum(time <= point.median for time in ordered) >= len(ordered) / 2
    assert sum(time >= point.median for time in ordered) >= len(ordered) / 2


# -------------------------------------------------------------------------------------- speed-ups


@given(block_times, st.floats(0.01, 100))
def test_pairing_within_blocks_finds_the_ratio_however_the_blocks_differ(
    times: dict[int, float], ratio: float
) -> None:
    found = ratios_of(by_ratio(times, ratio))

    assert found is not None
    assert found.baseline == "serial"
    assert set(found.by_block) == set(times)
    assert found.values == pytest.approx([ratio] * len(times))


@given(block_times, st.sets(st.integers(1, 100)), st.sets(st.integers(1, 100)))
def test_blocks_that_lack_either_side_do_not_count(
    times: dict[int, float], without_serial: set[int], without_threads: set[int]
) -> None:
    missing = {"serial": without_serial, "threads": without_threads}
    trials = [trial for trial in by_ratio(times, 2) if trial.block not in missing[trial.executor]]
    everything = series_of([*trials, done("threads", 9, 1, 1.0)])
    threads = next(one for one in everything if one.executor == "threads")
    paired = set(times) - without_serial - without_threads
    has_serial = bool(set(times) - without_serial)

    found = ratios(everything, threads, 2)

    assert (set(found.by_block) if found else set()) == (paired if has_serial else set())


def test_without_a_serial_series_one_worker_of_the_same_kind_is_the_baseline() -> None:
    found = ratios_of([done("threads", 1, 1, 3.0), done("threads", 2, 1, 2.0)])

    assert found == Ratios("one", {1: 1.5})


def test_one_worker_can_be_chosen_as_the_baseline() -> None:
    trials = [done("threads", 1, 1, 3.0), *by_ratio({1: 8.0}, 4)]

    assert ratios_of(trials, "one") == Ratios("one", {1: 1.5})
    assert ratios_of(trials) == Ratios("serial", {1: 4.0})


def test_without_any_baseline_there_is_no_speed_up() -> None:
    assert ratios_of([done("threads", 2, 1, 2.0)]) is None


def test_a_configuration_that_was_not_measured_has_no_speed_up() -> None:
    everything = series_of([done("serial", 1, 1, 2.0), done("threads", 4, 1, 2.0)])

    assert ratios(everything, everything[1], 2) is None


# -------------------------------------------------------------------------------------- intervals


@given(block_times.filter(lambda times: len(times) >= 5), st.floats(0.01, 100))
def test_from_five_blocks_on_the_ends_are_an_interval_around_the_median(
    times: dict[int, float], ratio: float
) -> None:
    factors = {block: ratio * (1 + block / 1000) for block in times}
    found = Ratios("serial", factors)

    assert not found.provisional
    for sooner, later in pairwise((min(found.values), found.low, found.median, found.high)):
        assert sooner <= later * (1 + 1e-9)
    assert found.high <= max(found.values) * (1 + 1e-9)


def test_below_five_blocks_the_ends_are_the_range() -> None:
    found = Ratios("serial", {1: 1.5, 2: 2.0, 3: 1.8, 4: 1.9})

    assert found.provisional
    assert (found.low, found.high) == (1.5, 2.0)


@given(st.lists(st.floats(0.01, 100), min_size=1, max_size=12))
def test_what_divides_by_what_turns_everything_round(values: list[float]) -> None:
    there = Ratios("serial", dict(enumerate(values)))
    back = Ratios("serial", {block: 1 / value for block, value in enumerate(values)})

    assert back.median == pytest.approx(1 / there.median)
    assert (back.low, back.high) == pytest.approx((1 / there.high, 1 / there.low))


def test_between_two_middle_ratios_is_their_geometric_mean() -> None:
    assert Ratios("serial", {1: 0.5, 2: 2.0}).median == pytest.approx(1.0)


# --------------------------------------------------------------------------------------- verdicts


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [
        (1.80, 1.93, "faster"),
        (1.02, 1.08, "faster"),
        (0.40, 0.60, "slower"),
        (0.96, 1.04, "same"),
        (1.01, 1.04, "same"),  # a difference, but none to speak of
        (0.96, 1.08, "unclear"),
        (0.80, 1.30, "unclear"),
    ],
)
def test_the_verdict_is_where_the_interval_is(low: float, high: float, verdict: str) -> None:
    assert verdict_of(low, high) == verdict


several = block_times.filter(lambda times: len(times) >= 2)


@given(several, st.floats(1.051, 100))
def test_a_clear_gain_is_faster(times: dict[int, float], ratio: float) -> None:
    found = ratios_of(by_ratio(times, ratio))

    assert found is not None
    assert found.verdict == "faster"


@given(several, st.floats(0.01, 0.949))
def test_a_clear_loss_is_slower(times: dict[int, float], ratio: float) -> None:
    found = ratios_of(by_ratio(times, ratio))

    assert found is not None
    assert found.verdict == "slower"


@given(st.lists(st.floats(0.951, 1.049), min_size=6, max_size=9))
def test_repeats_that_all_stay_within_five_percent_are_the_same(values: list[float]) -> None:
    assert verdict_between(*values) == "same"


@given(
    st.lists(st.floats(1.2, 3), min_size=2, max_size=5),
    st.lists(st.floats(0.2, 0.8), min_size=2, max_size=5),
)
def test_repeats_that_contradict_one_another_are_unclear(
    gains: list[float], losses: list[float]
) -> None:
    middle = abs(len(gains) - len(losses)) <= 1
    assert not middle or verdict_between(*gains, *losses) == "unclear"


def test_one_repeat_far_off_makes_the_same_unclear() -> None:
    assert verdict_between(1.0, 1.0, 1.0, 1.0, 0.8) == "unclear"


def test_one_repeat_shows_nothing_and_three_that_scatter_neither() -> None:
    assert verdict_between(1.9) == "unclear"
    assert verdict_between(1.1, 1.4, 1.9) == "unclear"
    assert verdict_between(1.88, 1.9, 1.93) == "faster"
    assert verdict_between(0.99, 1.01) == "same"


@pytest.mark.parametrize("noise", [0.01, 0.05, 0.3, 1.0])
@pytest.mark.parametrize("blocks", [2, 3, 4, 5, 7, 12, 30])
@pytest.mark.parametrize("truth", [0.5, 0.9, 1.0, 1.1, 2.0])
def test_fewer_than_five_of_a_hundred_verdicts_are_wrong(
    truth: float, blocks: int, noise: float
) -> None:
    right = "faster" if truth > 1.05 else "slower" if truth < 0.95 else "same"
    draw = np.random.default_rng(3)
    runs = truth * np.exp(noise * draw.normal(size=(2000, blocks)))

    given = [verdict_between(*run) for run in runs.tolist()]

    wrong = sum(verdict not in (right, "unclear") for verdict in given)
    assert wrong < 0.05 * len(given)


def test_enough_blocks_find_a_difference_and_its_absence() -> None:
    draw = np.random.default_rng(3)
    for truth, right in ((1.0, "same"), (1.1, "faster"), (0.9, "slower")):
        runs = truth * np.exp(0.03 * draw.normal(size=(300, 30)))
        given = [verdict_between(*run) for run in runs.tolist()]
        assert given.count(right) > 0.9 * len(given)
    noisy = np.exp(0.5 * draw.normal(size=(300, 10)))
    assert [verdict_between(*run) for run in noisy.tolist()].count("unclear") > 0.9 * 300


# ---------------------------------------------------------------------------------- crowded trials


def busy_trial(executor: str, workers: int, share: float) -> TrialRecord:
    """Make a trial of one second whose tasks together got `share` seconds of CPU."""
    tasks = tuple(TaskRecord(n, 0.0, 1.0, 2.0, share / workers) for n in range(1, workers + 1))
    return done(executor, workers, 1, 1.0, cpu_s=share, tasks=tasks)


@pytest.mark.parametrize(
    ("executor", "workers", "enough"),
    [("serial", 1, 1.0), ("threads", 4, 1.0), ("processes", 2, 2.0), ("processes", 8, 2.0)],
)
def test_a_trial_is_crowded_when_it_got_clearly_less_cpu_than_it_could_have_used(
    executor: str, workers: int, enough: float
) -> None:
    two_cpus = environment(usable_cpus=2)

    assert not crowded(busy_trial(executor, workers, enough), two_cpus)
    assert not crowded(busy_trial(executor, workers, enough * 0.92), two_cpus)
    assert crowded(busy_trial(executor, workers, enough * 0.8), two_cpus)


def test_a_trial_too_short_to_tell_is_not_crowded() -> None:
    tasks = (TaskRecord(worker=1, submit_s=0.0, start_s=0.0, end_s=0.05, cpu_s=0.01),)

    assert not crowded(done("serial", 1, 1, 0.05, cpu_s=0.01, tasks=tasks), environment())


def test_a_trial_that_was_not_measured_is_not_crowded() -> None:
    assert not crowded(failed("threads", 2, 1, "it crashed"), environment())


# ------------------------------------------------------------------------------------------ words


@given(st.floats(1e-7, 1e4))
def test_a_duration_is_written_with_three_figures(time: float) -> None:
    match = re.fullmatch(r"([\d.]+) (s|ms|µs|ns)", seconds(time))

    assert match
    assert float(match[1]) * {"s": 1, "ms": 1e-3, "µs": 1e-6, "ns": 1e-9}[
        match[2]
    ] == pytest.approx(time, rel=0.006, abs=0.006e-9)


@pytest.mark.parametrize(
    ("time", "words"),
    [
        (0, "0 s"),
        (5.612, "5.61 s"),
        (0.04824, "48.2 ms"),
        (0.00031, "310 µs"),
        (8.04e-8, "80.4 ns"),
        (123.4, "123 s"),
        (9.996, "10.0 s"),
        (0.9996, "1.00 s"),
    ],
)
def test_durations_in_words(time: float, words: str) -> None:
    assert seconds(time) == words


@pytest.mark.parametrize(
    ("time", "words"),
    [
        (0, "1 s"),
        (12.4, "12 s"),
        (89, "89 s"),
        (170, "3 min"),
        (3599, "1 h"),
        (8400, "2 h 20 min"),
        (100_000, "28 h"),
        (350_000, "4 days"),
    ],
)
def test_long_durations_in_words(time: float, words: str) -> None:
    assert duration(time) == words
