"""Open the history wherever and however it can be opened; what is not as it should be is said.

file that is whole       written as it happens
file that is damaged     set aside, what can be read is taken over, a fresh one begun
file of a newer program  shown, not written;  what is new is kept in memory
file or folder that      shown where it can be read;  what is new is kept in memory
cannot be written
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from core.results.history import recovery, schema
from core.results.history.recovery import Identity

FILE = "history.sqlite3"
_VIEWS = {"runs": ("run", schema.RUN_COLUMNS), "heads": ("head", "*"), "trials": ("trial", "*")}
_CANNOT_OPEN = "unable to open database file"  # nor one beside it, as in a read-only folder
_NOWHERE = "There is no folder to keep the history in: set HOME to one that you can write in."
_IN_MEMORY = "What you run now is in the history until you close the program; save it as a file."


@dataclass(frozen=True)
class Opened:
    """A connection, where what is written goes, and what a person should know, in sentences."""

    connection: sqlite3.Connection
    place: Literal["file", "memory"]
    sentences: tuple[str, ...] = ()
    identity: Identity | None = None


def default_folder() -> Path | None:
    """Return the folder of the user's data, None for a user without a home; nothing is made."""
    from platformdirs import user_data_path

    try:
        return user_data_path("futures-lab", appauthor=False)
    except RuntimeError:  # HOME is not set, and the system does not know who this is
        return None


def open_history(
    folder: Path | None,
    migrations: Sequence[schema.Migration] = schema.MIGRATIONS,
    damaged: Identity | None = None,
) -> Opened:
    """Open the history of a folder; None is memory only. Raises nothing but for bugs.

    `damaged` is the file that was found to be, if any. The connection belongs to the calling
    thread. May wait for another program that starts, for `schema.BUSY_S` at most.
    """
    if folder is None:
        return _in_memory(None, _NOWHERE)
    path = folder / FILE
    if damaged is not None:
        return _recovered(path, migrations, damaged)
    found = recovery.identity(path)
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return _in_file(path, migrations)
    except recovery.Damaged:
        return _recovered(path, migrations, found)
    except _Newer as error:
        return _in_memory(path, f"{error}")
    except (OSError, sqlite3.Error) as error:
        why = _why(error, folder)
        return _in_memory(path, f"The history cannot be written in “{folder}”: {why}.")


def _why(error: Exception, folder: Path) -> str:
    """Say what SQLite calls "unable to open database file" as a person would."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    if _CANNOT_OPEN not in f"{error}":
        return f"{error}"
    can_write = os.access(folder, os.W_OK)
    return f"“{FILE}” there cannot be opened" if can_write else "it is read-only"


class _Newer(Exception):
    """The file is of a newer program; the text is a sentence."""


def _in_file(path: Path, migrations: Sequence[schema.Migration]) -> Opened:
    recovery.finish(path)
    connection = recovery.connect(path)
    try:
        version = recovery.checked_version(connection)
        if version > len(migrations):
            raise _Newer(
                f"The history was written by a newer Futures Lab (its version is {version}, this"
                f" program's {len(migrations)}), so it is only read here."
            )
        recovery.prepare(connection)
        schema.migrate(connection, migrations)
        connection.execute("BEGIN IMMEDIATE")  # tells whether it can be written
        connection.execute("ROLLBACK")
        recovery.check_tables(connection)
        _add_views(connection, kept=False)
    except BaseException as error:
        connection.close()
        if recovery.is_damage(error):
            raise recovery.Damaged from error
        raise
    return Opened(connection, "file", (), recovery.identity(path))


def _recovered(
    path: Path, migrations: Sequence[schema.Migration], found: Identity | None
) -> Opened:
    """Set a damaged file aside and begin a fresh one with what can be read of it."""
    try:
        aside, runs = recovery.recover(path, found)
        opened = _in_file(path, migrations)
    except (OSError, sqlite3.Error, recovery.Damaged, _Newer) as error:
        return _in_memory(None, f"The history is damaged, and cannot be mended: {error}.")
    if aside is None:  # another program was quicker
        return opened
    count = "1 run could be read, and is here." if runs == 1 else f"{runs} runs could be read."
    rest = count if runs else "Nothing in it could be read."
    sentence = f"The history was damaged. It was set aside as “{aside.name}”. {rest}"
    return Opened(opened.connection, "file", (sentence,), opened.identity)


def _in_memory(path: Path | None = None, sentence: str = "") -> Opened:
    """Begin a history in memory, beside what can be read of the file."""
    connection = sqlite3.connect("file::memory:", isolation_level=None, uri=True)
    recovery.prepare(connection)
    schema.migrate(connection)
    kept = path is not None and _attach(connection, path)
    _add_views(connection, kept)
    sentences = (f"{sentence} {_IN_MEMORY}",) if sentence else ()
    return Opened(connection, "memory", sentences)


def _attach(connection: sqlite3.Connection, path: Path) -> bool:
    """Show a file beside what is in memory, for reading; false where it cannot be."""
    if recovery.identity(path) is None:
        return False
    for how in ("mode=ro", "mode=ro&immutable=1"):  # a folder without write access needs this
        with suppress(sqlite3.Error):
            connection.execute("ATTACH ? AS kept", (f"{path.absolute().as_uri()}?{how}",))
        with suppress(sqlite3.Error):
            if _can_be_read(connection):
                last = connection.execute("SELECT coalesce(max(id), 0) FROM kept.run").fetchone()
                connection.execute("INSERT INTO sqlite_sequence VALUES ('run', ?)", last)
                return True
        with suppress(sqlite3.Error):
            connection.execute("DETACH kept")
    return False


def _can_be_read(connection: sqlite3.Connection) -> bool:
    if schema.version_of(connection, "kept") <= schema.VERSION:
        return True
    asked = "SELECT value FROM kept.about WHERE name = 'readable_from'"
    return int(connection.execute(asked).fetchone()[0]) <= schema.VERSION


def _add_views(connection: sqlite3.Connection, kept: bool) -> None:
    """Give what is read one name each, whether a second file is shown beside the first or not."""
    for view, (table, columns) in _VIEWS.items():
        parts = [f"SELECT {columns} FROM {part}.{table}" for part in ("main", "kept")[: 1 + kept]]
        connection.execute(f"CREATE TEMP VIEW {view} AS {' UNION ALL '.join(parts)}")
