"""What differs in the installed program: its interpreter, and a clean environment for others."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from core import installed
from core.engines.lab_process import clean_environment, flags, own_python

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def frozen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look like the installed program."""
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", "/usr/lib/futures-lab/futures-lab")


def test_from_source_the_lab_runs_in_our_own_python() -> None:
    assert own_python().command == (sys.executable,)
    assert installed.program() == (sys.executable, str(ROOT / "main.py"))
    assert installed.typed() == "python main.py"


def test_installed_the_lab_runs_in_the_executable_without_qt(frozen: None) -> None:
    assert own_python().command == ("/usr/lib/futures-lab/futures-lab-worker",)
    assert installed.program() == ("/usr/lib/futures-lab/futures-lab",)
    assert installed.typed() == "futures-lab"


def test_the_worker_of_windows_ends_in_exe(frozen: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/lab/Futures Lab.exe")
    assert installed.interpreter() == "/lab/futures-lab-worker.exe"


def test_the_launchers_of_windows_are_known_by_their_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """A plain Python runs there, so nothing is frozen."""
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(sys, "executable", "/Ä b/futures-lab-window.exe")
    assert installed.is_installed()
    assert installed.program() == ("/Ä b/futures-lab-window.exe",)
    assert installed.interpreter() == "/Ä b/futures-lab-worker.exe"
    monkeypatch.setattr(sys, "executable", "/Ä b/python.exe")
    assert not installed.is_installed()


def test_a_lab_process_on_windows_prints_any_letter(monkeypatch: pytest.MonkeyPatch) -> None:
    assert flags() == ()
    monkeypatch.setattr(sys, "platform", "win32")
    assert flags() == ("-X", "utf8")


def test_another_python_does_not_load_our_libraries(
    frozen: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LD_LIBRARY_PATH", "/usr/lib/futures-lab/_internal:/mine")
    monkeypatch.setenv("LD_LIBRARY_PATH_ORIG", "/mine")
    monkeypatch.setenv("_PYI_ARCHIVE_FILE", "/usr/lib/futures-lab/futures-lab")
    given = clean_environment()
    assert given["LD_LIBRARY_PATH"] == "/mine"
    assert not [name for name in given if name.startswith("_PYI_") or name.endswith("_ORIG")]


def test_without_a_path_before_there_is_none_after(
    frozen: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LD_LIBRARY_PATH", "/usr/lib/futures-lab/_internal")
    monkeypatch.delenv("LD_LIBRARY_PATH_ORIG", raising=False)
    assert "LD_LIBRARY_PATH" not in clean_environment()


def test_from_source_a_persons_library_path_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LD_LIBRARY_PATH", "/mine")
    assert clean_environment()["LD_LIBRARY_PATH"] == "/mine"
