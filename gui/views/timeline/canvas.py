"""A timeline without hands: what it holds, where things are, how it is drawn.

`Timeline` adds pointer and keys. Everything here belongs to the GUI thread. Drawing
happens in paintEvent only, and however often data arrive, Qt folds the updates into
one frame.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

from PySide6.QtCore import QEvent, QRectF, QSize, QSizeF, Qt, Signal, Slot
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QScrollBar, QStyle, QToolButton, QWidget

from gui.models.spans import Span, SpanBatch, SpanStore
from gui.views.timeline.layout import Layout, Room, height_for
from gui.views.timeline.paint import Scene, paint
from gui.views.timeline.style import LIGHT, TimelineStyle, textures
from gui.views.timeline.view import View, whole
from gui.views.timeline.window import TimeWindow
from gui.views.timeline.words import Words

_NAMES_SHARE = 0.35  # of the width, at most, for the names of lanes
_HELP = (
    "Left and Right choose the previous and next span, Up and Down a lane, Enter opens it. "
    "Plus and minus zoom, Shift with the arrows moves, Home shows everything."
)


class TimelineCanvas(QWidget):
    """Lanes of spans over time, drawn; the base of `Timeline`."""

    span_selected = Signal(object)  # Span, or None if nothing is selected any more

    def __init__(self, style: TimelineStyle = LIGHT, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store = SpanStore()
        self._growing = SpanStore()
        self._names: tuple[str, ...] = ()
        self._placeholder = ""
        self._words = Words()
        self._view = View()
        self._selected: Span | None = None
        self._hovered: Span | None = None
        self._lanes_asked_for = 0  # in the hint of a size that was given last
        self._scroll = QScrollBar(Qt.Orientation.Vertical, self)
        self._all = QToolButton(self)
        self._make_children()
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName("Timeline")
        self.set_style(style)
        self._describe()

    # -- what to show --------------------------------------------------------

    def set_spans(self, store: SpanStore) -> None:
        """Replace everything at once; the store may have been built in any thread.

        The selection stays if the same span is in the new store.
        """
        self._store = store
        self._hovered = None
        if not self._view.touched:
            self._view.fit(self._whole())
        if self._selected is not None:
            self._select(store.find(self._selected))
        self._refresh()

    def append(self, batch: SpanBatch) -> None:
        """Add spans that have just ended."""
        self._store.append(batch)
        self._view.follow(self._whole())
        self._refresh()

    def show_growing(self, spans: Sequence[Span]) -> None:
        """Draw spans that have not ended, up to now; they replace those that were growing before.

        They lie over all others, and are neither chosen nor counted.
        """
        if not spans and not self._growing.count:
            return
        self._growing = SpanStore(SpanBatch.of_spans(spans))
        self._view.follow(self._whole())
        self._refresh()

    def clear(self) -> None:
        """Take all spans away and follow new data again."""
        self._view.touched = False
        self._growing = SpanStore()
        self.set_spans(SpanStore())

    def settle(self) -> None:
        """Show everything, with no room for more, unless a person has touched the view."""
        if not self._view.touched:
            self._view.fit(self._whole())
            self._refresh()

    def show_anew(self, names: Sequence[str], store: SpanStore, placeholder: str) -> None:
        """Show other spans, on other lanes, and follow new data again."""
        self._names = tuple(names)
        self._placeholder = placeholder
        self._view.touched = False
        self.set_spans(store)

    def set_lanes(self, names: Sequence[str]) -> None:
        """Name the lanes from the first on; those without a name are "worker 1" and so on."""
        self._names = tuple(names)
        self._refresh()

    def set_placeholder(self, text: str) -> None:
        """Say in one sentence why there are no spans, for as long as there are none."""
        self._placeholder = text
        self._describe()
        self.update()

    def set_words(self, words: Words) -> None:
        """Call the kinds of spans by other names."""
        self._words = words
        self._describe()
        self.update()

    def set_style(self, style: TimelineStyle) -> None:
        """Change colours and font at once."""
        self._style = style
        self._textures = textures(style)
        self.setFont(style.font())
        self.setPalette(style.palette())
        self.updateGeometry()
        self._refresh()

    @Slot()
    def show_all(self) -> None:
        """Show everything, and follow new data again."""
        self._view.touched = False
        self._view.fit(self._whole())
        self._refresh()

    def select(self, span: Span | None) -> None:
        """Select a span, or nothing; the view stays."""
        self._select(None if span is None else self._store.find(span))

    @property
    def window_s(self) -> tuple[float, float]:
        """The stretch of time in view, in seconds."""
        return self._view.window.start_s, self._view.window.end_s

    @property
    def selected(self) -> Span | None:
        """The selected span."""
        return self._selected

    def rect_of(self, span: Span) -> QRectF:
        """Where a span is drawn now, in the widget's pixels; it may be out of sight."""
        return self._layout().span_rect(span.lane, span.start_s, span.end_s, self._view.window)

    def time_at(self, x: float) -> float:
        """The time, in seconds, at an x of the widget."""
        return self._layout().time_of(x, self._view.window)

    # -- sizes ----------------------------------------------------------------

    def sizeHint(self) -> QSize:
        line = QFontMetricsF(self.font()).height()
        return QSize(int(50 * line), ceil(height_for(self._lane_count(), line)))

    def minimumSizeHint(self) -> QSize:
        line = QFontMetricsF(self.font()).height()
        return QSize(int(10 * line), int(7 * line))

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._place_children()

    def _whole(self) -> TimeWindow:
        return whole(self._store, self._growing)

    @property
    def _is_empty(self) -> bool:
        return not (self._store.count or self._growing.count)

    def _layout(self) -> Layout:
        metrics = QFontMetricsF(self.font())
        return Layout.of(
            Room(
                QSizeF(self.size()),
                metrics.height(),
                min(self._names_width(metrics), self.width() * _NAMES_SHARE),
                self.style().pixelMetric(QStyle.PixelMetric.PM_ScrollBarExtent),
                self._lane_count(),
                self.devicePixelRatioF(),
                self._scroll.value(),
            )
        )

    def _names_width(self, metrics: QFontMetricsF) -> float:
        names = (*self._names, "worker 000")  # room for unnamed lanes, so that nothing jumps
        return max(metrics.horizontalAdvance(name) for name in names) + 20

    def _lane_count(self) -> int:
        return max(len(self._names), self._store.lane_count, self._growing.lane_count)

    def _lane_name(self, lane: int) -> str:
        return self._names[lane] if lane < len(self._names) else f"worker {lane + 1}"

    def _make_children(self) -> None:
        self._scroll.setAccessibleName("Lanes")
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.valueChanged.connect(self._on_scrolled)
        self._all.setText("Show all")
        self._all.setToolTip("Show everything, and follow new data again (Home or double click)")
        self._all.clicked.connect(self.show_all)
        self._scroll.hide()
        self._all.hide()

    def _place_children(self) -> None:
        layout = self._layout()
        plot, any_spans = layout.plot, not self._is_empty
        beside = QRectF(plot.right(), plot.top(), self.width() - plot.right(), plot.height())
        self._scroll.setGeometry(beside.toRect())
        self._scroll.setRange(0, layout.overflow)
        self._scroll.setPageStep(max(1, int(plot.height())))
        self._scroll.setSingleStep(max(1, round(layout.pitch / layout.dpr)))
        self._scroll.setVisible(any_spans and layout.overflow > 0)
        hint = self._all.sizeHint()
        height = min(hint.height(), int(plot.top()) - 2)
        left, top = int(plot.right()) - hint.width(), (int(plot.top()) - height) // 2
        self._all.setGeometry(left, top, hint.width(), height)
        self._all.setVisible(any_spans and self._view.touched)

    def _refresh(self) -> None:
        if (lanes := self._lane_count()) != self._lanes_asked_for:
            self._lanes_asked_for = lanes
            self.updateGeometry()
        self._place_children()
        self._describe()
        self.update()

    @Slot()
    def _on_scrolled(self) -> None:
        self._hovered = None
        self.update()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._refresh()
        return super().event(event)

    # -- drawing ----------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        layout = self._layout()
        scene = Scene(
            size=QRectF(self.rect()),
            layout=layout,
            window=self._view.window,
            store=self._store,
            growing=self._growing,
            names=[self._lane_name(lane) for lane in range(layout.lanes)],
            style=self._style,
            textures=self._textures,
            words=self._words,
            placeholder=self._placeholder,
            selected=self._selected,
            hovered=self._hovered,
            focused=self.hasFocus(),
            legend_right=self._all.x() - 8.0,
        )
        with QPainter(self) as painter:
            paint(painter, scene)

    # -- selection ------------------------------------------------------------

    def _select(self, span: Span | None) -> None:
        if span != self._selected:
            self._selected = span
            self._describe()
            self.update()
            self.span_selected.emit(span)

    def _describe(self) -> None:
        """Tell those who do not see the screen what is selected."""
        chosen = self._selected
        if chosen is not None:
            said = self._words.sentence(chosen, self._lane_name(chosen.lane)) + "."
        else:
            said = "No span is selected." if self._store.count else self._placeholder
        description = f"{said} {_HELP}".strip()
        if description != self.accessibleDescription():
            self.setAccessibleDescription(description)
