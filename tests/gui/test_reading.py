"""What a newcomer has to be able to see: every arrow, every name, the focus, at any size."""

from collections.abc import Iterator
from math import isnan
from pathlib import Path

import pyqtgraph as pg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QComboBox,
    QLabel,
    QPushButton,
    QScrollArea,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from core.errors import BadInput
from core.experiments import deadlock, life, race
from core.experiments.base import Lines
from core.parameters import Choice, group
from core.results.environment import read_environment
from core.results.records import RunRecord
from gui.main_window import MainWindow
from gui.models.run_state import State
from gui.theme import Theme
from gui.views.lines import LinesView
from gui.views.page import ExperimentPage
from gui.views.wait_graph import _leaves
from tests.gui.conftest import OpenPage
from tests.gui.finding import find

ROOT = Path(__file__).resolve().parents[2]
LINES = Lines("Cost", x="x", y="y", by="way", x_label="work", y_label="cost")


def rows(way: str, *points: tuple[float, float]) -> list[dict[str, object]]:
    return [{"way": way, "x": x, "y": y} for x, y in points]


@pytest.fixture
def lines(light: Theme, qtbot: QtBot) -> Iterator[LinesView]:
    host = QWidget()  # kept as long as the test lasts; it, not the chart, is closed at the end
    qtbot.addWidget(host)
    made = LinesView(LINES, light)
    QVBoxLayout(host).addWidget(made)
    host.resize(620, 280)
    host.show()
    yield made
    host.hide()


def shown(lines: LinesView) -> dict[str, list[tuple[float, float]]]:
    items = lines.getPlotItem().listDataItems()
    return {
        one.name(): list(zip(*one.getOriginalDataset(), strict=True)) for one in items if one.name()
    }


def test_lines_are_the_medians_of_all_rows_however_they_came(lines: LinesView) -> None:
    told = rows("a", (1, 2), (10, 3), (1, 4)) + rows("b", (10, 7)) + rows("a", (1, 9), (0, 5))
    for some in range(1, len(told) + 1):
        lines.show_rows(told[:some])
    assert shown(lines) == {"a": [(1, 4), (10, 3)], "b": [(10, 7)]}


