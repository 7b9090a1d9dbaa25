"""Where the JSON of a command goes: tried before anything is measured."""

import os
import sys
from pathlib import Path

from core.errors import BadInput, cannot_write
from core.results.files import write_whole


class Target:
    """Where JSON goes: a file, tried before the run, or standard output. Raises BadInput."""

    def __init__(self, path: str, field: str = "json") -> None:
        self._path = None if path == "-" else Path(os.path.realpath(path))
        if self._path is None:
            return
        try:
            new = not self._path.exists()
            with self._path.open("ab"):
                pass
            if new:
                self._path.unlink()
        except OSError as error:
            raise BadInput(cannot_write(path, error), field) from error

    @property
    def is_file(self) -> bool:
        """Whether standard output stays free."""
        return self._path is not None

    def write(self, data: bytes) -> None:
        """Write the data, whole or not at all where the folder allows it; raises OSError."""
        if self._path is None:
            sys.stdout.buffer.write(data)
            sys.stdout.buffer.flush()
            return
        if self._path.is_file() or not self._path.exists():
            try:
                write_whole(self._path, data)
                return
            except OSError:
                pass  # the folder takes no new files, but the file itself could be opened
        self._path.write_bytes(data)
