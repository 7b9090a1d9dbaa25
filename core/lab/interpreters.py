"""What InterpreterPoolExecutor (Python 3.14) needs around it to be measured as the others are.

Sub-interpreters share no objects, so no semaphores; but they share the process, and with it the
numbers of its pipes.
"""

import os
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager

_LOOK_AGAIN_S = 0.0002


class PipeSemaphore:
    """A semaphore that sub-interpreters can share: a byte in a pipe for each permission.

    `number` is the writing end's, `readable` the reading end's. Waiting with a timeout is for one
    thread of the interpreter that made it.
    """

    def __init__(self, patient: bool) -> None:
        """Open the pipe; `patient` ones are waited for without a timeout, by `take`."""
        self.readable, self.number = os.pipe()
        if sys.platform != "win32" or sys.version_info >= (3, 12):  # none is older that has them
            os.set_blocking(self.readable, patient)

    def release(self) -> None:
        """Give one permission."""
        give(self.number)

    def acquire(self, timeout: float) -> bool:
        """Take a permission, false when none came in time; looks again every 0.2 ms."""
        deadline = time.perf_counter() + timeout
        while True:
            try:
                return bool(os.read(self.readable, 1))
            except BlockingIOError:
                if time.perf_counter() > deadline:
                    return False
                time.sleep(_LOOK_AGAIN_S)

    def close(self) -> None:
        """Close both ends."""
        os.close(self.readable)
        os.close(self.number)


def give(number: int) -> None:
    """Give a permission through the writing end of that number; from any interpreter."""
    os.write(number, b".")


def take(readable: int) -> None:
    """Wait for a permission at the reading end of that number; from any interpreter."""
    os.read(readable, 1)


@contextmanager
def semaphores() -> Iterator[tuple[PipeSemaphore, PipeSemaphore]]:
    """Open the two that workers meet at: one to arrive, one to go on."""
    arrived, gate = PipeSemaphore(patient=False), PipeSemaphore(patient=True)
    try:
        yield arrived, gate
    finally:
        arrived.close()
        gate.close()


def interpreter_pool(workers: int, modules: Sequence[str]) -> Executor:
    """Make a pool whose interpreters look for modules where this one does, and import some.

    Raises ImportError on a Python without it.
    """
    # Python 3.14's; types are checked as 3.10 has them, the oldest that may be a lab process.
    from concurrent.futures import InterpreterPoolExecutor  # type: ignore[attr-defined]

    prelude = f"import sys; sys.path[:] = {sys.path!r}; import {', '.join(modules)}"
    # `exec` and its text are what an interpreter can take before it knows where our modules are.
    executor: Executor = InterpreterPoolExecutor(workers, initializer=exec, initargs=(prelude, {}))
    return executor
