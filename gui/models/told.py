"""What programs tell, as Qt models: rows of any names, and the states of futures."""

from typing import Any

from PySide6.QtCore import QAbstractTableModel, Qt

from core.parameters import group
from core.report.titles import heading
from gui.models.headed import NOWHERE, HeadedTable, Heading, Index, side
from gui.plain import plain

_FUTURE, _STATE, _HISTORY = range(3)
_OF_FUTURES = (Heading("Future"), Heading("State now"), Heading("How it came there"))


class RowTable(QAbstractTableModel):
    """Rows of names and values; a new name is a new column. GUI thread."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []
        self.rows: list[dict[str, Any]] = []

    def clear(self) -> None:
        """Forget all rows and columns."""
        self.beginResetModel()
        self.names, self.rows = [], []
        self.endResetModel()

    def append(self, rows: list[dict[str, Any]]) -> None:
        """Add rows at the end, and columns where they bring new names."""
        new = [name for row in rows for name in row if name not in self.names]
        if new:
            self.beginResetModel()
            self.names += dict.fromkeys(new)
            self.rows += rows
            self.endResetModel()
            return
        first = len(self.rows)
        self.beginInsertRows(NOWHERE, first, first + len(rows) - 1)
        self.rows += rows
        self.endInsertRows()

    def rowCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.names)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            said = heading(self.names[section])
            return said[:1].upper() + said[1:]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _side(self.rows[0].get(self.names[section]) if self.rows else None)
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        what = self.rows[index.row()].get(self.names[index.column()])
        if role == Qt.ItemDataRole.DisplayRole:
            return text_of(what)
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain(text_of(what))
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _side(what)
        return None


class StateTable(HeadedTable):
    """One row for each future: its state now, and how it came there. GUI thread."""

    def __init__(self) -> None:
        super().__init__(_OF_FUTURES)
        self._names: list[str] = []
        self._histories: dict[str, list[tuple[float, str]]] = {}  # when, and what it became

    def clear(self) -> None:
        """Forget all futures."""
        self.beginResetModel()
        self._names, self._histories = [], {}
        self.endResetModel()

    def note(self, future: str, state: str, t: float, error: str = "") -> None:
        """A future has become something, `t` s after the beginning; `error` is what it raised."""
        state = f"{state} ({error})" if error else state
        if future not in self._histories:
            row = len(self._names)
            self.beginInsertRows(NOWHERE, row, row)
            self._names.append(future)
            self._histories[future] = [(t, state)]
            self.endInsertRows()
            return
        self._histories[future].append((t, state))
        row = self._names.index(future)
        self.dataChanged.emit(self.index(row, _STATE), self.index(row, _HISTORY))

    def rowCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._names)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        cell = self._cell(index.row(), index.column())
        return plain(cell) if role == Qt.ItemDataRole.ToolTipRole else cell

    def _cell(self, row: int, column: int) -> str:
        name = self._names[row]
        history = self._histories[name]
        if column == _FUTURE:
            return name
        if column == _STATE:
            return history[-1][1]
        return "  →  ".join(f"{state} at {t:.3f} s" for t, state in history)


def text_of(what: Any) -> str:
    """Write a value of a row for a person."""
    if isinstance(what, float):
        return f"{what:.4g}"
    if isinstance(what, int) and not isinstance(what, bool):
        return group(what)
    if isinstance(what, list):
        return ", ".join(text_of(one) for one in what)
    return "" if what is None else str(what)


def _side(what: Any) -> int:
    is_number = isinstance(what, int | float) and not isinstance(what, bool)
    return side(is_figure=is_number)
