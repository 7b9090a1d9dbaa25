"""Files and texts of runs, read without holding up whoever waits: large ones by another process.

thread of the caller                    a process of its own (`main.py --read-runs`)
--------------------                    --------------------------------------------
read: start it, wait         ------->   parse, judge, write small pieces to a file
put pieces together, with    <-------   end: 0, or 2 with the sentence on standard error
a rest after each
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.errors import ShareError
from core.installed import environment, program
from core.results import pieces, share
from core.results.share import MOST_BYTES, Shared

FLAG = "--read-runs"
_SMALL = 128 * 2**10  # read here at once: some milliseconds
_LIMIT_S = 120.0
_REST_S = 0.0005
_NEXT = "Ask for it in parts."


class Reader:
    """Reads runs, in any thread; `stop` ends it at once, from any other."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._is_stopped = False

    def file(self, path: Path) -> tuple[Shared, ...]:
        """Read a file; raises ShareError with its name."""
        try:
            if path.stat().st_size <= _SMALL:
                return share.load(path)
        except (OSError, ValueError):
            return share.load(path)  # which knows the sentence for it
        try:
            return self._by_child(path)
        except ShareError as error:
            raise ShareError(f"“{path.name}” cannot be opened: {error}") from error

    def text(self, text: str) -> tuple[Shared, ...]:
        """Read a text that was pasted or dropped; raises ShareError."""
        try:
            if len(text) > MOST_BYTES:
                raise ShareError(f"it has {len(text) / 2**20:.0f} million letters. {_NEXT}")
            data = text.encode("utf-8", "replace")
            if len(data) <= _SMALL:
                return share.parse(data)
            with _folder() as folder:
                return self._by_child(_written(data, folder / "pasted"))
        except ShareError as error:
            raise ShareError(f"What was pasted cannot be opened: {error}") from error

    def stop(self) -> None:
        """End whatever is being read, and read nothing more."""
        with self._lock:
            self._is_stopped = True
            if self._child is not None:
                self._child.kill()

    def _by_child(self, path: Path) -> tuple[Shared, ...]:
        with _folder() as folder:
            cut = folder / "pieces"
            self._run([*program(), FLAG, str(path.absolute()), str(cut)])
            try:
                with cut.open("rb") as lines:
                    return tuple(pieces.read(lines, self._rest))
            except OSError as error:
                raise ShareError(f"it cannot be read here: {error.strerror or error}.") from error

    def _run(self, command: list[str]) -> None:
        with self._lock:
            if self._is_stopped:
                raise ShareError("the window was closed.")
            self._child = _started(command)
        try:
            _, said = self._child.communicate(timeout=_LIMIT_S)
        except subprocess.TimeoutExpired as error:
            raise ShareError(f"reading it took more than {_LIMIT_S:.0f} s. {_NEXT}") from error
        finally:
            self._child.kill()
            self._child.wait()
        if self._child.returncode == 2:
            raise ShareError(said.decode("utf-8", "replace").strip())
        if self._child.returncode != 0:
            raise ShareError(f"reading it was cut off; there may be too little memory. {_NEXT}")

    def _rest(self) -> None:
        """Let others have the interpreter, so that nobody waits longer than for one piece."""
        if self._is_stopped:
            raise ShareError("the window was closed.")
        time.sleep(_REST_S)


@contextmanager
def _folder() -> Iterator[Path]:
    """Give a folder for what is on its way; raises ShareError where there is no room for one."""
    try:
        made = tempfile.TemporaryDirectory(prefix="futures-lab-", ignore_cleanup_errors=True)
    except OSError as error:
        raise ShareError(_no_room(error)) from error
    with made as folder:
        yield Path(folder)


def _written(data: bytes, file: Path) -> Path:
    try:
        file.write_bytes(data)
    except OSError as error:
        raise ShareError(_no_room(error)) from error
    return file


def _started(command: list[str]) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env=environment(),
        )
    except OSError as error:
        why = error.strerror or error
        raise ShareError(f"what reads it cannot be started here: {why}. Try again.") from error


def _no_room(error: OSError) -> str:
    return (
        f"it cannot be read here: {error.strerror or error}. See whether there is room for"
        " temporary files, and open it again."
    )


def main(path: str, cut: str) -> int:
    """Be the other process: read a file, write its pieces; 2 with a sentence where it is wrong."""
    try:
        runs = share.load(Path(path))
        with Path(cut).open("wb") as file:
            pieces.write(runs, file)
    except ShareError as error:
        name = f"“{Path(path).name}” cannot be opened: "
        sys.stderr.buffer.write(f"{error}".removeprefix(name).encode("utf-8", "replace"))
        return 2
    except OSError as error:
        sys.stderr.buffer.write(_no_room(error).encode("utf-8", "replace"))
        return 2
    return 0
