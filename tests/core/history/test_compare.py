"""Runs side by side: what differs, and a ratio whose interval covers as often as it says."""

from __future__ import annotations

import itertools
import math

import pytest
from msgspec.structs import replace

from core.results import compare
from core.results.records import Calibration, RunRecord
from tests.core.making import PYTHON, done, environment, record


def run(times: list[float], **more: object) -> RunRecord:
    return record([done("threads", 2, n, time) for n, time in enumerate(times, 1)], **more)


@pytest.mark.parametrize(("m", "n"), [(1, 1), (2, 3), (3, 3), (4, 4), (5, 3), (4, 6)])
def test_rank_sums_are_those_of_all_arrangements(m: int, n: int) -> None:
    counted = [0] * (m * n + 1)
    for places in itertools.combinations(range(m + n), m):
        counted[sum(place - rank for rank, place in enumerate(places))] += 1
    assert compare._rank_sums(m, n) == counted


@pytest.mark.parametrize(("m", "n"), [(4, 4), (5, 5), (3, 8), (6, 4)])
def test_the_interval_covers_no_shift_in_95_of_100_arrangements(m: int, n: int) -> None:
    covered = total = 0
    for places in itertools.combinations(range(m + n), m):
        base = [math.exp(place) for place in places]
        other = [math.exp(place) for place in range(m + n) if place not in places]
        _, low, high, _ = compare.between(base, other)
        assert low is not None
        assert high is not None
        covered += low <= 1 <= high
        total += 1
    assert covered / total >= 0.95
    depth = compare._depth(m, n)  # one deeper would cover less than that
    counts = compare._rank_sums(m, n)
    assert 2 * sum(counts[: depth + 1]) / total > 0.05


def test_the_normal_law_takes_over_without_a_step() -> None:
    exact, normal = compare._depth(30, 30), compare._depth(31, 30)
    assert 0 < normal - exact < 40
    assert abs(compare._depth(31, 30) - compare._depth(30, 31)) == 0


def test_a_run_twice_as_fast_is_said_to_be() -> None:
    (ratio,) = compare.ratios(
        [run([2.0, 2.02, 1.98, 2.01, 1.99]), run([1.0, 1.01, 0.99, 1.0, 1.0])]
    )
    assert ratio.median == pytest.approx(2.0, rel=0.02)
    assert ratio.verdict == "faster"
    assert ratio.low is not None
    assert ratio.low > 1.9


def test_few_repeats_have_no_interval() -> None:
    (ratio,) = compare.ratios([run([2.0, 2.0]), run([1.0, 1.0])])
    assert (ratio.low, ratio.high, ratio.verdict) == (None, None, "unclear")


OLD, NEW = [2.0 + n / 100 for n in range(6)], [1.0 + n / 100 for n in range(6)]


def over(times: dict[str, list[float]]) -> RunRecord:
    """Make a run over several Pythons, which in each block took turns in this order."""
    pythons = tuple(replace(PYTHON, name=name, version=f"{name}.0") for name in sorted(times))
    trials = [
        done("threads", 2, block, times[name][block - 1], python=name)
        for block in range(1, 7)
        for name in times
    ]
    return record(trials, environment=replace(environment(), pythons=pythons))


def test_of_runs_over_several_pythons_each_is_compared_with_itself() -> None:
    ratios = compare.ratios([over({"3.11": OLD, "3.13": NEW}), over({"3.13": NEW, "3.11": OLD})])
    assert [(one.python, one.verdict) for one in ratios] == [
        ("3.11.0", "same"),
        ("3.13.0", "same"),
    ]


def test_a_run_over_several_is_compared_with_one_over_one_of_them() -> None:
    alone = run(NEW, environment=replace(environment(), python=replace(PYTHON, version="3.13.0")))
    several = over({"3.13": NEW, "3.11": OLD})
    for both in ([several, alone], [alone, several]):
        (ratio,) = compare.ratios(both)
        assert (ratio.python, ratio.verdict) == ("3.13.0", "same")


def test_what_differs_is_listed_and_nothing_else() -> None:
    there = replace(environment(), cpu="another CPU")
    found = compare.differences(
        [run([1.0]), run([1.0], environment=there, parameters={"terms": 5})]
    )
    assert [(one.area, one.name, one.values) for one in found] == [
        ("machine", "cpu", ("a CPU", "another CPU")),
        ("settings", "terms", ("–", "5")),
    ]


def test_different_work_is_warned_of() -> None:
    one = run([1.0], parameters={"terms": 5, "workers": [1], "blocks": 3})
    other = run([1.0], parameters={"terms": 6, "workers": [2], "blocks": 5})
    (warning,) = compare.warnings([one, other])
    assert "different work (terms)" in warning
    assert compare.compare([one, other]).ratios == ()
    assert compare.compare([one, one]).ratios
    assert not compare.warnings([one, replace(one, parameters={**one.parameters, "blocks": 9})])
    assert "different experiments" in compare.warnings([one, replace(one, experiment="race")])[0]


def test_sizes_by_time_are_compared_by_what_was_found() -> None:
    small, large = (Calibration(seconds=0.5, size=size, calls=()) for size in (10, 20))
    assert not compare.warnings([run([1.0], calibration=small), run([1.0], calibration=small)])
    (warning,) = compare.warnings([run([1.0], calibration=small), run([1.0], calibration=large)])
    assert "(size)" in warning


def test_a_run_that_was_cut_off_is_told() -> None:
    (warning,) = compare.warnings([run([1.0]), run([1.0], status="interrupted", planned_trials=4)])
    assert warning == "Run 2 did not come to its end: 1 of 4 trials."


def test_runs_are_called_by_their_names_where_they_have_some() -> None:
    cut_off = run([1.0], status="interrupted", planned_trials=4)
    assert compare.compare([run([1.0]), cut_off], ["run 7", "mine"]).warnings == (
        "“mine” did not come to its end: 1 of 4 trials.",
    )
