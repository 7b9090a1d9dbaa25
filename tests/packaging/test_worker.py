"""The worker takes the arguments of `python` that the lab and multiprocessing use."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
WORKER = ROOT / "packaging" / "worker.py"


def start(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-X", "utf8", str(WORKER), *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("flags", [[], ["-I", "-S"], ["-X", "utf8", "-W", "error", "-B"]])
def test_code_is_run_as_the_main_module(flags: list[str]) -> None:
    code = "import sys; print(__name__, sys.argv)"
    ended = start(*flags, "-c", code, "π", "-c")
    assert ended.stdout == "__main__ ['-c', 'π', '-c']\n", ended.stderr


def test_a_module_is_run_with_its_arguments() -> None:
    ended = start("-m", "json.tool", "--help")
    assert "usage: " in ended.stdout
    assert ended.returncode == 0


def test_a_script_finds_what_lies_beside_it(tmp_path: Path) -> None:
    folder = tmp_path / "a folder, ü"
    folder.mkdir()
    (folder / "beside.py").write_text("WORD = 'found'")
    script = folder / "script π.py"
    script.write_text("import sys, beside\nprint(__name__, sys.argv[1:], beside.WORD)")
    ended = start(str(script), "one")
    assert ended.stdout == "__main__ ['one'] found\n", ended.stderr


def test_exit_codes_and_tracebacks_are_those_of_python() -> None:
    assert start("-c", "import sys; sys.exit(7)").returncode == 7
    failed = start("-c", "1 / 0")
    assert failed.returncode == 1
    assert "ZeroDivisionError" in failed.stderr


@pytest.mark.parametrize("arguments", [[], ["-"], ["-m"], ["-I"]])
def test_started_by_hand_it_says_what_it_is(arguments: list[str]) -> None:
    ended = start(*arguments)
    assert ended.returncode == 1
    assert "Start futures-lab." in ended.stderr


def test_the_lab_is_served() -> None:
    ended = subprocess.run(
        [sys.executable, str(WORKER), "-m", "core.lab"],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 0
    assert b'"hello"' in ended.stdout
