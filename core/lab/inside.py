"""What is in the memory of a lab process and of its workers: the self-test looks for Qt there."""

import sys
from contextlib import suppress

from core.lab import executors, procfs

_SIGNS = ("PySide6", "shiboken6", "libQt")


def qt_here() -> list[str]:
    """Name the modules, and on Linux the mapped files, of this process that belong to Qt."""
    names = set(sys.modules)
    with suppress(OSError):
        names.update(line.split()[-1] for line in procfs.read("/proc/self/maps").splitlines())
    return sorted(name for name in names if any(sign in name for sign in _SIGNS))


def qt_in_worker(start_method: str) -> list[str]:
    """Do the same in a worker of a fresh process pool. Runs in the lab's main thread."""
    with executors.open_pool("processes", 1, start_method, (__name__,)) as pool:
        return pool.executor.submit(qt_here).result()
