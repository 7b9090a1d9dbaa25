"""What a handful of numbers says of the median that they come from. Pure, standard library only.

docs/decisions/0009-intervals.md has the measurements behind the choice.
"""

import math
from collections.abc import Iterator, Sequence
from functools import lru_cache
from statistics import fmean, median
from typing import NamedTuple

ENOUGH = 5  # the fewest numbers whose own ends cover the median often enough: 1 - 2 / 2^5 = 94 %
CONFIDENCE = 0.95
SURER = 0.97
_LORD = {2: 15.91, 3: 2.111, 4: 1.023, 5: 0.685}


class Interval(NamedTuple):
    """From `low` to `high`, both included."""

    low: float
    high: float


def median_interval(values: Sequence[float], confidence: float = CONFIDENCE) -> Interval:
    """Give the interval that covers the true median in `confidence` of all samples like this one.

    A percentile bootstrap whose level is calibrated until it covers (Beran, Biometrika 74, 1987,
    457-468); for the median the calibrated interval needs no resampling: it lies between order
    statistics, by the binomial law of the sign test, and is interpolated between two of them by
    Hettmansperger and Sheather, "Confidence intervals based on interpolated order statistics",
    Statistics & Probability Letters 4 (1986), 75-79. No shape of the distribution is assumed.
    It scales and shifts with the values, and their order does not matter. Fewer than six values
    give their range. Raises ValueError for no values.
    """
    ordered = sorted(values)
    if not ordered:
        raise ValueError("no values, no interval")
    depth, share = _depth(len(ordered), confidence)
    outer_low, outer_high = ordered[depth - 1], ordered[-depth]
    if not share:
        return Interval(outer_low, outer_high)
    inner_low, inner_high = ordered[depth], ordered[-depth - 1]
    return Interval(
        outer_low + share * (inner_low - outer_low), outer_high + share * (inner_high - outer_high)
    )


def cautious_interval(values: Sequence[float]) -> Interval | None:
    """Give the interval that a verdict rests on; None for fewer than two values.

    Wider than what is shown, so that wrong verdicts stay clearly under 5 % whatever the noise. Up
    to five values: the mean and a multiple of the range around it, by Lord, "The use of range in
    place of standard deviation in the t-test", Biometrika 34 (1947), 41-67, 2 % points, and the
    range itself. That assumes normal values, as logarithms of times nearly are; few values allow no
    weaker assumption. From six on: the median's interval at 97 %.
    """
    factor = _LORD.get(len(values))
    if factor is not None:
        low, high = min(values), max(values)
        middle, reach = fmean(values), factor * (high - low)
        return Interval(min(low, middle - reach), max(high, middle + reach))
    return median_interval(values, SURER) if len(values) > max(_LORD) else None


class Drift(NamedTuple):
    """How values change from the first to the last: in all, and whether chance explains it."""

    total: float
    is_chance: bool


def drift(values: Sequence[float]) -> Drift | None:
    """Tell whether values that were taken one after the other rise or fall; None below ENOUGH.

    The slope is Theil's and Sen's, the median of all pairs' (Sen, JASA 63, 1968, 1379-1389), the
    test Mann's and Kendall's at 5 %, by the normal law with correction for continuity (Kendall,
    Rank Correlation Methods, 1975).
    """
    n = len(values)
    if n < ENOUGH:
        return None
    pairs = [
        (later - sooner, values[later] - values[sooner])
        for later in range(n)
        for sooner in range(later)
    ]
    score = sum((rise > 0) - (rise < 0) for _, rise in pairs)
    spread = math.sqrt(n * (n - 1) * (2 * n + 5) / 18)
    slope = median(rise / steps for steps, rise in pairs)
    return Drift(slope * (n - 1), is_chance=(abs(score) - 1) / spread <= 1.96)


@lru_cache
def _depth(count: int, confidence: float) -> tuple[int, float]:
    """Find the order statistics to interpolate between: the outer's depth, the inner's share."""
    chances = _covered(count)
    depth, covered = 1, next(chances)
    if covered <= confidence:
        return 1, 0.0
    while (inner := next(chances)) >= confidence:
        depth, covered = depth + 1, inner
    part = (covered - confidence) / (covered - inner)
    return depth, (count - depth) * part / (depth + (count - 2 * depth) * part)


def _covered(count: int) -> Iterator[float]:
    """Give the chances that the true median is between the order statistics of depth 1, 2, ...

    Each adds one term to the binomial sum of the one before: a thousand values take half a
    millisecond, where sums that begin anew take half a second, in the window's own thread.
    """
    outside, term = 0, 2
    for below in range(count // 2 + 1):
        outside += term
        yield 1 - outside / (1 << count)
        term = term * (count - below) // (below + 1)
