"""Who was at work and who waited, from a record alone: the timeline that a page has below."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from core.experiments.base import Experiment, Scaling, SpanWord
from core.lab.kinds import configuration
from core.report.lanes import Lanes, Stretch
from core.report.marks import KINDS, OTHER, SPANS
from core.results.statistics import seconds

if TYPE_CHECKING:
    from core.results.records import RunRecord, TrialRecord

_CALLED = {
    "startup": "start-up",
    "task": "at work",
    "waiting": "waiting",
    "cancelled": "cancelled",
    "failed": "failed",
    "event": "event",
}
TITLE = "Timeline"


def timeline(record: RunRecord, experiment: Experiment, trial: int | None = None) -> Lanes | None:
    """Draw the timeline of a sweep's trial, by its order, or of all that a story told; or None.

    Without `trial` a sweep has that of its last one that is done. Of a story the record is as
    `Experiment.known` gives it.
    """
    if any(isinstance(show, Scaling) for show in experiment.shows):
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
    return Lanes(TITLE, tuple(names), (*ready, *tasks), _CALLED, colours, note)


def of_story(record: RunRecord, words: Mapping[str, SpanWord]) -> Lanes | None:
    """Draw what programs told, trial after trial; None where no lane was named."""
    told = _Told()
    for trial in record.trials:
        told.take(trial)
    if not told.stretches:
        return None
    called = {**_CALLED, **{state: one.name for state, one in words.items()}}
    return Lanes(TITLE, tuple(told.lanes), tuple(told.stretches), called, {})


class _Told:
    """Lanes and what is in them, as `gui.views.story_timeline` puts it together."""

    def __init__(self) -> None:
        self.lanes: dict[str, int] = {}
        self.stretches: list[Stretch] = []
        self._begun: dict[str, tuple[str, float, str]] = {}
        self._zero: float | None = None
        self._last = 0.0

    def take(self, trial: TrialRecord) -> None:
        """Take what a trial told; one whose lanes are there already goes on behind the last."""
        self._zero = None
        now = 0.0
        for event in trial.events:
            now = max(now, event.get("t", 0.0))
            match event["kind"]:
                case "waits":
                    words = f"waits for {event['whom']}"
                    self._begin(event["who"], "waiting", event["t"], words)
                case "goes_on":
                    self._end(event["who"], event["t"])
                case "begins":
                    self._begin(event["lane"], _kind(event), event["start"], _label(event))
                case "span":
                    self._begun.pop(event["lane"], None)
                    end = max(event["start"], event["end"])
                    self._add(event["lane"], _kind(event), event["start"], end, _label(event))
                case "mark":
                    self._add(event["lane"], "event", event["at"], event["at"], _label(event))
        now = max(now, trial.wall_s or 0.0)  # when it was over, or was stopped
        for lane in list(self._begun):
            self._end(lane, now)

    def _begin(self, lane: str, kind: str, start: float, words: str) -> None:
        self._end(lane, start)
        self._place(lane)
        self._begun[lane] = kind, start, words

    def _end(self, lane: str, end: float) -> None:
        if (begun := self._begun.pop(lane, None)) is not None:
            kind, start, words = begun
            self._add(lane, kind, start, max(start, end), words)

    def _add(self, lane: str, kind: str, start: float, end: float, words: str) -> None:
        number, zero = self._place(lane)
        self._last = max(self._last, zero + end)
        self.stretches.append(Stretch(number, kind, zero + start, zero + end, words))

    def _place(self, lane: str) -> tuple[int, float]:
        if self._zero is None:
            self._zero = self._last if lane in self.lanes else 0.0
        return self.lanes.setdefault(lane, len(self.lanes)), self._zero


def _kind(event: Mapping[str, Any]) -> str:
    state: str = event.get("state", "task")
    return state if state in SPANS else "task"


def _label(event: Mapping[str, Any]) -> str:
    label: str = event.get("label", "")
    return label
