"""The bridge: everything arrives, in order, in the GUI thread, and nothing strands anybody."""

import sys
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from time import perf_counter
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QThread, QTimer
from pytestqt.qtbot import QtBot

from gui.bridge import FutureBridge


@pytest.fixture
def bridge(qtbot: QtBot) -> Iterator[FutureBridge]:
    made = FutureBridge()
    yield made
    made.close()


def test_a_finished_future_arrives_in_the_gui_thread(bridge: FutureBridge, qtbot: QtBot) -> None:
    seen: list[Any] = []
    gui_thread = QThread.currentThread()

    def handler(batch: list[Any]) -> None:
        assert QThread.currentThread() == gui_thread
        seen.extend(batch)

    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(pow, 2, 3)
        bridge.watch(future, handler)
        qtbot.waitUntil(lambda: bool(seen))
    assert seen == [future]
    assert future.result() == 8


def test_a_future_that_is_already_done_arrives_later_not_within_watch(
    bridge: FutureBridge, qtbot: QtBot
) -> None:
    future: Future[int] = Future()
    future.set_result(1)
    seen: list[Any] = []
    bridge.watch(future, seen.extend)
    assert not seen
    qtbot.waitUntil(lambda: bool(seen))


def test_cancelled_and_failed_futures_arrive_too(bridge: FutureBridge, qtbot: QtBot) -> None:
    cancelled: Future[int] = Future()
    failed: Future[int] = Future()
    seen: list[Any] = []
    for future in (cancelled, failed):
        bridge.watch(future, seen.extend)
    cancelled.cancel()
    failed.set_exception(ValueError("no"))
    qtbot.waitUntil(lambda: len(seen) == 2)
    assert isinstance(seen[1].exception(), ValueError)


@pytest.mark.parametrize("as_futures", [False, True])
def test_a_flood_from_several_threads_arrives_whole_and_each_thread_in_order(
    bridge: FutureBridge, qtbot: QtBot, as_futures: bool
) -> None:
    seen: list[tuple[int, int]] = []
    mixed_up: list[tuple[int, int]] = []

    def take(remainder: int, batch: list[Any]) -> None:
        items = [one.result() for one in batch] if as_futures else batch
        seen.extend(items)
        mixed_up.extend(one for one in items if one[1] % 3 != remainder)

    handlers = [partial(take, remainder) for remainder in range(3)]
    futures: list[list[Future[Any]]] = [[Future() for _ in range(5000)] for _ in range(4)]
    for number in range(5000 if as_futures else 0):
        for who in range(4):
            bridge.watch(futures[who][number], handlers[number % 3])

    def flood(who: int) -> None:
        for number in range(5000):
            if as_futures:
                futures[who][number].set_result((who, number))
            else:
                bridge.post(handlers[number % 3], (who, number))

    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    threads = [threading.Thread(target=flood, args=(who,)) for who in range(4)]
    try:
        for thread in threads:
            thread.start()
        qtbot.waitUntil(lambda: len(seen) == 20_000, timeout=30_000)
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(usual)
    assert not mixed_up
    for who in range(4):
        assert [n for one, n in seen if one == who] == list(range(5000))


def test_a_slow_handler_leaves_the_event_loop_its_turns(bridge: FutureBridge, qtbot: QtBot) -> None:
    turns: list[int] = []
    seen: list[int] = []

    def slow(batch: list[int]) -> None:
        for item in batch:
            end = perf_counter() + 0.0005
            while perf_counter() < end:
                pass
            seen.append(item)

    ticker = QTimer()
    ticker.timeout.connect(lambda: turns.append(len(seen)))
    ticker.start(0)
    for number in range(400):
        bridge.post(slow, number)
    qtbot.waitUntil(lambda: len(seen) == 400, timeout=20_000)
    ticker.stop()
    assert seen == list(range(400))
    in_between = {count for count in turns if 0 < count < 400}
    assert len(in_between) >= 5


@pytest.mark.logs_error("a handler failed")
def test_a_handler_that_raises_strands_nobody(bridge: FutureBridge, qtbot: QtBot) -> None:
    seen: list[int] = []

    def bad(batch: list[int]) -> None:
        raise RuntimeError("mine alone")

    bridge.post(seen.extend, 1)
    bridge.post(bad, 2)
    bridge.post(seen.extend, 3)
    qtbot.waitUntil(lambda: seen == [1, 3])
    bridge.post(seen.extend, 4)
    qtbot.waitUntil(lambda: seen == [1, 3, 4])


def test_what_a_handler_posts_arrives_as_well(bridge: FutureBridge, qtbot: QtBot) -> None:
    seen: list[int] = []

    def echo(batch: list[int]) -> None:
        seen.extend(batch)
        if batch[-1] < 5:
            bridge.post(echo, batch[-1] + 1)

    bridge.post(echo, 0)
    qtbot.waitUntil(lambda: seen == [0, 1, 2, 3, 4, 5])


def test_after_close_nothing_is_delivered(bridge: FutureBridge, qtbot: QtBot) -> None:
    seen: list[int] = []
    bridge.post(seen.extend, 1)
    bridge.close()
    bridge.post(seen.extend, 2)
    with qtbot.waitSignal(bridge.destroyed, timeout=1000):
        bridge.deleteLater()
    assert not seen


