"""How a job tells its owner what happens while it runs, and asks what it shall do."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, Concatenate, Generic, ParamSpec, Protocol, TypeVar

Emit = Callable[[dict[str, Any]], None]


class Ask(Protocol):
    """Asks the owner; `process` is the sentinel of a process whose end takes the question back."""

    def __call__(self, prompt: str, process: int | None = None, /) -> str: ...


_P = ParamSpec("_P")
_T = TypeVar("_T")


class Telling(Generic[_P, _T]):
    """A job that wants, before its own arguments, the first `hands` of `emit` and `ask`.

    It is called, and found by its name, like the function that it stands for.
    """

    def __init__(self, job: Callable[_P, _T], hands: int) -> None:
        functools.update_wrapper(self, job)
        self._job = job
        self.hands = hands

    def __call__(self, *args: _P.args, **kwargs: _P.kwargs) -> _T:
        return self._job(*args, **kwargs)


def emits(job: Callable[Concatenate[Emit, _P], _T]) -> Telling[Concatenate[Emit, _P], _T]:
    """Mark a job that wants `emit`, a function that sends one event, as its first argument.

    `emit` takes a dict that JSON can carry and may be called from any thread of the lab process;
    it returns when the message is written.
    """
    return Telling(job, 1)


def converses(
    job: Callable[Concatenate[Emit, Ask, _P], _T],
) -> Telling[Concatenate[Emit, Ask, _P], _T]:
    """Mark a job that wants `emit` and `ask` as its first two arguments.

    `ask(prompt)`, in the job's own thread only, waits until the owner answers and returns the
    answer, as `input` does; it raises EOFError when nobody will answer. `ask(prompt, sentinel)`
    raises it, too, when the process of that sentinel ends: then there is nothing left to choose.
    """
    return Telling(job, 2)
