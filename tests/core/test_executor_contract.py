"""Whatever runs work keeps the contract of concurrent.futures.Executor."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import (
    ALL_COMPLETED,
    FIRST_COMPLETED,
    CancelledError,
    Executor,
    Future,
    ProcessPoolExecutor,
    ThreadPoolExecutor,
    as_completed,
    wait,
)
from concurrent.futures import TimeoutError as FutureTimeoutError
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from core.engines.lab_client import LabExecutor
from core.lab.mp_pool import PoolExecutor
from tests.core import jobs
from tests.core.watching import ROOT, SOON_S, eventually, signs


class Kind(NamedTuple):
    """An executor kind with one worker."""

    name: str
    make: Callable[[], Executor]


def one_process() -> Executor:
    return ProcessPoolExecutor(1, get_context("spawn"))


def one_thread() -> Executor:
    return ThreadPoolExecutor(1)


def one_pool_process() -> Executor:
    return PoolExecutor(1, get_context("spawn"))


KINDS = (
    Kind("threads", one_thread),
    Kind("processes", one_process),
    Kind("pool", one_pool_process),
    Kind("lab", LabExecutor),
)
every_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)


@pytest.fixture
def executor(kind: Kind) -> Iterator[Executor]:
    with kind.make() as executor:
        yield executor


@pytest.fixture
def gate(executor: Executor, tmp_path: Path) -> Iterator[Path]:
    """A file that is not there yet: calls wait until the test makes it, or is over."""
    gate = tmp_path / "gate"
    yield gate
    gate.touch()


def occupy(executor: Executor, gate: Path, folder: Path) -> Future[str]:
    """Submit a call that waits for the gate, and return when it runs."""
    future = executor.submit(jobs.wait_for, str(gate), str(folder))
    eventually(lambda: signs(folder), "the call runs")
    return future


# --------------------------------------------------------------------------- results and failures


@every_kind
def test_a_result_arrives(executor: Executor) -> None:
    future = executor.submit(jobs.add, 2, right=3)

    assert future.result(SOON_S) == 5
    assert future.done()
    assert future.exception() is None
    assert not future.cancelled()


@every_kind
def test_an_exception_arrives_with_its_type_and_message(executor: Executor) -> None:
    error = executor.submit(jobs.fail, "it went wrong").exception(SOON_S)

    assert getattr(error, "type_name", type(error).__name__) == "ValueError"
    assert str(error) == "it went wrong"


@every_kind
def test_result_raises_what_the_call_raised(executor: Executor) -> None:
    future = executor.submit(jobs.fail, "it went wrong")

    with pytest.raises(Exception, match="it went wrong"):
        future.result(SOON_S)


@every_kind
def test_a_failed_call_does_not_hurt_the_next(executor: Executor) -> None:
    executor.submit(jobs.fail, "it went wrong").exception(SOON_S)

    assert executor.submit(jobs.add, 2, 3).result(SOON_S) == 5


@every_kind
def test_a_call_that_wants_to_leave_python_only_fails(executor: Executor) -> None:
    error = executor.submit(jobs.leave_system).exception(SOON_S)

    assert getattr(error, "type_name", type(error).__name__) == "SystemExit"
    assert executor.submit(jobs.add, 2, 3).result(SOON_S) == 5


@every_kind
def test_waiting_for_a_result_can_be_given_up(executor: Executor, gate: Path, folder: Path) -> None:
    future = occupy(executor, gate, folder)

    with pytest.raises(FutureTimeoutError):
        future.result(timeout=0)
    gate.touch()
    assert future.result(SOON_S) == "opened"


# ------------------------------------------------------------------------------ order and numbers


@every_kind
def test_one_worker_runs_calls_in_the_order_of_submission(
    executor: Executor, tmp_path: Path
) -> None:
    words = [f"word {number}" for number in range(20)]
    futures = [executor.submit(jobs.note, str(tmp_path / "notes"), word) for word in words]
    wait(futures, SOON_S)

    assert (tmp_path / "notes").read_text().splitlines() == words


@every_kind
def test_a_thousand_futures_each_get_their_own_result(executor: Executor) -> None:
    futures = [executor.submit(jobs.square, number) for number in range(1000)]

    assert [future.result(SOON_S) for future in futures] == [n * n for n in range(1000)]


@every_kind
def test_several_threads_may_submit_at_once(executor: Executor) -> None:
    results: list[int] = []

    def submit(first: int) -> None:
        futures = [executor.submit(jobs.square, first + number) for number in range(20)]
        results.extend(future.result(SOON_S) for future in futures)

    threads = [threading.Thread(target=submit, args=(100 * number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(results) == sorted((100 * i + j) ** 2 for i in range(8) for j in range(20))


@every_kind
def test_map_gives_results_in_the_order_of_its_arguments(executor: Executor) -> None:
    assert list(executor.map(jobs.add, range(10), range(10), timeout=SOON_S)) == list(
        range(0, 20, 2)
    )


@every_kind
def test_map_raises_what_a_call_raised(executor: Executor) -> None:
    results = executor.map(jobs.fail, ["first", "second"], timeout=SOON_S)

    with pytest.raises(Exception, match="first"):
        next(results)


@every_kind
def test_wait_returns_when_all_are_done(executor: Executor) -> None:
    futures = {executor.submit(jobs.square, number) for number in range(5)}

    assert wait(futures, SOON_S, ALL_COMPLETED) == (futures, set())


@every_kind
def test_wait_returns_when_the_first_is_done(executor: Executor, gate: Path) -> None:
    first = executor.submit(jobs.square, 2)
    second = executor.submit(jobs.wait_for, str(gate))
    both: list[Future[Any]] = [first, second]

    done, pending = wait(both, SOON_S, FIRST_COMPLETED)

    assert done == {first}
    assert pending == {second}


@every_kind
def test_as_completed_gives_each_future_once(executor: Executor) -> None:
    futures = [executor.submit(jobs.square, number) for number in range(20)]

    assert sorted(future.result() for future in as_completed(futures, SOON_S)) == sorted(
        number * number for number in range(20)
    )


# ----------------------------------------------------------------------------------- cancelling


@every_kind
def test_a_pending_call_can_be_cancelled_and_never_runs(
    executor: Executor, gate: Path, folder: Path, tmp_path: Path
) -> None:
    occupy(executor, gate, folder)
    queue = [executor.submit(jobs.note, str(tmp_path / "notes"), str(n)) for n in range(5)]

    assert queue[-1].cancel()
    assert queue[-1].cancelled()
    gate.touch()
    wait(queue[:-1], SOON_S)

    assert (tmp_path / "notes").read_text().split() == ["0", "1", "2", "3"]
    with pytest.raises(CancelledError):
        queue[-1].result(SOON_S)


@every_kind
def test_wait_and_as_completed_see_a_cancelled_call(
    executor: Executor, gate: Path, folder: Path
) -> None:
    occupy(executor, gate, folder)
    queue = [executor.submit(jobs.square, number) for number in range(5)]
    queue[-1].cancel()
    gate.touch()

    assert wait(queue, SOON_S).not_done == set()
    assert set(as_completed(queue, SOON_S)) == set(queue)


@every_kind
def test_a_running_call_cannot_be_cancelled(executor: Executor, gate: Path, folder: Path) -> None:
    future = occupy(executor, gate, folder)

    assert future.running()
    assert not future.cancel()
    gate.touch()
    assert future.result(SOON_S) == "opened"


@every_kind
def test_a_call_that_is_done_cannot_be_cancelled(executor: Executor) -> None:
    future = executor.submit(jobs.square, 2)
    future.result(SOON_S)

    assert not future.cancel()
    assert not future.cancelled()


# --------------------------------------------------------------------------------- done-callbacks


@every_kind
def test_a_done_callback_gets_the_finished_future_once(executor: Executor) -> None:
    called, calls = threading.Event(), list[Future[Any]]()

    def on_done(future: Future[Any]) -> None:
        calls.append(future)
        called.set()

    future = executor.submit(jobs.square, 3)
    future.add_done_callback(on_done)

    assert called.wait(SOON_S)
    assert executor.submit(jobs.square, 4).result(SOON_S) == 16
    assert calls == [future]
    assert future.result(timeout=0) == 9


@every_kind
def test_a_callback_added_to_a_done_future_is_called_at_once_by_its_adder(
    executor: Executor,
) -> None:
    future = executor.submit(jobs.square, 3)
    future.result(SOON_S)
    callers: list[int] = []

    future.add_done_callback(lambda _: callers.append(threading.get_ident()))

    assert callers == [threading.get_ident()]


@every_kind
def test_a_callback_of_a_cancelled_call_is_called_by_who_cancels(
    executor: Executor, gate: Path, folder: Path
) -> None:
    occupy(executor, gate, folder)
    queue = [executor.submit(jobs.square, number) for number in range(5)]
    callers: list[int] = []
    queue[-1].add_done_callback(lambda _: callers.append(threading.get_ident()))

    queue[-1].cancel()

    assert callers == [threading.get_ident()]


@every_kind
@pytest.mark.logs_error("exception calling callback")
def test_a_callback_that_raises_does_not_hurt_the_next_call(executor: Executor) -> None:
    executor.submit(jobs.square, 3).add_done_callback(lambda _: 1 // 0)

    assert executor.submit(jobs.square, 4).result(SOON_S) == 16


@every_kind
def test_a_callback_may_submit_the_next_call(executor: Executor) -> None:
    called, followers = threading.Event(), list[Future[int]]()

    def follow(future: Future[int]) -> None:
        followers.append(executor.submit(jobs.square, future.result()))
        called.set()

    executor.submit(jobs.square, 3).add_done_callback(follow)

    assert called.wait(SOON_S)
    assert followers[0].result(SOON_S) == 81


# ------------------------------------------------------------------------------------ shutting down


@every_kind
def test_shutdown_waits_for_what_was_submitted(executor: Executor) -> None:
    futures = [executor.submit(jobs.square, number) for number in range(5)]

    executor.shutdown(wait=True)

    assert all(future.done() for future in futures)


@every_kind
def test_shutdown_need_not_wait(executor: Executor, gate: Path, folder: Path) -> None:
    future = occupy(executor, gate, folder)
    later = executor.submit(jobs.square, 3)

    executor.shutdown(wait=False)

    assert not future.done()
    gate.touch()
    assert later.result(SOON_S) == 9


@every_kind
def test_shutdown_can_drop_what_has_not_started(
    executor: Executor, gate: Path, folder: Path
) -> None:
    running = occupy(executor, gate, folder)
    queue = [executor.submit(jobs.square, number) for number in range(5)]

    executor.shutdown(wait=False, cancel_futures=True)

    assert not running.done()
    gate.touch()
    assert running.result(SOON_S) == "opened"
    eventually(lambda: all(future.done() for future in queue), "the rest is dropped or done")
    assert queue[-1].cancelled()


@every_kind
def test_nothing_can_be_submitted_after_shutdown(executor: Executor) -> None:
    executor.shutdown()

    with pytest.raises(RuntimeError, match="after shutdown"):
        executor.submit(jobs.square, 2)


@every_kind
def test_shutdown_may_be_called_twice(executor: Executor) -> None:
    executor.submit(jobs.square, 2)

    executor.shutdown()
    executor.shutdown()


@every_kind
def test_leaving_the_context_shuts_down(kind: Kind) -> None:
    with kind.make() as executor:
        future = executor.submit(jobs.square, 2)

    assert future.done()
    with pytest.raises(RuntimeError):
        executor.submit(jobs.square, 2)


FORGETFUL = """
from tests.core import jobs
from tests.core.test_executor_contract import KINDS

if __name__ == "__main__":
    executor = next(kind for kind in KINDS if kind.name == {name!r}).make()
    print(executor.submit(jobs.square, 3).result())
"""


@every_kind
def test_a_program_that_forgets_to_shut_down_still_ends(kind: Kind, tmp_path: Path) -> None:
    script = tmp_path / "forgetful.py"
    script.write_text(FORGETFUL.format(name=kind.name))

    ended = subprocess.run(
        [sys.executable, script],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=SOON_S,
        check=False,
    )

    assert (ended.returncode, ended.stdout) == (0, "9\n")
    assert "Traceback" not in ended.stderr
