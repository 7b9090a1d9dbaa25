"""The window's thread as an executor: one job at a time, stopped, late, failed, or nested."""

from concurrent.futures import CancelledError, Future
from functools import partial
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QObject
from pytestqt.qtbot import QtBot

from core.errors import LabStopped, LabTimeout
from gui.bridge import FutureBridge
from gui.window_executor import TakesTurn, Turn, WindowExecutor


class Bench:
    """An executor, what its jobs told, and the turns that they were given."""

    def __init__(self, parent: QObject) -> None:
        self.events: list[tuple[Future[Any], dict[str, Any]]] = []
        self.turns: list[Turn] = []
        self.executor = WindowExecutor(
            FutureBridge(parent), lambda future, event: self.events.append((future, event)), parent
        )

    def begin(self, turn: Turn, *told: str) -> None:
        self.turns.append(turn)
        for kind in told:
            turn.emit({"kind": kind})


@pytest.fixture
def bench(qtbot: QtBot) -> Bench:
    app = QCoreApplication.instance()
    assert app is not None
    return Bench(QObject(app))


def waits(bench: Bench) -> Any:
    """Make a job that goes on until the test ends its turn."""
    return TakesTurn(partial(bench.begin))


def test_a_plain_call_ends_when_it_returns(bench: Bench, qtbot: QtBot) -> None:
    future = bench.executor.submit(divmod, 7, 2)
    assert not future.done()
    qtbot.waitUntil(future.done)
    assert future.result() == (3, 1)


def test_a_call_that_raises_fails_and_the_next_one_runs(bench: Bench, qtbot: QtBot) -> None:
    bad, good = bench.executor.submit(divmod, 7, 0), bench.executor.submit(divmod, 7, 7)
    qtbot.waitUntil(good.done)
    assert isinstance(bad.exception(), ZeroDivisionError)


def test_a_job_goes_on_until_it_ends_its_turn_and_only_then_the_next_begins(
    bench: Bench, qtbot: QtBot
) -> None:
    first = bench.executor.submit(waits(bench), "row")
    second = bench.executor.submit(waits(bench))
    qtbot.waitUntil(lambda: len(bench.turns) == 1)
    QCoreApplication.processEvents()
    assert first.running()
    assert not second.running()
    bench.turns[0].finish(1)
    bench.turns[0].finish(2)
    bench.turns[0].emit({"kind": "too late"})
    qtbot.waitUntil(lambda: len(bench.turns) == 2)
    bench.turns[1].finish(3)
    assert (first.result(), second.result()) == (1, 3)
    assert bench.events == [(first, {"kind": "row"})]


def test_stop_drops_what_waits_and_ends_what_runs(bench: Bench, qtbot: QtBot) -> None:
    left: list[str] = []
    first = bench.executor.submit(waits(bench))
    second = bench.executor.submit(waits(bench))
    qtbot.waitUntil(lambda: len(bench.turns) == 1)
    bench.turns[0].at_the_end(lambda: left.append("tidied up"))
    assert bench.executor.cancel_pending() == 1
    assert bench.executor.cancel_pending() == 0
    bench.executor.kill()
    assert left == ["tidied up"]
    assert isinstance(first.exception(), LabStopped)
    with pytest.raises(CancelledError):
        second.result()
    third = bench.executor.submit(divmod, 1, 1)
    qtbot.waitUntil(third.done)
    assert len(bench.turns) == 1


def test_a_job_that_takes_too_long_is_ended(bench: Bench, qtbot: QtBot) -> None:
    late = bench.executor.submit_within(0.01, waits(bench))
    qtbot.waitUntil(late.done)
    assert isinstance(late.exception(), LabTimeout)
    assert "0.01 s" in str(late.exception())


def test_a_limit_does_not_reach_the_next_job(bench: Bench, qtbot: QtBot) -> None:
    quick = bench.executor.submit_within(60, waits(bench))
    qtbot.waitUntil(lambda: len(bench.turns) == 1)
    assert bench.executor._limit.isActive()
    bench.turns[0].finish(None)
    assert quick.done()
    assert not bench.executor._limit.isActive()


def test_a_job_that_lets_events_be_handled_lets_no_other_job_in(bench: Bench, qtbot: QtBot) -> None:
    order: list[str] = []

    def nested() -> None:
        order.append("in")
        bench.executor.submit(order.append, "second")
        for _ in range(20):
            QCoreApplication.processEvents()
        order.append("out")

    bench.executor.submit(nested)
    qtbot.waitUntil(lambda: len(order) == 3)
    assert order == ["in", "out", "second"]


def test_a_job_that_was_stopped_but_is_still_inside_lets_no_other_job_in(
    bench: Bench, qtbot: QtBot
) -> None:
    order: list[str] = []

    def nested() -> None:
        bench.executor.kill()
        bench.executor.submit(order.append, "second")
        for _ in range(20):
            QCoreApplication.processEvents()
        order.append("out")

    stopped = bench.executor.submit(nested)
    qtbot.waitUntil(lambda: len(order) == 2)
    assert order == ["out", "second"]
    assert isinstance(stopped.exception(), LabStopped)


@pytest.mark.logs_error("what should follow the end of a job failed")
def test_tidying_up_goes_on_after_a_failure(bench: Bench, qtbot: QtBot) -> None:
    left: list[str] = []
    job = bench.executor.submit(waits(bench))
    qtbot.waitUntil(lambda: len(bench.turns) == 1)
    bench.turns[0].at_the_end([].pop)
    bench.turns[0].at_the_end(lambda: left.append("tidied up"))
    bench.turns[0].finish(None)
    assert job.done()
    assert left == ["tidied up"]


def test_after_shutdown_nothing_is_taken_and_nothing_runs(bench: Bench, qtbot: QtBot) -> None:
    running = bench.executor.submit(waits(bench))
    qtbot.waitUntil(lambda: len(bench.turns) == 1)
    waiting = bench.executor.submit(waits(bench))
    bench.executor.shutdown()
    assert isinstance(running.exception(), LabStopped)
    assert waiting.cancelled()
    assert not bench.executor.answer("yes")
    with pytest.raises(RuntimeError, match="after shutdown"):
        bench.executor.submit(divmod, 1, 1)
