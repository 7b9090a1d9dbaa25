"""How long the figures of a run take that hundreds of trials have come to, and its laws."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from statistics import median
from typing import Any

import numpy as np

from benchmarks.rows import Row, Target, spread
from core.results import fits, verdicts
from core.results.environment import read_environment
from core.results.records import RunRecord, TrialRecord

_BLOCKS, _WORKERS, _RESAMPLES = 30, 10, 10_000
_KINDS = ("threads", "processes", "pool", "interpreters")
_QUICK = Target(most=50, of="ours")


def measure(quick: bool) -> list[Row]:
    """Time the speed-ups, intervals and verdicts of 40 configurations in 30 repeats."""
    repeats = 5 if quick else 25
    record = _record()
    ours = _timed(lambda: verdicts.speedups(record), repeats)
    logs = np.random.default_rng(1).normal(size=(len(_KINDS) * _WORKERS, _BLOCKS))
    theirs = _timed(lambda: _bootstrap(logs), 3)
    laws = _timed(lambda: fits.fits(record), max(3, repeats // 5))
    count = len(_KINDS) * _WORKERS
    return [
        Row(
            "figures", f"intervals and verdicts, {count} configurations, {_BLOCKS} repeats",
            median(ours), "ms", median(theirs), f"NumPy's bootstrap, {_RESAMPLES:,} resamples",
            _QUICK, spread(ours),
        ),
        Row("figures", "Amdahl's and Gunther's laws of it", median(laws), "ms", note=spread(laws)),
    ]  # fmt: skip


def _timed(work: Callable[[], Any], repeats: int) -> list[float]:
    took = []
    for _ in range(repeats):
        began = time.perf_counter()
        work()
        took.append((time.perf_counter() - began) * 1e3)
    return took


def _bootstrap(logs: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Resample the blocks of every configuration alike, as one would without the closed form."""
    draw = np.random.default_rng(2).integers(0, _BLOCKS, (_RESAMPLES, _BLOCKS))
    medians = np.stack([np.median(one[draw], axis=1) for one in logs])
    found: np.ndarray[Any, Any] = np.quantile(medians, (0.025, 0.975), axis=1)
    return found


def _record() -> RunRecord:
    """Make a run whose times vary by some percent; nothing of it was measured."""
    return RunRecord(
        experiment="pi-scaling",
        parameters={},
        environment=read_environment(None),
        status="running",
        started_at="",
        planned_trials=0,
        trials=tuple(_trials()),
    )


def _trials() -> Iterator[TrialRecord]:
    noise = np.random.default_rng(3)
    for block in range(1, _BLOCKS + 1):
        yield _trial("serial", 1, block, noise.normal(1, 0.03))
        for kind in _KINDS:
            for workers in range(1, _WORKERS + 1):
                yield _trial(kind, workers, block, noise.normal(1, 0.03) / workers**0.8)


def _trial(kind: str, workers: int, block: int, work_s: float) -> TrialRecord:
    return TrialRecord(
        executor=kind, start_method=None, workers=workers, block=block, order=1, status="done",
        workload="leibniz", work_s=work_s, flags=(),
    )  # fmt: skip
