"""Tables of what programs tell: widths, wrapping, what stands there before, and hands on them."""

from collections.abc import Callable, Iterator
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, Qt
from PySide6.QtGui import QFont, QFontMetrics, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QApplication,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTabWidget,
)
from pytestqt.qtbot import QtBot

from core.experiments import pi_scaling
from gui.models.told import RowTable, StateTable
from gui.theme import Theme
from gui.views.fitting_table import FittingTable
from gui.views.one_line_table import OneLineTable, WidestTexts, given_way
from gui.views.sweep import SweepStage
from gui.views.tables import Table
from gui.views.wrapping_table import WrappingTable, shared
from tests.gui.conftest import OpenPage
from tests.gui.finding import find
from tests.gui.sweeps import begun, sweep

ERROR = "TypeError: a generator cannot be packed, so it cannot travel to another process at all"


@pytest.fixture
def model() -> RowTable:
    return RowTable()


Hold = Callable[[Table], None]


@pytest.fixture
def hold(qtbot: QtBot) -> Iterator[Hold]:
    """Hold a table until it is closed, as its page does: what is left of its turns needs it."""
    held: list[Table] = []

    def take(table: Table) -> None:
        held.append(table)
        qtbot.addWidget(table)

    yield take
    held.clear()


@pytest.fixture
def table(model: RowTable, light: Theme, qtbot: QtBot) -> WrappingTable:
    made = WrappingTable(model, "Rows", light, "Rows appear here.")
    qtbot.addWidget(made)
    made.resize(600, 300)
    with qtbot.waitExposed(made):
        made.show()
    return made


def widths(table: FittingTable) -> list[int]:
    return [table.columnWidth(column) for column in range(table.model().columnCount())]


def test_every_cell_has_room_where_there_is_room_for_all(
    table: WrappingTable, model: RowTable, qtbot: QtBot
) -> None:
    model.append([{"total": 20000, "way": "Lock"}])  # as many letters as its heading, but wider
    qtbot.waitUntil(lambda: table.columnWidth(0) > 0 and not table._fit_soon.isActive())
    metrics = table.fontMetrics()
    assert table.columnWidth(0) > metrics.horizontalAdvance("20\u202f000")
    assert table.rowHeight(0) == table.verticalHeader().defaultSectionSize()


def test_long_texts_wrap_so_that_all_columns_are_in_sight(
    table: WrappingTable, model: RowTable, qtbot: QtBot
) -> None:
    row = {"thing": "a generator", "to": "processes", "error": ERROR, "way_around": ERROR}
    model.append([row, {"thing": "a number"}])
    qtbot.waitUntil(lambda: table.rowHeight(0) > table.rowHeight(1))
    assert sum(widths(table)) <= table.viewport().width()
    assert table.columnWidth(0) > table.fontMetrics().horizontalAdvance("a generator")
    table.resize(2400, 300)
    assert table.rowHeight(0) == table.rowHeight(1)


def test_a_text_of_several_lines_has_them_all(
    table: WrappingTable, model: RowTable, qtbot: QtBot
) -> None:
    model.append([{"said": "one\ntwo\nthree"}, {"said": "one"}])
    settle(table, qtbot)
    assert table.rowHeight(0) >= 3 * table.fontMetrics().height() > table.rowHeight(1)


THING = "an instance of multiprocessing.Value"


