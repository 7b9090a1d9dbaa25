"""The folder for what a lab process, and what it starts, keeps in files while it runs.

It is removed with the lab process. An owner that is killed removes nothing: beside its folder lies
a locked file, which then is locked no more, and by that others know what they may remove.
"""

import contextlib
import os
import shutil
import tempfile
from functools import partial
from pathlib import Path
from typing import BinaryIO

from core import locking

_PREFIX, _SUFFIX = "futures-lab-", ".lock"


class Scratch:
    """A new folder in the system's folder for temporary files, ours until `remove`.

    Raises OSError where none can be made.
    """

    def __init__(self) -> None:
        self._held, self._mark = _mark()
        self.folder = self._mark.with_suffix("")
        try:
            self.folder.mkdir(0o700)
        except OSError:
            self._held.close()
            self._mark.unlink(missing_ok=True)
            raise

    def remove(self) -> None:
        """Remove the folder and all that is in it; what will not go is left to a later `sweep`."""
        is_gone = _remove(self.folder)
        self._held.close()
        if is_gone:
            with contextlib.suppress(OSError):
                self._mark.unlink(missing_ok=True)


def sweep() -> None:
    """Remove the folders of owners that have ended without. Takes a moment for each file there."""
    marks: list[Path] = []
    with contextlib.suppress(OSError):  # the folder itself is gone
        marks += Path(tempfile.gettempdir()).glob(f"{_PREFIX}*{_SUFFIX}")
    for mark in marks:
        with contextlib.suppress(OSError):  # somebody else's, or somebody else was quicker
            if _is_ours(mark):
                locking.clear(mark, partial(_remove, mark.with_suffix("")))


def _mark() -> tuple[BinaryIO, Path]:
    """Make and lock a file; another, where a sweep found it before it was locked."""
    for _ in range(locking.TRIES):
        number, name = tempfile.mkstemp(_SUFFIX, _PREFIX)
        file = os.fdopen(number, "r+b")
        if _lock(file) and locking.is_at(file, Path(name)):
            return file, Path(name)
        file.close()
        with contextlib.suppress(OSError):
            Path(name).unlink(missing_ok=True)
    raise locking.cannot_hold(Path(tempfile.gettempdir()))


def _lock(file: BinaryIO) -> bool:
    try:
        return locking.try_lock(file)
    except OSError:  # there are no locks here: then nobody can tell, and nobody sweeps
        return True


def _remove(folder: Path) -> bool:
    """Remove a folder, but nothing that a link leads to; return whether it is gone."""
    shutil.rmtree(folder, ignore_errors=True)
    return not os.path.lexists(folder)


def _is_ours(path: Path) -> bool:
    """Tell whether a file is this person's: the folder may be everybody's."""
    return not hasattr(os, "getuid") or path.lstat().st_uid == os.getuid()
