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
Baseline = Literal["serial", "one"]
Points = tuple[tuple[int, float], ...]  # by rising number of workers
_BASELINES: tuple[Baseline, Baseline] = ("serial", "one")
_OVER: dict[Baseline, str] = {"serial": "a plain call", "one": "one worker"}


@dataclass(frozen=True)
class Laptop:
    """A run of one machine on one Python: whose it is, what it is, and its curves by executor kind.

    `number` counts machines from 1 in the order in which their first runs came, and stands for a
    hidden name; a machine with several runs, or several Pythons, has it several times.
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
    """Laptops, what a person should know before reading them together, and what has no curve.

    `baseline` is what all speed-ups are over: a plain call, or one worker of the same kind.
    """

    laptops: tuple[Laptop, ...]
    warnings: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    baseline: Baseline = "serial"

    @property
    def machines(self) -> int:
        """How many machines there are, each counted once whatever it ran."""
        return len({one.number for one in self.laptops})

    @property
    def kinds(self) -> tuple[str, ...]:
        """The executor kinds that any laptop has, in the order of first appearance."""
        return tuple(dict.fromkeys(kind for one in self.laptops for kind in one.seconds))


def gallery(runs: Iterable[Shared]) -> Gallery:
    """Make the curves of all runs of a sweep; runs that have none are named.

    All speed-ups are over the same: over the plain call where every laptop timed one, else over
    what most of them have. Who lacks it has no speed-up, and is named.
    """
    parts: list[tuple[int, str, RunRecord]] = []
    left_out: list[str] = []
    records: list[RunRecord] = []
    numbers: dict[object, int] = {}  # of machines
    for run in runs:
        name = run.whose or run.name
        found = [part for _, part in by_python(run.record) if _seconds(part)]
        if found:
            records.append(run.record)
            number = numbers.setdefault(_machine_of(run), len(numbers) + 1)
            parts += [(number, name, part) for part in found]
        else:
            left_out.append(f"{name or run.record.experiment}: it has no curve over workers.")
    baseline = _baseline([part for _, _, part in parts])
    laptops = tuple(
        _laptop(number, name or f"laptop {number}", part, baseline) for number, name, part in parts
    )
    said = [*different_work(records), *_cut_short(records)]
    if baseline == "one":
        said.append("Speed-ups are over one worker of the same kind: not all timed a plain call.")
    lacking = dict.fromkeys(one.name for one in laptops if not one.speedups)
    left_out += [f"{name}: it has no speed-up over {_OVER[baseline]}." for name in lacking]
    return Gallery(laptops, tuple(said), tuple(left_out), baseline)


def _machine_of(run: Shared) -> object:
    """Give what runs of one machine have in common; a run of nobody has its own."""
    about = run.record.environment
    return (run.whose, about.machine, about.cpu, about.logical_cpus) if run.whose else object()


def _baseline(parts: Sequence[RunRecord]) -> Baseline:
    """Choose what most can be divided by; the plain call only where all have one, or it is most."""
    serial, one = (sum(bool(_speedups(part, base)) for part in parts) for base in _BASELINES)
    return "serial" if serial == len(parts) or serial > one else "one"


def _cut_short(records: Sequence[RunRecord]) -> Iterator[str]:
    """Say how many of the runs lack trials that were planned."""
    of = f"of the {len(records)} runs" if len(records) > 1 else "run"
    if unfinished := sum(map(is_unfinished, records)):
        yield f"{unfinished} {of} did not come to the end."
    if failed := sum(one.status == "failed" for one in records):
        yield f"{failed} {of} had trials that failed."


def _laptop(number: int, name: str, record: RunRecord, baseline: Baseline) -> Laptop:
    about = record.environment
    python = about.python
    free = "" if python is None or python.gil else ", no GIL"
    return Laptop(
        number=number,
        name=name,
        cores=about.usable_cpus,
        python=f"{python.version}{free}" if python is not None else "unknown",
        cpu=about.cpu,
        system=about.system,
        speedups=_speedups(record, baseline),
        seconds=_seconds(record),
    )


def _seconds(record: RunRecord) -> dict[str, Points]:
    return {
        one.executor: tuple((point.workers, point.median) for point in one.points)
        for one in statistics.series_with_ceiling(record)
    }


def _speedups(record: RunRecord, baseline: Baseline) -> dict[str, Points]:
    """Divide by this baseline and no other; what has none is left out."""
    everything = statistics.series_with_ceiling(record)
    speedups: dict[str, Points] = {}
    for one in everything:
        found = (
            (point.workers, statistics.ratios(everything, one, point.workers, baseline))
            for point in one.points
        )
        ratios = tuple(
            (workers, ratio.median)
            for workers, ratio in found
            if ratio is not None and ratio.baseline == baseline
        )
        if ratios and one.executor != "serial":
            speedups[one.executor] = ratios
    return speedups


def class_of(laptops: Sequence[Laptop], kind: str, measure: Measure) -> tuple[ClassPoint, ...]:
    """Give the median and the quartiles of all machines, for each number of workers of several.

    A machine with several runs or Pythons counts once, with the median of what it has.
    """
    values: dict[int, dict[int, list[float]]] = {}  # by workers, then by machine
    for one in laptops:
        for workers, value in one.curves(measure).get(kind, ()):
            values.setdefault(workers, {}).setdefault(one.number, []).append(value)
    found = []
    for workers in sorted(values):
        those = [median(of_one) for of_one in values[workers].values()]
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
