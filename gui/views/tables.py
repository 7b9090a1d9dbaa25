"""Tables: how they look, and that they follow new rows until a person chooses one."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QItemSelectionModel,
    QModelIndex,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QGuiApplication,
    QHelpEvent,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QMenu, QTableView, QToolTip

from gui.plain import plain
from gui.theme import Theme
from gui.turns import Step, Turns

BESIDE = 17  # pixels of a column that no text stands in
_Action = QAbstractItemView.CursorAction
_FRAME = 16  # of those, what the style leaves free beside a text
_AT_ONCE = 200  # rows that are written within a few milliseconds


class Table(QTableView):
    """A quiet table of rows; `row_chosen` fires when a person, not the program, chooses a row.

    `widest` holds a sample of the widest text of each column; with `stretch` the last column takes
    the rest. A column that a person has dragged keeps its width. What is cut short is told whole to
    a pointer that rests there; chosen rows are copied as lines with tabs, for a spreadsheet. While
    there are no rows, `empty` says what will be there. GUI thread.
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
        self._by_hand: dict[int, int] = {}  # the widths of columns that a person has dragged
        self._copying = Turns(self)
        self.setModel(model)
        model.modelAboutToBeReset.connect(self._copying.finish)  # others are not meant
        self.setAccessibleName(name)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setAlternatingRowColors(True)
        self.verticalHeader().hide()
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setStretchLastSection(stretch)
        header.setHighlightSections(False)
        # It would ask for the flags of every cell, to tell which columns are chosen.
        header.setSelectionModel(QItemSelectionModel(model, header))
        header.sectionResized.connect(self._on_resized)
        self.selectionModel().currentRowChanged.connect(self._on_row_changed)
        self._restyle()

    @property
    def rows_chosen(self) -> list[int]:
        """The rows that are selected, from top to bottom."""
        stretches = self.selectionModel().selection().toList()
        return sorted({n for one in stretches for n in range(one.top(), one.bottom() + 1)})

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

    def copy(self) -> None:
        """Put the chosen rows under their headings on the clipboard, or all if none is chosen."""
        self._copy_rows(self.rows_chosen or range(self.model().rowCount()))

    def _copy_rows(self, rows: Sequence[int]) -> None:
        """Put rows on the clipboard: few at once, many in turns of the event loop."""
        lines: list[str] = []
        steps = self._writing(rows, lines)
        if len(rows) > _AT_ONCE:
            self._copying.take(steps)
        else:
            self._copying.drop()
            for step in steps:
                step()

    def _writing(self, rows: Sequence[int], lines: list[str]) -> Iterator[Step]:
        """List the steps that write rows as they are seen, headings first, and copy them."""
        from core.results.tables import with_tabs

        model, across = self.model(), Qt.Orientation.Horizontal
        seen = [n for n in range(model.columnCount()) if not self.isColumnHidden(n)]

        def write(some: Sequence[int]) -> None:
            texts = map(self._texts, some)
            lines.append(with_tabs([row[n] for n in seen] for row in texts))

        lines.append(with_tabs([[model.headerData(n, across) for n in seen]]))
        for first in range(0, len(rows), _AT_ONCE):
            yield partial(write, rows[first : first + _AT_ONCE])
        yield lambda: QGuiApplication.clipboard().setText("".join(lines))

    def _texts(self, row: int) -> Sequence[str]:
        """Tell what the cells of a row say."""
        model = self.model()
        return [str(model.index(row, n).data() or "") for n in range(model.columnCount())]

    def put_widths(self, widths: Mapping[int, int]) -> None:
        """Give columns their widths, except those that a person has dragged."""
        for column, width in widths.items():
            self.setColumnWidth(column, self._by_hand.get(column, width))

    def make_menu(self) -> QMenu:
        """Make a menu of what can be done with rows; whoever shows it may add to it."""
        menu = QMenu(self)
        for label, keys, do in (
            ("&Copy", QKeySequence.StandardKey.Copy, self.copy),
            ("Select &all", QKeySequence.StandardKey.SelectAll, self.selectAll),
        ):
            entry = menu.addAction(label)
            entry.setShortcut(keys)
            entry.setEnabled(self.model().rowCount() > 0)
            entry.triggered.connect(do)
        menu.aboutToHide.connect(menu.deleteLater)
        return menu

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:  # the theme tells of it before it is so
            self._restyle()

    def moveCursor(
        self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier
    ) -> QModelIndex:
        """Go to the first or last row by Home and End: what is chosen here are rows."""
        rows, column = self.model().rowCount(), max(0, self.currentIndex().column())
        if rows and action in (_Action.MoveHome, _Action.MoveEnd):
            return self.model().index(0 if action is _Action.MoveHome else rows - 1, column)
        return super().moveCursor(action, modifiers)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.make_menu().popup(event.globalPos())

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            words = self._cut_short(self.indexAt(event.pos()))
            if words:
                QToolTip.showText(event.globalPos(), plain(words), self)
                return True
        return super().viewportEvent(event)

    def _cut_short(self, index: QModelIndex) -> str:
        """Return the text of a cell that has no room for it, and no tip of its own."""
        if not index.isValid() or index.data(Qt.ItemDataRole.ToolTipRole):
            return ""
        text = str(index.data() or "")
        return text if self._needed(text) + _FRAME > self.visualRect(index).width() else ""

    def _needed(self, text: str) -> int:
        """Tell how many pixels of width a text needs to be seen whole."""
        return self.fontMetrics().horizontalAdvance(text)

    def _on_resized(self, column: int, _before: int, width: int) -> None:
        if QGuiApplication.mouseButtons() and self.horizontalHeader().underMouse():
            self._by_hand[column] = width

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
        beside = self._theme.px(BESIDE)
        widths = (metrics.horizontalAdvance(sample) + beside for sample in self._widest)
        self.put_widths(dict(enumerate(widths)))
