"""A table of long texts: the widest columns give way, and their texts take more lines."""

import re
from collections.abc import Sequence
from itertools import accumulate

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPersistentModelIndex, QSize
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from gui.theme import CELL_PADDING, Theme
from gui.views.fitting_table import FittingTable
from gui.views.tables import BESIDE, Table

_MOST_WORD = 140  # pixels, at the usual size: a longer word may be cut
_EASY = 200  # pixels in which a text is read with ease, where it must be scrolled to anyway
# Where a name such as multiprocessing.Value may part; a number such as 3.524 may not.
_JOINT = re.compile(r"(?<=\w[._])(?=[^\W\d]\w{2})")
_MAY_PART = "\u200b"
_BETWEEN = 6  # pixels between the texts of two rows


class WrappingDelegate(QStyledItemDelegate):
    """Cells as high as the lines of their text, which may also begin within a long name.

    Qt asks the style for the height at the whole width of a column, and paints within what a style
    sheet's padding leaves of it: a line too low, whose last word is lost. GUI thread.
    """

    def __init__(self, theme: Theme, parent: Table) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        beside = self._theme.px(CELL_PADDING)
        option.rect = option.rect.adjusted(beside, 0, -beside, 0)
        return super().sizeHint(option, index) + QSize(0, self._theme.px(_BETWEEN))

    def initStyleOption(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().initStyleOption(option, index)
        option.text = _JOINT.sub(_MAY_PART, option.text)


class WrappingTable(FittingTable):
    """All columns in sight where that is possible.

    Where they are wider than the table, the widest give way, down to their longest words, and wrap.
    GUI thread.
    """

    def __init__(
        self,
        model: QAbstractItemModel,
        name: str,
        theme: Theme,
        empty: str,
        follows: bool = True,
    ) -> None:
        self._fitted: tuple[list[int], int] = ([], 0)  # the widths, and how many rows have them
        self._cells: list[list[int]] = []  # pixels of each cell's text, row by row
        self._least: list[int] = []
        self._wrapped: set[int] = set()
        super().__init__(model, name, theme, empty, follows=follows)
        self.setWordWrap(True)
        self.setItemDelegate(WrappingDelegate(theme, self))

    def _forget_rows(self) -> None:
        self._least = list(self._natural)
        self._wrapped.clear()
        self._fitted = [], 0
        self._cells = [[]] * self.model().rowCount()

    def _on_rows_inserted(self, parent: QModelIndex, first: int, last: int) -> None:
        self._cells[first:first] = [[]] * (last - first + 1)
        super()._on_rows_inserted(parent, first, last)

    def _measure_rows(self, rows: Sequence[int]) -> None:
        for row in rows:
            self._cells[row] = self._measured(row)
        widths, done = self._fitted
        self._fitted = widths, min([done, *rows])

    def _measured(self, row: int) -> list[int]:
        """Measure the texts of a row, and let its columns have room for them."""
        metrics, pad, most = self.fontMetrics(), self._theme.px(BESIDE), self._theme.px(_MOST_WORD)
        widths = []
        for column, text in enumerate(self._texts(row)):
            width = metrics.horizontalAdvance(text) + pad
            if width > self._least[column]:
                least = min(self._needed(text) + pad, most)
                self._least[column] = max(self._least[column], least)
                self._natural[column] = max(self._natural[column], width)
            widths.append(width)
        return widths

    def _needed(self, text: str) -> int:
        """Tell the width of the longest part that stands in one line."""
        parts, metrics = _JOINT.sub(" ", text).split(), self.fontMetrics()
        return max((metrics.horizontalAdvance(one) for one in parts), default=0)

    def _fit_columns(self) -> None:
        seen = [n for n in range(len(self._natural)) if not self.isColumnHidden(n)]
        natural, least = [self._natural[n] for n in seen], [self._least[n] for n in seen]
        widths = [0] * len(self._natural)
        shares = shared(self.viewport().width(), natural, least, self._theme.px(_EASY))
        for column, width in zip(seen, shares, strict=True):
            widths[column] = self._by_hand.get(column, width)
        self.put_widths({column: widths[column] for column in seen})
        done = self._fitted[1] if self._fitted[0] == widths else 0
        for row in range(done, len(self._cells)):
            self._fit_row(row, [widths[n] for n in seen], [self._cells[row][n] for n in seen])
        self._fitted = widths, len(self._cells)

    def _fit_row(self, row: int, widths: list[int], cells: list[int]) -> None:
        """Give a row as many lines as its texts take."""
        usual = self.verticalHeader().defaultSectionSize()
        if any(cell > width for cell, width in zip(cells, widths, strict=True)):
            self.resizeRowToContents(row)
            self.setRowHeight(row, max(usual, self.rowHeight(row)))
            self._wrapped.add(row)
        elif row in self._wrapped:
            self.setRowHeight(row, usual)
            self._wrapped.discard(row)


def shared(room: int, natural: Sequence[int], least: Sequence[int], easy: int) -> list[int]:
    """Share out a width: to each column what it wants, or the widest are cut to an equal width.

    None is narrower than its `least`. Where not even those have room, the last have to be scrolled
    to: these may have an `easy` width, and as many as possible before them have all the room.
    """
    if sum(natural) <= room:
        return list(natural)
    if sum(least) > room:
        seen = sum(end <= room for end in accumulate(least))
        far = zip(natural[seen:], least[seen:], strict=True)
        wide = [max(low, min(wanted, easy)) for wanted, low in far]
        return shared(room, natural[:seen], least[:seen], easy) + wide

    def widths(cut: int) -> list[int]:
        return [max(low, min(wanted, cut)) for wanted, low in zip(natural, least, strict=True)]

    low, high = 0, max(natural)
    while low < high:  # the widest cut that still leaves room for all
        middle = (low + high + 1) // 2
        if sum(widths(middle)) <= room:
            low = middle
        else:
            high = middle - 1
    return widths(low)
