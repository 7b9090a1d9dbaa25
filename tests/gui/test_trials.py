"""The table of trials: what its cells say."""

from __future__ import annotations

import math

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QTabWidget
from pytestqt.qtbot import QtBot

from core.experiments import pi_scaling
from gui.models.trials import ANSWER, STATUS, WORKERS, TrialTable
from gui.theme import Theme
from gui.views.fitting_table import FittingTable
from tests.core.making import done, record
from tests.gui.conftest import OpenPage
from tests.gui.finding import find


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
    tabs = find(page, QTabWidget)
    tabs.setCurrentIndex([tabs.tabText(at) for at in range(tabs.count())].index("Trials"))
    page.begin(record([], parameters=pi_scaling.EXPERIMENT.defaults()), 1.0)
    page.add_trials([done("ceiling", 2, 1, 0.1, value=math.pi, abs_error=1e-7)])
    table = find(page, FittingTable)
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
        if n not in (WORKERS, STATUS, ANSWER):
            assert metrics.horizontalAdvance(text) < table.columnWidth(n)
