"""From a plan to a record: submit every trial, take what comes back, stop, always clean up.

front end's thread            lab dispatcher
prepare() ------------------> describe the Python, calibrate
Run(...)  <------------------ done-callback
submit()  ------------------> trial 1, trial 2, ... one at a time
run.take(trial, future) <---- done-callback, carried over by the front end's own means
run.grow(), submit()    ----> another block, as long as the experiment wants one
run.resume(record)            before submitting `run.pending`: what an earlier record has stays
stop()    ------------------> drop the pending, kill the running
"""

import time
from collections.abc import Sequence
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass, field
from datetime import datetime, timezone
from math import inf
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec.structs import replace

from core import continuing, several
from core.engines.engine import Engine
from core.engines.lab_process import left_out
from core.errors import LabStopped, RemoteError
from core.experiments.base import Experiment, Machine, Trial
from core.lab import workloads
from core.lab.describe import prepare as prepare_in_lab
from core.lab.kinds import STARTED
from core.parameters import Values
from core.results import noise
from core.results.environment import read_environment
from core.results.pythons import by_python
from core.results.records import (
    Calibration,
    Environment,
    PythonRecord,
    RunRecord,
    RunStatus,
    SkippedRecord,
    TrialError,
    TrialRecord,
)

if TYPE_CHECKING:
    from core.engines.interpreters import Choice

_CALIBRATION_S = 0.1
LONG_RUN_S = 600.0
_MOST_EVENTS = 100_000


def prepare(
    engine: Engine, experiment: Experiment, values: Values, pythons: "Sequence[Choice]" = ()
) -> "Future[Any]":
    """Ask the process of the jobs to describe itself, and to time a short piece of the work.

    With `pythons` the run will be over these, and each is asked.
    """
    arguments: tuple[Any, ...] = ()
    if experiment.calibration is not None:
        serial_s = experiment.serial_s(values)
        arguments = (*experiment.calibration(values), _CALIBRATION_S, serial_s)
    if pythons:
        return several.prepare_each(engine, pythons, prepare_in_lab, arguments)
    return engine.submit(prepare_in_lab, *arguments)


def submit(engine: Engine, plan: Sequence[Trial]) -> "list[Future[Any]]":
    """Queue every trial of the plan; the futures come in its order.

    Each later block gets fresh processes. Where a process's memory happens to lie makes the same
    code some per cent faster or slower all its life: what differs between processes belongs into
    the interval over blocks, not into every block alike.
    """
    futures = []
    block = 1
    for trial in plan:
        if trial.block != block:
            engine.renew()
            block = trial.block
        futures.append(engine.submit_on(trial.python, trial.limit_s, trial.job, *trial.arguments))
    return futures


def stop(engine: Engine) -> None:
    """Drop what has not started and end what runs, without waiting."""
    engine.cancel_pending()
    engine.kill()


