"""The speed-up chart: intervals, what disturbed a repeat, the ceiling, laws, several Pythons."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QCheckBox, QLabel
from pytestqt.qtbot import QtBot

from core.results import verdicts
from gui.models.measured import Measured
from gui.theme import LIGHT, Theme
from gui.views import scaling, speedup
from gui.views.marks import Marks
from gui.views.scaling import RuntimeChart
from gui.views.speedup import SpeedupChart, SpeedupPanel
from tests.gui.finding import find, shown
from tests.gui.jobs import do_at_once
from tests.gui.sweeps import ASLEEP, begun, sweep, trial

Shown = Callable[..., SpeedupChart]


@pytest.fixture
def panel(light: Theme, qtbot: QtBot) -> SpeedupPanel:
    made = shown(qtbot, SpeedupPanel(light), 700, 500)
    made.wanted.connect(do_at_once)
    return made


def draw(panel: SpeedupPanel, trials: list[Any], pythons: tuple[str, ...] = ()) -> Measured:
    began = begun(pythons)
    panel.clear(began, 1.0)
    measured = Measured(began)
    measured.add(trials)
    panel.chart.show_measured(measured)
    return measured


def words(panel: SpeedupPanel, name: str) -> str:
    return find(panel, QLabel, name).text()


def fit(panel: SpeedupPanel) -> None:
    find(panel, QCheckBox, "fit-laws").click()


def marks(panel: SpeedupPanel, kind: str, python: str = "") -> Marks:
    return panel.chart.marks[python, kind]


def ends(bars: Any) -> list[tuple[float, float]]:
    y, top, bottom = (bars.opts[name] for name in ("y", "top", "bottom"))
    return [(float(low), float(high)) for low, high in zip(y - bottom, y + top, strict=True)]


def legend(panel: SpeedupPanel) -> list[str]:
    return [label.text for _, label in panel.chart.getPlotItem().legend.items]


def test_bars_are_the_intervals_of_the_verdicts(panel: SpeedupPanel) -> None:
    measured = draw(panel, sweep(6))
    wanted = [one for one in verdicts.speedups(measured.record) if one.executor == "processes"]

    bars = np.array(ends(marks(panel, "processes").sure))
    assert bars == pytest.approx(np.array([(one.low, one.high) for one in wanted]))
    assert len(marks(panel, "processes").unsure.opts["y"]) == 0
    assert words(panel, "bars") == "95 % intervals over 6 repeats"


def test_below_five_repeats_bars_are_light_and_called_provisional(panel: SpeedupPanel) -> None:
    draw(panel, sweep(3))
    assert len(marks(panel, "processes").sure.opts["y"]) == 0
    assert len(marks(panel, "processes").unsure.opts["y"]) == 2
    assert words(panel, "bars") == "Provisional: ranges of 3 repeats"


def test_intervals_shrink_as_blocks_arrive(panel: SpeedupPanel) -> None:
    measured = draw(panel, [])
    widths = []
    for blocks in (8, 40):
        noise = np.random.default_rng(1).normal(0, 0.1, 200)
        trials = [
            replace(one, work_s=(one.work_s or 0) * float(np.exp(noise[place])))
            for place, one in enumerate(sweep(blocks, kinds=("serial", "processes")))
        ]
        measured = draw(panel, trials)
        low, high = ends(marks(panel, "processes").sure)[1]
        widths.append(high - low)
    assert measured.trials
    assert widths[1] < widths[0]


def test_a_disturbed_repeat_is_grey_and_says_why(panel: SpeedupPanel) -> None:
    trials = sweep(2, kinds=("serial", "threads", "processes"))
    slept = trial("processes", 2, 3, 0.6, ASLEEP)
    draw(panel, [*trials, slept, trial("serial", 1, 3, 1.0)])

    (dot,) = (spot.data() for spot in marks(panel, "processes").grey.points())
    assert dot.trial is slept
    assert "The machine slept for 3.00 s meanwhile." in dot.tip
    assert len(marks(panel, "processes").dots.points()) == 4


def test_a_repeat_whose_plain_call_was_disturbed_is_grey_too(panel: SpeedupPanel) -> None:
    draw(panel, [trial("serial", 1, 1, 1.0, ASLEEP), trial("processes", 2, 1, 0.6)])
    (dot,) = (spot.data() for spot in marks(panel, "processes").grey.points())
    assert "(its plain call) The machine slept" in dot.tip


def test_the_ceiling_is_a_line_of_its_own_beside_the_textbook(panel: SpeedupPanel) -> None:
    draw(panel, sweep(5))
    _, y = marks(panel, "ceiling").line.getData()
    assert y[1] == pytest.approx(2.0)
    assert {"textbook: y = x", "measured ceiling", "threads", "processes"} == set(legend(panel))
    items = panel.chart.getPlotItem().legend.items
    (tip,) = (label.toolTip() for _, label in items if label.text == "measured ceiling")
    assert "as many processes as workers, which never talk" in tip


def test_under_six_numbers_of_workers_there_is_a_sentence_and_no_curve(
    panel: SpeedupPanel,
) -> None:
    measured = draw(panel, sweep(5))
    panel.end(measured.record)
    fit(panel)
    assert "need 6 or more" in words(panel, "laws")
    assert not any("law" in name for name in legend(panel))


def test_laws_are_curves_up_to_the_most_workers_and_words(panel: SpeedupPanel) -> None:
    workers = (1, 2, 3, 4, 5, 6)
    measured = draw(panel, sweep(5, workers, kinds=("serial", "processes")))
    fit(panel)
    assert "when the run is over" in words(panel, "laws")
    assert not any("law" in name for name in legend(panel))

    panel.end(measured.record)
    assert "σ" in words(panel, "laws")
    assert "κ" in words(panel, "laws")
    assert {"Amdahl's law", "Gunther's law (USL)"} < set(legend(panel))
    curves = panel.chart.laws
    assert [max(curve.getData()[0]) for curve in curves] == [6, 6]
    fit(panel)
    assert not panel.chart.laws


def test_a_fit_of_another_run_is_not_shown(light: Theme, qtbot: QtBot) -> None:
    panel = SpeedupPanel(light)
    qtbot.addWidget(panel)
    asked: list[tuple[Any, Any]] = []
    panel.wanted.connect(lambda job, take: asked.append((job, take)))
    fit(panel)
    measured = draw(panel, sweep(5, range(1, 7), kinds=("serial", "processes")))
    panel.end(measured.record)
    ((job, take),) = asked
    draw(panel, [])
    take(job())
    assert not panel.chart.laws


def test_laws_that_cannot_be_fitted_are_said_so(
    panel: SpeedupPanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> Any:
        raise ZeroDivisionError("no time at all")

    monkeypatch.setattr("core.results.fits.fits", fail)
    draw(panel, sweep(5))
    panel.end(begun())
    fit(panel)
    said = words(panel, "laws")
    assert said == "The laws could not be fitted to this run: ZeroDivisionError: no time at all."


def test_a_redraw_of_ten_thousand_dots_puts_none_into_words(
    panel: SpeedupPanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []

    def count(executor: str, workers: int, python: str) -> str:
        said.append(executor)
        return executor

    monkeypatch.setattr(scaling, "who", count)
    monkeypatch.setattr(speedup, "who", count)
    draw(panel, sweep(50))
    first = len(said)
    draw(panel, sweep(100))
    assert len(said) == 2 * first  # the medians', which are as few as before
    (dot, *_) = marks(panel, "threads").dots.points()
    assert "times as fast, within this repeat" in dot.data().tip


def test_several_pythons_have_lines_and_marks_each_in_the_colour_of_the_kind(
    panel: SpeedupPanel,
) -> None:
    names = ("3.11", "3.13t")
    trials = [
        one
        for python, slower in zip(names, (1.0, 2.0), strict=True)
        for one in sweep(5, kinds=("serial", "processes"), python=python, slower=slower)
    ]
    draw(panel, trials, names)
    first, second = (marks(panel, "processes", name).line for name in names)
    assert first.opts["pen"].style() != second.opts["pen"].style()
    hues = [one.opts["pen"].color().hsvHue() for one in (first, second)]
    assert abs(hues[0] - hues[1]) < 10
    fills = [one.scatter.opts["brush"].color().name() for one in (first, second)]
    assert fills == [first.opts["pen"].color().name(), LIGHT.card]
    assert {"Python 3.11", "Python 3.13t"} < set(legend(panel))
    items = panel.chart.getPlotItem().legend.items
    samples = [part.item for part, label in items if label.text.startswith("Python")]
    assert [one.opts["pen"].style() for one in samples] == [
        one.opts["pen"].style() for one in (first, second)
    ]
    assert samples[1].scatter.opts["brush"].color().name() == LIGHT.card
    assert legend(panel).count("processes") == 1


def test_the_runtime_has_the_ceiling_and_greys_too(light: Theme, qtbot: QtBot) -> None:
    chart = RuntimeChart(light)
    qtbot.addWidget(chart)
    chart.show()
    began = begun()
    chart.expect(began, 1.0)
    measured = Measured(began)
    measured.add([*sweep(1), trial("threads", 2, 2, 1.0, ASLEEP)])
    chart.show_measured(measured)
    assert len(chart.marks["", "threads"].grey.points()) == 1
    assert len(chart.marks["", "ceiling"].dots.points()) == 2


@pytest.mark.parametrize("steps", [0, 3])
@pytest.mark.parametrize("width", [400, 550, 800, 1000, 1500])
def test_the_legend_has_room_beside_itself_and_no_column_too_few(
    light: Theme, qtbot: QtBot, width: int, steps: int
) -> None:
    light.zoom(steps)
    chart = SpeedupChart(light)
    qtbot.addWidget(chart)
    chart.resize(width, 300)
    chart.show()
    kinds = ("serial", "threads", "processes", "pool", "interpreters", "ceiling")
    chart.prepare(kinds, 4, ("3.11", "3.15", "3.14", "3.13t"), 1.0)

    view, shown = chart.getPlotItem().getViewBox(), chart.getPlotItem().legend
    assert shown.pos().x() + shown.width() <= view.width()
    widest = max(sum(part.width() for part in entry) for entry in shown.items)
    # A column more would not fit: it is as wide as the widest entry, and beside it are gaps of 20
    # pixels between columns and at both edges.
    assert shown.width() + 2 * widest + 60 > view.width() or shown.columnCount == len(shown.items)


@pytest.mark.parametrize("steps", [0, 2])
@pytest.mark.parametrize("width", [500, 900])
def test_the_textbook_line_ends_below_the_legend_until_the_chart_is_touched(
    light: Theme, qtbot: QtBot, width: int, steps: int
) -> None:
    light.zoom(steps)
    chart = SpeedupChart(light)
    qtbot.addWidget(chart)
    chart.resize(width, 300)
    chart.show()
    chart.prepare(("threads", "processes", "ceiling"), 4, ("",), 1.0)
    view, legend = chart.getPlotItem().getViewBox(), chart.getPlotItem().legend
    line = chart.getPlotItem().listDataItems()[0]
    end = QPointF(*(values[-1] for values in line.getData()))
    assert end.x() == end.y() > 1
    assert view.mapViewToScene(end).y() >= legend.sceneBoundingRect().bottom() - 1
    qtbot.keyClick(chart, Qt.Key.Key_Minus)
    assert line.getData()[0][-1] == 4.5


def test_a_single_repeat_that_was_disturbed_is_seen_to_be_so(light: Theme, qtbot: QtBot) -> None:
    chart = RuntimeChart(light)
    qtbot.addWidget(chart)
    chart.expect(begun(), 1.0)
    drawn = chart.getPlotItem().items
    marks = chart.marks["", "threads"]
    assert drawn.index(marks.grey) > drawn.index(marks.line)
