"""A damaged history: told from others, set aside with its name, and read as far as it goes.

damaged file ──rows that can be read──▶ history.sqlite3.new ──▶ history.sqlite3
             ──renamed──▶ history.sqlite3.damaged-20260131-235959
Whenever this is cut off, the next start finds all that it needs to do it again or to finish it.
"""

from __future__ import annotations

import sqlite3
import time
import uuid
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import msgspec

from core.results.history import schema
from core.results.history.owners import locked
from core.results.history.rows import DAMAGED, columns_of, record_of, unpack, words_of

_SIDES = ("", "-wal", "-shm")
_AGAIN_S = 0.01
_MOST_MISSING = 2000  # ids without a run, one after the other, before the search for more ends
_CHECKS = (
    f"SELECT {schema.RUN_COLUMNS} FROM main.run LIMIT 0",
    "SELECT run, data, extra FROM main.head LIMIT 0",
    "SELECT run, number, data FROM main.trial LIMIT 0",
)


_EMPTY = {"owner": "", "name": "", "note": "", "whose": "", "pinned": 0, "deleted_at": None}
Identity = tuple[int, int]


class Damaged(Exception):
    """The file is no history, or no whole one."""


def is_damage(error: BaseException) -> bool:
    """Tell whether an error means that the file is damaged, and not that it cannot be had."""
    return type(error) is sqlite3.DatabaseError  # its subclasses have other reasons


def connect(path: Path) -> sqlite3.Connection:
    """Open a file, or begin it; raises sqlite3.Error."""
    return sqlite3.connect(path, timeout=schema.BUSY_S, isolation_level=None)


def prepare(connection: sqlite3.Connection) -> None:
    """Set what every connection needs; raises sqlite3.Error."""
    for pragma in (
        "auto_vacuum = INCREMENTAL",
        "journal_mode = WAL",  # where a file system cannot do it, the old way serves
        "synchronous = FULL",  # a trial that is written outlasts the power
        "foreign_keys = ON",
        "trusted_schema = OFF",
    ):
        _patiently(connection, f"PRAGMA {pragma}")


def _patiently(connection: sqlite3.Connection, statement: str) -> None:
    """Execute what SQLite itself does not wait for: to go over to WAL, while another opens it."""
    until = time.monotonic() + schema.BUSY_S
    while True:
        try:
            connection.execute(statement).fetchall()
        except sqlite3.OperationalError as error:
            if "locked" not in f"{error}" or time.monotonic() > until:
                raise
            time.sleep(_AGAIN_S)
        else:
            return


def checked_version(connection: sqlite3.Connection) -> int:
    """Read the version; raises Damaged where the file is another program's.

    In one transaction: another of ours may fill a new file between two looks at it.
    """
    connection.execute("BEGIN")
    try:
        version = schema.version_of(connection)
        tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
    if version == 0 and tables:
        raise Damaged
    return version


def check_tables(connection: sqlite3.Connection) -> None:
    """Raise Damaged where a table or a column is not there."""
    try:
        for statement in _CHECKS:
            connection.execute(statement)
    except sqlite3.OperationalError as error:
        if "no such" in f"{error}":
            raise Damaged from error
        raise


def finish(path: Path) -> None:
    """Put a recovered file in its place that was written whole, but not yet renamed."""
    new = _new(path)
    if not path.exists() and new.exists():
        new.replace(path)


def identity(path: Path) -> Identity | None:
    """Tell one file from another of the same name; None where there is none."""
    with suppress(OSError):
        about = path.stat()
        return about.st_dev, about.st_ino
    return None


def recover(path: Path, damaged: Identity | None) -> tuple[Path | None, int]:
    """Replace a damaged file by a fresh one with what can be read; give its new name, and how many.

    None where it is another file by now, for another program was quicker. Raises OSError and
    sqlite3.Error.
    """
    with locked(path.with_name(f"{path.name}.lock")):
        if identity(path) != damaged:
            return None, 0
        new = _new(path)
        for side in (*_SIDES, "-journal"):
            Path(f"{new}{side}").unlink(missing_ok=True)
        count = _copy(path, new)
        aside = _free_name(path)
        for side in ("-wal", "-shm", ""):
            with suppress(FileNotFoundError):
                Path(f"{path}{side}").rename(f"{aside}{side}")
        new.replace(path)
        return aside, count


def _new(path: Path) -> Path:
    return path.with_name(f"{path.name}.new")


