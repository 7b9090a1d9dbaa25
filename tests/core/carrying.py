"""Whole runs, carried out in a lab as both front ends do."""

from __future__ import annotations

from core.engines.lab_client import LabExecutor
from core.results.records import RunRecord
from core.runner import Run, submit
from tests.core.watching import SOON_S


def carried_out(run: Run, lab: LabExecutor) -> RunRecord:
    """Run the whole plan, and what it grows by, and return the record."""
    trials = run.plan
    while trials:
        for trial, future in zip(trials, submit(lab, trials), strict=True):
            future.exception(SOON_S)
            run.take(trial, future)
        trials = run.grow()
    run.end(stopped=False)
    return run.record()