@pytest.mark.parametrize("width", [250, 420, 516, 600, 777])
def test_every_word_of_a_row_that_wraps_is_in_sight(
    table: WrappingTable, model: RowTable, light: Theme, width: int, qtbot: QtBot
) -> None:
    light.dress(table)  # its padding takes room, too
    table.resize(width, 300)
    row = {"thing": THING, "to": "interpreters", "arrives": "a proxy, one object", "error": ERROR}
    model.append([row | {"way_around": "a multiprocessing.Lock by the initializer"}, {"thing": 1}])
    qtbot.waitUntil(lambda: table.rowHeight(0) > table.rowHeight(1))
    for column in range(model.columnCount()):
        index, option, delegate = (
            model.index(0, column),
            QStyleOptionViewItem(),
            table.itemDelegate(),
        )
        assert isinstance(delegate, QStyledItemDelegate)
        table.initViewItemOption(option)
        delegate.initStyleOption(option, index)
        option.rect = table.visualRect(index)
        element, margin = QStyle.SubElement.SE_ItemViewItemText, QStyle.PixelMetric
        room = table.style().subElementRect(element, option, table)
        beside = table.style().pixelMetric(margin.PM_FocusFrameHMargin, None, table) + 1
        room = room.adjusted(beside, 0, -beside, 0)
        needed = option.fontMetrics.boundingRect(
            QRect(0, 0, room.width(), 10_000), Qt.TextFlag.TextWordWrap, option.text
        )
        assert needed.width() <= room.width()
        assert needed.height() <= room.height()
        assert model.data(index) == option.text.replace("\u200b", "")


def test_a_name_may_part_where_words_of_it_meet_and_a_number_may_not(
    table: WrappingTable, model: RowTable
) -> None:
    model.append([{"thing": f"{THING}, shared_counter, at 3.524 s"}])
    option, delegate = QStyleOptionViewItem(), table.itemDelegate()
    assert isinstance(delegate, QStyledItemDelegate)
    delegate.initStyleOption(option, model.index(0, 0))
    text = option.text.replace("\u200b", "|")
    assert text == "an instance of multiprocessing.|Value, shared_|counter, at 3.524 s"


def test_a_table_follows_new_rows_until_a_person_scrolls_up(
    table: WrappingTable, model: RowTable, qtbot: QtBot
) -> None:
    bar = table.verticalScrollBar()
    model.append([{"step": number} for number in range(100)])
    qtbot.waitUntil(lambda: bar.value() == bar.maximum() > 0)
    bar.setValue(3)
    model.append([{"step": 100}])
    qtbot.waitUntil(lambda: not table._fit_soon.isActive())
    assert bar.value() == 3


@pytest.mark.parametrize("text", ["short", ERROR], ids=["one line", "lines"])
def test_other_room_and_other_type_leave_who_has_scrolled_up_where_they_are(
    table: WrappingTable, model: RowTable, light: Theme, text: str, qtbot: QtBot
) -> None:
    bar = table.verticalScrollBar()

    def settled() -> None:
        qtbot.waitUntil(lambda: not table._fit_soon.isActive())

    model.append([{"step": number, "error": text, "way": text} for number in range(60)])
    settled()
    for place in (7, 0):
        bar.setValue(place)
        table.resize(table.width() - 20, 250)
        settled()
        assert bar.value() == place
        light.zoom(1)
        settled()
        assert bar.value() == place
    bar.setValue(bar.maximum())
    table.resize(500, 220)
    assert bar.value() == bar.maximum()
    light.zoom(1)
    settled()
    assert bar.value() == bar.maximum(), "who sees the last row still sees it"


def test_a_table_follows_rows_that_wrap(
    table: WrappingTable, model: RowTable, qtbot: QtBot
) -> None:
    bar = table.verticalScrollBar()
    for number in range(12):
        model.append([{"step": number, "error": ERROR * (1 + number % 3), "way": ERROR}])
        qtbot.waitUntil(lambda: not table._fit_soon.isActive())
        assert bar.value() == bar.maximum()
    assert bar.maximum() > 0


@pytest.fixture
def long(table: WrappingTable, model: RowTable, qtbot: QtBot) -> WrappingTable:
    """A table of many rows, each of several lines, all of which have them."""
    rows = [{"step": number, "error": ERROR * (1 + number % 3)} for number in range(1500)]
    model.append(rows)
    settle(table, qtbot)
    return table


