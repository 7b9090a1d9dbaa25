"""Whether measuring each task changes what is measured, with 1000 tasks for each worker."""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median
from typing import Any

from benchmarks.children import plain_tasks
from benchmarks.rows import Row, Target, paired, spread
from core.engines.lab_client import LabExecutor
from core.experiments.pi_scaling import EXPERIMENT
from core.lab.measure import TrialSpec, run_trial
from core.runner import Run, prepare, submit

_TERMS = 10_000_000  # as the book, so that a task takes about a third of a millisecond
_TASKS = 1000
_WORKERS = 2
_FIDELITY = Target(least=0.95, most=1.05)
_CLOCKS = Target(most=10, of="ours")
_OVERHEAD = Target(most=0.1, of="ours")


def measure(quick: bool) -> list[Row]:
    """Take a trial and the same work without clocks in turns; then a whole run."""
    pairs = 3 if quick else 11
    with LabExecutor() as lab:
        rows = [_clocks(lab, pairs)]
        for kind in ("threads", "processes", "pool"):
            rows.append(_beside(lab, kind, pairs, plain_tasks.bare, "the same without clocks"))
        rows.append(_beside(lab, "pool", pairs, plain_tasks.raw_pool, "a plain Pool"))
        rows.append(_run_overhead(lab, 3 if quick else 5))
    return rows


def _clocks(lab: LabExecutor, times: int) -> Row:
    took = [lab.submit(plain_tasks.clocks).result() * 1e6 for _ in range(times)]
    return Row("tasks", "clocks of one task", median(took), "µs", target=_CLOCKS, note=spread(took))


def _beside(
    lab: LabExecutor,
    kind: str,
    pairs: int,
    other: Callable[[TrialSpec], float],
    other_is: str,
) -> Row:
    """Compare the work of a trial with `other`: AB, BA, AB, ... so that neither is always first."""
    spec = TrialSpec(
        workload="leibniz",
        size=_TERMS,
        executor=kind,
        start_method=None,
        workers=_WORKERS,
        tasks_per_worker=_TASKS,
    )
    ours: list[float] = []
    theirs: list[float] = []
    steps: list[Any] = [
        lambda: ours.append(lab.submit(run_trial, dict(spec)).result()["work_s"]),
        lambda: theirs.append(lab.submit(other, dict(spec)).result()),
    ]
    for number in range(pairs):
        for step in steps if number % 2 else reversed(steps):
            step()
    ratios = [one / beside for one, beside in zip(ours, theirs, strict=True)]
    what = f"{_WORKERS} workers of {kind}, {_TASKS} tasks each"
    return Row(
        "tasks",
        what,
        median(ours),
        "s",
        median(theirs),
        other_is,
        _FIDELITY,
        spread(ratios),
        paired(ours, theirs),
    )


def _run_overhead(lab: LabExecutor, blocks: int) -> Row:
    """Tell which share of a run is spent outside of its trials; the preparation counts."""
    values = {
        **EXPERIMENT.defaults(),
        "executors": ("serial", "threads", "processes", "pool", "ceiling"),
        "workers": (1, 2),
        "blocks": blocks,
    }
    began = time.perf_counter()
    run = Run(EXPERIMENT, values, prepare(lab, EXPERIMENT, values).result())
    for trial, future in zip(run.plan, submit(lab, run.plan), strict=True):
        future.exception()
        run.take(trial, future)
    whole = time.perf_counter() - began
    in_trials = sum((trial.wall_s or 0) + (trial.closing_s or 0) for trial in run.trials)
    return Row(
        "tasks",
        "share of a run that is not in trials",
        1 - in_trials / whole,
        target=_OVERHEAD,
        note=f"{len(run.trials)} trials, {whole:.1f} s",
    )
