"""The class gallery: what colours tell, whose is under the pointer, names hidden at a click."""

from __future__ import annotations

from itertools import pairwise

import pyqtgraph as pg
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from core.report.together import gallery_chart
from core.results.gallery import gallery
from core.results.share import shared
from gui.gallery_desk import GalleryDesk
from gui.theme import Theme
from gui.views.gallery import GalleryPage
from tests.core.making import record
from tests.core.test_gallery import laptop, over_two_pythons, wide, without
from tests.gui.finding import find, shown
from tests.gui.jobs import do_at_once

NASTY = "<b>Mallory</b><img src=x>"
CLASS = (
    laptop("Ada", 1.8, 2, "3.11.7"),
    laptop("Bob", 3.0, 8, "3.14.0"),
    laptop(NASTY, 2.5, 4, "3.11.7"),
)


@pytest.fixture
def page(light: Theme, qtbot: QtBot) -> GalleryPage:
    made = shown(qtbot, GalleryPage(light), 1000, 700)
    made.show_gallery(gallery(CLASS))
    return made


def words(page: GalleryPage, name: str) -> str:
    label = page.findChild(QLabel, name)
    assert isinstance(label, QLabel)
    assert label.textFormat() is Qt.TextFormat.PlainText
    return label.text()


def choose(page: GalleryPage, name: str, value: str) -> None:
    box = page.findChild(QComboBox, name)
    assert isinstance(box, QComboBox)
    box.setCurrentIndex(box.findData(value))


def column(page: GalleryPage, number: int) -> list[str | None]:
    model = page.view.laptops
    return [model.data(model.index(row, number)) for row in range(model.rowCount())]


def test_laptops_are_sorted_and_coloured_by_what_is_chosen(page: GalleryPage) -> None:
    assert words(page, "gallery-title") == "3 runs"
    assert column(page, 1) == ["2", "4", "8"]
    assert list(page.view.chart.colours) == ["2 CPUs", "4 CPUs", "8 CPUs"]
    choose(page, "gallery-by", "python")
    assert column(page, 2) == ["3.11.7", "3.11.7", "3.14.0"]
    assert list(page.view.chart.colours) == ["Python 3.11.7", "Python 3.14.0"]
    choose(page, "gallery-by", "kind")
    assert list(page.view.chart.colours) == ["processes"]
    assert len({colour.name() for colour in page.view.chart.colours.values()}) == 1


def test_the_pointer_tells_whose_a_curve_is(page: GalleryPage) -> None:
    chart = page.view.chart
    view = chart.getPlotItem().getViewBox()
    place = chart.mapFromScene(view.mapViewToScene(QPointF(2, 2.5)))
    chart._point(chart._nearest(QPointF(place)))
    said = words(page, "gallery-said")
    assert said.startswith(f"{NASTY} · 2 processes: 2.50× · 4 CPUs · Python 3.11.7")
    assert chart._over is not None
    chart._point(chart._nearest(QPointF(-500, -500)))
    assert NASTY not in words(page, "gallery-said")
    assert chart._over is None


def axis(page: GalleryPage) -> str:
    return str(page.view.chart.getPlotItem().getAxis("left").labelText)


def test_the_axis_names_what_all_speedups_are_over(page: GalleryPage) -> None:
    assert axis(page) == "× one plain call"
    page.show_gallery(gallery([*CLASS, without(laptop("Eve"), "serial", 1)]))
    assert axis(page) == "× one worker of the same kind"
    choose(page, "gallery-measure", "seconds")
    assert axis(page) == "work time, seconds"


def test_who_is_left_out_is_not_named_while_names_are_hidden(page: GalleryPage) -> None:
    page.show_gallery(gallery([*CLASS, shared(record([]), whose=NASTY)]))
    assert words(page, "gallery-warned") == f"{NASTY}: it has no curve over workers."
    box = page.findChild(QCheckBox, "gallery-names")
    assert isinstance(box, QCheckBox)
    box.click()
    assert words(page, "gallery-warned") == "Left out, all or in part: 1."


