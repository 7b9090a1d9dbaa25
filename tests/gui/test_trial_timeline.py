"""One trial on a timeline: its caption, whatever the work was, and its record span by span."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from core.results.records import TaskRecord, TrialRecord
from gui.models.spans import SpanKind
from gui.theme import Theme
from gui.views.trial_timeline import TrialTimeline
from tests.core.making import done


@pytest.fixture
def timeline(light: Theme, qtbot: QtBot) -> TrialTimeline:
    made = TrialTimeline(light)
    qtbot.addWidget(made)
    return made


def caption(timeline: TrialTimeline, trial: TrialRecord) -> str:
    """Show a trial, and return what stands over it."""
    timeline.show_trial(trial)
    label = timeline.findChild(QLabel)
    assert label is not None
    return label.text()


@pytest.mark.parametrize(
    ("work", "value", "says"),
    [
        ("", 3.14159, "π ≈ 3.1415900000, off by"),
        ("monte-carlo", 3.1416, "π ≈ 3.1416000000, off by"),
        ("hashing", 500.0, "Hashing: 500, off by"),
        ("of a newer lab", 2.0, "of a newer lab: 2, off by"),
    ],
)
def test_only_what_is_an_estimate_of_pi_is_called_so(
    timeline: TrialTimeline, work: str, value: float, says: str
) -> None:
    trial = done("threads", 2, 1, 0.5, workload=work, value=value, abs_error=0.0)
    assert says in caption(timeline, trial)


def test_what_a_file_tells_is_shown_as_it_stands(timeline: TrialTimeline) -> None:
    trial = done("<b>x</b>", 2, 1, 0.5, workload="<i>y</i>", value=1.0, abs_error=0.0)
    assert "&lt;b&gt;x" in caption(timeline, trial)
    assert "&lt;i&gt;y" in caption(timeline, trial)


def trial(*tasks: TaskRecord, startup_s: float | None = 0.1) -> TrialRecord:
    return TrialRecord(
        executor="threads",
        start_method=None,
        workers=2,
        block=1,
        order=1,
        status="done",
        startup_s=startup_s,
        tasks=tasks,
    )


def task(worker: int, start_s: float, end_s: float, cpu_s: float) -> TaskRecord:
    return TaskRecord(worker=worker, submit_s=0.0, start_s=start_s, end_s=end_s, cpu_s=cpu_s)


def test_each_task_is_where_and_when_it_ran(timeline: TrialTimeline) -> None:
    timeline.show_trial(
        trial(task(2, 0.2, 0.6, 0.1), task(1, 0.3, 0.3, 0.0), task(1, 0.2, 0.4, 0.5))
    )
    store = timeline._timeline._store
    assert store.count == 4  # a task without length was never drawn
    start = store.span_at(1, 0.05)
    assert start is not None
    assert (start.kind, start.end_s, start.cpu_share) == (SpanKind.STARTUP, 0.1, None)
    assert start.label.startswith("start-up")
    first, third = store.span_at(1, 0.5), store.span_at(0, 0.3)
    assert first is not None
    assert third is not None
    assert (first.id, first.start_s, first.end_s) == (1, 0.2, 0.6)
    assert first.cpu_share is not None
    assert abs(first.cpu_share - 0.25) < 1e-6
    assert (third.id, third.cpu_share) == (3, 1.0)


def test_a_trial_without_tasks_says_why(timeline: TrialTimeline) -> None:
    timeline.show_trial(trial(startup_s=None))
    assert timeline._timeline._store.count == 0
    assert "stopped" in timeline._timeline._placeholder
