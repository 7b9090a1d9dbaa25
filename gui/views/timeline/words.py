"""What a timeline says about its spans, in words that teach."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

import numpy as np

from core.report.stretches import CALLED
from gui.models.spans import Span, SpanKind, SpanStore


@dataclass(frozen=True, slots=True)
class Word:
    """What a kind of span is called, and one sentence on what such a span means."""

    name: str
    lesson: str


_LESSONS: Mapping[SpanKind, str] = {
    SpanKind.STARTUP: "The worker is being made ready: no task runs on it yet.",
    SpanKind.TASK: "The worker runs one task: one call, one future. The bar goes from its beginning"
    " to its end, with whatever it waits for a CPU or the GIL in between.",
    SpanKind.WAITING: "It waits for something else, and computes nothing.",
    SpanKind.CANCELLED: "The task was cancelled before it had finished.",
    SpanKind.FAILED: "The task raised an exception, or its worker died.",
    SpanKind.EVENT: "",
}
_BUSY, _STARVED = 0.9, 0.6


def seconds(value_s: float) -> str:
    """A time or a duration with four digits and the unit that suits it."""
    for unit, name in ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs")):
        if abs(value_s) >= unit:
            return f"{value_s / unit:.4g} {name}" if abs(value_s) < 1e4 else f"{value_s:,.0f} s"
    return f"{value_s / 1e-9:.3g} ns" if value_s else "0 s"


def moment(value_s: float, duration_s: float) -> str:
    """A time, as exact as the duration beside it needs it."""
    decimals = 3
    while duration_s > 0 and decimals < 9 and duration_s < 10 * 10.0**-decimals:
        decimals += 1
    return f"{value_s:.{decimals}f} s"


def title(span: Span, lane: str) -> str:
    """A span's name: its lane, and its label or number."""
    what = span.label or ("start-up" if span.kind is SpanKind.STARTUP else f"task {span.id}")
    return f"{lane}, {what}"


class Words:
    """What is said of spans, in the usual words but for those kinds that have `special` ones.

    `events` are sentences by what is in the labels of those events that they explain.
    """

    def __init__(
        self,
        special: Mapping[SpanKind, Word] | None = None,
        events: Mapping[str, str] | None = None,
    ) -> None:
        usual = {kind: Word(CALLED[kind.called], lesson) for kind, lesson in _LESSONS.items()}
        self._words = {**usual, **(special or {})}
        self._events = events or {}

    def name(self, kind: SpanKind) -> str:
        """Name a kind of span."""
        return self._words[kind].name

    def lesson(self, span: Span) -> str:
        """One sentence on what such a span means, and another on its CPU time where it is known."""
        if span.kind is SpanKind.EVENT:
            return next((said for what, said in self._events.items() if what in span.label), "")
        sentence = self._words[span.kind].lesson
        if span.kind is not SpanKind.TASK or span.cpu_share is None:
            return sentence
        if span.cpu_share < _STARVED:
            return f"{sentence} Most of the rest it waited: for a core, for the GIL, or for data."
        return f"{sentence} It kept a core busy." if span.cpu_share >= _BUSY else sentence

    def facts(self, span: Span) -> list[tuple[str, str]]:
        """What is known of a span, as (name, value)."""
        if span.kind is SpanKind.EVENT and not span.duration_s:
            return [("at", moment(span.start_s, 0.0))]
        known = [
            ("state", self.name(span.kind)),
            ("start", moment(span.start_s, span.duration_s)),
            ("end", moment(span.end_s, span.duration_s)),
            ("duration", seconds(span.duration_s)),
        ]
        if span.cpu_share is not None:
            known.append(("CPU", f"{span.cpu_share:.0%} of this time on a core"))
        return known

    def sentence(self, span: Span, lane: str) -> str:
        """A span in one line, for those who listen to it."""
        said = ", ".join(f"{name} {value}" for name, value in self.facts(span))
        return f"{title(span, lane)}: {said}"

    def tooltip(self, span: Span, lane: str) -> str:
        """A span as rich text."""
        rows = "".join(
            f"<tr><td>{escape(name)}&nbsp;&nbsp;</td><td>{escape(value)}</td></tr>"
            for name, value in self.facts(span)
        )
        head = f"<b>{escape(title(span, lane))}</b>"
        return f"{head}<table>{rows}</table>{escape(self.lesson(span))}"

    def crowd_tooltip(
        self, store: SpanStore, lane: int, name: str, from_s: float, to_s: float
    ) -> str:
        """What stands behind one column of pixels, where spans are too many to draw."""
        length, edges = to_s - from_s, np.array([from_s, to_s])
        shares = ((kind, store.busy_shares(lane, kind, edges)[0]) for kind in store.kinds_of(lane))
        said = ", ".join(f"{self.name(kind)} {share:.0%}" for kind, share in shares if share > 0)
        return (
            f"<b>{escape(name)}</b><br>{moment(from_s, length)} to {moment(to_s, length)}<br>"
            f"{store.count_in(lane, from_s, to_s):,} spans; of this time: {said or 'nothing'}.<br>"
            "The height shows how busy the worker was. Zoom in to see single tasks."
        )
