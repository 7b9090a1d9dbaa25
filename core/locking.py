"""Files that tell whether who made them lives: the kernel unlocks them however that ends.

A process id would not do: it is used again, and means nothing in another container that shares the
folder.
"""

import errno
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

if sys.platform == "win32":
    import msvcrt

    _HELD = PermissionError  # EACCES, of ERROR_LOCK_VIOLATION; a share without locks gives another

    def _lock(file: BinaryIO) -> None:
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    _HELD = BlockingIOError

    def _lock(file: BinaryIO) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


TRIES = 100  # at a new file of ours, before its folder is given up: others may find it unlocked


def try_lock(file: BinaryIO) -> bool:
    """Lock a file until it is closed, if nobody else has; raises OSError where none can be."""
    with suppress(_HELD):
        _lock(file)
        return True
    return False


def cannot_hold(folder: Path) -> OSError:
    """Make the error for a folder whose files are never ours, however often they are locked."""
    return OSError(errno.ENOLCK, "No file there can be locked", str(folder))


def is_at(file: BinaryIO, path: Path) -> bool:
    """Tell whether an open file is still the one at a path."""
    with suppress(FileNotFoundError):
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    return False


def clear(path: Path, can_go: Callable[[], bool] = lambda: True) -> bool:
    """Remove a file whose holder has ended, if `can_go` says so; return whether it has ended.

    `can_go` is called while we hold the lock. Raises OSError where that cannot be known.
    """
    with path.open("r+b") as file:
        if not try_lock(file):
            return False
        goes = can_go()
        if goes and sys.platform != "win32":
            path.unlink(missing_ok=True)
    if goes and sys.platform == "win32":  # where no open file can be removed, so none that is held
        with suppress(OSError):
            path.unlink(missing_ok=True)
    return True
