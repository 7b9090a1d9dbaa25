"""Tables: how they look, and that they follow new rows until a person chooses one."""

from collections.abc import Sequence

from PySide6.QtCore import QAbstractItemModel, QItemSelectionModel, QModelIndex, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from gui.theme import Theme

BESIDE = 17  # pixels of a column that no text stands in


class Table(QTableView):
    """A quiet table of rows; `row_chosen` fires when a person, not the program, chooses a row.

    `widest` holds a sample of the widest text of each column; with `stretch` the last column takes
    the rest. While there are no rows, `empty` says what will be there. GUI thread.
    """

    row_chosen = Signal(int)

    def __init__(
        self,
        model: QAbstractItemModel,
        name: str,
        widest: Sequence[str],
        theme: Theme,
        stretch: bool = True,
        empty: str = "",
    ) -> None:
        super().__init__()
        self._empty = empty
        self._theme = theme
        self._widest = widest
        self.setModel(model)
        self.setAccessibleName(name)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setAlternatingRowColors(True)
        self.verticalHeader().hide()
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setStretchLastSection(stretch)
        header.setHighlightSections(False)
        self.selectionModel().currentRowChanged.connect(self._on_row_changed)
        theme.changed.connect(self._restyle)
        self._restyle()

    def select(self, row: int, into_sight: bool = True) -> None:
        """Select a row, without telling anyone, and bring it into sight if wanted."""
        index = self.model().index(row, 0)
        selection, flag = self.selectionModel(), QItemSelectionModel.SelectionFlag
        selection.blockSignals(True)
        selection.setCurrentIndex(index, flag.ClearAndSelect | flag.Rows)
        selection.blockSignals(False)
        self.viewport().update()
        if into_sight:
            self.scrollTo(index)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._empty and not self.model().rowCount():
            with QPainter(self.viewport()) as painter:
                painter.setPen(QColor(self._theme.colours.muted))
                room = self.viewport().rect().adjusted(BESIDE, 0, -BESIDE, 0)
                words = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
                painter.drawText(room, words, self._empty)

    def _on_row_changed(self, current: QModelIndex) -> None:
        if current.isValid():
            self.row_chosen.emit(current.row())

    def _restyle(self) -> None:
        metrics = self.fontMetrics()
        self.verticalHeader().setDefaultSectionSize(metrics.height() + self._theme.px(8))
        for column, sample in enumerate(self._widest):
            width = metrics.horizontalAdvance(sample) + self._theme.px(BESIDE)
            self.setColumnWidth(column, width)
