"""A run of the history made ready to be shown: checked, so that no view meets what it cannot draw.

A record may come from anybody's file, or from another version: what is strange in it is left out,
or is told in a sentence.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from msgspec.structs import replace

from core.errors import BadInput
from core.experiments.base import Bars, Experiment, Lines, Scaling, Summary
from core.lab.kinds import KINDS
from core.parameters import value_of
from core.results.history.listing import RunRow
from core.results.records import RunRecord, TrialRecord

_MOST_WORKERS = 10_000
_TEXT, _NUMBER, _ANY = "text", "number", "any"
_FIELDS: dict[str, dict[str, str]] = {  # of each kind of event: what a view reads
    "row": {},
    "note": {"text": _TEXT},
    "state": {"future": _TEXT, "state": _TEXT, "t": _NUMBER},
    "waits": {"who": _TEXT, "whom": _TEXT, "t": _NUMBER},
    "goes_on": {"who": _TEXT},
    "code": {"source": _ANY, "line": _ANY, "marked": _ANY, "instruction": _ANY},
    "begins": {"lane": _TEXT, "start": _NUMBER},
    "span": {"lane": _TEXT, "start": _NUMBER, "end": _NUMBER},
    "mark": {"lane": _TEXT, "at": _NUMBER},
}
Told = tuple[TrialRecord, list[dict[str, Any]]]


@dataclass(frozen=True)
class KeptPython:
    """A Python by its name."""

    name: str


@dataclass(frozen=True)
class KeptTrial:
    """Who told an event, as far as views ask for it."""

    order: int
    python: KeptPython | None


def teller_of(trial: TrialRecord) -> KeptTrial:
    """Say who told the events of a trial that was kept."""
    return KeptTrial(trial.order, KeptPython(trial.python) if trial.python else None)


@dataclass(frozen=True)
class Kept:
    """A run to be shown: `values` are for the form, `told` the events of each trial, in order.

    `remarks` name the settings that cannot be chosen here. `place` is the experiment's.
    """

    run: RunRow
    place: int
    record: RunRecord
    values: dict[str, Any]
    told: tuple[Told, ...]
    summary: Summary
    longest_s: float
    remarks: tuple[str, ...]


def made_ready(run: RunRow, place: int, experiment: Experiment, record: RunRecord) -> Kept:
    """Check a record and say what it found; takes a while, in any thread. Raises nothing."""
    values, remarks = _values(experiment, record)
    sound = _with_parameters(experiment, record)
    times = [trial.work_s for trial in sound.trials if trial.work_s]
    return Kept(
        run=run,
        place=place,
        record=sound,
        values=values,
        told=tuple((trial, list(each_event_of(experiment, trial))) for trial in sound.trials),
        summary=_summary(experiment, sound),
        longest_s=max(times, default=0.0),
        remarks=remarks,
    )


def each_event_of(experiment: Experiment, trial: TrialRecord) -> Iterator[dict[str, Any]]:
    """Give what a trial told, one by one and in order, but for what no view could show.

    Rows are kept apart from events too, and longer: those that are only there come last.
    """
    if _is_sweep(experiment):
        return
    seen = 0
    for event in trial.events:
        seen += event.get("kind") == "row"
        if _is_sound(experiment, event):
            yield event
    for row in trial.rows[seen:]:
        if _is_sound(experiment, event := {"kind": "row", **row}):
            yield event


def _is_sweep(experiment: Experiment) -> bool:
    """Tell whether trials are timed and tell nothing while they run."""
    return any(isinstance(show, Scaling) for show in experiment.shows)


def _is_sound(experiment: Experiment, event: dict[str, Any]) -> bool:
    kind = event.get("kind")
    if not isinstance(kind, str) or kind not in _FIELDS or not _is(event.get("t", 0), _NUMBER):
        return False
    if kind == "row":
        return set(_needed(experiment)) <= event.keys()
    texts = all(isinstance(event.get(name, ""), str) for name in ("label", "state"))
    return texts and all(
        name in event and _is(event[name], what) for name, what in _FIELDS[kind].items()
    )


def _is(value: Any, what: str) -> bool:
    if what == _NUMBER:
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return is_number and math.isfinite(value)
    return what == _ANY or isinstance(value, str)


def _needed(experiment: Experiment) -> Iterator[str]:
    """Name the columns that the charts read of every row."""
    for show in experiment.shows:
        if isinstance(show, Bars):
            yield show.label
        elif isinstance(show, Lines):
            yield show.by


def _values(experiment: Experiment, record: RunRecord) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Read the settings as far as they can be chosen here; the others stay as they are at first."""
    values, remarks = experiment.defaults(), []
    for parameter in experiment.parameters:
        if parameter.name not in record.parameters:
            continue
        kept = record.parameters[parameter.name]
        try:
            text = parameter.format(value_of(kept))
            values[parameter.name] = parameter.parse(text)
        except BadInput as error:
            remarks.append(f"{parameter.label}: {error}")
        except (TypeError, ValueError, AttributeError):
            remarks.append(f"{parameter.label}: what the run has there is no value of it.")
    return values, tuple(remarks)


def _with_parameters(experiment: Experiment, record: RunRecord) -> RunRecord:
    """Make sure of the two parameters that the charts of a sweep read."""
    if not _is_sweep(experiment):
        return record
    workers = _whole_numbers(record.parameters.get("workers"))
    workers = workers or sorted({trial.workers for trial in record.trials}) or [1]
    kinds = record.parameters.get("executors")
    known = [one for one in kinds if one in KINDS] if isinstance(kinds, list) else []
    known = known or list(dict.fromkeys(trial.executor for trial in record.trials))
    parameters = {**record.parameters, "workers": workers, "executors": known}
    return replace(record, parameters=parameters)


def _whole_numbers(value: Any) -> list[int]:
    """Give the list where it is one of numbers of workers; else none."""
    if not isinstance(value, list) or not all(isinstance(one, int) for one in value):
        return []
    return value if all(1 <= one <= _MOST_WORKERS for one in value) else []


def _summary(experiment: Experiment, record: RunRecord) -> Summary:
    try:
        return experiment.summarize(record)
    except Exception as error:  # a stranger's record may hold what no run of ours could
        return Summary(
            ("What this run found cannot be said here.",),
            (f"Its record has something that this version does not know: {error!r}.",),
        )
