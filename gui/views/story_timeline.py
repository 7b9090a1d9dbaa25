"""The timeline of a story: who was at work and who waited, while it happens."""

from collections.abc import Mapping
from math import inf
from time import perf_counter
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from core.experiments.base import SpanWord
from core.report.stretches import Stretch, Stretches
from gui.models.spans import Span, SpanBatch, SpanKind
from gui.plain import plain
from gui.theme import Theme
from gui.views.timeline.widget import Timeline
from gui.views.timeline.words import Word, Words
from gui.views.trial_timeline import timeline_style

_KINDS = {kind.called: kind for kind in SpanKind}
_GROW_MS = 100


class StoryTimeline(QWidget):
    """Lanes in the order in which they were first named, and the last sentence told above them.

    What is told to begin, a wait for instance, is drawn from there on and grows until it ends: that
    may be never. GUI thread.
    """

    def __init__(self, words: Mapping[str, SpanWord], theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._told = Stretches()
        self._order = 0  # of the trial that tells
        self._clock_zero_s = inf  # its beginning on our clock
        self._told_s = 0.0  # when it told the last that is known
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
        theme.follow(self, self._restyle)
        self._restyle()
        self.clear()

    def clear(self) -> None:
        """Show that nothing was told yet."""
        self._told = Stretches()
        self._order, self._clock_zero_s, self._told_s = 0, inf, 0.0
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
        self._told.begin_trial()
        self._order, self._clock_zero_s, self._told_s = order, inf, 0.0

    def end_trial(self) -> None:
        """What has begun goes on no more, from now on."""
        self._told.end_trial(perf_counter() - self._clock_zero_s)

    def end_kept_trial(self, end_s: float | None) -> bool:
        """What has begun went on until `end_s` after the trial's beginning.

        Older records do not tell when that was. Then it goes on until something was told last, and
        the answer is true where that may be too short.
        """
        was_open = self._told.has_begun
        self._told.end_trial(self._told_s if end_s is None else end_s)
        return end_s is None and was_open

    def note_time(self, t: float) -> None:
        """Learn from an event, told `t` seconds after its trial began, when that was.

        Events come late, some more than others: the one that came soonest knows best.
        """
        self._clock_zero_s = min(self._clock_zero_s, perf_counter() - t)
        self._told_s = max(self._told_s, t)

    def take(self, event: dict[str, Any]) -> None:
        """Take a span, a mark, or what begins or ends; `draw` shows it."""
        self._told.take(event)

    def end(self) -> None:
        """Draw what is still to be drawn, with no room left for more."""
        self.end_trial()
        self.draw()
        self._timeline.settle()

    def draw(self) -> None:
        """Show what was added since."""
        if stretches := self._told.take_away():
            self._timeline.set_lanes(list(self._told.lanes))
            self._timeline.append(_batch(stretches))
        self._grow()
        if self._told.has_begun and not self._growth.isActive():
            self._growth.start()

    def _grow(self) -> None:
        """Draw what has begun, up to now."""
        growing = self._told.growing(perf_counter() - self._clock_zero_s)
        if growing:
            self._timeline.set_lanes(list(self._told.lanes))
        else:
            self._growth.stop()
        self._timeline.show_growing([_span(*one) for one in growing])

    def _restyle(self) -> None:
        self._sentence.setFont(self._theme.font(0.95, bold=True))
        self._timeline.set_style(timeline_style(self._theme, self._theme.colours.processes))


def _span(lane: int, kind: str, start_s: float, end_s: float, words: str) -> Span:
    return Span(lane, _KINDS[kind], start_s, end_s, label=words)


def _batch(stretches: list[Stretch]) -> SpanBatch:
    """Put stretches into columns, all at once: of some programs there are very many."""
    lanes, kinds, starts_s, ends_s, words = zip(*stretches, strict=True)
    labels = {place: said for place, said in enumerate(words) if said}
    return SpanBatch.of(lanes, starts_s, ends_s, [_KINDS[kind] for kind in kinds], labels=labels)
