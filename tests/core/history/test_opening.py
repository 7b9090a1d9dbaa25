"""Where there is no place for a history, or none left: what is said, and what stays."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from core.results.history import opening, recovery
from core.results.history.opening import FILE
from tests.core.history.conftest import MakeHistory
from tests.core.history.test_bad_luck import filled, spoil_a_table


def test_a_user_without_a_home_has_a_history_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    pwd = pytest.importorskip("pwd", reason="Windows tells the home by other means")

    def nobody(user: int) -> None:
        raise KeyError(user)

    for name in ("HOME", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(pwd, "getpwuid", nobody)
    assert opening.default_folder() is None


def test_a_file_that_cannot_be_opened_is_not_called_read_only(
    make_history: MakeHistory, tmp_path: Path
) -> None:
    (tmp_path / FILE).mkdir()
    (sentence,) = make_history(tmp_path).opened.result().sentences
    assert f"”: “{FILE}” there cannot be opened. What you run now" in sentence


def test_a_disk_that_fills_while_runs_are_saved_leaves_the_damaged_file_where_it_was(
    make_history: MakeHistory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(tmp_path)
    spoil_a_table(tmp_path / FILE)
    connect = recovery.connect

    def connect_to_little(path: Path) -> sqlite3.Connection:
        connection = connect(path)
        if path.name.endswith(".new"):
            connection.execute("PRAGMA max_page_count = 12")
        return connection

    with monkeypatch.context() as full:
        full.setattr(recovery, "connect", connect_to_little)
        (sentence,) = make_history(tmp_path).opened.result().sentences
    assert "cannot be mended: database or disk is full" in sentence
    assert list(tmp_path.glob(f"{FILE}.damaged-*")) == []
    (sentence,) = make_history(tmp_path).opened.result().sentences  # there is room again
    assert "30 runs could be read." in sentence
