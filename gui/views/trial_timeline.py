"""One trial on a timeline: a lane for each worker, its start-up apart from its tasks."""

from html import escape

import numpy as np
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from core.lab import workloads
from core.lab.kinds import configuration
from core.results.records import TrialRecord
from core.results.statistics import seconds
from gui.models.spans import SpanBatch, SpanKind, SpanStore
from gui.theme import Theme
from gui.views.timeline.style import TimelineStyle
from gui.views.timeline.widget import Timeline


class TrialTimeline(QWidget):
    """A caption with the trial's figures over its timeline. GUI thread."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._trial: TrialRecord | None = None
        self._dressed = ""
        self._caption = QLabel()
        self._caption.setWordWrap(True)
        self._timeline = Timeline()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._caption)
        layout.addWidget(self._timeline, 1)
        theme.follow(self, self._restyle)
        self.clear()
        self._restyle()

    def clear(self) -> None:
        """Show that there is no trial yet."""
        self._trial = None
        self._caption.setText("Timeline of a trial")
        self._timeline.set_placeholder("The tasks of the newest trial show here, worker by worker.")
        self._timeline.clear()
        self._dress()

    def show_trial(self, trial: TrialRecord) -> None:
        """Show one trial."""
        if self._trial == trial:
            return
        self._trial = trial
        self._caption.setText(_caption(trial))
        lanes = 1 if trial.executor == "serial" else trial.workers
        names = ["main thread"] if trial.executor == "serial" else _lane_names(lanes)
        spans = SpanStore(_batch(trial))
        self._timeline.show_anew(names, spans, _why_empty(trial))
        self._dress()

    def _restyle(self) -> None:
        self._caption.setFont(self._theme.font(0.95))
        self._dressed = ""
        self._dress()

    def _dress(self) -> None:
        """Draw tasks in the colour of their executor kind."""
        colour = self._theme.of_kind(self._trial.executor if self._trial else "processes").name()
        if colour != self._dressed:
            self._dressed = colour
            self._timeline.set_style(timeline_style(self._theme, colour))


def timeline_style(theme: Theme, task: str) -> TimelineStyle:
    """Dress a timeline in the theme, its tasks in one colour."""
    c = theme.colours
    return TimelineStyle(
        background=c.card,
        lane=c.window,
        grid=c.line,
        text=c.text,
        muted=c.muted,
        selection=c.text,
        startup=c.muted,
        task=task,
        waiting=c.waiting,
        failed=c.error,
        cancelled=c.muted,
        event=c.text,
        font_pt=theme.font(0.92).pointSizeF(),
    )


def _lane_names(count: int) -> list[str]:
    return [f"worker {number}" for number in range(1, count + 1)]


def _batch(trial: TrialRecord) -> SpanBatch:
    """Make columns of a trial's tasks, after the start-up of each worker; task numbers from 1."""
    startup = trial.startup_s or 0.0
    workers = trial.workers if startup else 0
    ran = [
        (task.worker - 1, task.start_s, task.end_s, task.cpu_s, number)
        for number, task in enumerate(trial.tasks, start=1)
        if task.end_s > task.start_s
    ]
    lanes, starts, ends, cpu, numbers = np.array(ran, np.float64).reshape(-1, 5).T
    unknown = np.full(workers, np.nan)
    return SpanBatch.of(
        np.concatenate([np.arange(workers), lanes]),
        np.concatenate([np.zeros(workers), starts]),
        np.concatenate([np.full(workers, startup), ends]),
        np.repeat((SpanKind.STARTUP, SpanKind.TASK), (workers, len(ran))),
        ids=np.concatenate([np.full(workers, -1), numbers]),
        cpu_shares=np.concatenate([unknown, np.minimum(1.0, cpu / (ends - starts))]),
        labels=dict.fromkeys(range(workers), "start-up: until every worker had answered"),
    )


def _caption(trial: TrialRecord) -> str:
    who = escape(configuration(trial.executor, trial.workers))  # a file may name it anything
    place = f"<b>Trial {trial.order}: {who}</b>, repeat {trial.block}"
    if trial.error is not None:
        return f"{place}: failed"
    if trial.work_s is None or trial.value is None or trial.abs_error is None:
        return f"{place}: stopped"
    return (
        f"{place} · work {seconds(trial.work_s)} · start-up {seconds(trial.startup_s or 0)}"
        f" · {_answer(trial.workload, trial.value)}, off by {trial.abs_error:.1e}"
    )


def _answer(workload: str, value: float) -> str:
    """Write what came out: π, or what was counted. Trials of old records tell no work: it was π."""
    name = escape(workloads.named(workload or "leibniz"))
    return f"π ≈ {value:.10f}" if name == "π" else f"{name}: {value:.10g}"


def _why_empty(trial: TrialRecord) -> str:
    if trial.error is not None:
        return f"This trial failed: {trial.error.sentence}"
    return "This trial was stopped before it was done."
