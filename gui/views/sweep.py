"""The stage of a sweep: runtime and speed-up over workers, the trials, the timeline of one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from core.experiments.base import Trial
from gui.models.trials import TrialTable
from gui.painted import when_painted
from gui.theme import Theme
from gui.views.late import Late
from gui.views.scaling import RuntimeChart, ScalingChart, SpeedupChart
from gui.views.stage import Stage
from gui.views.tables import Table

if TYPE_CHECKING:
    from core.results.records import RunRecord, TrialRecord
    from gui.views.trial_timeline import TrialTimeline

_WIDEST = (
    "10000",
    "Repeat",
    "61 processes",
    "Started by",
    "Start-up",
    "0000 ms",
    "0000 ms",
    "3.1415925536",
    "0.0e-00",
    "failed",
)


class SweepStage(Stage):
    """Charts, table, and a timeline that follows the newest trial until one is chosen.

    The timeline is built when the charts are on the screen: it is empty before the first trial.
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._trials: list[TrialRecord] = []
        self._chosen: TrialRecord | None = None
        self._model = TrialTable(theme)
        self._table = Table(self._model, "Trials", _WIDEST, theme)
        self._runtime = RuntimeChart(theme)
        self._charts: list[ScalingChart] = [self._runtime]
        self._expected: tuple[Sequence[int], Sequence[str], float] | None = None
        self._timeline: TrialTimeline | None = None
        self._table.row_chosen.connect(lambda row: self._choose(self._model.trial(row)))
        self._runtime.trial_chosen.connect(self._choose)
        self.tabs = [
            ("Runtime", self._runtime),
            ("Speed-up", Late(self._make_speedup)),
            ("Trials", self._table),
        ]
        self.lower = QWidget()
        QVBoxLayout(self.lower).setContentsMargins(0, 0, 0, 0)
        when_painted(self.lower, self._add_timeline)

    def begin(self, record: RunRecord, longest_s: float) -> None:
        self._trials, self._chosen = [], None
        self._model.clear()
        values = record.parameters
        self._expected = (values["workers"], values["executors"], longest_s)
        for chart in self._charts:
            chart.expect(*self._expected)
        if self._timeline is not None:
            self._timeline.clear()

    def add_trials(self, trials: list[TrialRecord]) -> None:
        self._trials += trials
        self._model.append(trials)

    def add_events(self, events: list[tuple[Trial, dict[str, Any]]]) -> None:
        raise AssertionError("the trials of a sweep tell nothing while they run")

    def steps(self) -> list[Callable[[], None]]:
        charts = [partial(chart.show_trials, self._trials) for chart in self._charts]
        return [*charts, self._show_newest_timeline, self._select_newest]

    def _newest(self) -> TrialRecord | None:
        """The trial that is followed: the newest that is done, while nobody has chosen one."""
        if not self._trials or self._chosen is not None:
            return None
        done = (trial for trial in reversed(self._trials) if trial.status == "done")
        return next(done, self._trials[-1])

    def _show_newest_timeline(self) -> None:
        if (trial := self._newest()) is not None:
            self._show_timeline(trial)

    def _show_timeline(self, trial: TrialRecord) -> None:
        if self._timeline is not None:
            self._timeline.show_trial(trial)

    def _add_timeline(self) -> None:
        from gui.views.trial_timeline import TrialTimeline

        self._timeline = TrialTimeline(self._theme)
        layout = self.lower.layout()
        assert layout is not None
        layout.addWidget(self._timeline)
        if self._chosen is not None:
            self._timeline.show_trial(self._chosen)
        self._show_newest_timeline()

    def _select_newest(self) -> None:
        if (trial := self._newest()) is not None:
            self._table.select(self._model.row_of(trial))

    def _make_speedup(self) -> QWidget:
        chart, baseline = SpeedupChart(self._theme), BaselineChooser()
        baseline.chosen.connect(chart.set_baseline)
        chart.trial_chosen.connect(self._choose)
        self._charts.append(chart)
        if self._expected is not None:
            chart.expect(*self._expected)
        chart.show_trials(self._trials)
        return _stacked(baseline, chart)

    def _choose(self, trial: TrialRecord) -> None:
        self._chosen = trial
        self._show_timeline(trial)
        self._table.select(self._model.row_of(trial))


class BaselineChooser(QWidget):
    """What the speed-up divides by; `chosen` carries "serial" or "one"."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 6, 8, 0)
        box = QComboBox()
        box.setAccessibleName("Compared with")
        for name, label, tip in (
            ("serial", "one plain call", "The time of the same work without any executor."),
            ("one", "one worker of its kind", "The time of the same executor with one worker."),
        ):
            box.addItem(label, name)
            box.setItemData(box.count() - 1, tip, Qt.ItemDataRole.ToolTipRole)
        box.currentIndexChanged.connect(lambda: self.chosen.emit(box.currentData()))
        caption = QLabel("Compared with")
        caption.setBuddy(box)
        row.addWidget(caption)
        row.addWidget(box)
        row.addStretch(1)


def _stacked(upper: QWidget, lower: QWidget) -> QWidget:
    both = QWidget()
    column = QVBoxLayout(both)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    column.addWidget(upper)
    column.addWidget(lower, 1)
    return both