def settle(table: WrappingTable, qtbot: QtBot) -> None:
    """Wait until all rows have their lines."""
    timers = table._fit_soon, table._turns._timer
    qtbot.waitUntil(lambda: not any(timer.isActive() for timer in timers), timeout=30_000)


def heights(table: WrappingTable, rows: range) -> list[int]:
    return [table.rowHeight(row) for row in rows]


def wanted(table: WrappingTable, rows: range) -> list[int]:
    """Tell how high rows are that have all the lines of their texts, and no more, as Qt has it."""
    usual = table.verticalHeader().defaultSectionSize()
    return [max(usual, table.sizeHintForRow(row)) for row in rows]


@pytest.mark.parametrize("place", [0, 700, -1], ids=["top", "middle", "end"])
def test_other_room_gives_rows_in_sight_their_lines_at_once_and_all_others_in_turns(
    long: WrappingTable, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, place: int
) -> None:
    bar, counted = long.verticalScrollBar(), list[int]()
    bar.setValue(place if place >= 0 else bar.maximum())
    before = bar.value(), long.rowHeight(0)
    settle(long, qtbot)

    def count(table: WrappingTable, row: int, column: int, width: int) -> int:
        counted.append(row)
        return height(table, row, column, width)

    height = WrappingTable._height
    monkeypatch.setattr(WrappingTable, "_height", count)
    long.resize(330, 300)
    first, last = long.rowAt(0), long.rowAt(long.viewport().height() - 1)
    seen = range(first, last + 1 if last >= 0 else 1500)
    assert 0 < len(counted) < 40
    assert heights(long, seen) == wanted(long, seen)
    assert long.rowHeight(350) != wanted(long, range(350, 351))[0]
    settle(long, qtbot)
    assert len(counted) == 1500
    assert heights(long, range(1500)) == wanted(long, range(1500))
    assert long.rowHeight(0) > before[1]
    assert bar.value() == (bar.maximum() if place < 0 else before[0])


def test_rows_that_come_into_sight_have_their_lines_then(long: WrappingTable) -> None:
    long.resize(330, 300)
    seen = range(600, 604)
    assert heights(long, seen) != wanted(long, seen)
    long.verticalScrollBar().setValue(600)
    assert heights(long, seen) == wanted(long, seen)


def test_rows_that_come_while_others_wait_for_their_lines_have_theirs(
    long: WrappingTable, model: RowTable, qtbot: QtBot
) -> None:
    long.resize(330, 300)
    model.append([{"step": 1500, "error": ERROR}])
    settle(long, qtbot)
    assert heights(long, range(1501)) == wanted(long, range(1501))
    long.resize(500, 300)
    model.append([{"step": 1501, "error": ERROR, "other": ERROR}])  # a column more
    settle(long, qtbot)
    assert heights(long, range(1502)) == wanted(long, range(1502))
    long.resize(330, 300)
    model.clear()
    settle(long, qtbot)


def test_a_future_has_room_for_all_its_states(light: Theme, qtbot: QtBot, hold: Hold) -> None:
    model = StateTable()
    table = WrappingTable(model, "Futures", light, "Futures appear here.")
    hold(table)
    table.resize(500, 300)
    table.show()
    model.note("F1", "PENDING", 0.1)
    qtbot.waitUntil(lambda: table.columnWidth(1) > 0)
    usual = table.rowHeight(0)
    for number, state in enumerate(("RUNNING", "CANCELLED", "CANCELLED_AND_NOTIFIED"), start=2):
        model.note("F1", state, number / 10)
    qtbot.waitUntil(lambda: table.rowHeight(0) > usual)
    assert table.columnWidth(1) > table.fontMetrics().horizontalAdvance("CANCELLED_AND_NOTIFIED")


def test_an_empty_table_says_what_will_be_there(
    table: WrappingTable, model: RowTable, qtbot: QtBot
) -> None:
    empty = table.grab().toImage()
    model.append([{"": None}])
    model.clear()
    table._empty = ""
    assert table.grab().toImage() != empty


