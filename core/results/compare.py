"""Two or more runs side by side: where they differ, and how many times as fast one is.

Runs were measured at different times, so that nothing pairs their blocks: a ratio is taken between
all times of one and all of the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from core.parameters import group
from core.results import statistics, verdicts
from core.results.history.rows import python_of
from core.results.pythons import by_python
from core.results.records import ENDED
from core.results.shifts import Shift, between
from core.results.statistics import ENOUGH_BLOCKS, Verdict, verdict_of
from core.results.verdicts import DISTURBED_ABOVE, DOUBTS, Doubt

if TYPE_CHECKING:
    from core.results.records import RunRecord

ABOUT_INTERVALS = (
    "The intervals are of these runs' repeats alone: two more runs may differ by more than that."
)
Why = Doubt | Literal["machine"]
_UNCLEAR: Mapping[str, str] = {**DOUBTS, "machine": "may be the machine"}
# What changes which trials there are, how many, and how their workers are started, but not what any
# of them does on workers that have started: that time is what is divided.
_NOT_THE_WORK = frozenset(
    (
        *("workers", "executors", "pythons", "start-method"),
        *("blocks", "repeats", "seed", "until", "width", "budget"),
    )
)
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

    `low` and `high` are the ends of the 95 % interval, which is of the repeats of these two runs
    alone; None where one has too few repeats. `why` says what makes the verdict "unclear". `python`
    is the version that both were measured on, where one of the runs was over several; empty where
    each was on one, whichever that was.
    """

    executor: str
    workers: int
    run: int
    median: float
    low: float | None
    high: float | None
    verdict: Verdict
    python: str = ""
    why: Why = ""

    @property
    def told(self) -> str:
        """Put the verdict into few words, for a table."""
        if self.verdict == "same":
            return "no difference"
        return _UNCLEAR.get(self.why, self.verdict)


@dataclass(frozen=True)
class Comparison:
    """What a person should know before reading runs side by side; `warnings` come first.

    `did_the_same` tells whether their times can be compared, and not only their speed-ups.
    """

    warnings: tuple[str, ...]
    differences: tuple[Difference, ...]
    ratios: tuple[Ratio, ...]
    did_the_same: bool = True


def compare(
    records: Sequence[RunRecord],
    names: Sequence[str] = (),
    whose: Sequence[str] = (),
    called: Callable[[str], str] = str,
) -> Comparison:
    """Lay runs side by side; each is compared with the first. Pure.

    `names` are for sentences; without them runs are numbered from 1. `whose` tells whose each run
    is, empty for nobody's: two people have two machines, however alike. `called` tells what a
    sentence calls a setting. Of runs that did different work the times are not divided: the
    warnings say why.
    """
    different = different_work(records, called)
    pairs = () if different else tuple(_pairs(records, whose or [""] * len(records)))
    runs = _called(records, names)
    doubts = (*_disturbed(pairs, records, runs), *_shifted(pairs, runs))
    return Comparison(
        (*different, *unfinished(records, runs), *doubts),
        differences(records),
        tuple(ratio for pair in pairs for ratio in pair.ratios),
        did_the_same=not different,
    )


def different_work(
    records: Sequence[RunRecord], called: Callable[[str], str] = str
) -> tuple[str, ...]:
    """Say where runs measured different work, so that their times cannot be compared.

    Where they have no times over workers, their speed-ups cannot either: there are none.
    """
    if len({record.experiment for record in records}) > 1:
        return ("These are runs of different experiments: their times mean different things.",)
    settings = list(map(called, _differing(records)))
    if not settings:
        return ()
    advice = "compare their speed-ups, not their times"
    if not any(map(statistics.series, records)):
        advice = "what one found need not hold for another"
    return (f"These runs did different work ({', '.join(settings)}): {advice}.",)


