"""How long a person waits: for the first paint, for a chart and Run, and for a lab process."""

from __future__ import annotations

import subprocess
import sys
from statistics import median
from time import perf_counter
from typing import Any

from benchmarks import harness
from benchmarks.rows import Row, Target, paired, spread
from core.engines.lab_client import LabExecutor
from core.engines.lab_process import clean_environment
from tests.realwindow import Desktop

FIRST_PAINT = Target(most=1.5)
READY = Target(most=1.1)
NO_HEAVY = Target(most=0, of="ours")
ANSWER = Target(most=2)
_PROGRAMS = ("widget", "lab", "plot")


def measure(quick: bool) -> list[Row]:
    """Start all programs in turns, each in a fresh process, after one start that does not count."""
    repeats = 4 if quick else 15
    with harness.display() as desktop:
        for program in _PROGRAMS:
            _start(desktop, program)
        rounds = [
            {program: _start(desktop, program) for program in _turn(number)}
            for number in range(repeats)
        ]
    return [*_window_rows(rounds), *_lab_rows(repeats * 2)]


def _turn(number: int) -> tuple[str, ...]:
    """Let another program be the first each time."""
    first = number % len(_PROGRAMS)
    return (*_PROGRAMS[first:], *_PROGRAMS[:first])


def _start(desktop: Desktop, program: str) -> dict[str, Any]:
    """Return the seconds from the start of the process to each of its stamps."""
    began = perf_counter()
    got = harness.ask(desktop, "start", program)
    for name in ("painted", "form", "ready"):
        if name in got:
            got[name] -= began
    return got


def _window_rows(rounds: list[dict[str, Any]]) -> list[Row]:
    painted = [turn["lab"]["painted"] for turn in rounds]
    widget = [turn["widget"]["painted"] for turn in rounds]
    form = [turn["lab"]["form"] for turn in rounds]
    ready = [turn["lab"]["ready"] for turn in rounds]
    plot = [turn["plot"]["ready"] for turn in rounds]
    heavy = sorted({name for turn in rounds for name in turn["lab"]["heavy"]})
    return [
        _row("to the first paint", painted, widget, "QApplication + QWidget", FIRST_PAINT),
        _row("to a form that can be filled in", form, widget, "QApplication + QWidget", None),
        _row("to a chart ready for Run", ready, plot, "pyqtgraph + PlotWidget", READY),
        Row(
            "start",
            "heavy imports before the first paint",
            len(heavy),
            target=NO_HEAVY,
            note=", ".join(heavy) or "neither numpy nor pyqtgraph",
        ),
    ]


def _lab_rows(repeats: int) -> list[Row]:
    """Time a fresh lab process to its first answer, and the least that a Python does, in turns."""
    _answer(), _nothing()
    ours, theirs = [], []
    for _ in range(repeats):
        ours.append(_answer())
        theirs.append(_nothing())
    return [_row("lab process to its first answer", ours, theirs, "python -c pass", ANSWER)]


def _answer() -> float:
    with LabExecutor() as lab:
        began = perf_counter()
        lab.submit(pow, 2, 3).result()
        return perf_counter() - began


def _nothing() -> float:
    began = perf_counter()
    subprocess.run([sys.executable, "-c", "pass"], env=clean_environment(), check=True)
    return perf_counter() - began


def _row(
    what: str, ours: list[float], theirs: list[float], beside: str, target: Target | None
) -> Row:
    ratios = [one / other for one, other in zip(ours, theirs, strict=True)]
    ours_ms, theirs_ms = median(ours) * 1000, median(theirs) * 1000
    return Row(
        "start",
        what,
        ours_ms,
        "ms",
        theirs_ms,
        beside,
        target,
        spread(ratios),
        paired(ours, theirs),
    )
