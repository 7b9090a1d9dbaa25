"""The page "History": finding, naming, opening, continuing, deleting; strange runs too."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import (
    QApplication,
    QLabel,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QPushButton,
    QTableView,
)
from pytestqt.qtbot import QtBot

from core.results.history.history import History
from core.results.history.listing import Page, Query, RunRow
from core.results.records import RunRecord, TrialError, TrialRecord
from gui import experiments
from gui.lab import Lab
from gui.models.history import (
    EXPERIMENT,
    FOUND,
    MACHINE,
    NAME,
    NUMBER,
    PAGE,
    STARTED,
    STATUS,
    RunsModel,
)
from gui.models.kept import made_ready
from gui.models.run_state import State
from gui.theme import Theme
from gui.views.history import HistoryPage
from gui.views.history_details import RunDetails
from gui.views.history_table import RunTable
from gui.views.message_bar import MessageBar
from tests.core.making import done, record
from tests.gui.finding import find, shown
from tests.gui.jobs import turns
from tests.gui.sweeps import begun, sweep

HISTORY = len(experiments.TITLES)


def row(number: int, **more: Any) -> RunRow:
    values: dict[str, Any] = {
        "id": number,
        "key": f"k{number}",
        "experiment": "pi-scaling",
        "started_at": "2026-01-01T00:00:00+00:00",
        "status": "finished",
        "planned": 4,
        "done": 4,
        "name": "",
        "note": "",
        "whose": "",
        "is_pinned": False,
        "deleted_at": None,
        "python": "3.11.7",
        "machine": "a CPU",
        "said": "2 processes are faster",
    }
    return RunRow(**{**values, **more})


# ------------------------------------------------------------------------------------ the model


class Asked:
    """A model of many runs, and every query that it asks."""

    def __init__(self, theme: Theme, count: int) -> None:
        self.count = count
        self.queries: list[Query] = []
        self.model = RunsModel({"pi-scaling": "π scaling"}, experiments.settings_of, theme)
        self.model.page_wanted.connect(self.queries.append)

    def answer(self, query: Query) -> None:
        assert query.limit == PAGE
        numbers = range(query.offset, min(self.count, query.offset + PAGE))
        self.model.take(query, Page(tuple(map(row, numbers)), self.count))


def test_ten_thousand_runs_are_asked_for_page_by_page_and_each_once(light: Theme) -> None:
    asked = Asked(light, 10_000)
    asked.model.ask(Query())
    asked.answer(asked.queries.pop())
    assert asked.model.rowCount() == 10_000
    for _ in range(2):
        for place in (5, 7_001, 7_002, 9_999):
            asked.model.index(place, NAME).data()
    assert [query.offset for query in asked.queries] == [7_000, 9_900]
    for query in asked.queries:
        asked.answer(query)
    last = asked.model.run(9_999)
    assert last is not None
    assert last.id == 9_999


def test_an_answer_that_nobody_waits_for_any_more_is_dropped(light: Theme) -> None:
    asked = Asked(light, 300)
    asked.model.ask(Query(text="l"))
    asked.model.ask(Query(text="laptop"))
    late, current = asked.queries
    asked.answer(current)
    asked.count = 7
    asked.answer(late)
    assert asked.model.rowCount() == 300


def test_a_page_tells_of_the_runs_that_have_changed_alone(light: Theme) -> None:
    asked = Asked(light, 60)
    asked.model.ask(Query())
    (query,) = asked.queries
    told: list[tuple[int, int]] = []
    asked.model.dataChanged.connect(lambda first, last: told.append((first.row(), last.row())))
    asked.answer(query)
    asked.answer(query)
    assert told == []
    rows = [row(number, done=3 if number in (20, 22) else 4) for number in range(60)]
    asked.model.take(query, Page(tuple(rows), 60))
    assert told == [(20, 22)]


def test_a_name_that_looks_like_html_is_shown_as_text(light: Theme) -> None:
    asked = Asked(light, 1)
    asked.model.ask(Query())
    evil = row(0, name="<img src=x> <b>me</b>")
    asked.model.take(asked.queries.pop(), Page((evil,), 1))
    tip = asked.model.index(0, NAME).data(Qt.ItemDataRole.ToolTipRole)
    assert "&lt;img" in tip
    assert "<img" not in tip


# ------------------------------------------------------------------------------------ the page


@pytest.fixture
def page(light: Theme, qtbot: QtBot) -> HistoryPage:
    titles = {"pi-scaling": "π scaling", "race": "Race"}
    return shown(qtbot, HistoryPage(titles, experiments.settings_of, light), 1000, 700)


def given(page: HistoryPage, *rows: RunRow) -> None:
    page.take_page(page.model.query, Page(rows, len(rows)))


def test_the_settings_that_are_not_the_usual_ones_are_told_of_a_run(page: HistoryPage) -> None:
    usual = experiments.find("pi-scaling").defaults()
    given(
        page,
        row(1, settings={**usual, "terms": 5000, "executors": ["serial"]}),
        row(2, settings=usual),
        row(3, settings={"size": 9}, experiment="not known here"),
    )
    tips = [page.model.index(n, EXPERIMENT).data(Qt.ItemDataRole.ToolTipRole) for n in range(3)]
    select(page, 0)
    told = find(page, QLabel, "history-words").text().splitlines()
    assert "Terms: 5000; Executors: Serial" in told
    assert "Terms: 5000; Executors: Serial" in tips[0]
    assert "All settings as the form has them at first" in tips[1]
    assert "9" not in tips[2]


def button(page: HistoryPage, name: str) -> QPushButton:
    found = page.findChild(QPushButton, f"history-{name}")
    assert isinstance(found, QPushButton)
    return found


def select(page: HistoryPage, *places: int) -> None:
    table = page.findChild(QTableView)
    assert isinstance(table, QTableView)
    table.clearSelection()
    selection = table.selectionModel()
    for place in places:
        flags = selection.SelectionFlag.Select | selection.SelectionFlag.Rows
        selection.select(page.model.index(place, 0), flags)


def test_a_run_is_known_by_the_number_of_the_command_line(page: HistoryPage) -> None:
    given(page, row(41), row(7))
    heading = page.model.headerData(NUMBER, Qt.Orientation.Horizontal)
    assert (heading, page.model.index(0, NUMBER).data()) == ("No.", "41")


@pytest.mark.parametrize("width", [810, 1080, 1700])
def test_all_columns_are_in_sight_and_what_was_found_has_the_rest(
    page: HistoryPage, qtbot: QtBot, width: int
) -> None:
    table = find(page, RunTable)
    table.setFixedWidth(width)
    long = "AMD EPYC, 2 CPUs, Debian GNU/Linux 12 (bookworm), Linux 6.18.44-fc-v657"
    given(page, row(12_345, said="2 threads: too noisy to say, 1.07 times", machine=long))
    qtbot.waitUntil(lambda: table.width() == width and not table._fit_soon.isActive())
    total = sum(table.columnWidth(n) for n in range(page.model.columnCount()))
    assert total == table.viewport().width()
    metrics = table.fontMetrics()
    for column in (NUMBER, STARTED, STATUS):
        text = page.model.index(0, column).data()
        assert metrics.horizontalAdvance(text) < table.columnWidth(column)
    assert table.columnWidth(FOUND) >= table.columnWidth(MACHINE) or width > 1500


def test_a_heading_that_orders_nothing_leaves_the_order_as_it_is(
    page: HistoryPage, qtbot: QtBot
) -> None:
    given(page, row(1), row(2))
    header = find(page, RunTable).horizontalHeader()
    for column, said in ((NAME, NAME), (FOUND, NAME)):
        place = QPoint(header.sectionViewportPosition(column) + 9, header.height() // 2)
        qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=place)
        assert header.sortIndicatorSection() == said
    assert page.model.query.order == "name"


def test_what_cannot_be_done_says_why(page: HistoryPage) -> None:
    given(page, row(1), row(2, status="interrupted"), row(3, status="running"))
    assert button(page, "open").toolTip() == "Choose a run first"
    select(page, 0)
    assert button(page, "open").isEnabled()
    assert button(page, "continue").toolTip() == "It came to its end"
    select(page, 1)
    assert button(page, "continue").isEnabled()
    page.show_busy("Race")
    assert button(page, "continue").toolTip() == "“Race” is running"
    select(page, 2)
    assert "goes on" in button(page, "delete").toolTip()
    select(page, 0, 1)
    assert button(page, "compare").isEnabled()
    assert not button(page, "open").isEnabled()


def test_the_menu_of_the_list_has_the_actions_on_runs_and_on_rows(
    page: HistoryPage, qtbot: QtBot
) -> None:
    given(page, row(1), row(2))
    select(page, 0)
    table = find(page, RunTable)
    deleted: list[list[int]] = []
    page.deleted.connect(deleted.append)
    reason = QContextMenuEvent.Reason.Mouse
    QApplication.sendEvent(table.viewport(), QContextMenuEvent(reason, QPoint(9, 9), QPoint(9, 9)))
    (menu,) = [one for one in table.findChildren(QMenu) if one.isVisible()]
    entries = {one.text().replace("&", ""): one for one in menu.actions() if one.text()}
    assert list(entries)[:2] == ["Open", "Continue"]
    assert list(entries)[-2:] == ["Copy", "Select all"]
    assert not entries["Compare"].isEnabled()
    entries["Delete"].trigger()
    assert deleted == [[1]]
    menu.close()


def test_keys_do_what_people_expect(page: HistoryPage, qtbot: QtBot) -> None:
    given(page, row(1), row(2), row(3))
    table = page.findChild(QTableView)
    assert isinstance(table, QTableView)
    deleted: list[list[int]] = []
    opened: list[RunRow] = []
    restored: list[list[int]] = []
    renamed: list[tuple[int, str]] = []
    page.deleted.connect(deleted.append)
    page.opened.connect(opened.append)
    page.restored.connect(restored.append)
    page.renamed.connect(lambda run, name: renamed.append((run, name)))
    page.activateWindow()
    search = page.findChild(QLineEdit, "history-search")
    assert isinstance(search, QLineEdit)
    qtbot.keyClick(page, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(search.hasFocus)
    qtbot.keyClick(search, Qt.Key.Key_Down)
    assert table.hasFocus()
    qtbot.keyClick(table, Qt.Key.Key_Return)
    assert [run.id for run in opened] == [1]
    select(page, 1)
    qtbot.keyClick(table, Qt.Key.Key_F2)
    editor = table.findChild(QLineEdit)
    assert isinstance(editor, QLineEdit)
    editor.setText("  on   battery ")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(renamed))
    assert renamed == [(2, "on battery")]
    table.setFocus()
    select(page, 1, 2)
    qtbot.keyClick(table, Qt.Key.Key_Delete)
    assert deleted == [[2, 3]]
    page.offer_undo([2, 3])
    qtbot.keyClick(page, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert restored == [[2, 3]]
    qtbot.keyClick(page, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert restored == [[2, 3]], "what was brought back is not brought back twice"


def test_home_and_end_go_to_the_first_and_the_last_run(page: HistoryPage, qtbot: QtBot) -> None:
    given(page, row(1), row(2), row(3))
    page.show()
    select(page, 1)
    table = find(page, RunTable)
    for key, place in ((Qt.Key.Key_End, 2), (Qt.Key.Key_Home, 0)):
        qtbot.keyClick(table, key)
        assert table.rows_chosen == [place]


def test_of_several_that_are_chosen_their_number_is_told(page: HistoryPage) -> None:
    given(page, row(1), row(2), row(3))
    words = find(page, QLabel, "history-words")
    assert words.text().startswith("Choose a run")
    select(page, 0, 2)
    assert words.text().startswith("2 runs are chosen")
    select(page, 1)
    assert words.text().startswith("Run ")


def test_a_list_that_changes_keeps_what_is_chosen(page: HistoryPage) -> None:
    given(page, row(1), row(2), row(3))
    select(page, 1)
    given(page, row(9), row(1), row(2), row(3))
    assert [run.id for run in page.selected] == [2]


def test_many_runs_that_are_chosen_stay_so_and_are_told_of_once(
    page: HistoryPage, qtbot: QtBot
) -> None:
    rows = [row(number) for number in range(60)]
    given(page, *rows)
    table = find(page, RunTable)
    chosen = [number for number in range(60) if number % 7]
    select(page, *chosen)
    told: list[int] = []
    table.selectionModel().selectionChanged.connect(lambda: told.append(len(table.rows_chosen)))
    given(page, *rows)
    assert told == [], "nothing has changed"
    given(page, row(99), *rows)
    assert told == [len(chosen)]
    assert [run.id for run in page.selected] == chosen
    given(page, *reversed([row(99), *rows]))
    assert sorted(run.id for run in page.selected) == chosen


class Answering:
    """A history of 250 runs that answers a page's queries when it is told to."""

    def __init__(self, page: HistoryPage) -> None:
        self.page = page
        self.runs = [row(number) for number in range(250)]
        self.asked: list[Query] = []
        page.page_wanted.connect(self.asked.append)
        page._ask()
        self.answer()

    def answer(self) -> None:
        asked, self.asked[:] = list(self.asked), []
        for query in asked:
            there = self.runs[query.offset : query.offset + PAGE]
            self.page.take_page(query, Page(tuple(there), len(self.runs)))


