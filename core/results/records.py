"""The record of a run: what is kept, written to files and shared.

The schema is versioned by SCHEMA; readers refuse a newer one. Times are seconds. Records are
frozen: a run in progress is a `Run` of core.runner, which makes a record at any moment.
"""

from typing import Any, Literal

import msgspec

SCHEMA = 1

# "interrupted" is a run whose program ended before it did: found so in the history.
RunStatus = Literal["running", "finished", "stopped", "failed", "interrupted"]
TrialStatus = Literal["done", "failed", "stopped"]
ENDED = ("finished", "failed")  # runs that came to their end; all others can go on
KEPT = ("done", "failed")  # trials that need not be done again when a run goes on


class TaskRecord(msgspec.Struct, frozen=True):
    """One task of a trial; times in seconds from the trial's start, workers from 1."""

    worker: int
    submit_s: float
    start_s: float
    end_s: float
    cpu_s: float


class TrialError(msgspec.Struct, frozen=True):
    """Why a trial failed: the exception's type, its sentence, the traceback or stderr, if any."""

    type: str
    message: str
    detail: str = ""

    @property
    def sentence(self) -> str:
        """The message with a full stop, which some exceptions bring along and others do not."""
        return f"{self.message.rstrip('.')}."


class Covariates(msgspec.Struct, frozen=True, kw_only=True):
    """What else went on while a trial ran, in seconds; None where the system does not tell.

    See `core.lab.surroundings.observed`.
    """

    wall_s: float
    own_cpu_s: float
    other_cpu_s: float | None
    steal_s: float | None
    clock_step_s: float
    slept_s: float | None
    cpus: int


class Flag(msgspec.Struct, frozen=True):
    """Why a trial is suspicious: a sentence for whoever asks.

    `core.results.noise` has the kinds of this version; others are a newer one's.
    """

    kind: str
    sentence: str


class TrialRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One trial: what it ran, and what was measured (None where it did not come to it).

    `flags` are what disturbed it, found as it ended; None where nobody looked, as in records of
    before there were any. `python` names one of the environment's `pythons`; it is empty where the
    run had but one.
    `rows` and `events` are what a program told: its table, and what happened, `t` seconds after it
    began, in the words of `core.lab.programs`; `wall_s` is then when it was over, or was stopped.
    """

    executor: str
    start_method: str | None
    workers: int
    block: int
    order: int
    status: TrialStatus
    name: str = ""
    python: str = ""
    workload: str = ""
    wall_s: float | None = None
    startup_s: float | None = None
    first_worker_s: float | None = None
    first_task_s: float | None = None
    sending_s: float | None = None
    work_s: float | None = None
    closing_s: float | None = None
    cpu_s: float | None = None
    value: float | None = None
    abs_error: float | None = None
    tasks: tuple[TaskRecord, ...] = ()
    rows: tuple[dict[str, Any], ...] = ()
    events: tuple[dict[str, Any], ...] = ()
    error: TrialError | None = None
    covariates: Covariates | None = None
    flags: tuple[Flag, ...] | None = None


class PythonRecord(msgspec.Struct, frozen=True, kw_only=True):
    """The interpreter that ran the lab process, as it described itself.

    `name` is what the trials of a run over several call it. One with a `problem` could not describe
    itself any more; it is as it was when the Pythons were looked for. `lacks` says of each kind of
    workers that it cannot open what that needs, `lacks_work` of each workload that it cannot run.
    """

    version: str
    implementation: str
    executable: str
    build: str
    gil: bool
    start_methods: tuple[str, ...]
    default_start_method: str
    name: str = ""
    problem: str = ""
    lacks: dict[str, str] = msgspec.field(default_factory=dict)
    lacks_work: dict[str, str] = msgspec.field(default_factory=dict)


class SkippedRecord(msgspec.Struct, frozen=True):
    """What was planned but left out: the Python, the executor kind, and what that needs.

    Where it is the work that the Python lacks, for every kind, `workload` names it in its place.
    """

    python: str
    executor: str
    reason: str
    workload: str = ""

    @property
    def what(self) -> str:
        """The name of what was left out."""
        return self.executor or self.workload


class Note(msgspec.Struct, frozen=True):
    """What was seen before a run that may disturb it: a sentence, with what to do about it.

    `core.results.noise` has the kinds of this version; others are a newer one's.
    """

    kind: str
    sentence: str


class Environment(msgspec.Struct, frozen=True, kw_only=True):
    """The machine and the Python of a run; `usable_cpus` are those that this process may use.

    A run over several Pythons has them all in `pythons`, and `python` is the first that worked.
    `other_cpus` is how many CPUs' worth of time others used just before the run.
    """

    app_version: str
    python: PythonRecord | None
    system: str
    machine: str
    cpu: str
    logical_cpus: int
    physical_cpus: int | None
    usable_cpus: int
    cpu_quota: float | None
    memory_bytes: int
    load_1min: float | None
    on_battery: bool | None
    left_out: tuple[str, ...]
    pythons: tuple[PythonRecord, ...] = ()
    other_cpus: float | None = None
    power_profile: str | None = None
    governor: str | None = None
    driver: str | None = None
    notes: tuple[Note, ...] = ()

    def python_called(self, name: str) -> PythonRecord | None:
        """Return the Python of a run that its trials call so; the only one where there is one."""
        return next((python for python in self.pythons if python.name == name), self.python)


class Calibration(msgspec.Struct, frozen=True, kw_only=True):
    """How the size of the work was found: short plain calls, as (size, seconds), before the run.

    `seconds` is what the plain call shall take.
    """

    seconds: float
    size: int
    calls: tuple[tuple[int, float], ...]


class RunRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One execution of an experiment, with its parameters, environment and trials.

    `end_reason` says why a run that grows block by block came to its end.
    """

    schema: int = SCHEMA
    experiment: str
    parameters: dict[str, Any]
    environment: Environment
    status: RunStatus
    started_at: str
    planned_trials: int
    trials: tuple[TrialRecord, ...]
    skipped: tuple[SkippedRecord, ...] = ()
    calibration: Calibration | None = None
    end_reason: str = ""


def to_json(record: RunRecord, analysis: dict[str, Any] | None = None, key: str = "") -> bytes:
    """Write a record as indented JSON with a newline at its end.

    With `key`, by which a history knows the run again, and with `analysis` as a last field, which
    is for other programs: `from_json` passes both over.
    """
    beside: dict[str, Any] = {"key": key} if key else {}
    beside |= {"analysis": analysis} if analysis is not None else {}
    whole: Any = {**msgspec.to_builtins(record), **beside} if beside else record
    return msgspec.json.format(msgspec.json.encode(whole), indent=2) + b"\n"


def from_json(data: bytes) -> RunRecord:
    """Read a record; raise msgspec.ValidationError with the place of what is wrong."""
    schema = msgspec.json.decode(data, type=_Schema).schema
    if schema > SCHEMA:
        raise msgspec.ValidationError(f"schema {schema} is newer than this program's {SCHEMA}")
    return msgspec.json.decode(data, type=RunRecord)


class _Schema(msgspec.Struct):
    schema: int
