"""Files that are written whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from core.headless_target import Target
from core.results.files import write_whole


def test_two_that_write_into_one_folder_at_once_are_not_in_each_others_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, others = os.fsync, [tmp_path / "second"]

    def in_the_middle(number: int) -> None:
        real(number)
        if others:
            write_whole(others.pop(), b"second")

    monkeypatch.setattr(os, "fsync", in_the_middle)
    write_whole(tmp_path / "first", b"first")
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {
        "first": b"first",
        "second": b"second",
    }


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o666])
def test_who_may_read_a_file_stays_as_it_was(tmp_path: Path, mode: int) -> None:
    file = tmp_path / "mine"
    file.write_bytes(b"x")
    file.chmod(mode)
    write_whole(file, b"y")
    assert (file.read_bytes(), file.stat().st_mode & 0o777) == (b"y", mode)


def test_a_target_that_cannot_be_written_whole_is_still_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = Target(str(tmp_path / "made.json"))

    def refuse(self: Path, path: Path) -> None:
        raise PermissionError(f"no new files beside {path}")

    monkeypatch.setattr(Path, "replace", refuse)
    target.write(b"all of it")
    assert [path.name for path in tmp_path.iterdir()] == ["made.json"]
    assert (tmp_path / "made.json").read_bytes() == b"all of it"
