"""Draws one moment of a timeline: a Scene in, a picture out. Called in paintEvent only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPen

from gui.models.spans import Span, SpanKind, SpanStore
from gui.views.timeline.image import (
    Frame,
    Ground,
    Pixels,
    Texture,
    compose,
    shows_rectangles,
    tile,
)
from gui.views.timeline.layout import Layout
from gui.views.timeline.style import TimelineStyle, ink_on
from gui.views.timeline.window import Axis, TimeWindow, axis_for
from gui.views.timeline.words import Words

_MARGIN = 8.0
_INSET = 6.0
_HEAD = 5.0
_MOST_LABELS = 200
_LABELLED = (SpanKind.TASK, SpanKind.FAILED)
_SENTENCE = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True, slots=True)
class Scene:
    """All that a picture shows."""

    size: QRectF
    layout: Layout
    window: TimeWindow
    store: SpanStore
    growing: SpanStore
    names: Sequence[str]
    style: TimelineStyle
    textures: dict[SpanKind, Texture]
    words: Words
    placeholder: str
    selected: Span | None
    hovered: Span | None
    focused: bool
    legend_right: float


def paint(painter: QPainter, scene: Scene) -> None:
    """Draw everything."""
    painter.setFont(scene.style.font())
    painter.fillRect(scene.size, QColor(scene.style.background))
    if scene.store.count or scene.growing.count:
        _paint_plot(painter, scene)
    else:
        painter.setPen(QColor(scene.style.muted))
        room = scene.size.adjusted(2 * _MARGIN, _MARGIN, -2 * _MARGIN, -_MARGIN)
        painter.drawText(room, _SENTENCE, scene.placeholder)
    if scene.focused:
        painter.setPen(QPen(QColor(scene.style.muted), 1))
        painter.drawRect(scene.size.adjusted(0.5, 0.5, -0.5, -0.5))


def most_ticks(layout: Layout, metrics: QFontMetricsF) -> int:
    """How many labels fit on the axis with air between them."""
    return max(1, int(layout.plot.width() / (metrics.horizontalAdvance("00000.00 ms") * 1.25)))


def _paint_plot(painter: QPainter, scene: Scene) -> None:
    layout, metrics = scene.layout, painter.fontMetrics()
    axis = axis_for(scene.window, most_ticks(layout, QFontMetricsF(metrics)))
    frame = layout.frame(scene.window)
    rectangles = shows_rectangles(scene.store, frame)
    painter.save()
    painter.setClipRect(layout.plot)
    _paint_lanes(painter, scene, frame, axis, rectangles)
    if rectangles:
        _paint_labels(painter, scene)
        _paint_event_heads(painter, scene)
    _paint_frame(painter, scene, scene.hovered, 1.0)
    _paint_frame(painter, scene, scene.selected, 2.0)
    painter.restore()
    _paint_names(painter, scene)
    _paint_axis(painter, scene, axis)
    _paint_legend(painter, scene)


def _paint_lanes(
    painter: QPainter, scene: Scene, frame: Frame, axis: Axis, rectangles: bool
) -> None:
    layout, style = scene.layout, scene.style
    columns = (int((t - frame.start_s) * frame.pixels_per_s) for t, _ in axis.ticks)
    ground = Ground(
        QColor(style.background).rgb(),
        QColor(style.lane).rgb(),
        QColor(style.grid).rgb(),
        tuple(column for column in columns if 0 <= column < frame.width),
    )
    unit = frame.unit / layout.dpr
    for column in ground.grid_columns:  # all the way down, below the last lane too
        x = (layout.left + column) / layout.dpr
        below = QRectF(x, layout.plot.top(), unit, layout.plot.height())
        painter.fillRect(below, QColor(style.grid))
    pixels = compose(scene.store, frame, scene.textures, ground, rectangles, scene.growing)
    top = layout.top - layout.scroll + frame.lanes.start * layout.pitch
    _paint_pixels(painter, pixels, layout.left, top, layout.dpr)


def _paint_pixels(painter: QPainter, pixels: Pixels, left: int, top: int, dpr: float) -> None:
    """Copy pixels to the screen, one to one; left and top in device pixels."""
    height, width = pixels.shape
    if not height:
        return
    image = QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_RGB32)
    painter.save()
    painter.scale(1 / dpr, 1 / dpr)
    painter.drawImage(QPointF(left, top), image)
    painter.restore()


def _paint_labels(painter: QPainter, scene: Scene) -> None:
    """Name the spans that have room for it; none, if that would be a crowd."""
    metrics = QFontMetricsF(painter.fontMetrics())
    wide = 2 * metrics.averageCharWidth() + _MARGIN
    found = [
        (store, kind, lane, start, end, row)
        for store in (scene.store, scene.growing)
        for lane in scene.layout.visible_lanes
        for kind in _LABELLED
        for start, end, row in _wide_spans(scene, store, lane, kind, wide)
        if not _is_covered(scene, lane, start, end)
    ]
    if len(found) > _MOST_LABELS:
        return
    for store, kind, lane, start, end, row in found:
        rect = scene.layout.span_rect(lane, start, end, scene.window) & scene.layout.plot
        number, label = store.text_of(row)
        text = label or f"task {number}"
        rect.setLeft(_free_of_marks(scene, lane, rect, metrics.horizontalAdvance(text)))
        _paint_label(painter, scene, kind, rect, text)


def _free_of_marks(scene: Scene, lane: int, rect: QRectF, width: float) -> float:
    """From where on a text of that width stands between the marks of events, not under one."""
    window, left = scene.window, rect.left()
    times = scene.store.visible(lane, SpanKind.EVENT, window.start_s, window.end_s)[0]
    for x in sorted(scene.layout.x_of(time, window) for time in times[:_MOST_LABELS].tolist()):
        if left - _HEAD < x < left + 2 * _INSET + width:
            left = x
    return left


def _wide_spans(
    scene: Scene, store: SpanStore, lane: int, kind: SpanKind, wide: float
) -> list[tuple[float, float, int]]:
    window = scene.window
    columns = store.visible(lane, kind, window.start_s, window.end_s)
    roomy = (columns[1] - columns[0]) >= wide * scene.layout.seconds_per_pixel(window)
    starts, ends, rows = (column[roomy].tolist() for column in columns)
    return list(zip(starts, ends, rows, strict=True))


def _paint_label(painter: QPainter, scene: Scene, kind: SpanKind, rect: QRectF, text: str) -> None:
    """Write a label, if it fits into its span."""
    metrics = QFontMetricsF(painter.fontMetrics())
    room = rect.adjusted(_INSET, 0, -_INSET, 0)
    width = metrics.horizontalAdvance(text)
    if width > room.width():
        return
    colour = scene.style.colour(kind)
    if kind is SpanKind.FAILED:  # crossed out: give the text a plain ground
        patch = QRectF(room.left() - 2, room.center().y() - metrics.height() / 2, width + 4, 0)
        patch.setHeight(metrics.height())
        painter.fillRect(patch, colour)
    painter.setPen(ink_on(colour))
    painter.drawText(room, _LEFT, text)


def _is_covered(scene: Scene, lane: int, first_s: float, last_s: float) -> bool:
    """Whether waiting lies over a span, where its label would be."""
    return len(scene.store.visible(lane, SpanKind.WAITING, first_s, last_s)[0]) > 0


def _paint_event_heads(painter: QPainter, scene: Scene) -> None:
    """Give each event a head, since its line is thin; none, if that would be a crowd."""
    layout, window = scene.layout, scene.window
    heads = [
        (layout.x_of(time, window), layout.span_rect(lane, time, time, window).top())
        for lane in layout.visible_lanes
        for time in scene.store.visible(lane, SpanKind.EVENT, window.start_s, window.end_s)[0]
    ]
    if len(heads) > _MOST_LABELS:
        return
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(scene.style.colour(SpanKind.EVENT))
    for x, y in heads:
        corners = [QPointF(x - _HEAD, y), QPointF(x + _HEAD, y), QPointF(x, y + _HEAD * 1.5)]
        painter.drawPolygon(corners)


def _paint_frame(painter: QPainter, scene: Scene, span: Span | None, width: float) -> None:
    if span is None:
        return
    rect = scene.layout.span_rect(span.lane, span.start_s, span.end_s, scene.window)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if width > 1:  # a light line inside the dark one: seen on any colour
        inner = rect.adjusted(2, 2, -2, -2)
        if inner.width() > 3:
            painter.setPen(QPen(QColor(scene.style.background), 1))
            painter.drawRect(inner.adjusted(0.5, 0.5, -0.5, -0.5))
    painter.setPen(QPen(QColor(scene.style.selection), width))
    painter.drawRect(rect.adjusted(width / 2, width / 2, -width / 2, -width / 2))


def _paint_names(painter: QPainter, scene: Scene) -> None:
    layout, metrics = scene.layout, QFontMetricsF(painter.fontMetrics())
    plot = layout.plot
    room = plot.left() - 2 * _MARGIN
    painter.save()
    painter.setClipRect(QRectF(0, plot.top(), plot.left(), plot.height()))
    painter.setPen(QColor(scene.style.text))
    for lane in layout.visible_lanes:
        name = metrics.elidedText(scene.names[lane], Qt.TextElideMode.ElideMiddle, room)
        box = QRectF(_MARGIN, layout.lane_top(lane), room, layout.pitch / layout.dpr)
        painter.drawText(box, _LEFT, name)
    painter.restore()


def _paint_axis(painter: QPainter, scene: Scene, axis: Axis) -> None:
    plot, line = scene.layout.plot, painter.fontMetrics().height()
    painter.setPen(QColor(scene.style.muted))
    top = plot.bottom() + line * 0.2
    for time, label in axis.ticks:
        x = scene.layout.x_of(time, scene.window)
        painter.drawLine(QPointF(x, plot.bottom()), QPointF(x, plot.bottom() + line * 0.2))
        width = painter.fontMetrics().horizontalAdvance(label)
        left = min(max(x - width / 2, plot.left() - 2), scene.size.right() - width - 2)
        painter.drawText(QRectF(left, top, width + 2, line * 1.3), _LEFT, label)
    if axis.base:
        box = QRectF(_MARGIN, top, plot.left() - 2 * _MARGIN, line * 1.3)
        painter.drawText(box, _LEFT, axis.base)


def _paint_legend(painter: QPainter, scene: Scene) -> None:
    """Name the kinds that occur, as far as there is room."""
    metrics = painter.fontMetrics()
    dpr, line = scene.layout.dpr, metrics.height()
    x, middle = scene.layout.plot.left(), scene.layout.plot.top() / 2
    swatch = round(line * 0.8 * dpr)
    for kind in sorted({*scene.store.kinds(), *scene.growing.kinds()}):
        name = scene.words.name(kind)
        width = swatch * 1.5 / dpr + 6 + metrics.horizontalAdvance(name)
        if x + width > scene.legend_right:
            return
        _paint_swatch(painter, scene, kind, QRectF(x, middle - swatch / dpr / 2, swatch, 0))
        painter.setPen(QColor(scene.style.muted))
        box = QRectF(x + swatch * 1.5 / dpr + 6, 0, width, 2 * middle)
        painter.drawText(box, _LEFT, name)
        x += width + 2 * _MARGIN


def _paint_swatch(painter: QPainter, scene: Scene, kind: SpanKind, at: QRectF) -> None:
    dpr, height = scene.layout.dpr, round(at.width())
    unit = max(1, round(dpr))
    frame = Frame(range(1), 0.0, 1.0, round(height * 1.5), height, height, unit)
    texture = scene.textures[kind]
    pixels = tile(texture, frame, height)
    for edge in (pixels[:unit], pixels[-unit:], pixels[:, :unit], pixels[:, -unit:]):
        edge[...] = texture.edge
    _paint_pixels(painter, pixels, round(at.left() * dpr), round(at.top() * dpr), dpr)