def unfinished(records: Sequence[RunRecord], called: Sequence[str]) -> Iterator[str]:
    """Say which runs were cut off."""
    for name, record in zip(called, records, strict=True):
        if is_unfinished(record):
            count = f"{len(record.trials)} of {record.planned_trials} trials"
            yield f"{name} did not come to its end: {count}."


def is_unfinished(record: RunRecord) -> bool:
    """Tell whether a run was cut off; one in which trials failed came to its end all the same."""
    return record.status not in ENDED


def _called(records: Sequence[RunRecord], names: Sequence[str]) -> list[str]:
    return [f"“{name}”" for name in names] or [f"Run {n}" for n in range(1, len(records) + 1)]


def _differing(records: Sequence[RunRecord]) -> list[str]:
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


def settings(record: RunRecord) -> dict[str, Any]:
    """Give the settings of a run by the names that they have on the command line."""
    return {_CALLED.get(name, name): what for name, what in record.parameters.items()}


_CALLED = {"blocks": "repeats"}  # records keep the name of the first version
_AREAS: dict[str, Callable[[RunRecord], dict[str, Any]]] = {
    "machine": _machine,
    "python": _python,
    "settings": settings,
}


def _differs(values: Sequence[Any]) -> bool:
    return any(value != values[0] for value in values[1:])


def _text(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, list | tuple):
        return ", ".join(map(_text, value))
    if isinstance(value, int) and not isinstance(value, bool):
        return group(value)
    return f"{value:.4g}" if isinstance(value, float) else str(value)


# ------------------------------------------------------------------------------- how many times


@dataclass(frozen=True)
class _Point:
    """The times of one configuration in seconds, and how many of its trials were disturbed."""

    times: list[float]
    trials: int
    disturbed: int


_Points = dict[tuple[str, int], _Point]  # by kind and number of workers


@dataclass(frozen=True)
class _Pair:
    """The first run beside another, for one Python.

    `canary` is what nothing that is known of should have changed, a plain call or one worker, with
    how many times as fast it is in the other run; None where machine or Python are known to differ.
    """

    run: int
    python: str
    ours: _Points
    theirs: _Points
    canary: tuple[str, Shift] | None

    @cached_property
    def ratios(self) -> tuple[Ratio, ...]:
        """Compare every configuration that both measured: once, for it takes computing."""
        return tuple(
            self._ratio(*which, point, self.theirs[which])
            for which, point in self.ours.items()
            if which in self.theirs
        )

    def _ratio(self, executor: str, workers: int, one: _Point, other: _Point) -> Ratio:
        found = between(one.times, other.times)
        verdict, why = self._verdict(found, one, other)
        low, high = (None, None) if why == "few" else (found.low, found.high)
        return Ratio(
            executor, workers, self.run, found.middle, low, high, verdict, self.python, why
        )

    def _verdict(self, found: Shift, one: _Point, other: _Point) -> tuple[Verdict, Why]:
        """Say what an interval shows, also when widened as far as the canary moved."""
        if min(len(one.times), len(other.times)) < ENOUGH_BLOCKS:
            return "unclear", "few"
        if one.disturbed + other.disturbed > DISTURBED_ABOVE * (one.trials + other.trials):
            return "unclear", "disturbed"
        verdict = verdict_of(found.low, found.high)
        if verdict == "unclear":
            return "unclear", "noisy"
        moved = self._moved(at_most=verdict != "same")
        verdict = verdict_of(found.low / moved, found.high * moved)
        return verdict, "machine" if verdict == "unclear" else ""

    def _moved(self, at_most: bool) -> float:
        """Give how many times as long the canary took in one of the runs, or may have at most."""
        if self.canary is None:
            return 1.0
        _, found = self.canary
        low, high = (found.low, found.high) if at_most else (found.middle, found.middle)
        return max(high, 1 / low)