def test_all_that_are_highlighted_are_acted_upon_once_they_are_read(
    page: HistoryPage,
) -> None:
    history, table = Answering(page), find(page, RunTable)
    deleted: list[list[int]] = []
    page.deleted.connect(deleted.append)
    table.selectAll()
    assert [query.offset for query in history.asked] == [100, 200]
    assert page.selected == []
    for name in ("open", "compare", "pin", "delete"):
        assert "still being read" in button(page, name).toolTip()
    button(page, "delete").click()
    assert deleted == []
    history.answer()
    assert page.selected == history.runs
    assert table.rows_chosen == list(range(250))
    button(page, "delete").click()
    assert deleted == [[run.id for run in history.runs]]


def test_all_that_are_to_be_copied_are_read_first(page: HistoryPage, qtbot: QtBot) -> None:
    history, table = Answering(page), find(page, RunTable)
    clipboard = QApplication.clipboard()
    clipboard.setText("before")
    table.copy()
    assert clipboard.text() == "before"
    history.answer()
    qtbot.waitUntil(lambda: clipboard.text() != "before")
    lines = clipboard.text().splitlines()
    assert len(lines) == 251
    assert [line.split("\t")[NUMBER] for line in lines[1:]] == [str(n) for n in range(250)]
    clipboard.setText("after")
    page.look_again()
    history.runs[0] = row(0, name="another")
    history.answer()
    turns(qtbot, table, 5)
    assert clipboard.text() == "after", "it was copied once"


