"""Keys in the whole window: what a part has a use for does not reach the window's own actions."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QAction, QTextCursor
from PySide6.QtWidgets import (
    QApplication,
    QLabel,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QPushButton,
    QTableView,
    QWidget,
)
from pytestqt.qtbot import QtBot

from gui import experiments
from gui.lab import Lab
from gui.models.spans import Span, SpanBatch, SpanKind
from gui.views.comparison import ComparisonView
from gui.views.gallery import GalleryPage
from gui.views.timeline.widget import Timeline
from tests.gui.finding import find, open_tab
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
    assert seen, "no menu opened"
    entries = [one for one in seen[0].actions() if one.objectName()]
    return {one.objectName().removeprefix("export-"): one.isEnabled() for one in entries}


def test_ctrl_e_opens_what_can_be_taken_away_of_the_page_in_front(
    lab: Lab, stops: list[None], qtbot: QtBot, folder: Path
) -> None:
    assert export_key(lab, qtbot)["html"] is False  # nothing has run on this page
    lab.window.show_page(len(experiments.TITLES) + 1)
    qtbot.waitUntil(find(lab.window, GalleryPage).isVisible)
    assert export_key(lab, qtbot)["paper"] is False  # no files of a class were opened yet
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
    qtbot.waitUntil(lambda: find(gallery, QLabel, "gallery-title").text() == "2 runs")
    assert export_key(lab, qtbot)["paper"]


# ----------------------------------------------------------------------------- copy and select all


def copied(lab: Lab, qtbot: QtBot, part: QWidget, how: str) -> str:
    """Copy from a part by the key or by the menu; return what the clipboard has then."""
    QApplication.clipboard().setText("before")
    part.setFocus()
    qtbot.waitUntil(part.hasFocus)
    if how == "key":
        qtbot.keyClick(part, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    else:
        entry(lab, "&Copy").trigger()
    return QApplication.clipboard().text()


def select_all(lab: Lab, qtbot: QtBot, part: QWidget, how: str) -> None:
    part.setFocus()
    qtbot.waitUntil(part.hasFocus)
    if how == "key":
        qtbot.keyClick(part, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    else:
        entry(lab, "Select &all").trigger()


def entry(lab: Lab, label: str) -> QAction:
    return next(one for one in lab.window.menus._edit.actions() if one.text() == label)


@pytest.mark.parametrize("how", ["key", "menu"])
def test_what_is_selected_is_copied_wherever_it_is(
    lab: Lab, stops: list[None], qtbot: QtBot, how: str
) -> None:
    page = lab._pages[0]
    headline = find(page, QLabel, "headline")
    headline.setSelection(0, len("Press"))
    assert copied(lab, qtbot, headline, how) == "Press"

    lab._notices.say_of_history("The disk is full.")
    message = find(lab.window, QLabel, "history-message")
    message.setSelection(4, len("disk"))
    assert copied(lab, qtbot, message, how) == "disk"

    field = find(page, QLineEdit, "field-terms")
    field.setText("12345")
    field.setSelection(1, 2)
    assert copied(lab, qtbot, field, how) == "23"

    open_tab(page, "Code")
    code = find(page, QPlainTextEdit, "code")
    code.moveCursor(QTextCursor.MoveOperation.NextWord, QTextCursor.MoveMode.KeepAnchor)
    assert copied(lab, qtbot, code, how) == code.textCursor().selectedText() != ""


@pytest.mark.parametrize("how", ["key", "menu"])
def test_all_is_selected_and_copied_of_a_sentence_and_of_a_table(
    lab: Lab, stops: list[None], qtbot: QtBot, folder: Path, how: str
) -> None:
    headline = find(lab._pages[0], QLabel, "headline")
    select_all(lab, qtbot, headline, how)
    assert headline.selectedText() == headline.text() == copied(lab, qtbot, headline, how)

    put(folder, *(replace(begun(), status="finished") for _ in range(3)))
    table = at_the_list(lab, qtbot, 3)._table
    select_all(lab, qtbot, table, how)
    assert len(table.selectionModel().selectedRows()) == 3
    assert len(copied(lab, qtbot, table, how).splitlines()) == 4


def test_menus_tell_the_keys_that_they_leave_to_what_is_in_use(lab: Lab, stops: list[None]) -> None:
    assert entry(lab, "&Copy").shortcut().toString() == "Ctrl+C"
    assert entry(lab, "Select &all").shortcut().toString() == "Ctrl+A"
