"""From an executor kind to an executor whose workers have all started.

lab's main thread --open_pool--> executor --hello to each worker--> arrived, arrived, ...
                  <--all here--           --gate opens-->           workers idle, ready for work

What a kind needs is imported where it is opened: whoever only names kinds does not pay for it.
"""

import os
import signal
import sys
import time
from _thread import get_ident
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager, suppress
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

from core.lab import kinds
from core.lab.errors import NotHere

if TYPE_CHECKING:
    from multiprocessing.context import BaseContext

_LOOK_AGAIN_S = 0.05

Worker = tuple[int, int]  # process id, thread id

_FOR_PROCESSES = ("multiprocessing.spawn", "multiprocessing.synchronize")
# What workers of a kind load when a process starts its first: before the clock of a start-up runs,
# or that one's would be longer than those of all that follow.
_LOADED_FIRST = {
    "threads": ("concurrent.futures.thread",),
    "processes": ("concurrent.futures.process", *_FOR_PROCESSES),
    "pool": ("core.lab.mp_pool", *_FOR_PROCESSES),
    "interpreters": ("core.lab.interpreters", "concurrent.futures.interpreter", "pickle"),
    kinds.CEILING: ("multiprocessing.connection", *_FOR_PROCESSES),
}
_STARTED_BY: dict[str, tuple[str, ...]] = (  # and besides, by the way in which its processes start
    {"spawn": ("multiprocessing.popen_spawn_win32",)}
    if sys.platform == "win32"
    else {
        "fork": ("multiprocessing.popen_fork", "multiprocessing.resource_tracker"),
        "spawn": ("multiprocessing.popen_spawn_posix", "multiprocessing.resource_tracker"),
        "forkserver": (
            "multiprocessing.popen_forkserver",
            "multiprocessing.resource_tracker",
            "hmac",  # by which the server knows who asks, from 3.14 on
        ),
    }
)


class Pool(NamedTuple):
    """A started executor: every one of `workers` has answered.

    Times are seconds of `time.perf_counter`, which all processes of one machine share.
    `first_worker_at` is when the first worker was ready, `ready_at` when the last was.
    `start_method` is how processes were started, None where there are none.
    """

    executor: Executor
    workers: list[Worker]
    opened_at: float
    first_worker_at: float
    ready_at: float
    start_method: str | None = None


def who() -> Worker:
    """Name the worker that runs this call."""
    return os.getpid(), get_ident()


@contextmanager
def open_pool(
    kind: str, workers: int, start_method: str | None = None, modules: tuple[str, ...] = ()
) -> Iterator[Pool]:
    """Open a fresh executor, wait until all its workers have started, and close it at the end.

    Worker processes import `modules` while they start, as they would a script's main module.

    Raises ValueError for an unknown kind or start method, NotHere for a kind that this Python
    lacks, BrokenProcessPool, saying which process ended and how, when a worker dies before the work
    is done.
    """
    if reason := kinds.missing().get(kind):
        raise NotHere(f"{kind} cannot be used: it {reason}")
    load_first(kind, start_method)
    opened_at = time.perf_counter()
    if kind == "threads":
        import threading
        from concurrent.futures import ThreadPoolExecutor

        arrived, gate = threading.Semaphore(0), threading.Semaphore(0)
        with ThreadPoolExecutor(workers) as threads:
            hello = _Hello(arrived, gate)
            yield _gather(threads, hello.say, arrived, gate, workers, opened_at)
    elif kind in ("processes", "pool"):
        from multiprocessing import get_context

        context = get_context(start_method)
        make = _process_pool if kind == "processes" else _multiprocessing_pool
        yield from _processes(make, context, workers, modules, opened_at)
    elif kind == "interpreters":
        yield from _interpreters(workers, modules, opened_at)
    else:
        raise ValueError(f"there is no executor kind {kind!r}")


def load_first(kind: str, start_method: str | None) -> None:
    """Import what workers need; of the ways to start a process only the one that is taken.

    Raises ValueError for an unknown start method.
    """
    modules = _LOADED_FIRST.get(kind, ())
    if kind in kinds.STARTED:
        from multiprocessing import get_context

        modules += _STARTED_BY[get_context(start_method).get_start_method()]
    for module in modules:
        import_module(module)


def _processes(
    make: Callable[..., Executor],
    context: "BaseContext",
    workers: int,
    modules: tuple[str, ...],
    opened_at: float,
) -> Iterator[Pool]:
    from concurrent.futures.process import BrokenProcessPool

    arrived, gate = context.Semaphore(0), context.Semaphore(0)
    children: list[Any] = []
    try:
        with make(workers, context, _meet, (arrived, gate, modules)) as executor:
            pool = _gather(executor, _say_hello, arrived, gate, workers, opened_at, children)
            yield pool._replace(start_method=context.get_start_method())
    except BrokenProcessPool as error:  # now the executor has collected every exit code
        raise BrokenProcessPool(what_happened(children) or str(error)) from error