def test_a_row_draws_its_own_line_anew_and_no_other(
    lines: LinesView, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = rows("a", (1, 2), (10, 3)) + rows("b", (1, 5), (10, 7))
    lines.show_rows(told)
    drawn = []
    for item in lines.getPlotItem().listDataItems():
        name = item.name() or "a bar"
        monkeypatch.setattr(item, "setData", lambda *_, name=name: drawn.append(name))
    lines.show_rows(told + rows("b", (1, 6)))
    assert drawn == ["b", "a bar"]


def test_a_bar_holds_all_rows_of_a_place_and_is_in_view(lines: LinesView) -> None:
    lines.show_rows(rows("a", (1, 2), (1, 900), (1, 4), (10, 3)))

    (bar,) = [one for one in lines.getPlotItem().listDataItems() if not one.name()]
    xs, ys = bar.getOriginalDataset()
    assert list(xs) == [1, 1, 1]
    assert list(ys[:2]) == [2, 900]
    assert isnan(ys[2])  # the next bar begins anew
    (_, (low, high)) = lines.getPlotItem().getViewBox().viewRange()
    assert 10**low < 2
    assert 10**high > 900


def test_a_way_in_chunks_is_drawn_as_a_variant_of_it(lines: LinesView) -> None:
    told = [row for name in ("a", "b", "a (25)") for row in rows(name, (1, 2), (10, 3))]
    lines.show_rows(told)

    named = {one.name(): one for one in lines.getPlotItem().listDataItems() if one.name()}
    pens = {name: pg.mkPen(one.opts["pen"]) for name, one in named.items()}
    assert pens["a"].color() == pens["a (25)"].color() != pens["b"].color()
    assert QColor(named["a"].opts["symbolBrush"]) == pens["a"].color()
    assert pens["a"].style() == Qt.PenStyle.SolidLine != pens["a (25)"].style()
    assert named["a"].opts["symbol"] == named["a (25)"].opts["symbol"]


def test_fewer_rows_are_another_run(lines: LinesView) -> None:
    lines.show_rows(rows("a", (1, 2), (10, 3)))
    lines.show_rows([])
    assert shown(lines) == {}
    lines.show_rows(rows("b", (1, 5)))
    assert shown(lines) == {"b": [(1, 5)]}


def test_lines_come_back_in_other_colours_and_sizes(lines: LinesView, light: Theme) -> None:
    lines.show_rows(rows("a", (1, 2), (10, 3)))
    light.choose("dark")
    light.zoom(2)
    assert shown(lines) == {"a": [(1, 2), (10, 3)]}


def test_names_stand_beside_the_lines_and_numbers_end_with_the_data(lines: LinesView) -> None:
    for number in range(10):
        lines.show_rows([row for n in range(number + 1) for row in rows(f"w{n}", (1, 2), (1e4, 9))])
    view = lines.getPlotItem().getViewBox()
    last = view.mapViewToScene(QPointF(4.0, 0.5)).x()
    assert last < lines.getPlotItem().legend.sceneBoundingRect().left()
    axis = lines.getPlotItem().getAxis("bottom")
    (left, right), _ = view.viewRange()
    assert right > 4.5
    ticks = [one for _, values in axis.tickValues(left, right, 600) for one in values]
    assert max(ticks) <= 4.001
    assert "1e" not in axis.labelString()  # a factor, which pyqtgraph likes to add


def test_names_leave_most_of_a_small_chart_and_have_room_in_it(lines: LinesView) -> None:
    names = ("apply_async", "submit", "starmap (25)", "imap_unordered (25)", "Executor.map (25)")
    told = [row for name in names for twice in ("", "+") for row in rows(name + twice, (1, 2))]
    lines.resize(900, 500)
    lines.show_rows(told)
    for width, height, columns in ((528, 240, 1), (900, 500, 1), (900, 160, 2)):
        lines.resize(width, height)
        view, legend = lines.getPlotItem().getViewBox(), lines.getPlotItem().legend
        legend.layout.activate()
        room, names_at = view.sceneBoundingRect(), legend.sceneBoundingRect()
        assert legend.columnCount == columns
        assert names_at.left() > room.center().x()
        (first, *_, last) = [label.sceneBoundingRect() for _, label in legend.items]
        assert room.top() <= first.top()
        assert last.bottom() <= room.bottom()


def test_touched_lines_stay_where_they_are_until_all_is_asked_for(lines: LinesView) -> None:
    lines.show_rows(rows("a", (1, 2), (10, 3)))
    view = lines.getPlotItem().getViewBox()
    view.setRange(xRange=(0.2, 0.4), yRange=(0.1, 0.2), padding=0)
    view.sigRangeChangedManually.emit(view.state["mouseEnabled"])
    before = view.viewRange()
    lines.show_rows(rows("a", (1, 2), (10, 3), (1000, 500)))
    assert view.viewRange() == before
    lines.show_rows([])
    lines.show_rows(rows("a", (1, 2), (1000, 500)))
    assert view.viewRange()[0][1] > 3


@given(
    across=st.floats(20, 200),
    down=st.floats(10, 60),
    aside=st.floats(-4, 4),
    x=st.floats(-1, 1),
    y=st.floats(-1, 1),
)
def test_an_arrow_ends_on_the_edge_of_its_box(
    across: float, down: float, aside: float, x: float, y: float
) -> None:
    length = (x * x + y * y) ** 0.5
    if length < 0.01:
        return
    unit, box = QPointF(x, y) / length, QRectF(-across / 2, -down / 2, across, down)
    end = _leaves(box, QPointF(-unit.y(), unit.x()) * aside, unit)
    on_edge = (
        abs(abs(end.x()) - across / 2) < 1e-6 and abs(end.y()) <= down / 2 + 1e-6,
        abs(abs(end.y()) - down / 2) < 1e-6 and abs(end.x()) <= across / 2 + 1e-6,
    )
    assert any(on_edge)


@pytest.fixture
def page(open_page: OpenPage) -> ExperimentPage:
    return open_page(deadlock.EXPERIMENT, 900, 650)


def test_the_focus_stays_with_run_and_stop(page: ExperimentPage, qtbot: QtBot) -> None:
    run, stop = find(page, QPushButton, "run"), find(page, QPushButton, "stop")
    run.setFocus()
    qtbot.waitUntil(run.hasFocus)
    page.show_state(State.RUNNING)
    assert stop.hasFocus()
    page.show_state(State.FINISHED)
    assert run.hasFocus()


def test_nobody_stops_with_the_tab_key_where_nothing_is_seen(page: ExperimentPage) -> None:
    areas = page.findChildren(QScrollArea)
    assert len(areas) >= 2
    assert all(area.focusPolicy() is Qt.FocusPolicy.NoFocus for area in areas)


def test_a_program_that_asks_is_told_from_one_that_was_answered(page: ExperimentPage) -> None:
    page._answers.ask("They are stuck. What shall be done?")
    asked = page.is_asking
    find(page, QPushButton, "answer-kill").click()
    assert asked
    assert not page.is_asking


def test_buttons_that_do_not_fit_side_by_side_stand_below(
    open_page: OpenPage, light: Theme, qtbot: QtBot
) -> None:
    page = open_page(life.EXPERIMENT, 760, 650)
    for _ in range(3):
        light.zoom(1)
    page._answers.ask("What next?")
    answers = [one for one in page.findChildren(QPushButton) if "answer" in one.objectName()]
    assert len(answers) == len(life.EXPERIMENT.answers)
    area = next(a for a in page.findChildren(QScrollArea) if a.isAncestorOf(answers[0]))
    right = area.viewport().width()

    def ends() -> list[int]:
        return [one.mapTo(area.viewport(), one.rect().topRight()).x() for one in answers]

    qtbot.waitUntil(lambda: max(ends()) < right)


def test_whoever_reads_has_the_whole_height(page: ExperimentPage) -> None:
    tabs = find(page, QTabWidget)
    titles = [tabs.tabText(at) for at in range(tabs.count())]
    told = find(page, QLabel, "told")
    for title, below in (("Lesson", False), ("Code", False), (titles[0], True)):
        tabs.setCurrentIndex(titles.index(title))
        assert told.isVisible() is below


def test_a_choice_too_long_for_its_field_is_told_by_the_pointer(page: ExperimentPage) -> None:
    box = find(page, QComboBox, "field-story")
    for row in range(box.count()):
        box.setCurrentIndex(row)
        assert box.itemText(row) in box.toolTip()
    longest = max(box.fontMetrics().horizontalAdvance(box.itemText(r)) for r in range(box.count()))
    assert box.view().minimumWidth() > longest


def test_large_type_in_a_small_window_leaves_the_result_more_than_half(
    page: ExperimentPage, light: Theme, qtbot: QtBot
) -> None:
    page.resize(820, 600)
    for _ in range(5):
        light.zoom(1)
    tabs = find(page, QTabWidget)
    qtbot.waitUntil(lambda: tabs.mapTo(page, tabs.rect().topLeft()).x() < 0.55 * page.width())
    assert tabs.mapTo(page, tabs.rect().topRight()).x() < page.width()


def test_the_window_fits_the_screen_with_its_frame(light: Theme, qtbot: QtBot) -> None:
    window = MainWindow(["π scaling"], ["History"], light)
    qtbot.addWidget(window)
    screen = window.screen().availableSize()
    least = window.minimumSize()
    assert window.width() <= max(min(1280, screen.width() - 1), least.width())
    assert window.height() <= max(min(800, screen.height() - 1), least.height())


def test_a_wrong_number_is_told_with_the_name_and_the_unit_apart() -> None:
    (interval,) = [p for p in race.EXPERIMENT.parameters if p.name == "switch-us"]
    with pytest.raises(BadInput) as refused:
        interval.parse("-4")
    assert str(refused.value) == f"Switch interval must be from 1 to {group(1_000_000)} µs."


@pytest.mark.parametrize("kind", ["threads", "processes"])
@pytest.mark.parametrize("way", ["plain", "call", "lock"])
@pytest.mark.parametrize("lost", [0, 5])
def test_every_line_under_the_race_is_a_sentence(kind: str, way: str, lost: int) -> None:
    record = RunRecord(
        experiment="race",
        parameters={**race.EXPERIMENT.defaults(), "kind": kind, "way": way},
        environment=read_environment(None),
        status="finished",
        started_at="2026-01-01T00:00:00+00:00",
        planned_trials=1,
        trials=(),
    )
    details = race._why(record, lost)
    assert details
    assert all(line[0].isupper() and line.endswith(".") for line in details)
    assert not any(line.startswith("And ") for line in details)


def test_the_lesson_on_life_says_which_way_to_choose_first() -> None:
    """The window plays by clicking unless told, and the lesson's first step is the sequence."""
    assert life.EXPERIMENT.at_the_window == {"play": "clicking"}
    (play,) = [p for p in life.EXPERIMENT.parameters if isinstance(p, Choice) and p.name == "play"]
    lesson = (ROOT / "resources" / "lessons" / "life.md").read_text(encoding="utf-8")
    steps = lesson.partition("## Try")[2].split("\n2. ")[0]
    assert next(o.label for o in play.options if o.value == "scripted") in steps
