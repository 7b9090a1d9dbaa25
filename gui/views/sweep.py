"""The stage of a sweep: charts over workers, where the time went, trials, the timeline of one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QVBoxLayout, QWidget

from gui.models.trials import ANSWER, PYTHON, STATUS, WORKERS, TrialTable
from gui.painted import when_painted
from gui.theme import Theme
from gui.views.late import Late
from gui.views.one_line_table import OneLineTable
from gui.views.scaling import RuntimeChart, pythons_of
from gui.views.stage import Stage, Teller

if TYPE_CHECKING:
    from core.results.records import RunRecord, TrialRecord
    from gui.models.measured import Measured
    from gui.views.breakdown import BreakdownView
    from gui.views.speedup import SpeedupPanel
    from gui.views.trial_timeline import TrialTimeline

_WIDEST = (
    "10000",
    "Repeat",
    "8 processes",
    "3.13t+gil",
    "Start-up",
    "0000 ms",
    "0000 ms",
    "disturbed: …",
    "Started by",
    "3.1415925536",
    "0.0e-00",
)
_GIVES_WAY = ((ANSWER, 70), (STATUS, 92), (WORKERS, 112))  # the first one first
_EMPTY = "Each trial appears here when it is done: its times, and how far its result is off."


class SweepStage(Stage):
    """Charts, table, and a timeline that follows the newest trial until one is chosen.

    The timeline is built when the charts are on the screen: it is empty before the first trial.
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._measured: Measured | None = None
        self._chosen: TrialRecord | None = None
        self._model = TrialTable(theme)
        self._table = OneLineTable(self._model, "Trials", theme, _GIVES_WAY, _EMPTY, _WIDEST)
        self._table.setColumnHidden(PYTHON, True)
        self._runtime = RuntimeChart(theme)
        self._speedup: SpeedupPanel | None = None
        self._breakdown: BreakdownView | None = None
        self._begun: tuple[RunRecord, float] | None = None
        self._ended: RunRecord | None = None
        self._timeline: TrialTimeline | None = None
        self._table.row_chosen.connect(lambda row: self._follow(self._model.trial(row)))
        self._runtime.trial_chosen.connect(self._choose)
        self.tabs = [
            ("Runtime", self._runtime),
            ("Speed-up", Late(self._make_speedup)),
            ("Where it went", Late(self._make_breakdown)),
            ("Trials", self._table),
        ]
        self.lower = QWidget()
        QVBoxLayout(self.lower).setContentsMargins(0, 0, 0, 0)
        when_painted(self.lower, self._add_timeline)

    def begin(self, record: RunRecord, longest_s: float) -> None:
        from gui.models.measured import Measured

        self._measured, self._chosen, self._ended = Measured(record), None, None
        self._begun = (record, longest_s)
        self._model.clear()
        self._table.setColumnHidden(PYTHON, len(record.environment.pythons) < 2)
        self._runtime.expect(record, longest_s)
        if self._speedup is not None:
            self._speedup.clear(record, longest_s)
        if self._breakdown is not None:
            self._breakdown.clear(pythons_of(record))
        if self._timeline is not None:
            self._timeline.clear()

    def add_trials(self, trials: list[TrialRecord]) -> None:
        assert self._measured is not None, "trials came before their run"
        self._measured.add(trials)
        self._model.append(trials, [self._measured.flags(trial) for trial in trials])
        if self._breakdown is not None:
            self._breakdown.add(trials)

    def add_events(self, events: Sequence[tuple[Teller, dict[str, Any]]]) -> None:
        raise AssertionError("the trials of a sweep tell nothing while they run")

    def end(self, record: RunRecord) -> None:
        self._ended = record
        if self._speedup is not None:
            self._speedup.end(record)

    def drawn_with(self) -> dict[str, Any]:
        return {} if self._speedup is None else self._speedup.drawn_with()

    @property
    def trial_in_sight(self) -> int | None:
        trial = self._chosen or self._newest()
        return None if trial is None else trial.order

    def steps(self) -> list[Callable[[], None]]:
        if self._measured is None:
            return []
        steps = self._runtime.steps(self._measured)
        if self._speedup is not None:
            steps += self._speedup.chart.steps(self._measured)
        if self._breakdown is not None and self._breakdown.isVisible():
            steps.append(self._breakdown.draw)
        return [*steps, self._show_newest_timeline, self._select_newest]

    def _newest(self) -> TrialRecord | None:
        """The trial that is followed: the newest that is done, while nobody has chosen one."""
        trials = self._measured.trials if self._measured is not None else []
        if not trials or self._chosen is not None:
            return None
        done = (trial for trial in reversed(trials) if trial.status == "done")
        return next(done, trials[-1])

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
        """Select what the timeline shows, where a person has not chosen several rows."""
        if len(self._table.rows_chosen) > 1:
            return
        if (trial := self._newest()) is not None:  # the table follows, unless one has scrolled up
            self._table.select(self._model.row_of(trial), into_sight=False)

    def _make_speedup(self) -> QWidget:
        from gui.views.speedup import SpeedupPanel

        self._speedup = panel = SpeedupPanel(self._theme)
        panel.chart.trial_chosen.connect(self._choose)
        panel.wanted.connect(self.wanted)
        if self._begun is not None and self._measured is not None:
            panel.clear(*self._begun)
            panel.chart.show_measured(self._measured)
        if self._ended is not None:
            panel.end(self._ended)
        return panel

    def _make_breakdown(self) -> QWidget:
        from gui.views.breakdown import BreakdownView

        self._breakdown = view = BreakdownView(self._theme)
        view.trial_chosen.connect(self._choose)
        view.wanted.connect(self.wanted)
        if self._begun is not None and self._measured is not None:
            view.clear(pythons_of(self._begun[0]))
            view.add(self._measured.trials)
        return view

    def _follow(self, trial: TrialRecord) -> None:
        """Show the timeline of the trial that a person has chosen, in place of the newest."""
        self._chosen = trial
        self._show_timeline(trial)

    def _choose(self, trial: TrialRecord) -> None:
        """Have a trial chosen that was pointed at elsewhere than in the table."""
        self._follow(trial)
        self._table.select(self._model.row_of(trial))
