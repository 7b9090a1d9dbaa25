"""A table whose columns are as wide as what is in them; its heirs say what gives way."""

from abc import abstractmethod
from collections.abc import Sequence

from PySide6.QtCore import QAbstractItemModel, QEvent, QModelIndex, Qt, QTimer
from PySide6.QtGui import QResizeEvent, QShowEvent

from gui.theme import Theme
from gui.views.tables import BESIDE, Table


class FittingTable(Table):
    """Rows that come one after the other, in columns that have room for them.

    With `follows`, new rows are brought into sight unless a person has scrolled up. With `widest`,
    samples of what will come, the columns need not move later. Other type is measured when it is
    seen. That a kind of table does all that is abstract here is held by mypy alone: what Qt makes
    has a metaclass of its own. GUI thread.
    """

    def __init__(
        self,
        model: QAbstractItemModel,
        name: str,
        theme: Theme,
        empty: str = "",
        widest: Sequence[str] = (),
        follows: bool = True,
    ) -> None:
        self._samples = tuple(widest)
        self._natural: list[int] = []  # pixels that each column would like to have
        self._follows = follows
        self._is_at_end = follows  # where rows that come are brought into sight
        self._is_stale = False  # measured with type that is no longer in force
        super().__init__(model, name, (), theme, stretch=False, empty=empty)
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
        model.modelReset.connect(self._on_reset)
        self._on_reset()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.FontChange:
            self._note_place()
        super().changeEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        self._measure_type()
        super().showEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        is_at_end = self._sees_end()  # of this call alone: a scroll bar that comes resizes, too
        super().resizeEvent(event)
        self._fit(is_at_end)

    # ------------------------------------------------------------------------------- for heirs

    @abstractmethod
    def _forget_rows(self) -> None:
        """Know of no row: those that will be measured are other ones."""

    @abstractmethod
    def _measure_rows(self, rows: Sequence[int]) -> None:
        """Measure rows that have come, at the end or between others, or have changed."""

    @abstractmethod
    def _fit_columns(self) -> None:
        """Give columns their widths in the room that there is."""

    def _fit_rows(self, is_at_end: bool) -> None:
        """Give rows their lines, if there can be more than one: first those that are seen next.

        With `is_at_end`, these are the last ones.
        """

    def _rows_here(self) -> Sequence[int]:
        """List the rows that can be measured."""
        return range(self.model().rowCount())

    def _measure_again(self) -> None:
        """Measure the rows that are here in other type."""
        self._forget_rows()
        self._measure_rows(self._rows_here())

    # ------------------------------------------------------------------------------- where it is

    def _note_place(self) -> None:
        """Note where a person has scrolled to, before rows or their heights are other ones."""
        if not (self._fit_soon.isActive() or self._is_stale):
            self._is_at_end = self._sees_end()

    def _sees_end(self) -> bool:
        bar = self.verticalScrollBar()
        return self._follows and bar.value() >= bar.maximum()

    # ------------------------------------------------------------------------------- what comes

    def _on_rows_inserted(self, parent: QModelIndex, first: int, last: int) -> None:
        self._measure_rows(range(first, last + 1))
        self._fit_soon.start()

    def _on_data_changed(self, first: QModelIndex, last: QModelIndex) -> None:
        self._measure_rows(range(first.row(), last.row() + 1))
        self._fit_soon.start()

    def _on_reset(self) -> None:
        self._measure_headings()
        self._forget_rows()
        self._measure_rows(self._rows_here())
        self._fit_soon.start()

    def _measure_headings(self) -> None:
        """Begin with the room for headings, and for samples of what will come."""
        model, across, pad = self.model(), Qt.Orientation.Horizontal, self._theme.px(BESIDE)
        metrics = self.fontMetrics()  # the headings' type is the same, but is told of later
        names = [str(model.headerData(n, across)) for n in range(model.columnCount())]
        self._natural = [metrics.horizontalAdvance(name) + pad for name in names]
        for column, sample in enumerate(self._samples):
            width = metrics.horizontalAdvance(sample) + pad
            self._natural[column] = max(self._natural[column], width)

    def _fit_as_noted(self) -> None:
        self._fit(self._is_at_end)

    def _fit(self, is_at_end: bool) -> None:
        """Fit columns and rows; who sees the last row still sees it."""
        self._fit_columns()
        self._fit_rows(is_at_end)
        if is_at_end:
            self.updateGeometries()  # the scroll bar has to know of the new heights first
            self.scrollToBottom()

    def _restyle(self) -> None:
        super()._restyle()
        self._is_stale = bool(self._natural)
        if self.isVisible():
            self._measure_type()

    def _measure_type(self) -> None:
        """Measure what other type has made wider or narrower: when that is seen."""
        if self._is_stale:
            self._is_stale = False
            self._measure_headings()
            self._measure_again()
            self._fit_soon.start()
