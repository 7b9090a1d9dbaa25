"""The table of runs: each column as wide as what is in it, the least important gives way first."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView

from gui.models.history import (
    EXPERIMENT,
    FOUND,
    MACHINE,
    NAME,
    NUMBER,
    PIN,
    PYTHON,
    STARTED,
    STATUS,
    TRIALS,
    RunsModel,
)
from gui.theme import Theme
from gui.views.tables import BESIDE, Table, given_way

_LEAST = (  # so that columns need not move when the usual comes, in text and in pixels for PIN
    (NUMBER, "000"),
    (STARTED, "28 Sep 2026, 00:00"),
    (EXPERIMENT, "Cost of sharing"),
    (NAME, "by hand"),
    (STATUS, "interrupted"),
    (FOUND, "2 processes"),
    (TRIALS, "00 of 00"),
    (PYTHON, "3.11.15"),
    (MACHINE, "a CPU"),
)
_PIN_WIDTH = 28
_MOST = 4000  # pixels of a text: nobody reads a line that is longer
_ARROW = 8  # more pixels for the arrow of the order
_GIVES_WAY = (
    (MACHINE, 130),
    (NAME, 140),
    (FOUND, 220),
    (MACHINE, 70),
    (FOUND, 125),
    (NAME, 90),
    (EXPERIMENT, 90),
)


class RunTable(Table):
    """Runs of the history; what is left of its width is for what they found. GUI thread."""

    def __init__(self, model: RunsModel, theme: Theme) -> None:
        self._natural: list[int] = []
        super().__init__(model, "Runs", (), theme, stretch=False)
        self.setObjectName("history-table")
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        model.modelReset.connect(self._measure)
        model.dataChanged.connect(self._measure)
        self._measure()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _measure(self, first: QModelIndex | None = None, last: QModelIndex | None = None) -> None:
        """Find how wide the rows are that are here: all of them, or those that have changed."""
        model, metrics = self.model(), self.fontMetrics()
        assert isinstance(model, RunsModel)
        pad, titles = self._theme.px(BESIDE), self.horizontalHeader().fontMetrics()
        if first is None or last is None:
            across = Qt.Orientation.Horizontal
            names = [str(model.headerData(n, across)) for n in range(model.columnCount())]
            self._natural = [titles.horizontalAdvance(name) + pad for name in names]
            for column, sample in _LEAST:
                self._widen(column, metrics.horizontalAdvance(sample) + pad)
            self._natural[STARTED] += self._theme.px(_ARROW)
        rows = model.known if first is None or last is None else range(first.row(), last.row() + 1)
        for row in rows:
            for column in range(STARTED, len(self._natural)):
                text = str(model.index(row, column).data() or "")
                self._widen(column, metrics.horizontalAdvance(text) + pad)
        self._natural[PIN] = self._theme.px(_PIN_WIDTH)
        self._fit()

    def _widen(self, column: int, width: int) -> None:
        self._natural[column] = max(self._natural[column], min(width, _MOST))

    def _fit(self) -> None:
        room = self.viewport().width()
        order = [(column, self._theme.px(least)) for column, least in _GIVES_WAY]
        widths = given_way(room, self._natural, order)
        widths[FOUND] += max(0, room - sum(widths.values()))
        self.put_widths(widths)

    def _restyle(self) -> None:
        super()._restyle()
        if self._natural:
            self._measure()
