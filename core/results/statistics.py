"""What the times of a run say: medians, ranges, and speed-ups paired within blocks.

Standard library only, and pure: everything is computed anew from the record.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from core.lab.kinds import CEILING, KINDS
from core.lab.workloads import WORKLOADS, About

if TYPE_CHECKING:
    from core.results.records import Environment, RunRecord, TrialRecord

Verdict = Literal["faster", "slower", "same", "unclear"]
NO_DIFFERENCE = 0.05
ENOUGH_BLOCKS = 5
_CROWDED_BELOW = 0.9
_TELLING_S = 0.1


@dataclass(frozen=True)
class Point:
    """All repeats of one configuration: work times in seconds, by block."""

    workers: int
    times: dict[int, float]

    @property
    def median(self) -> float:
        """The middle of the times."""
        return _middle(self.times.values())

    @property
    def low(self) -> float:
        """The shortest time."""
        return min(self.times.values())

    @property
    def high(self) -> float:
        """The longest time."""
        return max(self.times.values())


@dataclass(frozen=True)
class Series:
    """One executor kind's points, by rising number of workers."""

    executor: str
    points: tuple[Point, ...]

    def at(self, workers: int) -> Point | None:
        """Return the point of that many workers, if it was measured."""
        return next((point for point in self.points if point.workers == workers), None)


