"""WindowExecutor: the window's own thread seen as an executor with one worker.

GUI thread, and no other: submit --queue--> next turn of the event loop: the job begins and returns
                          at once; it ends when it says so, and then the next one begins
"""

import logging
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, QTimer

from core.engines.engine import Engine, OnEvent
from core.errors import FuturesLabError, LabStopped, LabTimeout
from gui.bridge import FutureBridge

_log = logging.getLogger(__name__)
_Call = tuple["Turn", Callable[[], Any], bool]


@dataclass(frozen=True)
class TakesTurn:
    """A job that wants its `Turn` as its first argument, and ends when it tells the turn."""

    job: Callable[..., object]

    def __call__(self, turn: "Turn", *args: Any, **kwargs: Any) -> object:
        return self.job(turn, *args, **kwargs)


class Turn:
    """What a job of the window tells: what happens, and how it ended. GUI thread.

    `bridge` carries the futures that a job waits for.
    """

    def __init__(self, limit_s: float | None, bridge: FutureBridge, on_event: OnEvent) -> None:
        self.future: Future[Any] = Future()
        self.bridge = bridge
        self.limit_s = limit_s
        self._on_event = on_event
        self._at_the_end: list[Callable[[], None]] = []

    def emit(self, event: dict[str, Any]) -> None:
        """Send an event."""
        if not self.future.done():
            self._on_event(self.future, event)

    def finish(self, value: Any) -> None:
        """End with a result; ignored when it has ended."""
        self._end(lambda: self.future.set_result(value))

    def fail(self, error: Exception) -> None:
        """End with an exception; ignored when it has ended."""
        self._end(lambda: self.future.set_exception(error))

    def at_the_end(self, callback: Callable[[], None]) -> None:
        """Have something called when it has finished, failed, or been stopped; once."""
        if self.future.done():
            callback()
        else:
            self._at_the_end.append(callback)

    def _end(self, settle: Callable[[], None]) -> None:
        if self.future.done():
            return
        settle()
        for callback in self._at_the_end:
            try:
                callback()
            except Exception:
                _log.exception("what should follow the end of a job failed")
        self._at_the_end = []


class WindowExecutor(Engine):
    """Run jobs in the GUI thread, one at a time, in the order of submission.

    A job begins in a turn of the event loop of its own and must return soon, or the window stands
    still: Stop cannot reach it, nor can its limit. A plain function ends when it returns; one that
    `TakesTurn` may go on by timers and signals until it ends its turn. Futures fail with what the
    job raised, LabStopped or LabTimeout. `on_event` and done-callbacks are called in the GUI
    thread, and every method belongs to it.
    """

    def __init__(self, bridge: FutureBridge, on_event: OnEvent, parent: QObject) -> None:
        self._bridge = bridge
        self._on_event = on_event
        self._calls: deque[_Call] = deque()
        self._turn: Turn | None = None
        self._is_inside = False
        self._closed = False
        self._limit = QTimer(parent)
        self._limit.setSingleShot(True)
        self._limit.timeout.connect(self._end_late_job)

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> "Future[Any]":
        """Queue the call; raise RuntimeError after `shutdown`."""
        return self._queue(None, fn, args, kwargs)

    def submit_within(
        self, limit_s: float, fn: Callable[..., Any], /, *args: Any, **kwargs: Any
    ) -> "Future[Any]":
        return self._queue(limit_s, fn, args, kwargs)

    def cancel_pending(self) -> int:
        waiting = [turn.future for turn, _, _ in self._calls if not turn.future.cancelled()]
        return sum(future.cancel() for future in waiting)

    def kill(self) -> None:
        self._end_turn(LabStopped("stopped while it ran"))

    def answer(self, text: str | None) -> bool:
        """Return False: what runs in the window asks nothing."""
        return False

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take no more calls, and end everything, for the GUI thread cannot wait for itself."""
        self._closed = True
        self.cancel_pending()
        self.kill()

    def _queue(
        self, limit_s: float | None, fn: Callable[..., Any], args: Any, kwargs: Any
    ) -> "Future[Any]":
        if self._closed:
            raise RuntimeError("cannot schedule new futures after shutdown")
        turn = Turn(limit_s, self._bridge, self._on_event)
        takes = isinstance(fn, TakesTurn)
        self._calls.append(
            (turn, lambda: fn(turn, *args, **kwargs) if takes else fn(*args, **kwargs), takes)
        )
        self._begin_soon()
        return turn.future

    def _begin_soon(self) -> None:
        QTimer.singleShot(0, self._begin)

    def _begin(self) -> None:
        # A job that lets events be handled, as processEvents() does, may bring us here.
        if self._is_inside or self._turn is not None or not self._calls:
            return
        turn, call, takes = self._calls.popleft()
        if not turn.future.set_running_or_notify_cancel():
            self._begin_soon()
            return
        self._turn = turn
        turn.at_the_end(self._leave)
        if turn.limit_s is not None:
            self._limit.start(round(turn.limit_s * 1000))
        self._is_inside = True
        try:
            value = call()
        except Exception as error:
            turn.fail(error)
        else:
            if not takes:
                turn.finish(value)
        finally:
            self._is_inside = False
            self._begin_soon()

    def _leave(self) -> None:
        self._limit.stop()
        self._turn = None
        self._begin_soon()

    def _end_late_job(self) -> None:
        limit_s = self._turn.limit_s if self._turn is not None else None
        self._end_turn(LabTimeout(f"stopped by its own time limit of {limit_s or 0:g} s"))

    def _end_turn(self, error: FuturesLabError) -> None:
        if self._turn is not None:
            self._turn.fail(error)
