"""Run one trial: a fresh pool, the work split over its workers, the answer checked."""

import time
from typing import Any, NamedTuple, TypedDict

from core.lab import executors, workloads

_FIRST_SIZE = 100
_GROWTH = 32
_NEAR = 1.5  # a call is near enough to the time that is wanted to be scaled to it
_TICK_S = 1e-7


class WrongAnswer(ArithmeticError):
    """The parts were computed, but their sum is not what it must be."""


class TrialSpec(TypedDict):
    """What one trial runs; a dict, because it crosses to the lab process as JSON."""

    workload: str
    size: int
    executor: str
    start_method: str | None
    workers: int
    tasks_per_worker: int


class _Span(NamedTuple):
    worker: executors.Worker
    submitted: float
    start: float
    end: float
    cpu_s: float


def run_trial(spec: TrialSpec) -> dict[str, Any]:
    """Time one trial and return what was measured, in seconds from the trial's start.

    Runs in the lab's main thread. `startup_s` is until the last worker has answered,
    `first_worker_s` until the first has, `work_s` from the first submit to the last result on the
    started pool, `first_task_s` of it until the first task began, `closing_s` the pool's shutdown,
    `cpu_s` the tasks' own CPU time. Raises WrongAnswer, and whatever the pool raises.
    """
    workload = workloads.find(spec["workload"])
    parts = workloads.split(spec["size"], spec["workers"] * spec["tasks_per_worker"])
    modules = (__name__, workload.work.__module__)
    kind, workers, method = spec["executor"], spec["workers"], spec["start_method"]
    with executors.open_pool(kind, workers, method, modules) as pool:
        submit = pool.executor.submit
        submitted, futures = [], []
        for start, stop in parts:
            submitted.append(time.perf_counter())
            futures.append(submit(_timed, workload.work, start, stop))
        answers = [future.result() for future in futures]
        done_at = time.perf_counter()
    closed_at = time.perf_counter()
    value = sum(answer[0] for answer in answers)
    _check(value, workload, spec["size"])
    spans = [
        _Span(who, at, *times) for at, (_, who, *times) in zip(submitted, answers, strict=True)
    ]
    return {
        "start_method": pool.start_method,
        "startup_s": pool.ready_at - pool.opened_at,
        "first_worker_s": pool.first_worker_at - pool.opened_at,
        "first_task_s": min(span.start for span in spans) - submitted[0],
        "work_s": done_at - submitted[0],
        "closing_s": closed_at - done_at,
        "cpu_s": sum(span.cpu_s for span in spans),
        "value": value,
        "abs_error": abs(value - workload.answer),
        "tasks": _tasks(spans, pool),
    }


def time_serial(workload: str, size: int, budget_s: float) -> float:
    """Return the seconds that one term takes in a plain call, found in about `budget_s`.

    Grows the number of terms until a call takes a good part of the budget, but never past `size`.
    """
    work = workloads.find(workload).work
    terms = min(size, 1000)
    while True:
        start = time.perf_counter()
        work(1, terms)
        took = time.perf_counter() - start
        if took > budget_s / 4 or terms >= size:
            return took / terms
        terms = min(size, terms * 4)


def find_size(workload: str, seconds: float, most: int) -> dict[str, Any]:
    """Find the size with which a plain call takes `seconds`, by calls that grow towards it.

    Returns `seconds`, `size` (three figures, from 1 to `most`) and `calls`, each a size and what it
    took. Takes about twice that time: the last call is as long as the one that is wanted.
    """
    work = workloads.find(workload).work
    calls: list[tuple[int, float]] = []
    size = min(most, _FIRST_SIZE)
    while True:
        start = time.perf_counter()
        work(1, size)
        took = time.perf_counter() - start
        calls.append((size, took))
        wanted = _three_figures(size * seconds / max(took, _TICK_S))
        if took > seconds / _NEAR or size >= most:
            return {"seconds": seconds, "size": max(1, min(wanted, most)), "calls": calls}
        size = min(most, max(size + 1, min(wanted, size * _GROWTH)))


def _three_figures(number: float) -> int:
    return int(float(f"{number:.2e}"))


def _timed(work: Any, start: int, stop: int) -> tuple[Any, executors.Worker, float, float, float]:
    """Run one task where its worker is, and bring its span and CPU time back with its answer."""
    cpu = time.thread_time()
    began = time.perf_counter()
    answer = work(start, stop)
    ended = time.perf_counter()
    return answer, executors.who(), began, ended, time.thread_time() - cpu


def _tasks(spans: list[_Span], pool: executors.Pool) -> list[dict[str, Any]]:
    lanes = {worker: lane for lane, worker in enumerate(pool.workers, start=1)}
    return [
        {
            "worker": lanes[span.worker],
            "submit_s": span.submitted - pool.opened_at,
            "start_s": span.start - pool.opened_at,
            "end_s": span.end - pool.opened_at,
            "cpu_s": span.cpu_s,
        }
        for span in spans
    ]


def _check(value: float, workload: workloads.Workload, size: int) -> None:
    off, most = abs(value - workload.answer), workload.tolerance(size)
    if not off <= most:
        raise WrongAnswer(
            f"{workload.name} over {size} terms gave {value!r}, off by {off:.3g};"
            f" at most {most:.3g} can be right"
        )
