"""Stopping a lab process: at any moment, whatever it does, and nothing is left of it."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
from concurrent.futures import Future
from multiprocessing import get_all_start_methods
from pathlib import Path
from threading import Timer
from typing import Any

import psutil
import pytest

from core.engines import lab_client, process_group
from core.engines.lab_client import LabExecutor
from core.engines.lab_process import LabProcess
from core.engines.process_group import ProcessGroup
from core.errors import LabStopped, RemoteError
from core.lab_python import LabPython
from core.runner import stop
from tests.core import jobs
from tests.core.watching import (
    ROOT,
    SOON_S,
    eventually,
    failure,
    gone,
    left,
    members,
    pid_of,
    semaphores,
    signs,
    works,
)
from tests.signals import KILL

METHODS = get_all_start_methods()
NEVER_ENDING = [
    jobs.loop,
    jobs.backtrack,
    jobs.big_power,
    jobs.deaf_loop,
    jobs.stubborn_loop,
    jobs.family,
]
DELAYS_S = [attempt * 0.004 for attempt in range(40)]  # from before the start to after the job's


# -------------------------------------------------------------------------------- a running job


@pytest.mark.parametrize("job", NEVER_ENDING, ids=lambda job: job.__name__)
def test_whatever_a_job_does_it_can_be_stopped(lab: LabExecutor, folder: Path, job: Any) -> None:
    future = lab.submit(job, str(folder))
    eventually(lambda: signs(folder), "the job runs")
    group = lab.pid
    assert group is not None

    lab.kill()

    failure(future, LabStopped)
    gone(group)
    assert works(lab)


def test_a_child_that_left_the_group_cannot_hold_up_a_stop(
    lab: LabExecutor, folder: Path, tmp_path: Path
) -> None:
    future = lab.submit(jobs.emigrant, str(folder), str(tmp_path / "child"))
    eventually(lambda: signs(folder), "the job runs")

    try:
        lab.kill()

        assert type(future.exception(jobs.LEFT_OVER_S / 2)) is LabStopped
        assert works(lab)
    finally:
        os.kill(int((tmp_path / "child").read_text()), KILL)


@pytest.mark.parametrize("workers", [1, 3])
@pytest.mark.parametrize("method", METHODS)
def test_a_pool_of_processes_is_stopped_with_its_workers_and_semaphores(
    lab: LabExecutor, folder: Path, method: str, workers: int
) -> None:
    future = lab.submit(jobs.crowd, str(folder), "processes", method, workers)
    eventually(lambda: signs(folder) == workers, "every worker computes")
    group = lab.pid
    assert group is not None
    named = semaphores(group)
    assert named or sys.platform != "linux" or method == "fork"

    lab.kill()

    failure(future, LabStopped)
    gone(group)
    eventually(lambda: not left(named), "the semaphores are removed")
    assert works(lab)


def test_a_pool_of_threads_is_stopped(lab: LabExecutor, folder: Path) -> None:
    future = lab.submit(jobs.crowd, str(folder), "threads", None, 8)
    eventually(lambda: signs(folder) == 8, "every worker computes")

    lab.kill()

    failure(future, LabStopped)
    assert works(lab)


def test_the_future_is_settled_only_when_nothing_is_left(lab: LabExecutor, folder: Path) -> None:
    looked, survivors = threading.Event(), list[psutil.Process]()

    def look(future: Future[Any]) -> None:
        survivors.extend(members(group))
        looked.set()

    group = pid_of(lab)
    future = lab.submit(jobs.crowd, str(folder), "processes", "fork", 2)
    eventually(lambda: signs(folder) == 2, "every worker computes")
    future.add_done_callback(look)

    lab.kill()

    failure(future, LabStopped)
    assert looked.wait(SOON_S)
    assert survivors == []


def test_killing_twice_is_killing_once(lab: LabExecutor, folder: Path) -> None:
    future = lab.submit(jobs.loop, str(folder))
    eventually(lambda: signs(folder), "the job runs")

    lab.kill()
    lab.kill()

    failure(future, LabStopped)
    assert works(lab)


def test_several_threads_may_kill_at_once(lab: LabExecutor, folder: Path) -> None:
    future = lab.submit(jobs.loop, str(folder))
    eventually(lambda: signs(folder), "the job runs")

    killers = [threading.Thread(target=lab.kill) for _ in range(8)]
    for killer in killers:
        killer.start()
    for killer in killers:
        killer.join()

    failure(future, LabStopped)
    assert works(lab)


def test_pending_calls_outlive_a_kill(lab: LabExecutor, folder: Path) -> None:
    running = lab.submit(jobs.loop, str(folder))
    pending = lab.submit(jobs.square, 3)
    eventually(lambda: signs(folder), "the first job runs")

    lab.kill()

    failure(running, LabStopped)
    assert pending.result(SOON_S) == 9


def test_stop_drops_what_waits_and_ends_what_runs(lab: LabExecutor, folder: Path) -> None:
    running = lab.submit(jobs.loop, str(folder))
    pending = [lab.submit(jobs.square, number) for number in range(5)]
    eventually(lambda: signs(folder), "the first job runs")

    stop(lab)

    failure(running, LabStopped)
    assert all(future.cancelled() for future in pending)


def test_a_lab_can_be_stopped_and_shut_down_without_a_pause(lab: LabExecutor, folder: Path) -> None:
    future = lab.submit(jobs.crowd, str(folder), "processes", "spawn", 2)
    eventually(lambda: signs(folder) == 2, "every worker computes")

    stop(lab)
    lab.shutdown()

    assert type(future.exception(timeout=0)) is LabStopped
    assert lab.pid is None


def test_a_lab_can_be_stopped_while_it_waits_for_what_a_job_left(lab: LabExecutor) -> None:
    pid = pid_of(lab)
    future = lab.submit(jobs.leave_thread, daemon=False)
    eventually(lambda: lab.pid is None or future.done(), "the job is over")

    lab.kill()

    assert future.result(jobs.LEFT_OVER_S / 2) == "left"
    gone(pid, jobs.LEFT_OVER_S / 2)


# ------------------------------------------------------------------------------------- no job


def test_killing_before_the_first_call_is_nothing(lab: LabExecutor) -> None:
    lab.kill()

    assert works(lab)


def test_killing_an_idle_lab_does_not_hit_the_next_job(lab: LabExecutor) -> None:
    for _ in range(10):
        pid = pid_of(lab)
        lab.kill()

        assert pid_of(lab) != pid


def test_killing_after_shutdown_is_nothing(lab: LabExecutor) -> None:
    assert works(lab)
    lab.shutdown()

    lab.kill()

    assert lab.pid is None


# -------------------------------------------------------------------------------------- races


@pytest.mark.parametrize("warm", [True, False], ids=["lab runs", "lab starts"])
def test_stopped_at_any_moment_no_job_runs_on_and_the_next_one_works(
    lab: LabExecutor, folder: Path, warm: bool
) -> None:
    for delay in DELAYS_S:
        if warm:
            assert works(lab)
        future = lab.submit(jobs.loop, str(folder))
        threading.Event().wait(delay)

        stop(lab)

        if not future.cancelled():
            failure(future, LabStopped)
    assert works(lab)


def test_stopped_in_the_moment_that_a_job_begins_it_does_not_run_on(
    lab: LabExecutor, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class StoppedAsItBegins(Future[Any]):
        def set_running_or_notify_cancel(self) -> bool:
            began = super().set_running_or_notify_cancel()
            stopper.start()
            stopper.join(0.5)  # as long as it can take, should it have to wait for us
            return began

    assert works(lab)
    stopper = threading.Thread(target=stop, args=(lab,))
    monkeypatch.setattr(lab_client, "Future", StoppedAsItBegins)

    future = lab.submit(jobs.loop, str(folder))

    failure(future, LabStopped)


def test_stopped_while_its_process_is_being_started_a_job_does_not_run(
    lab: LabExecutor, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class StoppedAsItStarts(LabProcess):
        def __init__(self, python: LabPython, called: str) -> None:
            stop(lab)
            super().__init__(python, called)

    monkeypatch.setattr(lab_client, "LabProcess", StoppedAsItStarts)

    failure(lab.submit(jobs.loop, str(folder)), LabStopped)


def test_killed_as_it_ends_by_itself_a_job_is_done_or_stopped(lab: LabExecutor) -> None:
    for delay in DELAYS_S:
        assert works(lab)
        killer = Timer(delay / 40, lab.kill)  # a job takes less than a millisecond
        killer.start()
        future = lab.submit(jobs.square, 3)
        error = future.exception(SOON_S)
        killer.join()

        assert error is None or type(error) is LabStopped
    assert works(lab)


def test_a_group_may_end_before_its_killer_has_finished_speaking(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class SlowTimer(Timer):
        def start(self) -> None:
            ended.wait(0.5)
            super().start()

    ended, codes = threading.Event(), list[int]()
    monkeypatch.setattr(process_group, "Timer", SlowTimer)
    group = ProcessGroup(["sleep", "60"], str(ROOT), os.environ)

    def wait() -> None:
        codes.append(group.wait())
        ended.set()

    waiter = threading.Thread(target=wait)
    waiter.start()
    group.kill()
    waiter.join()
    group.stderr.close()
    group.close()

    assert codes == [-signal.SIGTERM]


# ------------------------------------------------------------------------------- a broken pool


@pytest.mark.parametrize("method", METHODS)
def test_a_killed_worker_is_a_failure_of_the_trial_that_names_the_signal(
    lab: LabExecutor, folder: Path, method: str
) -> None:
    future = lab.submit(jobs.crowd, str(folder), "processes", method, 2)
    eventually(lambda: signs(folder) == 2, "every worker computes")
    worker = int(next(folder.iterdir()).name.partition("-")[0])

    os.kill(worker, KILL)

    error = failure(future, RemoteError)
    assert error.type_name == "BrokenProcessPool"
    assert str(worker) in str(error)
    assert "SIGKILL" in str(error)
    assert works(lab)


@pytest.mark.parametrize("which", [1, 2])
@pytest.mark.parametrize("method", METHODS)
def test_a_worker_killed_as_it_starts_is_a_failure_of_the_trial(
    lab: LabExecutor, folder: Path, method: str, which: int
) -> None:
    pid = pid_of(lab)
    future = lab.submit(jobs.crowd, str(folder), "processes", method, 2)

    eventually(lambda: kill_worker(pid, method, which), "a worker is killed")

    error = failure(future, RemoteError)
    assert error.type_name == "BrokenProcessPool"
    assert "SIGKILL" in str(error)
    assert works(lab)


def kill_worker(lab: int, method: str, which: int) -> bool:
    """Kill the first or second worker of a pool, if there is one yet."""
    with contextlib.suppress(psutil.Error):
        workers = [process for process in members(lab) if is_worker(process, method, lab)]
        if len(workers) >= which:
            workers[which - 1].kill()
            return True
    return False


def is_worker(process: psutil.Process, method: str, lab: int) -> bool:
    """Tell a pool's worker from the fork server and the resource tracker."""
    if method == "fork":
        return bool(process.ppid() == lab)
    if method == "forkserver":
        return process.pid != lab and process.ppid() != lab
    return "spawn_main" in " ".join(process.cmdline())
