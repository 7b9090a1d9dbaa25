"""Names from anybody's file are text wherever Qt would look for HTML."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace
from PySide6.QtGui import Qt
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from core.experiments.base import Lines
from core.results.records import TrialError
from gui.models.measured import Measured
from gui.models.told import RowTable, StateTable
from gui.models.trials import TrialTable
from gui.plain import as_html, plain
from gui.theme import Theme
from gui.views.lines import LinesView
from gui.views.result import ResultPanel
from gui.views.scaling import RuntimeChart
from gui.views.story_timeline import StoryTimeline
from gui.views.trial_timeline import TrialTimeline
from tests.core.making import done, failed
from tests.gui.sweeps import begun

NASTY = "<img src='x'><b>bold</b>"
TIP = Qt.ItemDataRole.ToolTipRole


def is_obeyed(text: str) -> bool:
    """Tell whether Qt would make an image or bold letters of it."""
    return Qt.mightBeRichText(text) and ("<b>" in text or "<img" in text)


def test_plain_text_stays_and_what_looks_like_html_is_escaped() -> None:
    assert plain("2 < 3\nand more") == "2 < 3\nand more"
    assert not is_obeyed(plain(NASTY))
    long = "a word " * 40
    assert plain(long) != long, "Qt would write it in one line"
    assert Qt.mightBeRichText(plain(f"short\n{long}"))
    assert as_html("a <b>\nc") == "a &lt;b&gt;<br>c"


def labels(widget: QWidget) -> list[QLabel]:
    return widget.findChildren(QLabel)


def test_labels_and_their_tips(light: Theme, qtbot: QtBot) -> None:
    story, result, trial = StoryTimeline({}, light), ResultPanel(light), TrialTimeline(light)
    for widget in (story, result, trial):
        qtbot.addWidget(widget)
    story.tell(NASTY)
    result.show_message(NASTY, NASTY)
    trial.show_trial(done(NASTY, 2, 1, 0.5, value=1.0, abs_error=0.1))
    for label in (*labels(story), *labels(result), *labels(trial)):
        assert label.textFormat() is Qt.TextFormat.PlainText or "<img" not in label.text()
        assert not is_obeyed(label.toolTip())


def test_tips_of_tables(light: Theme) -> None:
    rows, states, trials = RowTable(), StateTable(), TrialTable(light)
    rows.append([{"way": NASTY}])
    states.note(NASTY, NASTY, 0.1)
    broken = replace(failed("threads", 1, 1, "x"), error=TrialError("E", NASTY))
    trials.append([broken], [()])
    tables: list[Any] = [rows, states, trials]
    for table in tables:
        for column in range(table.columnCount()):
            assert not is_obeyed(str(table.data(table.index(0, column), TIP) or ""))


@pytest.mark.parametrize("name", [NASTY, "threads"])
def test_legends(light: Theme, qtbot: QtBot, name: str) -> None:
    chart = RuntimeChart(light)
    lines = LinesView(Lines("t", "x", "y", "by", "x", "y"), light)
    for widget in (chart, lines):
        qtbot.addWidget(widget)
        widget.show()
    began = begun(executors=[name], workers=[1, 2])
    chart.expect(began, 1.0)
    measured = Measured(began)
    measured.add([done(name, 1, 1, 0.5)])
    chart.show_measured(measured)
    lines.show_rows([{"x": 1, "y": 2, "by": name}])
    for legend in (chart._legend, lines._legend):
        html = [label.item.toPlainText() for _, label in legend.items]
        assert name in html
