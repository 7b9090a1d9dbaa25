"""The one place where threads are crossed: from a done-callback to a handler in the GUI thread.

pool's thread, lab dispatcher, canceller      GUI thread
----------------------------------------      ------------------------------------------
done-callback: extend a list,                 wake: take what is there, hand each handler its
wake if it sleeps        --queued signal-->   items in batches, until none is left or the budget
breathe if it is behind                       is used; items left: behind, a timer comes back;
                                              else sleep, and look once more
"""

import logging
from collections.abc import Callable
from concurrent.futures import Future
from threading import get_ident
from time import perf_counter, sleep
from typing import Any

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

Handler = Callable[[list[Any]], None]

_log = logging.getLogger(__name__)
_BUDGET_S = 0.004
_SLICE_S = 0.001
_FIRST_BATCH, _MOST_AT_ONCE = 16, 256
_BREATH_EVERY, _BREATH_S = 512, 0.00002
_BREATHS = 4  # then it is time that the GUI thread came
_TAKEN_AT_ONCE = 8192  # half as many items; they are freed together, which takes 2 ms


class _Inbox:
    """What other threads touch: a plain object, because attributes of a QObject cost far more.

    `items` has each handler with its item behind it: a tuple for each, kept until its turn, took a
    fifth of a producer's time in memory and garbage collection. To extend a list is atomic, so is
    to copy it and to delete a slice (the Python FAQ: what kinds of global value mutation are
    thread-safe).
    """

    __slots__ = ("attend", "breaths", "items", "last_breath", "owner", "wake")

    def __init__(self, wake: Callable[[], None]) -> None:
        self.items: list[Any] = []
        self.wake = wake
        self.owner = self.last_breath = get_ident()
        self.fall_asleep()

    def fall_asleep(self) -> None:
        """Have the next to put in wake the GUI thread."""
        self.breaths = 0
        self.attend: Callable[[], None] | None = self._wake_once

    def fall_behind(self) -> None:
        """Have other threads let go of the GIL whenever they put in: enough is there to be done.

        Each of them could keep it for a whole switch interval (5 ms), and the GUI thread, which
        waits among them, would come to its turn only after some of those.
        """
        self.attend = self.breathe

    # Other threads may come to these two just when the GUI thread has fallen asleep, or several at
    # once. So each is followed by a wake: one too many finds the list empty, which costs nothing.

    def _wake_once(self) -> None:
        self.attend = None
        self.wake()

    def _call_for_help(self) -> None:
        self.fall_behind()
        self.wake()

    def breathe(self) -> None:
        """Let go of the GIL, for as long as it takes the GUI thread to have it."""
        if get_ident() != self.owner:
            sleep(_BREATH_S)

    def post(self, handler: Handler, item: Any) -> None:
        self.items.extend((handler, item))
        if attend := self.attend:
            attend()

    def arrival(self, handler: Handler) -> "Callable[[Future[Any]], None]":
        """Make a done-callback: a plain function, which takes half of the time of a partial."""
        extend = self.items.extend

        def arrive(future: "Future[Any]") -> None:
            extend((handler, future))
            if attend := self.attend:
                attend()

        return arrive

    def take(self) -> list[Any]:
        """Take the oldest of what is there; others go on putting in meanwhile."""
        taken = self.items[:_TAKEN_AT_ONCE]
        del self.items[: len(taken)]
        return taken

    def arrival_with_breath(self, handler: Handler) -> "Callable[[Future[Any]], None]":
        """Make one that lets go of the GIL, too, when other threads than its fill the inbox.

        When some of these have passed and the GUI thread, though awake, has still not come, it
        counts as behind. A thread that is alone costs it one turn of the GIL: that one goes on.
        """
        arrive = self.arrival(handler)

        def arrive_and_breathe(future: "Future[Any]") -> None:
            arrive(future)
            thread = get_ident()
            if thread != self.last_breath:
                self.last_breath = thread
                self.breaths += 1
                if self.attend is None and self.breaths >= _BREATHS:
                    self._call_for_help()
                self.breathe()

        return arrive_and_breathe


