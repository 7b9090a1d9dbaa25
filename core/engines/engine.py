"""What the runner asks of whatever runs jobs: an executor that can be stopped, and answered."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any

from core.lab_python import LabPython

OnEvent = Callable[["Future[Any]", dict[str, Any]], None]


class Engine(Executor, ABC):
    """An executor of one job at a time, in the order of submission.

    `on_event(future, event)`, where an engine takes one, gets what a running job tells.
    """

    @abstractmethod
    def submit_within(
        self, limit_s: float, fn: Callable[..., Any], /, *args: Any, **kwargs: Any
    ) -> "Future[Any]":
        """Queue a call that fails with LabTimeout when it takes longer than `limit_s` seconds."""

    def submit_on(
        self,
        python: LabPython | None,
        limit_s: float | None,
        fn: Callable[..., Any],
        /,
        *args: Any,
        **kwargs: Any,
    ) -> "Future[Any]":
        """Queue a call for another interpreter (None: the usual one), within `limit_s` if any.

        Raises ValueError where the engine runs its jobs on its own interpreter only.
        """
        if python is not None:
            raise ValueError(f"jobs run on no other Python here, so not on {python.label}")
        if limit_s is None:
            return self.submit(fn, *args, **kwargs)
        return self.submit_within(limit_s, fn, *args, **kwargs)

    @abstractmethod
    def cancel_pending(self) -> int:
        """Cancel every call that has not started, and return how many there were."""

    def renew(self) -> None:
        """Have the calls submitted from now on run in a fresh process, if processes run them."""
        return

    @abstractmethod
    def kill(self) -> None:
        """End the job that runs, without waiting: its future fails with LabStopped."""

    @abstractmethod
    def answer(self, text: str | None) -> bool:
        """Answer the question of the running job; false when nothing was asked."""
