"""How tests look whether the file of a history is whole, with SQLite's own means."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path


def assert_whole(file: Path) -> None:
    """Fail the test where the file is damaged, or a row belongs to nothing."""
    with contextlib.closing(sqlite3.connect(file)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
