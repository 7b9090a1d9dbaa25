"""LabExecutor: what a lab process adds to the contract of an executor."""

from __future__ import annotations

import functools
import os
import threading
from concurrent.futures import Future, wait
from pathlib import Path
from typing import Any

import pytest

from core.engines.lab_client import LabExecutor
from core.errors import LabCrashed, RemoteError
from core.lab.protocol import MAX_FRAME
from tests.core import jobs
from tests.core.conftest import MakeLab
from tests.core.watching import ROOT, SOON_S, eventually, failure, gone, pid_of, signs, works
from tests.signals import KILL

# ------------------------------------------------------------------------------- the life of a lab


def test_no_process_starts_before_the_first_call(lab: LabExecutor) -> None:
    assert lab.pid is None


def test_the_process_is_another_one_and_is_named(lab: LabExecutor) -> None:
    assert pid_of(lab) == lab.pid != os.getpid()


def test_clean_jobs_share_a_process(lab: LabExecutor) -> None:
    assert pid_of(lab) == pid_of(lab)


def test_what_is_submitted_after_renewing_has_a_fresh_process(lab: LabExecutor) -> None:
    first = lab.submit(jobs.number_of_process)
    same = lab.submit(jobs.number_of_process)
    lab.renew()
    fresh = lab.submit(jobs.number_of_process)
    still = lab.submit(jobs.number_of_process)

    assert first.result(SOON_S) == same.result(SOON_S)
    assert fresh.result(SOON_S) == still.result(SOON_S) != first.result(SOON_S)
    gone(first.result())


def test_a_job_that_fails_cleanly_keeps_the_process(lab: LabExecutor) -> None:
    first = pid_of(lab)
    failure(lab.submit(jobs.fail, "it went wrong"), RemoteError)

    assert pid_of(lab) == first


def test_a_job_that_leaves_a_thread_costs_the_process(lab: LabExecutor) -> None:
    first = pid_of(lab)
    assert lab.submit(jobs.leave_thread, daemon=True).result(SOON_S) == "left"

    assert pid_of(lab) != first


def test_a_job_that_leaves_a_thread_that_python_waits_for_still_ends(lab: LabExecutor) -> None:
    future = lab.submit(jobs.leave_thread, daemon=False)

    assert future.result(jobs.LEFT_OVER_S / 2) == "left"
    assert works(lab)


def test_a_job_that_fails_and_leaves_a_thread_costs_the_process(lab: LabExecutor) -> None:
    first = pid_of(lab)
    failure(lab.submit(jobs.fail_and_leave_thread), RemoteError)

    assert pid_of(lab) != first


def test_a_job_that_leaves_a_child_costs_the_process_and_the_child(lab: LabExecutor) -> None:
    first = pid_of(lab)
    lab.submit(jobs.leave_child).result(SOON_S)

    assert pid_of(lab) != first
    gone(first)


def test_shutdown_ends_the_process(lab: LabExecutor) -> None:
    pid = pid_of(lab)

    lab.shutdown()

    assert lab.pid is None
    gone(pid)


def test_after_a_dropping_shutdown_those_who_wait_for_the_dropped_wake(
    lab: LabExecutor, folder: Path, tmp_path: Path
) -> None:
    running = lab.submit(jobs.wait_for, str(tmp_path / "gate"), str(folder))
    queue = [lab.submit(jobs.square, number) for number in range(5)]
    eventually(lambda: signs(folder), "the first job runs")
    lab.shutdown(wait=False, cancel_futures=True)
    (tmp_path / "gate").touch()

    assert wait([running, *queue], SOON_S).not_done == set()
    assert all(future.cancelled() for future in queue)


def test_cancel_pending_drops_all_but_the_running_and_tells_how_many(
    lab: LabExecutor, folder: Path, tmp_path: Path
) -> None:
    running = lab.submit(jobs.wait_for, str(tmp_path / "gate"), str(folder))
    queue = [lab.submit(jobs.square, number) for number in range(5)]
    eventually(lambda: signs(folder), "the first job runs")

    assert lab.cancel_pending() == 5
    assert all(future.cancelled() for future in queue)
    (tmp_path / "gate").touch()
    assert running.result(SOON_S) == "opened"
    assert lab.cancel_pending() == 0


