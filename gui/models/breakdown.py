"""Where the time of trials went, as a Qt model: a row for each trial, or for each configuration."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt

from core.lab.kinds import KINDS, configuration
from core.results.phases import Part, Phases, phases
from core.results.statistics import seconds
from gui.models.headed import NOWHERE, HeadedTable, Heading, Index

if TYPE_CHECKING:
    from core.results.records import TrialRecord

_HEADINGS = (
    Heading(
        "Configuration",
        "What shared the work. Of the measured ceiling these are processes that never talk.",
    ),
    Heading("Python", "Which Python ran it, where there are several."),
    Heading("Where its time went", "All bars have one scale: the longest fills the column."),
    Heading("In all", "From opening the pool until the last result was there.", is_figure=True),
)
PYTHON, BAR = 1, 2
PHASES_ROLE = Qt.ItemDataRole.UserRole + 1

Divided = tuple["TrialRecord", Phases]


def divided(trials: Sequence[TrialRecord]) -> list[Divided]:
    """Divide trials, but for those without tasks. Pure; some time for each task, in any thread."""
    return [(trial, found) for trial in trials if (found := phases(trial)) is not None]


class Breakdown(HeadedTable):
    """Divided trials, in order of arrival, or the middle one of each configuration.

    That is the repeat whose wall time is the median, so that its parts sum to it. `longest_s` is
    the longest wall time of all rows, 0 without any. GUI thread.
    """

    def __init__(self) -> None:
        super().__init__(_HEADINGS)
        self._each = False
        self.longest_s = 0.0
        self._all: list[Divided] = []
        self._rows: list[Divided] = []
        self._pythons: tuple[str, ...] = ()

    def show_each(self, each: bool) -> None:
        """Have a row for each trial, or one for each configuration."""
        self._each = each
        self._arrange()

    def clear(self, pythons: Sequence[str] = ()) -> None:
        """Forget all trials; those to come are on these Pythons, in this order."""
        self._all, self._pythons = [], tuple(pythons)
        self._arrange()

    def append(self, found: Sequence[Divided]) -> None:
        """Add divided trials."""
        if found:
            self._all += found
            self._arrange()

    def trial(self, row: int) -> TrialRecord:
        """Return the trial of a row."""
        return self._rows[row][0]

    def phases(self, row: int) -> Phases:
        """Return the parts of a row's trial."""
        return self._rows[row][1]

    def words(self, row: int) -> str:
        """Say where the time of a row went, in one line."""
        trial, found = self._rows[row]
        parts = "; ".join(f"{part.label} {_share(value, found)}" for part, value in found.parts)
        return f"{_name(trial)}, repeat {trial.block}: {parts}; in all {seconds(found.wall_s)}"

    def part_words(self, row: int, part: Part, value: float) -> str:
        """Say what one part of a row's bar is."""
        return f"{part.label}: {_share(value, self.phases(row))}\n{part.help}"

    def rowCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        trial, found = self._rows[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole if index.column() == 0:
                repeat = f", repeat {trial.block}" if self._each else ""
                return f"{configuration(trial.executor, trial.workers)}{repeat}"
            case Qt.ItemDataRole.DisplayRole if index.column() == PYTHON:
                return trial.python or "–"
            case Qt.ItemDataRole.DisplayRole if index.column() > BAR:
                return seconds(found.wall_s)
            case Qt.ItemDataRole.TextAlignmentRole:
                return self.alignment(index.column())
            case Qt.ItemDataRole.AccessibleTextRole:
                return self.words(index.row())
        return found if role == PHASES_ROLE else None

    def _arrange(self) -> None:
        self.beginResetModel()
        self._rows = list(self._all) if self._each else _middles(self._all, self._pythons)
        self.longest_s = max((found.wall_s for _, found in self._rows), default=0.0)
        self.endResetModel()


def _middles(everything: Sequence[Divided], pythons: Sequence[str]) -> list[Divided]:
    """Pick of each configuration the trial whose wall time is the median, the lower of two.

    The same configuration on several Pythons stands together, in their order.
    """
    groups: dict[tuple[int, str, int, int, str], list[Divided]] = {}
    for trial, found in everything:
        place = KINDS.index(trial.executor) if trial.executor in KINDS else len(KINDS)
        turn = pythons.index(trial.python) if trial.python in pythons else len(pythons)
        key = (place, trial.executor, trial.workers, turn, trial.python)
        groups.setdefault(key, []).append((trial, found))
    rows = []
    for key in sorted(groups):
        ordered = sorted(groups[key], key=lambda one: one[1].wall_s)
        rows.append(ordered[(len(ordered) - 1) // 2])
    return rows


def _name(trial: TrialRecord) -> str:
    name = configuration(trial.executor, trial.workers)
    return f"{name}, {trial.python}" if trial.python else name


def _share(value: float, found: Phases) -> str:
    share = value / found.wall_s if found.wall_s > 0 else 0.0
    return f"{seconds(value)} ({share:.0%})"
