"""What a run says of each configuration: how many times as fast, how sure, and why not surer.

Pure: everything is computed anew from the record; quick enough for every trial that arrives.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from core.results import noise, pythons, statistics
from core.results.statistics import Verdict

if TYPE_CHECKING:
    from core.results.records import RunRecord

DISTURBED_ABOVE = 0.25  # of the trials that a figure comes from are flagged
Doubt = Literal["", "once", "few", "disturbed", "noisy"]
DOUBTS: Mapping[str, str] = {
    "once": "measured once",
    "few": "too few repeats to say",
    "disturbed": "too many disturbed trials to say",
    "noisy": "too noisy to say",
}


@dataclass(frozen=True)
class SpeedUp:
    """One configuration against its baseline: "serial", or "one" worker of the same kind.

    Of several Pythons also one against the first, whose name is the baseline then.

    `low` and `high` are the ends of the 95 % interval or, while it is `provisional`, of the range.
    `by_block` has the speed-up within each block, `flagged` the blocks in which the configuration
    or its baseline was disturbed: with more than a quarter of these trials the verdict is
    "unclear", whatever the interval. `doubt` says why it is that, and `advice` what to do.
    """

    executor: str
    workers: int
    baseline: str
    median: float
    low: float
    high: float
    provisional: bool
    verdict: Verdict
    by_block: dict[int, float]
    flagged: frozenset[int]
    doubt: Doubt
    reason: str
    advice: str

    def sentence(self, who: str, base: str) -> str:
        """Put the verdict into words, as in "2 processes are 1.87 times as fast as serial"."""
        be = "is" if self.workers == 1 else "are"
        match self.verdict:
            case "faster":
                return f"{who} {be} {self.median:.2f} times as fast as {base}"
            case "slower":
                return f"{who} {be} slower than {base}: {self.median:.2f} times its speed"
            case "same":
                return f"{who} {be} no faster than {base}"
        if self.doubt == "once":
            return f"{who}, {DOUBTS['once']}: {self.median:.2f} times as fast as {base}"
        return f"{who}: {DOUBTS[self.doubt]}"

    def told(self, who: str, base: str) -> str:
        """Put the verdict into words with its figure and the ends of its interval, or range."""
        sentence = self.sentence(who, base)
        if len(self.by_block) == 1:
            return sentence
        if self.verdict in ("faster", "slower"):
            return f"{sentence} ({self.low:.2f} – {self.high:.2f})"
        return f"{sentence}, {self.figure}"

    @property
    def width(self) -> float:
        """How far the interval's ends are apart, as a share of the median; endless without one."""
        return math.inf if self.provisional else (self.high - self.low) / self.median

    @property
    def reserve(self) -> str:
        """Say in few words what the figure must be read with; empty where it is sure."""
        return DOUBTS.get(self.doubt, "provisional" if self.provisional else "")

    @property
    def figure(self) -> str:
        """Write the median with its interval or range: "1.87× (1.80 – 1.93)"."""
        if len(self.by_block) == 1:
            return f"{self.median:.2f}×"
        return f"{self.median:.2f}× ({self.low:.2f} – {self.high:.2f})"


def speedups(record: RunRecord, baseline: str = "serial") -> tuple[SpeedUp, ...]:
    """Compare every configuration that has a baseline with it, within each block.

    Without a serial series one worker of the same kind is the baseline; a baseline is not compared
    with itself. In the order of `statistics.series_of`.
    """
    return _speedups(record, statistics.series(record), baseline)


def ceiling(record: RunRecord, baseline: str = "serial") -> tuple[SpeedUp, ...]:
    """Compare independent processes in the same way: the most that the machine can give."""
    found = statistics.ceiling_of(record.trials)
    return _speedups(record, () if found is None else (found,), baseline)


def _speedups(
    record: RunRecord, those: Iterable[statistics.Series], baseline: str
) -> tuple[SpeedUp, ...]:
    everything = statistics.series(record)
    trials = seen(record)
    until_narrow = record.parameters.get("until") == "width"
    found = []
    for one in those:
        for point in one.points:
            ratios = statistics.ratios(everything, one, point.workers, baseline, until_narrow)
            is_base = one.executor == "serial" or (
                ratios is not None and ratios.baseline == "one" and point.workers == 1
            )
            if ratios is not None and not is_base:
                base = "serial" if ratios.baseline == "serial" else one.executor
                both = trials[one.executor, point.workers], trials[base, 1]
                found.append(_speedup(one.executor, point.workers, ratios, both))
    return tuple(found)


