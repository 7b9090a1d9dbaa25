"""A run of the history made ready to be shown: checked, so that no view meets what it cannot draw.

A record may come from anybody's file, or from another version: what is strange in it is left out,
or is told in a sentence.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from msgspec.structs import replace

from core.errors import BadInput
from core.experiments.base import Bars, Experiment, Lines, Summary
from core.experiments.common import swept
from core.lab.told import is_event
from core.parameters import value_of
from core.results.history.listing import RunRow
from core.results.records import RunRecord, TrialRecord

Told = tuple[TrialRecord, list[dict[str, Any]]]


@dataclass(frozen=True)
class KeptPython:
    """A Python by its name."""

    name: str


@dataclass(frozen=True)
class KeptTrial:
    """Who told an event, as far as views ask for it."""

    order: int
    block: int
    python: KeptPython | None


def teller_of(trial: TrialRecord) -> KeptTrial:
    """Say who told the events of a trial that was kept."""
    python = KeptPython(trial.python) if trial.python else None
    return KeptTrial(trial.order, trial.block, python)


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
    if experiment.rows is None:
        return
    seen = 0
    for event in trial.events:
        seen += event.get("kind") == "row"
        if _is_sound(experiment, event):
            yield event
    for row in trial.rows[seen:]:
        if _is_sound(experiment, event := {"kind": "row", **row}):
            yield event


def _is_sound(experiment: Experiment, event: dict[str, Any]) -> bool:
    if not is_event(event) or event["kind"] == "asks":  # what was asked was answered then
        return False
    return event["kind"] != "row" or set(_needed(experiment)) <= event.keys()


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
    if not experiment.is_sweep:
        return record
    kinds, workers = swept(record)
    return replace(record, parameters={**record.parameters, "workers": workers, "executors": kinds})


def _summary(experiment: Experiment, record: RunRecord) -> Summary:
    try:
        return experiment.summarize(record)
    except Exception as error:  # a stranger's record may hold what no run of ours could
        return Summary(
            ("What this run found cannot be said here.",),
            (f"Its record has something that this version does not know: {error!r}.",),
        )