def _pairs(records: Sequence[RunRecord], whose: Sequence[str]) -> Iterator[_Pair]:
    """Lay the first run beside each other one; Python by Python where a run is over several."""
    if not records:
        return
    first, *others = records
    owner, *owners = whose
    for number, (other, another) in enumerate(zip(others, owners, strict=True), 1):
        is_anothers = bool(owner and another and owner != another)
        for python, one, two in _parts(first, other):
            ours, theirs = _points(one), _points(two)
            is_same = not is_anothers and _conditions(one) == _conditions(two)
            canary = _canary(ours, theirs) if is_same else None
            yield _Pair(number, python, ours, theirs, canary)


def _parts(one: RunRecord, other: RunRecord) -> Iterator[tuple[str, RunRecord, RunRecord]]:
    """Yield what belongs together, with the Python's version where there are several."""
    ours, theirs = (dict(by_python(record)) for record in (one, other))
    if len(ours) == len(theirs) == 1:
        yield "", one, other
        return
    same = {python_of(part.environment): part for part in reversed(theirs.values())}
    for part in ours.values():
        if (python := python_of(part.environment)) in same:
            yield python, part, same[python]


def _points(record: RunRecord) -> _Points:
    found = {}
    trials = verdicts.seen(record)
    for one in statistics.series(record):
        for point in one.points:
            times = [time for time in point.times.values() if time > 0]
            if times:
                among = trials[one.executor, point.workers]
                counts = among.trials, len(among.disturbed)
                found[one.executor, point.workers] = _Point(times, *counts)
    return found


def _conditions(record: RunRecord) -> tuple[object, ...]:
    """Give what a plain call's time depends on, and what only another machine or Python changes.

    Two machines of one model have it in common: nothing in a record tells them apart. Unlike
    `gallery`, which counts laptops, this has the Python in it, and a run without a name may be
    anybody's: better no verdict than a wrong one.
    """
    about = record.environment
    python = about.python
    built = None if python is None else (python.version, python.build, python.gil)
    return about.machine, about.cpu, about.logical_cpus, about.usable_cpus, built


def _canary(ours: _Points, theirs: _Points) -> tuple[str, Shift] | None:
    kinds = (kind for kind, workers in ours if workers == 1 and (kind, 1) in theirs)
    kind = next(kinds, None)  # serial comes first
    if kind is None:
        return None
    name = "the plain call" if kind == "serial" else f"one worker of {kind}"
    return name, between(ours[kind, 1].times, theirs[kind, 1].times)


def _disturbed(
    pairs: Sequence[_Pair], records: Sequence[RunRecord], called: Sequence[str]
) -> Iterator[str]:
    """Say of which runs so many trials were disturbed that figures have no verdict."""
    spoilt = {pair.run for pair in pairs if any(one.why == "disturbed" for one in pair.ratios)}
    for number, (name, record) in enumerate(zip(called, records, strict=True)):
        counts = [one for _, part in by_python(record) for one in verdicts.seen(part).values()]
        disturbed, trials = sum(len(one.disturbed) for one in counts), sum(c.trials for c in counts)
        if disturbed and (number in spoilt or (spoilt and number == 0)):
            yield (
                f"{name}: {disturbed} of {trials} trials were disturbed. Where that is more than a"
                " quarter of the trials behind a figure, it has no verdict: close what else is busy"
                " and run again."
            )


def _shifted(pairs: Sequence[_Pair], called: Sequence[str]) -> Iterator[str]:
    """Say in which runs the machine itself may be all that there is to a difference."""
    for pair in pairs:
        if pair.canary is not None and any(one.why == "machine" for one in pair.ratios):
            canary, found = pair.canary
            name = called[pair.run] + (f", Python {pair.python}" if pair.python else "")
            yield (
                f"{name}: {canary} is {found.middle:.2f} times as fast there"
                f" ({found.low:.2f} – {found.high:.2f}), by the same Python on a machine of the"
                " same kind. What differs no more than that may be the machine's state, and has no"
                " verdict."
            )
