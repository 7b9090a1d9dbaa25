"""What the lab takes while it does nothing, and whether runs leave something behind."""

from __future__ import annotations

import time
from statistics import median
from typing import Any

import psutil

from benchmarks import harness
from benchmarks.rows import Row, Target, paired, spread
from tests.realwindow import Desktop, wait_until

IDLE = Target(most=1, of="ours")
MEMORY = Target(most=1.2)
FLAT = Target(most=1.02)
NONE_MORE = Target(most=1)
_SETTLED_S = 4.0
_MIB = 2**20


def measure(quick: bool) -> list[Row]:
    """Watch an idle window, weigh it, and let it run many times."""
    with harness.display() as desktop:
        rows = [_idle(desktop, 8.0 if quick else 20.0)]
        rows += _memory(desktop, 1 if quick else 3)
        runs = (50, 10, 10) if quick else (1000, 100, 20)
        rows += _runs(desktop, *runs)
    return rows


def _idle(desktop: Desktop, seconds: float) -> Row:
    """Count the CPU time of the program itself, started as a person does, then left alone."""
    program = desktop.start("main.py")
    desktop.window("Futures Lab", program)
    time.sleep(_SETTLED_S)
    process = psutil.Process(program.pid)
    before, began = process.cpu_times(), time.perf_counter()
    time.sleep(seconds)
    after, took = process.cpu_times(), time.perf_counter() - began
    program.close()
    used = after.user + after.system - before.user - before.system
    note = f"user {after.user - before.user:.2f} s, system {after.system - before.system:.2f} s"
    return Row(
        "rest", "CPU while idle", used / took * 100, "% of a core", target=IDLE,
        note=f"{note} in {took:.0f} s",
    )  # fmt: skip


def _memory(desktop: Desktop, repeats: int) -> list[Row]:
    """Weigh the window and its lab process after a run, and a bare plot, in turns."""
    ours, theirs = [], []
    for _ in range(repeats):
        ours.append(_weigh(desktop, "lab"))
        theirs.append(_weigh(desktop, "plot"))
    return [
        _memory_row(
            f"memory of window and lab process, {name}",
            [one[key] for one in ours],
            [one[key] for one in theirs],
            f"the lab process alone {median(one[f'lab {key}'] for one in ours):.0f} MiB",
        )
        for key, name in (("pss", "PSS"), ("uss", "USS"))
    ]


def _weigh(desktop: Desktop, which: str) -> dict[str, float]:
    program = harness.start(desktop, "still", which)
    try:
        pid = harness.await_answer(program)["pid"]
        window = psutil.Process(pid)
        time.sleep(_SETTLED_S)  # longer than between two of the Pythons that are asked
        wait_until(lambda: not _asks_pythons(window), "every Python was asked who it is")
        own = _weight(window)
        labs = [_weight(child) for child in window.children(recursive=True)]
    finally:
        program.close()
    lab = {key: sum(one[key] for one in labs) for key in own}
    both = {key: own[key] + lab[key] for key in own}
    return {**both, **{f"lab {key}": value for key, value in lab.items()}}


def _asks_pythons(window: psutil.Process) -> bool:
    """Tell whether the window still looks which Pythons there are, with a child for each."""
    return any("core.lab" not in child.cmdline() for child in window.children(recursive=True))


def _weight(process: psutil.Process) -> dict[str, float]:
    memory: Any = process.memory_full_info()
    return {"uss": memory.uss / _MIB, "pss": getattr(memory, "pss", memory.uss) / _MIB}


def _memory_row(what: str, ours: list[float], theirs: list[float], note: str) -> Row:
    ratios = [one / other for one, other in zip(ours, theirs, strict=True)]
    return Row(
        "rest", what, median(ours), "MiB", median(theirs), "pyqtgraph + PlotWidget", MEMORY,
        f"{note}; {spread(ratios)}", paired(ours, theirs),
    )  # fmt: skip


def _runs(desktop: Desktop, count: int, first: int, every: int) -> list[Row]:
    got = harness.ask(desktop, "runs", count, first, every, timeout_s=60 + count * 2)
    early, late = got["first"], got["last"]
    beside = f"after {first}"
    rows = [
        Row("rest", f"memory (USS) after {count} runs", late["uss_mib"], "MiB",
            early["uss_mib"], beside, FLAT,
            f"{(late['uss_mib'] - early['uss_mib']) * 1024 / (count - first):+.1f} KiB a run"),
        Row("rest", f"Python objects after {count} runs", late["objects"], "",
            early["objects"], beside, FLAT),
    ]  # fmt: skip
    rows += [
        Row("rest", f"{what} after {count} runs", late[what], "", early[what], beside, NONE_MORE)
        for what in ("threads", "fds", "children")
    ]
    return rows
