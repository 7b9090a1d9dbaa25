"""From a plan to a record: submit every trial, take what comes back, stop, always clean up.

front end's thread            lab dispatcher
prepare() ------------------> describe the Python, calibrate
Run(...)  <------------------ done-callback
submit()  ------------------> trial 1, trial 2, ... one at a time
run.take(trial, future) <---- done-callback, carried over by the front end's own means
stop()    ------------------> drop the pending, kill the running
"""

import time
from collections.abc import Sequence
from concurrent.futures import CancelledError, Future
from datetime import datetime, timezone
from typing import Any

import msgspec
from msgspec.structs import replace

from core.engines.engine import Engine
from core.engines.lab_process import left_out
from core.errors import LabStopped, RemoteError
from core.experiments.base import Experiment, Machine, Trial
from core.lab.describe import prepare as prepare_in_lab
from core.lab.kinds import STARTED
from core.parameters import Values
from core.results.environment import read_environment
from core.results.records import (
    Environment,
    RunRecord,
    RunStatus,
    TrialError,
    TrialRecord,
)

_CALIBRATION_S = 0.1
LONG_RUN_S = 600.0
_MOST_EVENTS = 100_000


def prepare(engine: Engine, experiment: Experiment, values: Values) -> "Future[Any]":
    """Ask the process of the jobs to describe itself, and to time a short piece of the work."""
    if experiment.calibration is None:
        return engine.submit(prepare_in_lab)
    return engine.submit(prepare_in_lab, *experiment.calibration(values), _CALIBRATION_S)


def submit(engine: Engine, plan: Sequence[Trial]) -> "list[Future[Any]]":
    """Queue every trial of the plan; the futures come in its order."""
    return [
        engine.submit(trial.job, *trial.arguments)
        if trial.limit_s is None
        else engine.submit_within(trial.limit_s, trial.job, *trial.arguments)
        for trial in plan
    ]


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
        self.environment: Environment = read_environment(prepared["python"], tuple(left_out()))
        self.plan = experiment.plan(values, self._machine(prepared["term_s"]))
        self.trials: list[TrialRecord] = []
        self.status: RunStatus = "running"
        self.started_at = datetime.now(timezone.utc).isoformat(timespec="seconds")
        self._told: dict[int, tuple[list[dict[str, Any]], list[dict[str, Any]]]] = {}
        self._last_news = time.monotonic()
        self._expected_done = 0.0
        self._took = 0.0

    @property
    def expected_s(self) -> float:
        """How long the whole plan should take, by the calibration."""
        return sum(trial.expected_s for trial in self.plan)

    @property
    def remaining_s(self) -> float:
        """How long the rest should take: the calibration, corrected by the trials so far."""
        over = len(self.trials)
        now, later = self.plan[over : over + 1], self.plan[over + 1 :]
        pace = self._took / self._expected_done if self._expected_done else 1.0
        current = sum(trial.expected_s for trial in now) * pace
        current = max(0.0, current - (time.monotonic() - self._last_news))
        return current + sum(trial.expected_s for trial in later) * pace

    def note(self, trial: Trial, event: dict[str, Any]) -> None:
        """Keep an event of a trial that runs; past a hundred thousand only the table goes on."""
        rows, events = self._told.setdefault(trial.order, ([], []))
        if event["kind"] == "row":
            rows.append({name: what for name, what in event.items() if name not in ("kind", "t")})
        if len(events) < _MOST_EVENTS:
            events.append(event)

    def take(self, trial: Trial, future: "Future[Any]") -> TrialRecord | None:
        """Add what came of a trial whose future is done; None when it never began."""
        record = outcome(trial, future, self._start_method(trial))
        if record is not None:
            rows, events = self._told.pop(trial.order, ([], []))
            if events:
                record = replace(record, rows=tuple(rows), events=tuple(events))
            self.trials.append(record)
            self._last_news = time.monotonic()
            if record.status == "done":
                self._expected_done += trial.expected_s
                self._took += sum(
                    part or 0.0 for part in (record.startup_s, record.work_s, record.closing_s)
                )
        return record

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
        )

    def _start_method(self, trial: Trial) -> str | None:
        """How the trial's processes are started, also where the trial does not live to tell."""
        python = self.environment.python
        default = python.default_start_method if python else None
        return (trial.start_method or default) if trial.executor in STARTED else None

    def _machine(self, term_s: float) -> Machine:
        python = self.environment.python
        assert python is not None
        cpus = self.environment.usable_cpus
        return Machine(cpus, term_s, python.gil, python.default_start_method)


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


def _reason(error: Exception) -> TrialError:
    name = error.type_name if isinstance(error, RemoteError) else type(error).__name__
    return TrialError(name, str(error), getattr(error, "detail", ""))
