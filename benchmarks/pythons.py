"""How long it takes to find and ask ten Pythons, and what taking turns over several costs."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from benchmarks.rows import Row, Target, spread
from core.engines import places
from core.engines.interpreters import Choice, Interpreter, Search, choices, find_all
from core.engines.lab_client import LabExecutor
from core.engines.places import Candidate
from core.experiments.pi_scaling import EXPERIMENT
from core.runner import Run, prepare, submit

SOON = Target(most=2, of="ours")
LITTLE = Target(most=10, of="ours")
_TEN = 10
_MOST_IN_TURNS = 3
_TRIAL_S = 0.25


def measure(quick: bool) -> list[Row]:
    """Search this machine, filled up to ten Pythons by copies, then run on three in turns."""
    with tempfile.TemporaryDirectory() as folder:
        found = find_all()
        files = [one.path for one in found if not one.problem]
        copies = [_copy(Path(folder, str(number))) for number in range(_TEN - len(files))]
        rows = [_search([*files, *copies][:_TEN], 3 if quick else 15), _whole(3 if quick else 15)]
    return [*rows, _turns(found, 2 if quick else 5)]


def _copy(folder: Path) -> str:
    """Make a venv whose interpreter is a file of its own, so that it is asked too."""
    command = [sys.executable, "-m", "venv", "--without-pip", "--copies", str(folder)]
    subprocess.run(command, check=True)
    return str(folder / "bin" / "python")


def _search(files: Sequence[str], repeats: int) -> Row:
    """Time ten probes, beside starting the same ten and nothing else, one after another."""
    ours, plain = [], []
    for _ in range(repeats):
        began = time.perf_counter()
        with Search() as search:
            groups = [[Candidate(file, "")] for file in files]
            problems = [probe.result().problem for probe in search.probe_all(groups)]
        ours.append(time.perf_counter() - began)
        if any(problems):
            raise RuntimeError(f"not all were found good: {problems}")
        began = time.perf_counter()
        for file in files:
            subprocess.run([file, "-c", "pass"], check=True)
        plain.append(time.perf_counter() - began)
    return Row(
        "pythons", "ask ten who they are", median(ours), "s", median(plain),
        "-c pass, one by one", SOON, spread(ours),
    )  # fmt: skip


def _whole(repeats: int) -> Row:
    """Time the whole search of this machine, as the window and the command line do it."""
    took, count = [], 0
    for _ in range(repeats):
        began = time.perf_counter()
        count = len(find_all())
        took.append(time.perf_counter() - began)
    looked_at = len(places.candidates())
    note = f"{count} found of {looked_at} names; {spread(took)}"
    return Row("pythons", "search this machine", median(took), "s", target=SOON, note=note)


def _turns(found: Sequence[Interpreter], blocks: int) -> Row:
    """Tell how much of a run over several Pythons is spent outside of its trials."""
    chosen = _of_different_versions(choices(found))[:_MOST_IN_TURNS]
    values = {**EXPERIMENT.defaults(), "workers": (1, 2), "blocks": blocks}
    values["executors"] = ("serial", "threads", "processes")
    with LabExecutor() as lab:
        values["terms"] = 1_000_000
        term_s = prepare(lab, EXPERIMENT, values).result()["term_s"]
        values["terms"] = max(1000, round(_TRIAL_S / term_s))
        run = Run(EXPERIMENT, values, prepare(lab, EXPERIMENT, values, chosen).result())
        began = time.perf_counter()
        for trial, future in zip(run.plan, submit(lab, run.plan), strict=True):
            future.exception()
            run.take(trial, future)
        took = time.perf_counter() - began
    trials = sum(
        part or 0.0 for one in run.trials for part in (one.startup_s, one.work_s, one.closing_s)
    )
    names = ", ".join(choice.name for choice in chosen)
    note = f"{len(run.trials)} trials of about {_TRIAL_S} s on {names}"
    share = (took - trials) / took * 100
    return Row("pythons", "outside the trials", share, "% of the run", target=LITTLE, note=note)


def _of_different_versions(known: Sequence[Choice]) -> tuple[Choice, ...]:
    by_version: dict[str, Choice] = {}
    for choice in known:
        by_version.setdefault(choice.interpreter.short, choice)
    return tuple(by_version.values())
