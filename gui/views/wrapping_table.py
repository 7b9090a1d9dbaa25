"""A table of long texts: the widest columns give way, and their texts take more lines."""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import accumulate, islice

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPersistentModelIndex, QRect, QSize
from PySide6.QtWidgets import QAbstractItemView, QStyledItemDelegate, QStyleOptionViewItem

from gui.theme import CELL_PADDING, Theme
from gui.turns import Step, Turns
from gui.views.fitting_table import FittingTable
from gui.views.tables import BESIDE, Table

_MOST_WORD = 140  # pixels, at the usual size: a longer word may be cut
_EASY = 200  # pixels in which a text is read with ease, where it must be scrolled to anyway
# Where a name such as multiprocessing.Value may part; a number such as 3.524 may not.
_JOINT = re.compile(r"(?<=\w[._])(?=[^\W\d]\w{2})")
_MAY_PART = "\u200b"
_BETWEEN = 6  # pixels between the texts of two rows
_MORE_LINES = 1_000_000  # pixels: no column has room for it in one line
_AT_ONCE = 40  # rows whose lines are counted within a few milliseconds


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
    Rows in sight get their lines at once, all others in turns of the event loop, and those that
    come into sight before theirs; rows that stand above, and are other ones then, move nothing, as
    the scroll bar counts rows. GUI thread.
    """

    def __init__(
        self,
        model: QAbstractItemModel,
        name: str,
        theme: Theme,
        empty: str,
        follows: bool = True,
    ) -> None:
        self._widths: list[int] = []  # of the columns, as the last fit has them; 0 if hidden
        self._fitted: list[list[int]] = []  # those that each row has its lines for
        self._cells: list[list[int]] = []  # pixels of each cell's text, row by row
        self._least: list[int] = []
        super().__init__(model, name, theme, empty, follows=follows)
        self._turns = Turns(self)
        self.setWordWrap(True)
        self.setItemDelegate(WrappingDelegate(theme, self))
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerItem)
        self.verticalScrollBar().valueChanged.connect(self._fit_in_sight)

    def _forget_rows(self) -> None:
        self._least = list(self._natural)
        self._widths = []  # there may be other columns: no row is fitted before these have theirs
        self._cells = [[]] * self.model().rowCount()
        self._fitted = [[]] * self.model().rowCount()

    def _on_rows_inserted(self, parent: QModelIndex, first: int, last: int) -> None:
        self._cells[first:first] = [[]] * (last - first + 1)
        self._fitted[first:first] = [[]] * (last - first + 1)
        super()._on_rows_inserted(parent, first, last)

    def _measure_rows(self, rows: Sequence[int]) -> None:
        for row in rows:
            self._cells[row], self._fitted[row] = self._measured(row), []

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
            widths.append(_MORE_LINES if "\n" in text else width)
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
        if widths != self._widths:
            self._widths = widths

    def _fit_rows(self, is_at_end: bool) -> None:
        rows = range(len(self._cells))
        if is_at_end:
            self._fit_until_full(reversed(rows))
        else:
            self._fit_in_sight()
        self._turns.take(self._others(rows))

    def _fit_in_sight(self) -> None:
        self._fit_until_full(range(max(0, self.rowAt(0)), len(self._cells)))

    def _fit_until_full(self, rows: Iterable[int]) -> None:
        """Fit these rows, as many of them as there is room for."""
        room = self.viewport().height()
        for row in rows:
            self._fit_row(row)
            room -= self.rowHeight(row)
            if room <= 0:
                return

    def _others(self, rows: Iterable[int]) -> Iterator[Step]:
        """List steps that fit what is there by then, and not fitted."""
        there = (row for row in rows if row < len(self._fitted))
        left = (row for row in there if self._fitted[row] is not self._widths)
        while some := list(islice(left, _AT_ONCE)):
            yield partial(self._fit_each, some)

    def _fit_each(self, rows: Iterable[int]) -> None:
        for row in rows:
            self._fit_row(row)

    def _fit_row(self, row: int) -> None:
        """Give a row as many lines as its texts take, where it has not got them yet."""
        if not self._widths or self._fitted[row] is self._widths:
            return
        self._fitted[row] = self._widths
        cells = enumerate(zip(self._cells[row], self._widths, strict=True))
        lines = [self._height(row, n, width) for n, (cell, width) in cells if 0 < width < cell]
        height = max([self.verticalHeader().defaultSectionSize(), *lines])
        if height != self.rowHeight(row):
            self.setRowHeight(row, height)

    def _height(self, row: int, column: int, width: int) -> int:
        """Tell how high a cell is in a column of that width."""
        option, index = QStyleOptionViewItem(), self.model().index(row, column)
        self.initViewItemOption(option)
        option.rect = QRect(0, 0, width, 1)
        return self.itemDelegate().sizeHint(option, index).height()


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
