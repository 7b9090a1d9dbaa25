"""The table of runs: each column as wide as what is in it, the least important gives way first."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QItemSelectionRange
from PySide6.QtWidgets import QAbstractItemView, QMenu

from gui.models.history import EXPERIMENT, FOUND, MACHINE, NAME, RunsModel
from gui.theme import Theme
from gui.views.history_actions import RunActions
from gui.views.one_line_table import OneLineTable

_WIDEST = (  # so that columns need not move when the usual comes
    "★",
    "000",
    "28 Sep 2026, 00:00",
    "Cost of sharing",
    "by hand",
    "interrupted",
    "2 processes",
    "00 of 00",
    "3.11.15",
    "a CPU",
)
_GIVES_WAY = (
    (MACHINE, 130),
    (NAME, 140),
    (FOUND, 220),
    (MACHINE, 70),
    (FOUND, 125),
    (NAME, 90),
    (EXPERIMENT, 90),
    (NAME, 70),
    (FOUND, 110),
)


class RunTable(OneLineTable):
    """Runs of the history; what is left of its width is for what they found.

    Its menu has the actions on runs, too. GUI thread.
    """

    def __init__(self, model: RunsModel, actions: RunActions, theme: Theme) -> None:
        self._runs, self._actions = model, actions
        self._to_copy: Sequence[int] = []  # what a person wants copied that is not all here yet
        super().__init__(model, "Runs", theme, _GIVES_WAY, widest=_WIDEST, follows=False)
        self.setObjectName("history-table")
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        model.dataChanged.connect(self._copy_late)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)

    def make_menu(self) -> QMenu:
        menu = super().make_menu()
        self._actions.add_to(menu)
        return menu

    def choose(self, rows: Sequence[int]) -> None:
        """Select these rows and no others; what is in sight stays there."""
        selection, columns = QItemSelection(), self._runs.columnCount() - 1
        for first, last in _stretches(rows):
            here = self._runs.index(first, 0), self._runs.index(last, columns)
            selection.append(QItemSelectionRange(*here))
        flag, model = QItemSelectionModel.SelectionFlag, self.selectionModel()
        model.select(selection, flag.ClearAndSelect | flag.Rows)
        if rows:
            self.setAutoScroll(False)
            model.setCurrentIndex(self._runs.index(rows[-1], NAME), flag.NoUpdate)
            self.setAutoScroll(True)

    def _copy_rows(self, rows: Sequence[int]) -> None:
        """Copy rows once all of them are here; others that come in between are not meant."""
        self._to_copy = [] if self._runs.want(rows) else rows
        if not self._to_copy:
            super()._copy_rows(rows)

    def _copy_late(self) -> None:
        if self._to_copy:
            self._copy_rows(self._to_copy)

    def _forget_rows(self) -> None:
        self._to_copy = []
        super()._forget_rows()

    def _rows_here(self) -> Sequence[int]:
        return self._runs.known

    def _texts(self, row: int) -> Sequence[str]:
        return self._runs.texts(row)

    def _shares(self, room: int) -> dict[int, int]:
        widths = super()._shares(room)
        widths[FOUND] += max(0, room - sum(widths.values()))
        return widths


def _stretches(rows: Sequence[int]) -> list[tuple[int, int]]:
    """Put rows, from top to bottom, into stretches from a first to a last one without a gap."""
    firsts = [row for n, row in enumerate(rows) if n == 0 or rows[n - 1] != row - 1]
    lasts = [row for n, row in enumerate(rows) if n == len(rows) - 1 or rows[n + 1] != row + 1]
    return list(zip(firsts, lasts, strict=True))
