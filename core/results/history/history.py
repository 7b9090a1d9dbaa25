"""History: the store of runs as seen from any thread, and the writing of one run."""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from core.errors import HistoryError
from core.results import share
from core.results.history import opening, recovery
from core.results.history.listing import Page, Query, RunRow
from core.results.history.opening import Opened
from core.results.history.owners import Owners
from core.results.history.store import KEEP_DELETED_S, Say, Store
from core.results.records import RunRecord
from core.results.share import Shared

_P = ParamSpec("_P")
_T = TypeVar("_T")


@dataclass(frozen=True)
class Added:
    """What came of taking runs in: the ids of all, and how many of them were here before."""

    runs: tuple[int, ...]
    known: int


class History:
    """All runs, in a folder of the user's (None: in memory only). Any thread may call.

    Every method returns a future at once; the work is done in a thread of its own, in the order of
    the calls. Futures raise HistoryError, or ShareError for files, with a sentence for a person.
    `opened` is done when the history can be used, with sentences of what was found wrong; it never
    raises. `on_problem` gets such sentences when they come later, in the history's own thread.
    `say` puts a record into one sentence for the list. Whoever makes one calls `shutdown`.
    """

    def __init__(
        self,
        folder: Path | None,
        say: Say = lambda record: "",
        on_problem: Callable[[str], None] = lambda sentence: None,
    ) -> None:
        self._folder = folder
        self._say = say
        self._on_problem = on_problem
        self._owners: Owners | None = None
        self._opened: Opened | None = None
        self._store: Store | None = None
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="history")
        self.opened: Future[Opened] = self._executor.submit(self._open)

    def shutdown(self) -> None:
        """Write what is still to be written, and end; waits for it. Calls after it raise."""
        with suppress(RuntimeError):  # it was shut down before
            self._executor.submit(self._close)
        self._executor.shutdown(wait=True)

    # ------------------------------------------------------------------------------- a run

    def begin(self) -> Writing:
        """Return the hand that writes a new run; it is in the list from its first `save` on."""
        return Writing(self, uuid.uuid4().hex)

    def save(self, key: str, record: RunRecord) -> Future[int]:
        """Write a run as it stands under a key, and give its id."""
        return self._do(Store.save, key, record)

    def resume(self, run: int, record: RunRecord) -> Future[Writing]:
        """Take an ended run over, with the trials of `record`; what goes on is written behind them.

        `core.runner` says which trials these are.
        """
        return self._do(lambda store: Writing(self, store.reopen(run, record)))

    # ------------------------------------------------------------------------------- the list

    def page(self, query: Query = Query()) -> Future[Page]:
        """List runs."""
        return self._do(_settled_page, query)

    def row(self, run: int) -> Future[RunRow]:
        """Give one run's row."""
        return self._do(Store.row, run)

    def experiments(self) -> Future[tuple[str, ...]]:
        """Name the experiments that there are runs of, for a filter."""
        return self._do(Store.experiments)

    def open(self, run: int) -> Future[RunRecord]:
        """Read a whole run; its status is "interrupted" where its writer ended before it."""
        return self._do(Store.open, run)

    def rename(self, run: int, name: str) -> Future[None]:
        """Give a run a name; an empty one takes it away."""
        return self._do(_change, (run,), name=" ".join(name.split())[:300])

    def note(self, run: int, note: str) -> Future[None]:
        """Give a run a note."""
        return self._do(_change, (run,), note=note[:20_000])

    def pin(self, runs: Sequence[int], is_pinned: bool = True) -> Future[None]:
        """Keep runs on top of the list, or no longer."""
        return self._do(_change, tuple(runs), pinned=int(is_pinned))

    def delete(self, runs: Sequence[int]) -> Future[None]:
        """Hide runs; `restore` is the undo, for thirty days."""
        return self._do(Store.delete, tuple(runs))

    def restore(self, runs: Sequence[int]) -> Future[None]:
        """Bring deleted runs back."""
        return self._do(Store.restore, tuple(runs))

    def purge(self, older_than_s: float = KEEP_DELETED_S) -> Future[int]:
        """Remove for good what was deleted so long ago; done by itself when the history opens."""
        return self._do(Store.purge, older_than_s)

    # ------------------------------------------------------------------------------- files

    def shared(self, runs: Sequence[int]) -> Future[tuple[Shared, ...]]:
        """Read whole runs with their names and notes."""
        return self._do(lambda store: tuple(map(store.shared, runs)))

    def find(self, key: str) -> Future[Shared | None]:
        """Read the run that has this key everywhere, whole; None where it is not here."""
        return self._do(Store.find, key)

    def export(self, runs: Sequence[int], path: Path) -> Future[None]:
        """Write runs to a `.futureslab` file."""
        return self._do(lambda store: share.save(path, map(store.shared, runs)))

    def load(self, path: Path, whose: str = "") -> Future[Added]:
        """Take in the runs of a file; `whose` is for those that do not say it."""
        return self._do(lambda store: _add(store, share.load(path), whose))

    def add(self, runs: Sequence[Shared], whose: str = "") -> Future[Added]:
        """Take in runs, as from pasted text."""
        return self._do(_add, tuple(runs), whose)

    # ------------------------------------------------------------------------------- within

    def _do(
        self, call: Callable[Concatenate[Store, _P], _T], *args: _P.args, **kwargs: _P.kwargs
    ) -> Future[_T]:
        try:
            return self._executor.submit(self._tried, lambda store: call(store, *args, **kwargs))
        except RuntimeError as error:  # it was shut down
            failed: Future[_T] = Future()
            failed.set_exception(HistoryError(f"The history is closed: {error}."))
            return failed

    def _tried(self, call: Callable[[Store], _T]) -> _T:
        """Call, and once more after a damaged file was mended."""
        try:
            try:
                return call(self._ready())
            except sqlite3.Error as error:
                damaged = self._opened.identity if self._opened is not None else None
                if damaged is None or not recovery.is_damage(error):
                    raise
                self._close()
                return call(self._open_again(damaged))
        except sqlite3.Error as error:
            raise HistoryError(_sentence(error)) from error
        except OSError as error:
            raise HistoryError(f"The history cannot be used: {error}.") from error

    def _ready(self) -> Store:
        """Give the store, of the file that is there now: another program may have mended it."""
        opened = self._opened
        if self._store is None or opened is None:
            return self._open_again()
        if self._folder is not None and opened.identity is not None:
            there = recovery.identity(self._folder / opening.FILE)
            if there != opened.identity:
                self._close()
                return self._open_again()
        return self._store

    def _open_again(self, damaged: recovery.Identity | None = None) -> Store:
        for sentence in self._open(damaged).sentences:
            self._on_problem(sentence)
        assert self._store is not None
        return self._store

    def _open(self, damaged: recovery.Identity | None = None) -> Opened:
        opened = opening.open_history(self._folder, damaged=damaged)
        if self._owners is None:
            self._owners = Owners(self._folder if opened.place == "file" else None)
        self._opened = opened
        self._store = Store(opened.connection, self._owners, self._say)
        with suppress(sqlite3.Error, OSError):
            self._owners.sweep()
            self._store.settle()
            self._store.purge()
        return opened

    def _close(self) -> None:
        if self._opened is not None:
            self._opened.connection.close()
        if self._owners is not None:
            self._owners.release()
        self._opened = self._store = self._owners = None