class Run:
    """A run in progress: its plan, what came so far, and the record that they make.

    Belongs to one thread. `prepared` is the result of `prepare`'s future.
    """

    def __init__(self, experiment: Experiment, values: Values, prepared: dict[str, Any]) -> None:
        self.experiment = experiment
        self.values = dict(values)
        calibrated = experiment.calibration(values) if experiment.calibration else None
        self._work = workloads.about(calibrated[0]) if calibrated else None
        other_cpus, found = prepared.get("other_cpus"), prepared.get("calibration")
        self.calibration = None if found is None else msgspec.convert(found, Calibration)
        self._each: Sequence[several.Prepared] = prepared.get("each", ())
        self._term_s: float = prepared["term_s"]
        pythons = tuple(one.python for one in self._each)
        self.environment: Environment = read_environment(
            prepared["python"], tuple(left_out()), pythons, other_cpus
        )
        self.plan, self.skipped = self._planned(values)
        most = max((trial.workers for trial in self.plan), default=1)
        only_waits = self._work is not None and not self._work.computes
        notes = noise.before(self.environment, most, only_waits)
        self.environment = replace(self.environment, notes=notes)
        self.waits_for = ""
        self.end_reason = ""
        self.trials: list[TrialRecord] = []
        self.status: RunStatus = "running"
        self.started_at = datetime.now(timezone.utc).isoformat(timespec="seconds")
        self._told: dict[int, _Told] = {}
        self._last_news = self._began = time.monotonic()
        self._expected_done = 0.0
        self._took = 0.0
        self._earlier_s, self._told_nothing = 0.0, True
        self._later_s = self._unplanned_s()

    @property
    def units(self) -> str:
        """What the size of the work counts, as in "terms"; empty where there is no size."""
        return "" if self._work is None else self._work.units

    @property
    def expected_s(self) -> float:
        """How long the whole plan should take, by the calibration; at most, where it can grow."""
        return max(self._planned_s, self.experiment.budget_s(self.values) or 0.0)

    @property
    def _planned_s(self) -> float:
        return sum(trial.expected_s for trial in self.plan)

    def _unplanned_s(self) -> float:
        """How much of its time a run that grows has for trials that nobody has planned yet."""
        planned_s = sum(trial.expected_s for trial in self.pending)
        budget_s = self.experiment.budget_s(self.values) or 0.0
        return max(0.0, budget_s - self._earlier_s - planned_s)

    @property
    def remaining_s(self) -> float:
        """How long the rest should take: the calibration, corrected by the trials so far."""
        over = len(self.trials)
        now, later = self.plan[over : over + 1], self.plan[over + 1 :]
        pace = self._took / self._expected_done if self._expected_done else 1.0
        current_s = 0.0
        for trial in now:
            since, whole_s = self._last_news, trial.expected_s * pace
            if told := self._told_rows(trial):
                since, whole_s = told.began, told.each_s * trial.rows
                pace = whole_s / trial.expected_s
            current_s = max(0.0, whole_s - (time.monotonic() - since))
        return current_s + sum(trial.expected_s for trial in later) * pace + self._later_s

    @property
    def done(self) -> float:
        """How many trials are over, with the share of one that runs and tells how far it is."""
        over = len(self.trials)
        shares = ((trial, self._told_rows(trial)) for trial in self.plan[over : over + 1])
        return over + sum(min(1.0, len(told.rows) / trial.rows) for trial, told in shares if told)

    def _told_rows(self, trial: Trial) -> "_Told | None":
        """Give what a trial has told, where its rows come evenly and the first has come."""
        told = self._told.get(trial.order)
        return told if trial.rows and told is not None and told.rows else None

    def note(self, trial: Trial, event: dict[str, Any]) -> None:
        """Keep an event of a trial that runs; past a hundred thousand only the table goes on."""
        told = self._told.setdefault(trial.order, _Told())
        told.began = min(told.began, time.monotonic() - event.get("t", 0.0))
        if event["kind"] == "row":
            row = {name: what for name, what in event.items() if name not in ("kind", "t")}
            told.rows.append(row)
            told.each_s = event.get("t", 0.0) / len(told.rows)
        if len(told.events) < _MOST_EVENTS:
            told.events.append(event)

    def take(self, trial: Trial, future: "Future[Any]") -> TrialRecord | None:
        """Add what came of a trial whose future is done; None when it never began."""
        record = outcome(trial, future, self._start_method(trial))
        if record is not None:
            if (told := self._told.pop(trial.order, None)) is not None:
                took_s = time.monotonic() - told.began if record.wall_s is None else record.wall_s
                kept = replace(record, rows=tuple(told.rows), events=tuple(told.events))
                record = replace(kept, wall_s=took_s)
            record = replace(record, flags=noise.flags_of(record, self.environment))
            took = sum(part or 0.0 for part in (record.startup_s, record.work_s, record.closing_s))
            self._last_news = time.monotonic()
            if self._told_nothing:  # a person may have been asked first whether to begin
                self._began = self._last_news - took - self._earlier_s
                self._told_nothing = False
            self.trials.append(record)
            if record.status == "done":
                self._expected_done += trial.expected_s
                self._took += took
        return record

    @property
    def pending(self) -> tuple[Trial, ...]:
        """The trials of the plan that nothing has come of yet, in order."""
        return self.plan[len(self.trials) :]

    def resume(self, earlier: RunRecord) -> None:
        """Go on where an earlier run of the same values ended, before anything is submitted.

        What it finished, or failed at, stays; what was stopped is done again. Raises BadInput where
        it was another machine or Python, or the record does not belong to this plan.
        """
        self.calibration = earlier.calibration
        done, rest = continuing.split(self._as_planned(earlier), earlier, self.environment)
        self.plan = (*(trial for trial, _ in done), *rest)
        self.trials = [record for _, record in done]
        self.environment, self.started_at = earlier.environment, earlier.started_at
        self._earlier_s = continuing.took_s(self.trials)
        self._began = time.monotonic() - self._earlier_s
        self._later_s = self._unplanned_s()

    def _as_planned(self, earlier: RunRecord) -> tuple[Trial, ...]:
        """Plan as far as the earlier run had come, block by block where it grows."""
        plan = self._planned(self.values)[0]
        last = max((trial.block for trial in earlier.trials), default=0)
        while self.experiment.grow is not None and plan and plan[-1].block < last:
            before = tuple(one for one in earlier.trials if one.block <= plan[-1].block)
            parts = tuple(part for _, part in by_python(replace(earlier, trials=before)))
            growth = self.experiment.grow(self.values, parts, 0.0)
            if growth.values is None:
                break
            plan = self._planned(growth.values)[0]
        return plan

    def grow(self) -> tuple[Trial, ...]:
        """Add the trials that the experiment wants once its plan is over, and return them.

        None where it has enough: `end_reason` says why then, and `waits_for` till then what more
        trials are for. To be asked when every trial of the plan was taken and nobody stopped the
        run; what comes must be submitted.
        """
        if self.experiment.grow is None:
            return ()
        elapsed_s = time.monotonic() - self._began
        records = tuple(part for _, part in by_python(self.record()))
        growth = self.experiment.grow(self.values, records, elapsed_s)
        more: tuple[Trial, ...] = ()
        if growth.values is not None:
            more = self._planned(growth.values)[0][len(self.plan) :]
        self.plan = (*self.plan, *more)
        self.waits_for, self.end_reason = growth.waits_for, growth.end_reason
        self._later_s = growth.later_s
        self._last_news = time.monotonic()
        return more

    def end(self, stopped: bool) -> None:
        """Give the run its final status."""
        if stopped:
            self.status = "stopped"
        else:
            failed = any(trial.status == "failed" for trial in self.trials)
            self.status = "failed" if failed else "finished"

    def record(self) -> RunRecord:
        """Freeze the run as it stands."""
        return RunRecord(
            experiment=self.experiment.name,
            parameters=msgspec.json.decode(msgspec.json.encode(self.values)),
            environment=self.environment,
            status=self.status,
            started_at=self.started_at,
            planned_trials=len(self.plan),
            trials=tuple(self.trials),
            skipped=self.skipped,
            calibration=self.calibration,
            end_reason=self.end_reason,
        )

    def _start_method(self, trial: Trial) -> str | None:
        """How the trial's processes are started, also where the trial does not live to tell."""
        python = self.environment.python_called(trial.python.name if trial.python else "")
        default = python.default_start_method if python else None
        return (trial.start_method or default) if trial.executor in STARTED else None

    def _planned(self, values: Values) -> tuple[tuple[Trial, ...], tuple[SkippedRecord, ...]]:
        """Plan for these values, on every Python, and tell what one lacks; more blocks only add."""
        if not self._each:
            python = self.environment.python
            assert python is not None
            return self.experiment.plan(values, self._machine_of(python, self._term_s)), ()
        machines = [self._machine_of(one.python, one.term_s) for one in self._each]
        return several.plan(self.experiment, values, self._each, machines)

    def _machine_of(self, python: PythonRecord, term_s: float) -> Machine:
        cpus = self.environment.usable_cpus
        size = None if self.calibration is None else self.calibration.size
        return Machine(cpus, term_s, python.gil, python.default_start_method, size)


