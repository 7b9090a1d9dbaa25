"""Jobs that ask their owner, and jobs that get only so much time."""

from __future__ import annotations

import queue
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest

from core.engines.lab_client import LabExecutor
from core.errors import LabStopped, LabTimeout, RemoteError
from tests.core import jobs
from tests.core.conftest import MakeLab
from tests.core.watching import SOON_S, eventually, failure, gone, pid_of, signs, works

Heard = queue.SimpleQueue[tuple["Future[Any]", dict[str, Any]]]


@pytest.fixture
def heard() -> Heard:
    """The events that the lab has told, as they come."""
    return queue.SimpleQueue()


@pytest.fixture
def lab(make_lab: MakeLab, heard: Heard) -> LabExecutor:
    """A lab executor whose events can be heard."""
    return make_lab(on_event=lambda future, event: heard.put((future, event)))


# -------------------------------------------------------------------------------------- questions


def test_a_job_that_asks_goes_on_with_the_answers(lab: LabExecutor, heard: Heard) -> None:
    future = lab.submit(jobs.ask_for_names, 2)

    for number, name in enumerate(["Ada", "Grace π"]):
        assert heard.get(timeout=SOON_S) == (future, {"kind": "asks", "prompt": f"name {number}?"})
        assert not future.done()
        assert lab.answer(name)

    assert future.result(SOON_S) == ["Ada", "Grace π"]
    assert works(lab)


def test_a_question_is_answered_once(lab: LabExecutor, heard: Heard) -> None:
    future = lab.submit(jobs.ask_for_names, 1)
    heard.get(timeout=SOON_S)

    assert lab.answer("Ada")
    assert not lab.answer("Grace")
    assert future.result(SOON_S) == ["Ada"]


def test_nobody_answers_is_the_end_of_the_input(lab: LabExecutor, heard: Heard) -> None:
    future = lab.submit(jobs.ask_for_names, 1)
    heard.get(timeout=SOON_S)

    assert lab.answer(None)
    assert failure(future, RemoteError).type_name == "EOFError"
    assert works(lab)


def test_an_answer_that_nobody_asked_for_is_dropped(lab: LabExecutor, heard: Heard) -> None:
    assert not lab.answer("too early")
    future = lab.submit(jobs.ask_for_names, 1)
    heard.get(timeout=SOON_S)
    lab.answer("Ada")
    assert future.result(SOON_S) == ["Ada"]

    assert not lab.answer("too late")
    assert works(lab)


def test_a_job_that_waits_for_an_answer_can_be_stopped(lab: LabExecutor, heard: Heard) -> None:
    future = lab.submit(jobs.ask_for_names, 1)
    heard.get(timeout=SOON_S)

    lab.kill()

    failure(future, LabStopped)
    assert not lab.answer("too late")
    assert works(lab)


def test_a_question_about_a_process_is_taken_back_at_its_end(
    lab: LabExecutor, heard: Heard
) -> None:
    future = lab.submit(jobs.ask_about_a_process, ends=True)
    heard.get(timeout=SOON_S)

    assert failure(future, RemoteError).type_name == "EOFError"
    assert not lab.answer("too late")
    assert works(lab)


def test_a_question_about_a_process_that_lives_is_answered(lab: LabExecutor, heard: Heard) -> None:
    future = lab.submit(jobs.ask_about_a_process, ends=False)
    heard.get(timeout=SOON_S)

    assert lab.answer("first")
    heard.get(timeout=SOON_S)
    assert lab.answer("second")
    assert future.result(SOON_S) == ["first", "second"]
    assert works(lab)


# ------------------------------------------------------------------------------------------ limits


def test_a_job_that_takes_too_long_is_stopped_and_says_so(lab: LabExecutor, folder: Path) -> None:
    pid = pid_of(lab)

    future = lab.submit_within(0.3, jobs.loop, str(folder))

    assert "0.3 s" in str(failure(future, LabTimeout))
    gone(pid)
    assert works(lab)


def test_a_job_that_is_in_time_is_left_alone(lab: LabExecutor) -> None:
    assert lab.submit_within(SOON_S, jobs.square, 3).result(SOON_S) == 9


def test_a_job_that_fails_in_time_fails_as_ever(lab: LabExecutor) -> None:
    future = lab.submit_within(SOON_S, jobs.fail, "it went wrong")

    assert failure(future, RemoteError).type_name == "ValueError"


def test_a_job_with_a_limit_that_is_stopped_is_stopped(lab: LabExecutor, folder: Path) -> None:
    future = lab.submit_within(SOON_S, jobs.loop, str(folder))
    eventually(lambda: signs(folder), "the job runs")

    lab.kill()

    failure(future, LabStopped)