def test_names_are_hidden_at_a_click(page: GalleryPage, qtbot: QtBot) -> None:
    assert column(page, 0) == ["Ada", NASTY, "Bob"]
    box = page.findChild(QCheckBox, "gallery-names")
    assert isinstance(box, QCheckBox)
    box.click()
    assert column(page, 0) == ["run 1 of 3", "run 3 of 3", "run 2 of 3"]
    page.view._on_row_chosen(1)
    assert words(page, "gallery-said").startswith("run 3 of 3 · 4 CPUs")


def test_whoever_is_chosen_stays_so_when_names_are_hidden(page: GalleryPage) -> None:
    page.view._table.setCurrentIndex(page.view.laptops.index(1, 0))
    assert words(page, "gallery-said").startswith(f"{NASTY} · 4 CPUs")
    box = page.findChild(QCheckBox, "gallery-names")
    assert isinstance(box, QCheckBox)
    box.click()
    assert words(page, "gallery-said").startswith("run 3 of 3 · 4 CPUs")
    chosen = page.view._table.selectionModel().selectedRows()
    assert [index.row() for index in chosen] == [1]
    assert page.view.chart._over is not None


def test_runs_without_a_curve_can_be_saved_all_the_same(page: GalleryPage) -> None:
    page.show_gallery(gallery([shared(record([]), whose="Eve")]))
    assert words(page, "gallery-title") == "No run here has a curve"
    page._offer_export()
    assert find(page, QAction, "export-futureslab").isEnabled()
    picture = find(page, QAction, "export-paper")
    assert (picture.isEnabled(), picture.toolTip()) == (False, "No run here has a curve.")


def test_saving_runs_that_are_not_seen_yet_builds_no_chart(light: Theme, qtbot: QtBot) -> None:
    page = GalleryPage(light)
    qtbot.addWidget(page)
    desk = GalleryDesk(page)
    desk.add(CLASS)
    with qtbot.waitSignal(desk.export_wanted) as asked:
        desk.export("futureslab")
    assert asked.args == ["futureslab", "class", CLASS, None]
    assert page._class is None


def test_tips_do_not_obey_a_name(page: GalleryPage) -> None:
    index = page.view.laptops.index(1, 0)
    tip = page.view.laptops.data(index, Qt.ItemDataRole.ToolTipRole)
    assert tip is not None
    assert "&lt;b&gt;Mallory" in tip


def test_every_choice_can_be_drawn(page: GalleryPage) -> None:
    for measure in ("speed-up", "seconds"):
        for by in ("cores", "python", "kind"):
            for kind in ("processes", ""):
                choose(page, "gallery-measure", measure)
                choose(page, "gallery-by", by)
                choose(page, "gallery-kind", kind)
                assert len(page.view.chart.getPlotItem().items) > 3


@pytest.mark.parametrize("by", ["cores", "python", "kind"])
def test_a_picture_tells_by_colours_what_the_chart_does(page: GalleryPage, by: str) -> None:
    choose(page, "gallery-by", by)
    choose(page, "gallery-kind", "")
    picture = gallery_chart(gallery(CLASS), "", "speed-up", by)
    assert picture is not None
    legend = [label.text for _, label in page.view.chart._legend.items]
    named = [curve.name for curve in picture.curves if curve.name]
    assert sorted(legend) == sorted(named)


def test_a_kind_that_was_chosen_stays_chosen_as_files_come(page: GalleryPage) -> None:
    box = page.findChild(QComboBox, "gallery-kind")
    assert isinstance(box, QComboBox)
    assert box.currentData() == "processes"
    choose(page, "gallery-kind", "")
    page.show_gallery(gallery((*CLASS, laptop("Eve"))))
    assert box.currentText() == "all kinds"
    choose(page, "gallery-kind", "processes")
    page.show_gallery(gallery(()))
    page.show_gallery(gallery(CLASS))
    assert box.currentData() == "processes"


def test_a_run_over_two_pythons_is_counted_once(page: GalleryPage) -> None:
    page.show_gallery(gallery([over_two_pythons()]))
    assert words(page, "gallery-title") == "1 run"
    assert len(column(page, 0)) == 2
    drawn = gallery_chart(gallery([over_two_pythons()]), "", "seconds", "cores")
    assert drawn is not None
    assert drawn.note.startswith("1 run;")


