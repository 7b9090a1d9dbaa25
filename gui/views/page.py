"""The page of an experiment: set up at the left, the result at the right, the timeline below it."""

from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from core.experiments.base import Experiment
from core.results.records import RunRecord, TrialRecord
from core.results.statistics import duration
from gui.models.run_state import BUSY, CAN_STOP, State
from gui.models.trials import TrialTable
from gui.theme import Theme
from gui.views.form import Form
from gui.views.result import BaselineChooser, Card, ResultPanel

_FORM_WIDTH = 264
_TIMELINE_HEIGHT = 150
_REDRAW_MS = 100
_INVITATION = "Press Run to see"
_INVITATION_DETAILS = "The chart fills as each trial finishes. You can stop at any moment."


class ExperimentPage(QWidget):
    """One experiment's page; it tells what a person wants and shows what it is given.

    `finish` builds the charts and the timeline, which import pyqtgraph: call it after the first
    paint. GUI thread.
    """

    run_requested = Signal(dict)
    stop_requested = Signal()
    confirmed = Signal()

    def __init__(self, experiment: Experiment, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("page")
        self._experiment = experiment
        self._theme = theme
        self._state = State.IDLE
        self._record: RunRecord | None = None
        self._trials: list[TrialRecord] = []
        self._chosen: TrialRecord | None = None
        self._drawn: list[Any] = []
        self._table = TrialTable(theme)
        self._form = Form(experiment.parameters, experiment.check, theme)
        self._result = ResultPanel(self._table, theme)
        self._run, self._stop = QPushButton("Run"), QPushButton("Stop")
        self._why = QLabel()
        self._question = QLabel(experiment.question)
        self._timeline_card = Card()
        self._redraw = QTimer(self)
        self._redraw.setSingleShot(True)
        self._redraw.setInterval(_REDRAW_MS)
        self._redraw.timeout.connect(self._draw)
        self._build()
        self._connect()
        self._restyle()
        self._result.show_message(_INVITATION, _INVITATION_DETAILS)
        self._refresh_buttons()

    def finish(self) -> None:
        """Build what needs the heavy imports."""
        from gui.views.charts import RuntimeChart, SpeedupChart
        from gui.views.trial_timeline import TrialTimeline

        runtime, speedup = RuntimeChart(self._theme), SpeedupChart(self._theme)
        baseline = BaselineChooser()
        baseline.chosen.connect(speedup.set_baseline)
        self._result.install_charts(runtime, speedup, baseline)
        for chart in (runtime, speedup):
            chart.trial_chosen.connect(self._choose)
        self._timeline = TrialTimeline(self._theme)
        layout = self._timeline_card.layout()
        assert layout is not None
        layout.addWidget(self._timeline)
        self._drawn = [runtime, speedup]
        self._draw()

    def begin(self, record: RunRecord, longest_s: float) -> None:
        """Clear the page for a run whose record is still without trials."""
        self._record, self._trials, self._chosen = record, [], None
        self._table.clear()
        self._result.show_message("Measuring …")
        workers = record.parameters["workers"]
        for chart in self._drawn:
            chart.expect(workers, longest_s)
        self._timeline.clear()

    def add_trials(self, trials: list[TrialRecord]) -> None:
        """Show trials that have just ended."""
        self._trials += trials
        self._table.append(trials)
        if not self._redraw.isActive():
            self._redraw.start()

    def show_record(self, record: RunRecord) -> None:
        """Show the record as it now stands: the result in words."""
        self._record = record
        summary = self._experiment.summary(record)
        if summary.headline:
            self._result.show_summary(summary)
        elif record.status == "stopped":
            self._result.show_message("Stopped before a trial was done", _INVITATION_DETAILS)
        elif record.status == "failed":
            self._result.show_message("No trial was done", "\n".join(summary.details))

    def show_problem(self, sentence: str, detail: str) -> None:
        """Show why the run could not be."""
        self._result.show_problem(sentence, detail)

    def show_state(self, state: State, expected_s: float = 0.0) -> None:
        """Enable what can be done now; `expected_s` is for a run that waits to be confirmed."""
        self._state = state
        if state is State.PREPARING:
            self._result.show_message("Getting ready …")
        elif state is State.CONFIRMING:
            self._result.ask_to_confirm(
                f"This run would take about {duration(expected_s)}."
                " It can be stopped at any moment, and what was measured stays."
            )
        elif state is State.STOPPED and self._record is None:
            self._result.show_message("Stopped before a trial was done", _INVITATION_DETAILS)
        self._form.setEnabled(state not in BUSY)
        self._refresh_buttons()

    def set_values(self, values: dict[str, Any]) -> None:
        """Fill the form."""
        self._form.set_values(values)

    def set_icons(self, run: Any, stop: Any) -> None:
        """Give Run and Stop their icons."""
        self._run.setIcon(run)
        self._stop.setIcon(stop)

    def request_run(self) -> None:
        """Do what a click on Run does."""
        values = self._form.values()
        if values is not None and self._run.isEnabled():
            self._record = None
            self.run_requested.emit(values)

    def _build(self) -> None:
        self._run.setProperty("primary", True)
        self._run.setObjectName("run")
        self._stop.setObjectName("stop")
        self._why.setProperty("muted", True)
        self._why.setObjectName("why")
        self._question.setWordWrap(True)
        header = QHBoxLayout()
        header.addWidget(self._question, 1)
        for widget in (self._why, self._run, self._stop):
            header.addWidget(widget)
        self._side = self._make_side()
        column = QVBoxLayout(self._timeline_card)
        column.setContentsMargins(16, 10, 16, 8)
        split = QSplitter(Qt.Orientation.Vertical)
        split.addWidget(self._result)
        split.addWidget(self._timeline_card)
        split.setStretchFactor(0, 2)
        split.setStretchFactor(1, 1)
        split.setSizes([450, 240])
        split.setChildrenCollapsible(False)
        split.setHandleWidth(10)
        body = QHBoxLayout()
        body.setSpacing(12)
        body.addWidget(self._side)
        body.addWidget(_scrolled(split), 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 10, 14, 12)
        layout.setSpacing(10)
        layout.addLayout(header)
        layout.addLayout(body, 1)

    def _make_side(self) -> Card:
        self._heading = QLabel("Set up")
        card = Card()
        column = QVBoxLayout(card)
        column.setContentsMargins(16, 12, 8, 8)
        column.addWidget(self._heading)
        column.addWidget(_scrolled(self._form), 1)
        return card

    def _connect(self) -> None:
        self._form.changed.connect(self._refresh_buttons)
        self._run.clicked.connect(self.request_run)
        self._stop.clicked.connect(self.stop_requested)
        self._result.confirmed.connect(self.confirmed)
        self._result.declined.connect(self.stop_requested)
        self._result.trial_chosen.connect(self._choose)
        self._theme.changed.connect(self._restyle)

    def _draw(self) -> None:
        """Redraw what shows all trials; at most every tenth of a second, however many arrive."""
        for chart in self._drawn:
            chart.show_trials(self._trials)
        if self._record is not None and self._state in BUSY:
            self._show_summary_so_far()
        if self._trials and self._chosen is None and self._drawn:
            done = (trial for trial in reversed(self._trials) if trial.status == "done")
            newest = next(done, self._trials[-1])
            self._timeline.show_trial(newest)
            self._result.select(newest, follow=True)

    def _show_summary_so_far(self) -> None:
        assert self._record is not None
        from msgspec.structs import replace

        summary = self._experiment.summary(replace(self._record, trials=tuple(self._trials)))
        if summary.headline:
            self._result.show_summary(summary)

    def _choose(self, trial: TrialRecord) -> None:
        self._chosen = trial
        self._timeline.show_trial(trial)
        self._result.select(trial, follow=True)

    def _refresh_buttons(self) -> None:
        problem = self._form.problem
        busy = self._state in BUSY
        self._run.setEnabled(not busy and not problem)
        self._stop.setEnabled(self._state in CAN_STOP)
        why = f"Check “{problem}” at the left" if problem else ""
        self._why.setText(why)
        self._run.setToolTip(why or ("A run is going on" if busy else "Start the run (Ctrl+R)"))
        self._stop.setToolTip(
            "Stop at once and keep what was measured (Esc)" if busy else "Nothing is running"
        )

    def _restyle(self) -> None:
        self._question.setFont(self._theme.font(1.2, bold=True))
        self._heading.setFont(self._theme.font(1.0, bold=True))
        self._side.setFixedWidth(self._theme.px(_FORM_WIDTH))
        self._timeline_card.setMinimumHeight(self._theme.px(_TIMELINE_HEIGHT))


def _scrolled(widget: QWidget) -> QScrollArea:
    """Let a widget scroll up and down when it does not fit, as on a projector with large type."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidget(widget)
    return area
