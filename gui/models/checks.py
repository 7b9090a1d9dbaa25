"""The checks of a self-test as rows of a table."""

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor

from core.checks import Check
from gui.models.headed import NOWHERE, HeadedTable, Heading, Index
from gui.theme import Theme

_HEADINGS = (
    Heading("Outcome"),
    Heading("Check"),
    Heading("Took", is_figure=True),
    Heading("What was found"),
)


class ChecksModel(HeadedTable):
    """Checks in the order in which they ended; what failed is red, what was left out grey.

    GUI thread.
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__(_HEADINGS)
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
        self.beginInsertRows(NOWHERE, row, row)
        self._checks.append(check)
        self.endInsertRows()

    def rowCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._checks)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        check, column = self._checks[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return (check.outcome, check.name, f"{check.took_s:.2f} s  ", check.said)[column]
        if role == Qt.ItemDataRole.ToolTipRole:
            return "\n".join(filter(None, [check.said, check.detail]))
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self.alignment(column)
        if role == Qt.ItemDataRole.ForegroundRole and check.outcome != "ok":
            colours = self._theme.colours
            return QColor(colours.error if check.outcome == "failed" else colours.muted)
        return None
