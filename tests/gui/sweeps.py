"""Runs of a sweep with known times, as its views are given them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace

from core.experiments import pi_scaling
from core.results.records import Covariates, RunRecord, TaskRecord, TrialRecord
from tests.core.making import PYTHON, done, environment
from tests.core.making import record as made

QUIET = Covariates(
    wall_s=1.0,
    own_cpu_s=1.0,
    other_cpu_s=0.0,
    steal_s=0.0,
    clock_step_s=0.0,
    slept_s=0.0,
    cpus=2,
)
ASLEEP = replace(QUIET, slept_s=3.0)
SPEED = {"serial": 1.0, "threads": 1.0, "processes": 1.9, "ceiling": 2.0}


def begun(pythons: Sequence[str] = (), **values: Any) -> RunRecord:
    """Make the record of a run that has just begun."""
    parameters = {**pi_scaling.EXPERIMENT.defaults(), **values}
    known = tuple(replace(PYTHON, name=name) for name in pythons)
    machine = replace(environment(), pythons=known)
    return made((), parameters=parameters, status="running", environment=machine)


def sweep(
    blocks: int,
    workers: Sequence[int] = (1, 2),
    kinds: Sequence[str] = tuple(SPEED),
    python: str = "",
    slower: float = 1.0,
) -> list[TrialRecord]:
    """Make the trials of a run where two workers and more have the speed of their kind."""
    return [
        trial(
            kind,
            count,
            block,
            slower * (1 + block / 100) / (SPEED[kind] if count > 1 else 1.0),
            python=python,
        )
        for block in range(1, blocks + 1)
        for kind in kinds
        for count in (workers if kind != "serial" else (1,))
    ]


def trial(
    kind: str, workers: int, block: int, work_s: float, seen: Covariates = QUIET, **more: Any
) -> TrialRecord:
    """Make one trial whose workers start after 0.5 s and each compute until its end."""
    cpu_s = work_s * (1 if kind in ("serial", "threads") else min(workers, 2))
    tasks = tuple(
        TaskRecord(
            worker=number, submit_s=0.5, start_s=0.5, end_s=0.5 + work_s, cpu_s=cpu_s / workers
        )
        for number in range(1, workers + 1)
    )
    found = done(kind, workers, block, work_s, cpu_s=cpu_s, covariates=seen, **more)
    order = block * 100 + workers * 10 + list(SPEED).index(kind)
    return replace(found, tasks=tasks if kind != "ceiling" else (), order=order)
