"""What being installed costs: the first paint, and the start of a lab process, beside the source's.

Measures what `make installer` has built; nothing of it is changed. To see the first paint, a copy
of the program and one of the source each get `children/first_paint.py` in place of `gui/app.py`.
"""

from __future__ import annotations

import compileall
import os
import py_compile
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

from benchmarks import harness
from benchmarks.rows import Row, Target, paired, spread
from core.engines.lab_client import LabExecutor
from core.lab_python import LabPython
from tests.realwindow import ROOT, Desktop

FIRST_PAINT = Target(most=1.0)
LAB = Target(most=1.5)
_BUILT = ROOT / "build" / "program" / "futures-lab"
_STAMPED = ROOT / "benchmarks" / "children" / "first_paint.py"
_PARTS = ("core", "gui", "resources")


def measure(quick: bool) -> list[Row]:
    """Start the installed program and the source in turns, after one start that does not count."""
    if not (_BUILT / "futures-lab").exists():
        raise harness.NotMeasured("needs what `make installer` builds")
    repeats = 5 if quick else 20
    with tempfile.TemporaryDirectory(dir=ROOT / "build") as folder, harness.display() as desktop:
        installed, source = _copy_of_installed(Path(folder)), _copy_of_source(Path(folder))
        _paint(desktop, installed), _paint(desktop, source)
        rounds = [(_paint(desktop, installed), _paint(desktop, source)) for _ in range(repeats)]
    painted = _row("to the first paint", rounds, "from source", FIRST_PAINT)
    worker, python = (str(_BUILT / "futures-lab-worker"),), (sys.executable,)
    _answer(worker), _answer(python)
    labs = [(_answer(worker), _answer(python)) for _ in range(repeats * 2)]
    lab = _row("lab process to its first answer", labs, "the same by a plain Python", LAB)
    return [painted, lab]


def _copy_of_installed(folder: Path) -> list[str]:
    """Copy the program by links, with a file of its own where the stamp goes."""
    copy = folder / "installed"
    shutil.copytree(_BUILT, copy, symlinks=True, copy_function=os.link)
    _stamp(copy / "_internal" / "source")
    return [str(copy / "futures-lab")]


def _copy_of_source(folder: Path) -> list[str]:
    copy = folder / "source"
    for part in _PARTS:
        shutil.copytree(ROOT / part, copy / part, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "main.py", copy)
    compileall.compile_dir(copy, quiet=1)
    _stamp(copy)
    return [sys.executable, str(copy / "main.py")]


def _stamp(source: Path) -> None:
    """Put the stamped file in place, with bytecode as the others have it."""
    app = source / "gui" / "app.py"
    app.rename(app.with_name("as_built.py"))
    shutil.copy(_STAMPED, app)
    for file in (app, app.with_name("as_built.py")):
        for stale in (file.parent / "__pycache__").glob("app.*.pyc"):
            stale.unlink()  # a link: the program's own stays
        mode = py_compile.PycInvalidationMode.UNCHECKED_HASH
        py_compile.compile(str(file), invalidation_mode=mode, doraise=True)


def _paint(desktop: Desktop, command: list[str]) -> float:
    """Return the seconds from the start of a program to its first paint."""
    environment = {
        name: text for name, text in desktop.environment.items() if not name.startswith("PYTHON")
    }
    began = perf_counter()
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    told = done.stdout.partition('"painted": ')[2].rstrip("}\n")
    if not told:
        raise RuntimeError(f"{command[0]} painted nothing:\n{done.stdout}{done.stderr}")
    return float(told) - began


def _answer(command: tuple[str, ...]) -> float:
    """Return the seconds from a fresh lab process to the answer of its first job."""
    with LabExecutor(LabPython(command)) as lab:
        began = perf_counter()
        lab.submit(pow, 2, 3).result()
        return perf_counter() - began


def _row(what: str, rounds: list[tuple[float, float]], beside: str, target: Target) -> Row:
    ours, theirs = [one for one, _ in rounds], [other for _, other in rounds]
    ratios = [one / other for one, other in rounds]
    return Row(
        "installed",
        what,
        sorted(ours)[len(ours) // 2] * 1000,
        "ms",
        sorted(theirs)[len(theirs) // 2] * 1000,
        beside,
        target,
        spread(ratios),
        paired(ours, theirs),
    )
