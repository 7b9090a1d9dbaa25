"""Perform a program of `gui.programs` in the window's own process, for a bounded time."""

import time
from collections.abc import Callable
from concurrent.futures import Executor, Future
from functools import partial
from importlib import import_module
from typing import Any

from core.engines.lab_client import LabExecutor
from core.lab.told import checked
from gui.window_executor import TakesTurn, Turn

_TIMES = frozenset({"start", "end", "at"})
_LIMIT_S = 5.0  # of whatever the program has computed elsewhere: it has its own, shorter limit


@TakesTurn
def perform_here(turn: Turn, program: str, settings: dict[str, Any]) -> None:
    """Begin with `gui.programs.<program>.main`; the turn ends with `work_s`, what it took.

    The program computes in a lab process of its own, a child process to whoever reads about it,
    started for it and ended with the turn, and finished futures are carried to it by the turn's
    bridge. The times that it tells become seconds since the first of them. GUI thread.
    """
    lab, began = LabExecutor(called="the child process"), time.perf_counter()
    first: list[float] = []

    def tell(kind: str, **what: Any) -> None:
        moments = [what[name] for name in _TIMES & what.keys()]
        if moments and not first:
            first.append(min(moments))
        since = {name: what[name] - first[0] for name in _TIMES & what.keys()}
        turn.emit(checked({"kind": kind, "t": time.perf_counter() - began, **what, **since}))

    def watch(future: "Future[Any]", handler: Callable[["Future[Any]"], None]) -> None:
        turn.bridge.watch(future, partial(deliver, handler))

    def deliver(handler: Callable[["Future[Any]"], None], arrived: "list[Future[Any]]") -> None:
        for future in arrived:
            try:
                handler(future)
            except Exception as error:  # the program cannot go on: better now than at its limit
                turn.fail(error)

    def done() -> None:
        turn.finish({"work_s": time.perf_counter() - began})

    def leave() -> None:
        lab.cancel_pending()
        lab.kill()
        lab.shutdown(wait=False)

    turn.at_the_end(leave)  # also when the program does not even begin
    played = import_module(f"gui.programs.{program}").main(
        **settings, pool=_Within(lab), watch=watch, done=done, tell=tell
    )
    turn.at_the_end(played.stop)


class _Within(Executor):
    """A lab process whose jobs have a limit, so that whoever waits for one waits in vain no more.

    The limit is kept by a thread of its own: it holds also while the GUI thread stands still.
    """

    def __init__(self, lab: LabExecutor) -> None:
        self._lab = lab

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> "Future[Any]":
        return self._lab.submit_within(_LIMIT_S, fn, *args, **kwargs)