@dataclass(frozen=True)
class Ratios:
    """Speed-ups of one configuration, one for each block that has it and its baseline.

    Everything is computed from their logarithms, so that "twice" and "half as fast" are as far
    from 1, and what divides by what changes nothing but the sign. With `until_narrow` the blocks
    ended because the interval was narrow, and it is taken so much wider that it still covers 95 %.
    """

    baseline: str
    by_block: dict[int, float]
    until_narrow: bool = False

    @property
    def values(self) -> tuple[float, ...]:
        """The speed-ups, in the order of the blocks."""
        return tuple(self.by_block.values())

    @property
    def median(self) -> float:
        """The middle speed-up; between two middle ones their geometric mean."""
        ordered = sorted(self.values)
        below, above = ordered[(len(ordered) - 1) // 2], ordered[len(ordered) // 2]
        return below if below == above else math.sqrt(below) * math.sqrt(above)

    @property
    def provisional(self) -> bool:
        """Whether there are too few blocks for an interval."""
        return len(self.by_block) < ENOUGH_BLOCKS

    @property
    def low(self) -> float:
        """The lower end of the 95 % interval; of the range while it is provisional."""
        return self._ends[0]

    @property
    def high(self) -> float:
        """The upper end of the 95 % interval; of the range while it is provisional."""
        return self._ends[1]

    @property
    def verdict(self) -> Verdict:
        """Say "same" where all is inside ±5 %, else which side of 1 it is on.

        "unclear" where it is on both sides, and for a single block. It rests on an interval that is
        a little wider than the one that is shown; while it is provisional, repeats that are all
        inside ±5 % show no difference.
        """
        from core.results.intervals import cautious_interval

        found = cautious_interval([math.log(value) for value in self.values])
        if found is None:
            return "unclear"
        if self.provisional and verdict_of(self.low, self.high) == "same":
            return "same"
        return verdict_of(exp(found.low), exp(found.high))

    @property
    def _ends(self) -> tuple[float, float]:
        if self.provisional:
            return min(self.values), max(self.values)
        from core.results.intervals import CONFIDENCE, SURER, median_interval

        confidence = SURER if self.until_narrow else CONFIDENCE
        low, high = median_interval([math.log(value) for value in self.values], confidence)
        return math.exp(low), math.exp(high)


def verdict_of(low: float, high: float) -> Verdict:
    """Say what an interval of a speed-up shows."""
    if low >= 1 - NO_DIFFERENCE and high <= 1 + NO_DIFFERENCE:
        return "same"
    if low > 1:
        return "faster"
    return "slower" if high < 1 else "unclear"


def exp(power: float) -> float:
    """Raise e to a power, within what a float can hold."""
    return math.exp(max(-700.0, min(power, 700.0)))  # as far as a float goes


def series(record: RunRecord) -> tuple[Series, ...]:
    """Sort the timed trials of a record into one series for each executor kind.

    A story has none: see `is_timed`.
    """
    return series_of(record.trials)


def series_of(trials: Iterable[TrialRecord]) -> tuple[Series, ...]:
    """Sort timed trials into series: serial, threads, processes, then what else there is.

    The ceiling is no executor and none of them; see `ceiling_of`.
    """
    return _series_of(trial for trial in trials if trial.executor != CEILING)


def ceiling_of(trials: Iterable[TrialRecord]) -> Series | None:
    """Give the work times of independent processes, what no executor can better; None without.

    `ratios(series_of(trials), ceiling, workers)` is the greatest speed-up that the machine allows.
    """
    return next(iter(_series_of(t for t in trials if t.executor == CEILING)), None)


def series_with_ceiling(record: RunRecord) -> tuple[Series, ...]:
    """Sort the times of a record into series, that of the ceiling last."""
    ceiling = ceiling_of(record.trials)
    return series(record) if ceiling is None else (*series(record), ceiling)


def is_timed(trial: TrialRecord) -> bool:
    """Tell whether a trial is a point of a series, and not of a program that told what it did.

    A program takes as long as its story: starting its own workers, each in turn, is in it.
    """
    is_told = bool(trial.rows or trial.events)
    return trial.status == "done" and trial.work_s is not None and not is_told


def _series_of(trials: Iterable[TrialRecord]) -> tuple[Series, ...]:
    found: dict[str, dict[int, dict[int, float]]] = {}
    for trial in trials:
        if is_timed(trial) and trial.work_s is not None:
            by_workers = found.setdefault(trial.executor, {})
            by_workers.setdefault(trial.workers, {})[trial.block] = trial.work_s
    kinds = sorted(found, key=_place)
    return tuple(
        Series(kind, tuple(Point(n, found[kind][n]) for n in sorted(found[kind]))) for kind in kinds
    )


def ratios(
    all_series: Sequence[Series],
    one: Series,
    workers: int,
    baseline: str = "serial",
    until_narrow: bool = False,
) -> Ratios | None:
    """Divide the baseline's time by the configuration's, within each block.

    `baseline` is "serial" (a plain call) or "one" (one worker of the same kind); without a serial
    series the latter is taken. None when no block has both. Times of zero tell nothing.
    `until_narrow` is for a run that went on until its intervals were narrow.
    """
    plain = next((other for other in all_series if other.executor == "serial"), None)
    use_plain = plain is not None and baseline == "serial"
    base = plain.at(1) if use_plain and plain is not None else one.at(1)
    point = one.at(workers)
    if base is None or point is None:
        return None
    values = {
        block: base.times[block] / time
        for block, time in sorted(point.times.items())
        if time > 0 and base.times.get(block, 0) > 0
    }
    return Ratios("serial" if use_plain else "one", values, until_narrow) if values else None


def crowded(trial: TrialRecord, environment: Environment) -> bool:
    """Tell whether a finished trial got clearly less CPU than it could have used.

    Alone on the machine, tasks in processes get all the CPUs that there are for them, while a plain
    call, or threads under the GIL, keep one CPU busy: also those that give the GIL back now and
    then, for they may wait for it in between. Too short a trial cannot tell.
    """
    if trial.cpu_s is None or not trial.tasks or not computes(trial):
        return False
    if trial.executor == "serial" or _under_gil(trial, environment):
        first = min(task.start_s for task in trial.tasks)
        could = max(task.end_s for task in trial.tasks) - first
    else:
        cpus = min(environment.usable_cpus, environment.cpu_quota or math.inf)
        share = min(1.0, cpus / trial.workers)
        could = share * sum(task.end_s - task.start_s for task in trial.tasks)
    return could >= _TELLING_S and trial.cpu_s < _CROWDED_BELOW * could


def in_turns(trial: TrialRecord, environment: Environment) -> bool:
    """Tell whether one task at a time can run: in a plain call, or in threads that need the GIL."""
    if not _under_gil(trial, environment):
        return trial.executor == "serial"
    known = _known(trial)
    return known is None or known.holds_gil


def _under_gil(trial: TrialRecord, environment: Environment) -> bool:
    python = environment.python_called(trial.python)
    return trial.executor == "threads" and (python is None or python.gil)


def computes(trial: TrialRecord) -> bool:
    """Tell whether the trial's work wants a CPU; what waits gets little, and needs no more."""
    known = _known(trial)
    return known is None or known.computes


def _known(trial: TrialRecord) -> About | None:
    """Give what is known of the trial's work; None of a record that is older, or newer."""
    return next((known for known in WORKLOADS if known.name == trial.workload), None)


def _middle(values: Collection[float]) -> float:
    from statistics import median  # late: the window names verdicts before it has any numbers

    return median(values)


def startup(record: RunRecord, executor: str, workers: int) -> float:
    """Return the median seconds until all workers of a configuration had started."""
    times = [
        trial.startup_s
        for trial in record.trials
        if (trial.executor, trial.workers) == (executor, workers) and trial.startup_s is not None
    ]
    return _middle(times)


def seconds(time: float) -> str:
    """Write a duration with three figures: 5.61 s, 48.2 ms, 310 µs, 80 ns."""
    if time == 0:
        return "0 s"
    for factor, unit in ((1, "s"), (1e3, "ms"), (1e6, "µs"), (1e9, "ns")):
        rounded = float(f"{time * factor:.2e}")
        if abs(rounded) >= 1 or unit == "ns":
            break
    digits = 0 if abs(rounded) >= 100 else 1 if abs(rounded) >= 10 else 2
    return f"{rounded:.{digits}f} {unit}"


def duration(time: float) -> str:
    """Write a long duration roughly: 12 s, 3 min, 2 h 20 min, 4 days."""
    if time < 90:
        return f"{max(1, round(time))} s"
    minutes = round(time / 60)
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        if hours < 10 and minutes:
            return f"{hours} h {minutes} min"
        return f"{round(time / 3600)} h"
    return f"{round(hours / 24)} days"


def _place(kind: str) -> tuple[int, str]:
    return (KINDS.index(kind) if kind in KINDS else len(KINDS), kind)
