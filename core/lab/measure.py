"""Run one trial: a fresh pool, the work split over its workers, the answer checked.

Times are of `time.perf_counter`, the same clock in all processes of a machine: CLOCK_MONOTONIC on
Linux, mach_absolute_time on macOS, QueryPerformanceCounter on Windows, each system-wide from Python
3.10 on (bpo-37205), the oldest that may be a lab process. So a worker's "began" and the main
thread's "submitted" can be subtracted from each other.
"""

import time
from functools import cache
from typing import Any, NamedTuple, TypedDict

from core.lab import executors, kinds, workloads
from core.lab.errors import NotHere, WrongAnswer

_FIRST_TERMS = 100
_GROWTH = 32
_NEAR = 1.5  # a call is near enough to the time that is wanted to be scaled to it
_TICK_S = 1e-7


class TrialSpec(TypedDict):
    """What one trial runs; a dict, because it crosses to the lab process as JSON."""

    workload: str
    size: int
    executor: str
    start_method: str | None
    workers: int
    tasks_per_worker: int


class _Answer(NamedTuple):
    """What a task brings back: its part, and where, from when to when and on how much CPU."""

    part: Any
    worker: executors.Worker
    start: float
    end: float
    cpu_s: float


class _Course(NamedTuple):
    """What happened in a trial, with the times at which it did.

    `submitted` has the time just before each submit, and last the time after all of them.
    """

    start_method: str | None
    workers: list[executors.Worker]
    opened_at: float
    first_worker_at: float
    ready_at: float
    submitted: list[float]
    answers: list[_Answer]
    done_at: float
    closed_at: float


def run_trial(spec: TrialSpec) -> dict[str, Any]:
    """Time one trial and return what was measured, in seconds from the trial's start.

    Runs in the lab's main thread. `wall_s` is until the last result, on the main thread's clock;
    `startup_s` until the last worker has answered, `first_worker_s` until the first has; `work_s`
    is from the first submit to the last result on the started pool, `sending_s` of it until the
    last submit has returned, `first_task_s` until the first task began; `closing_s` is the pool's
    shutdown, `cpu_s` the tasks' own CPU time. For the kind "ceiling" `work_s` is from the moment
    when all processes may begin until the last has computed its share; for "serial" it is the
    plain call and nothing else, as a program has it that uses no executor.

    Raises WrongAnswer, NotHere where this Python lacks what the trial needs, and whatever the pool
    raises.
    """
    if reason := workloads.conflict(spec["workload"], spec["executor"]):
        raise NotHere(reason)
    workload = workloads.find(spec["workload"])
    _work_called.cache_clear()
    _work_called(workload.name)  # what threads and forked workers find shall be this trial's
    course = _COURSES.get(spec["executor"], _pooled)(spec, workload)
    value = workload.value(sum(answer.part for answer in course.answers), spec["size"])
    _check(value, workload, spec["size"])
    first_submit = course.submitted[0]
    return {
        "workload": spec["workload"],
        "start_method": course.start_method,
        "wall_s": course.done_at - course.opened_at,
        "startup_s": course.ready_at - course.opened_at,
        "first_worker_s": course.first_worker_at - course.opened_at,
        "first_task_s": min(answer.start for answer in course.answers) - first_submit,
        "sending_s": course.submitted[-1] - first_submit,
        "work_s": course.done_at - first_submit,
        "closing_s": course.closed_at - course.done_at,
        "cpu_s": sum(answer.cpu_s for answer in course.answers),
        "value": value,
        "abs_error": abs(value - workload.answer(spec["size"])),
        "tasks": _tasks(course),
    }


def _pooled(spec: TrialSpec, workload: workloads.Workload) -> _Course:
    """Split the work over the workers of a pool, as tasks, and wait for all results."""
    parts = workloads.split(spec["size"], spec["workers"] * spec["tasks_per_worker"])
    modules = (__name__, workload.work.__module__)
    kind, workers, method = spec["executor"], spec["workers"], spec["start_method"]
    with executors.open_pool(kind, workers, method, modules) as pool:
        submit, clock = pool.executor.submit, time.perf_counter
        submitted, futures = [], []
        for start, stop in parts:
            submitted.append(clock())
            futures.append(submit(_timed, workload.name, start, stop))
        submitted.append(clock())
        answers = [future.result() for future in futures]
        done_at = clock()
    return _Course(
        start_method=pool.start_method,
        workers=pool.workers,
        opened_at=pool.opened_at,
        first_worker_at=pool.first_worker_at,
        ready_at=pool.ready_at,
        submitted=submitted,
        answers=[_Answer(*answer) for answer in answers],
        done_at=done_at,
        closed_at=time.perf_counter(),
    )


