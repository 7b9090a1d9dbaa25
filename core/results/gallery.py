"""Many laptops over one another: a curve for each, and what the class as a whole shows. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median, quantiles
from typing import TYPE_CHECKING, Literal

from core.results import statistics
from core.results.compare import different_work, is_unfinished
from core.results.pythons import by_python

if TYPE_CHECKING:
    from core.results.records import RunRecord
    from core.results.share import Shared

Measure = Literal["speed-up", "seconds"]
Points = tuple[tuple[int, float], ...]  # by rising number of workers


@dataclass(frozen=True)
class Laptop:
    """One machine with one Python: whose it is, what it is, and its curves by executor kind.

    `number` counts from 1 in the order in which the runs came, and stands for a hidden name.
    """

    number: int
    name: str
    cores: int
    python: str
    cpu: str
    system: str
    speedups: Mapping[str, Points]
    seconds: Mapping[str, Points]

    def curves(self, measure: Measure) -> Mapping[str, Points]:
        """Give its curves of a measure."""
        return self.speedups if measure == "speed-up" else self.seconds


@dataclass(frozen=True)
class ClassPoint:
    """What all laptops show with so many workers: their median, and the quartiles around it."""

    workers: int
    median: float
    low: float
    high: float
    laptops: int


@dataclass(frozen=True)
class Gallery:
    """Laptops, what a person should know before reading them together, and what has no curve."""

    laptops: tuple[Laptop, ...]
    warnings: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()

    @property
    def kinds(self) -> tuple[str, ...]:
        """The executor kinds that any laptop has, in the order of first appearance."""
        return tuple(dict.fromkeys(kind for one in self.laptops for kind in one.seconds))


def gallery(runs: Iterable[Shared]) -> Gallery:
    """Make the curves of all runs of a sweep; runs that have none are named."""
    laptops: list[Laptop] = []
    left_out: list[str] = []
    records: list[RunRecord] = []
    for run in runs:
        name = run.whose or run.name
        found = [one for one in _laptops(run, len(laptops) + 1, name) if one.seconds]
        laptops += found
        if found:
            records.append(run.record)
        else:
            left_out.append(f"{name or run.record.experiment}: it has no curve over workers.")
    said = (*different_work(records), *_cut_short(records))
    return Gallery(tuple(laptops), said, tuple(left_out))


def _cut_short(records: Sequence[RunRecord]) -> Iterator[str]:
    """Say how many of the runs lack trials that were planned."""
    of = f"of the {len(records)} runs" if len(records) > 1 else "run"
    if unfinished := sum(map(is_unfinished, records)):
        yield f"{unfinished} {of} did not come to the end."
    if failed := sum(one.status == "failed" for one in records):
        yield f"{failed} {of} had trials that failed."


def _laptops(run: Shared, first: int, name: str) -> Iterable[Laptop]:
    about = run.record.environment
    for number, (_, part) in enumerate(by_python(run.record), first):
        python = part.environment.python
        free = "" if python is None or python.gil else ", no GIL"
        speedups, seconds = _curves(part)
        yield Laptop(
            number=number,
            name=name or f"laptop {number}",
            cores=about.usable_cpus,
            python=f"{python.version}{free}" if python is not None else "unknown",
            cpu=about.cpu,
            system=about.system,
            speedups=speedups,
            seconds=seconds,
        )


def _curves(record: RunRecord) -> tuple[dict[str, Points], dict[str, Points]]:
    everything = statistics.series(record)
    ceiling = statistics.ceiling_of(record.trials)
    speedups: dict[str, Points] = {}
    seconds: dict[str, Points] = {}
    for one in (*everything, *(() if ceiling is None else (ceiling,))):
        seconds[one.executor] = tuple((point.workers, point.median) for point in one.points)
        found = (
            (point.workers, statistics.ratios(everything, one, point.workers))
            for point in one.points
        )
        ratios = tuple((workers, ratio.median) for workers, ratio in found if ratio is not None)
        if ratios and one.executor != "serial":
            speedups[one.executor] = ratios
    return speedups, seconds


def class_of(laptops: Sequence[Laptop], kind: str, measure: Measure) -> tuple[ClassPoint, ...]:
    """Give the median and the quartiles of all laptops, for each number of workers of several."""
    values: dict[int, list[float]] = {}
    for one in laptops:
        for workers, value in one.curves(measure).get(kind, ()):
            values.setdefault(workers, []).append(value)
    found = []
    for workers in sorted(values):
        those = values[workers]
        if len(those) > 1:
            low, _, high = quantiles(those, n=4, method="inclusive")
            found.append(ClassPoint(workers, median(those), low, high, len(those)))
    return tuple(found)


def sort_key(laptop: Laptop, by: str) -> tuple[object, ...]:
    """Order laptops by "cores" or "python", then by number; versions as numbers, not as letters."""
    if by == "cores":
        return (laptop.cores, laptop.number)
    parts = laptop.python.replace(",", ".").split(".")
    return (tuple((0, int(p), "") if p.isdecimal() else (1, 0, p) for p in parts), laptop.number)
