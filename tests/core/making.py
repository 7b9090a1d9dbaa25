"""Records as the tests need them: with known times, without running anything."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from core.lab.describe import describe
from core.results.records import (
    Environment,
    PythonRecord,
    RunRecord,
    TrialError,
    TrialRecord,
)

PYTHON = PythonRecord(
    version="3.11.7",
    implementation="CPython",
    executable="/usr/bin/python3",
    build="built, with a compiler",
    gil=True,
    start_methods=("fork", "spawn", "forkserver"),
    default_start_method="fork",
)


def prepared() -> dict[str, Any]:
    """Give what a lab process says before a run, without one: this Python, and nothing measured."""
    return {"python": describe(), "term_s": 1e-7, "other_cpus": None, "calibration": None}


def environment(usable_cpus: int = 2) -> Environment:
    return Environment(
        app_version="0",
        python=PYTHON,
        system="Linux",
        machine="x86_64",
        cpu="a CPU",
        logical_cpus=usable_cpus,
        physical_cpus=usable_cpus,
        usable_cpus=usable_cpus,
        cpu_quota=None,
        memory_bytes=1,
        load_1min=None,
        on_battery=None,
        left_out=(),
    )


def done(executor: str, workers: int, block: int, work_s: float, **more: Any) -> TrialRecord:
    return _trial(executor, workers, block, status="done", startup_s=0.01, work_s=work_s, **more)


def failed(executor: str, workers: int, block: int, reason: str) -> TrialRecord:
    error = TrialError("LabCrashed", reason)
    return _trial(executor, workers, block, status="failed", error=error)


def _trial(executor: str, workers: int, block: int, **more: Any) -> TrialRecord:
    values = {"start_method": None, "order": 0, **more}
    return TrialRecord(executor=executor, workers=workers, block=block, **values)


def record(trials: Iterable[TrialRecord], **more: Any) -> RunRecord:
    values: dict[str, Any] = {
        "experiment": "pi-scaling",
        "parameters": {},
        "environment": environment(),
        "status": "finished",
        "started_at": "2026-01-01T00:00:00+00:00",
        "planned_trials": 0,
        "trials": tuple(trials),
    }
    return RunRecord(**{**values, **more})
