"""Workers that are killed while a program plays: it says so, and nobody waits for the dead."""

from __future__ import annotations

import contextlib
import os
import queue
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

from core.engines.lab_client import LabExecutor
from core.experiments import life, waiting
from core.experiments.programs import script
from core.lab.perform import perform
from tests.core.making import done, record
from tests.core.watching import SOON_S, eventually, works
from tests.signals import KILL

ENDLESS = 10**10
POOLS = ("apply_async", "Pool.map", "starmap", "imap_unordered")
EXECUTORS = ("submit", "Executor.map")
METHODS = ("fork", "forkserver", "spawn")


def workers(pid: int) -> list[psutil.Process]:
    """Return the workers of a program, the oldest first."""
    children = psutil.Process(pid).children(recursive=True)
    return sorted(filter(is_worker, children), key=psutil.Process.create_time)


def is_worker(child: psutil.Process) -> bool:
    """Tell a worker from what helps to start it; a fork server's children look as it does."""
    try:
        command, parent = " ".join(child.cmdline()), child.parent()
        above = " ".join(parent.cmdline()) if parent else ""
    except psutil.Error:  # it has just ended
        return False
    is_server = "multiprocessing.forkserver" in command and "forkserver" not in above
    return "multiprocessing.resource_tracker" not in command and not is_server


def at_work(pid: int) -> list[psutil.Process]:
    """Return the workers that have computed for a while, and so have started."""
    return [child for child in workers(pid) if child.cpu_times().user > 0.2]


def kill_one_at_work(pid: int) -> None:
    eventually(lambda: len(at_work(pid)) == 2, "two are at work")
    at_work(pid)[0].kill()


# ------------------------------------------------------------------------------------------ alone


def ended_alone(file: Path, text: str, kill: Callable[[int], None]) -> tuple[int, str]:
    """Run a script, kill; return how it ended, and what it said of it."""
    file.write_text(text, encoding="utf-8")
    command = [sys.executable, "-I", str(file)]
    with subprocess.Popen(
        command, stderr=subprocess.PIPE, text=True, cwd=file.parent, start_new_session=True
    ) as process:
        try:
            kill(process.pid)
            _, said = process.communicate(timeout=SOON_S)
        finally:
            if sys.platform != "win32":
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, KILL)  # there are any only where it failed
    return process.returncode, said


@pytest.mark.parametrize("way", POOLS)
@pytest.mark.parametrize("method", METHODS)
def test_a_pool_that_lost_a_worker_is_not_waited_for(method: str, way: str, tmp_path: Path) -> None:
    settings = {"terms": ENDLESS, "ways": (way,), "repeats": 1}
    text = script("pool_or_futures", settings).text
    start = f'    multiprocessing.set_start_method("{method}")\n    main()'

    code, said = ended_alone(
        tmp_path / "pool.py", text.replace("    main()", start), kill_one_at_work
    )

    assert code == 1
    assert "WorkerDied: a worker of the Pool died with exit code -9, and what it had" in said


IDLE = """
def kill_the_idle():
    for worker in multiprocessing.active_children():
        worker.kill()
    threading.Event().wait()

def main():
    with Pool(2) as pool:
        pool.map(abs, range(100), chunksize=1)
        numbers = map(number_of, multiprocessing.active_children())
        watched(pool, list(numbers), kill_the_idle)
"""
EARLY = """
def die_with_the_lock_of(all_here, first):
    if number_of(multiprocessing.current_process()) == first:
        all_here._cond.acquire()
        os.kill(os.getpid(), 9)
    all_here.wait()

def main():
    all_here = multiprocessing.Barrier(2)
    first = number_of(multiprocessing.Process()) + 1
    with Pool(2, die_with_the_lock_of, (all_here, first)) as pool:
        while first + 2 not in map(number_of, multiprocessing.active_children()):
            time.sleep(0.01)  # Pool has not replaced it yet
        watched(pool, range(first, first + 2), lambda: pool.map(abs, range(100)))
"""


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("main", [IDLE, EARLY], ids=["idle", "early"])
def test_a_worker_that_died_with_a_lock_of_the_pool_holds_nobody_up(
    main: str, method: str, tmp_path: Path
) -> None:
    start = (
        f'{main}\n\nif __name__ == "__main__":\n    multiprocessing.set_start_method("{method}")'
    )
    text = script("pool_or_futures", {}).text.replace('\n\nif __name__ == "__main__":', start)

    code, said = ended_alone(tmp_path / "pool.py", text, lambda pid: None)

    assert (code, "WorkerDied" in said) == (1, True)


# ------------------------------------------------------------------------------------- in the lab


