"""What may have disturbed a run: seen before it, during each trial, and over all of it.

Pure: everything is computed anew from the record. Nothing is ever dropped for being flagged.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from core.results.intervals import drift
from core.results.pythons import by_python
from core.results.records import Flag, Note
from core.results.statistics import (
    NO_DIFFERENCE,
    computes,
    crowded,
    in_turns,
    seconds,
    series_of,
)

if TYPE_CHECKING:
    from core.results.records import Covariates, Environment, RunRecord, TrialRecord

FlagKind = Literal["starved", "others", "steal", "clock", "slept"]
DISTURBING: frozenset[FlagKind] = frozenset({"starved", "others", "steal", "slept"})
_LOST = 0.1  # of the CPU time that a trial could use
_TELLING_S = 0.1  # /proc/stat counts hundredths of a second
_STEP_S = 0.05  # more than a clock is slewed by in any trial
_LOADED_CPUS = 0.2
CAN_BE_MENDED = frozenset({"load", "battery", "power", "quota"})
_CLOSE = "close what else is busy"
_COUNTED: dict[FlagKind, tuple[str, str]] = {  # what disturbed so many trials, and what to do
    "others": ("Other programs took the CPUs during {}", _CLOSE),
    "steal": (
        "The host of this virtual machine took CPU time during {}",
        "choose a quieter time",
    ),
    "starved": ("Too little CPU time came to {}", _CLOSE),
    "slept": ("The machine slept during {}", "keep it awake"),
    "clock": ("The clock was set during {}: nothing is lost, for another one times them", ""),
}
_EXPLAINED = frozenset({"others", "steal", "slept"})  # why a trial got too little CPU time
_SAVING = frozenset({"low-power", "quiet", "cool"})  # of Linux' platform_profile


@dataclass(frozen=True)
class CanaryDrift:
    """How the time of the same plain work changed from the first block to the last.

    `change` is a share: 0.1 for a tenth slower. `sentence` is empty where nothing need be said.
    """

    executor: str
    workers: int
    change: float
    is_flagged: bool
    sentence: str


# ------------------------------------------------------------------------------ before the run


def before(
    environment: Environment, most_workers: int, only_waits: bool = False
) -> tuple[Note, ...]:
    """Say what may disturb a run with up to so many workers, and what to do about it.

    Work that only waits needs no CPU, so that a lack of them is nothing to it.
    """
    cpus = (
        _load(environment),
        _battery(environment),
        _power(environment),
        _affinity(environment),
        _quota(environment),
        _too_few_cpus(environment, most_workers),
    )
    found = (*(() if only_waits else cpus), _variables(environment))
    return tuple(note for note in found if note is not None)


def _load(environment: Environment) -> Note | None:
    other = environment.other_cpus
    if other is None or other < _LOADED_CPUS:
        return None
    return Note(
        "load",
        f"Other programs are using {other:.1f} of the {_cpus(environment.usable_cpus)}:"
        " close what you can, or the workers will not get what they could use.",
    )


def _battery(environment: Environment) -> Note | None:
    if not environment.on_battery:
        return None
    return Note(
        "battery",
        "The machine runs on battery, and may slow its CPUs down to save it: plug it in.",
    )


def _power(environment: Environment) -> Note | None:
    if environment.power_profile in _SAVING:
        return Note(
            "power",
            f"The power profile is “{environment.power_profile}”, which slows the CPUs down:"
            " choose “balanced” or “performance”.",
        )
    if environment.governor == "powersave" and "intel_pstate" not in (environment.driver or ""):
        return Note(
            "power",
            "The CPUs' frequency governor is “powersave”, which keeps them slow:"
            " choose “schedutil” or “performance”.",
        )
    return None


def _affinity(environment: Environment) -> Note | None:
    ours, all_cpus = environment.usable_cpus, environment.logical_cpus
    if ours >= all_cpus:
        return None
    return Note(
        "affinity",
        f"This program may use {ours} of the machine's {_cpus(all_cpus)} (its CPU affinity):"
        " more workers than that share them.",
    )


def _quota(environment: Environment) -> Note | None:
    quota = environment.cpu_quota
    if quota is None or quota >= environment.usable_cpus:
        return None
    return Note(
        "quota",
        f"A limit of this container or session allows {quota:.3g} CPUs' worth of time:"
        " workers past that are held up. Raise the limit to measure the machine.",
    )


def _too_few_cpus(environment: Environment, most_workers: int) -> Note | None:
    cpus = environment.usable_cpus
    if most_workers <= cpus:
        return None
    if cpus <= 1:
        return Note(
            "cpus",
            "There is one CPU for us: no kind of worker can compute faster than serial here."
            " What they gain by waiting at the same time can still be seen.",
        )
    return Note(
        "cpus",
        f"With {most_workers} workers, more than the {_cpus(cpus)} for us, some take turns:"
        " past that number nothing is computed faster, whatever the workers are.",
    )


def _variables(environment: Environment) -> Note | None:
    names = environment.left_out
    if not names:
        return None
    them = "it" if len(names) == 1 else "them"
    return Note(
        "variables",
        f"{', '.join(names)} would change what is measured: the lab runs without {them}.",
    )


def _cpus(count: int) -> str:
    return "1 CPU" if count == 1 else f"{count} CPUs"


# -------------------------------------------------------------------------------- during a trial


def flags(record: RunRecord) -> tuple[tuple[Flag, ...], ...]:
    """Give the flags of each trial, in the order of the record's trials; most have none."""
    return tuple(
        flags_of(trial, record.environment) if trial.flags is None else trial.flags
        for trial in record.trials
    )


