"""What is computed beside a run, and handed to whoever asked for it."""

from __future__ import annotations

from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from gui.runs import Runs


def no_time() -> None:
    raise ZeroDivisionError("no time at all")


def cannot_take(result: Any) -> None:
    raise LookupError(f"no place for {result}")


@pytest.mark.logs_error("a handler failed")
def test_a_job_that_fails_or_is_not_taken_is_told_and_costs_the_others_nothing(
    qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    runs = Runs()
    taken: list[Any] = []
    said: list[str] = []
    runs.told.connect(said.append)

    runs.compute(no_time, taken.append)
    runs.compute(lambda: "a result", cannot_take)
    runs.compute(lambda: "another", taken.append)

    qtbot.waitUntil(lambda: taken == ["another"])
    assert said == [
        "Something could not be worked out: ZeroDivisionError: no time at all.",
        "Something could not be worked out: LookupError: no place for a result.",
    ]
    assert [record.exc_info[0] for record in caplog.records if record.exc_info] == [
        ZeroDivisionError,
        LookupError,
    ]
    runs.shut_down()
