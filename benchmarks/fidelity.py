"""Whether the lab's times are what the book's plain script takes when it is run alone."""

from __future__ import annotations

import json
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import NamedTuple

from benchmarks import harness
from benchmarks.rows import Row, Target, paired, spread
from core.engines.lab_client import LabExecutor
from core.engines.lab_process import clean_environment
from core.lab.measure import TrialSpec
from core.lab.surroundings import observed_trial

TERMS = 10_000_000
TARGET = Target(least=0.97, most=1.03)
_SCRIPT = Path(__file__).with_name("book_pi.py")


class _Times(NamedTuple):
    work: float
    whole: float
    cpu: float


def measure(quick: bool) -> list[Row]:
    """Take both times in turns, the real window open and repainting in a process of its own."""
    pairs = 3 if quick else 21
    with harness.display() as desktop, LabExecutor() as lab:
        harness.await_answer(harness.start(desktop, "repaint"))
        rows = []
        for kind in ("threads", "processes"):
            for workers in (1, 2):
                ours, theirs = _in_turns(lab, kind, workers, pairs)
                rows += _rows(f"{workers} {kind}", ours, theirs)
    return rows


def _in_turns(
    lab: LabExecutor, kind: str, workers: int, pairs: int
) -> tuple[list[_Times], list[_Times]]:
    """Measure AB, BA, AB, ... so that neither is always the first; each pair is a block."""
    ours, theirs = [], []
    for number in range(pairs):
        lab.renew()  # a run does so before each block only: here every trial is the first of one
        if number % 2:
            theirs.append(_script(kind, workers))
        ours.append(_trial(lab, kind, workers))
        if not number % 2:
            theirs.append(_script(kind, workers))
    return ours, theirs


def _trial(lab: LabExecutor, kind: str, workers: int) -> _Times:
    spec = TrialSpec(
        workload="leibniz",
        size=TERMS,
        executor=kind,
        start_method=None,
        workers=workers,
        tasks_per_worker=1,
    )
    got = lab.submit(observed_trial, dict(spec)).result()
    return _Times(got["work_s"], got["startup_s"] + got["work_s"], got["cpu_s"])


def _script(kind: str, workers: int) -> _Times:
    """Run the script as a terminal would: in a session of its own, as the lab process is."""
    done = subprocess.run(
        [sys.executable, str(_SCRIPT), kind, str(workers), str(TERMS)],
        env=clean_environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=True,
        start_new_session=True,
    )
    got = json.loads(done.stdout)
    return _Times(got["work_s"], got["whole_s"], got["cpu_s"])


def _rows(name: str, ours: list[_Times], theirs: list[_Times]) -> list[Row]:
    def row(what: str, place: int, target: Target | None) -> Row:
        return _row(f"{name}, {what}", [t[place] for t in ours], [t[place] for t in theirs], target)

    return [row("work", 0, TARGET), row("with start-up", 1, None), row("CPU of the tasks", 2, None)]


def _row(what: str, ours: list[float], theirs: list[float], target: Target | None) -> Row:
    """Compare pair by pair; the note tells how far the machine let the script agree with itself."""
    ratios = [one / other for one, other in zip(ours, theirs, strict=True)]
    itself = [later / earlier for earlier, later in pairwise(theirs)]
    return Row(
        "fidelity",
        what,
        median(ours),
        "s",
        median(theirs),
        "the book's script, alone",
        target,
        f"{spread(ratios)}; script over itself {min(itself):.2f} to {max(itself):.2f}",
        paired(ours, theirs),
    )
