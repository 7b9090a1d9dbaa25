"""The tables of the history, and the way to them from every version before.

A migration is one transaction, its version among what it writes: a file is as it was or as it shall
be, whenever the program or the machine ends.
"""

import sqlite3
from collections.abc import Sequence

APPLICATION = 0x464C6162  # "FLab": what SQLite's application_id says of a file of ours
BUSY_S = 10.0

# `head` has the record without its trials, `words` what is searched, casefolded; heavy columns are
# kept out of `run`, so that looking through ten thousand rows reads little.
_FIRST = (
    """CREATE TABLE run (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        key TEXT NOT NULL UNIQUE,
        experiment TEXT NOT NULL,
        started_at TEXT NOT NULL,
        status TEXT NOT NULL,
        owner TEXT NOT NULL DEFAULT '',
        planned INTEGER NOT NULL,
        done INTEGER NOT NULL DEFAULT 0,
        name TEXT NOT NULL DEFAULT '',
        note TEXT NOT NULL DEFAULT '',
        whose TEXT NOT NULL DEFAULT '',
        pinned INTEGER NOT NULL DEFAULT 0,
        deleted_at REAL,
        python TEXT NOT NULL DEFAULT '',
        machine TEXT NOT NULL DEFAULT '',
        said TEXT NOT NULL DEFAULT '',
        words TEXT NOT NULL DEFAULT ''
    )""",
    """CREATE TABLE head (
        run INTEGER PRIMARY KEY REFERENCES run ON DELETE CASCADE,
        data BLOB NOT NULL,
        extra BLOB NOT NULL
    )""",
    """CREATE TABLE trial (
        run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
        number INTEGER NOT NULL,
        data BLOB NOT NULL,
        PRIMARY KEY (run, number)
    ) WITHOUT ROWID""",
    "CREATE INDEX run_in_order ON run (deleted_at, pinned DESC, started_at DESC, id DESC)",
    "CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    # A later migration that old programs can still read leaves this number as it is.
    "INSERT INTO about VALUES ('readable_from', '1')",
    f"PRAGMA application_id = {APPLICATION}",
)
Migration = Sequence[str]
MIGRATIONS: tuple[Migration, ...] = (_FIRST,)  # the n-th leads from version n to n + 1
VERSION = len(MIGRATIONS)

RUN_COLUMNS = (
    "id, key, experiment, started_at, status, owner, planned, done, name, note, whose, pinned,"
    " deleted_at, python, machine, said, words"
)


def version_of(connection: sqlite3.Connection, schema: str = "main") -> int:
    """Read which version a file is of; 0 for an empty one."""
    version: int = connection.execute(f"PRAGMA {schema}.user_version").fetchone()[0]
    return version


def migrate(connection: sqlite3.Connection, migrations: Sequence[Migration] = MIGRATIONS) -> None:
    """Bring a file to the newest version, one transaction for each step; raises sqlite3.Error.

    Two programs that start at once wait for one another, and each finds the steps done or to do.
    """
    while version_of(connection) < len(migrations):
        connection.execute("BEGIN EXCLUSIVE")
        try:
            at = version_of(connection)  # anew: another program may have been here meanwhile
            for statement in migrations[at] if at < len(migrations) else ():
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {min(at + 1, len(migrations))}")
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
