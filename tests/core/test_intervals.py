"""Intervals that keep their promise: simulated samples whose true median is known."""

from __future__ import annotations

import math
from collections.abc import Callable
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.results.intervals import _covered, cautious_interval, drift, median_interval

SAMPLES = 4000
Draw = Callable[[np.random.Generator, tuple[int, int]], "np.ndarray[tuple[int, ...], np.dtype]"]
# Each has the median 0.
LAWS: dict[str, Draw] = {
    "normal": lambda draw, shape: draw.normal(size=shape),
    "heavy tails": lambda draw, shape: draw.standard_t(2, size=shape),
    "two exponentials": lambda draw, shape: (
        draw.exponential(size=shape) - draw.exponential(size=shape)
    ),
    "skewed": lambda draw, shape: draw.exponential(size=shape) - math.log(2),
    "a busy tenth": lambda draw, shape: (
        draw.normal(size=shape) * np.where(draw.random(shape) < 0.1, 8, 1)
    ),
}
values = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=40)


def samples(law: str, count: int, seed: int = 7) -> list[list[float]]:
    drawn: list[list[float]] = LAWS[law](np.random.default_rng(seed), (SAMPLES, count)).tolist()
    return drawn


# -------------------------------------------------------------------------------- of the median


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("count", [5, 6, 7, 8, 11, 21, 30])
def test_95_of_100_intervals_cover_the_true_median(law: str, count: int) -> None:
    intervals = [median_interval(sample) for sample in samples(law, count)]

    covered = sum(low <= 0 <= high for low, high in intervals) / SAMPLES
    assert 0.93 <= covered <= 0.97


def test_the_interval_shrinks_as_blocks_arrive() -> None:
    def width(count: int) -> float:
        ends = [median_interval(sample) for sample in samples("normal", count)]
        return float(np.mean([high - low for low, high in ends]))

    widths = [width(count) for count in (5, 10, 20, 40)]
    assert widths == sorted(widths, reverse=True)
    assert widths[3] == pytest.approx(widths[1] / 2, rel=0.15)  # as 1 / √n


def test_six_values_against_figures_worked_out_by_hand() -> None:
    # Between x1 and x2: 96.875 % and 78.125 % covered; share 0.1 of the way, 5·0.1 / (1 + 4·0.1).
    low, high = median_interval([1, 2, 4, 8, 16, 32])

    assert low == pytest.approx(1 + 5 / 14)
    assert high == pytest.approx(32 - 16 * 5 / 14)


def test_five_values_or_fewer_give_their_range() -> None:
    assert median_interval([3.0, 1.0, 2.0, 9.0, 5.0]) == (1.0, 9.0)
    assert median_interval([3.0]) == (3.0, 3.0)


def test_no_values_have_no_interval() -> None:
    with pytest.raises(ValueError, match="no interval"):
        median_interval([])


@given(values, st.randoms(use_true_random=False))
def test_the_order_of_the_values_changes_nothing(sample: list[float], chance: Random) -> None:
    shuffled = list(sample)
    chance.shuffle(shuffled)

    assert median_interval(shuffled) == median_interval(sample)


@given(values, st.floats(0.01, 100), st.floats(-1e3, 1e3))
def test_the_interval_scales_and_shifts_with_the_values(
    sample: list[float], factor: float, shift: float
) -> None:
    low, high = median_interval(sample)
    moved = median_interval([value * factor + shift for value in sample])

    assert moved == pytest.approx((low * factor + shift, high * factor + shift), abs=1e-6)


@given(values)
def test_the_median_is_inside_its_interval_and_that_inside_the_range(sample: list[float]) -> None:
    low, high = median_interval(sample)

    assert min(sample) <= low <= np.median(sample) <= high <= max(sample)


def test_a_wider_confidence_is_a_wider_interval() -> None:
    sample = samples("normal", 30)[0]
    low, high = median_interval(sample, 0.8)
    lower, higher = median_interval(sample, 0.99)

    assert lower < low < high < higher


def test_a_thousand_values_are_no_problem() -> None:
    low, high = median_interval([float(value) for value in range(1001)])

    assert low == pytest.approx(500 - 31, abs=1)  # 1.96 · √1001 / 2
    assert high == pytest.approx(500 + 31, abs=1)


@given(st.integers(1, 300))
def test_the_chance_to_cover_the_median_is_that_of_the_sign_test(count: int) -> None:
    for depth, covered in enumerate(_covered(count), start=1):
        fewer = sum(math.comb(count, below) for below in range(depth))
        assert covered == 1 - 2 * fewer / 2**count


# -------------------------------------------------------------------------------------- of a few


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("count", [6, 7, 8, 11, 30])
def test_a_verdicts_interval_misses_in_clearly_less_than_5_of_100(law: str, count: int) -> None:
    assert missed(law, count) < 0.045


@pytest.mark.parametrize("law", ["normal", "heavy tails", "two exponentials", "a busy tenth"])
@pytest.mark.parametrize("count", [2, 3, 4, 5])
def test_so_it_does_for_a_few_values_that_are_not_skewed(law: str, count: int) -> None:
    assert missed(law, count) < 0.03


def missed(law: str, count: int) -> float:
    intervals = [cautious_interval(sample) for sample in samples(law, count)]
    return sum(not (one and one.low <= 0 <= one.high) for one in intervals) / SAMPLES


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=30))
def test_a_verdicts_interval_is_no_narrower_than_the_one_that_is_shown(
    sample: list[float],
) -> None:
    shown, rests_on = median_interval(sample), cautious_interval(sample)

    assert rests_on is not None
    assert rests_on.low <= shown.low + 1e-9
    assert rests_on.high >= shown.high - 1e-9


def test_one_value_carries_no_verdict() -> None:
    assert cautious_interval([1.0]) is None


# ------------------------------------------------------------------------------------ over time


@pytest.mark.parametrize("count", [5, 8, 20])
def test_chance_is_seldom_taken_for_a_drift(count: int) -> None:
    found = [drift(sample) for sample in samples("normal", count)]

    assert sum(one is not None and not one.is_chance for one in found) <= 0.05 * SAMPLES


def test_a_steady_rise_is_a_drift_of_the_whole_rise() -> None:
    found = drift([0.0, 1.1, 1.9, 3.0, 4.0, 5.0])

    assert found is not None
    assert not found.is_chance
    assert found.total == pytest.approx(5, abs=0.1)


def test_one_outlier_is_no_drift() -> None:
    found = drift([1.0, 1.01, 0.99, 1.0, 1.02, 0.98, 9.0])

    assert found is not None
    assert found.is_chance
    assert abs(found.total) < 0.1


def test_four_values_tell_of_no_drift() -> None:
    assert drift([1.0, 2.0, 3.0, 4.0]) is None
