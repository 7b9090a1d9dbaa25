"""Where Pythons are looked for, on a machine made of empty files."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from core.engines.places import Candidate, candidates, file_of, typed, version_in_name


def put(*files: Path) -> None:
    for file in files:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("")


def found(home: Path, **variables: str) -> dict[str, set[str]]:
    """Return what is found, but for the system's own, by source."""
    by_source: dict[str, set[str]] = {}
    for one in candidates((), {"HOME": str(home), "PATH": "", **variables}):
        if one.source != "system":
            by_source.setdefault(one.source, set()).add(one.path)
    return by_source


def test_our_own_comes_first_then_what_was_added(tmp_path: Path) -> None:
    first, second, *_ = candidates(["/a/python"], {"HOME": str(tmp_path), "PATH": ""})

    assert first == Candidate(sys.executable, "this program")
    assert second == Candidate("/a/python", "added by hand")


def test_a_user_without_a_home_has_the_pythons_of_the_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pwd = pytest.importorskip("pwd", reason="Windows tells the home by other means")

    def nobody(user: int) -> None:
        raise KeyError(user)

    monkeypatch.delenv("HOME", raising=False)
    monkeypatch.setattr(pwd, "getpwuid", nobody)
    monkeypatch.chdir(tmp_path)
    put(tmp_path / "python3.13")
    put(tmp_path / "~/.pyenv/versions/3.13.0/bin/python3.13")  # no home: nobody's

    there = candidates((), {"PATH": str(tmp_path)})

    assert Candidate(str(tmp_path / "python3.13"), "PATH") in there
    assert "pyenv" not in {one.source for one in there}


@pytest.mark.skipif(sys.platform == "win32", reason="macOS and Linux only: elsewhere on Windows")
@pytest.mark.parametrize(
    ("source", "place", "variables"),
    [
        ("pyenv", ".pyenv/versions/3.13.0/bin/python3.13", {}),
        ("pyenv", "elsewhere/versions/3.14.0t/bin/python3.14t", {"PYENV_ROOT": "elsewhere"}),
        ("uv", ".local/share/uv/python/cpython-3.13-linux/bin/python3.13", {}),
        ("uv", "data/uv/python/cpython-3.13-linux/bin/python3.13", {"XDG_DATA_HOME": "data"}),
        ("uv", "mine/cpython-3.14/bin/python3.14", {"UV_PYTHON_INSTALL_DIR": "mine"}),
        ("conda", "miniconda3/bin/python", {}),
        ("conda", "miniforge3/envs/lab/bin/python3", {}),
        ("conda", "anywhere/bin/python", {"CONDA_PREFIX": "anywhere"}),
        ("conda", "tool/bin/python", {"CONDA_EXE": "tool/bin/conda"}),
        ("asdf, mise, rye or hatch", ".asdf/installs/python/3.12.1/bin/python3.12", {}),
        ("asdf, mise, rye or hatch", ".local/share/mise/installs/python/3.12/bin/python", {}),
        ("PATH", "bin/pypy3", {"PATH": "bin"}),
        ("PATH", "bin/python3.13d", {"PATH": "nowhere:bin"}),
    ],
)
def test_each_tool_keeps_its_pythons_in_its_place(
    tmp_path: Path, source: str, place: str, variables: dict[str, str]
) -> None:
    put(tmp_path / place)
    full = {
        name: ":".join(str(tmp_path / part) for part in value.split(":"))
        for name, value in variables.items()
    }

    assert found(tmp_path, **full)[source] == {str(tmp_path / place)}


def test_condas_own_list_of_environments_is_read(tmp_path: Path) -> None:
    put(tmp_path / "far/env/bin/python", tmp_path / ".conda/environments.txt")
    (tmp_path / ".conda/environments.txt").write_text(f"{tmp_path}/far/env\n\n/nowhere\n")

    assert found(tmp_path)["conda"] == {str(tmp_path / "far/env/bin/python")}


@pytest.mark.parametrize("name", ["python-config", "python3.13-gdb.py", "pythonw", "python2to3"])
def test_what_only_begins_like_a_python_is_left_alone(tmp_path: Path, name: str) -> None:
    put(tmp_path / "bin" / name)

    assert "PATH" not in found(tmp_path, PATH=str(tmp_path / "bin"))


def test_stand_ins_and_folders_are_left_alone(tmp_path: Path) -> None:
    put(tmp_path / ".pyenv/shims/python3.9", tmp_path / "bin/python3/lib")
    path = f"{tmp_path}/.pyenv/shims:{tmp_path}/bin:.:"

    assert "PATH" not in found(tmp_path, PATH=path)


def test_a_link_to_nothing_is_listed_so_that_it_can_be_told(tmp_path: Path) -> None:
    (tmp_path / "python3").symlink_to("/nowhere/python3")

    assert found(tmp_path, PATH=str(tmp_path))["PATH"] == {str(tmp_path / "python3")}


def test_a_folder_that_may_not_be_read_is_empty(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    assert "PATH" not in found(tmp_path, PATH=f"{tmp_path}/file:/nowhere")


def test_what_is_typed_may_be_quoted_relative_or_a_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path / "my env/bin/python", tmp_path / "plain/python3")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    python = str(tmp_path / "my env/bin/python")

    for text in (python, f'"{python}"', f" '{python}' ", "my env/bin/python", "~/my env", "my env"):
        assert typed(text) == python, text
    assert typed("plain") == str(tmp_path / "plain/python3")
    assert typed("~nobody-here/python").endswith("~nobody-here/python")
    assert typed("nothing") == str(tmp_path / "nothing")


def test_links_are_the_same_program_but_not_to_one_of_another_name(tmp_path: Path) -> None:
    put(tmp_path / "python3.13", tmp_path / "manager")
    for link, target in (
        ("python", "python3"),
        ("python3", "python3.13"),
        ("python3.1", "manager"),
    ):
        (tmp_path / link).symlink_to(tmp_path / target)

    assert file_of(str(tmp_path / "python")) == os.path.realpath(tmp_path / "python3.13")
    assert file_of(str(tmp_path / "python3.1")) == str(tmp_path / "python3.1")


@pytest.mark.parametrize(
    ("name", "version"),
    [("python3.13", "3.13"), ("python3.14t", "3.14"), ("pypy3.10", "3.10"), ("python3", "")],
)
def test_a_name_may_claim_a_version(name: str, version: str) -> None:
    assert version_in_name(f"/usr/bin/{name}") == version
