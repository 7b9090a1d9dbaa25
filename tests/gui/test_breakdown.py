"""Where the time went: rows, their parts, hover and words."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QComboBox, QLabel, QStyleOptionViewItem, QTableView, QToolTip
from pytestqt.qtbot import QtBot

from core.report.marks import PHASES
from core.results.phases import PARTS
from gui.models.breakdown import BAR, PYTHON, Breakdown
from gui.theme import Theme
from gui.views.breakdown import BreakdownView
from tests.gui.finding import find, shown
from tests.gui.jobs import do_at_once
from tests.gui.sweeps import sweep, trial

TRIALS = sweep(3, kinds=("serial", "threads", "processes"))


@pytest.fixture
def view(light: Theme, qtbot: QtBot) -> BreakdownView:
    made = shown(qtbot, BreakdownView(light), 800, 300)
    made.wanted.connect(do_at_once)
    made.add(TRIALS)
    made.draw()
    return made


def table(view: BreakdownView) -> QTableView:
    return find(view, QTableView)


def names(view: BreakdownView) -> list[str]:
    model = table(view).model()
    return [model.index(row, 0).data() for row in range(model.rowCount())]


def test_each_configuration_has_a_row_with_its_median_trial(view: BreakdownView) -> None:
    assert names(view) == ["serial", "1 thread", "2 threads", "1 process", "2 processes"]
    model = table(view).model()
    assert isinstance(model, Breakdown)
    assert {model.trial(row).block for row in range(5)} == {2}


def test_each_trial_can_have_a_row(view: BreakdownView) -> None:
    box = find(view, QComboBox, "bar-for")
    box.setCurrentIndex(1)
    assert len(names(view)) == len(TRIALS)
    assert names(view)[0] == "serial, repeat 1"


def test_the_parts_sum_to_what_stands_at_the_right(view: BreakdownView) -> None:
    model = table(view).model()
    assert isinstance(model, Breakdown)
    for row in range(model.rowCount()):
        found = model.phases(row)
        assert sum(value for _, value in found.parts) == pytest.approx(found.wall_s)
    assert model.longest_s == pytest.approx(max(0.5 + (one.work_s or 0) for one in TRIALS[5:10]))


def test_several_pythons_stand_beside_each_other_in_the_order_chosen(view: BreakdownView) -> None:
    assert table(view).isColumnHidden(PYTHON)
    chosen = ("3.9", "3.13t", "3.10")
    view.clear(chosen)
    view.add([one for name in sorted(chosen) for one in sweep(1, kinds=("serial",), python=name)])
    view.draw()
    assert not table(view).isColumnHidden(PYTHON)
    assert names(view) == ["serial"] * 3
    model = table(view).model()
    assert [model.index(row, PYTHON).data() for row in range(3)] == list(chosen)


def test_every_part_has_a_colour_of_its_own() -> None:
    assert set(PHASES) == {part.field for part in PARTS}
    assert len(set(PHASES.values())) == len(PARTS)


def test_the_pointer_gets_seconds_and_share(view: BreakdownView, qtbot: QtBot) -> None:
    shown = table(view)
    index = shown.model().index(0, BAR)
    place = shown.visualRect(index)
    option = QStyleOptionViewItem()
    option.rect = place
    corner = QPoint(place.left() + 8, place.center().y())
    event = QHelpEvent(QHelpEvent.Type.ToolTip, corner, shown.mapToGlobal(corner))
    shown.itemDelegateForColumn(BAR).helpEvent(event, shown, option, index)
    qtbot.waitUntil(lambda: "Opening: 500 ms (33%)" in QToolTip.text())
    QToolTip.hideText()


def test_keys_choose_a_bar_and_its_parts_are_told(view: BreakdownView, qtbot: QtBot) -> None:
    shown = table(view)
    shown.setFocus()
    with qtbot.waitSignal(view.trial_chosen) as chosen:
        qtbot.keyClick(shown, Qt.Key.Key_Down)
    words = find(view, QLabel, "breakdown-words")
    assert all(part.label in words.text() for part in PARTS)
    assert words.text().startswith("1 thread, repeat 2: Opening 500 ms (33%)")
    assert chosen.args[0] is next(t for t in TRIALS if t.executor == "threads" and t.block == 2)


def test_what_arrives_keeps_the_chosen_row(view: BreakdownView) -> None:
    view.select(TRIALS[6])
    view.add([trial("processes", 4, 1, 0.5)])
    view.draw()
    model = table(view).model()
    assert isinstance(model, Breakdown)
    assert model.trial(table(view).currentIndex().row()) is TRIALS[6]


def test_what_another_run_had_divided_is_not_shown(view: BreakdownView) -> None:
    asked: list[Any] = []
    view.wanted.disconnect()
    view.wanted.connect(lambda job, take: asked.append((job, take)))
    view.add(TRIALS)
    view.draw()
    view.clear()
    ((job, take),) = asked
    take(job())
    assert names(view) == []


def test_a_trial_without_tasks_has_no_row(view: BreakdownView) -> None:
    before = len(names(view))
    view.add([trial("ceiling", 2, 1, 0.5)])
    view.draw()
    assert len(names(view)) == before


def test_colours_stay_when_the_theme_changes(view: BreakdownView, light: Theme) -> None:
    light.choose("dark")
    view.grab()