def flags_of(trial: TrialRecord, environment: Environment) -> tuple[Flag, ...]:
    """Say what disturbed one trial, as far as can be told. Pure; some time for each task."""
    if trial.status != "done":
        return ()
    found = [] if not crowded(trial, environment) else [_starved(trial)]
    if trial.covariates is not None:
        found += _by_covariates(trial, trial.covariates, environment)
    return tuple(found)


def _starved(trial: TrialRecord) -> Flag:
    return Flag(
        "starved",
        f"It got {seconds(trial.cpu_s or 0.0)} of CPU time, clearly less than it could use.",
    )


def _by_covariates(trial: TrialRecord, seen: Covariates, environment: Environment) -> list[Flag]:
    found = []
    if seen.slept_s is not None and seen.slept_s > _STEP_S:
        found.append(Flag("slept", f"The machine slept for {seconds(seen.slept_s)} meanwhile."))
    if abs(seen.clock_step_s) > _STEP_S:
        way = "forward" if seen.clock_step_s > 0 else "back"
        or_slept = "" if seen.slept_s is not None else ", or the machine slept"
        step = seconds(abs(seen.clock_step_s))
        found.append(Flag("clock", f"The clock was set {way} by {step} meanwhile{or_slept}."))
    if seen.wall_s < _TELLING_S or not computes(trial):
        return found
    needs = _needed_cpus(trial, seen, environment)
    if seen.other_cpu_s is not None:
        others = seen.other_cpu_s / seen.wall_s
        if needs + others - seen.cpus > _LOST * needs:
            found.append(
                Flag(
                    "others",
                    f"Other programs used {others:.1f} of the {_cpus(seen.cpus)} meanwhile,"
                    f" and this trial could use {needs:.3g}.",
                )
            )
    if seen.steal_s is not None and seen.steal_s > _LOST / 2 * needs * seen.wall_s:
        share = seen.steal_s / (seen.wall_s * seen.cpus)
        found.append(
            Flag("steal", f"The host took {share:.0%} of this virtual machine's CPU time.")
        )
    return found


def _needed_cpus(trial: TrialRecord, seen: Covariates, environment: Environment) -> float:
    """Tell how many CPUs the trial could use at once."""
    if in_turns(trial, environment):
        return 1.0
    return min(trial.workers, seen.cpus, environment.cpu_quota or math.inf)


# ------------------------------------------------------------------------------------ over the run


def canary_drift(trials: Sequence[TrialRecord]) -> CanaryDrift | None:
    """Follow the same work over the blocks: a plain call or, without one, one worker.

    Flagged where it changed by more than 5 % and chance does not explain it. None without such a
    configuration, and below five blocks.
    """
    everything = series_of(trials)
    canary = next(((one, point) for one in everything if (point := one.at(1))), None)
    if canary is None:
        return None
    one, point = canary
    times = [point.times[block] for block in sorted(point.times) if point.times[block] > 0]
    found = drift([math.log(time) for time in times])
    if found is None:
        return None
    change = math.expm1(found.total)
    is_flagged = not found.is_chance and abs(change) > NO_DIFFERENCE
    return CanaryDrift(
        one.executor, 1, change, is_flagged, _drift_sentence(change) if is_flagged else ""
    )


def sentences(record: RunRecord) -> list[str]:
    """Say what disturbed the run, how much of it, and what to do; empty where nothing was seen.

    What disturbed trials comes first, then what was seen before the run. A drift is told once the
    run is over: to look at every pair of its blocks, again with each new one, would hold a window
    up. Of several Pythons each has its own.
    """
    flagged = flags(record)
    kinds = [{flag.kind for flag in one} for one in flagged]
    kinds = [one - {"starved"} if one & _EXPLAINED else one for one in kinds]
    counts = {kind: sum(kind in one for one in kinds) for kind in _COUNTED}
    is_over = record.status != "running"
    whole = sum(trial.status == "done" for trial in record.trials)  # of others nothing is known
    found = [_counted(kind, counts[kind], whole, is_over) for kind in _COUNTED if counts[kind]]
    newer = [flag.sentence for one in flagged for flag in one if flag.kind not in _COUNTED]
    found += dict.fromkeys(newer)
    for note in record.environment.notes:
        is_told = note.kind == "load" and counts["others"]
        if note.kind in CAN_BE_MENDED and not is_told:
            found.append(note.sentence)
    return found + (_drifts(record) if is_over else [])


def _counted(kind: FlagKind, count: int, of: int, is_over: bool) -> str:
    what, advice = _COUNTED[kind]
    trials = f"all {count} trials" if count == of > 1 else f"{count} of {of} trials"
    trials = "the only trial" if count == of == 1 else trials
    again = " and run again" if is_over else ""
    return f"{what.format(trials)}{f': {advice}{again}' if advice else ''}."


def _drifts(record: RunRecord) -> list[str]:
    parts = by_python(record)
    found = [(name, canary_drift(part.trials)) for name, part in parts]
    named = len(parts) > 1
    return [
        f"Python {name}: {one.sentence}" if named else one.sentence
        for name, one in found
        if one is not None and one.is_flagged
    ]


def _drift_sentence(change: float) -> str:
    if change > 0:
        return (
            f"The machine slowed down by {change:.0%} during the run (heat, or another program?)."
            " Ratios within a repeat still hold; let it cool down and run again to be sure."
        )
    return (
        f"The machine became {-change:.0%} quicker during the run (something else ended?)."
        " Ratios within a repeat still hold; run again to be sure."
    )
