"""What is asked of the list of runs, and what it shows of each."""

import sqlite3
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Order = Literal["started", "name", "experiment", "status", "trials", "python", "machine"]

_FEW = 500  # rows that are sorted sooner than looked for along the index
MOST = 2**63 - 1  # that SQLite can count to
_COLUMNS = (
    "id, key, experiment, started_at, status, planned, done, name, note, whose, pinned,"
    " deleted_at, python, machine, said, owner"
)
_FIELDS = tuple("is_pinned" if name == "pinned" else name for name in _COLUMNS.split(", "))
_BY = {
    "started": "started_at",
    "name": "name = '', name COLLATE NOCASE",  # runs without a name come last, either way
    "experiment": "experiment",
    "status": "status",
    "trials": "done",
    "python": "python",
    "machine": "machine",
}


@dataclass(frozen=True)
class Query:
    """Which runs, in what order: those with every word of `text`, pinned ones first.

    `deleted` asks for those that can still be brought back, in place of the others. `limit` and
    `offset` give one page; None is all.
    """

    text: str = ""
    experiment: str = ""
    order: Order = "started"
    descending: bool = True
    deleted: bool = False
    limit: int | None = None
    offset: int = 0


@dataclass(frozen=True)
class RunRow:
    """One run in the list; `said` is its headline, `whose` who shared it, empty for our own.

    `status` is "interrupted" where the program that wrote it ended before the run did. `id` is
    never given to another run; `key` is the same in every history that has this run. `settings` are
    the record's parameters; none where they cannot be read.
    """

    id: int
    key: str
    experiment: str
    started_at: str
    status: str
    planned: int
    done: int
    name: str
    note: str
    whose: str
    is_pinned: bool
    deleted_at: float | None
    python: str
    machine: str
    said: str
    owner: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Page:
    """Some rows of the list, and how many there are in all."""

    rows: tuple[RunRow, ...]
    count: int


def folded(text: str) -> str:
    """Make text comparable: without case, and with one way of writing each letter."""
    return unicodedata.normalize("NFKC", text).casefold()


def page(connection: sqlite3.Connection, query: Query) -> Page:
    """Read the rows that a query asks for; raises sqlite3.Error."""
    where, values = _where(query)
    if query.text.strip():
        # One pass over the table tells how many there are, and with few of them which: the index
        # would lead to each row by itself, and a second pass would look at all words again.
        ids = [run for (run,) in connection.execute(f"SELECT id FROM runs WHERE {where}", values)]
        count = len(ids)
        if count <= _FEW:
            where, values = f"id IN ({', '.join('?' * count)})", ids
    else:
        asked = f"SELECT count(*) FROM runs WHERE {where}"
        count = connection.execute(asked, values).fetchone()[0]
    turn = "DESC" if query.descending else "ASC"
    order = f"{_BY[query.order]} {turn}"
    limit = -1 if query.limit is None else min(query.limit, MOST)
    found = connection.execute(
        f"SELECT {_COLUMNS} FROM runs WHERE {where}"
        f" ORDER BY pinned DESC, {order}, id {turn} LIMIT ? OFFSET ?",
        (*values, limit, query.offset),
    )
    return Page(tuple(map(row_of, found)), count)


def row(connection: sqlite3.Connection, run: int) -> RunRow | None:
    """Read one row, also of a deleted run; None where there is none."""
    found = connection.execute(f"SELECT {_COLUMNS} FROM runs WHERE id = ?", (run,)).fetchone()
    return None if found is None else row_of(found)


def row_of(found: tuple[Any, ...]) -> RunRow:
    """Make a row of its columns."""
    values = dict(zip(_FIELDS, found, strict=True))
    return RunRow(**{**values, "is_pinned": bool(values["is_pinned"])})


def _where(query: Query) -> tuple[str, list[Any]]:
    column = "+deleted_at" if query.text.strip() else "deleted_at"  # "+": not by the index
    terms = [f"{column} IS {'NOT ' if query.deleted else ''}NULL"]
    values: list[Any] = []
    if query.experiment:
        terms.append("experiment = ?")
        values.append(query.experiment)
    for word in folded(query.text).split()[:20]:
        terms.append("instr(words, ?) > 0")
        values.append(word)
    return " AND ".join(terms), values