def _process_pool(*arguments: Any) -> Executor:
    from concurrent.futures import ProcessPoolExecutor

    executor = ProcessPoolExecutor(*arguments)
    # A private name: without it workers are started one by one, beside a thread that waits
    # for the death of those that it knows, and misses the death of those that it does not.
    vars(executor)["_safe_to_dynamically_spawn_children"] = False
    return executor


def _multiprocessing_pool(workers: int, *arguments: Any) -> Executor:
    from core.lab.mp_pool import PoolExecutor

    # As the Pool does by itself, and nothing on top that would be measured with it.
    return PoolExecutor(workers, *arguments, ahead=sys.maxsize, guarded=False)


def _interpreters(workers: int, modules: tuple[str, ...], opened_at: float) -> Iterator[Pool]:
    from core.lab import interpreters

    with (
        interpreters.semaphores() as (arrived, gate),
        interpreters.interpreter_pool(workers, (__name__, interpreters.__name__, *modules)) as pool,
    ):
        hello = partial(_hello_by_pipe, arrived.number, gate.readable)
        yield _gather(pool, hello, arrived, gate, workers, opened_at)


def _gather(
    executor: Executor,
    hello: Callable[[], Worker],
    arrived: Any,
    gate: Any,
    count: int,
    opened_at: float,
    children: list[Any] | None = None,
) -> Pool:
    """Hold each worker at the gate until all have arrived: only then have all been started."""
    greetings: list[Future[Worker]] = []
    try:
        for _ in range(count):
            greetings.append(executor.submit(hello))
            if children == []:
                children.extend(_processes_of(executor))
        _await_arrival(arrived, greetings)
        first_worker_at = time.perf_counter()
        for _ in range(count - 1):
            _await_arrival(arrived, greetings)
        ready_at = time.perf_counter()
    finally:
        for _ in range(count):  # also when not all came: nobody may be left at the gate
            gate.release()
    workers = [greeting.result() for greeting in greetings]
    return Pool(executor, workers, opened_at, first_worker_at, ready_at)


def _processes_of(executor: Executor) -> list[Any]:
    """Name the processes of a started pool, whichever it is.

    A private name for the one, and for one purpose: after a breakdown the executor forgets its
    processes, and with them the exit code that says what killed them.
    """
    own = getattr(executor, "processes", None)
    return own or list((getattr(executor, "_processes", None) or {}).values())


def _await_arrival(arrived: Any, greetings: list[Future[Worker]]) -> None:
    while not arrived.acquire(timeout=_LOOK_AGAIN_S):
        for greeting in greetings:
            if greeting.done():
                greeting.result()


class _Hello:
    """What a worker does first: tell that it is here, then wait for the others."""

    def __init__(self, arrived: Any, gate: Any) -> None:
        self._arrived = arrived
        self._gate = gate

    def say(self) -> Worker:
        self._arrived.release()
        self._gate.acquire()
        return who()


_hellos: list[_Hello] = []  # in a pool process, filled by its initializer: semaphores travel so


def _meet(arrived: Any, gate: Any, modules: tuple[str, ...]) -> None:
    for module in modules:
        import_module(module)
    _hellos.append(_Hello(arrived, gate))


def _say_hello() -> Worker:
    return _hellos[-1].say()


def _hello_by_pipe(arrived: int, gate: int) -> Worker:
    from core.lab import interpreters

    interpreters.give(arrived)
    interpreters.take(gate)
    return who()


def what_happened(children: list[Any]) -> str | None:
    """Say how a pool process ended; the executor itself ends the others by SIGTERM after it."""
    ended_by_pool = -signal.SIGTERM
    codes: dict[int, int] = {}
    for child in children:
        with suppress(ValueError):
            child.join(timeout=1)
            codes[child.pid] = child.exitcode
    for pid, code in codes.items():
        if code not in (None, 0, ended_by_pool):
            return f"pool process {pid} {exit_sentence(code)} before its work was done"
    if ended_by_pool in codes.values():
        return f"a pool process {exit_sentence(ended_by_pool)} before its work was done"
    return None


def exit_sentence(code: int) -> str:
    """Put an exit code into words: "was killed by SIGKILL", "ended with exit code 3"."""
    if sys.platform != "win32" and code < 0:
        with suppress(ValueError):
            return f"was killed by {signal.Signals(-code).name}"
        return f"was killed by signal {-code}"
    return f"ended with exit code {code}"
