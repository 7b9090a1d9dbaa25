"""The history as the window writes it: every run, as it happens, and a sentence where it cannot."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from pathlib import Path
from typing import Any

from pytestqt.qtbot import QtBot

from core.errors import HistoryError
from core.results.history.history import History
from core.results.history.listing import RunRow
from gui.bridge import FutureBridge
from gui.history import Archive, RunKeeper
from gui.lab import Lab
from gui.models.run_state import State
from gui.views.message_bar import MessageBar
from tests.core.making import done, record

SMALL = {"terms": 20_000, "workers": (1, 2), "blocks": 2, "executors": ("serial", "threads")}


def started(lab: Lab, qtbot: QtBot, **changes: Any) -> None:
    lab.open()
    qtbot.waitUntil(lambda: lab.runs is not None, timeout=30_000)
    lab._pages[0].set_values({**SMALL, **changes})
    lab._pages[0].request_run()


def is_in(lab: Lab, state: State) -> Callable[[], bool]:
    return lambda: lab.runs is not None and lab.runs.controller.state is state


def kept(folder: Path) -> tuple[RunRow, ...]:
    history = History(folder)
    try:
        assert history.opened.result().place == "file"
        return history.page().result().rows
    finally:
        history.shutdown()


def test_a_run_of_the_window_is_kept_with_what_it_found(
    lab: Lab, qtbot: QtBot, folder: Path
) -> None:
    started(lab, qtbot)
    qtbot.waitUntil(is_in(lab, State.FINISHED), timeout=60_000)
    lab.close()
    (row,) = kept(folder)
    assert (row.status, row.done, row.planned) == ("finished", 6, 6)
    assert "2 threads" in row.said


def test_a_window_that_is_closed_in_the_middle_keeps_what_there_is(
    lab: Lab, qtbot: QtBot, folder: Path
) -> None:
    started(lab, qtbot, terms=3_000_000, blocks=20)
    qtbot.waitUntil(
        lambda: (
            lab.runs is not None
            and lab.runs.controller.run is not None
            and len(lab.runs.controller.run.trials) > 2
        ),
        timeout=60_000,
    )
    assert lab.runs is not None
    assert lab.runs.controller.run is not None
    trials = len(lab.runs.controller.run.trials)
    lab.window.close()
    (row,) = kept(folder)
    assert row.status == "interrupted"
    assert row.done >= trials
    assert row.said


def test_a_run_that_nobody_confirmed_is_not_kept(lab: Lab, qtbot: QtBot, folder: Path) -> None:
    started(lab, qtbot, terms=10**11)
    qtbot.waitUntil(is_in(lab, State.CONFIRMING), timeout=60_000)
    assert lab.runs is not None
    lab.runs.controller.stop()
    qtbot.waitUntil(is_in(lab, State.STOPPED), timeout=60_000)
    assert lab._pages[0].in_sight[0] is None
    lab.close()
    assert kept(folder) == ()


def test_where_no_history_can_be_written_that_is_said_and_the_run_goes_on(
    lab: Lab, qtbot: QtBot, folder: Path
) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.write_text("a file where the folder should be")
    started(lab, qtbot)
    qtbot.waitUntil(is_in(lab, State.FINISHED), timeout=60_000)
    bar = lab.window.findChild(MessageBar, "history-bar")
    assert bar is not None
    said = bar._sentence.text()
    assert "cannot be written" in said
    assert "save it as a file" in said
    assert bar.isVisible()


class Told:
    """An archive whose history answers as the test wants, and all that it told."""

    def __init__(self) -> None:
        self.history = FakeHistory()
        stands_in: Any = self.history
        self.archive = Archive(FutureBridge(), lambda say: stands_in)
        self.problems: list[str] = []
        self.mended: list[bool] = []
        self.archive.problem_found.connect(self.problems.append)
        self.archive.mended.connect(lambda: self.mended.append(True))


class FakeHistory:
    """Saves are futures that the test settles."""

    def __init__(self) -> None:
        self.opened: Future[Any] = Future()
        self.resumed: Future[Any] = Future()
        self.saved: list[tuple[int, Future[int]]] = []

    def begin(self) -> FakeHistory:
        return self

    def resume(self, run: int, record: Any) -> Future[Any]:
        return self.resumed

    def save(self, record: Any) -> Future[int]:
        self.saved.append((len(record.trials), Future()))
        return self.saved[-1][1]


TRIALS = [done("serial", 1, number, 1.0) for number in range(1, 5)]


def test_what_cannot_be_written_is_said_once_and_again_that_it_was_mended(qtbot: QtBot) -> None:
    told = Told()
    keeper = RunKeeper(told.archive, record(()))
    for count in (1, 2, 3):
        keeper.save(record(TRIALS[:count]))
    full = HistoryError("The disk is full.")
    futures = [future for _, future in told.history.saved]
    for future in futures[:3]:
        future.set_exception(full)
    futures[3].set_result(7)
    qtbot.waitUntil(lambda: bool(told.mended))
    assert told.problems == ["The disk is full."]
    assert told.mended == [True]
    assert keeper.run == 7


def test_what_was_not_written_at_the_end_of_a_run_is_tried_again(qtbot: QtBot) -> None:
    told = Told()
    keeper = RunKeeper(told.archive, record(()), patience_ms=1)
    keeper.save(record(TRIALS))
    saved = told.history.saved
    for _ in range(2):
        count = len(saved)
        for _, future in saved:
            if not future.done():
                future.set_exception(HistoryError("The disk is full."))
        qtbot.waitUntil(partial(_is_longer_than, count, saved))
    assert [count for count, _ in told.history.saved] == [0, 4, 4, 4]
    saved[-1][1].set_result(7)
    qtbot.waitUntil(lambda: bool(told.mended))
    assert told.problems == ["The disk is full."]


def _is_longer_than(count: int, many: list[Any]) -> bool:
    return len(many) > count


def test_what_nobody_foresaw_is_a_sentence_too(qtbot: QtBot) -> None:
    told = Told()
    RunKeeper(told.archive, record(()))
    told.history.saved[0][1].set_exception(ValueError("strange"))
    qtbot.waitUntil(lambda: bool(told.problems))
    assert told.problems == ["The history could not do this: ValueError, strange."]


def test_what_comes_while_a_run_is_taken_over_is_written_once_it_is(qtbot: QtBot) -> None:
    told = Told()
    keeper = RunKeeper(told.archive, record(TRIALS[:1]), goes_on=5)
    keeper.save(record(TRIALS[:3]))
    assert told.history.saved == []
    told.history.resumed.set_result(told.history)
    qtbot.waitUntil(lambda: bool(told.history.saved))
    assert [count for count, _ in told.history.saved] == [3]
    assert keeper.run == 5


def test_a_run_that_cannot_be_taken_over_is_kept_as_a_new_one(qtbot: QtBot) -> None:
    told = Told()
    keeper = RunKeeper(told.archive, record(TRIALS[:1]), goes_on=5)
    told.history.resumed.set_exception(HistoryError("This run is still going on."))
    qtbot.waitUntil(lambda: bool(told.history.saved))
    keeper.save(record(TRIALS[:2]))
    assert [count for count, _ in told.history.saved] == [1, 2]
    assert told.problems == [
        "This run is still going on. What is measured now is kept as a new run."
    ]
