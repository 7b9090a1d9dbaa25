"""The ways of bringing what finishes in other threads to a slot: ours, the peers', and the limit.

A carrier of futures is a function that takes the slot and returns a `Carrier`: `watch` is called
with each future before it is done, in the GUI thread, and `run` runs the event loop. A carrier with
workers of its own takes the slot, the number of items and of workers, and returns what lets them
go. The slot is called once for each item, in the GUI thread (in a plain thread for the one limit
that has no GUI). Packages that are missing raise ImportError.
"""

from __future__ import annotations

import asyncio
import importlib.util
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path
from queue import SimpleQueue
from types import ModuleType
from typing import Any, NamedTuple

from PySide6.QtCore import QCoreApplication, QObject, QRunnable, Qt, QThreadPool, QTimer, Signal

from gui.bridge import FutureBridge

AnyFuture = Future[Any]
Slot = Callable[[object], None]
Go = Callable[[], object]


class Carrier(NamedTuple):
    """How futures are watched, and the event loop that carries them."""

    watch: Callable[[AnyFuture], object]
    run: Callable[[], object] = QCoreApplication.exec


def bridge(slot: Slot) -> Carrier:
    """Carry over the lab's own FutureBridge."""
    carrier = FutureBridge(QCoreApplication.instance())

    def take(arrived: list[Any]) -> None:
        for future in arrived:
            slot(future)

    return Carrier(lambda future: carrier.watch(future, take))


class _Sender(QObject):
    done = Signal(object)


class _Receiver(QObject):
    """A QObject of the GUI thread, so that what is emitted elsewhere is queued to it."""

    def __init__(self, slot: Slot) -> None:
        super().__init__(QCoreApplication.instance())
        self._slot = slot

    def take(self, item: object) -> None:
        self._slot(item)


def _queued(slot: Slot) -> _Sender:
    sender = _Sender(QCoreApplication.instance())
    sender.done.connect(_Receiver(slot).take, Qt.ConnectionType.QueuedConnection)
    return sender


def queued_signal(slot: Slot) -> Carrier:
    """Emit one queued signal for each future."""
    sender = _queued(slot)
    return Carrier(lambda future: future.add_done_callback(sender.done.emit))


def orange(slot: Slot) -> Carrier:
    """Make one of Orange's FutureWatchers for each future."""
    watcher_type = _orange_module().FutureWatcher
    kept = []

    def watch(future: AnyFuture) -> None:
        watcher = watcher_type(future)
        watcher.done.connect(slot)
        kept.append(watcher)

    return Carrier(watch)


def _orange_module() -> ModuleType:
    """Load Orange's own file over PySide6.

    It asks AnyQt for Qt, and AnyQt hands out PyQt only: so the three names that PyQt spells another
    way are given here, and nothing else of its package, which would import much more, is loaded.
    """
    package = importlib.util.find_spec("orangewidget")
    if package is None or package.origin is None:
        raise ImportError("orange-widget-base is not installed")
    import shiboken6
    from PySide6 import QtCore

    core, sip, anyqt = ModuleType("AnyQt.QtCore"), ModuleType("AnyQt.sip"), ModuleType("AnyQt")
    core.__dict__.update({name: getattr(QtCore, name) for name in dir(QtCore)})
    core.__dict__.update(pyqtSignal=QtCore.Signal, pyqtSlot=QtCore.Slot)
    sip.__dict__.update(ispyowned=shiboken6.ownedByPython)
    anyqt.__dict__.update(QtCore=core, sip=sip)
    sys.modules.update({"AnyQt": anyqt, "AnyQt.QtCore": core, "AnyQt.sip": sip})
    file = Path(package.origin).parent / "utils" / "concurrent.py"
    spec = importlib.util.spec_from_file_location("orange_concurrent", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def qasync(slot: Slot) -> Carrier:
    """Wrap each future into one of an asyncio loop that is qasync's."""
    import qasync as package

    return _over_asyncio(package.QEventLoop(QCoreApplication.instance()), slot)


def qtasyncio(slot: Slot) -> Carrier:
    """Wrap each future into one of an asyncio loop that is Qt for Python's own."""
    package = importlib.import_module("PySide6.QtAsyncio")
    return _over_asyncio(package.QAsyncioEventLoop(QCoreApplication.instance()), slot)


def _over_asyncio(loop: Any, slot: Slot) -> Carrier:
    asyncio.set_event_loop(loop)

    def watch(future: AnyFuture) -> None:
        asyncio.wrap_future(future, loop=loop).add_done_callback(slot)

    return Carrier(watch, loop.run_forever)


def queue_to_timer(slot: Slot) -> Carrier:
    """Put futures on a bare queue, and empty it whenever the event loop has nothing else to do."""
    inbox: SimpleQueue[AnyFuture] = SimpleQueue()

    def drain() -> None:
        for _ in range(inbox.qsize()):
            slot(inbox.get_nowait())

    timer = QTimer(QCoreApplication.instance())
    timer.timeout.connect(drain)
    timer.start(0)
    return Carrier(lambda future: future.add_done_callback(inbox.put))


def queue_to_thread(slot: Slot) -> Carrier:
    """Put futures on a bare queue, and take them off in a plain thread: no GUI at all."""
    inbox: SimpleQueue[AnyFuture] = SimpleQueue()

    def drain() -> None:
        while True:
            slot(inbox.get())

    threading.Thread(target=drain, daemon=True).start()
    return Carrier(lambda future: future.add_done_callback(inbox.put))


def runnables(slot: Slot, count: int, workers: int) -> Go:
    """Run one QRunnable for each item, each emitting one queued signal."""
    sender, gate = _queued(slot), threading.Event()
    pool = QThreadPool.globalInstance()
    pool.setMaxThreadCount(workers)

    class Item(QRunnable):
        def run(self) -> None:
            sender.done.emit(self)

    class Door(QRunnable):
        def run(self) -> None:
            gate.wait()

    for item in [*(Door() for _ in range(workers)), *(Item() for _ in range(count))]:
        item.setAutoDelete(True)
        pool.start(item)
    return gate.set


def superqt(slot: Slot, count: int, workers: int) -> Go:
    """Let generators in superqt's thread workers yield the items."""
    from superqt.utils import create_worker

    gate = threading.Event()

    def produce(share: int) -> Iterator[object]:
        gate.wait()
        yield from range(share)

    for number in range(workers):
        share = count * (number + 1) // workers - count * number // workers
        create_worker(produce, share, _connect={"yielded": slot}, _start_thread=True)
    return gate.set


FUTURES: dict[str, Callable[[Slot], Carrier]] = {
    "bridge": bridge,
    "queued signal": queued_signal,
    "Orange": orange,
    "qasync": qasync,
    "QtAsyncio": qtasyncio,
    "queue to timer": queue_to_timer,
    "queue to thread": queue_to_thread,
}
OWN_WORKERS: dict[str, Callable[[Slot, int, int], Go]] = {
    "QRunnable": runnables,
    "superqt": superqt,
}
