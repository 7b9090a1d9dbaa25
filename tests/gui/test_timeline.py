"""The timeline as a person uses it: real mouse, wheel and key events."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from gui.models.spans import Span, SpanBatch, SpanKind, SpanStore
from gui.views.timeline.style import LIGHT
from gui.views.timeline.widget import Timeline
from tests.gui.timeline_hands import (
    BOOK,
    STARTUP,
    Ctrl,
    Key,
    Left,
    NoModifier,
    Shift,
    button,
    centre,
    click,
    drag,
    hover_text,
    keys,
    picture,
    show,
    tasks,
    wheel,
)

Shown = Callable[..., Timeline]


@pytest.fixture
def shown(qtbot: QtBot) -> Shown:
    """Makes a timeline that is on the screen, with keyboard focus."""
    return partial(show, qtbot)


# -- zoom and pan -----------------------------------------------------------------


@pytest.mark.parametrize("notches", [1.0, 7.5, -1.0, -3.0])
@pytest.mark.parametrize("x", [120.0, 333.3, 700.0])
def test_zooming_keeps_the_time_under_the_pointer(shown: Shown, x: float, notches: float) -> None:
    timeline = shown(*BOOK)
    time, (start, end) = timeline.time_at(x), timeline.window_s
    wheel(timeline, QPointF(x, 60), notches)
    assert timeline.time_at(x) == pytest.approx(time, abs=1e-12)
    new_start, new_end = timeline.window_s
    assert (new_end - new_start < end - start) == (notches > 0)


def test_a_notch_back_undoes_a_notch(shown: Shown) -> None:
    timeline = shown(*BOOK)
    before = timeline.window_s
    for notches in (1, 1, -1, -1):
        wheel(timeline, QPointF(300, 60), notches)
    assert timeline.window_s == pytest.approx(before)


def test_zooming_ends_somewhere(shown: Shown) -> None:
    timeline = shown(*BOOK)
    for notches, least, most in ((500, 1e-10, 1e-8), (-500, 1.0, 4.0)):
        wheel(timeline, QPointF(300, 60), notches)
        start, end = timeline.window_s
        assert least <= end - start <= most
        picture(timeline)


def test_plus_and_minus_zoom_around_the_selection(shown: Shown) -> None:
    timeline = shown(*BOOK)
    timeline.select(Span(0, SpanKind.STARTUP, 0.0, 0.2, id=0))
    x = timeline.rect_of(STARTUP).center().x()
    for key in (Key.Key_Plus, Key.Key_Equal, Key.Key_Minus):
        before = timeline.window_s
        keys(timeline, key)
        assert timeline.window_s != before
        assert timeline.time_at(x) == pytest.approx(0.1)


def test_control_and_plus_is_left_to_the_application(shown: Shown) -> None:
    timeline = shown(*BOOK)
    before = timeline.window_s
    keys(timeline, Key.Key_Plus, Key.Key_Minus, modifier=Ctrl)
    wheel(timeline, QPointF(300, 60), 1, Ctrl)
    assert timeline.window_s == before


def test_dragging_moves_what_is_under_the_pointer(shown: Shown) -> None:
    timeline = shown(*BOOK)
    wheel(timeline, QPointF(400, 60), 5)
    grabbed = timeline.time_at(400)
    drag(timeline, QPoint(400, 60), QPoint(-150, 0))
    assert timeline.time_at(250) == pytest.approx(grabbed)
    assert timeline.selected is None


def test_nothing_can_be_dragged_out_of_sight(shown: Shown) -> None:
    timeline = shown(*BOOK)
    for by in (-600, -600, -600):
        drag(timeline, QPoint(700, 60), QPoint(by, 0))
    assert timeline.window_s[0] <= 1.0
    for by in (600, 600, 600, 600):
        drag(timeline, QPoint(120, 60), QPoint(by, 0))
    assert timeline.window_s[1] >= 0.0


def test_shift_and_arrows_pan(shown: Shown) -> None:
    timeline = shown(*BOOK)
    start, end = timeline.window_s
    keys(timeline, Key.Key_Right, modifier=Shift)
    assert timeline.window_s == pytest.approx((start + 0.1, end + 0.1))
    keys(timeline, Key.Key_Left, modifier=Shift)
    assert timeline.window_s == pytest.approx((start, end))
    wheel(timeline, QPointF(300, 60), -1, Shift)
    assert timeline.window_s == pytest.approx((start + 0.1, end + 0.1))


# -- following, and not moving under the hand --------------------------------------


def test_the_view_follows_live_data_until_it_is_touched(shown: Shown) -> None:
    timeline = shown(*BOOK)
    assert timeline.window_s == (0.0, 1.0)
    assert not button(timeline).isVisible()
    timeline.append(tasks(100))
    assert timeline.window_s[1] >= 9.98
    wheel(timeline, QPointF(300, 60), 1)
    touched = timeline.window_s
    timeline.append(tasks(100, start=50.0))
    timeline.set_spans(SpanStore(tasks(5000)))
    timeline.set_lanes(["a", "b"])
    timeline.set_style(replace(LIGHT, font_pt=14))
    assert timeline.window_s == touched
    assert button(timeline).isVisible()


def test_following_does_not_rescale_with_every_batch(shown: Shown) -> None:
    timeline = shown()
    windows = set()
    for number in range(1000):
        timeline.append(tasks(1, start=number / 10))
        windows.add(timeline.window_s)
    assert len(windows) < 50
    assert timeline.window_s[1] >= 99.98


@pytest.mark.parametrize("how", ["button", "home", "double click"])
def test_show_all_shows_all_and_follows_again(shown: Shown, how: str) -> None:
    timeline = shown(*BOOK)
    wheel(timeline, QPointF(300, 60), 4)
    if how == "button":
        click_at = button(timeline).rect().center()
        QTest.mouseClick(button(timeline), Left, NoModifier, click_at)
    elif how == "home":
        keys(timeline, Key.Key_Home)
    else:
        QTest.mouseDClick(timeline, Left, NoModifier, QPoint(300, 60))
    assert timeline.window_s == (0.0, 1.0)
    assert not button(timeline).isVisible()
    timeline.append(tasks(100))
    assert timeline.window_s[1] >= 9.98


def test_clearing_forgets_the_touch(shown: Shown) -> None:
    timeline = shown(*BOOK)
    wheel(timeline, QPointF(300, 60), 4)
    timeline.clear()
    timeline.append(tasks(100))
    assert timeline.window_s[0] == 0.0
    assert timeline.window_s[1] >= 9.98


def test_nothing_jumps_when_the_button_appears(shown: Shown) -> None:
    timeline = shown(*BOOK)
    top = timeline.rect_of(STARTUP).top(), timeline.rect_of(STARTUP).height()
    wheel(timeline, QPointF(110, 60), -1)
    assert (timeline.rect_of(STARTUP).top(), timeline.rect_of(STARTUP).height()) == top


# -- choosing ----------------------------------------------------------------------


def test_a_click_selects_and_a_click_beside_selects_nothing(qtbot: QtBot, shown: Shown) -> None:
    timeline = shown(*BOOK)
    with qtbot.waitSignal(timeline.span_selected) as selected:
        click(timeline, centre(timeline, BOOK[3]))
    assert selected.args == [timeline.selected]
    assert timeline.selected is not None
    assert timeline.selected.label == "<second> half"
    beside = timeline.rect_of(BOOK[3]).bottomRight().toPoint() + QPoint(30, -8)
    with qtbot.waitSignal(timeline.span_selected) as deselected:
        click(timeline, beside)
    assert deselected.args == [None]


def test_arrows_walk_along_a_lane_and_between_lanes(shown: Shown) -> None:
    timeline = shown(*BOOK)
    walked = []
    for key in (
        Key.Key_Right,
        Key.Key_Right,
        Key.Key_Right,
        Key.Key_Down,
        Key.Key_Left,
        Key.Key_Up,
    ):
        keys(timeline, key)
        chosen = timeline.selected
        walked.append((chosen.lane, chosen.kind) if chosen else None)
    task, startup = SpanKind.TASK, SpanKind.STARTUP
    assert walked == [(0, startup), (0, task), (0, task), (1, task), (1, startup), (0, startup)]


def test_enter_activates_and_escape_deselects(qtbot: QtBot, shown: Shown) -> None:
    timeline = shown(*BOOK)
    with qtbot.assertNotEmitted(timeline.span_activated):
        keys(timeline, Key.Key_Return)
    keys(timeline, Key.Key_Right)
    for key in (Key.Key_Return, Key.Key_Enter):
        with qtbot.waitSignal(timeline.span_activated) as activated:
            keys(timeline, key)
        assert activated.args == [timeline.selected]
    keys(timeline, Key.Key_Escape)
    assert timeline.selected is None


def test_a_key_brings_the_selection_into_sight(shown: Shown) -> None:
    timeline = shown()
    timeline.append(tasks(100))
    click(timeline, centre(timeline, Span(0, SpanKind.TASK, 0.0, 0.08)))
    keys(timeline, *[Key.Key_Plus] * 8)
    for _ in range(30):
        keys(timeline, Key.Key_Right)
        assert timeline.selected is not None
        start, end = timeline.window_s
        assert start <= timeline.selected.end_s
        assert timeline.selected.start_s <= end


def test_the_selection_survives_data_that_still_hold_it(qtbot: QtBot, shown: Shown) -> None:
    timeline = shown()
    timeline.set_spans(SpanStore(tasks(3)))
    keys(timeline, Key.Key_Right)
    with qtbot.assertNotEmitted(timeline.span_selected):
        timeline.set_spans(SpanStore(tasks(4)))
        timeline.append(tasks(2, start=5.0))
    assert timeline.selected is not None
    with qtbot.waitSignal(timeline.span_selected) as lost:
        timeline.set_spans(SpanStore(tasks(3, lane=1)))
    assert lost.args == [None]


def test_the_accessible_description_tells_the_selection(shown: Shown) -> None:
    timeline = shown(*BOOK)
    timeline.set_lanes(["process 1", "process 2"])
    assert timeline.accessibleName() == "Timeline"
    assert "No span is selected" in timeline.accessibleDescription()
    keys(timeline, Key.Key_Right, Key.Key_Right)
    assert "process 1, task 2" in timeline.accessibleDescription()
    assert "800 ms" in timeline.accessibleDescription()


# -- what hovering teaches ------------------------------------------------------------


def test_hovering_teaches(qtbot: QtBot, shown: Shown) -> None:
    timeline = shown(*BOOK)
    said = hover_text(qtbot, timeline, centre(timeline, BOOK[3]))
    parts = ("worker 2", "&lt;second&gt; half", "0.250 s", "0.900 s", "650 ms", "30%", "GIL")
    assert [part for part in parts if part not in said] == []
    assert "start-up" in hover_text(qtbot, timeline, centre(timeline, STARTUP))
    assert hover_text(qtbot, timeline, QPoint(5, 5)) == ""


def test_hovering_over_a_crowd_tells_the_share(qtbot: QtBot, shown: Shown) -> None:
    timeline = shown()
    timeline.append(tasks(100_000))
    said = hover_text(qtbot, timeline, centre(timeline, Span(0, SpanKind.TASK, 3000.0, 3000.08)))
    assert "80%" in said
    assert "Zoom in" in said


def test_a_hovered_span_is_outlined(shown: Shown) -> None:
    timeline = shown(*BOOK)
    corner = timeline.rect_of(BOOK[2]).topLeft().toPoint() + QPoint(20, 0)
    assert picture(timeline).pixelColor(corner).name() == LIGHT.task
    QTest.mouseMove(timeline, centre(timeline, BOOK[2]))
    assert picture(timeline).pixelColor(corner).name() != LIGHT.task


def test_what_still_grows_has_its_name_too(qtbot: QtBot) -> None:
    timeline = Timeline()
    qtbot.addWidget(timeline)
    timeline.resize(600, 200)
    timeline.set_lanes(["worker 1"])
    timeline.append(SpanBatch.of_spans([Span(0, SpanKind.TASK, 0.0, 1.0, label="F1")]))
    seen = []
    for label in ("F4", "F8"):
        timeline.show_growing([Span(0, SpanKind.TASK, 1.0, 2.0, label=label)])
        seen.append(timeline.grab().toImage())
    assert seen[0] != seen[1]


def test_a_name_stands_beside_the_mark_of_an_event_not_under_it(shown: Shown) -> None:
    task = Span(0, SpanKind.TASK, 0.0, 10.0, label="alive")
    timeline = shown(task, Span(0, SpanKind.EVENT, 0.3, 0.3))
    bar = timeline.rect_of(task)
    mark = timeline.rect_of(Span(0, SpanKind.EVENT, 0.3, 0.3)).center().x()
    before = QRectF(bar.left(), bar.center().y() - 6, mark - 8 - bar.left(), 12)
    after = QRectF(mark + 6, bar.center().y() - 6, 60, 12)
    assert len(every_colour(timeline, before)) == 1
    assert len(every_colour(timeline, after)) > 1


def every_colour(timeline: Timeline, area: QRectF) -> set[int]:
    inside = area.toRect().adjusted(2, 2, -2, -2)
    image = picture(timeline).copy(inside)
    return {image.pixel(x, y) for x in range(image.width()) for y in range(image.height())}
