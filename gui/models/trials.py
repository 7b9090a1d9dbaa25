"""The table of trials, as a Qt model; rows are added as trials arrive."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor

from core.lab.kinds import configuration
from core.results.statistics import seconds
from gui.models.headed import NOWHERE, HeadedTable, Heading, Index
from gui.plain import plain
from gui.theme import Theme

if TYPE_CHECKING:
    from core.results.records import Flag, TrialRecord

_HEADINGS = (
    Heading("Trial", "The order in which trials ran: random within each repeat.", is_figure=True),
    Heading("Repeat", "Each repeat runs every configuration once.", is_figure=True),
    Heading(
        "Workers",
        "What shared the work. Of the measured ceiling these are processes that never talk.",
    ),
    Heading("Python", "Which Python ran it, where there are several."),
    Heading("Start-up", "From opening the pool until every worker had answered.", is_figure=True),
    Heading("Work", "From the first submit to the last result, on a started pool.", is_figure=True),
    Heading(
        "CPU",
        "The tasks' own CPU time; more than the work time means that they ran side by side.",
        is_figure=True,
    ),
    Heading(
        "Status", "Done, disturbed (its reasons in the tip), failed with its reason, or stopped."
    ),
    Heading("Started by", "The start method: how worker processes were started."),
    Heading("Answer", "What came out: π, or what was counted.", is_figure=True),
    Heading("Error", "Its distance from the right answer.", is_figure=True),
)

WORKERS, PYTHON, STATUS, ANSWER = 2, 3, 7, 9
_SHORT = {
    "starved": "too little CPU",
    "others": "other load",
    "steal": "CPU taken by the host",
    "clock": "clock set",
    "slept": "machine slept",
}


class TrialTable(HeadedTable):
    """Finished trials, in the order of arrival; disturbed ones are grey. GUI thread."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(_HEADINGS)
        self._theme = theme
        self._trials: list[TrialRecord] = []
        self._flags: list[tuple[Flag, ...]] = []

    def clear(self) -> None:
        """Forget all trials."""
        self.beginResetModel()
        self._trials, self._flags = [], []
        self.endResetModel()

    def append(self, trials: list[TrialRecord], flags: Sequence[tuple[Flag, ...]]) -> None:
        """Add trials at the end, each with what disturbed it."""
        first = len(self._trials)
        self.beginInsertRows(NOWHERE, first, first + len(trials) - 1)
        self._trials += trials
        self._flags += flags
        self.endInsertRows()

    def trial(self, row: int) -> TrialRecord:
        """Return the trial of a row."""
        return self._trials[row]

    def row_of(self, trial: TrialRecord) -> int:
        """Return the row of a trial; raise ValueError when it is not here."""
        return self._trials.index(trial)

    def rowCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._trials)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        trial, flags = self._trials[index.row()], self._flags[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            if index.column() == STATUS and flags:
                return (
                    f"disturbed: {', '.join(_SHORT.get(one.kind, one.sentence) for one in flags)}"
                )
            return _cell(trial, index.column())
        if role == Qt.ItemDataRole.ForegroundRole and (trial.status != "done" or flags):
            colours = self._theme.colours
            return QColor(colours.error if trial.status == "failed" else colours.muted)
        if role == Qt.ItemDataRole.ToolTipRole and flags:
            return plain("\n".join(flag.sentence for flag in flags))
        if role == Qt.ItemDataRole.ToolTipRole and trial.error:
            return plain(f"{trial.error.type}: {trial.error.message}")
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self.alignment(index.column())
        return None


def _cell(trial: TrialRecord, column: int) -> str:
    match column:
        case 0:
            return str(trial.order)
        case 1:
            return str(trial.block)
        case 2:
            return configuration(trial.executor, trial.workers)
        case 3:
            return trial.python or "–"
        case 4:
            return _time(trial.startup_s)
        case 5:
            return _time(trial.work_s)
        case 6:
            return _time(trial.cpu_s)
        case 7:
            return f"failed: {trial.error.message}" if trial.error else trial.status
        case 8:
            return trial.start_method or "–"
        case 9:
            return "–" if trial.value is None else f"{trial.value:.11g}"
    return "–" if trial.abs_error is None else f"{trial.abs_error:.1e}"


def _time(value: float | None) -> str:
    return "–" if value is None else seconds(value)