def test_a_desk_adds_each_run_once_and_forgets_what_was_cleared(
    page: GalleryPage, qtbot: QtBot
) -> None:
    desk = GalleryDesk(page)
    desk.wanted.connect(do_at_once)
    desk.add(CLASS[:2])
    desk.add(CLASS[1:])
    qtbot.waitUntil(lambda: words(page, "gallery-title") == "3 runs")
    desk.replace(CLASS[:1])
    qtbot.waitUntil(lambda: words(page, "gallery-title") == "1 run")
    desk.add(CLASS[1:])
    clear = page.findChild(QPushButton, "gallery-clear")
    assert isinstance(clear, QPushButton)
    clear.click()
    assert words(page, "gallery-title") == "Class gallery"
    desk.add(CLASS[2:])
    qtbot.waitUntil(lambda: words(page, "gallery-title") == "1 run")
    assert column(page, 0) == [NASTY]


def test_the_first_laptops_are_built_drawn_and_shown_in_turns_of_their_own(
    light: Theme, qtbot: QtBot
) -> None:
    page = shown(qtbot, GalleryPage(light), 1000, 700)
    seen: list[tuple[bool, int, str]] = []

    def look() -> None:
        view = page._class
        drawn = 0 if view is None else view.laptops.rowCount()
        seen.append((view is not None, drawn, words(page, "gallery-title")))

    page._turns._timer.timeout.connect(look)
    page.show_soon(gallery(CLASS))
    look()
    qtbot.waitUntil(lambda: words(page, "gallery-title") == "3 runs")
    assert [a for a, b in pairwise([(False, -1, ""), *seen]) if a != b][1:] == [
        (False, 0, "Class gallery"),
        (True, 0, "Class gallery"),
        (True, 3, "Class gallery"),
    ]
    assert seen[-1] == (True, 3, "3 runs")


def test_what_is_gathered_is_saved_and_drawn_as_it_is_seen(page: GalleryPage, qtbot: QtBot) -> None:
    desk = GalleryDesk(page)
    desk.wanted.connect(do_at_once)
    with qtbot.waitSignal(desk.told, check_params_cb=lambda said: "open the files" in said):
        desk.export("futureslab")
    desk.add(CLASS)
    choose(page, "gallery-by", "python")
    with qtbot.waitSignal(desk.export_wanted) as asked:
        page.export_requested.emit("paper")
    what, name, runs, drawing = asked.args
    assert (what, name, runs) == ("paper", "class", CLASS)
    names = [curve.name for curve in drawing().curves if curve.name]
    assert names[1:] == ["Python 3.11.7 (2)", "Python 3.14.0 (1)"]


def test_an_empty_gallery_says_what_to_do_and_builds_no_chart(light: Theme, qtbot: QtBot) -> None:
    empty = GalleryPage(light)
    qtbot.addWidget(empty)
    empty.show()
    assert empty._class is None
    begin = empty.findChild(QPushButton, "gallery-begin")
    assert isinstance(begin, QPushButton)
    assert begin.isVisible()
    with qtbot.waitSignal(empty.open_requested):
        begin.click()
    empty.show_gallery(gallery(CLASS))
    assert not begin.isVisible()
    assert empty.view.isVisible()


def test_dark_and_large_it_is_still_whole(page: GalleryPage, light: Theme) -> None:
    light.choose("dark")
    light.zoom(3)
    assert list(page.view.chart.colours) == ["2 CPUs", "4 CPUs", "8 CPUs"]
    assert len({colour.name() for colour in page.view.chart.colours.values()}) == 3


def test_medians_over_other_runs_are_told_and_not_joined(page: GalleryPage) -> None:
    page.show_gallery(gallery([wide("a", 1, 2), wide("b", 1, 2, 4), wide("c", 1, 2, 4)]))
    warned = words(page, "gallery-warned")
    assert "of 3 runs with 1, 2 workers; of 2 with 4." in warned
    widths = [
        list(item.xData)
        for item in page.view.chart.getPlotItem().items
        if isinstance(item, pg.PlotDataItem) and item.zValue() == 40
    ]
    assert widths == [[1, 2], [4]]
    choose(page, "gallery-measure", "seconds")
    assert "of 3 runs with 1, 2 workers; of 2 with 4." in words(page, "gallery-warned")
    page.show_gallery(gallery([wide("a", 1, 2), wide("b", 1, 2)]))
    assert words(page, "gallery-warned") == ""
