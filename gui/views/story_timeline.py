"""The timeline of a story: who was at work and who waited, while it happens."""

from collections.abc import Mapping
from math import inf
from time import perf_counter
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from core.experiments.base import SpanWord
from gui.models.spans import Span, SpanBatch, SpanKind
from gui.plain import plain
from gui.theme import Theme
from gui.views.timeline.widget import Timeline
from gui.views.timeline.words import Word, Words
from gui.views.trial_timeline import timeline_style

_KINDS = {
    "task": SpanKind.TASK,
    "waiting": SpanKind.WAITING,
    "startup": SpanKind.STARTUP,
    "failed": SpanKind.FAILED,
    "cancelled": SpanKind.CANCELLED,
}
_GROW_MS = 100
_Begun = tuple[SpanKind, float, str]  # since when, and what


class StoryTimeline(QWidget):
    """Lanes in the order in which they were first named, and the last sentence told above them.

    A trial whose lanes another had before it goes on where that one ended; what has lanes of its
    own begins at zero, beside the others. What is told to begin, a wait for instance, is drawn from
    there on and grows until it ends: that may be never. GUI thread.
    """

    def __init__(self, words: Mapping[str, SpanWord], theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._lanes: dict[str, int] = {}
        self._spans: list[Span] = []
        self._begun: dict[str, _Begun] = {}  # by lane
        self._order = 0  # of the trial that tells
        self._clock_zero_s = inf  # its beginning on our clock
        self._told_s = 0.0  # when it told the last that is known
        self._zero_s: float | None = None  # its beginning on the timeline, when its lanes are known
        self._last_s = 0.0  # of all that was told
        self._sentence = QLabel()
        self._sentence.setWordWrap(True)
        self._sentence.setTextFormat(Qt.TextFormat.PlainText)
        self._sentence.setObjectName("told")
        self._timeline = Timeline()
        kinds = {what: one for what, one in words.items() if what in _KINDS}
        self._timeline.set_words(
            Words(
                {_KINDS[what]: Word(one.name, one.help) for what, one in kinds.items()},
                {what: one.help for what, one in words.items() if what not in _KINDS},
            )
        )
        self._growth = QTimer(self)
        self._growth.setInterval(_GROW_MS)
        self._growth.timeout.connect(self._grow)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._sentence)
        column.addWidget(self._timeline, 1)
        theme.changed.connect(self._restyle)
        self._restyle()
        self.clear()

    def clear(self) -> None:
        """Show that nothing was told yet."""
        self._lanes, self._spans, self._begun = {}, [], {}
        self._order, self._clock_zero_s, self._zero_s, self._last_s = 0, inf, None, 0.0
        self._told_s = 0.0
        self._growth.stop()
        self._sentence.setText("Timeline")
        self._timeline.clear()
        self._timeline.set_lanes([])
        self._timeline.set_placeholder("What the workers do shows here while it happens.")

    def tell(self, sentence: str) -> None:
        """Show a sentence."""
        self._sentence.setText(sentence)
        self._sentence.setToolTip(plain(sentence))

    @property
    def order(self) -> int:
        """The order of the trial that tells; 0 before the first."""
        return self._order

    def begin_trial(self, order: int) -> None:
        """What comes now is told by another trial."""
        self.end_trial()
        self._order, self._clock_zero_s, self._zero_s, self._told_s = order, inf, None, 0.0

    def end_trial(self) -> None:
        """What has begun goes on no more, from now on."""
        self._end_all(perf_counter() - self._clock_zero_s)

    def end_kept_trial(self, end_s: float | None) -> bool:
        """What has begun went on until `end_s` after the trial's beginning.

        Older records do not tell when that was. Then it goes on until something was told last, and
        the answer is true where that may be too short.
        """
        was_open = bool(self._begun)
        self._end_all(self._told_s if end_s is None else end_s)
        return end_s is None and was_open

    def _end_all(self, end_s: float) -> None:
        for lane in list(self._begun):
            self._end(lane, end_s)

    def note_time(self, t: float) -> None:
        """Learn from an event, told `t` seconds after its trial began, when that was.

        Events come late, some more than others: the one that came soonest knows best.
        """
        self._clock_zero_s = min(self._clock_zero_s, perf_counter() - t)
        self._told_s = max(self._told_s, t)

    def begin(self, event: dict[str, Any]) -> None:
        """Let something grow from now on; it ends when something else begins on its lane."""
        kind = _KINDS.get(event.get("state", "task"), SpanKind.TASK)
        self._begin(event["lane"], kind, event["start"], event.get("label", ""))

    def begin_wait(self, event: dict[str, Any]) -> None:
        """Let a wait grow from now on."""
        self._begin(event["who"], SpanKind.WAITING, event["t"], f"waits for {event['whom']}")

    def end_wait(self, event: dict[str, Any]) -> None:
        """Somebody goes on."""
        self._end(event["who"], event["t"])

    def add(self, event: dict[str, Any]) -> None:
        """Take a span or a mark; `draw` shows it. A span ends what has begun on its lane."""
        if event["kind"] == "mark":
            start = end = event["at"]
            kind = SpanKind.EVENT
        else:
            start, end = event["start"], max(event["start"], event["end"])
            kind = _KINDS.get(event.get("state", "task"), SpanKind.TASK)
            self._begun.pop(event["lane"], None)
        self._add(event["lane"], kind, start, end, event.get("label", ""))

    def end(self) -> None:
        """Draw what is still to be drawn, with no room left for more."""
        self.end_trial()
        self.draw()
        self._timeline.settle()

    def draw(self) -> None:
        """Show what was added since."""
        if self._spans:
            self._timeline.set_lanes(list(self._lanes))
            self._timeline.append(SpanBatch.of_spans(self._spans))
            self._spans = []
        self._grow()
        if self._begun and not self._growth.isActive():
            self._growth.start()

    def _begin(self, lane: str, kind: SpanKind, start_s: float, label: str) -> None:
        self._end(lane, start_s)
        self._lane(lane)
        self._begun[lane] = kind, start_s, label

    def _end(self, lane: str, end_s: float) -> None:
        if (begun := self._begun.pop(lane, None)) is not None:
            kind, start_s, label = begun
            self._add(lane, kind, start_s, max(start_s, end_s), label)

    def _add(self, lane: str, kind: SpanKind, start_s: float, end_s: float, label: str) -> None:
        number, zero_s = self._lane(lane)
        self._last_s = max(self._last_s, zero_s + end_s)
        self._spans.append(Span(number, kind, zero_s + start_s, zero_s + end_s, label=label))

    def _lane(self, name: str) -> tuple[int, float]:
        """Return the number of a lane, and where on it the trial that tells begins."""
        if self._zero_s is None:
            self._zero_s = self._last_s if name in self._lanes else 0.0
        return self._lanes.setdefault(name, len(self._lanes)), self._zero_s

    def _grow(self) -> None:
        """Draw what has begun, up to now."""
        if self._begun:
            self._timeline.set_lanes(list(self._lanes))
        else:
            self._growth.stop()
        now_s = perf_counter() - self._clock_zero_s
        growing = []
        for lane, (kind, start_s, label) in self._begun.items():
            number, zero_s = self._lane(lane)
            end_s = zero_s + max(start_s, now_s)
            growing.append(Span(number, kind, zero_s + start_s, end_s, label=label))
        self._timeline.show_growing(growing)

    def _restyle(self) -> None:
        self._sentence.setFont(self._theme.font(0.95, bold=True))
        self._timeline.set_style(timeline_style(self._theme, self._theme.colours.processes))