class FutureBridge(QObject):
    """Carry finished futures, and whatever else other threads post, into the GUI thread.

    Lives in the GUI thread. `watch` and `post` may be called from any thread; handlers run in the
    GUI thread, get lists, in the order of arrival, and are given up to about `budget_s` seconds
    before the event loop has its turn. A handler that raises is logged and loses that batch,
    nothing else. Handlers are held until their last item was delivered.
    """

    _woken = Signal()

    def __init__(self, parent: QObject | None = None, budget_s: float = _BUDGET_S) -> None:
        super().__init__(parent)
        self._budget_s = budget_s
        self._inbox = _Inbox(self._wake)
        self._watched = 0
        self._closed = False
        self._taken: list[Any] = []
        self._next = 0
        self._handler: Handler | None = None
        self._most = _FIRST_BATCH
        self._goes_on = False
        self._again = QTimer(self)
        self._again.setInterval(0)
        self._again.timeout.connect(self._drain)
        self._woken.connect(self._drain, Qt.ConnectionType.QueuedConnection)

    def watch(self, future: "Future[Any]", handler: Handler) -> None:
        """Have `handler` get the future in the GUI thread once it is done."""
        self._watched += 1  # roughly is enough, should two threads count at once
        inbox = self._inbox
        make = inbox.arrival if self._watched % _BREATH_EVERY else inbox.arrival_with_breath
        future.add_done_callback(make(handler))

    def post(self, handler: Handler, item: Any) -> None:
        """Have `handler` get `item` in the GUI thread."""
        self._inbox.post(handler, item)

    def close(self) -> None:
        """Deliver nothing more; what other threads still post is dropped. GUI thread."""
        self._closed = True
        self._inbox.items.clear()
        self._taken = []
        self._go_on(False)  # a timer that still ran could only be ended in this thread

    def _wake(self) -> None:
        if not self._closed:
            self._woken.emit()

    @Slot()
    def _drain(self) -> None:
        deadline = perf_counter() + self._budget_s
        try:
            while self._has_items() and perf_counter() < deadline:
                self._hand_over_batch()
        finally:
            if self._has_items():
                self._inbox.fall_behind()
            else:
                self._inbox.fall_asleep()
            self._go_on(self._has_items())  # left over, or put in just before it fell asleep

    def _has_items(self) -> bool:
        """Tell whether there is anything to deliver; what other threads put in is fetched."""
        if not self._taken and not self._closed:
            self._taken, self._next = self._inbox.take(), 0
        return bool(self._taken)

    def _go_on(self, there_is_more: bool) -> None:
        """Have the event loop come back, or not.

        By a timer that goes on by itself: each call into Qt gives the GIL away, and threads that
        want it too may keep it for 5 ms each before it is this one's turn again.
        """
        if there_is_more != self._goes_on:
            self._goes_on = there_is_more
            self._again.start() if there_is_more else self._again.stop()

    def _hand_over_batch(self) -> None:
        """Hand the oldest item's handler that item, and those right behind it that are its too."""
        taken, first = self._taken, self._next
        handler = taken[first]
        if handler != self._handler:
            self._handler, self._most = handler, _FIRST_BATCH
        end = min(first + 2 * self._most, len(taken))
        handlers = taken[first:end:2]
        if handlers.count(handler) < len(handlers):
            end = first + 2 * next(at for at, wanted in enumerate(handlers) if wanted != handler)
        batch = taken[first + 1 : end : 2]
        if end < len(taken):
            self._next = end
        else:
            self._taken = []
        began = perf_counter()
        try:
            handler(batch)
        except Exception:
            _log.exception("a handler failed; its batch of %d is lost", len(batch))
        took = perf_counter() - began
        if took > _SLICE_S:
            self._most = max(1, len(batch) // 2)
        elif len(batch) == self._most:
            self._most = min(_MOST_AT_ONCE, self._most * 2)