class Writing:
    """The writing of one run. Belongs to the thread that runs it; nothing here waits.

    A call that fails, for want of room on the disk, is made good by the next that does not: each
    writes all trials that are not there yet.
    """

    def __init__(self, history: History, key: str) -> None:
        self.key = key
        self._history = history

    def save(self, record: RunRecord) -> Future[int]:
        """Write the run as it stands, after its start, after each trial and at its end.

        Gives the run's id. While the record's status is "running", the run is known to go on for as
        long as this program lives.
        """
        return self._history.save(self.key, record)


def _settled_page(store: Store, query: Query) -> Page:
    if not query.text:  # the list says it all the same, and a search shall not read all rows twice
        with suppress(sqlite3.OperationalError):  # a full disk
            store.settle()
    return store.page(query)


def _change(store: Store, /, runs: Sequence[int], **columns: Any) -> None:
    store.change(runs, **columns)


def _add(store: Store, runs: Sequence[Shared], whose: str) -> Added:
    """Take in each run with a transaction of its own."""
    from dataclasses import replace

    added = [store.add(run if run.whose else replace(run, whose=whose)) for run in runs]
    return Added(tuple(run for run, _ in added), sum(not is_new for _, is_new in added))


def _sentence(error: sqlite3.Error) -> str:
    text = f"{error}"
    if "full" in text or "disk I/O" in text:
        return (
            "The disk is full, or cannot be written, so the history is behind."
            " Free some space: what is missing is written then."
        )
    if "locked" in text:
        return "Another program holds the history for too long. It is tried again with the next."
    if "readonly" in text:
        return "The history cannot be written any more: see whether its folder is read-only."
    return f"The history could not do this: {text}."
