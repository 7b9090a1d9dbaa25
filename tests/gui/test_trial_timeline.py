"""One trial on a timeline: what its record says, span by span."""

from pytestqt.qtbot import QtBot

from core.results.records import TaskRecord, TrialRecord
from gui.models.spans import SpanKind
from gui.theme import Theme
from gui.views.trial_timeline import TrialTimeline


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


def test_each_task_is_where_and_when_it_ran(light: Theme, qtbot: QtBot) -> None:
    view = TrialTimeline(light)
    qtbot.addWidget(view)
    view.show_trial(trial(task(2, 0.2, 0.6, 0.1), task(1, 0.3, 0.3, 0.0), task(1, 0.2, 0.4, 0.5)))
    store = view._timeline._store
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


def test_a_trial_without_tasks_says_why(light: Theme, qtbot: QtBot) -> None:
    view = TrialTimeline(light)
    qtbot.addWidget(view)
    view.show_trial(trial(startup_s=None))
    assert view._timeline._store.count == 0
    assert "stopped" in view._timeline._placeholder
