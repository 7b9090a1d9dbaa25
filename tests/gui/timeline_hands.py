"""Hands and eyes for the tests of the timeline: real events in, pixels out."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QHelpEvent, QImage, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QScrollBar, QToolButton, QToolTip, QWidget
from pytestqt.qtbot import QtBot

from gui.models.spans import Span, SpanBatch, SpanKind, SpanStore
from gui.views.timeline.style import LIGHT, TimelineStyle
from gui.views.timeline.widget import Timeline
from tests.gui.finding import find

Key = Qt.Key
Shift = Qt.KeyboardModifier.ShiftModifier
Ctrl = Qt.KeyboardModifier.ControlModifier
NoModifier = Qt.KeyboardModifier.NoModifier
Left = Qt.MouseButton.LeftButton

STARTUP = Span(0, SpanKind.STARTUP, 0.0, 0.2)
BOOK = (
    STARTUP,
    Span(1, SpanKind.STARTUP, 0.0, 0.25),
    Span(0, SpanKind.TASK, 0.2, 1.0, cpu_share=0.99),
    Span(1, SpanKind.TASK, 0.25, 0.9, label="<second> half", cpu_share=0.3),
)


def show(qtbot: QtBot, *spans: Span, style: TimelineStyle = LIGHT, height: int = 240) -> Timeline:
    """A timeline that is on the screen, with keyboard focus."""
    timeline = Timeline(style)
    qtbot.addWidget(timeline)
    timeline.resize(800, height)
    if spans:
        timeline.set_spans(SpanStore(SpanBatch.of_spans(spans)))
    with qtbot.waitExposed(timeline):
        timeline.show()
    timeline.setFocus()
    return timeline


def centre(timeline: Timeline, span: Span) -> QPoint:
    return timeline.rect_of(span).center().toPoint()


def click(timeline: Timeline, at: QPoint) -> None:
    QTest.mouseClick(timeline, Left, NoModifier, at)


def keys(timeline: Timeline, *pressed: Qt.Key, modifier: Qt.KeyboardModifier = NoModifier) -> None:
    for key in pressed:
        QTest.keyClick(timeline, key, modifier)


def wheel(
    timeline: QWidget, at: QPointF, notches: float, modifier: Qt.KeyboardModifier = NoModifier
) -> None:
    turned = QPoint(0, round(notches * 120))
    globally = timeline.mapToGlobal(at)
    phase = Qt.ScrollPhase.NoScrollPhase
    event = QWheelEvent(
        at, globally, QPoint(), turned, Qt.MouseButton.NoButton, modifier, phase, False
    )
    QApplication.sendEvent(timeline, event)


def drag(timeline: Timeline, start: QPoint, by: QPoint) -> None:
    QTest.mousePress(timeline, Left, NoModifier, start)
    for share in (0.3, 0.6, 1.0):
        QTest.mouseMove(timeline, start + QPoint(round(by.x() * share), round(by.y() * share)))
    QTest.mouseRelease(timeline, Left, NoModifier, start + by)


def hover_text(qtbot: QtBot, timeline: Timeline, at: QPoint) -> str:
    QToolTip.hideText()
    qtbot.waitUntil(lambda: not QToolTip.isVisible())
    help_ = QHelpEvent(QEvent.Type.ToolTip, at, timeline.mapToGlobal(at))
    QApplication.sendEvent(timeline, help_)
    return QToolTip.text() if QToolTip.isVisible() else ""


def picture(timeline: Timeline) -> QImage:
    return timeline.grab().toImage()


def colours(image: QImage, area: QRectF | QRect) -> set[str]:
    """The colours of an area, a little inside its border."""
    rect = (area.toRect() if isinstance(area, QRectF) else area).adjusted(2, 2, -2, -2)
    points = (
        QPoint(x, y)
        for x in range(rect.left(), rect.right())
        for y in (rect.top(), rect.center().y())
    )
    return {image.pixelColor(point).name() for point in points}


def button(timeline: Timeline) -> QToolButton:
    return find(timeline, QToolButton)


def scroll_bar(timeline: Timeline) -> QScrollBar:
    return find(timeline, QScrollBar)


def tasks(count: int, lane: int = 0, start: float = 0.0) -> SpanBatch:
    starts = start + np.arange(count) / 10
    return SpanBatch.of(lane, starts, starts + 0.08)