def test_posts_that_race_with_the_end_of_a_drain_are_not_lost(
    bridge: FutureBridge, qtbot: QtBot
) -> None:
    seen: list[int] = []
    go = threading.Event()

    def ping_pong() -> None:
        for number in range(300):
            go.wait()
            go.clear()
            bridge.post(handler, number)

    def handler(batch: list[int]) -> None:
        seen.extend(batch)
        go.set()

    thread = threading.Thread(target=ping_pong)
    thread.start()
    go.set()
    qtbot.waitUntil(lambda: len(seen) == 300, timeout=20_000)
    thread.join()


def test_a_handler_that_closes_the_bridge_is_the_last_and_no_timer_goes_on(
    bridge: FutureBridge, qtbot: QtBot
) -> None:
    seen: list[int] = []

    def last(batch: list[int]) -> None:
        seen.extend(batch)
        bridge.close()

    for number in range(1000):
        bridge.post(last, number)
    qtbot.waitUntil(lambda: bool(seen))
    delivered = len(seen)
    assert delivered < 1000
    with qtbot.waitSignal(bridge.destroyed, timeout=1000):
        bridge.deleteLater()
    assert len(seen) == delivered


def test_a_bridge_that_is_closed_while_it_goes_on_stops_its_timer(qtbot: QtBot) -> None:
    bridge = FutureBridge(budget_s=1e-9)
    seen: list[int] = []
    for number in range(2000):
        bridge.post(seen.extend, number)
    qtbot.waitUntil(bridge._again.isActive)
    bridge.close()
    assert not bridge._again.isActive()


def test_other_threads_let_go_of_the_gil_while_the_window_is_behind_and_it_never_waits_itself(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    breathed: list[int] = []
    monkeypatch.setattr("gui.bridge.sleep", lambda _: breathed.append(threading.get_ident()))
    bridge = FutureBridge(budget_s=1e-5)
    seen: list[Any] = []

    def carry_from_elsewhere(count: int) -> None:
        futures: list[Future[int]] = [Future() for _ in range(count)]
        for future in futures:
            bridge.watch(future, seen.extend)
        with ThreadPoolExecutor(1) as pool:
            for future in futures:
                pool.submit(future.set_result, 1).result()

    carry_from_elsewhere(3)
    assert not breathed, "it sleeps: the first has woken it"
    with qtbot.waitSignal(bridge._again.timeout):
        for number in range(2000):
            bridge.post(seen.extend, number)
    assert bridge._again.isActive()
    bridge.post(seen.extend, 2000)
    assert not breathed
    carry_from_elsewhere(3)
    assert len(breathed) == 3
    assert threading.get_ident() not in breathed
    qtbot.waitUntil(lambda: len(seen) == 2007 and not bridge._again.isActive())
    carry_from_elsewhere(3)
    assert len(breathed) == 3
    bridge.close()


def test_several_threads_let_the_window_come_when_it_is_late_and_one_alone_goes_on(
    bridge: FutureBridge, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    breathed: list[float] = []
    monkeypatch.setattr("gui.bridge.sleep", breathed.append)
    seen: list[Any] = []

    def carry(*pools: ThreadPoolExecutor) -> None:
        """Finish many futures, the pools in turns, while the window is kept from coming."""
        futures: list[Future[int]] = [Future() for _ in range(10 * 512)]
        for future in futures:
            bridge.watch(future, seen.extend)
        for part in range(10):
            for future in futures[part * 512 : (part + 1) * 512]:
                pools[part % len(pools)].submit(future.set_result, 1).result()

    with ThreadPoolExecutor(1) as one, ThreadPoolExecutor(1) as other:
        carry(one)
        assert len(breathed) == 1, "it gives its turn away once"
        qtbot.waitUntil(lambda: len(seen) == 10 * 512)
        carry(one, other)
        assert len(breathed) > 512, "from the fourth change on, the window counts as late"
    qtbot.waitUntil(lambda: len(seen) == 20 * 512)


def test_a_thread_that_finds_the_window_late_just_when_it_has_fallen_asleep_strands_nobody(
    bridge: FutureBridge, qtbot: QtBot
) -> None:
    seen: list[int] = []
    bridge.post(seen.extend, 1)
    qtbot.waitUntil(lambda: seen == [1])
    with ThreadPoolExecutor(1) as pool:
        pool.submit(bridge._inbox._call_for_help).result()
        pool.submit(bridge.post, seen.extend, 2).result()
    qtbot.waitUntil(lambda: seen == [1, 2])
    bridge.post(seen.extend, 3)
    qtbot.waitUntil(lambda: seen == [1, 2, 3])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(st.lists(st.tuples(st.integers(0, 2), st.integers(1, 40)), max_size=12), st.booleans())
def test_runs_of_several_handlers_arrive_in_the_order_in_which_they_were_posted(
    qtbot: QtBot, runs: list[tuple[int, int]], is_slow: bool
) -> None:
    bridge = FutureBridge(budget_s=2e-5 if is_slow else 0.004)
    seen: list[tuple[int, int]] = []
    handlers = [
        lambda batch, who=who: seen.extend((who, number) for number in batch) for who in range(3)
    ]
    posted = [who for who, length in runs for _ in range(length)]
    for number, who in enumerate(posted):
        bridge.post(handlers[who], number)
    qtbot.waitUntil(lambda: len(seen) == len(posted))
    assert seen == [(who, number) for number, who in enumerate(posted)]
    qtbot.waitUntil(lambda: bridge._inbox.attend and not bridge._again.isActive())
    bridge.close()
