"""The page "History": every run, to be found again, named, opened, continued, compared, deleted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QHideEvent, QKeyEvent, QKeySequence, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from core.results.history.listing import Page, Query, RunRow
from gui.models.history import NAME, STARTED, InWords, RunsModel
from gui.page_keys import DELETE, OPEN, RENAME, SEARCH, UNDO, PageKey
from gui.theme import Theme
from gui.views.export_button import ExportButton
from gui.views.frame import PageFrame
from gui.views.history_actions import STILL_READ, RunActions
from gui.views.history_details import RunDetails
from gui.views.history_table import RunTable
from gui.views.message_bar import MessageBar
from gui.views.result import Card

_REFRESH_MS = 400
_OTHERS_MS = 3000  # how soon runs of other programs are seen
_AT_TOP = QAbstractItemView.ScrollHint.PositionAtTop
_NONE_YET = (
    "There are no runs yet.\n\nPress Run on any page: every run is kept here while it happens,"
    " trial by trial, and nothing is lost when the program ends."
)
_NONE_FOUND = "No run has all of these words.\n\nClear the search, or choose all experiments."
_NONE_CHOSEN = "No run is chosen: choose one or more in the list."
_NONE_DELETED = "Nothing was deleted within the last thirty days."


class HistoryPage(PageFrame):
    """The list of runs; it tells what a person wants and shows what it is given. GUI thread.

    `page_wanted` carries a Query, whose answer is for `take_page`. Runs are named by their ids.
    `export_requested` says what shall be taken away of the runs that are selected.
    """

    page_wanted = Signal(object)
    export_requested = Signal(str)
    opened = Signal(object)
    continued = Signal(object)
    compared = Signal(list)
    gathered = Signal(list)
    renamed = Signal(int, str)
    noted = Signal(int, str)
    pinned = Signal(list, bool)
    deleted = Signal(list)
    restored = Signal(list)

    def __init__(self, titles: Mapping[str, str], settings_of: InWords, theme: Theme) -> None:
        super().__init__(theme)
        self._titles = titles
        self._gone: list[int] = []
        self._kept: dict[int, int] = {}  # which run stands in each row that is selected
        self._top: int | None = None  # the run that a person scrolled to, for that time too
        self._leaving: tuple[list[int], int] | None = None  # runs that are to go, and where
        self._busy = ""
        self._sorted = (STARTED, Qt.SortOrder.DescendingOrder)
        self.model = RunsModel(titles, settings_of, theme)
        self._heading, self._count, self._empty = QLabel("History"), QLabel(), QLabel()
        self._search, self._filter = QLineEdit(), QComboBox()
        self._actions = RunActions()
        self._table = RunTable(self.model, self._actions, theme)
        self._export = ExportButton(theme, of_run=False, has_charts=False)
        self._bar = MessageBar("undo", theme)
        self._details = RunDetails(settings_of, theme)
        self._places = QStackedWidget()
        self._refresh = QTimer(self)
        self._refresh.setSingleShot(True)
        self._refresh.setInterval(_REFRESH_MS)
        self._refresh.timeout.connect(self.look_again)
        self._others = QTimer(self)
        self._others.setInterval(_OTHERS_MS)
        self._others.timeout.connect(self._look_for_others)
        self._build()
        self._connect()
        self._restyle()
        self._show_chosen()

    @property
    def theme(self) -> Theme:
        """How things look; for what is shown beside the list."""
        return self._theme

    @property
    def selected(self) -> list[RunRow]:
        """The runs that are selected, from top to bottom; none before all of them are here."""
        rows = self._table.rows_chosen
        runs = [run for row in rows if (run := self.model.run(row)) is not None]
        return runs if len(runs) == len(rows) else []

    @property
    def why_none(self) -> str:
        """Say why `selected` has none."""
        return STILL_READ if self._table.rows_chosen else _NONE_CHOSEN

    def commit(self) -> None:
        """Tell what is being typed as it stands: a name in its editor, and the note."""
        if self._is_editing:
            self._table.commitData(self._table.indexWidget(self._table.currentIndex()))
        self._details.save()

    def take_page(self, query: Query, page: Page) -> None:
        """Take what `page_wanted` asked for; later, while a name is being typed."""
        if self._is_editing:
            self._refresh.start()
            return
        self._remember()
        self.model.take(query, page)
        if any(self._run_in(row) != run for row, run in self._kept.items()):  # others stand there
            self._choose_again()
        self._show_count()

    def show_changed(self) -> None:
        """Look again soon: something in the history is not as it was."""
        if self.isVisible() and not self._refresh.isActive():
            self._refresh.start()

    def show_busy(self, title: str) -> None:
        """Disable Continue while the experiment called `title` runs; empty when none does."""
        self._busy = title
        self._show_chosen()

    def offer_undo(self, runs: Sequence[int]) -> None:
        """Say what was deleted, and offer to bring it back."""
        self._gone = list(runs)
        count, them = ("1 run", "it") if len(runs) == 1 else (f"{len(runs)} runs", "them")
        self._bar.say(
            f"{count} deleted. For thirty days you find {them} under “Deleted” too.",
            "Undo",
            "Bring back what was deleted (Ctrl+Z)",
        )

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.look_again()
        self._others.start()

    def hideEvent(self, event: QHideEvent) -> None:
        self.commit()
        self._others.stop()
        super().hideEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let Down and Enter lead from the search to the first run."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._table.setFocus()
                if self.model.rowCount() and not self._table.rows_chosen:
                    self._table.selectRow(0)
                return True
            if event.key() == Qt.Key.Key_Escape and self._search.text():
                self._search.clear()
                return True
        return super().eventFilter(watched, event)

    # ------------------------------------------------------------------------------- building

    def _build(self) -> None:
        self._search.setPlaceholderText("Search names, notes, results, machines (Ctrl+F)")
        self._search.setClearButtonEnabled(True)
        self._search.setObjectName("history-search")
        self._search.setAccessibleName("Search runs")
        self._search.setToolTip("Only runs with all of these words, or parts of words")
        self._search.installEventFilter(self)
        self._filter.setObjectName("history-filter")
        self._filter.setAccessibleName("Which runs")
        self._filter.addItem("All experiments", ("", False))
        for name, title in self._titles.items():
            self._filter.addItem(title, (name, False))
        self._filter.insertSeparator(self._filter.count())
        self._filter.addItem("Deleted", ("", True))
        self._count.setProperty("muted", True)
        self._count.setObjectName("history-count")
        header = self._table.horizontalHeader()
        header.setSortIndicator(*self._sorted)
        header.setSortIndicatorShown(True)
        header.setSectionsClickable(True)
        self._empty.setObjectName("history-empty")
        self._empty.setWordWrap(True)
        self._empty.setProperty("muted", True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        top = QHBoxLayout()
        top.addWidget(self._heading)
        top.addWidget(self._count, 1)
        top.addWidget(self._search, 2)
        top.addWidget(self._filter)
        self._make_keys()
        card = Card()
        column = QVBoxLayout(card)
        column.setContentsMargins(8, 8, 8, 8)
        self._places.addWidget(self._table)
        self.setFocusProxy(self._table)
        self._places.addWidget(self._empty)
        column.addWidget(self._places)
        row = QHBoxLayout()
        row.addWidget(self._actions, 1)
        row.addWidget(self._export)
        layout = self._make_column()
        layout.addLayout(top)
        layout.addWidget(card, 1)
        layout.addWidget(self._bar)
        layout.addLayout(row)
        layout.addWidget(self._details)

    def _make_keys(self) -> None:
        self._act(SEARCH, self.search)
        self._act(UNDO, self._undo)
        for key, do in (
            (RENAME, self._actions.rename),
            (DELETE, self._actions.delete),
            (OPEN, self._actions.open),
        ):
            self._act(key, do, self._table)

    def _act(self, key: PageKey, do: Callable[[], None], where: QWidget | None = None) -> None:
        action = QAction(where or self)
        action.setShortcuts([QKeySequence.fromString(one) for one in key.keys])
        if where is not None:
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        action.triggered.connect(do)
        (where or self).addAction(action)

    def _connect(self) -> None:
        self.model.page_wanted.connect(self.page_wanted)
        self.model.renamed.connect(self.renamed)
        self.model.modelAboutToBeReset.connect(self._remember)
        self.model.modelReset.connect(self._choose_again)
        self.model.dataChanged.connect(self._show_chosen)
        self._search.textChanged.connect(self._ask)
        self._filter.currentIndexChanged.connect(self._ask)
        self._table.horizontalHeader().sortIndicatorChanged.connect(self._sort)
        self._table.selectionModel().selectionChanged.connect(self._show_chosen)
        self._table.doubleClicked.connect(
            lambda index: self._actions.rename() if index.column() == NAME else self._actions.open()
        )
        self._export.asked.connect(self._offer_export)
        self._export.chosen.connect(self.export_requested)
        actions = self._actions
        actions.opened.connect(self.opened)
        actions.continued.connect(self.continued)
        actions.compared.connect(self.compared)
        actions.gathered.connect(self.gathered)
        actions.rename_wanted.connect(self._edit_name)
        actions.pinned.connect(self.pinned)
        for signal, wanted in (
            (actions.deleted, self.deleted),
            (actions.restored, self.restored),
        ):
            signal.connect(self._leave)
            signal.connect(wanted)
        self._bar.acted.connect(self._undo)
        self._details.noted.connect(self.noted)
        self._theme.follow(self, self._restyle)

    # ------------------------------------------------------------------------------- asking

    def _ask(self) -> None:
        self._leaving = None  # other runs come now, in whose places nothing was deleted
        experiment, deleted = self._filter.currentData() or ("", False)
        self.model.ask(
            replace(
                self.model.query,
                text=self._search.text()[:500],
                experiment=experiment,
                deleted=deleted,
            )
        )

    def _sort(self, column: int, order: Qt.SortOrder) -> None:
        """Put the runs in the order of a column; where there is none, the arrow goes back."""
        if self.model.can_sort(column):
            self._sorted, self._leaving = (column, order), None
            self.model.sort(column, order)
        else:
            self._table.horizontalHeader().setSortIndicator(*self._sorted)

    @property
    def _is_editing(self) -> bool:
        """Whether a name is being typed, which new rows would take away."""
        return self._table.state() is QAbstractItemView.State.EditingState

    def look_again(self) -> None:
        """Ask again for what is in sight; the rest when it is."""
        top = self._table.rowAt(0)
        bottom = self._table.rowAt(self._table.viewport().height() - 1)
        in_sight = [row for row in (top, bottom) if row >= 0]
        self.model.refresh(in_sight or [0])

    def _look_for_others(self) -> None:
        """See what other programs have written, while nothing is measured here."""
        if not self._busy:
            self.look_again()

    def _show_count(self) -> None:
        count, query = self.model.rowCount(), self.model.query
        self._count.setText("1 run" if count == 1 else f"{count} runs")
        searched = query.text.strip() or query.experiment
        none = _NONE_FOUND if searched else _NONE_DELETED if query.deleted else _NONE_YET
        self._empty.setText(none)
        self._places.setCurrentIndex(0 if count else 1)

    def _run_in(self, row: int) -> int | None:
        """Give the id of the run that stands in a row, where it is known."""
        run = self.model.run(row)
        return None if run is None else run.id

    def _remember(self) -> None:
        self._remember_chosen()
        has_scrolled = self._table.verticalScrollBar().value() > 0
        top = self.model.run(self._table.rowAt(0))
        self._top = top.id if top is not None and has_scrolled and self.model.is_known else None

    def _remember_chosen(self) -> None:
        runs = ((row, self._run_in(row)) for row in self._table.rows_chosen)
        self._kept = {row: run for row, run in runs if run is not None}

    def _choose_again(self) -> None:
        """Select what was selected, wherever it is now; what is in sight stays there."""
        self._table.choose(self._rows_to_choose())
        self._remember_chosen()
        top = [] if self._top is None else self.model.places_of([self._top])
        if top:
            self._table.scrollTo(self.model.index(top[0], NAME), _AT_TOP)
        self._show_chosen()

    def _rows_to_choose(self) -> list[int]:
        """Find what was selected; where all that was deleted, the run that came in its place."""
        found = self.model.places_of(self._kept.values())
        if found or self._leaving is None:
            return found
        (gone, place), self._leaving = self._leaving, None
        has_next = gone == list(self._kept.values()) and self.model.rowCount() > 0
        return [min(place, self.model.rowCount() - 1)] if has_next else []

    def _leave(self, runs: list[int]) -> None:
        """Note where runs stand that are about to go, for the list that comes without them."""
        self._leaving = runs, min(self.model.places_of(runs), default=0)

    # ------------------------------------------------------------------------------- doing

    def search(self) -> None:
        """Let a person type what to look for."""
        self._search.setFocus()
        self._search.selectAll()

    def _edit_name(self) -> None:
        (index,) = self._table.selectionModel().selectedRows(NAME)
        self._table.setCurrentIndex(index)
        self._table.edit(index)

    def _undo(self) -> None:
        if self._gone:
            gone, self._gone = self._gone, []
            self._bar.hide()
            self._leaving = None
            self.restored.emit(gone)

    # ------------------------------------------------------------------------------- showing

    def _show_chosen(self) -> None:
        rows, runs = self._table.rows_chosen, self.selected
        self.model.want(rows)
        self._details.show_run(runs[0] if len(runs) == 1 else None, len(rows))
        is_read = bool(runs) or not rows
        self._actions.show_chosen(runs, is_read, self.model.query.deleted, self._busy)

    def _offer_export(self) -> None:
        self._export.offer(False, bool(self.selected), self.why_none)

    def _restyle(self) -> None:
        self._heading.setFont(self._theme.font(1.2, bold=True))
        self._empty.setFont(self._theme.font(1.1))
        self._search.setMinimumWidth(self._theme.px(120))
        self._dress_when_seen()