# ------------------------------------------------------------------------------- what a job finds


def test_jobs_run_in_the_projects_folder(lab: LabExecutor) -> None:
    assert lab.submit(jobs.working_directory).result(SOON_S) == str(ROOT)


def test_variables_that_change_python_are_kept_out(
    lab: LabExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("PYTHONPATH", "PYTHONHASHSEED", "PYTHONMALLOC", "PYTHON_GIL"):
        monkeypatch.setenv(name, "1")
    monkeypatch.setenv("PYTHONSTARTUP", "/nowhere")

    assert lab.submit(jobs.python_variables).result(SOON_S) == []


# ------------------------------------------------------------------------------ what cannot travel


@pytest.mark.parametrize("argument", [{1, 2}, object(), b"bytes", 1j], ids=repr)
def test_arguments_that_json_cannot_carry_fail_the_call_alone(
    lab: LabExecutor, argument: object
) -> None:
    failure(lab.submit(jobs.echo, argument), TypeError)

    assert works(lab)


def test_arguments_nested_too_deep_fail_the_call_alone(lab: LabExecutor) -> None:
    future = lab.submit(jobs.echo, jobs.answer_nested(100_000))

    assert isinstance(future.exception(SOON_S), Exception)
    assert works(lab)


def test_arguments_over_the_limit_fail_the_call_alone(lab: LabExecutor) -> None:
    failure(lab.submit(jobs.echo, "x" * MAX_FRAME), ValueError)

    assert works(lab)


@pytest.mark.parametrize(
    "value", [None, True, -(10**30), 1.5, "π \u0000 \ud800", [1, [2]], {"a": {}}]
)
def test_what_json_carries_comes_back_the_same(lab: LabExecutor, value: object) -> None:
    assert lab.submit(jobs.echo, value).result(SOON_S) == value


def test_a_message_larger_than_a_pipe_comes_through_both_ways(lab: LabExecutor) -> None:
    text = "x" * 3_000_000

    assert lab.submit(jobs.echo, text).result(SOON_S) == text


@pytest.mark.parametrize(
    ("job", "argument", "type_name"),
    [
        (jobs.answer_object, (), "TypeError"),
        (jobs.answer_nested, (100_000,), "RecursionError"),
        (jobs.answer_bytes, (MAX_FRAME,), "ValueError"),
    ],
    ids=["object", "nested", "large"],
)
def test_results_that_cannot_travel_are_a_failure_of_the_job(
    lab: LabExecutor, job: Any, argument: tuple[int, ...], type_name: str
) -> None:
    assert failure(lab.submit(job, *argument), RemoteError).type_name == type_name
    assert works(lab)


def test_a_function_that_cannot_be_imported_is_a_failure_that_names_it(lab: LabExecutor) -> None:
    def local() -> None:
        """Only the test knows it."""

    error = failure(lab.submit(local), RemoteError)

    assert error.type_name == "AttributeError"
    assert "<locals>" in str(error)


def test_a_partial_function_is_refused_in_words(lab: LabExecutor) -> None:
    with pytest.raises(TypeError, match="importable"):
        lab.submit(functools.partial(jobs.add, 2), 3)


# -------------------------------------------------------------------------------------- failures


def test_a_failure_brings_its_traceback(lab: LabExecutor) -> None:
    error = failure(lab.submit(jobs.fail, "it went wrong"), RemoteError)

    assert (error.type_name, str(error)) == ("ValueError", "it went wrong")
    assert "in fail" in error.detail
    assert error.detail.rstrip().endswith("ValueError: it went wrong")


def test_an_exception_that_cannot_be_put_into_words_arrives_all_the_same(lab: LabExecutor) -> None:
    error = failure(lab.submit(jobs.fail_unspeakably), RemoteError)

    assert error.type_name == "Unspeakable"
    assert str(error)


def test_a_killed_process_is_a_crash_that_names_the_signal(lab: LabExecutor, folder: Path) -> None:
    future = lab.submit(jobs.loop, str(folder))
    eventually(lambda: signs(folder), "the job runs")
    assert lab.pid is not None
    os.kill(lab.pid, KILL)

    assert "SIGKILL" in str(failure(future, LabCrashed))
    assert works(lab)


def test_a_process_that_leaves_is_a_crash_that_names_its_exit_code(lab: LabExecutor) -> None:
    error = failure(lab.submit(jobs.exit_with, 3), LabCrashed)

    assert "exit code 3" in str(error)
    assert works(lab)


def test_a_crash_brings_the_end_of_what_was_written_to_stderr(lab: LabExecutor) -> None:
    words = "".join(f"line {number}\n" for number in range(5000)) + "last words"

    error = failure(lab.submit(jobs.exit_with, 3, words), LabCrashed)

    assert error.detail.endswith("line 4999\nlast words")
    assert len(error.detail) <= 8192


def test_a_crash_does_not_quote_an_earlier_job(lab: LabExecutor) -> None:
    failure(lab.submit(jobs.exit_with, 3, "earlier"), LabCrashed)

    assert failure(lab.submit(jobs.exit_with, 3, "later"), LabCrashed).detail == "later"


def test_a_crash_takes_the_children_along(lab: LabExecutor) -> None:
    pid = pid_of(lab)

    assert "SIGKILL" in str(
        failure(lab.submit(jobs.leave_child_then, "die_by_sigkill"), LabCrashed)
    )
    gone(pid)


def test_a_process_killed_between_jobs_is_replaced(lab: LabExecutor) -> None:
    pid = pid_of(lab)
    os.kill(pid, KILL)
    gone(pid)

    assert pid_of(lab) != pid


# ---------------------------------------------------------------------------------- while it runs


def test_events_come_in_order_with_their_future_and_before_the_result(make_lab: MakeLab) -> None:
    seen: list[tuple[Future[Any], Any, bool]] = []
    lab = make_lab(on_event=lambda future, event: seen.append((future, event, future.done())))

    future = lab.submit(jobs.count, 100)

    assert future.result(SOON_S) == "counted"
    assert seen == [(future, {"number": number}, False) for number in range(100)]


def test_an_event_is_heard_while_the_job_runs(make_lab: MakeLab, tmp_path: Path) -> None:
    heard = threading.Event()
    lab = make_lab(on_event=lambda future, event: heard.set())

    future = lab.submit(jobs.count_then_wait, str(tmp_path / "gate"))

    assert heard.wait(SOON_S)
    assert not future.done()
    (tmp_path / "gate").touch()
    assert future.result(SOON_S) == "opened"


def test_events_that_nobody_wants_are_dropped(lab: LabExecutor) -> None:
    assert lab.submit(jobs.count, 100).result(SOON_S) == "counted"


def test_an_event_that_cannot_travel_is_a_failure_of_the_job(make_lab: MakeLab) -> None:
    seen: list[Any] = []
    lab = make_lab(on_event=lambda future, event: seen.append(event))

    assert failure(lab.submit(jobs.emit_what_cannot_travel), RemoteError).type_name == "TypeError"
    assert seen == []


@pytest.mark.logs_error("a listener failed")
@pytest.mark.parametrize("mistake", [ValueError, RuntimeError, LabCrashed])
def test_a_listener_that_raises_strands_nobody_and_mixes_nothing_up(
    make_lab: MakeLab, mistake: type[Exception]
) -> None:
    def on_event(future: Future[Any], event: dict[str, Any]) -> None:
        raise mistake("the listener is broken")

    lab = make_lab(on_event=on_event)
    first, second = lab.submit(jobs.count, 3), lab.submit(jobs.square, 7)

    assert second.result(SOON_S) == 49
    assert first.done()


def test_what_a_job_prints_does_not_disturb_the_conversation(lab: LabExecutor) -> None:
    assert lab.submit(jobs.chatter).result(SOON_S) == "said"
    assert works(lab)
