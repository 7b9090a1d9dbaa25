"""multiprocessing.Pool as an executor, beyond the contract: deaths, and what it leaves behind."""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Iterator
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any

import pytest

from core.engines.lab_client import LabExecutor
from core.errors import RemoteError
from core.lab.measure import run_trial
from core.lab.mp_pool import PoolExecutor
from tests.core import jobs
from tests.core.test_workloads import spec
from tests.core.watching import SOON_S, eventually, failure, signs
from tests.signals import KILL

METHODS = multiprocessing.get_all_start_methods()


@pytest.fixture(params=METHODS)
def pool(request: pytest.FixtureRequest) -> Iterator[PoolExecutor]:
    with PoolExecutor(2, multiprocessing.get_context(request.param)) as pool:
        yield pool


def kill(pid: int) -> None:
    os.kill(pid, KILL)


def test_a_worker_that_dies_at_its_work_breaks_the_pool(pool: PoolExecutor) -> None:
    lost = [pool.submit(jobs.exit_with, 3), *(pool.submit(jobs.square, n) for n in range(50))]

    assert isinstance(lost[0].exception(SOON_S), BrokenProcessPool)
    for future in lost[1:]:
        assert future.exception(SOON_S) is None or isinstance(future.exception(), BrokenProcessPool)
    with pytest.raises(BrokenProcessPool):
        pool.submit(jobs.square, 3)


def test_idle_workers_that_are_killed_break_it_and_do_not_hang_it(pool: PoolExecutor) -> None:
    assert pool.submit(jobs.square, 3).result(SOON_S) == 9
    for process in pool.processes:  # one of them waits with the lock of the pipe
        kill(process.pid)

    def is_broken() -> bool:
        try:
            return isinstance(pool.submit(jobs.square, 3).exception(SOON_S), BrokenProcessPool)
        except BrokenProcessPool:
            return True

    eventually(is_broken, "the pool notices")


def test_a_process_that_dies_in_the_middle_of_a_message_breaks_it_and_does_not_hang_it(
    folder: Path, tmp_path: Path
) -> None:
    pool: Any = PoolExecutor(1, multiprocessing.get_context("spawn"))
    lost = [pool.submit(jobs.wait_for, str(tmp_path / "never"), str(folder))]
    eventually(lambda: signs(folder), "the call runs")
    lost += [pool.submit(jobs.echo, "more than a pipe holds" * 10_000) for _ in range(3)]
    pipe = pool._pool._inqueue._reader
    assert pipe.poll(SOON_S)
    os.read(pipe.fileno(), 4)  # as if it had begun to read the next

    kill(pool.processes[0].pid)

    for future in lost:
        assert isinstance(future.exception(SOON_S), BrokenProcessPool)
    pool.shutdown()


def test_waiting_calls_of_a_broken_pool_fail_too(folder: Path, tmp_path: Path) -> None:
    with PoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        running = pool.submit(jobs.wait_for, str(tmp_path / "never"), str(folder))
        later = [pool.submit(jobs.square, n) for n in range(20)]
        eventually(lambda: signs(folder), "the call runs")
        kill(pool.processes[0].pid)

        for future in (running, *later):
            assert isinstance(future.exception(SOON_S), BrokenProcessPool)


def test_an_argument_that_cannot_be_sent_fails_its_call_only(pool: PoolExecutor) -> None:
    assert pool.submit(jobs.echo, lambda: None).exception(SOON_S) is not None
    assert pool.submit(jobs.square, 3).result(SOON_S) == 9


def test_a_failure_comes_with_its_traceback(pool: PoolExecutor) -> None:
    error = pool.submit(jobs.fail, "it went wrong").exception(SOON_S)

    assert "in fail" in str(getattr(error, "__cause__", None))


@pytest.mark.parametrize("executor", ["pool", "ceiling", "processes"])
def test_a_trial_whose_worker_is_killed_fails_with_a_sentence(
    lab: LabExecutor, monkeypatch: pytest.MonkeyPatch, executor: str
) -> None:
    error = failure(lab.submit(jobs.trial_that_kills, spec("leibniz", executor)), RemoteError)

    assert error.type_name == "BrokenProcessPool"
    assert "was killed by SIGKILL before its work was done" in str(error)
    assert lab.submit(run_trial, spec("leibniz", executor)).result(SOON_S)["value"]


def test_what_a_share_raises_reaches_the_ceilings_owner(lab: LabExecutor) -> None:
    error = failure(lab.submit(jobs.ceiling_that_raises), RemoteError)

    assert (error.type_name, str(error)) == ("ValueError", "it went wrong")


@pytest.mark.parametrize("guarded", [True, False])
def test_what_is_no_exception_is_the_futures_or_ends_the_pool(guarded: bool) -> None:
    with PoolExecutor(1, multiprocessing.get_context(), guarded=guarded) as pool:
        assert pool.submit(jobs.square, 3).result(SOON_S) == 9
        assert isinstance(pool.submit(divmod, 1, 0).exception(SOON_S), ZeroDivisionError)

        error = pool.submit(sys.exit, 3).exception(SOON_S)

    assert type(error) is (SystemExit if guarded else BrokenProcessPool)
