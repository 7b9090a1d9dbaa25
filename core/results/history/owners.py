"""Who is writing a run: told by a locked file, named by a token, which the run's row has too."""

import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from core.locking import TRIES, cannot_hold, clear, is_at, try_lock


class Owners:
    """Our own token, and whether another's owner lives. One thread.

    Without a folder, of a history in memory, nobody else sees ours, and of others none can be known
    to live: what a file that is only read calls running is then taken for interrupted.
    `release` lets go of the token, as the end of the process does.
    """

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._held: BinaryIO | None = None
        self._token = ""

    def token(self) -> str:
        """Return our token, and hold its lock from now on; raises OSError where none can be."""
        if not self._token:
            self._token = uuid.uuid4().hex if self._folder is None else self._hold_new(self._folder)
        return self._token

    def is_alive(self, token: str) -> bool:
        """Tell whether the owner of a token lives; where that cannot be known, it does."""
        if token and token == self._token:
            return True
        if self._folder is None or not token.isalnum():
            return False
        try:
            return not clear(self._path(token))
        except FileNotFoundError:
            return False
        except OSError:
            return True

    def sweep(self) -> None:
        """Remove the locks of owners that ended before they could."""
        if self._folder is not None:
            for path in self._folder.glob("writer-*.lock"):
                self.is_alive(path.stem.removeprefix("writer-"))

    def release(self) -> None:
        """Let go of our token, for good."""
        if self._held is not None:
            with suppress(OSError):
                self._path(self._token).unlink(missing_ok=True)
            self._held.close()
            self._held = None
        self._token = ""

    def _path(self, token: str) -> Path:
        assert self._folder is not None
        return self._folder / f"writer-{token}.lock"

    def _hold_new(self, folder: Path) -> str:
        """Make and lock a file for a token; another one, where somebody found it not locked yet.

        Who did removes it, and may take its time: nobody waits for that.
        """
        for _ in range(TRIES):
            token = uuid.uuid4().hex
            path = self._path(token)
            file = path.open("a+b")
            try:
                if try_lock(file) and is_at(file, path):
                    self._held = file
                    return token
            except OSError:
                file.close()
                raise
            file.close()
            with suppress(OSError):
                path.unlink(missing_ok=True)
        raise cannot_hold(folder)


@contextmanager
def locked(path: Path, patience_s: float = 10.0) -> Iterator[None]:
    """Hold a file's lock; go on without it where others hold it for too long. Raises OSError."""
    deadline = time.monotonic() + patience_s
    with path.open("a+b") as file:
        while not try_lock(file) and time.monotonic() < deadline:
            time.sleep(0.02)
        yield
