"""Perform a program of the book in the lab process, and send home what it tells."""

import time
from importlib import import_module
from typing import Any

from core.lab.events import Ask, Emit, converses
from core.lab.told import checked

_TIMES = frozenset({"start", "end", "at"})


@converses
def perform(emit: Emit, ask: Ask, program: str, settings: dict[str, Any]) -> dict[str, Any]:
    """Run `core.lab.programs.<program>.main` with the settings; return `work_s`, what it took.

    Runs in the lab's main thread. What the program tells, in whatever thread, goes out at once with
    `t`, the seconds since the beginning; the times in it become seconds since the beginning too.
    """
    main = import_module(f"core.lab.programs.{program}").main
    asks = "ask" in main.__code__.co_varnames[: main.__code__.co_argcount]
    began = time.perf_counter()

    def tell(kind: str, **what: Any) -> None:
        now = time.perf_counter()
        moments = {name: what[name] - began for name in _TIMES & what.keys()}
        emit(checked({"kind": kind, "t": now - began, **what, **moments}))

    main(**settings, tell=tell, **({"ask": ask} if asks else {}))
    return {"work_s": time.perf_counter() - began}
