"""Who was at work and who waited, from a record alone: the timeline that a page has below."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from core.experiments.base import Experiment, SpanWord
from core.lab.kinds import configuration
from core.report.lanes import Lanes
from core.report.marks import KINDS, OTHER
from core.report.stretches import CALLED, Stretch, Stretches
from core.results.statistics import seconds

if TYPE_CHECKING:
    from core.results.records import RunRecord, TrialRecord

TITLE = "Timeline"


def timeline(record: RunRecord, experiment: Experiment, trial: int | None = None) -> Lanes | None:
    """Draw the timeline of a sweep's trial, by its order, or of all that a story told; or None.

    Without `trial` a sweep has that of its last one that is done. Of a story the record is as
    `Experiment.known` gives it.
    """
    if experiment.is_sweep:
        found = [one for one in record.trials if one.tasks and trial in (None, one.order)]
        return of_trial(found[-1]) if found else None
    return of_story(record, experiment.span_words)


def of_trial(trial: TrialRecord) -> Lanes:
    """Draw a lane for each worker: its start-up, then its tasks."""
    startup = trial.startup_s or 0.0
    is_serial = trial.executor == "serial"
    names = ["main thread"] if is_serial else [f"worker {n}" for n in range(1, trial.workers + 1)]
    ready = [Stretch(n, "startup", 0.0, startup) for n in range(len(names))] if startup > 0 else []
    tasks = [
        Stretch(task.worker - 1, "task", task.start_s, task.end_s, f"task {number}")
        for number, task in enumerate(trial.tasks, 1)
        if task.end_s > task.start_s
    ]
    who = configuration(trial.executor, trial.workers)
    note = f"Trial {trial.order}: {who}, repeat {trial.block}; work {seconds(trial.work_s or 0.0)}."
    colours = {"task": KINDS.get(trial.executor, OTHER)}
    return Lanes(TITLE, tuple(names), (*ready, *tasks), CALLED, colours, note)


def of_story(record: RunRecord, words: Mapping[str, SpanWord]) -> Lanes | None:
    """Draw what programs told, trial after trial; None where no lane was named."""
    told = Stretches()
    for trial in record.trials:
        told.begin_trial()
        for event in trial.events:
            told.take(event)
        last = max((event.get("t", 0.0) for event in trial.events), default=0.0)
        told.end_trial(max(last, trial.wall_s or 0.0))  # when it was over, or was stopped
    stretches = tuple(told.take_away())
    if not stretches:
        return None
    called = {**CALLED, **{state: one.name for state, one in words.items()}}
    return Lanes(TITLE, tuple(told.lanes), stretches, called, {})