@dataclass
class _Told:
    """What a trial has told so far, and when it began, by our clock: the soonest event knows.

    `each_s` is how long it took for each of its rows.
    """

    rows: list[dict[str, Any]] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    began: float = inf
    each_s: float = 0.0


def outcome(
    trial: Trial, future: "Future[Any]", start_method: str | None = None
) -> TrialRecord | None:
    """Make the record of a trial whose future is done; None when it never began."""
    base: dict[str, Any] = {
        "name": trial.name,
        "executor": trial.executor,
        "start_method": start_method,
        "workers": trial.workers,
        "block": trial.block,
        "order": trial.order,
        "python": trial.python.name if trial.python else "",
    }
    try:
        measured = future.result(timeout=0)
        return msgspec.convert({**base, **measured, "status": "done"}, TrialRecord)
    except CancelledError:
        return None
    except LabStopped:
        return TrialRecord(**base, status="stopped")
    except Exception as error:
        return TrialRecord(**base, status="failed", error=_reason(error))


def how_far(record: RunRecord) -> str:
    """Say how far a run came: "after 3 of 9 trials", or "in trial 4 of 9" where one was cut off."""
    count, of = len(record.trials), record.planned_trials
    is_cut = any(trial.status == "stopped" for trial in record.trials)
    return f"in trial {count} of {of}" if is_cut else f"after {count} of {of} trials"


def _reason(error: Exception) -> TrialError:
    name = error.type_name if isinstance(error, RemoteError) else type(error).__name__
    return TrialError(name, str(error), getattr(error, "detail", ""))
