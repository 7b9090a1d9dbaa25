"""The same work on the same pools with nothing measured in it; runs in the lab process."""

from __future__ import annotations

import time
from typing import Any

from core.lab import executors, measure, workloads

_CALLS = 200_000


def bare(spec: measure.TrialSpec) -> float:
    """Run a trial's work without a clock in any task; return the time until the last result."""
    work = workloads.find(spec["workload"]).work
    parts = workloads.split(spec["size"], spec["workers"] * spec["tasks_per_worker"])
    modules = (measure.__name__, work.__module__)
    with executors.open_pool(spec["executor"], spec["workers"], None, modules) as pool:
        start = time.perf_counter()
        futures = [pool.executor.submit(work, *part) for part in parts]
        total = sum(future.result() for future in futures)
        took = time.perf_counter() - start
    assert total
    return took


def raw_pool(spec: measure.TrialSpec) -> float:
    """Do the same by a plain `multiprocessing.Pool`, its `apply_async` and its results."""
    from multiprocessing import get_context

    work = workloads.find(spec["workload"]).work
    parts = workloads.split(spec["size"], spec["workers"] * spec["tasks_per_worker"])
    with get_context().Pool(spec["workers"]) as pool:
        pool.map(time.sleep, [0.05] * spec["workers"], 1)
        start = time.perf_counter()
        results = [pool.apply_async(work, part) for part in parts]
        total = sum(result.get() for result in results)
        took = time.perf_counter() - start
        pool.close()
        pool.join()
    assert total
    return took


def nothing(start: int, stop: int) -> int:
    """Do no work."""
    return 0


def clocks() -> float:
    """Return the seconds that the clocks of one task take, in a loop in one thread."""
    loops: list[Any] = [measure._clocked, lambda work, start, stop: work(start, stop)]
    times = []
    for call in loops:
        start = time.perf_counter()
        for _ in range(_CALLS):
            call(nothing, 1, 1)
        times.append(time.perf_counter() - start)
    return (times[0] - times[1]) / _CALLS
