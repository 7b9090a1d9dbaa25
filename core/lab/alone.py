"""Processes that never talk: what the machine gives to as many at once, whatever Python does.

lab's main thread --start--> p processes, each with a pipe of its own
                  <--arrived, arrived, ...
                  --gate opens--> all compute at once, each its own share
                  <--an answer through each pipe, after its clock has stopped
"""

import time
from collections.abc import Callable, Sequence
from concurrent.futures.process import BrokenProcessPool
from importlib import import_module
from multiprocessing import get_context
from typing import Any, NamedTuple

from core.lab import executors, kinds

_LOOK_AGAIN_S = 0.05
Job = tuple[Callable[..., Any], tuple[Any, ...]]


class Alone(NamedTuple):
    """What came of independent processes; times are of `time.perf_counter`.

    `released_at` is when all could begin. Answers are in the order of the jobs.
    """

    start_method: str
    opened_at: float
    first_worker_at: float
    ready_at: float
    released_at: float
    closed_at: float
    answers: list[Any]


def run_alone(jobs: Sequence[Job], start_method: str | None, modules: tuple[str, ...]) -> Alone:
    """Run each job in a fresh process of its own, all released together, and wait for the last.

    The processes import `modules` before they arrive. Raises what a job raised, ValueError for an
    unknown start method, and BrokenProcessPool, saying how it ended, when a process dies.
    """
    executors.load_first(kinds.CEILING, start_method)
    context: Any = get_context(start_method)
    opened_at = time.perf_counter()
    arrived, gate = context.Semaphore(0), context.Semaphore(0)
    processes: list[Any] = []
    pipes: list[Any] = []
    try:
        for job in jobs:
            ours, theirs = context.Pipe(duplex=False)
            pipes.append(ours)
            process = context.Process(target=_serve, args=(theirs, arrived, gate, modules, job))
            process.start()
            processes.append(process)
            theirs.close()  # so that the pipe ends with the process
        _await_arrival(arrived, processes, pipes)
        first_worker_at = time.perf_counter()
        for _ in jobs[1:]:
            _await_arrival(arrived, processes, pipes)
        ready_at = released_at = time.perf_counter()
        for _ in jobs:
            gate.release()
        answers = [_receive(pipe, processes) for pipe in pipes]
    except BaseException:
        for process in processes:
            process.terminate()
        raise
    finally:
        for process in processes:
            process.join()
        for pipe in pipes:
            pipe.close()
    return Alone(
        context.get_start_method(),
        opened_at,
        first_worker_at,
        ready_at,
        released_at,
        time.perf_counter(),
        answers,
    )


def _serve(pipe: Any, arrived: Any, gate: Any, modules: tuple[str, ...], job: Job) -> None:
    """Be one of the processes: get ready, wait for the others, compute, answer."""
    function, arguments = job
    answer: tuple[Any, Exception | None]
    try:
        for module in modules:
            import_module(module)
        arrived.release()
        gate.acquire()
        answer = (function(*arguments), None)
    except Exception as error:
        answer = (None, error)
    pipe.send(answer)
    pipe.close()


def _await_arrival(arrived: Any, processes: list[Any], pipes: list[Any]) -> None:
    while not arrived.acquire(timeout=_LOOK_AGAIN_S):
        for process, pipe in zip(processes, pipes, strict=True):
            if process.exitcode is not None:  # before its work: its last words say why
                _receive(pipe, processes)
                raise _broken(processes)


def _receive(pipe: Any, processes: list[Any]) -> Any:
    try:
        answer, error = pipe.recv()
    except EOFError:
        raise _broken(processes) from None
    if error is not None:
        raise error
    return answer


def _broken(processes: list[Any]) -> BrokenProcessPool:
    return BrokenProcessPool(
        executors.what_happened(processes) or "a process ended before its work was done"
    )
