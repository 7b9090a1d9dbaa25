"""Two or more runs side by side: where they differ, and how many times as fast one is.

Runs were measured at different times, so that nothing pairs their blocks: a ratio is taken between
all times of one and all of the other.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from statistics import median
from typing import TYPE_CHECKING, Any

import msgspec

from core.results import statistics
from core.results.history.rows import python_of
from core.results.pythons import by_python
from core.results.statistics import Verdict, verdict_of

if TYPE_CHECKING:
    from core.results.records import RunRecord

CONFIDENCE = 0.95
_EXACT_UP_TO = 60  # of both together; beyond it the normal law is as good
# What changes which trials there are, and how many, but not what any of them does.
_NOT_THE_WORK = frozenset(
    ("workers", "executors", "blocks", "repeats", "seed", "until", "width", "budget", "pythons")
)
_Times = dict[tuple[str, int], list[float]]  # in seconds, by kind and number of workers
_NOT_TOLD = frozenset(("load_1min", "other_cpus", "memory_bytes", "notes", "left_out"))


@dataclass(frozen=True)
class Difference:
    """Something that is not the same in all runs: where it stands, and each run's value as text."""

    area: str
    name: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Ratio:
    """How many times as fast a run is as the first one, for one configuration both measured.

    `low` and `high` are the ends of the 95 % interval; None, and the verdict "unclear", where there
    are too few repeats for one. `python` is the version that both were measured on, where one of
    the runs was over several; empty where each was on one, whichever that was.
    """

    executor: str
    workers: int
    run: int
    median: float
    low: float | None
    high: float | None
    verdict: Verdict
    python: str = ""


@dataclass(frozen=True)
class Comparison:
    """What a person should know before reading runs side by side; `warnings` come first."""

    warnings: tuple[str, ...]
    differences: tuple[Difference, ...]
    ratios: tuple[Ratio, ...]


def compare(records: Sequence[RunRecord], names: Sequence[str] = ()) -> Comparison:
    """Lay runs side by side; each is compared with the first. Pure.

    `names` are for sentences; without them runs are numbered from 1. Of runs that did different
    work the times are not divided: the warnings say why.
    """
    is_same = len({one.experiment for one in records}) == 1 and not _different_work(records)
    times = ratios(records) if is_same else ()
    return Comparison(warnings(records, names), differences(records), times)


def warnings(records: Sequence[RunRecord], names: Sequence[str] = ()) -> tuple[str, ...]:
    """Say where runs measured different work, or cannot be relied on."""
    called = [f"“{name}”" for name in names] or [f"Run {n}" for n in range(1, len(records) + 1)]
    found = []
    if len({record.experiment for record in records}) > 1:
        found.append("These are runs of different experiments: their times mean different things.")
    elif settings := _different_work(records):
        found.append(
            f"These runs did different work ({', '.join(settings)}): compare their speed-ups, not"
            " their times."
        )
    for name, record in zip(called, records, strict=True):
        if record.status in ("stopped", "interrupted", "running"):
            count = f"{len(record.trials)} of {record.planned_trials} trials"
            found.append(f"{name} did not come to its end: {count}.")
    return tuple(found)


def _different_work(records: Sequence[RunRecord]) -> list[str]:
    sizes = {record.calibration.size if record.calibration else None for record in records}
    sized = all(record.calibration is not None for record in records)
    skipped = _NOT_THE_WORK | ({"terms", "size", "serial-seconds"} if sized else set())
    names = dict.fromkeys(name for record in records for name in record.parameters)
    differing = [
        name
        for name in names
        if name not in skipped and _differs([record.parameters.get(name) for record in records])
    ]
    return [*differing, *(["size"] if sized and len(sizes) > 1 else [])]


def differences(records: Sequence[RunRecord]) -> tuple[Difference, ...]:
    """List what is not the same in machine, Python and settings, whatever fields there are."""
    found = []
    for area, take in _AREAS.items():
        parts = [take(record) for record in records]
        for name in dict.fromkeys(name for part in parts for name in part):
            values = [part.get(name) for part in parts]
            if name not in _NOT_TOLD and _differs(values):
                found.append(Difference(area, name, tuple(map(_text, values))))
    return tuple(found)


def _machine(record: RunRecord) -> dict[str, Any]:
    plain: dict[str, Any] = msgspec.to_builtins(record.environment)
    return {name: what for name, what in plain.items() if name not in ("python", "pythons")}


def _python(record: RunRecord) -> dict[str, Any]:
    plain: dict[str, Any] = msgspec.to_builtins(record.environment.python) or {}
    return plain


_AREAS: dict[str, Callable[[RunRecord], dict[str, Any]]] = {
    "machine": _machine,
    "python": _python,
    "settings": lambda record: record.parameters,
}


def _differs(values: Sequence[Any]) -> bool:
    return any(value != values[0] for value in values[1:])


def _text(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return f"{value:.4g}" if isinstance(value, float) else str(value)


# ------------------------------------------------------------------------------- how many times


def ratios(records: Sequence[RunRecord]) -> tuple[Ratio, ...]:
    """Divide the first run's times by each other run's, for every configuration of both.

    A run over several Pythons is compared Python by Python, with the same version.
    """
    if not records:
        return ()
    first, *others = records
    return tuple(
        Ratio(executor, workers, number, *between(times, theirs[executor, workers]), python)
        for number, other in enumerate(others, 1)
        for python, ours, theirs in _pairs(first, other)
        for (executor, workers), times in ours.items()
        if (executor, workers) in theirs
    )


def _pairs(one: RunRecord, other: RunRecord) -> Iterator[tuple[str, _Times, _Times]]:
    """Yield the times that belong together, with the Python where there are several."""
    ours, theirs = (dict(by_python(record)) for record in (one, other))
    if len(ours) == len(theirs) == 1:
        yield "", _times(one), _times(other)
        return
    same = {python_of(part.environment): part for part in reversed(theirs.values())}
    for part in ours.values():
        if (python := python_of(part.environment)) in same:
            yield python, _times(part), _times(same[python])


def _times(record: RunRecord) -> _Times:
    found = {}
    for one in statistics.series(record):
        for point in one.points:
            times = [time for time in point.times.values() if time > 0]
            if times:
                found[one.executor, point.workers] = times
    return found


def between(
    base: Sequence[float], other: Sequence[float]
) -> tuple[float, float | None, float | None, Verdict]:
    """Give how many times `base` is as long as `other`: the middle, the interval's ends, a verdict.

    The shift between logarithms of times by Hodges and Lehmann, the median of all differences, with
    the interval that belongs to Mann's and Whitney's test (Hollander, Wolfe and Chicken,
    Nonparametric Statistical Methods, 3rd ed. 2014, section 4.3). No shape of the distribution is
    assumed. All times must be above 0.
    """
    shifts = sorted(math.log(one) - math.log(two) for one in base for two in other)
    middle = math.exp(median(shifts))
    depth = _depth(len(base), len(other))
    if depth == 0:
        return middle, None, None, "unclear"
    low, high = math.exp(shifts[depth - 1]), math.exp(shifts[-depth])
    return middle, low, high, verdict_of(low, high)


@lru_cache
def _depth(m: int, n: int) -> int:
    """Find how many of the m · n differences lie outside on each side; 0 for too few values."""
    tail = (1 - CONFIDENCE) / 2
    if m + n > _EXACT_UP_TO:
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
