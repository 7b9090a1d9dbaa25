"""multiprocessing.Pool as a concurrent.futures executor.

any thread        submit: a future into the queue; up to `_ahead` of them handed to the Pool
"task handler"    the Pool's: tasks into the pipe
"result handler"  the Pool's: settles the future, hands over the next; done-callbacks run here
"pool watcher"    waits for the death of a worker, which the Pool by itself never tells
"""

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor, Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from functools import partial
from multiprocessing.connection import wait as wait_for
from multiprocessing.context import BaseContext
from multiprocessing.pool import TERMINATE
from typing import Any

_PUT_S = 0.2  # ample for a thread of our own to write a few bytes into a pipe
_Outcome = tuple[Any, BaseException | None]  # a value, or why there is none
_Call = tuple["Future[Any]", Callable[..., Any], tuple[Any, ...], dict[str, Any]]


class PoolExecutor(Executor):
    """Run calls in a `multiprocessing.Pool` of `workers` processes, started by the constructor.

    A future is running as soon as the Pool has its call, which the Pool cannot take back: `ahead`
    at a time, by default twice as many as there are workers, and two. Many short calls want more of
    them ahead: with 60 µs each, two workers take a quarter longer by the default than with no
    limit, which is how the Pool works by itself. When a process dies before its work is done all
    futures fail with BrokenProcessPool. What is raised and is no Exception, such as SystemExit, is
    the future's where calls are `guarded`, and ends the process otherwise; the guard costs 4 µs of
    each call. Methods may be called from any thread.
    """

    def __init__(
        self,
        workers: int,
        context: BaseContext,
        initializer: Callable[..., None] | None = None,
        initargs: tuple[Any, ...] = (),
        *,
        ahead: int | None = None,
        guarded: bool = True,
    ) -> None:
        self._guarded = guarded
        self._turn = threading.Lock()
        self._waiting: deque[_Call] = deque()
        self._handed: set[Future[Any]] = set()
        self._ahead = 2 * workers + 2 if ahead is None else ahead
        self._is_shut = self._is_over = False
        self._broken = ""
        self._pool = context.Pool(workers, initializer, initargs)
        # A private name: the Pool replaces a dead worker in silence, and its task is lost for good.
        self.processes: list[Any] = list(self._pool._pool)  # type: ignore[attr-defined]
        self._watcher = threading.Thread(target=self._watch, name="pool watcher", daemon=True)
        self._watcher.start()

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Queue the call; raise RuntimeError after `shutdown`, BrokenProcessPool after a death."""
        future: Future[Any] = Future()
        with self._turn:
            if self._broken:
                raise BrokenProcessPool(self._broken)
            if self._is_shut:
                raise RuntimeError("cannot schedule new futures after shutdown")
            self._waiting.append((future, fn, args, kwargs))
            self._hand_over()
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take no more calls; with `wait` return when all are done and the processes have ended.

        With `cancel_futures` drop those that the Pool does not have yet.
        """
        with self._turn:
            self._is_shut = True
            dropped = list(self._waiting) if cancel_futures else []
            self._close_if_over()
        for call in dropped:
            call[0].cancel()
        with self._turn:
            if not self._broken:
                self._hand_over()
            self._close_if_over()
        if wait:
            self._watcher.join()
            if not self._broken:
                self._pool.join()

    def _hand_over(self) -> None:
        """Give the Pool what it may have; the caller holds the turn."""
        while self._waiting and len(self._handed) < self._ahead:
            future, fn, args, kwargs = self._waiting.popleft()
            if future.set_running_or_notify_cancel():
                self._handed.add(future)
                take, fail = partial(self._settle, future), partial(self._fail, future)
                if self._guarded:
                    self._pool.apply_async(_run, (fn, args, kwargs), {}, take, fail)
                else:
                    take = partial(self._succeed, future)
                    self._pool.apply_async(fn, args, kwargs, take, fail)

    def _succeed(self, future: "Future[Any]", value: Any) -> None:
        self._settle(future, (value, None))

    def _fail(self, future: "Future[Any]", error: BaseException) -> None:
        self._settle(future, (None, error))

    def _settle(self, future: "Future[Any]", outcome: _Outcome) -> None:
        """Pass on what came of a call; `join` waits for this thread, so closing may come first."""
        with self._turn:
            if future not in self._handed:  # a death was quicker
                return
            self._handed.discard(future)
            self._hand_over()
            self._close_if_over()
        value, error = outcome
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(value)

    def _close_if_over(self) -> None:
        """Let the processes end when there is nothing left to do; the caller holds the turn."""
        if self._is_shut and not self._waiting and not self._handed and not self._is_over:
            self._is_over = True
            self._pool.close()

    def _watch(self) -> None:
        """Wait for the first process that ends; before the end of the work, it breaks the pool."""
        wait_for([process.sentinel for process in self.processes])
        with self._turn:
            if self._is_over:
                return
            self._broken = "a pool process ended before its work was done"
            self._is_over = self._is_shut = True
            lost = [*self._handed, *(call[0] for call in self._waiting)]
            self._handed.clear()
            self._waiting.clear()
        for future in lost:
            if future.running() or future.set_running_or_notify_cancel():
                future.set_exception(BrokenProcessPool(self._broken))
        self._end()

    def _end(self) -> None:
        """End the Pool where `terminate` alone would hang, for a process that died with a lock.

        Private names, because it has no others for this: its thread that replaces the dead ends
        first, and the locks of its two pipes are set free once every process is gone. Its other
        thread may hold one for a moment, so each gets a little time to come free by itself. The
        thread that sends ends before `terminate` is called, which would read what is still in the
        pipe to make room for it: rubbish, where a process died in the middle of a message.
        """
        pool: Any = self._pool
        pool._worker_handler._state = TERMINATE
        pool._change_notifier.put(None)
        pool._worker_handler.join()
        for process in list(pool._pool):
            with suppress(ValueError):  # the Pool has already closed it
                process.kill()
                process.join()
        for lock in (pool._inqueue._rlock, pool._outqueue._wlock):
            if lock is not None:  # as for writing on Windows
                lock.acquire(timeout=_PUT_S)
                with suppress(ValueError):  # it came free just now
                    lock.release()
        pool._inqueue._reader.close()  # nobody reads on: whoever writes is told, and goes on
        pool._task_handler.join()
        pool.terminate()


def _run(fn: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> _Outcome:
    """Run a call in a worker; what is no Exception would end the worker, so it becomes a value."""
    try:
        return fn(*args, **kwargs), None
    except Exception:
        raise  # the Pool brings it home with its traceback
    except BaseException as error:
        return None, error
