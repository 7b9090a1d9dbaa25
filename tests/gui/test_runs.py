"""What is computed beside a run, and handed to whoever asked for it."""

from __future__ import annotations

from concurrent.futures import Future
from typing import Any

from pytestqt.qtbot import QtBot

from gui.runs import Runs


def test_a_job_that_fails_costs_the_others_of_its_batch_nothing(qtbot: QtBot) -> None:
    runs = Runs()
    failed: Future[Any] = Future()
    failed.set_exception(ZeroDivisionError("no time at all"))
    done: Future[Any] = Future()
    done.set_result("a result")
    taken: list[Any] = []
    said: list[str] = []
    runs.message_changed.connect(said.append)

    runs._on_computed([(taken.append, failed), (taken.append, done)])

    assert taken == ["a result"]
    assert said == ["Something could not be worked out: ZeroDivisionError: no time at all."]
    runs.shut_down()
