"""The runs of a class over one another: a curve for each, and what all of them show. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
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
    """The laptop of a run, with one Python: whose it is, what it is, its curves by executor kind.

    `number` counts runs from 1 in the order in which they came, and stands for a hidden name; a run
    over several Pythons has it several times. Whether two runs are of one laptop no record tells:
    those of a school may be as alike as one is to itself.
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
    """What the runs show with so many workers: their median, and the quartiles around it.

    `runs` are the numbers of those that measured it.
    """

    workers: int
    median: float
    low: float
    high: float
    runs: frozenset[int]


@dataclass(frozen=True)
class Gallery:
    """Curves, what a person should know before reading them together, and what has no curve.

    `baseline` is what all speed-ups are over: a plain call, or one worker of the same kind.
    """

    laptops: tuple[Laptop, ...]
    warnings: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    baseline: Baseline = "serial"

    @property
    def runs(self) -> int:
        """How many runs there are, each counted once however many Pythons it was over."""
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
    seen: list[Shared] = []
    for run in runs:
        name = run.whose or run.name
        found = [part for _, part in by_python(run.record) if _seconds(part)]
        if found:
            seen.append(run)
            parts += [(len(seen), name, part) for part in found]
        else:
            left_out.append(f"{name or run.record.experiment}: it has no curve over workers.")
    baseline = _baseline([part for _, _, part in parts])
    laptops = tuple(
        _laptop(number, name or nameless(number, len(seen)), part, baseline)
        for number, name, part in parts
    )
    records = [run.record for run in seen]
    said = [*different_work(records), *_alike(seen), *_cut_short(records)]
    if baseline == "one":
        said.append("Speed-ups are over one worker of the same kind: not all timed a plain call.")
    lacking = dict.fromkeys(one.name for one in laptops if not one.speedups)
    left_out += [f"{name}: it has no speed-up over {_OVER[baseline]}." for name in lacking]
    return Gallery(laptops, tuple(said), tuple(left_out), baseline)


def _baseline(parts: Sequence[RunRecord]) -> Baseline:
    """Choose what most can be divided by; the plain call only where all have one, or it is most."""
    serial, one = (sum(bool(_speedups(part, base)) for part in parts) for base in _BASELINES)
    return "serial" if serial == len(parts) or serial > one else "one"


def nameless(number: int, runs: int) -> str:
    """Call a run whose name is hidden, or that has none."""
    return f"run {number} of {runs}"


def _alike(runs: Sequence[Shared]) -> Iterator[str]:
    """Say how many of the runs may be of the same machine, which then counts more than once."""
    machines = Counter(map(_laptop_of, runs))
    alike = sum(count for count in machines.values() if count > 1)
    if alike:
        yield (
            f"{alike} of the {len(runs)} runs are of machines that are alike (CPUs, memory,"
            " system): a laptop that sent several runs counts once for"
            " each of them."
        )


def _laptop_of(run: Shared) -> tuple[object, ...]:
    """Give what runs of one laptop have in common; two people have two, however alike.

    Runs without a name count as one person's, and as nobody else's: in a class of equal laptops one
    such run would otherwise be alike to all others. `compare` is more careful, for it judges.
    """
    about = run.record.environment
    memory = round(about.memory_bytes / 2**30)
    return run.whose, about.cpu, about.machine, about.system, about.logical_cpus, memory


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
    """Give the median and the quartiles of all runs, for each number of workers of several.

    A run over several Pythons counts once, with the median of what it has. Who stands behind a
    point may not stand behind the next: see `stretches`.
    """
    values: dict[int, dict[int, list[float]]] = {}  # by workers, then by run
    for one in laptops:
        for workers, value in one.curves(measure).get(kind, ()):
            values.setdefault(workers, {}).setdefault(one.number, []).append(value)
    found = []
    for workers in sorted(values):
        those = [median(of_one) for of_one in values[workers].values()]
        if len(those) > 1:
            low, _, high = quantiles(those, n=4, method="inclusive")
            runs = frozenset(values[workers])
            found.append(ClassPoint(workers, median(those), low, high, runs))
    return tuple(found)


def stretches(points: Sequence[ClassPoint]) -> tuple[tuple[ClassPoint, ...], ...]:
    """Divide the points where other runs stand behind the next: a line may not join those."""
    return tuple(tuple(some) for _, some in groupby(points, key=lambda point: point.runs))


def behind(kind: str, points: Sequence[ClassPoint]) -> str:
    """Say how many runs stand behind the median where that is not the same ones all along."""
    parts = stretches(points)
    if len(parts) < 2:
        return ""
    workers = (", ".join(str(point.workers) for point in some) for some in parts)
    counted = [f"of {len(some[0].runs)} with {n}" for some, n in zip(parts, workers, strict=True)]
    counted[0] = counted[0].replace(" with", " runs with") + " workers"
    return (
        f"Median of {kind}: {'; '.join(counted)}. These are not the same runs, so no line joins"
        " them."
    )


def sort_key(laptop: Laptop, by: str) -> tuple[object, ...]:
    """Order laptops by "python", or by their CPUs, then by number; versions as numbers."""
    if by != "python":
        return (laptop.cores, laptop.number)
    parts = laptop.python.replace(",", ".").split(".")
    return (tuple((0, int(p), "") if p.isdecimal() else (1, 0, p) for p in parts), laptop.number)
