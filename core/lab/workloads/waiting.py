"""Waits of a millisecond, one after the other, as for a disk or for the network."""

import time

PAUSE_S = 0.001


def wait(first: int, last: int) -> int:
    """Wait from the `first` to the `last` time, and count the waits."""
    waits = 0
    for _ in range(first, last + 1):
        time.sleep(PAUSE_S)
        waits += 1
    return waits
