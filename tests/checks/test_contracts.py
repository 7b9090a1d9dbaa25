"""Each import contract holds, and is seen to break when one line breaks it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from importlinter.api import read_configuration

ROOT = Path(__file__).resolve().parents[2]

# contract, file, the line that breaks it
BREACHES = [
    ("floors", "core/runner.py", "import gui"),
    ("circles", "gui/models/__init__.py", "import gui.views"),
    ("main", "core/headless.py", "import main"),
    ("core-rooms", "core/errors.py", "import core.runner"),
    ("core-rooms", "core/lab/protocol.py", "import core.errors"),
    ("core-rooms", "core/new_room.py", "import core.errors"),
    ("no-qt", "core/results/records.py", "from PySide6.QtCore import QObject"),
    ("lab-stdlib", "core/lab/measure.py", "import psutil"),
    ("experiments", "core/experiments/new_one.py", "import core.experiments.pi_scaling"),
    ("gui-rooms", "gui/models/__init__.py", "import gui.main_window"),
    ("views-deaf", "gui/views/__init__.py", "import gui.controller"),
    ("views-deaf", "gui/views/__init__.py", "import core.engines"),
    ("views-futures", "gui/views/__init__.py", "from concurrent.futures import Future"),
]

CONTRACTS = {
    contract["id"]: contract["name"]
    for contract in read_configuration(str(ROOT / "pyproject.toml"))["contracts_options"]
}


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the source that a test may spoil."""
    for package in ("core", "gui"):
        shutil.copytree(ROOT / package, tmp_path / package)
    for file in ("main.py", "pyproject.toml"):
        shutil.copy(ROOT / file, tmp_path)
    return tmp_path


def broken(folder: Path) -> list[str]:
    """Return the names of the contracts that the source in `folder` breaks."""
    lint = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    result = subprocess.run(
        [sys.executable, "-c", lint, "--no-cache", "--no-logo"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Contracts: " in result.stdout, result.stdout + result.stderr
    names = [name for name in CONTRACTS.values() if f"{name} BROKEN" in result.stdout]
    assert bool(names) == bool(result.returncode), result.stdout
    return names


def test_the_source_keeps_every_contract(copy: Path) -> None:
    assert broken(copy) == []


def test_every_contract_is_broken_below() -> None:
    assert {contract for contract, _, _ in BREACHES} == set(CONTRACTS)


@pytest.mark.parametrize(("contract", "file", "line"), BREACHES)
def test_a_breach_is_seen(copy: Path, contract: str, file: str, line: str) -> None:
    with (copy / file).open("a", encoding="utf-8") as source:
        source.write(f"\n{line}\n")
    assert CONTRACTS[contract] in broken(copy)