def test_a_heading_names_its_unit() -> None:
    model = RowTable()
    names = ("returned_after_s", "per_increment_us", "overhead_percent", "at_work", "s")
    model.append([dict.fromkeys(names, 1)])
    from PySide6.QtCore import Qt

    assert [model.headerData(n, Qt.Orientation.Horizontal) for n in range(5)] == [
        "Returned after, s",
        "Per increment, µs",
        "Overhead, %",
        "At work",
        "S",
    ]


COLUMNS = st.lists(st.tuples(st.integers(0, 900), st.integers(0, 300)), min_size=1, max_size=9)


@given(COLUMNS, st.integers(0, 3000))
def test_a_width_is_shared_out(columns: list[tuple[int, int]], room: int) -> None:
    natural = [max(wanted, least) for wanted, least in columns]
    least = [min(wanted, low) for wanted, low in zip(natural, (c[1] for c in columns), strict=True)]
    given_out = shared(room, natural, least, 200)
    assert all(low <= width for low, width in zip(least, given_out, strict=True))
    assert all(width <= wanted for width, wanted in zip(given_out, natural, strict=True))
    if sum(natural) <= room:
        assert given_out == natural
    elif sum(least) > room:  # the last are scrolled to, so they are not squeezed
        out_of_sight = [end > room for end in accumulate(least)]
        for far, width, want in zip(out_of_sight, given_out, natural, strict=True):
            assert width >= min(want, 200) or not far
        assert sum(given_out[: out_of_sight.index(True)]) <= room
    else:  # and no pixel is left that one column more could use
        cut = [place for place, width in enumerate(given_out) if width < natural[place]]
        assert sum(given_out) + len(cut) > room


def test_trials_that_come_leave_who_has_scrolled_up_where_they_are(
    open_page: OpenPage, qtbot: QtBot
) -> None:
    page, trials = open_page(pi_scaling.EXPERIMENT), sweep(20)
    stage = page._stage
    assert isinstance(stage, SweepStage)
    tabs, table = find(page, QTabWidget), stage._table
    tabs.setCurrentWidget(table)
    page.begin(begun(), 1.0)
    bar = table.verticalScrollBar()

    def come(first: int, last: int) -> None:
        stage.add_trials(trials[first:last])
        for step in stage.steps():
            step()
        qtbot.waitUntil(lambda: not table._fit_soon.isActive())

    come(0, 60)
    assert bar.value() == bar.maximum() > 0
    bar.setValue(0)
    come(60, 65)
    assert bar.value() == 0
    assert [index.row() for index in table.selectionModel().selectedRows()] == [64]
    bar.setValue(bar.maximum())
    come(65, 70)
    assert bar.value() == bar.maximum()


def one_line(model: RowTable, theme: Theme) -> FittingTable:
    return OneLineTable(model, "Rows", theme, ())


def wrapping(model: RowTable, theme: Theme) -> FittingTable:
    return WrappingTable(model, "Rows", theme, "")


@pytest.mark.parametrize("make", [one_line, wrapping])
def test_other_type_is_measured_when_it_is_seen(
    model: RowTable,
    light: Theme,
    qtbot: QtBot,
    hold: Hold,
    make: Callable[[RowTable, Theme], FittingTable],
) -> None:
    def new() -> FittingTable:
        made = make(model, light)
        hold(made)
        return made

    model.append([{"who": f"worker {number}", "what": ERROR} for number in range(30)])
    table = new()

    def wants_as_much_as_a_new_one() -> bool:
        other = new()
        headers = table.verticalHeader(), other.verticalHeader()
        one, two = (header.defaultSectionSize() for header in headers)
        return table._natural == other._natural and one == two

    table.show()
    for steps in (2, 1, -1, 0):
        light.zoom(steps)
        qtbot.waitUntil(wants_as_much_as_a_new_one)
    before = list(table._natural)
    table.hide()
    light.zoom(2)
    QApplication.processEvents()
    assert table._natural == before, "what is not seen costs nothing"
    table.show()
    qtbot.waitUntil(wants_as_much_as_a_new_one)
    model.append([{"who": "worker 31", "what": "more"}])
    assert wants_as_much_as_a_new_one()


