"""The list of runs as a Qt model, fed page by page: ten thousand rows are known by their number."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor

from core.results.history.listing import Order, Page, Query, RunRow
from gui.models.headed import NOWHERE, HeadedTable, Heading, Index
from gui.plain import plain
from gui.theme import Theme

InWords = Callable[[RunRow], str]
PAGE = 100
PIN, NUMBER, STARTED, EXPERIMENT, NAME, STATUS, FOUND, TRIALS, PYTHON, MACHINE = range(10)
CAN_GO_ON = frozenset({"interrupted", "stopped"})
_HEADINGS = (
    Heading("★", "Pinned runs stay on top."),
    Heading(
        "No.",
        "The number by which the command line knows it: history show, export, continue.",
        is_figure=True,
    ),
    Heading("Started", "When the run began."),
    Heading("Experiment", "What was run."),
    Heading("Name", "What you call it: press F2, or double-click here."),
    Heading("Status", "How it ended. What was interrupted or stopped can be continued."),
    Heading("Found", "What the run found, in a line."),
    Heading("Trials", "How many trials are done, of how many.", is_figure=True),
    Heading("Python", "Which Python ran it."),
    Heading("Machine", "Where it was measured."),
)
_ORDERS: dict[int, Order] = {
    STARTED: "started",
    EXPERIMENT: "experiment",
    NAME: "name",
    STATUS: "status",
    TRIALS: "trials",
    PYTHON: "python",
    MACHINE: "machine",
}


class RunsModel(HeadedTable):
    """Rows of the history in the order that was asked for; what is not here is asked for.

    `page_wanted` carries a Query, to be answered by `take`; one that nobody waits for any more is
    dropped there. `renamed` fires when a person has typed a name. `titles` has each experiment's,
    by its name, and `settings_of` tells the settings of a run. GUI thread.
    """

    page_wanted = Signal(object)
    renamed = Signal(int, str)

    def __init__(self, titles: Mapping[str, str], settings_of: InWords, theme: Theme) -> None:
        super().__init__(_HEADINGS)
        self._titles = titles
        self._settings_of = settings_of
        self._theme = theme
        self._query = Query(limit=PAGE)
        self._shown: Query | None = None
        self._rows: dict[int, RunRow] = {}
        self._asked: set[int] = set()
        self._count = 0

    @property
    def query(self) -> Query:
        """What is asked for."""
        return self._query

    @property
    def is_known(self) -> bool:
        """Whether an answer to what is asked for is here."""
        return self._shown == self._query

    def ask(self, query: Query) -> None:
        """Ask for other rows; those that are here stay until the first of them come."""
        self._query = replace(query, limit=PAGE, offset=0)
        self._asked = {0}
        self.page_wanted.emit(self._query)

    def refresh(self, rows: Sequence[int]) -> None:
        """Ask anew for the pages that these rows are on: they may have changed."""
        pages = {row - row % PAGE for row in rows} or {0}
        self._asked |= pages
        for offset in sorted(pages):
            self.page_wanted.emit(replace(self._query, offset=offset))

    def take(self, query: Query, page: Page) -> None:
        """Take a page that was asked for."""
        if replace(query, offset=0) != self._query:
            return
        self._asked.discard(query.offset)
        rows = {query.offset + place: row for place, row in enumerate(page.rows)}
        if self._shown == self._query and page.count == self._count:
            changed = [place for place, row in rows.items() if self._rows.get(place) != row]
            self._rows |= rows
            if changed:
                last = self.index(max(changed), len(_HEADINGS) - 1)
                self.dataChanged.emit(self.index(min(changed), 0), last)
            return
        self.beginResetModel()
        self._shown, self._count, self._rows = self._query, page.count, rows
        self.endResetModel()

    def run(self, row: int) -> RunRow | None:
        """Return the run of a row; None where it is not here yet."""
        return self._rows.get(row)

    def want(self, rows: Iterable[int]) -> bool:
        """Ask for those of these rows that are not here yet; tell whether all of them are."""
        missing = [row for row in rows if row not in self._rows]
        for row in missing:
            self._want(row)
        return not missing

    def texts(self, row: int) -> Sequence[str]:
        """Tell what the cells of a row say; nothing where its run is not here yet."""
        run, columns = self.run(row), range(len(_HEADINGS))
        return ["" if run is None else self._cell(run, column) for column in columns]

    @property
    def known(self) -> Sequence[int]:
        """The rows that are here."""
        return sorted(row for row in self._rows if row < self._count)

    def can_sort(self, column: int) -> bool:
        """Tell whether runs can be put in the order of a column."""
        return column in _ORDERS

    def places_of(self, runs: Collection[int]) -> list[int]:
        """Return the rows of runs, by their ids, as far as they are here, from top to bottom."""
        wanted = set(runs)
        return sorted(place for place, row in self._rows.items() if row.id in wanted)

    def title_of(self, experiment: str) -> str:
        """Name an experiment for a person, also one that is not known here."""
        return self._titles.get(experiment, experiment)

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        if self.can_sort(column):
            descending = order is Qt.SortOrder.DescendingOrder
            self.ask(replace(self._query, order=_ORDERS[column], descending=descending))

    def rowCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else self._count

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        can_be_named = index.column() == NAME and self.run(index.row()) is not None
        return flags | Qt.ItemFlag.ItemIsEditable if can_be_named else flags

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        run = self.run(index.row())
        if run is None or role != Qt.ItemDataRole.EditRole or index.column() != NAME:
            return False
        name = " ".join(str(value).split())
        if name != run.name:
            self._rows[index.row()] = replace(run, name=name)
            self.dataChanged.emit(index, index)
            self.renamed.emit(run.id, name)
        return True

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        run = self.run(index.row())
        if run is None:
            self._want(index.row())
            return (
                "…" if role == Qt.ItemDataRole.DisplayRole and index.column() == STARTED else None
            )
        column = index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self._cell(run, column)
        if role == Qt.ItemDataRole.EditRole:
            return run.name
        if role == Qt.ItemDataRole.ToolTipRole:
            settings = self._settings_of(run) if column == EXPERIMENT else ""
            return plain("\n".join(filter(None, [self._cell(run, column), settings])))
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self.alignment(column)
        if role == Qt.ItemDataRole.AccessibleTextRole and column == PIN:
            return "pinned" if run.is_pinned else "not pinned"
        if role == Qt.ItemDataRole.ForegroundRole:
            return self._colour(run, column)
        return None

    def _colour(self, run: RunRow, column: int) -> QColor | None:
        colours = self._theme.colours
        if column == STATUS and run.status in ("interrupted", "failed"):
            return QColor(colours.error)
        if column == STATUS and run.status == "running":
            return QColor(colours.accent)
        return QColor(colours.muted) if column in (NUMBER, PYTHON, MACHINE) else None

    def _want(self, row: int) -> None:
        """Ask for the page that a row is on, once."""
        offset = row - row % PAGE
        if offset not in self._asked and self.is_known:
            self._asked.add(offset)
            self.page_wanted.emit(replace(self._query, offset=offset))

    def _cell(self, run: RunRow, column: int) -> str:
        match column:
            case 0:
                return "★" if run.is_pinned else ""
            case 1:
                return str(run.id)
            case 2:
                return when(run.started_at)
            case 3:
                return self.title_of(run.experiment)
            case 4:
                return run.name or (f"of {run.whose}" if run.whose else "")
            case 5:
                return run.status
            case 6:
                return run.said
            case 7:
                return f"{run.done} of {run.planned}"
            case 8:
                return run.python
        return run.machine


def when(started_at: str) -> str:
    """Write a moment in the reader's own time; what is no moment as it is."""
    try:
        return datetime.fromisoformat(started_at).astimezone().strftime("%d %b %Y, %H:%M")
    except (ValueError, OverflowError, OSError):
        return started_at[:16]
