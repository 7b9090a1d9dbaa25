"""The history as plain calls over one connection: each change is one transaction."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import msgspec

from core.errors import HistoryError
from core.results.files import encode
from core.results.history import listing, rows
from core.results.history.listing import Page, Query, RunRow
from core.results.history.owners import Owners
from core.results.records import ENDED, KEPT, RunRecord
from core.results.share import Shared

Say = Callable[[RunRecord], str]
KEEP_DELETED_S = 30 * 24 * 3600.0
_SEARCHED = "experiment, name, note, whose, python, machine, said, status, started_at"


class Store:
    """What the tables hold. Belongs to one thread, as its connection does.

    Everything raises sqlite3.Error, and HistoryError for a run that is not there. `say` puts a
    record into one sentence.
    """

    def __init__(self, connection: sqlite3.Connection, owners: Owners, say: Say) -> None:
        self._connection = connection
        self._owners = owners
        self._say = say
        self._heads: dict[str, bytes] = {}

    # ------------------------------------------------------------------------------- writing

    def save(self, key: str, record: RunRecord) -> int:
        """Write a run as it stands: its head, and the trials that are not there yet; give its id.

        What failed once, for want of room, is so written with the next call.
        """
        running = record.status == "running"
        said = "" if running else self._said(record)
        columns = rows.columns_of(record, said)
        columns["owner"] = self._owners.token() if running else ""
        with self._change():
            run = self._id_of(key)
            if run is None:
                run = self._insert(key, columns)
                self._heads.pop(key, None)
            there = self._count_trials(run)
            packed = [rows.pack(rows.trial_of(trial)) for trial in record.trials[there:]]
            self._add_trials(run, there, packed)
            head = rows.head_of(record)
            self._update(run, {**columns, "done": there + len(packed)})
            if self._heads.get(key) != head:
                self._write_head(run, head)
        if running:
            self._heads[key] = head
        else:
            self._heads.pop(key, None)
        return run

    def add(self, shared: Shared) -> tuple[int, bool]:
        """Take in a run of a file; return its id, and whether it is new here.

        One that is here already, also as a deleted run, stays as it is, and is no longer deleted;
        where the file has it with more trials, or come to its end, it is taken over from there.
        """
        status = "interrupted" if shared.record.status == "running" else shared.record.status
        columns = rows.columns_of(shared.record, self._said(shared.record))
        columns |= {"status": status, "name": shared.name, "note": shared.note}
        head, trials = rows.parts_of(shared.raw_record)
        with self._change():
            run = self._id_of(shared.key)
            if run is not None:
                restored = self._execute("UPDATE main.run SET deleted_at = NULL WHERE id = ?", run)
                is_ours = restored.rowcount > 0  # and in no file that is only read
                if is_ours and self._goes_on(run, status, shared.raw_record["trials"]):
                    said = {"status": status, "said": columns["said"], "done": len(trials)}
                    self._replace_trials(run, trials)
                    self._update(run, said | {"planned": columns["planned"]})
                    self._write_head(run, head)
                return run, False
            run = self._insert(shared.key, columns | {"whose": shared.whose})
            self._add_trials(run, 0, [rows.pack(trial) for trial in trials])
            self._update(run, {"done": len(trials)})
            self._write_head(run, head, encode(shared.extra))
        return run, True

    def reopen(self, run: int, record: RunRecord) -> str:
        """Take an ended run over to continue it, with the trials of `record`; return its key.

        Raises HistoryError where a program that lives is writing it, and where another has gone on
        with it since `record` was read: its trials would be lost.
        """
        with self._change():
            row = self._row(run)
            if row.status == "running":
                raise HistoryError("This run is still going on: stop it where it runs first.")
            token = self._owners.token()
            self._update(run, {"status": "running", "owner": token, "done": len(record.trials)})
            if self._count_kept(run) != len(record.trials):
                raise HistoryError("Another program has gone on with this run: open it again.")
            self._replace_trials(run, [rows.trial_of(trial) for trial in record.trials])
        self._heads.pop(row.key, None)
        return row.key

    def change(self, runs: Sequence[int], **columns: Any) -> None:
        """Set `name`, `note`, `pinned` or `deleted_at` of runs, all of them or none."""
        with self._change():
            for run in runs:
                self._row(run)
                self._update(run, columns)

    def delete(self, runs: Sequence[int]) -> None:
        """Hide runs; `restore` brings them back until they are purged."""
        self.change(runs, deleted_at=time.time())

    def restore(self, runs: Sequence[int]) -> None:
        """Bring deleted runs back."""
        self.change(runs, deleted_at=None)

    def purge(self, older_than_s: float = KEEP_DELETED_S) -> int:
        """Remove runs for good that were deleted so long ago; return how many."""
        with self._change():
            gone = self._execute(
                "DELETE FROM main.run WHERE deleted_at < ?", time.time() - older_than_s
            ).rowcount
        if gone:
            self._connection.execute("PRAGMA incremental_vacuum").fetchall()
        return gone

    def settle(self) -> None:
        """Mark the runs as interrupted whose writers have ended."""
        running = "SELECT id, owner FROM main.run WHERE status = 'running'"
        dead = [one for one in self._connection.execute(running) if not self._alive(one[1])]
        if dead:
            with self._change():
                self._connection.executemany(
                    "UPDATE main.run SET status = 'interrupted', owner = ''"
                    " WHERE id = ? AND owner = ? AND status = 'running'",
                    dead,
                )

    # ------------------------------------------------------------------------------- reading

    def page(self, query: Query) -> Page:
        """List runs."""
        found = listing.page(self._connection, query)
        return Page(tuple(map(self._with_settings, found.rows)), found.count)

    def row(self, run: int) -> RunRow:
        """Give one run's row."""
        return self._with_settings(self._row(run))

    def experiments(self) -> tuple[str, ...]:
        """Name the experiments that there are runs of."""
        asked = "SELECT DISTINCT experiment FROM runs WHERE deleted_at IS NULL ORDER BY experiment"
        return tuple(name for (name,) in self._connection.execute(asked))

    def open(self, run: int) -> RunRecord:
        """Read a whole run; raises HistoryError with the place of what cannot be read."""
        return self.shared(run).record

    def find(self, key: str) -> Shared | None:
        """Read the run with that key, also a deleted one; None where there is none."""
        run = self._id_of(key)
        return None if run is None else self.shared(run)

    def shared(self, run: int) -> Shared:
        """Read a whole run with its name and note, as a file of runs has it."""
        row = self._row(run)
        try:
            head, extra = self._connection.execute(
                "SELECT data, extra FROM heads WHERE run = ?", (run,)
            ).fetchone()
            found = self._connection.execute(
                "SELECT data FROM trials WHERE run = ? ORDER BY number", (run,)
            )
            trials = [rows.unpack(data) for (data,) in found]
            data = rows.whole(rows.unpack(head), trials, row.status)
            return Shared(
                key=row.key,
                name=row.name,
                note=row.note,
                whose=row.whose,
                record=rows.record_of(data),
                raw_record=msgspec.json.decode(data),
                extra=msgspec.json.decode(extra),
            )
        except (msgspec.ValidationError, RecursionError) as error:
            raise HistoryError(f"Run {run} cannot be read: {error}.") from error
        except rows.DAMAGED as error:
            raise sqlite3.DatabaseError(f"run {run} is damaged: {error}") from error

    # ------------------------------------------------------------------------------- within

    @contextmanager
    def _change(self) -> Iterator[None]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._connection.execute("COMMIT")
        except BaseException:
            if self._connection.in_transaction:  # a full disk may have ended it already
                self._connection.execute("ROLLBACK")
            raise

    def _execute(self, statement: str, *values: Any) -> sqlite3.Cursor:
        return self._connection.execute(statement, values)

    def _said(self, record: RunRecord) -> str:
        try:
            return self._say(record)
        except Exception:  # an experiment may not know what a stranger's file tells
            return ""

    def _alive(self, owner: str) -> bool:
        return self._owners.is_alive(owner)

    def _as_it_is(self, row: RunRow) -> RunRow:
        if row.status == "running" and not self._alive(row.owner):
            return replace(row, status="interrupted")
        return row

    def _with_settings(self, row: RunRow) -> RunRow:
        head = self._execute("SELECT data FROM heads WHERE run = ?", row.id).fetchone()
        settings = {} if head is None else rows.settings_of(head[0])
        return replace(self._as_it_is(row), settings=settings)

    def _row(self, run: int) -> RunRow:
        if abs(run) > listing.MOST:
            raise HistoryError("No run has a number that is so large.")
        found = listing.row(self._connection, run)
        if found is None:
            raise HistoryError(f"There is no run {run} in the history.")
        return self._as_it_is(found)

    def _id_of(self, key: str) -> int | None:
        found = self._execute("SELECT id FROM runs WHERE key = ?", key).fetchone()
        return None if found is None else int(found[0])

    def _insert(self, key: str, columns: dict[str, Any]) -> int:
        names = ", ".join(("key", *columns))
        marks = ", ".join("?" * (len(columns) + 1))
        made = self._execute(
            f"INSERT INTO main.run ({names}) VALUES ({marks})", key, *columns.values()
        )
        assert made.lastrowid is not None
        return made.lastrowid

    def _update(self, run: int, columns: dict[str, Any]) -> None:
        """Set columns, and make what is searched follow them."""
        names = ", ".join(f"{name} = ?" for name in columns)
        done = self._execute(f"UPDATE main.run SET {names} WHERE id = ?", *columns.values(), run)
        if done.rowcount == 0:
            raise HistoryError(
                "This run is in a file that can only be read here, so it stays as it is."
            )
        searched = self._execute(f"SELECT {_SEARCHED} FROM main.run WHERE id = ?", run).fetchone()
        words = rows.words_of(searched)
        self._execute(
            "UPDATE main.run SET words = ? WHERE id = ? AND words <> ?", words, run, words
        )

    def _write_head(self, run: int, head: bytes, extra: bytes = b"{}") -> None:
        self._execute(
            "INSERT INTO main.head (run, data, extra) VALUES (?, ?, ?)"
            " ON CONFLICT (run) DO UPDATE SET data = excluded.data",
            run,
            rows.pack(head),
            extra,
        )

    def _goes_on(self, run: int, status: str, trials: Sequence[Any]) -> bool:
        """Tell whether a run with these trials is an ended one of ours, and came further.

        What was stopped counts on neither side: whoever goes on with a run does it again.
        """
        ours = self._row(run).status
        if ours == "running":
            return False
        asked = "SELECT data FROM main.trial WHERE run = ? ORDER BY number"
        try:
            found = [msgspec.json.decode(rows.unpack(one)) for (one,) in self._execute(asked, run)]
        except rows.DAMAGED:  # as opening it will tell
            return False
        here, there = ([one for one in all if one["status"] in KEPT] for all in (found, trials))
        ends = status in ENDED and ours not in ENDED
        return here == there[: len(here)] and (len(here) < len(there) or ends)

    def _replace_trials(self, run: int, trials: Sequence[bytes]) -> None:
        self._execute("DELETE FROM main.trial WHERE run = ?", run)
        self._add_trials(run, 0, list(map(rows.pack, trials)))

    def _count_trials(self, run: int) -> int:
        asked = "SELECT coalesce(max(number), 0) FROM main.trial WHERE run = ?"
        return int(self._execute(asked, run).fetchone()[0])

    def _count_kept(self, run: int) -> int:
        """Count the trials that whoever goes on with a run keeps."""
        found = self._execute("SELECT data FROM main.trial WHERE run = ?", run)
        try:
            return sum(rows.status_of(data) in KEPT for (data,) in found)
        except rows.DAMAGED as error:
            raise sqlite3.DatabaseError(f"run {run} is damaged: {error}") from error

    def _add_trials(self, run: int, there: int, packed: Sequence[bytes]) -> None:
        self._connection.executemany(
            "INSERT INTO main.trial (run, number, data) VALUES (?, ?, ?)",
            [(run, number, data) for number, data in enumerate(packed, there + 1)],
        )
