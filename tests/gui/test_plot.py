"""Every chart with two axes is moved and zoomed with keys, and shows everything again."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from core.experiments.base import Lines
from core.results.gallery import gallery
from gui.models.measured import Measured
from gui.theme import Theme
from gui.views.gallery_chart import Choice, GalleryChart
from gui.views.lines import LinesView
from gui.views.plot import Plot
from gui.views.scaling import RuntimeChart, ScalingChart
from gui.views.speedup import SpeedupChart
from tests.core.test_gallery import laptop
from tests.gui.finding import find, shown
from tests.gui.sweeps import begun, sweep

NONE = Qt.KeyboardModifier.NoModifier
COST = Lines("Cost", x="work", y="cost", by="way", x_label="work", y_label="cost")


def made(kind: type[Plot], qtbot: QtBot) -> Plot:
    theme = Theme()
    if kind is LinesView:
        lines = shown(qtbot, LinesView(COST, theme), 600, 400)
        lines.show_rows([{"way": "submit", "work": n, "cost": n + 1} for n in (1, 10, 100)])
        return lines
    if kind is GalleryChart:
        of_class = shown(qtbot, GalleryChart(theme), 600, 400)
        of_class.show_gallery(gallery([laptop("Ada"), laptop("Bob")]), Choice())
        return of_class
    sweeps = RuntimeChart(theme) if kind is RuntimeChart else SpeedupChart(theme)
    chart: ScalingChart = shown(qtbot, sweeps, 600, 400)
    record = begun(terms=1000)
    chart.expect(record, 1.0)
    chart.show_measured(Measured(replace(record, trials=tuple(sweep(2)))))
    return chart


@pytest.mark.parametrize("kind", [RuntimeChart, SpeedupChart, LinesView, GalleryChart])
def test_keys_move_and_zoom_and_home_shows_everything(kind: type[Plot], qtbot: QtBot) -> None:
    chart = made(kind, qtbot)
    view = chart.getPlotItem().getViewBox()
    chart.show_all()
    at_first = view.viewRange()

    def after(key: Qt.Key, modifier: Qt.KeyboardModifier = NONE) -> list[tuple[float, ...]]:
        before = view.viewRange()
        qtbot.keyClick(chart, key, modifier)
        return [
            (now[0] - was[0], now[1] - was[1])
            for was, now in zip(before, view.viewRange(), strict=True)
        ]

    left, right, bottom, top = sum(after(Qt.Key.Key_Right), ())
    assert left > 0
    assert (right, bottom, top) == pytest.approx((left, 0, 0))
    left, right, bottom, top = sum(after(Qt.Key.Key_Up), ())
    assert bottom > 0
    assert (left, right, top) == pytest.approx((0, 0, bottom))
    assert all(low > 0 > high for low, high in after(Qt.Key.Key_Plus))
    assert all(low < 0 < high for low, high in after(Qt.Key.Key_Minus))
    assert after(Qt.Key.Key_Plus, Qt.KeyboardModifier.ControlModifier) == [(0, 0), (0, 0)]
    qtbot.keyClick(chart, Qt.Key.Key_Home)
    for was, now in zip(at_first, view.viewRange(), strict=True):
        assert now == pytest.approx(was)


@pytest.mark.parametrize("kind", [RuntimeChart, SpeedupChart, LinesView, GalleryChart])
def test_numbers_at_an_axis_are_those_that_were_measured_in_every_size(
    kind: type[Plot], qtbot: QtBot
) -> None:
    chart = made(kind, qtbot)
    axes = [chart.getPlotItem().getAxis(side) for side in ("left", "bottom")]
    chart.getPlotItem().getViewBox().setRange(xRange=(0, 0.8), yRange=(0, 0.0004), padding=0)
    qtbot.waitUntil(lambda: [axis.range[1] for axis in axes] == [0.0004, 0.8])
    chart._theme.zoom(1)
    assert all(axis.label.isVisible() for axis in axes)
    assert [axis.autoSIPrefixScale for axis in axes] == [1, 1]
    chart._theme.zoom(0)


def more(chart: Plot) -> None:
    """Let it have more of what it shows, beyond what is in view."""
    if isinstance(chart, LinesView):
        told = [{"way": "submit", "work": n, "cost": n + 1} for n in (1, 10, 100, 1e6)]
        chart.show_rows(told)
    elif isinstance(chart, GalleryChart):
        chart.show_gallery(gallery([laptop("Ada"), laptop("Bob"), laptop("Cyd", 9.0)]), Choice())
    elif isinstance(chart, ScalingChart):
        slow = [replace(one, work_s=9 * (one.work_s or 0)) for one in sweep(2)]
        chart.show_measured(Measured(replace(begun(terms=1000), trials=tuple(slow))))


@pytest.mark.parametrize("kind", [RuntimeChart, LinesView, GalleryChart])
def test_no_chart_moves_under_the_hand_until_all_is_asked_for(
    kind: type[Plot], qtbot: QtBot
) -> None:
    chart = made(kind, qtbot)
    view, button = chart.getPlotItem().getViewBox(), find(chart, QToolButton)
    assert not button.isVisible()
    qtbot.keyClick(chart, Qt.Key.Key_Plus)
    left_there = view.viewRange()
    more(chart)
    chart.resize(640, 420)
    assert view.viewRange() == left_there
    assert chart.rect().contains(button.geometry())
    button.click()
    assert not button.isVisible()
    followed = view.viewRange()
    assert followed[0][1] > left_there[0][1]
    assert followed[1][1] > left_there[1][1]


def test_another_kind_or_figure_of_a_class_is_seen_whole(qtbot: QtBot) -> None:
    chart = made(GalleryChart, qtbot)
    assert isinstance(chart, GalleryChart)
    view, found = chart.getPlotItem().getViewBox(), gallery([laptop("Ada"), laptop("Bob")])
    at_first = view.viewRange()
    qtbot.keyClick(chart, Qt.Key.Key_Plus)
    chart.show_gallery(found, Choice(by="python"))  # only other colours
    assert view.viewRange() != at_first
    chart.show_gallery(found, Choice(measure="seconds"))
    chart.show_gallery(found, Choice())
    assert view.viewRange() == at_first
