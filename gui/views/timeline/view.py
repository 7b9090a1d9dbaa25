"""What a person looks at and chooses in a timeline: state and rules, without Qt."""

from __future__ import annotations

from gui.models.spans import Span, SpanStore
from gui.views.timeline.window import TimeWindow

_GROWTH = 0.25  # room ahead of live data, so that the view need not change with each batch


class View:
    """The window of time in view. It follows new data until a person touches it."""

    def __init__(self) -> None:
        self.window = TimeWindow()
        self.touched = False

    def fit(self, whole: TimeWindow) -> None:
        """Show everything."""
        self.window = whole

    def follow(self, whole: TimeWindow) -> None:
        """Make room for data that came, unless a person has touched the view."""
        inside = self.window.start_s <= whole.start_s and whole.end_s <= self.window.end_s
        if not self.touched and not inside:
            self.window = TimeWindow.around(whole.start_s, whole.end_s, _GROWTH)

    def zoom(self, factor: float, around_s: float, whole: TimeWindow) -> None:
        """Zoom in by a factor, with one time staying where it is."""
        self._move(self.window.zoomed(factor, around_s, whole))

    def pan(self, by_s: float, whole: TimeWindow) -> None:
        """Move to later times, or earlier ones."""
        self.pan_from(self.window, by_s, whole)

    def pan_from(self, window: TimeWindow, by_s: float, whole: TimeWindow) -> None:
        """Move from where the window was, say when a drag began."""
        self._move(window.panned(by_s, whole))

    def bring(self, span: Span) -> None:
        """Move, if need be, so that a span can be seen."""
        window = self.window.showing(span.start_s, span.end_s)
        if window != self.window:
            self._move(window)

    def anchor_s(self, chosen: Span | None) -> float:
        """The time that stays in place when zooming by key: the selection's, or the middle."""
        middle = (self.window.start_s + self.window.end_s) / 2
        if chosen is None:
            return middle
        centre = (chosen.start_s + chosen.end_s) / 2
        return centre if self.window.start_s <= centre <= self.window.end_s else middle

    def _move(self, window: TimeWindow) -> None:
        self.window = window
        self.touched = True


def whole(*stores: SpanStore) -> TimeWindow:
    """The window that shows everything in them."""
    filled = [store for store in stores if store.count]
    first = min((store.start_s for store in filled), default=0.0)
    return TimeWindow.around(first, max((store.end_s for store in filled), default=0.0))


def first_in_view(store: SpanStore, window: TimeWindow, lanes: range) -> Span | None:
    """The span to begin with when none is selected; lanes in view go first."""
    order = (*lanes, *range(store.lane_count))
    spans = (store.nearest(lane, window.start_s) for lane in order)
    return next((span for span in spans if span is not None), None)


def in_next_lane(store: SpanStore, window: TimeWindow, chosen: Span, step: int) -> Span | None:
    """The span at about the same time in the next lane (or the previous) that has any."""
    first, last = max(chosen.start_s, window.start_s), min(chosen.end_s, window.end_s)
    end = store.lane_count if step > 0 else -1
    spans = (
        store.nearest(lane, (first + last) / 2) for lane in range(chosen.lane + step, end, step)
    )
    return next((span for span in spans if span is not None), None)
