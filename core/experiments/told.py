"""What programs tell, as its readers may rely on it: rows by experiment, events by their kind.

A record may come from anybody's file, or from another version. What does not have the form that
is declared here is left out, in one place, before a summary or a view reads it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from core.results.records import RunRecord

Field = Callable[[Any], bool]
Fields = Mapping[str, Field]
_MOST = 1e12  # of any number: beyond lie only those that no program of ours could tell


def number(what: Any) -> bool:
    """Whether it is a number that can be computed with."""
    return isinstance(what, int | float) and abs(what) <= _MOST


def positive(what: Any) -> bool:
    """Whether it is a number above zero, which can divide and has a logarithm."""
    return number(what) and what > 0


def text(what: Any) -> bool:
    """Whether it is text."""
    return isinstance(what, str)


def maybe(field: Field) -> Field:
    """Allow None, too."""
    return lambda what: what is None or field(what)


def one_of(words: Collection[str]) -> Field:
    """Allow some words only."""
    return lambda what: isinstance(what, str) and what in words


def has(fields: Fields, told: Mapping[str, Any]) -> bool:
    """Whether something that was told has these fields, each as it must be."""
    return all(name in told and is_right(told[name]) for name, is_right in fields.items())


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


def is_event(event: Any) -> bool:
    """Whether an event is of a kind that `core.lab.programs` describes, or asks, and is whole."""
    if not isinstance(event, dict) or not number(event.get("t", 0.0)):
        return False
    kind = event.get("kind")
    fields = _EVENTS.get(kind) if isinstance(kind, str) else None
    if fields is None or not has(fields, event):
        return False
    if kind == "row":
        return all(_can_be_shown(what) for what in event.values())
    return text(event.get("label", "")) and text(event.get("state", ""))


def _can_be_shown(what: Any) -> bool:
    return number(what) or not isinstance(what, int | float)


_EVENTS: Mapping[str, Fields] = {
    "row": {},
    "span": {"lane": text, "start": number, "end": number},
    "begins": {"lane": text, "start": number},
    "mark": {"lane": text, "at": number},
    "state": {"future": text, "state": text, "t": number},
    "waits": {"who": text, "whom": text, "t": number},
    "goes_on": {"who": text},
    "code": {
        "line": maybe(number),
        "source": text,
        "instruction": text,
        "marked": lambda what: isinstance(what, bool),
    },
    "note": {"text": text},
    "asks": {"prompt": text},
}
