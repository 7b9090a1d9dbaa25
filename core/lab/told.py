"""What programs may tell: each kind of event with its fields, and how one is known to be whole.

Whoever tells and whoever reads go by this table: `core.lab.programs` says what the kinds mean. An
event of another kind is an error where it is told, and left out where it comes from a file.
"""

from collections.abc import Callable, Collection, Mapping
from typing import Any

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


def is_event(event: Any) -> bool:
    """Whether an event is of a kind that `core.lab.programs` describes, or asks, and is whole."""
    if not isinstance(event, dict) or not number(event.get("t", 0.0)):
        return False
    kind = event.get("kind")
    fields = EVENTS.get(kind) if isinstance(kind, str) else None
    if fields is None or not has(fields, event):
        return False
    if kind == "row":
        return all(_can_be_shown(what) for what in event.values())
    return all(text(event.get(name, "")) for name in ("label", "state", "error"))


def checked(event: dict[str, Any]) -> dict[str, Any]:
    """Return an event that a program tells; raise ValueError where nobody could read it."""
    if not is_event(event):
        raise ValueError(f"a program told what is no event: {event}")
    return event


def _can_be_shown(what: Any) -> bool:
    return number(what) or not isinstance(what, int | float)


EVENTS: Mapping[str, Fields] = {
    "row": {},
    "span": {"lane": text, "start": number, "end": number},
    "begins": {"lane": text, "start": number},
    "mark": {"lane": text, "at": number},
    "state": {"future": text, "state": text, "t": number},
    "waits": {"who": text, "whom": text, "t": number},
    "goes_on": {"who": text, "t": number},
    "code": {
        "line": maybe(number),
        "source": text,
        "instruction": text,
        "marked": lambda what: isinstance(what, bool),
    },
    "note": {"text": text},
    "asks": {"prompt": text},
}
