"""How a job tells its owner what happens while it runs, and asks what it shall do."""

from collections.abc import Callable
from typing import Any, TypeVar

Emit = Callable[[dict[str, Any]], None]
Ask = Callable[[str], str]
_Job = TypeVar("_Job", bound=Callable[..., object])


def emits(job: _Job) -> _Job:
    """Mark a job that wants `emit`, a function that sends one event, as its first argument.

    `emit` takes a dict that JSON can carry and may be called from any thread of the lab process;
    it returns when the message is written.
    """
    job.emits = True  # type: ignore[attr-defined]  # a mark: no type of a function has it
    return job


def converses(job: _Job) -> _Job:
    """Mark a job that wants `emit` and `ask` as its first two arguments.

    `ask(prompt)`, in the job's own thread only, waits until the owner answers and returns the
    answer, as `input` does; it raises EOFError when nobody will answer.
    """
    job.converses = True  # type: ignore[attr-defined]  # a mark: no type of a function has it
    return job