def test_rows_of_one_line_are_not_read_again_for_other_type(
    model: RowTable, light: Theme, qtbot: QtBot
) -> None:
    model.append([{"who": f"worker {number}", "what": ERROR} for number in range(500)])
    table = one_line(model, light)
    qtbot.addWidget(table)
    table.show()
    before = list(table._natural)
    model.rows = []  # what looks for the rows now finds none
    light.zoom(2)
    qtbot.waitUntil(lambda: table._natural[1] > before[1] + 50)


@given(st.lists(st.text(max_size=9), max_size=60), st.integers(6, 30), st.integers(6, 30))
def test_the_widest_texts_are_those_of_all(
    qapp: QApplication, texts: list[str], first: int, then: int
) -> None:
    widest, font = WidestTexts(), QFont()
    for size in (first, then, first):
        font.setPixelSize(size)
        metrics = QFontMetrics(font)
        widest.measure(metrics)
        for text in texts:
            widest.note(text, metrics)
        assert widest.width == max(map(metrics.horizontalAdvance, texts), default=0)


@given(
    st.lists(st.integers(0, 900), min_size=3, max_size=9),
    st.lists(st.tuples(st.integers(0, 2), st.integers(0, 300)), max_size=4),
    st.integers(0, 3000),
)
def test_the_least_important_columns_give_way_first(
    natural: list[int], order: list[tuple[int, int]], room: int
) -> None:
    given_out = given_way(room, natural, order)
    assert list(given_out) == list(range(len(natural)))
    assert all(given_out[n] <= wanted for n, wanted in enumerate(natural))
    if sum(natural) <= room:
        assert list(given_out.values()) == natural
    else:
        assert sum(given_out.values()) >= room  # no pixel is given away that could be used
    if sum(given_out.values()) > room:  # all that could be was given
        assert all(given_out[column] <= max(least, 0) for column, least in order)
    kept = set(range(len(natural))) - {column for column, _ in order}
    assert all(given_out[column] == natural[column] for column in kept)


def test_rows_that_give_way_keep_one_height_and_tell_the_rest(light: Theme, qtbot: QtBot) -> None:
    model = QStandardItemModel(0, 2)
    for step, error in (("1", ERROR), ("2", "none")):
        model.appendRow([QStandardItem(step), QStandardItem(error)])
    table = OneLineTable(model, "Rows", light, ((1, 60),))
    qtbot.addWidget(table)
    table.resize(300, 200)
    table.show()
    qtbot.waitUntil(lambda: table.columnWidth(1) > 60 and not table._fit_soon.isActive())
    assert table.rowHeight(0) == table.rowHeight(1)
    assert sum(widths(table)) == table.viewport().width()
    assert table._cut_short(model.index(0, 1)) == ERROR
    assert table._cut_short(model.index(1, 1)) == ""
    table.resize(1200, 200)
    assert table._cut_short(model.index(0, 1)) == ""


def test_a_text_that_wraps_is_not_cut_short_and_a_word_too_long_is(
    light: Theme, qtbot: QtBot, hold: Hold
) -> None:
    model = QStandardItemModel(0, 1)
    word = "a" * 200
    for text in (ERROR, f"a long {word}"):
        model.appendRow([QStandardItem(text)])
    table = WrappingTable(model, "Rows", light, "Empty")
    hold(table)
    table.resize(200, 300)
    table.show()
    qtbot.waitUntil(lambda: table.rowHeight(0) > table.verticalHeader().defaultSectionSize())
    assert table._cut_short(model.index(0, 0)) == ""
    assert table._cut_short(model.index(1, 0)) == f"a long {word}"


