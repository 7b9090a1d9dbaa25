"""What a timeline draws: kinds told apart, shares, lanes, ticks, one frame for many updates."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QRectF
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from gui.models.spans import Span, SpanBatch, SpanKind, SpanStore
from gui.views.timeline.style import DARK, LIGHT, TimelineStyle
from gui.views.timeline.widget import Timeline
from gui.views.timeline.window import TimeWindow, axis_for, shortest_s
from tests.gui.timeline_hands import (
    BOOK,
    STARTUP,
    Key,
    Shift,
    button,
    centre,
    click,
    colours,
    drag,
    keys,
    picture,
    scroll_bar,
    show,
    tasks,
    wheel,
)

Shown = Callable[..., Timeline]


@pytest.fixture
def shown(qtbot: QtBot) -> Shown:
    """Makes a timeline that is on the screen, with keyboard focus."""
    return partial(show, qtbot)


# -- what is drawn -------------------------------------------------------------------


@pytest.mark.parametrize("style", [LIGHT, DARK], ids=["light", "dark"])
def test_kinds_differ_by_more_than_colour(shown: Shown, style: TimelineStyle) -> None:
    spans = [Span(0, kind, kind / 2, kind / 2 + 0.4, label="x" * 99) for kind in SpanKind]
    timeline = shown(*spans, style=style)
    image = picture(timeline)
    drawn = {span.kind: colours(image, timeline.rect_of(span)) for span in spans}
    assert drawn[SpanKind.TASK] == {style.task}
    for kind in (SpanKind.STARTUP, SpanKind.WAITING, SpanKind.CANCELLED, SpanKind.FAILED):
        assert len(drawn[kind]) > 1
        assert style.colour(kind).name() in drawn[kind]


def test_a_style_changes_colours_and_sizes_at_once(shown: Shown) -> None:
    timeline = shown(*BOOK)
    hint, height = timeline.sizeHint(), timeline.rect_of(STARTUP).height()
    timeline.set_style(replace(DARK, font_pt=20.0, task="#123456"))
    image = picture(timeline)
    assert image.pixelColor(1 + 2, 3) == QColor(DARK.background)
    right = timeline.rect_of(BOOK[2]).topRight().toPoint() + QPoint(-20, 8)
    assert image.pixelColor(right).name() == "#123456"
    assert timeline.sizeHint().width() > hint.width()
    assert timeline.rect_of(STARTUP).height() > height


def test_zoomed_out_the_height_is_the_busy_share(shown: Shown) -> None:
    starts = np.arange(40_000) / 1000
    timeline = shown()
    timeline.set_spans(SpanStore(SpanBatch.of(0, starts, starts + 0.00025)))
    image, bar = picture(timeline), timeline.rect_of(Span(0, SpanKind.TASK, 20.0, 20.1))
    column = [
        image.pixelColor(int(bar.x()), int(bar.y()) + n).name() for n in range(int(bar.height()))
    ]
    assert column.count(LIGHT.task) / len(column) == pytest.approx(0.25, abs=1.5 / len(column))
    assert column[-1] == LIGHT.task


@pytest.mark.parametrize("kind", [SpanKind.FAILED, SpanKind.EVENT])
def test_one_in_a_hundred_thousand_is_still_seen(shown: Shown, kind: SpanKind) -> None:
    timeline = shown()
    timeline.append(tasks(100_000))
    rare = Span(0, kind, 5000.0, 5000.0)
    timeline.append(SpanBatch.of_spans([rare]))
    image, area = picture(timeline), timeline.rect_of(rare).toRect()
    points = [
        QPoint(x, y)
        for x in range(area.left() - 1, area.right() + 2)
        for y in range(area.top(), area.bottom())
    ]
    assert LIGHT.colour(kind).name() in {image.pixelColor(point).name() for point in points}


def test_a_span_without_length_is_drawn_and_found(shown: Shown) -> None:
    short = Span(0, SpanKind.TASK, 0.5, 0.5)
    timeline = shown(Span(0, SpanKind.TASK, 0.0, 0.1), short, Span(0, SpanKind.TASK, 0.9, 1.0))
    at = centre(timeline, short)
    near = {picture(timeline).pixelColor(at + QPoint(dx, 0)).name() for dx in (-1, 0, 1)}
    assert LIGHT.task in near
    click(timeline, at + QPoint(2, 0))
    assert timeline.selected is not None
    assert timeline.selected.start_s == 0.5


def test_only_spans_without_length(shown: Shown) -> None:
    timeline = shown(Span(0, SpanKind.TASK, 0.0, 0.0), Span(0, SpanKind.EVENT, 0.0, 0.0))
    picture(timeline)
    start, end = timeline.window_s
    assert start < end


def test_empty_it_says_why(shown: Shown) -> None:
    timeline = shown()
    bare = picture(timeline)
    timeline.set_placeholder("Press Run to see who works when.")
    assert picture(timeline) != bare
    assert "Press Run" in timeline.accessibleDescription()
    before = timeline.window_s
    everything = (Key.Key_Right, Key.Key_Down, Key.Key_Plus, Key.Key_Return, Key.Key_Home)
    keys(timeline, *everything)
    keys(timeline, Key.Key_Right, Key.Key_Down, modifier=Shift)
    wheel(timeline, QPointF(300, 60), 2)
    drag(timeline, QPoint(300, 60), QPoint(50, 0))
    assert timeline.window_s == before
    assert timeline.selected is None
    assert not button(timeline).isVisible()
    timeline.append(tasks(3))
    filled = picture(timeline)
    timeline.clear()
    assert picture(timeline) != filled


def test_few_lanes_need_no_scrolling_and_many_can_be_reached(shown: Shown) -> None:
    one = shown(STARTUP)
    assert not scroll_bar(one).isVisible()
    rows = [Span(lane, SpanKind.TASK, 0.0, 1.0) for lane in range(128)]
    timeline = shown(*rows)
    bar = scroll_bar(timeline)
    assert bar.isVisible()
    keys(timeline, *[Key.Key_Down] * 128)
    assert timeline.selected is not None
    assert timeline.selected.lane == 127
    assert bar.value() == bar.maximum()
    rect = timeline.rect_of(rows[127])
    assert QRectF(timeline.rect()).contains(rect)
    assert LIGHT.task in colours(picture(timeline), rect)


def test_lanes_scroll_by_wheel_over_names_by_key_and_by_drag(shown: Shown) -> None:
    timeline = shown(*(Span(lane, SpanKind.TASK, 0.0, 1.0) for lane in range(128)))
    bar = scroll_bar(timeline)
    wheel(timeline, QPointF(10, 60), -2)
    assert bar.value() == 2 * bar.singleStep()
    assert timeline.window_s == (0.0, 1.0)
    keys(timeline, Key.Key_Down, modifier=Shift)
    keys(timeline, Key.Key_Up, Key.Key_Up, modifier=Shift)
    assert bar.value() == bar.singleStep()
    drag(timeline, QPoint(300, 150), QPoint(0, -40))
    assert bar.value() == bar.singleStep() + 40


def test_a_narrow_window_is_drawn_all_the_same(shown: Shown) -> None:
    timeline = shown(*BOOK)
    timeline.set_lanes(["a name that is much longer than any widget is wide, " * 3, "b"])
    for size in ((60, 30), (300, 60), (2, 2)):
        timeline.resize(*size)
        picture(timeline)


class PaintCounter(QObject):
    """Counts the frames of a widget."""

    def __init__(self, watched: QWidget) -> None:
        super().__init__(watched)
        self.frames = 0
        watched.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.frames += event.type() == QEvent.Type.Paint
        return False


def test_updates_are_folded_into_one_frame(qtbot: QtBot, shown: Shown) -> None:
    timeline = shown(*BOOK)
    QApplication.processEvents()
    counter = PaintCounter(timeline)
    for number in range(100):
        timeline.append(tasks(10, start=float(number)))
    assert counter.frames == 0
    qtbot.waitUntil(lambda: counter.frames > 0)
    assert counter.frames < 10


# -- ticks ----------------------------------------------------------------------------


@given(
    st.floats(-1e3, 1e6),
    st.floats(-9, 5).map(lambda power: float(10**power)),
    st.integers(1, 20),
)
def test_ticks_are_round_few_and_told_apart(start: float, length: float, most: int) -> None:
    window = TimeWindow(start, start + max(length, shortest_s(start)))
    axis = axis_for(window, most)
    times = [time for time, _ in axis.ticks]
    labels = [label for _, label in axis.ticks]
    slack = window.length_s * 1e-3
    assert len(times) <= most + 1
    assert all(window.start_s - slack <= t <= window.end_s + slack for t in times)
    assert len(set(labels)) == len(labels)
    assert all(len(label) <= 16 for label in labels)


@pytest.mark.parametrize(
    ("start", "end", "labels", "base"),
    [
        (0.0, 1.0, ["0 s", "0.5 s", "1.0 s"], ""),
        (0.0, 0.6, ["0 ms", "200 ms", "400 ms", "600 ms"], ""),
        (0.0, 3000.0, ["0 s", "1\u00a0000 s", "2\u00a0000 s", "3\u00a0000 s"], ""),
        (756.5, 756.53, ["+500 ms", "+510 ms", "+520 ms", "+530 ms"], "756 s"),
    ],
    ids=["seconds", "milliseconds", "thousands", "far out"],
)
def test_ticks_read_well(start: float, end: float, labels: list[str], base: str) -> None:
    axis = axis_for(TimeWindow(start, end), 4)
    assert [label for _, label in axis.ticks] == labels
    assert axis.base == base
