"""A table whose columns are as wide as what is in them, and whose long texts take more lines."""

import re
from collections.abc import Sequence
from itertools import accumulate

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPersistentModelIndex, QSize, Qt, QTimer
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from gui.theme import CELL_PADDING, Theme
from gui.views.tables import BESIDE, Table, given_way

_MOST_WORD = 140  # pixels, at the usual size: a longer word may be cut
_EASY = 200  # pixels in which a text is read with ease, where it must be scrolled to anyway
_JOINT = re.compile(r"(?<=\w[._])(?=\w{3})")  # where a name such as multiprocessing.Value may part
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


class FittingTable(Table):
    """Rows that come one after the other, all columns in sight where that is possible.

    Where they are wider than the table, the widest give way, down to their longest words, and wrap.
    With `follows`, new rows are brought into sight unless a person has scrolled up. With `widest`,
    samples of what will come, the columns need not move later.

    With `gives_way`, columns and the pixels that each keeps at the usual size, these give way,
    the first one first, and their texts end in dots: all rows keep one height. GUI thread.
    """

    def __init__(
        self,
        model: QAbstractItemModel,
        name: str,
        theme: Theme,
        empty: str,
        widest: Sequence[str] = (),
        gives_way: Sequence[tuple[int, int]] = (),
        follows: bool = True,
    ) -> None:
        self._samples = tuple(widest)
        self._gives_way = tuple(gives_way)
        self._fitted: tuple[list[int], int] = ([], 0)  # the widths, and how many rows have them
        self._cells: list[list[int]] = []  # pixels of each cell's text, row by row
        self._natural: list[int] = []
        self._least: list[int] = []
        self._wrapped: set[int] = set()
        self._follows = follows
        self._is_at_end = follows  # where rows that come are brought into sight
        self._is_stale = False  # measured with type that is no longer in force
        super().__init__(model, name, (), theme, stretch=False, empty=empty)
        self.setWordWrap(not gives_way)
        if not gives_way:
            self.setItemDelegate(WrappingDelegate(theme, self))
        for header in (self.horizontalHeader(), self.verticalHeader()):
            header.setMinimumSectionSize(1)
        self._fit_soon = QTimer(self)
        self._fit_soon.setSingleShot(True)
        self._fit_soon.setInterval(0)
        self._fit_soon.timeout.connect(self._fit_as_noted)
        model.rowsAboutToBeInserted.connect(self._note_place)
        model.modelAboutToBeReset.connect(self._note_place)
        model.rowsInserted.connect(self._on_rows_inserted)
        model.dataChanged.connect(self._on_data_changed)
        model.modelReset.connect(self._measure_all)
        self._measure_all()

    def showEvent(self, event: QShowEvent) -> None:
        self._measure_anew()
        super().showEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        is_at_end = self._sees_end()  # of this call alone: a scroll bar that comes resizes, too
        super().resizeEvent(event)
        self._fit(is_at_end)

    def _note_place(self) -> None:
        """Note where a person has scrolled to, before rows or their heights are other ones."""
        if not (self._fit_soon.isActive() or self._is_stale):
            self._is_at_end = self._sees_end()

    def _sees_end(self) -> bool:
        bar = self.verticalScrollBar()
        return self._follows and bar.value() >= bar.maximum()

    def _on_rows_inserted(self, parent: QModelIndex, first: int, last: int) -> None:
        self._cells[first:first] = [self._measured(row) for row in range(first, last + 1)]
        self._fitted = self._fitted[0], min(self._fitted[1], first)
        self._fit_soon.start()

    def _on_data_changed(self, first: QModelIndex, last: QModelIndex) -> None:
        for row in range(first.row(), last.row() + 1):
            self._cells[row] = self._measured(row)
        self._fitted = self._fitted[0], min(self._fitted[1], first.row())
        self._fit_soon.start()

    def _measure_all(self) -> None:
        model, pad = self.model(), self._theme.px(BESIDE)
        role, across = Qt.ItemDataRole.DisplayRole, Qt.Orientation.Horizontal
        metrics = self.horizontalHeader().fontMetrics()
        names = [str(model.headerData(n, across, role)) for n in range(model.columnCount())]
        self._natural = [metrics.horizontalAdvance(name) + pad for name in names]
        for column, sample in enumerate(self._samples):
            width = self.fontMetrics().horizontalAdvance(sample) + pad
            self._natural[column] = max(self._natural[column], width)
        self._least = list(self._natural)
        self._wrapped.clear()
        self._fitted = [], 0
        self._cells = [self._measured(row) for row in range(model.rowCount())]
        self._fit_soon.start()

    def _measured(self, row: int) -> list[int]:
        """Measure the texts of a row, and let its columns have room for them."""
        model, metrics, pad = self.model(), self.fontMetrics(), self._theme.px(BESIDE)
        widths = []
        for column in range(model.columnCount()):
            text = str(model.data(model.index(row, column)) or "")
            width = metrics.horizontalAdvance(text) + pad
            if width > self._least[column]:
                parts = _JOINT.sub(" ", text).split()
                word = max((metrics.horizontalAdvance(one) for one in parts), default=0)
                most = self._theme.px(_MOST_WORD)
                self._least[column] = max(self._least[column], min(word + pad, most))
                self._natural[column] = max(self._natural[column], width)
            widths.append(width)
        return widths

    def _fit_as_noted(self) -> None:
        self._fit(self._is_at_end)

    def _fit(self, is_at_end: bool) -> None:
        """Give columns their widths and rows their lines; who sees the last row still sees it."""
        if self._gives_way:
            self._give_way()
        else:
            self._share_out()
        if is_at_end:
            self.updateGeometries()  # the scroll bar has to know of the new heights first
            self.scrollToBottom()

    def _give_way(self) -> None:
        room, natural = self.viewport().width(), list(self._natural)
        for column in range(len(natural)):
            if self.isColumnHidden(column):
                natural[column] = 0
        order = [(column, self._theme.px(least)) for column, least in self._gives_way]
        widths = given_way(room, natural, order)
        self.put_widths({n: w for n, w in widths.items() if not self.isColumnHidden(n)})

    def _share_out(self) -> None:
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

    def _restyle(self) -> None:
        if self._natural:
            self._note_place()
        super()._restyle()
        self._is_stale = bool(self._natural)
        if self.isVisible():
            self._measure_anew()

    def _measure_anew(self) -> None:
        """Measure what other type has made wider or narrower: when that is seen."""
        if self._is_stale:
            self._is_stale = False
            self._measure_all()


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