def test_what_is_in_sight_stays_there_when_runs_come(page: HistoryPage, qtbot: QtBot) -> None:
    table, rows = find(page, QTableView), [row(number) for number in range(60)]
    given(page, *rows)
    select(page, 0)
    bar = table.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 0)
    bar.setValue(bar.maximum() // 2)
    first = page.model.run(table.rowAt(0))
    assert first is not None
    given(page, row(99), *rows)
    assert page.model.run(table.rowAt(0)) == first
    assert [run.id for run in page.selected] == [0]
    bar.setValue(0)
    given(page, row(101), row(99), *rows)
    assert table.rowAt(0) == 0, "who is at the top sees what is new"


def test_after_a_run_was_deleted_the_next_one_is_chosen(page: HistoryPage, qtbot: QtBot) -> None:
    table, rows = find(page, QTableView), [row(number) for number in range(4)]
    given(page, *rows)
    page.activateWindow()
    page.setFocus()
    qtbot.waitUntil(table.hasFocus)
    select(page, 1)
    for gone, chosen in ((1, 2), (2, 3), (3, 0)):
        with qtbot.waitSignal(page.deleted) as deleted:
            qtbot.keyClick(table, Qt.Key.Key_Delete)
        assert deleted.args == [[gone]]
        rows = [one for one in rows if one.id != gone]
        given(page, *rows)
        assert [run.id for run in page.selected] == [chosen]
        assert page.model.run(table.currentIndex().row()) == page.selected[0]
    given(page, row(9))
    assert page.selected == [], "what goes otherwise leaves nothing chosen"


@pytest.mark.parametrize("meanwhile", ["it went and came back", "it could not be deleted"])
@pytest.mark.parametrize("then", ["searched", "sorted"])
def test_a_deletion_that_is_over_chooses_nothing_in_another_list(
    page: HistoryPage, meanwhile: str, then: str
) -> None:
    rows = [row(number) for number in range(4)]
    given(page, *rows)
    select(page, 2)
    button(page, "delete").click()
    if meanwhile == "it went and came back":
        given(page, *rows[:2], rows[3])
        page.offer_undo([2])
        page._bar._action.click()
        given(page, *rows)
        select(page, 2)
    if then == "searched":
        find(page, QLineEdit, "history-search").setText("what run 2 lacks")
    else:
        page._sort(NAME, Qt.SortOrder.AscendingOrder)
    given(page, row(7), row(8), row(9))
    assert page.selected == []


def test_a_name_that_is_being_typed_is_not_taken_away_by_new_rows(
    page: HistoryPage, qtbot: QtBot
) -> None:
    given(page, row(1), row(2))
    table = page.findChild(QTableView)
    assert isinstance(table, QTableView)
    page.activateWindow()
    table.setFocus()
    qtbot.waitUntil(table.hasFocus)
    select(page, 0)
    qtbot.keyClick(table, Qt.Key.Key_F2)
    editor = table.findChild(QLineEdit)
    assert isinstance(editor, QLineEdit)
    editor.setText("lid clo")
    given(page, row(1, done=2), row(2))
    given(page, row(9), row(1), row(2))
    assert editor.text() == "lid clo"
    with qtbot.waitSignal(page.renamed) as renamed:
        qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert renamed.args == [1, "lid clo"]
    with qtbot.waitSignal(page.page_wanted):
        pass  # what came meanwhile is asked for again


def test_a_note_is_kept_also_when_another_run_is_chosen_at_once(light: Theme, qtbot: QtBot) -> None:
    details = RunDetails(experiments.settings_of, light)
    qtbot.addWidget(details)
    noted: list[tuple[int, str]] = []
    details.noted.connect(lambda run, note: noted.append((run, note)))
    note = details.findChild(QPlainTextEdit)
    assert isinstance(note, QPlainTextEdit)
    details.show_run(row(1))
    note.setPlainText("the fan was loud")
    details.show_run(row(1, done=3))
    assert note.toPlainText() == "the fan was loud", "a refresh must not take it away"
    details.show_run(row(2, note="another"))
    assert noted == [(1, "the fan was loud")]
    assert note.toPlainText() == "another"
    details.show_run(row(3))
    assert noted == [(1, "the fan was loud")]


# ------------------------------------------------------------------------------------ the whole


def at_the_list(lab: Lab, qtbot: QtBot, count: int) -> HistoryPage:
    """Open the window, go to the list, and wait for its rows."""
    lab.open()
    qtbot.waitUntil(lambda: lab.runs is not None, timeout=30_000)
    lab.window.show_page(HISTORY)
    page = lab._history
    assert page is not None
    qtbot.waitUntil(lambda: page.model.is_known and page.model.rowCount() == count)
    return page


def bar_says(lab: Lab, name: str) -> str:
    bars = [bar for bar in lab.window.findChildren(MessageBar, f"{name}-bar") if bar.isVisible()]
    return bars[0]._sentence.text() if bars else ""


def put(folder: Path, *records: RunRecord) -> None:
    history = History(folder, experiments.headline)
    for one in records:
        history.begin().save(one).result()
    history.shutdown()


def table_of(lab: Lab, place: int) -> list[list[Any]]:
    """Read the table of trials of a page, whatever is in it."""
    models = [table.model() for table in lab._pages[place].findChildren(QTableView)]
    model = next((model for model in models if model.rowCount()), None)
    if model is None:
        return []
    return [
        [model.index(r, c).data() for c in range(model.columnCount())]
        for r in range(model.rowCount())
    ]


@pytest.mark.parametrize("place", [0, 1], ids=["a sweep", "a story"])
def test_a_run_is_opened_as_it_was_seen(lab: Lab, qtbot: QtBot, place: int) -> None:
    lab.open()
    qtbot.waitUntil(lambda: lab.runs is not None, timeout=30_000)
    runs = lab.runs
    assert runs is not None
    lab.window.show_page(place)
    qtbot.waitUntil(lambda: lab._pages[place].is_finished)
    small = {"terms": 20_000, "workers": (1, 2), "blocks": 2}
    lab._pages[place].set_values(small if place == 0 else {"increments": 77})
    lab._pages[place].request_run()
    qtbot.waitUntil(lambda: runs.controller.state is State.FINISHED, timeout=60_000)
    redraw = lab._pages[place]._redraw
    qtbot.waitUntil(lambda: not redraw._rest.isActive() and not redraw._steps)
    assert table_of(lab, place)
    live, said = table_of(lab, place), find(lab._pages[place], QLabel, "headline").text()
    values = lab._pages[place]._form.values()
    # Something else stands there in between.
    lab._pages[place].begin(begun(), 1.0)
    lab._pages[place].set_values(experiments.at(place).defaults())
    listed = at_the_list(lab, qtbot, 1)
    select(listed, 0)
    button(listed, "open").click()
    qtbot.waitUntil(lambda: lab.window.page == place)
    headline = find(lab._pages[place], QLabel, "headline")
    qtbot.waitUntil(lambda: headline.text() == said, timeout=10_000)
    qtbot.waitUntil(lambda: table_of(lab, place) == live, timeout=10_000)
    assert lab._pages[place]._form.values() == values
    assert "Run 1, " in bar_says(lab, "kept")
    assert "finished" in bar_says(lab, "kept")


def test_a_kept_run_is_left_when_another_begins_and_not_before(
    lab: Lab, qtbot: QtBot, folder: Path
) -> None:
    put(folder, replace(begun(), status="finished", trials=tuple(sweep(2))))
    page = at_the_list(lab, qtbot, 1)
    select(page, 0)
    button(page, "open").click()
    qtbot.waitUntil(lambda: bool(bar_says(lab, "kept")) and bool(table_of(lab, 0)))
    shown_there = lab._pages[0]
    values = experiments.at(0).defaults() | {"terms": 20_000, "workers": (1, 2), "blocks": 2}
    shown_there.run_requested.emit(values | {"pythons": ("9.9",)})
    assert "9.9" in shown_there._result._notice._sentence.text()
    assert bar_says(lab, "kept").startswith("Run 1, ")
    assert table_of(lab, 0)
    assert lab.runs is not None
    with qtbot.waitSignal(lab.runs.controller.run_started, timeout=30_000):
        shown_there.run_requested.emit(values)
    assert bar_says(lab, "kept") == ""


def test_an_interrupted_run_goes_on_and_is_the_same_run(
    lab: Lab, qtbot: QtBot, folder: Path
) -> None:
    lab.open()
    qtbot.waitUntil(lambda: lab.runs is not None, timeout=30_000)
    runs = lab.runs
    assert runs is not None
    lab._pages[0].set_values({"terms": 1_000_000, "workers": (1, 2), "blocks": 3})
    lab._pages[0].request_run()
    run = runs.controller
    qtbot.waitUntil(lambda: run.run is not None and len(run.run.trials) > 4, timeout=60_000)
    run.stop()
    qtbot.waitUntil(lambda: run.state is State.STOPPED, timeout=60_000)
    assert run.run is not None
    done_before = [trial for trial in run.run.trials if trial.status == "done"]
    planned = len(run.run.plan)
    page = at_the_list(lab, qtbot, 1)
    select(page, 0)
    button(page, "continue").click()
    qtbot.waitUntil(lambda: run.state is State.FINISHED, timeout=60_000)
    lab.close()
    history = History(folder)
    (kept,) = history.page().result().rows
    whole = history.open(kept.id).result()
    history.shutdown()
    assert (kept.status, kept.done) == ("finished", planned)
    assert list(whole.trials[: len(done_before)]) == done_before
    assert sorted(trial.order for trial in whole.trials) == list(range(1, planned + 1))


def test_a_run_of_another_machine_is_not_continued_and_that_is_said(
    lab: Lab, qtbot: QtBot, folder: Path
) -> None:
    begun_there = begun(terms=20_000, workers=(1, 2))
    put(folder, replace(begun_there, status="interrupted", trials=tuple(sweep(1)[:2])))
    page = at_the_list(lab, qtbot, 1)
    select(page, 0)
    button(page, "continue").click()
    assert lab.runs is not None
    controller = lab.runs.controller
    qtbot.waitUntil(lambda: controller.state is State.FAILED, timeout=30_000)
    text = lab._pages[0]._result._notice._sentence.text()
    assert "another machine" in text
    assert "Run it again" in text


STRANGE_EVENTS: tuple[dict[str, Any], ...] = (
    {"kind": "row"},
    {"kind": "row", "way": [1, {"a": None}]},
    {"kind": "span", "lane": 3, "start": "x", "end": None},
    {"kind": "span", "lane": "a", "start": 1e308, "end": -1e308, "state": ["no"]},
    {"kind": "mark"},
    {"kind": ["what"]},
    {},
    {"kind": "asks", "prompt": "Which way?"},
    {"kind": "code", "source": None, "line": {}, "marked": 0, "instruction": []},
    {"kind": "state", "future": "f", "state": "DONE", "t": True},
    {"kind": "goes_on", "who": "A"},
    {"kind": "note", "text": "<b>told</b>"},
)


def strange() -> dict[str, RunRecord]:
    """Make records that no run of ours could have made."""
    odd: TrialRecord = done("antigravity", 3, 1, 0.5, name="odd", events=STRANGE_EVENTS)
    bad = replace(odd, status="failed", error=TrialError("E", "<i>failed</i>"), work_s=None)
    return {
        "a sweep without settings": record([odd, bad], parameters={}),
        "a sweep with strange settings": record(
            [odd, done("threads", 2, 1, 0.0)],
            parameters={"workers": "many", "executors": [3], "terms": {"a": []}, "blocks": None},
        ),
        "a sweep without trials": record([], status="interrupted"),
        **{
            name: record([odd, bad], experiment=name, parameters={"workers": [None]})
            for name in experiments.names()
            if name != "pi-scaling"
        },
    }


@pytest.mark.parametrize("what", strange())
def test_a_strange_run_is_a_page_or_a_sentence_and_never_a_traceback(
    lab: Lab, qtbot: QtBot, folder: Path, what: str
) -> None:
    put(folder, strange()[what])
    page = at_the_list(lab, qtbot, 1)
    select(page, 0)
    with qtbot.captureExceptions() as failures:
        button(page, "open").click()
        kept = lab._kept
        assert kept is not None
        qtbot.waitUntil(lambda: lab.window.page != HISTORY and not kept._replays, timeout=10_000)
        qtbot.wait(300)  # the page draws by timers
        lab.window.grab()
    assert not failures
    assert bar_says(lab, "kept")


def test_a_run_of_an_unknown_experiment_is_a_sentence(lab: Lab, qtbot: QtBot, folder: Path) -> None:
    put(folder, record([], experiment="of-tomorrow"))
    page = at_the_list(lab, qtbot, 1)
    select(page, 0)
    button(page, "open").click()
    qtbot.waitUntil(lambda: "of-tomorrow" in bar_says(lab, "history"))
    assert "newer" in bar_says(lab, "history")
    assert lab.window.page == HISTORY


def test_a_run_that_is_pinned_stays_selected_where_it_goes(
    lab: Lab, qtbot: QtBot, folder: Path
) -> None:
    put(folder, *(replace(begun(), status="finished") for _ in range(3)))
    page = at_the_list(lab, qtbot, 3)
    select(page, 2)
    (last,) = page.selected
    button(page, "pin").click()
    qtbot.waitUntil(lambda: (run := page.model.run(0)) is not None and run.id == last.id)
    assert [run.id for run in page.selected] == [last.id]


def test_rename_note_pin_delete_and_undo_reach_the_history(
    lab: Lab, qtbot: QtBot, folder: Path
) -> None:
    put(folder, *(replace(begun(), status="finished") for _ in range(3)))
    page = at_the_list(lab, qtbot, 3)
    select(page, 0)
    (first,) = page.selected
    page.model.setData(page.model.index(0, NAME), "mine", Qt.ItemDataRole.EditRole)
    page.noted.emit(first.id, "loud")
    button(page, "pin").click()
    qtbot.waitUntil(lambda: bool(page.selected) and page.selected[0].is_pinned)
    button(page, "delete").click()
    qtbot.waitUntil(lambda: page.model.rowCount() == 2)
    assert "1 run deleted. For thirty days you find it under" in bar_says(lab, "undo")
    page._bar._action.click()
    qtbot.waitUntil(lambda: page.model.rowCount() == 3)
    lab.close()
    history = History(folder)
    row = history.row(first.id).result()
    history.shutdown()
    assert (row.name, row.note, row.is_pinned, row.deleted_at) == ("mine", "loud", True, None)


@pytest.mark.parametrize("by", ["window", "signal"])
def test_what_was_typed_just_before_closing_is_kept(
    lab: Lab, qtbot: QtBot, folder: Path, by: str
) -> None:
    put(folder, *(replace(begun(), status="finished") for _ in range(2)))
    page = at_the_list(lab, qtbot, 2)
    lab.window.activateWindow()
    note, table = find(page, QPlainTextEdit, "history-note"), find(page, QTableView)
    select(page, 0)
    (noted,) = page.selected
    note.setFocus()
    qtbot.waitUntil(note.hasFocus)
    qtbot.keyClicks(note, "the fan was loud")
    table.setFocus()
    qtbot.keyClick(table, Qt.Key.Key_F2)
    editor = find(table, QLineEdit)
    qtbot.waitUntil(editor.hasFocus)
    qtbot.keyClicks(editor, "on battery")
    if by == "window":
        lab.window.close()
    else:
        lab.close()  # as `main` does when the event loop was ended by a signal
    history = History(folder)
    row = history.row(noted.id).result()
    history.shutdown()
    assert (row.name, row.note) == ("on battery", "the fan was loud")


def test_what_is_left_out_of_a_run_is_only_what_no_view_could_show() -> None:
    race = experiments.at(1)
    trial = done("threads", 1, 1, 0.1, events=STRANGE_EVENTS, rows=({"n": 1},))
    kept = made_ready(row(1), 1, race, record([trial], experiment="race"))
    kinds = [event["kind"] for _, events in kept.told for event in events]
    assert not {"asks", "goes_on"} & set(kinds)
    assert "note" in kinds
    assert json.loads(msgspec.json.encode(kept.record.trials[0].events)) == list(STRANGE_EVENTS)
