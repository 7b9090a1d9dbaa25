"""The record of a run: what is kept, written to files and shared.

The schema is versioned by SCHEMA; readers refuse a newer one. Times are seconds. Records are
frozen: a run in progress is a `Run` of core.runner, which makes a record at any moment.
"""

from typing import Any, Literal

import msgspec

SCHEMA = 1

RunStatus = Literal["running", "finished", "stopped", "failed"]
TrialStatus = Literal["done", "failed", "stopped"]


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


class TrialRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One trial: what it ran, and what was measured (None where it did not come to it).

    `rows` and `events` are what a program told: its table, and what happened, `t` seconds after it
    began, in the words of `core.lab.programs`.
    """

    executor: str
    start_method: str | None
    workers: int
    block: int
    order: int
    status: TrialStatus
    name: str = ""
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


class PythonRecord(msgspec.Struct, frozen=True, kw_only=True):
    """The interpreter that ran the lab process, as it described itself.

    `lacks` says of each kind of workers that it cannot open what that needs, `lacks_work` of each
    workload that it cannot run.
    """

    version: str
    implementation: str
    executable: str
    build: str
    gil: bool
    start_methods: tuple[str, ...]
    default_start_method: str
    lacks: dict[str, str] = msgspec.field(default_factory=dict)
    lacks_work: dict[str, str] = msgspec.field(default_factory=dict)


class Environment(msgspec.Struct, frozen=True, kw_only=True):
    """The machine and the Python of a run; `usable_cpus` are those that this process may use."""

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


class RunRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One execution of an experiment, with its parameters, environment and trials."""

    schema: int = SCHEMA
    experiment: str
    parameters: dict[str, Any]
    environment: Environment
    status: RunStatus
    started_at: str
    planned_trials: int
    trials: tuple[TrialRecord, ...]


def to_json(record: RunRecord) -> bytes:
    """Write a record as indented JSON with a newline at its end."""
    return msgspec.json.format(msgspec.json.encode(record), indent=2) + b"\n"


def from_json(data: bytes) -> RunRecord:
    """Read a record; raise msgspec.ValidationError with the place of what is wrong."""
    schema = msgspec.json.decode(data, type=_Schema).schema
    if schema > SCHEMA:
        raise msgspec.ValidationError(f"schema {schema} is newer than this program's {SCHEMA}")
    return msgspec.json.decode(data, type=RunRecord)


class _Schema(msgspec.Struct):
    schema: int
