"""The checks of a self-test as rows of a table."""

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor

from core.checks import Check
from gui.theme import Theme

_Index = QModelIndex | QPersistentModelIndex
_HEADINGS = ("Outcome", "Check", "Took", "What was found")
_ALIGNED = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class ChecksModel(QAbstractTableModel):
    """Checks in the order in which they ended; what failed is red, what was left out grey.

    GUI thread.
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._checks: list[Check] = []

    @property
    def checks(self) -> tuple[Check, ...]:
        """All rows."""
        return tuple(self._checks)

    def clear(self) -> None:
        """Forget all."""
        self.beginResetModel()
        self._checks = []
        self.endResetModel()

    def add(self, check: Check) -> None:
        """Add a row at the end."""
        row = len(self._checks)
        self.beginInsertRows(QModelIndex(), row, row)
        self._checks.append(check)
        self.endInsertRows()

    def rowCount(self, parent: _Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._checks)

    def columnCount(self, parent: _Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(_HEADINGS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _ALIGNED if section == 2 else _LEFT
        return _HEADINGS[section] if role == Qt.ItemDataRole.DisplayRole else None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        check, column = self._checks[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return (check.outcome, check.name, f"{check.took_s:.2f} s  ", check.said)[column]
        if role == Qt.ItemDataRole.ToolTipRole:
            return "\n".join(filter(None, [check.said, check.detail]))
        if role == Qt.ItemDataRole.TextAlignmentRole and column == 2:
            return _ALIGNED
        if role == Qt.ItemDataRole.ForegroundRole and check.outcome != "ok":
            colours = self._theme.colours
            return QColor(colours.error if check.outcome == "failed" else colours.muted)
        return None
