"""How a job tells its owner what happens while it runs."""

from collections.abc import Callable
from typing import Any, TypeVar

Emit = Callable[[dict[str, Any]], None]
_Job = TypeVar("_Job", bound=Callable[..., object])


def emits(job: _Job) -> _Job:
    """Mark a job that wants `emit`, a function that sends one event, as its first argument.

    `emit` takes a dict that JSON can carry and may be called from any thread of the lab process;
    it returns when the message is written.
    """
    job.emits = True  # type: ignore[attr-defined]
    return job