def drag(table: Table, column: int, by: int, qtbot: QtBot) -> int:
    """Drag the right edge of a column, and tell how wide it is then."""
    header = table.horizontalHeader()
    place = header.sectionViewportPosition(column) + header.sectionSize(column) - 1
    edge, view = QPoint(place, header.height() // 2), header.viewport()
    header.setAttribute(Qt.WidgetAttribute.WA_UnderMouse)
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=edge)
    qtbot.mouseMove(view, edge + QPoint(by, 0))
    dragged = header.sectionSize(column)
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=edge + QPoint(by, 0))
    return dragged


def test_a_column_that_was_dragged_keeps_its_width(
    table: WrappingTable, model: RowTable, qtbot: QtBot
) -> None:
    model.append([{"step": 1, "error": "short"}])
    qtbot.waitUntil(lambda: not table._fit_soon.isActive())
    dragged = drag(table, 0, 70, qtbot)
    model.append([{"step": 2, "error": ERROR}])
    qtbot.waitUntil(lambda: not table._fit_soon.isActive())
    assert table.columnWidth(0) == dragged


def test_a_column_of_given_width_keeps_what_it_was_dragged_to(
    model: RowTable, light: Theme, qtbot: QtBot
) -> None:
    model.append([{"whose": "Ada", "cpus": 2, "python": "3.11"}])
    table = Table(model, "Laptops", ("student 30 of us", "CPUs", ""), light)
    qtbot.addWidget(table)
    with qtbot.waitExposed(table):
        table.show()
    before = table.columnWidth(1)
    dragged = drag(table, 0, 70, qtbot)
    light.zoom(1)
    qtbot.waitUntil(lambda: table.columnWidth(1) > before)
    assert table.columnWidth(0) == dragged


def test_rows_are_copied_for_a_spreadsheet(
    table: WrappingTable, model: RowTable, qtbot: QtBot
) -> None:
    model.append([{"way": "a\tb", "total": 20000}, {"way": "=1+1", "total": 2}, {"way": "c"}])
    table.select(1)
    qtbot.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QApplication.clipboard().text() == "Way\tTotal\n'=1+1\t2\n"
    qtbot.keyClick(table, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QApplication.clipboard().text().splitlines()[1] == "a b\t20\u202f000"
    assert len(QApplication.clipboard().text().splitlines()) == 4
    menu = table.make_menu()
    assert [one.text() for one in menu.actions()] == ["&Copy", "Select &all"]
    menu.deleteLater()


def many(table: WrappingTable, model: RowTable, qtbot: QtBot) -> None:
    model.append([{"step": number, "way": "Lock"} for number in range(1000)])
    settle(table, qtbot)
    QApplication.clipboard().setText("before")


def test_to_choose_all_rows_asks_only_about_those_in_sight(
    table: WrappingTable, model: RowTable, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    many(table, model, qtbot)
    asked: list[int] = []
    flags = model.flags

    def counted(index: QModelIndex | QPersistentModelIndex) -> Qt.ItemFlag:
        asked.append(index.row())
        return flags(index)

    monkeypatch.setattr(model, "flags", counted)
    table.selectAll()
    table.grab()
    assert len(set(asked)) < 40
    assert table.rows_chosen == list(range(1000))


def test_many_rows_are_copied_in_turns(table: WrappingTable, model: RowTable, qtbot: QtBot) -> None:
    many(table, model, qtbot)
    table.copy()
    assert QApplication.clipboard().text() == "before"
    qtbot.waitUntil(lambda: QApplication.clipboard().text() != "before")
    lines = QApplication.clipboard().text().splitlines()
    assert lines[0] == "Step\tWay"
    assert lines[1:] == ["\t".join(table._texts(row)) for row in range(1000)]


def test_rows_that_are_being_copied_are_those_of_before_others_came(
    table: WrappingTable, model: RowTable, qtbot: QtBot
) -> None:
    many(table, model, qtbot)
    table.copy()
    model.clear()
    assert len(QApplication.clipboard().text().splitlines()) == 1001