def _plain(spec: TrialSpec, workload: workloads.Workload) -> _Course:
    """Do all of the work in one call."""
    opened_at = time.perf_counter()
    answer = _Answer(*_clocked(workload.work, 1, spec["size"]))
    return _Course(
        start_method=None,
        workers=[answer.worker],
        opened_at=opened_at,
        first_worker_at=opened_at,
        ready_at=opened_at,
        submitted=[answer.start, answer.start],
        answers=[answer],
        done_at=answer.end,
        closed_at=answer.end,
    )


def _alone(spec: TrialSpec, workload: workloads.Workload) -> _Course:
    """Give each of as many processes its share with nothing between them: the ceiling."""
    from core.lab.alone import run_alone

    parts = workloads.split(spec["size"], spec["workers"])
    jobs = [(_timed, (workload.name, start, stop)) for start, stop in parts]
    modules = (__name__, workload.work.__module__)
    course = run_alone(jobs, spec["start_method"], modules)
    answers = [_Answer(*answer) for answer in course.answers]
    return _Course(
        start_method=course.start_method,
        workers=[answer.worker for answer in answers],
        opened_at=course.opened_at,
        first_worker_at=course.first_worker_at,
        ready_at=course.ready_at,
        submitted=[course.released_at] * (len(jobs) + 1),
        answers=answers,
        done_at=max(answer.end for answer in answers),
        closed_at=course.closed_at,
    )


_COURSES = {kinds.SERIAL: _plain, kinds.CEILING: _alone}  # of the kinds that are no executors


def time_serial(workload: str, size: int, budget_s: float) -> float:
    """Return the seconds that one term takes in a plain call, found in about `budget_s`.

    Grows the number of terms until a call takes a good part of the budget, but never past `size`.
    """
    known = workloads.about(workload)
    work = workloads.find(workload).work
    terms = min(size, max(1, 1000 // known.terms_each))
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
    took; sizes are in the workload's own units. Takes about twice that time: the last call is as
    long as the one that is wanted.
    """
    work = workloads.find(workload).work
    calls: list[tuple[int, float]] = []
    size = min(most, max(1, _FIRST_TERMS // workloads.about(workload).terms_each))
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


@cache
def _work_called(name: str) -> Any:
    return workloads.find(name).work


_Clocked = tuple[Any, executors.Worker, float, float, float]


def _timed(name: str, start: int, stop: int) -> _Clocked:
    """Run one task of the workload of that name where its worker is.

    The name goes there, not the function, which takes longer to pickle and to look up.
    """
    return _clocked(_work_called(name), start, stop)


def _clocked(work: Any, start: int, stop: int) -> _Clocked:
    """Bring the span and the CPU time of a call back with its answer."""
    cpu = time.thread_time()
    began = time.perf_counter()
    answer = work(start, stop)
    ended = time.perf_counter()
    return answer, executors.who(), began, ended, time.thread_time() - cpu


def _tasks(course: _Course) -> list[dict[str, Any]]:
    lanes = {worker: lane for lane, worker in enumerate(course.workers, start=1)}
    return [
        {
            "worker": lanes[answer.worker],
            "submit_s": submitted - course.opened_at,
            "start_s": answer.start - course.opened_at,
            "end_s": answer.end - course.opened_at,
            "cpu_s": answer.cpu_s,
        }
        for submitted, answer in zip(course.submitted[:-1], course.answers, strict=True)
    ]


def _check(value: float, workload: workloads.Workload, size: int) -> None:
    off, most = abs(value - workload.answer(size)), workload.tolerance(size)
    if not off <= most:
        raise WrongAnswer(
            f"{workload.name} over {size} {workload.units} gave {value!r}, off by {off:.3g};"
            f" at most {most:.3g} can be right"
        )
