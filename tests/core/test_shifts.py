"""The interval of a ratio between two samples covers as often as it says."""

from __future__ import annotations

import itertools
import math

import pytest

from core.results import shifts


@pytest.mark.parametrize(("m", "n"), [(1, 1), (2, 3), (3, 3), (4, 4), (5, 3), (4, 6)])
def test_rank_sums_are_those_of_all_arrangements(m: int, n: int) -> None:
    counted = [0] * (m * n + 1)
    for places in itertools.combinations(range(m + n), m):
        counted[sum(place - rank for rank, place in enumerate(places))] += 1
    assert shifts._rank_sums(m, n) == counted


@pytest.mark.parametrize(("m", "n"), [(4, 4), (5, 5), (3, 8), (6, 4)])
def test_the_interval_covers_no_shift_in_95_of_100_arrangements(m: int, n: int) -> None:
    covered = total = 0
    for places in itertools.combinations(range(m + n), m):
        base = [math.exp(place) for place in places]
        other = [math.exp(place) for place in range(m + n) if place not in places]
        _, low, high = shifts.between(base, other)
        covered += low <= 1 <= high
        total += 1
    assert covered / total >= 0.95
    depth = shifts._depth(m, n)  # one deeper would cover less than that
    counts = shifts._rank_sums(m, n)
    assert 2 * sum(counts[: depth + 1]) / total > 0.05


@pytest.mark.parametrize(("m", "n"), [(1, 60), (31, 30), (32, 32), (20, 80), (40, 40)])
def test_the_normal_law_goes_as_deep_as_all_arrangements_do(m: int, n: int) -> None:
    counts, total = shifts._rank_sums(m, n), math.comb(m + n, m)
    assert sum(counts) == total
    exact = sum(2 * below <= 0.05 * total for below in itertools.accumulate(counts))
    assert abs(shifts._depth(m, n) - exact) <= 1
    assert shifts._depth(m, n) == shifts._depth(n, m)
