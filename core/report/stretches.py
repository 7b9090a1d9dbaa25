"""What programs tell, laid into lanes of time: for a page while it happens, and for a picture."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from core.report.marks import SPANS

CALLED = {  # what went on, as `SPANS` has it
    "startup": "start-up",
    "task": "at work",
    "waiting": "waiting",
    "cancelled": "cancelled",
    "failed": "failed",
    "event": "event",
}
_STATES = frozenset(SPANS) - {"event"}


class Stretch(NamedTuple):
    """Something that went on in a lane, from `start` to `end` in seconds; `kind` as in `SPANS`."""

    lane: int
    kind: str
    start: float
    end: float
    words: str = ""


class Stretches:
    """Lanes in the order in which they were first named, and what went on in each. One thread.

    A trial whose lanes another had before it goes on where that one ended; what has lanes of its
    own begins at zero, beside the others. What is told to begin, a wait for instance, goes on until
    it ends, or something else begins on its lane. Events are whole, as `core.lab.told` has them.
    """

    def __init__(self) -> None:
        self.lanes: dict[str, int] = {}
        self._ended: list[Stretch] = []
        self._begun: dict[str, tuple[str, float, str]] = {}  # by lane: what, since when, its words
        self._zero: float | None = None  # where the trial begins, when its lanes are known
        self._last = 0.0  # of all that was told

    @property
    def has_begun(self) -> bool:
        """Whether something has begun that has not ended."""
        return bool(self._begun)

    def begin_trial(self) -> None:
        """What comes now is told by another trial."""
        self._zero = None

    def end_trial(self, end: float) -> None:
        """What has begun went on until `end`, in seconds after the trial's beginning."""
        for lane in list(self._begun):
            self._end(lane, end)

    def take(self, event: Mapping[str, Any]) -> None:
        """Take an event; one that has no place in time changes nothing."""
        match event["kind"]:
            case "span":
                lane, start = event["lane"], event["start"]
                self._begun.pop(lane, None)
                end = max(start, event["end"])
                self._add(lane, _state(event), start, end, event.get("label", ""))
            case "mark":
                self._add(event["lane"], "event", event["at"], event["at"], event.get("label", ""))
            case "begins":
                lane, start = event["lane"], event["start"]
                self._begin(lane, _state(event), start, event.get("label", ""))
            case "waits":
                self._begin(event["who"], "waiting", event["t"], f"waits for {event['whom']}")
                self._lane(event["whom"])  # below who waits, whoever else is the first to tell
            case "goes_on":
                self._end(event["who"], event["t"])

    def take_away(self) -> list[Stretch]:
        """Give what has ended since this was last asked."""
        ended, self._ended = self._ended, []
        return ended

    def growing(self, now: float) -> list[Stretch]:
        """Give what goes on, up to now: seconds after the trial's beginning."""
        found = []
        for lane, (kind, start, words) in self._begun.items():
            number, zero = self._lane(lane)
            found.append(Stretch(number, kind, zero + start, zero + max(start, now), words))
        return found

    def _begin(self, lane: str, kind: str, start: float, words: str) -> None:
        self._end(lane, start)
        self._lane(lane)
        self._begun[lane] = kind, start, words

    def _end(self, lane: str, end: float) -> None:
        if (begun := self._begun.pop(lane, None)) is not None:
            kind, start, words = begun
            self._add(lane, kind, start, max(start, end), words)

    def _add(self, lane: str, kind: str, start: float, end: float, words: str) -> None:
        number, zero = self._lane(lane)
        self._last = max(self._last, zero + end)
        self._ended.append(Stretch(number, kind, zero + start, zero + end, words))

    def _lane(self, name: str) -> tuple[int, float]:
        """Return the number of a lane, and where on it the trial that tells begins."""
        if self._zero is None:
            self._zero = self._last if name in self.lanes else 0.0
        return self.lanes.setdefault(name, len(self.lanes)), self._zero


def _state(event: Mapping[str, Any]) -> str:
    state: str = event.get("state", "task")
    return state if state in _STATES else "task"
