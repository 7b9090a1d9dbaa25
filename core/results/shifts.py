"""How many times as long the times of one sample are as another's that nothing pairs. Pure.

Standard library only.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from statistics import median
from typing import NamedTuple

from core.results.statistics import exp

CONFIDENCE = 0.95
_EXACT_UP_TO = 30_000  # additions, some milliseconds; beyond it the normal law is as good


class Shift(NamedTuple):
    """The middle ratio, and the ends of its 95 % interval; the range where values are too few."""

    middle: float
    low: float
    high: float


def between(base: Sequence[float], other: Sequence[float]) -> Shift:
    """Give how many times `base` is as long as `other`.

    The shift between logarithms of times by Hodges and Lehmann, the median of all differences, with
    the interval that belongs to Mann's and Whitney's test (Hollander, Wolfe and Chicken,
    Nonparametric Statistical Methods, 3rd ed. 2014, section 4.3). No shape of the distribution is
    assumed. All times must be above 0.
    """
    logs = [math.log(time) for time in other]
    shifts = sorted(one - two for one in map(math.log, base) for two in logs)
    depth = max(1, _depth(len(base), len(other)))
    return Shift(exp(median(shifts)), exp(shifts[depth - 1]), exp(shifts[-depth]))


@lru_cache
def _depth(m: int, n: int) -> int:
    """Find how many of the m · n differences lie outside on each side; 0 for too few values."""
    tail = (1 - CONFIDENCE) / 2
    m, n = sorted((m, n))
    if m * m * n > _EXACT_UP_TO:
        spread = math.sqrt(m * n * (m + n + 1) / 12)
        return max(0, math.floor(m * n / 2 - 1.959964 * spread))
    counts = _rank_sums(m, n)
    total, below, depth = math.comb(m + n, m), 0, 0
    while depth < len(counts) and (below + counts[depth]) / total <= tail:
        below += counts[depth]
        depth += 1
    return depth


def _rank_sums(m: int, n: int) -> list[int]:
    """Count the arrangements of m and n values for each value of Mann's and Whitney's U.

    The coefficients of the Gaussian binomial: the product of (1 - q^(n+i)) / (1 - q^i) up to m.
    """
    counts = [1] + [0] * (m * n)
    for i in range(1, m + 1):
        for power in range(m * n, n + i - 1, -1):
            counts[power] -= counts[power - n - i]
        for power in range(i, m * n + 1):
            counts[power] += counts[power - i]
    return counts
