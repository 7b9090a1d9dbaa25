"""Amdahl's and Gunther's laws, fitted to speed-ups over numbers of workers. Pure; needs NumPy.

Both say what a share of the work costs that cannot be split; Gunther's adds what the workers cost
one another. Curves end with the workers that were measured: beyond them a fit is a guess.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from core.results import statistics
from core.results.statistics import ENOUGH_BLOCKS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from core.results.records import RunRecord

    Array = NDArray[np.float64]

LEAST_COUNTS = 6
RESAMPLES = 1000
_SEED = 20  # any: the same blocks always give the same interval, whatever their order
_CONFIDENCE = 0.95
_MOST_STEPS = 100
_HALVINGS = 12
_STILL, _SETTLED = 1e-10, 1e-7
_LEAST_TIME = 0.02


class Coefficients(NamedTuple):
    """X(p) = lam · p / (1 + sigma · (p - 1) + kappa · p · (p - 1)).

    `lam` is the throughput of one worker, `sigma` the share of its time that cannot be split (from
    0 to 1), `kappa` the cost of every pair of workers. Amdahl's law has kappa = 0.
    """

    lam: float
    sigma: float
    kappa: float

    def at(self, workers: float) -> float:
        """Give the throughput of so many workers."""
        slowed = 1 + self.sigma * (workers - 1) + self.kappa * workers * (workers - 1)
        return self.lam * workers / slowed


@dataclass(frozen=True)
class Estimate:
    """A coefficient and the ends of its 95 % interval; None where there are too few blocks."""

    value: float
    low: float | None = None
    high: float | None = None

    def __str__(self) -> str:
        if self.low is None or self.high is None:
            return f"{self.value:.3g}"
        return f"{self.value:.3g} ({self.low:.2g} – {self.high:.2g})"


@dataclass(frozen=True)
class CurvePoint:
    """The fitted speed-up for so many workers, and the ends of its 95 % interval."""

    workers: int
    speedup: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Law:
    """One law, "amdahl" or "usl", as it fits one executor kind."""

    name: str
    lam: Estimate
    sigma: Estimate
    kappa: Estimate
    curve: tuple[CurvePoint, ...]


@dataclass(frozen=True)
class Fits:
    """Both laws for one executor kind; none, and a sentence that says why, where it cannot be."""

    executor: str
    amdahl: Law | None
    usl: Law | None
    sentence: str


def fits(record: RunRecord, baseline: str = "serial") -> tuple[Fits, ...]:
    """Fit both laws to the median speed-ups of each executor kind but serial.

    Intervals come from resampling whole blocks, so that what a block has in common stays together
    (percentiles; Efron and Tibshirani, An Introduction to the Bootstrap, 1993, chapters 8 and 13).
    Takes some 50 ms for a kind: not for the thread of a window. In the order of the series.
    """
    everything = statistics.series(record)
    needs_cpus = all(statistics.computes(trial) for trial in record.trials)
    enough = record.environment.usable_cpus if needs_cpus else math.inf
    return tuple(
        _fits_of(everything, one, baseline, enough)
        for one in everything
        if one.executor != "serial"
    )


def fit_amdahl(workers: Sequence[float], throughput: Sequence[float]) -> Coefficients:
    """Fit Amdahl's law by least squares: X(p) = lam · p / (1 + sigma · (p - 1)).

    G. M. Amdahl, "Validity of the single processor approach to achieving large scale computing
    capabilities", AFIPS Spring Joint Computer Conference (1967), 483-485. `lam`, the throughput of
    one worker, is fitted too. Raises ValueError for fewer than two different numbers of workers.
    """
    return _fit(workers, throughput, with_kappa=False)


def fit_usl(workers: Sequence[float], throughput: Sequence[float]) -> Coefficients:
    """Fit Gunther's Universal Scalability Law by least squares, sigma and kappa not below 0.

    N. J. Gunther, Guerrilla Capacity Planning (Springer, 2007), chapters 4 and 5; with `lam` as the
    third coefficient and unweighted squares of the throughput, as R's package usl does since 2.0.
    Raises ValueError for fewer than three different numbers of workers.
    """
    return _fit(workers, throughput, with_kappa=True)


# ---------------------------------------------------------------------------------- one kind


def _fits_of(
    everything: Sequence[statistics.Series], one: statistics.Series, baseline: str, cpus: float
) -> Fits:
    counts = [
        (p.workers, statistics.ratios(everything, one, p.workers, baseline)) for p in one.points
    ]
    found = {workers: ratios for workers, ratios in counts if ratios is not None}
    if len(found) < LEAST_COUNTS:
        return Fits(one.executor, None, None, _too_few(len(found)))
    medians = [ratios.median for ratios in found.values()]
    resampled = _resampled(list(found.values()))
    amdahl = _law("amdahl", list(found), medians, resampled)
    usl = _law("usl", list(found), medians, resampled)
    sentence = _sentence(one.executor, max(found), cpus, amdahl, usl)
    return Fits(one.executor, amdahl, usl, sentence)


def _law(
    name: str, workers: Sequence[int], speedups: Sequence[float], resampled: Array | None
) -> Law:
    import numpy as np

    with_kappa = name == "usl"
    best = (fit_usl if with_kappa else fit_amdahl)(workers, speedups)
    counts = range(min(workers), max(workers) + 1)
    if resampled is None:
        lam, sigma, kappa = (Estimate(value) for value in best)
        curve = tuple(CurvePoint(count, best.at(count)) for count in counts)
        return Law(name, lam, sigma, kappa, curve)
    many = _coefficients(_solve(np.array(workers, float), resampled, with_kappa))
    p, rows = np.array(counts, float), many[:, :, None]
    slowed = 1 + rows[:, 1] * (p - 1) + rows[:, 2] * p * (p - 1)
    lam, sigma, kappa = (
        Estimate(value, *ends) for value, ends in zip(best, _percentiles(many), strict=True)
    )
    curve = tuple(
        CurvePoint(count, best.at(count), *ends)
        for count, ends in zip(counts, _percentiles(rows[:, 0] * p / slowed), strict=True)
    )
    return Law(name, lam, sigma, kappa, curve)


def _percentiles(many: Array) -> list[tuple[float, float]]:
    """Give the ends of the interval of each column."""
    import numpy as np

    tail = 50 * (1 - _CONFIDENCE)
    lows, highs = np.percentile(many, [tail, 100 - tail], axis=0).tolist()
    return list(zip(lows, highs, strict=True))


def _resampled(found: Sequence[statistics.Ratios]) -> Array | None:
    """Draw blocks with replacement and take the medians: an array (resample, workers).

    Only blocks that have every number of workers; None with fewer than five of them.
    """
    import numpy as np

    blocks = set.intersection(*(set(ratios.by_block) for ratios in found))
    if len(blocks) < ENOUGH_BLOCKS:
        return None
    rows = np.log([[ratios.by_block[block] for ratios in found] for block in blocks])
    rows = rows[np.lexsort(rows.T)]
    drawn = np.random.default_rng(_SEED).integers(len(rows), size=(RESAMPLES, len(rows)))
    medians: Array = np.exp(np.median(rows[drawn], axis=1))
    return medians


def _too_few(count: int) -> str:
    have = "1 number" if count == 1 else f"{count} numbers"
    return (
        f"No law is fitted to {have} of workers: Amdahl's and Gunther's, which tell what share of"
        f" the work cannot be split, need {LEAST_COUNTS} or more."
    )


def _sentence(executor: str, most: int, cpus: float, amdahl: Law, usl: Law) -> str:
    sentence = (
        f"{executor}, up to {most} workers: by Amdahl's law σ = {amdahl.sigma} of the time cannot"
        f" be split; by Gunther's σ = {usl.sigma}, and each pair of workers costs κ = {usl.kappa}."
    )
    if most > cpus:
        sentence += f" Workers past the CPUs ({cpus}) take turns, and that is in these figures too."
    return sentence


# ------------------------------------------------------------------------------- least squares


def _fit(workers: Sequence[float], throughput: Sequence[float], with_kappa: bool) -> Coefficients:
    import numpy as np

    if len(set(workers)) < 2 + with_kappa or len(workers) != len(throughput):
        raise ValueError(f"{len(set(workers))} numbers of workers cannot tell a curve")
    if min(throughput) <= 0 or min(workers) <= 0:
        raise ValueError("workers and throughput must be above 0")
    solved = _solve(np.array(workers, float), np.array([throughput], float), with_kappa)
    return Coefficients(*map(float, _coefficients(solved)[0]))


def _coefficients(terms: Array) -> Array:
    """Turn u, v, c of each row into lam, sigma, kappa."""
    import numpy as np

    one = terms[:, 0] + terms[:, 1]
    return np.stack([1 / one, terms[:, 1] / one, terms[:, 2] / one], axis=1)


def _solve(workers: Array, throughput: Array, with_kappa: bool) -> Array:
    """Fit all rows of `throughput` (row, workers) at once; rows of u, v, c, none below 0.

    p / X(p) = u + v · p + c · p · (p - 1) is the law in another form: u is the time that can be
    split, v the time that cannot, c what a pair of workers costs. With u, v, c >= 0 sigma is from 0
    to 1 and kappa not below 0. Gauss and Newton: the throughput, linear in u, v, c near the last
    step, is fitted with these bounds, and the step halved until the squares shrink. u + v has
    a lower bound: no data make lam more than fifty times the best throughput of a worker.
    """
    import numpy as np

    columns = np.stack([np.ones_like(workers), workers, workers * (workers - 1)], axis=1)
    columns = columns[:, : 2 + with_kappa]
    scale = throughput.max(axis=1, keepdims=True)
    measured = throughput / scale
    least = _LEAST_TIME * (workers / measured).min(axis=1)  # one worker takes some time
    terms = _bounded(columns, workers / measured, (measured**2 / workers) ** 2)
    terms[:, 1] = np.maximum(terms[:, 1], least - terms[:, 0])
    squares = _squares(columns, workers, measured, terms)
    for _ in range(_MOST_STEPS):
        slowed = terms @ columns.T
        model = workers / slowed
        target = slowed + (model - measured) * workers / model**2
        wanted = _bounded(columns, target, (model**2 / workers) ** 2)
        wanted[:, 1] = np.maximum(wanted[:, 1], least - wanted[:, 0])
        settled = np.abs(wanted - terms).max(axis=1) <= _SETTLED * np.abs(terms).max(axis=1)
        better, less = terms, squares
        for halvings in range(_HALVINGS):
            tried = terms + (wanted - terms) * 0.5**halvings
            left = _squares(columns, workers, measured, tried)
            wins = left < less
            better = np.where(wins[:, None], tried, better)
            less = np.where(wins, left, less)
            if halvings and ((less < squares) | settled).all():
                break  # half a step is always tried: whole ones may swing about the least squares
        moved = np.abs(better - terms).max(axis=1) / np.abs(terms).max(axis=1)
        terms, squares = better, less
        if moved.max() < _STILL:
            break
    whole = np.zeros((len(throughput), 3))
    whole[:, : terms.shape[1]] = terms / scale
    return whole


def _squares(columns: Array, workers: Array, measured: Array, terms: Array) -> Array:

    squares: Array = ((workers / (terms @ columns.T) - measured) ** 2).sum(axis=1)
    return squares


def _bounded(columns: Array, target: Array, weights: Array) -> Array:
    """Solve weighted linear least squares, no term below 0, for each row: try every set of terms.

    The best of all sets whose unbounded solution keeps the bounds is the bounded one (Lawson and
    Hanson, Solving Least Squares Problems, 1974, chapter 23); with three terms there are seven.
    """
    import numpy as np

    count = columns.shape[1]
    normal = np.einsum("rp,pi,pj->rij", weights, columns, columns)
    right = np.einsum("rp,pi,rp->ri", weights, columns, target)
    norms = np.sqrt(np.einsum("rii->ri", normal))
    normal, right = normal / norms[:, :, None] / norms[:, None, :], right / norms
    best, least = np.zeros_like(right), np.full(len(right), np.inf)
    for chosen in range(1, 2**count):
        held = [term for term in range(count) if chosen >> term & 1]
        part = np.linalg.solve(normal[:, held][:, :, held], right[:, held, None])[:, :, 0]
        tried = np.zeros_like(right)
        tried[:, held] = part
        gained = -np.einsum(
            "ri,ri->r", right, tried
        )  # at the solution, the squares less a constant
        wins = (part >= 0).all(axis=1) & (gained < least)
        best[wins], least[wins] = tried[wins], gained[wins]
    solved: Array = best / norms
    return solved
