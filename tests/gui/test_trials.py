"""The table of trials: what its cells say."""

from __future__ import annotations

import math

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QTabWidget
from pytestqt.qtbot import QtBot

from core.experiments import pi_scaling
from gui.models.trials import ANSWER, STATUS, TrialTable
from gui.theme import Theme
from gui.views.one_line_table import OneLineTable
from gui.views.sweep import SweepStage
from gui.views.tables import BESIDE
from tests.core.making import done, record
from tests.gui.conftest import OpenPage
from tests.gui.finding import find, open_tab
from tests.gui.sweeps import begun, sweep


@pytest.mark.parametrize(
    ("value", "said"), [(math.pi, "3.1415926536"), (500.0, "500"), (None, "–")]
)
def test_an_answer_is_written_as_what_it_is(light: Theme, value: float | None, said: str) -> None:
    table = TrialTable(light)
    table.append([done("serial", 1, 1, 1.0, value=value)], [()])
    heading = table.headerData(ANSWER, Qt.Orientation.Horizontal)
    assert (heading, table.data(table.index(0, ANSWER))) == ("Answer", said)


@pytest.mark.parametrize(("width", "in_sight"), [(772, ANSWER + 2), (528, STATUS)])
def test_what_matters_of_a_trial_is_in_sight_in_a_small_window(
    open_page: OpenPage, qtbot: QtBot, width: int, in_sight: int
) -> None:
    page = open_page(pi_scaling.EXPERIMENT, 1000)
    open_tab(page, "Trials")
    page.begin(record([], parameters=pi_scaling.EXPERIMENT.defaults()), 1.0)
    page.add_trials([done("ceiling", 61, 1, 0.1, value=math.pi, abs_error=1e-7)])
    table = find(page, OneLineTable)
    table.setMinimumWidth(width)
    table.setMaximumWidth(width)
    qtbot.waitUntil(lambda: table.width() == width and not table._fit_soon.isActive())
    model = table.model()
    seen = [n for n in range(model.columnCount()) if not table.isColumnHidden(n)]
    right = [table.columnViewportPosition(n) + table.columnWidth(n) for n in seen]
    assert sum(edge <= table.viewport().width() for edge in right) >= in_sight - 1
    metrics = table.fontMetrics()
    for n in seen:
        text = str(model.index(0, n).data())
        if n not in (STATUS, ANSWER):
            assert metrics.horizontalAdvance(text) + BESIDE <= table.columnWidth(n)


@pytest.fixture
def trials(open_page: OpenPage) -> SweepStage:
    """The stage of a run in which ten trials have come, with their table in front."""
    page = open_page(pi_scaling.EXPERIMENT)
    stage = page._stage
    assert isinstance(stage, SweepStage)
    tabs = find(page, QTabWidget)
    tabs.setCurrentWidget(stage._table)
    page.begin(begun(), 1.0)
    come(stage, 0, 10)
    return stage


def come(stage: SweepStage, first: int, last: int) -> None:
    stage.add_trials(sweep(5)[first:last])
    for step in stage.steps():
        step()


def chosen(stage: SweepStage) -> list[int]:
    return sorted(index.row() for index in stage._table.selectionModel().selectedRows())


def test_several_trials_are_chosen_as_in_any_list(trials: SweepStage, qtbot: QtBot) -> None:
    table, keys = trials._table, Qt.KeyboardModifier
    qtbot.waitUntil(lambda: not table._fit_soon.isActive())

    def click(row: int, key: Qt.KeyboardModifier = keys.NoModifier) -> None:
        place = table.visualRect(table.model().index(row, 0)).center()
        qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, key, place)

    click(0)
    click(3, keys.ShiftModifier)
    assert chosen(trials) == [0, 1, 2, 3]
    click(1, keys.ControlModifier)
    assert chosen(trials) == [0, 2, 3]
    assert trials.trial_in_sight == trials._model.trial(1).order
    table.copy()
    assert len(QApplication.clipboard().text().splitlines()) == 4, "a heading and three trials"
    come(trials, 10, 12)
    assert chosen(trials) == [0, 2, 3]


def test_trials_that_come_leave_a_choice_of_several_alone(trials: SweepStage, qtbot: QtBot) -> None:
    assert chosen(trials) == [9], "the newest, while nobody has chosen"
    qtbot.keyClick(trials._table, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    come(trials, 10, 12)
    assert chosen(trials) == list(range(10))
    trials._table.clearSelection()
    come(trials, 12, 13)
    assert chosen(trials) == [12]


def test_a_point_of_the_chart_chooses_its_trial_alone(trials: SweepStage) -> None:
    trials._table.selectAll()
    trials._runtime.trial_chosen.emit(trials._model.trial(4))
    assert chosen(trials) == [4]
