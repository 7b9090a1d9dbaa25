"""What programs tell, as its readers may rely on it: rows by experiment, events by their kind.

A record may come from anybody's file, or from another version. What does not have the form that
`core.lab.told` and the experiment declare is left out, in one place, before a summary or a view
reads it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from core.lab.told import Fields, has, is_event

if TYPE_CHECKING:
    from core.results.records import RunRecord


def is_row(kinds: Mapping[str, Fields], row: Mapping[str, Any]) -> bool:
    """Whether a row is of one of these kinds; each kind is known by a name in its rows."""
    found = [fields for mark, fields in kinds.items() if mark in row]
    return bool(found) and all(has(fields, row) for fields in found)


def only_known(record: RunRecord, kinds: Mapping[str, Fields]) -> tuple[RunRecord, str]:
    """Leave out rows and events that are not as they must be; say in a sentence how many."""
    rows = [row for trial in record.trials for row in trial.rows if not is_row(kinds, row)]
    events = [event for trial in record.trials for event in trial.events if not is_event(event)]
    if not rows and not events:
        return record, ""
    from msgspec.structs import replace

    trials = tuple(
        replace(
            trial,
            rows=tuple(row for row in trial.rows if is_row(kinds, row)),
            events=tuple(event for event in trial.events if is_event(event)),
        )
        for trial in record.trials
    )
    counts = [_count(len(rows), "row"), _count(len(events), "event")]
    many = " and ".join(filter(None, counts))
    sentence = f"Left out: {many} that this version does not know. A newer one may show them."
    return replace(record, trials=trials), sentence


def _count(number: int, what: str) -> str:
    if not number:
        return ""
    return f"1 {what}" if number == 1 else f"{number} {what}s"
