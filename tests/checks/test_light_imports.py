"""What a lab process or a spawned worker imports needs nothing installed, and no Qt."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
VERSIONS = ("3.10", "3.11", "3.12", "3.13", "3.14", "3.15")

IMPORT_CORE_LAB = """
import importlib, pkgutil, sys

class OnlyTheStandardLibrary:
    def find_spec(self, name, path=None, target=None):
        standard = name.partition(".")[0] in sys.stdlib_module_names
        if not (standard or name == "core" or f"{name}.".startswith("core.lab.")):
            raise ImportError(f"core.lab must not import {name}")

sys.meta_path.insert(0, OnlyTheStandardLibrary())
sys.path.insert(0, sys.argv[1])
import core.lab
for module in pkgutil.walk_packages(core.lab.__path__, "core.lab."):
    if module.name == "core.lab.workloads.leibniz_numpy":
        continue  # offered only where NumPy is: see test_what_a_python_lacks_is_said
    importlib.import_module(module.name)
    print(module.name)
"""

IMPORT_MAIN = """
import sys
import main
print(*{name.partition(".")[0] for name in sys.modules})
"""

# What a person sees before the charts: the window, then a page with its form.
IMPORT_WHAT_IS_PAINTED_FIRST = """
import sys
import gui.app, gui.lab, gui.views.page
gui.lab.experiments.at(0)
print(*{name.partition(".")[0] for name in sys.modules})
"""

# PySide makes a class when it is first asked for: `Qt` with its hundred enumerations takes 10 ms.
IMPORT_WINDOW = """
import gui.app, gui.lab
import PySide6.QtCore
print(*vars(PySide6.QtCore))
"""


def run(python: str, *arguments: str) -> list[str]:
    """Run an interpreter, with warnings as errors, and return the words that it prints."""
    command = [python, "-B", "-W", "error", *arguments]
    result = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
    )
    assert result.returncode == 0, result.stderr
    return result.stdout.split()


def find_python(version: str) -> str | None:
    """Return an interpreter of that version: ours, one of pyenv's or one on the path."""
    ours = f"{sys.version_info.major}.{sys.version_info.minor}"
    if version == ours:
        return sys.executable
    installed = Path(os.environ["PYENV_ROOT"]).glob(f"versions/{version}.*/bin/python")
    found = next(map(str, installed), None) or shutil.which(f"python{version}")
    # One of pyenv's shims may stand for a version that is not there.
    works = found and subprocess.run([found, "-c", ""], capture_output=True, check=False)
    return found if works and works.returncode == 0 else None


PYTHONS = {version: python for version in VERSIONS if (python := find_python(version))}


@pytest.mark.parametrize("python", PYTHONS.values(), ids=PYTHONS.keys())
def test_core_lab_imports_the_standard_library_only(python: str) -> None:
    modules = run(python, "-I", "-S", "-c", IMPORT_CORE_LAB, str(ROOT))
    assert "core.lab.protocol" in modules


def test_another_import_would_be_seen(tmp_path: Path) -> None:
    (tmp_path / "core" / "lab").mkdir(parents=True)
    (tmp_path / "core" / "lab" / "spoilt.py").write_text("import core.errors")
    with pytest.raises(AssertionError, match=r"must not import core\.errors"):
        run(sys.executable, "-I", "-S", "-c", IMPORT_CORE_LAB, str(tmp_path))


def test_main_imports_nothing_heavy() -> None:
    heavy = {"PySide6", "pyqtgraph", "numpy", "pygments", "rich", "msgspec", "psutil"}
    assert not heavy.intersection(run(sys.executable, "-c", IMPORT_MAIN))


def test_the_window_and_the_form_import_nothing_heavy() -> None:
    heavy = {"pyqtgraph", "numpy", "pygments", "rich", "msgspec", "psutil"}
    imported = run(sys.executable, "-c", IMPORT_WHAT_IS_PAINTED_FIRST)
    assert "PySide6" in imported
    assert not heavy.intersection(imported)


def test_the_window_makes_no_enumerations_of_qt_before_it_is_painted() -> None:
    made = run(sys.executable, "-c", IMPORT_WINDOW)
    assert "QEvent" in made
    assert "Qt" not in made
