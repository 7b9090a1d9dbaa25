"""LabExecutor: a lab process seen as a concurrent.futures executor with one worker.

any thread         submit, kill, shutdown
     |  queue of steps: calls, and what is to be done between them
"lab dispatcher"   starts a lab process when there is work and none, sends one call at a time,
                   reads its events and its answer, settles the future: so done-callbacks and
                   `on_event` run here (or in the thread that cancels)
"""

import logging
import queue
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from functools import partial
from typing import Any, NamedTuple

from core.engines import scratch
from core.engines.engine import Engine, OnEvent
from core.engines.lab_process import LabProcess, own_python
from core.errors import LabError, LabStartError, LabTimeout, RemoteError
from core.lab import protocol
from core.lab_python import LabPython

_log = logging.getLogger(__name__)


class _Call(NamedTuple):
    """One call that was submitted: for which interpreter, and for how long at most."""

    future: "Future[Any]"
    message: protocol.Message
    limit_s: float | None
    python: LabPython


class LabExecutor(Engine):
    """Run calls in a lab process of `python`, one at a time, in the order of submission.

    `submit_on` runs a call on another interpreter, in a lab process of that one: still one call at
    a time. Lab processes of other interpreters wait, asleep, for as long as calls are queued.

    The process starts with the first call, and anew after `renew`, or it was killed, has crashed,
    or a job left threads or children behind. Submitted functions must be importable in the lab
    process; arguments and results are what JSON carries (tuples arrive as lists). A function marked
    with `core.lab.events.emits` may report events while it runs: `on_event(future, event)` gets
    them in the dispatcher's thread and must only hand them on. One marked with `converses` may ask
    too: the question comes as an event of kind "asks" with its `prompt`, and `answer` answers it,
    unless the job takes it back before.

    What is said of the process names it as `called`.

    Futures fail with RemoteError (the job raised), LabCrashed, LabStopped or LabStartError. Every
    method may be called from any thread. Nothing is started before the first `submit`.
    """

    def __init__(
        self,
        python: LabPython | Sequence[str] = (),
        on_event: OnEvent | None = None,
        called: str = "the lab process",
    ) -> None:
        if not isinstance(python, LabPython):
            python = LabPython(tuple(python)) if python else own_python()
        self._python = python
        self._on_event = on_event
        self._called = called
        self._steps: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._turn = threading.Lock()
        self._dispatcher: threading.Thread | None = None
        self._lab: LabProcess | None = None
        self._parked: dict[LabPython, LabProcess] = {}
        self._too_late: dict[LabPython, LabStartError] = {}
        self._running = False
        self._kill_asked = False
        self._question_open = False
        self._pending: set[Future[Any]] = set()
        self._closed = False

    @property
    def python(self) -> tuple[str, ...]:
        """The command of the interpreter that the lab process runs."""
        return self._python.command

    @property
    def pid(self) -> int | None:
        """The lab process's number, or None while there is no such process."""
        lab = self._lab
        return lab.pid if lab else None

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Queue the call `fn(*args, **kwargs)`; raise RuntimeError after `shutdown`."""
        return self._queue(self._python, None, fn, args, kwargs)

    def _queue(
        self,
        python: LabPython,
        limit_s: float | None,
        fn: Callable[..., Any],
        args: Any,
        kwargs: Any,
    ) -> Future[Any]:
        name = getattr(fn, "__qualname__", None)
        if name is None:
            raise TypeError(f"{fn!r} has no name: submit a function that is importable by its own")
        message = {
            "kind": "call",
            "function": f"{fn.__module__}:{name}",
            "args": args,
            "kwargs": kwargs,
        }
        future: Future[Any] = Future()
        with self._turn:
            if self._closed:
                raise RuntimeError("cannot schedule new futures after shutdown")
            self._pending.add(future)
            self._steps.put(partial(self._serve, _Call(future, message, limit_s, python)))
            if self._dispatcher is None:
                # A daemon, so that a program that forgets to shut down can end; its end closes the
                # lifeline, and with it the lab process.
                self._dispatcher = threading.Thread(
                    target=self._dispatch, name="lab dispatcher", daemon=True
                )
                self._dispatcher.start()
        return future

    def submit_within(
        self, limit_s: float, fn: Callable[..., Any], /, *args: Any, **kwargs: Any
    ) -> Future[Any]:
        """Queue a call that fails with LabTimeout when it takes longer than `limit_s` seconds."""
        return self._queue(self._python, limit_s, fn, args, kwargs)

    def submit_on(
        self,
        python: LabPython | None,
        limit_s: float | None,
        fn: Callable[..., Any],
        /,
        *args: Any,
        **kwargs: Any,
    ) -> Future[Any]:
        """Queue a call for a lab process of `python` (None: the usual one), within `limit_s`."""
        return self._queue(python or self._python, limit_s, fn, args, kwargs)

    def renew(self) -> None:
        """Have the calls submitted from now on run in fresh lab processes, of every interpreter."""
        self._steps.put(self._end_all)

    def kill(self) -> None:
        """End the lab process now, without waiting: a running job's future fails with LabStopped.

        Those of other interpreters sleep, and end by themselves once nothing is queued.
        Pending calls stay and get a fresh lab process; cancel them first to drop them too.
        """
        with self._turn:
            self._kill_asked = self._running
            if self._lab is not None:
                self._lab.kill()

    def answer(self, text: str | None) -> bool:
        """Answer the question of the running job; false when nothing was asked.

        None says that nobody will answer: `ask` raises EOFError there.
        """
        with self._turn:
            lab, is_open = self._lab, self._question_open
            self._question_open = False
        if lab is None or not is_open:
            return False
        lab.answer(text)
        return True

    def cancel_pending(self) -> int:
        """Cancel every call that has not started, and return how many there were."""
        with self._turn:
            waiting = tuple(self._pending)
        return sum(future.cancel() for future in waiting)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take no more calls; with `wait` return when the queued are done and the process is gone.

        With `cancel_futures` drop those that have not started. Call `kill` first to drop the one
        that runs.
        """
        with self._turn:
            if not self._closed:
                self._closed = True
                self._steps.put(None)
        if cancel_futures:
            self.cancel_pending()
        if wait and self._dispatcher is not None:
            self._dispatcher.join()

    def _dispatch(self) -> None:
        while (step := self._steps.get()) is not None:
            step()
            del step  # while the next is waited for, nobody keeps the last one's future
        self._end_all()
        scratch.sweep()  # now nothing is measured, nor waited for

    def _serve(self, call: _Call) -> None:
        with self._turn:  # together, so that no kill falls in between and is forgotten
            running = call.future.set_running_or_notify_cancel()
            self._pending.discard(call.future)
            self._running, self._kill_asked = running, False
        if running:
            self._run(call)
        self._end_others_if_idle()

    def _run(self, call: _Call) -> None:
        future = call.future
        try:
            answer = self._converse(call)
        except LabError as error:
            self._end_lab()
            self._settled()
            future.set_exception(error)
        except Exception as error:  # JSON cannot carry the call, or the system has no thread left
            self._settled()
            future.set_exception(error)
        else:
            self._settled()
            if not answer["clean"]:
                self._end_lab()
            if answer["kind"] == "result":
                future.set_result(answer["value"])
            else:
                future.set_exception(
                    RemoteError(answer["type"], answer["message"], answer["traceback"])
                )

    def _converse(self, call: _Call) -> protocol.Message:
        lab = self._lab_process(call.python)
        with _Limit(call.limit_s, lab):
            for message in lab.call_over(call.message):
                if message["kind"] in ("result", "failure"):
                    return message
                self._pass_on(call.future, message)
        raise AssertionError("call_over ends with an answer or raises")

    def _pass_on(self, future: "Future[Any]", message: protocol.Message) -> None:
        if message["kind"] == "withdraw":
            self.answer(None)
            return
        event = message.get("data")
        if message["kind"] == "ask":
            with self._turn:
                self._question_open = True
            event = {"kind": "asks", "prompt": message["prompt"]}
        if self._on_event is not None and event is not None:
            try:
                self._on_event(future, event)
            except Exception:  # as concurrent.futures does with done-callbacks
                _log.exception("a listener failed; it missed an event")

    def _settled(self) -> None:
        with self._turn:
            self._running = self._question_open = False

    def _lab_process(self, python: LabPython) -> LabProcess:
        self._turn_to(python)
        if self._lab is not None and self._lab.ended:
            self._end_lab()  # killed or crashed while it had nothing to do
        if self._lab is None:
            if late := self._too_late.get(python):  # its other calls need not wait as long
                raise LabStartError(str(late), late.detail, late=True)
            lab = LabProcess(python, self._called)
            with self._turn:
                self._lab = lab
                if self._kill_asked:
                    lab.kill()
            try:
                lab.greet()
            except LabStartError as error:
                if error.late:
                    self._too_late[python] = error
                raise
        return self._lab

    def _turn_to(self, python: LabPython) -> None:
        """Make the lab process of `python` the current one, if there is one."""
        with self._turn:
            if self._lab is not None and self._lab.python != python:
                self._parked[self._lab.python] = self._lab
                self._lab = None
            if self._lab is None:
                self._lab = self._parked.pop(python, None)

    def _end_others_if_idle(self) -> None:
        """Keep the usual interpreter's lab process alone, when nothing is queued."""
        with self._turn:
            is_idle = not self._pending
        if is_idle:
            self._turn_to(self._python)
            self._end_parked()
            self._too_late.clear()

    def _end_all(self) -> None:
        self._end_lab()
        self._end_parked()

    def _end_parked(self) -> None:
        for python, lab in tuple(self._parked.items()):
            lab.close()
            del self._parked[python]

    def _end_lab(self) -> None:
        if self._lab is not None:
            self._lab.close()  # still to be reached by `kill` meanwhile
            with self._turn:
                self._lab = None


class _Limit:
    """Ends the lab process of a job that takes too long, and says so instead of its end."""

    def __init__(self, limit_s: float | None, lab: LabProcess) -> None:
        self._limit_s = limit_s
        self._is_over = False
        self._lab = lab
        self._timer = threading.Timer(limit_s, self._end) if limit_s is not None else None

    def __enter__(self) -> None:
        if self._timer is not None:
            self._timer.start()

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer.join()
        if self._is_over and isinstance(error, LabError):
            raise LabTimeout(f"stopped by its own time limit of {self._limit_s:g} s") from error

    def _end(self) -> None:
        self._is_over = True
        self._lab.kill()
