"""A Qt table whose columns have headings that do not change."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

Index = QModelIndex | QPersistentModelIndex
NOWHERE = QModelIndex()


class Heading(NamedTuple):
    """A column: its title, what it tells, and whether its cells are figures, set to the right."""

    title: str
    help: str = ""
    is_figure: bool = False


class HeadedTable(QAbstractTableModel):
    """The columns of a model; rows and cells are its heirs' part. GUI thread."""

    def __init__(self, headings: Sequence[Heading]) -> None:
        super().__init__()
        self._headings = tuple(headings)

    def columnCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._headings)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._headings[section].title
            case Qt.ItemDataRole.ToolTipRole:
                return self._headings[section].help or None
            case Qt.ItemDataRole.TextAlignmentRole:
                return self.alignment(section)
        return None

    def alignment(self, column: int) -> int:
        """Tell the side on which a column's cells and its title stand."""
        return side(is_figure=self._headings[column].is_figure)


def side(*, is_figure: bool) -> int:
    """Give the alignment of a cell: figures at the right, so that their places stand in line."""
    side = Qt.AlignmentFlag.AlignRight if is_figure else Qt.AlignmentFlag.AlignLeft
    return int(side | Qt.AlignmentFlag.AlignVCenter)
