"""Keys in the whole window: what a part has a use for does not reach the window's own actions."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import (
    QApplication,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QTableView,
    QWidget,
)
from pytestqt.qtbot import QtBot

from gui.lab import Lab
from gui.models.spans import Span, SpanBatch, SpanKind
from gui.views.comparison import ComparisonView
from gui.views.gallery import GalleryPage
from gui.views.timeline.widget import Timeline
from tests.gui.finding import find
from tests.gui.sweeps import begun, sweep
from tests.gui.test_history_page import at_the_list, put, select


@pytest.fixture
def stops(lab: Lab, qtbot: QtBot) -> list[None]:
    """Count how often Stop was asked for, in a window that is ready for keys."""
    asked: list[None] = []
    lab.window.menus.stopped.connect(lambda: asked.append(None))
    lab.open()
    qtbot.waitUntil(lambda: lab.runs is not None, timeout=30_000)
    qtbot.waitUntil(lambda: lab._pages[0].findChild(Timeline) is not None)
    lab.window.activateWindow()
    return asked


def press(qtbot: QtBot, where: QWidget, key: Qt.Key) -> None:
    where.setFocus()
    qtbot.waitUntil(where.hasFocus)
    qtbot.keyClick(where, key)


def test_esc_stops_a_run_from_its_page(lab: Lab, stops: list[None], qtbot: QtBot) -> None:
    press(qtbot, find(lab._pages[0], QLineEdit), Qt.Key.Key_Escape)
    assert len(stops) == 1
    press(qtbot, find(lab._pages[0], Timeline), Qt.Key.Key_Escape)
    assert len(stops) == 2


def test_esc_in_a_timeline_first_chooses_none(lab: Lab, stops: list[None], qtbot: QtBot) -> None:
    timeline = find(lab._pages[0], Timeline)
    timeline.set_lanes(["a worker"])
    timeline.append(SpanBatch.of_spans([Span(0, SpanKind.TASK, 0.0, 1.0)]))
    press(qtbot, timeline, Qt.Key.Key_Right)
    chosen = [timeline.selected is not None]
    press(qtbot, timeline, Qt.Key.Key_Escape)
    chosen.append(timeline.selected is not None)
    assert chosen == [True, False]
    assert not stops
    press(qtbot, timeline, Qt.Key.Key_Escape)
    assert len(stops) == 1


@pytest.mark.parametrize("part", ["history-search", "history-note", "history-table", "nav"])
def test_esc_among_the_runs_stops_none(
    lab: Lab, stops: list[None], qtbot: QtBot, folder: Path, part: str
) -> None:
    put(folder, replace(begun(), status="finished"))
    page = at_the_list(lab, qtbot, 1)
    select(page, 0)
    search = find(page, QLineEdit, "history-search")
    search.setText("a word" if part == "history-search" else "")
    press(qtbot, find(lab.window, QWidget, part), Qt.Key.Key_Escape)
    assert search.text() == ""
    assert not stops


def test_who_leaves_a_comparison_is_at_the_list_again(
    lab: Lab, stops: list[None], qtbot: QtBot, folder: Path
) -> None:
    put(folder, *(replace(begun(), status="finished", trials=tuple(sweep(2))) for _ in range(2)))
    page = at_the_list(lab, qtbot, 2)
    select(page, 0, 1)
    find(page, QPushButton, "history-compare").click()
    qtbot.waitUntil(lambda: lab.window.findChild(ComparisonView) is not None, timeout=30_000)
    comparison = find(lab.window, ComparisonView)
    qtbot.waitUntil(comparison.isVisible)
    qtbot.keyClick(comparison, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(page.isVisible)
    qtbot.waitUntil(find(page, QTableView).hasFocus)
    assert len(page.selected) == 2


# ----------------------------------------------------------------------------- the menu of exports


def export_key(lab: Lab, qtbot: QtBot) -> dict[str, bool]:
    """Press Ctrl+E; return the entries of the menu that opens, and whether each can be chosen."""
    seen: list[QMenu] = []

    def look() -> None:
        menu = QApplication.activePopupWidget()
        if isinstance(menu, QMenu):
            seen.append(menu)
            menu.close()

    lab.window.activateWindow()  # offscreen, it is not in front again when a menu has closed
    qtbot.waitUntil(lab.window.isActiveWindow)
    looking = QTimer(lab)
    looking.timeout.connect(look)
    looking.start(10)
    qtbot.keyClick(lab.window, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    looking.stop()
    entries = [one for one in seen[0].actions() if one.objectName()] if seen else []
    return {one.objectName().removeprefix("export-"): one.isEnabled() for one in entries}


def test_ctrl_e_opens_what_can_be_taken_away_of_the_page_in_front(
    lab: Lab, stops: list[None], qtbot: QtBot, folder: Path
) -> None:
    assert export_key(lab, qtbot)["html"] is False  # nothing has run on this page
    put(folder, *(replace(begun(), status="finished", trials=tuple(sweep(2))) for _ in range(2)))
    page = at_the_list(lab, qtbot, 2)
    page._table.clearSelection()
    assert not any(export_key(lab, qtbot).values())
    select(page, 0, 1)
    of_the_list = export_key(lab, qtbot)
    assert of_the_list["csv"]
    assert of_the_list["futureslab"]
    assert "paper" not in of_the_list  # a list has no chart
    find(page, QPushButton, "history-compare").click()
    qtbot.waitUntil(lambda: lab.window.findChild(ComparisonView) is not None, timeout=30_000)
    qtbot.waitUntil(find(lab.window, ComparisonView).isVisible)
    assert export_key(lab, qtbot)["paper"]
    lab._show_class(page.selected)
    gallery = find(lab.window, GalleryPage)
    qtbot.waitUntil(lambda: "laptop" in find(gallery, QLabel, "gallery-title").text())
    assert export_key(lab, qtbot)["paper"]