class Stage:
    """A lab in which a program plays, and what it tells."""

    def __init__(self, make_lab: Callable[..., LabExecutor]) -> None:
        self.told: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        self.lab = make_lab(on_event=lambda future, event: self.told.put(event))

    def play(self, program: str, settings: dict[str, Any]) -> Any:
        return self.lab.submit(perform, program, settings)

    @property
    def pid(self) -> int:
        eventually(lambda: self.lab.pid, "the lab runs")
        assert self.lab.pid is not None
        return self.lab.pid

    def until(self, **what: Any) -> dict[str, Any]:
        """Wait for an event of which all this is true."""
        while True:
            event = self.told.get(timeout=SOON_S)
            if what.items() <= event.items():
                return event

    def rest(self) -> list[dict[str, Any]]:
        return [self.told.get() for _ in range(self.told.qsize())]


@pytest.fixture
def stage(make_lab: Callable[..., LabExecutor]) -> Stage:
    return Stage(make_lab)


RACE = {"kind": "processes", "workers": 2, "increments": ENDLESS, "switch_ms": 5.0, "repeats": 1}
SHARING = {"workers": 2, "increments": ENDLESS, "repeats": 1}
POOL = {"terms": ENDLESS, "workers": 2, "repeats": 1}
CASES = {
    **{f"race-{way}": ("race", {**RACE, "way": way}) for way in ("plain", "lock")},
    **{
        f"sharing-{way}": ("sharing", {**SHARING, "ways": (way,)})
        for way in ("nothing", "Value", "Manager")
    },
    **{way: ("pool_or_futures", {**POOL, "ways": (way,)}) for way in (*POOLS, *EXECUTORS)},
}


@pytest.mark.parametrize("case", CASES)
def test_a_worker_that_is_killed_fails_the_trial_and_nothing_else(case: str, stage: Stage) -> None:
    program, settings = CASES[case]
    future = stage.play(program, settings)
    eventually(lambda: len(at_work(stage.pid)) >= 2, "they are at work")

    workers(stage.pid)[-1].kill()  # with a manager, its process is the first

    error: Any = future.exception(SOON_S)
    assert error.type_name == ("WorkerDied" if case in POOLS else "BrokenProcessPool")
    assert works(stage.lab)


def test_a_manager_that_is_killed_is_named(stage: Stage) -> None:
    future = stage.play(*CASES["sharing-Manager"])
    eventually(lambda: len(at_work(stage.pid)) == 3, "they are at work")

    workers(stage.pid)[0].kill()

    assert str(future.exception(SOON_S)) == "the manager's process died, and the counter with it"
    assert works(stage.lab)


@pytest.mark.parametrize("ends", ["raise", "cancel", "shutdown"])
def test_who_waits_for_the_dead_is_told_or_rescued(ends: str, stage: Stage) -> None:
    settings = {"kind": "processes", "workers": 1, "a_s": 60, "b_s": 60, "c_s": 60, "ends": ends}
    stage.play("waiting", settings)
    stage.until(kind="state", future="1 A", state="RUNNING")
    if ends != "raise":
        stage.until(kind="mark", lane="another thread")

    workers(stage.pid)[-1].kill()

    row = stage.until(kind="row", call=1)
    assert "A (BrokenProcessPool)" in row["done"]
    broken = "A worker has died, and the pool of call 1 is broken."
    assert stage.until(kind="note", text=broken)
    row = {name: what for name, what in row.items() if name not in ("kind", "t")}
    made = record([done("processes", 1, 1, 1.0, rows=(row,))], parameters={**waiting_values(ends)})
    assert waiting.EXPERIMENT.summary(made).details[0].startswith("A worker process died")


def waiting_values(ends: str) -> dict[str, Any]:
    return {**waiting.EXPERIMENT.defaults(), "ends": ends, "kind": "processes", "workers": 1}


def test_a_life_goes_on_without_its_workers(stage: Stage) -> None:
    settings = {"kind": "processes", "workers": 2, "play": "scripted", "pause_s": 0.1}
    future = stage.play("life", settings)
    stage.until(kind="begins", lane="process 1")

    workers(stage.pid)[0].kill()

    assert "the pool is broken" in stage.until(kind="note")["text"]
    future.result(SOON_S)
    rows = [event for event in stage.rest() if event["kind"] == "row"]
    assert any("BrokenProcessPool" in row["what_happened"] for row in rows)
    assert rows[-1]["at_work"] == 0
    made = record([done("processes", 2, 1, 1.0, rows=tuple(rows))], parameters={"workers": 2})
    assert life.EXPERIMENT.summary(made).details[0].startswith("A worker process died")
