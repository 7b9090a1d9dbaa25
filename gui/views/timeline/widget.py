"""The timeline: who worked when, on one lane per worker.

Everything here belongs to the GUI thread. Data come in by `set_spans`, `append` and
`clear`; what a person chose goes out as frozen `Span` values.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import QHelpEvent, QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QToolTip, QWidget

from gui.models.spans import Span
from gui.views.timeline.canvas import TimelineCanvas
from gui.views.timeline.image import shows_rectangles
from gui.views.timeline.style import LIGHT, TimelineStyle
from gui.views.timeline.view import first_in_view, in_next_lane
from gui.views.timeline.window import TimeWindow

_ZOOM_WHEEL = 1.25  # per notch
_ZOOM_KEY = 1.5
_PAN_KEY = 0.1  # of what is in view
_REACH = 3.0  # pixels by which a pointer may miss a span
_Modifier = Qt.KeyboardModifier
_FOREIGN = _Modifier.ControlModifier | _Modifier.AltModifier | _Modifier.MetaModifier


class Timeline(TimelineCanvas):
    """Lanes of spans over time, to look at, zoom, pan and choose from.

    The view shows everything and follows new data until a person zooms or pans; from
    then on it stays where it is until they ask for everything again. The widget owns
    the store that it was given.
    """

    span_activated = Signal(object)  # Span

    def __init__(self, style: TimelineStyle = LIGHT, parent: QWidget | None = None) -> None:
        super().__init__(style, parent)
        self._press: tuple[QPointF, TimeWindow, int] | None = None
        self._dragging = False
        self._keys = self._key_bindings()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)

    # -- pointer ------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            self._show_tooltip(event)
            return True
        if isinstance(event, QKeyEvent) and self._wants(event):
            event.accept()
            return True
        return super().event(event)

    def _wants(self, event: QKeyEvent) -> bool:
        """Whether Qt asks who has a use for Esc, before it looks for a shortcut, and we do."""
        is_asked = event.type() == QEvent.Type.ShortcutOverride
        return is_asked and event.key() == Qt.Key.Key_Escape and self._selected is not None

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & _FOREIGN or self._is_empty:
            event.ignore()
            return
        layout, x = self._layout(), event.position().x()
        sideways, notches = event.angleDelta().x() / 120, event.angleDelta().y() / 120
        if event.modifiers() & _Modifier.ShiftModifier:
            sideways, notches = sideways + notches, 0.0
        if sideways:
            self._pan(-sideways * _PAN_KEY)
        if notches and x < layout.plot.left():
            self._scroll_lanes(-notches)
        elif notches:
            self._zoom(_ZOOM_WHEEL**notches, layout.time_of(x, self._view.window))
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._press = (event.position(), self._view.window, self._scroll.value())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._press is None or self._is_empty:
            self._hover(self._span_under(event.position()))
            return
        origin, window, scroll = self._press
        moved = event.position() - origin
        if not self._dragging and moved.manhattanLength() < QApplication.startDragDistance():
            return
        self._dragging = True
        self.setCursor(Qt.CursorShape.ClosedHandCursor)
        scale = self._layout().seconds_per_pixel(window)
        self._view.pan_from(window, -moved.x() * scale, self._whole())
        self._scroll.setValue(scroll - round(moved.y()))
        self._moved()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or self._press is None:
            return
        origin, dragged = self._press[0], self._dragging
        self._press, self._dragging = None, False
        self.unsetCursor()
        if not dragged:
            self._select(self._span_under(origin))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.show_all()

    def leaveEvent(self, event: QEvent) -> None:
        self._hover(None)

    def _span_under(self, position: QPointF) -> Span | None:
        layout = self._layout()
        lane = layout.lane_at(position.y())
        if lane is None or not layout.plot.contains(position):
            return None
        reach = _REACH * layout.seconds_per_pixel(self._view.window)
        return self._store.span_at(lane, layout.time_of(position.x(), self._view.window), reach)

    def _hover(self, span: Span | None) -> None:
        if span != self._hovered:
            self._hovered = span
            self.update()

    def _show_tooltip(self, event: QHelpEvent) -> None:
        text = self._tooltip_at(QPointF(event.pos()))
        if text:
            QToolTip.showText(event.globalPos(), text, self)
        else:
            QToolTip.hideText()

    def _tooltip_at(self, position: QPointF) -> str:
        layout, window = self._layout(), self._view.window
        lane = layout.lane_at(position.y())
        if lane is None or not layout.plot.contains(position):
            return ""
        growing = self._growing.span_at(lane, layout.time_of(position.x(), window))
        if growing is not None:
            return self._words.tooltip(growing, self._lane_name(lane))
        span = self._span_under(position)
        if span is None:
            return ""
        if shows_rectangles(self._store, layout.frame(window)):
            return self._words.tooltip(span, self._lane_name(lane))
        first = layout.time_of(int(position.x()), window)
        last = first + layout.seconds_per_pixel(window)
        return self._words.crowd_tooltip(self._store, lane, self._lane_name(lane), first, last)

    # -- keys -----------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        shift = bool(event.modifiers() & _Modifier.ShiftModifier)
        act = self._keys.get((Qt.Key(event.key()), shift))
        if act is None or event.modifiers() & _FOREIGN:
            super().keyPressEvent(event)
        else:
            act()

    def _key_bindings(self) -> dict[tuple[Qt.Key, bool], Callable[[], None]]:
        key = Qt.Key
        bindings: dict[tuple[Qt.Key, bool], Callable[[], None]] = {
            (key.Key_Left, False): partial(self._step, -1),
            (key.Key_Right, False): partial(self._step, 1),
            (key.Key_Up, False): partial(self._step_lane, -1),
            (key.Key_Down, False): partial(self._step_lane, 1),
            (key.Key_Left, True): partial(self._pan, -_PAN_KEY),
            (key.Key_Right, True): partial(self._pan, _PAN_KEY),
            (key.Key_Up, True): partial(self._scroll_lanes, -1),
            (key.Key_Down, True): partial(self._scroll_lanes, 1),
            (key.Key_Home, False): self.show_all,
            (key.Key_Return, False): self._activate,
            (key.Key_Enter, False): self._activate,
            (key.Key_Escape, False): partial(self._select, None),
        }
        for shift in (False, True):
            for plus in (key.Key_Plus, key.Key_Equal):
                bindings[plus, shift] = partial(self._zoom_by_key, _ZOOM_KEY)
            for minus in (key.Key_Minus, key.Key_Underscore):
                bindings[minus, shift] = partial(self._zoom_by_key, 1 / _ZOOM_KEY)
        return bindings

    def _zoom_by_key(self, factor: float) -> None:
        self._zoom(factor, self._view.anchor_s(self._selected))

    def _step(self, direction: int) -> None:
        if self._selected is None:
            self._choose_first()
        else:
            self._choose(self._store.neighbour(self._selected, direction))

    def _step_lane(self, direction: int) -> None:
        if self._selected is None:
            self._choose_first()
        else:
            window = self._view.window
            self._choose(in_next_lane(self._store, window, self._selected, direction))

    def _choose_first(self) -> None:
        lanes = self._layout().visible_lanes
        self._choose(first_in_view(self._store, self._view.window, lanes))

    def _choose(self, span: Span | None) -> None:
        """Select by key, and bring what was selected into sight."""
        if span is None:
            return
        self._view.bring(span)
        self._scroll.setValue(self._scroll.value() + self._layout().scroll_to(span.lane))
        self._select(span)
        self._refresh()

    def _activate(self) -> None:
        if self._selected is not None:
            self.span_activated.emit(self._selected)

    # -- what both do -----------------------------------------------------------------

    def _zoom(self, factor: float, around_s: float) -> None:
        if not self._is_empty:
            self._view.zoom(factor, around_s, self._whole())
            self._moved()

    def _pan(self, share: float) -> None:
        if not self._is_empty:
            self._view.pan(share * self._view.window.length_s, self._whole())
            self._moved()

    def _moved(self) -> None:
        self._hovered = None
        self._refresh()

    def _scroll_lanes(self, lanes: float) -> None:
        self._scroll.setValue(self._scroll.value() + round(lanes * self._scroll.singleStep()))
