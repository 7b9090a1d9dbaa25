"""Carry many finished futures to a slot, one way of all, and tell how it went.

    python -m benchmarks.children.carry WAY WORKERS COUNT BUSY_US CAP_S CLICKS

Prints items per second, the worst gap of the event loop, and with CLICKS not 0 how late clicks on
a button came to their handler, in ms: clicks made by xdotool before and during the flood, each
stamped by the X server.
"""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from time import perf_counter
from typing import Any

from PySide6.QtCore import QCoreApplication, QTimer
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QPushButton

from benchmarks.children import carriers
from benchmarks.children.answer import answer
from benchmarks.children.window import Beats, rest

CALM_S = 0.3
CLICKS_BEFORE_S = 1.5
GRACE_S = 0.4
CLICK_EVERY_MS = 60
_MILLISECONDS = 2**32  # X stamps wrap there


class Sink:
    """The slot: counts, busy for a while with each item, and knows when the last has come."""

    def __init__(self, count: int, busy_s: float) -> None:
        self.delivered = 0
        self.over = threading.Event()
        self.ended = 0.0
        self._count = count
        self._busy_s = busy_s
        self.take = self._take_busy if busy_s else self._take

    def _take(self, _item: object) -> None:
        self.delivered += 1
        if self.delivered == self._count:
            self.end()

    def _take_busy(self, item: object) -> None:
        until = perf_counter() + self._busy_s
        while perf_counter() < until:
            pass
        self._take(item)

    def end(self) -> None:
        """Note the time, once."""
        if not self.over.is_set():
            self.ended = perf_counter()
            self.over.set()


class Target(QPushButton):
    """A button that keeps, for each click, when it was made and how late its handler ran, in ms."""

    def __init__(self) -> None:
        super().__init__("Click")
        self.late: list[tuple[float, float]] = []
        self._stamp = 0
        self.clicked.connect(self._on_clicked)
        self.resize(400, 300)
        self.show()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._stamp = event.timestamp()
        super().mouseReleaseEvent(event)

    def _on_clicked(self) -> None:
        now = time.monotonic()
        late_ms = (now * 1000 - self._stamp) % _MILLISECONDS
        self.late.append((perf_counter() - late_ms / 1000, late_ms))

    def click_on(self) -> subprocess.Popen[bytes]:
        """Have it clicked until the process that does it is ended."""
        centre = self.mapToGlobal(self.rect().center())
        where = [str(centre.x()), str(centre.y())]
        every = ["--repeat", "100000", "--delay", str(CLICK_EVERY_MS)]
        return subprocess.Popen(["xdotool", "mousemove", *where, "click", *every, "1"])


def produce(futures: list[Future[Any]], count: int, workers: int) -> carriers.Go:
    """Fill `futures` with undone ones; return what lets one thread, or a pool, finish them."""
    gate = threading.Event()
    if workers == 1:
        futures += [Future() for _ in range(count)]
        threading.Thread(target=_finish, args=(gate, futures), daemon=True).start()
    else:
        pool = ThreadPoolExecutor(workers)
        for _ in range(workers):
            pool.submit(gate.wait)
        futures += [pool.submit(_nothing) for _ in range(count)]
    return gate.set


def _finish(gate: threading.Event, futures: list[Future[Any]]) -> None:
    gate.wait()
    for future in futures:
        future.set_result(None)


def _nothing() -> None:
    pass


class Flood:
    """One measurement, from the calm before to the answer."""

    def __init__(self, way: str, workers: int, count: int, busy_us: int, cap_s: float) -> None:
        self._app = QApplication(sys.argv[:1])
        self._clicker: subprocess.Popen[bytes] | None = None
        self._button = Target()
        self._beats = Beats()
        self._sink = Sink(count, busy_us / 1e6)
        self._cap_s = cap_s
        self._began = perf_counter()
        self._run: Callable[[], object] = QCoreApplication.exec
        if way in carriers.FUTURES:
            self._carrier = carriers.FUTURES[way](self._sink.take)
            self._run = self._carrier.run
            # Kept to the end: freeing so many is a pause of its own, wherever it comes.
            self._futures: list[Future[Any]] = []
            self._go = produce(self._futures, count, workers)
            for future in self._futures:
                self._carrier.watch(future)
        else:
            self._go = carriers.OWN_WORKERS[way](self._sink.take, count, workers)
        # What waits here is the benchmark's own; a collector that walks it all would measure that.
        gc.collect()
        gc.freeze()

    def run(self, clicks: bool) -> None:
        """Be calm, let go, and report from another thread, since this one may never come back."""
        rest(CALM_S)
        if clicks:
            self._clicker = self._button.click_on()
            rest(CLICKS_BEFORE_S)
        threading.Thread(target=self._report, daemon=True).start()
        QTimer.singleShot(0, self._open)
        self._run()

    def _open(self) -> None:
        self._began = perf_counter()
        self._go()

    def _report(self) -> None:
        self._sink.over.wait(self._cap_s)
        delivered = self._sink.delivered
        self._sink.end()
        time.sleep(GRACE_S)
        took = self._sink.ended - self._began
        late = tuple(self._button.late)
        answer(
            rate=delivered / took,
            delivered=delivered,
            gap_ms=max(self._beats.gaps(self._began, self._sink.ended)) * 1000,
            calm_ms=[ms for at, ms in late if at < self._began],
            flood_ms=[ms for at, ms in late if self._began <= at < self._sink.ended],
        )
        if self._clicker is not None:
            self._clicker.kill()
        os._exit(0)


def main() -> None:
    """Measure one way of carrying; say so where its package is missing."""
    way, workers, count, busy_us, cap_s, clicks = sys.argv[1:]
    try:
        flood = Flood(way, int(workers), int(count), int(busy_us), float(cap_s))
    except ImportError as error:
        answer(**{"not measured": f"{way} is not installed ({error})"})
        return
    flood.run(clicks != "0")


if __name__ == "__main__":
    main()