def _free_name(path: Path) -> Path:
    stamp = datetime.now(timezone.utc).strftime("%Y%m%d-%H%M%S")
    name, number = f"{path.name}.damaged-{stamp}", 1
    while path.with_name(name).exists():
        number += 1
        name = f"{path.name}.damaged-{stamp}-{number}"
    return path.with_name(name)


def _copy(path: Path, new: Path) -> int:
    """Copy every run that can be read, with its whole trials; return how many.

    What cannot be read is left out, but what cannot be written raises sqlite3.Error.
    """
    with closing(connect(new)) as target:
        target.execute("PRAGMA auto_vacuum = INCREMENTAL")
        schema.migrate(target)
        count = 0
        with closing(connect(path)) as source:
            with suppress(sqlite3.Error):
                # Without this a file that was cut short is not read at all.
                source.execute("PRAGMA writable_schema = ON")
            target.execute("BEGIN")
            for row in _runs(source):
                count += _copy_run(source, target, row)
            target.execute("COMMIT")
        return count


def _runs(source: sqlite3.Connection) -> Iterator[tuple[Any, ...]]:
    """Look for every id by itself, so that a damaged page hides no more than what is on it."""
    missing, number = 0, 0
    last = _last(source)
    while number < last or missing < _MOST_MISSING:
        number += 1
        found = _first(source, f"SELECT {schema.RUN_COLUMNS} FROM run WHERE id = ?", number)
        found = found or _made_anew(source, number)
        missing = 0 if found else missing + 1
        if found:
            yield found


def _made_anew(source: sqlite3.Connection, number: int) -> tuple[Any, ...] | None:
    """Make the row of a run from its head, where only that can be read; its name is lost."""
    head = _first(source, "SELECT data FROM head WHERE run = ?", number)
    if head is None or not _is_json(head[0]):
        return None
    with suppress(*DAMAGED):
        columns = columns_of(record_of(unpack(head[0])), "")
        made = {**_EMPTY, **columns, "id": number, "key": uuid.uuid4().hex, "done": 0}
        made["status"] = "interrupted"
        made["words"] = words_of([columns[name] for name in ("experiment", "python", "machine")])
        return tuple(made[name] for name in schema.RUN_COLUMNS.split(", "))
    return None


def _last(source: sqlite3.Connection) -> int:
    found = _first(source, "SELECT seq FROM sqlite_sequence WHERE name = ?", "run")
    return min(int(found[0]), 10_000_000) if found and isinstance(found[0], int) else 0


def _copy_run(source: sqlite3.Connection, target: sqlite3.Connection, row: tuple[Any, ...]) -> bool:
    """Copy one run; false where its head, or the row itself, makes no run."""
    head = _first(source, "SELECT data, extra FROM head WHERE run = ?", row[0])
    if head is None or not _is_json(head[0]):
        return False
    data, extra = head[0], head[1] if _is_json(head[1]) else b"{}"
    try:
        marks = ", ".join("?" * len(row))
        target.execute(f"INSERT INTO run ({schema.RUN_COLUMNS}) VALUES ({marks})", row)
        target.execute(
            "INSERT INTO head (run, data, extra) VALUES (?, ?, ?)", (row[0], data, extra)
        )
    except sqlite3.IntegrityError:
        target.execute("DELETE FROM run WHERE id = ?", (row[0],))
        return False
    planned = row[6] if isinstance(row[6], int) else 0
    done = row[7] if isinstance(row[7], int) else 0
    there = 0
    for number in range(1, min(max(planned, done), 100_000) + 1):
        asked = "SELECT data FROM trial WHERE run = ? AND number = ?"
        found = _first(source, asked, row[0], number)
        if found and _is_json(found[0]):
            there += 1
            target.execute("INSERT INTO trial VALUES (?, ?, ?)", (row[0], there, *found))
    lost = there < done
    target.execute(
        "UPDATE run SET done = ?, status = CASE WHEN ? THEN 'interrupted' ELSE status END"
        " WHERE id = ?",
        (there, lost, row[0]),
    )
    return True


def _is_json(data: object) -> bool:
    if not isinstance(data, bytes):  # a damaged page may give anything
        return False
    with suppress(*DAMAGED):
        return isinstance(msgspec.json.decode(unpack(data)), dict)  # to the bottom: it is all read
    return False


def _first(source: sqlite3.Connection, statement: str, *values: Any) -> tuple[Any, ...] | None:
    with suppress(sqlite3.Error, OverflowError):
        found: tuple[Any, ...] | None = source.execute(statement, values).fetchone()
        return found
    return None
