"""Take a question back when a process ends that it is about."""

import contextlib
import multiprocessing
import threading
from collections.abc import Callable, Iterator
from multiprocessing.connection import wait


@contextlib.contextmanager
def taken_back(at_end_of: int, take_back: Callable[[], None]) -> Iterator[None]:
    """Call `take_back` once, in another thread, if a process ends before the block does.

    `at_end_of` is that process's sentinel; it may have ended already. No thread outlives the block.
    """
    over, end_it = multiprocessing.Pipe(duplex=False)

    def watch() -> None:
        if over not in wait([at_end_of, over]):
            take_back()

    thread = threading.Thread(target=watch, name="question", daemon=True)
    with over, end_it:
        thread.start()
        try:
            yield
        finally:
            end_it.send(None)
            thread.join()
