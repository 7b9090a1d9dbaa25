"""How the tests run programs: as scripts alone, and by the command line."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.core.watching import ROOT, SOON_S, STRICT


def alone(python: str, file: Path, typed: str = "") -> str:
    """Run a script with nothing but the standard library; return what it printed.

    Fails the test when it warns, complains or ends badly.
    """
    ended = subprocess.run(
        [python, "-I", "-S", *STRICT, str(file)],
        cwd=file.parent,
        input=typed,
        capture_output=True,
        encoding="utf-8",
        timeout=2 * SOON_S,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    return ended.stdout


def rows_alone(python: str, file: Path) -> list[dict[str, str]]:
    """Run a script as `alone` does, and read the rows that it prints."""
    lines = [line.split("   ") for line in alone(python, file).splitlines()]
    cells = [[cell.split(": ", 1) for cell in line] for line in lines]
    return [{name.replace(" ", "_"): value for name, value in line} for line in cells]


def command_line(experiment: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run an experiment as a person at a terminal does, with these arguments."""
    return subprocess.run(
        [sys.executable, "main.py", "run", experiment, *arguments],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        timeout=2 * SOON_S,
        check=False,
    )