def against_first(
    parts: tuple[tuple[str, RunRecord], ...], wanted: Iterable[tuple[str, int]]
) -> tuple[tuple[tuple[str, SpeedUp], ...], ...]:
    """Compare each configuration on every Python with the same on the first, within each block.

    `parts` are the Pythons' names and records, `wanted` kinds with their numbers of workers; of
    each there are the Pythons' names with what they show. See `pythons.between` for who is left
    out.
    """
    among = {name: seen(part) for name, part in parts}
    first, _ = parts[0]
    return tuple(
        tuple(
            (name, _speedup(*which, ratios, (among[name][which], among[first][which])))
            for name, ratios in pythons.between(parts, *which)
        )
        for which in wanted
    )


def headline(record: RunRecord, baseline: str = "serial") -> tuple[SpeedUp, ...]:
    """Pick one configuration of each executor kind: as many workers as CPUs, else the nearest.

    More than one worker where there is a choice.
    """
    cpus = record.environment.usable_cpus
    best: dict[str, SpeedUp] = {}
    for one in speedups(record, baseline):
        held = best.get(one.executor)
        if held is None or _distance(one, cpus) < _distance(held, cpus):
            best[one.executor] = one
    return tuple(best.values())


def _distance(one: SpeedUp, cpus: int) -> tuple[bool, int, int]:
    return one.workers == 1, abs(one.workers - cpus), one.workers


@dataclass
class Seen:
    """How many trials of a configuration there are, and the blocks in which they were disturbed."""

    trials: int = 0
    disturbed: list[int] = field(default_factory=list)


_Key = tuple[str, int]


def seen(record: RunRecord) -> dict[_Key, Seen]:
    """Count the finished trials of each kind and number of workers, and tell which were disturbed.

    Of one Python: trials of several must not be put together.
    """
    found: dict[_Key, Seen] = {}
    for trial, flags in zip(record.trials, noise.flags(record), strict=True):
        if trial.status == "done":
            one = found.setdefault((trial.executor, trial.workers), Seen())
            one.trials += 1
            if any(flag.kind in noise.DISTURBING for flag in flags):
                one.disturbed.append(trial.block)
    return found


def _speedup(
    executor: str, workers: int, ratios: statistics.Ratios, both: tuple[Seen, Seen]
) -> SpeedUp:
    """Judge the ratios of a configuration, of which and of whose baseline `both` tell."""
    disturbed = [block for each in both for block in each.disturbed]
    trials = sum(each.trials for each in both)
    is_noisy = len(disturbed) > DISTURBED_ABOVE * trials
    verdict = "unclear" if is_noisy else ratios.verdict
    doubt = _doubt(ratios, is_noisy) if verdict == "unclear" else ""
    reason, advice = _why(ratios, doubt, len(disturbed), trials)
    return SpeedUp(
        executor=executor,
        workers=workers,
        baseline=ratios.baseline,
        median=ratios.median,
        low=ratios.low,
        high=ratios.high,
        provisional=ratios.provisional,
        verdict=verdict,
        by_block=ratios.by_block,
        flagged=frozenset(disturbed),
        doubt=doubt,
        reason=reason,
        advice=advice,
    )


def _doubt(ratios: statistics.Ratios, is_noisy: bool) -> Doubt:
    if is_noisy:
        return "disturbed"
    if len(ratios.by_block) == 1:
        return "once"
    return "few" if ratios.provisional else "noisy"


def _why(ratios: statistics.Ratios, doubt: Doubt, disturbed: int, trials: int) -> tuple[str, str]:
    """Say what the verdict rests on and, where it is none, what to do.

    `disturbed` is how many of the `trials` behind it were.
    """
    count = len(ratios.by_block)
    ends = f"{ratios.low:.2f} to {ratios.high:.2f}"
    if count == 1:
        rests = "Measured once, which cannot show how much it varies."
    elif ratios.provisional:
        every = "Both" if count == 2 else f"All {count}"
        rests = f"{every} repeats are within {ends}; five or more give an interval."
    else:
        rests = f"The 95 % interval is {ends}, over {count} repeats."
    match doubt:
        case "disturbed":
            return f"{rests} {_behind(disturbed, trials)}", "Close what else is busy and run again."
        case "once" | "few":
            return rests, "Run five repeats or more."
        case "noisy":
            both = "Both faster and slower are in it, or nearly."
            advice = "Run more repeats or longer work, and close what else is busy."
            return f"{rests} {both}", advice
    return rests, ""


def _behind(disturbed: int, trials: int) -> str:
    if disturbed == trials:
        every = "Both" if trials == 2 else f"All {trials}"
        return f"{every} trials behind it were disturbed."
    was = "was" if disturbed == 1 else "were"
    return f"{disturbed} of the {trials} trials behind it {was} disturbed."
