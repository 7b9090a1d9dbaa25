"""One computation behind several ways to wait for it: what does each do to the window?

Alone, this opens a small window, tries one way after the other and prints a row for each. It needs
PySide6: python -m pip install PySide6-Essentials
"""

import concurrent.futures
import contextlib
import faulthandler
import math
import multiprocessing
import os
import sys
import threading
import time

try:
    from PySide6 import QtCore
    from PySide6.QtCore import QCoreApplication, QEvent, QObject, QPointF, Qt, QTimer, Signal
    from PySide6.QtGui import QMouseEvent
    from PySide6.QtWidgets import QApplication, QPlainTextEdit, QPushButton
except ImportError as error:
    sys.exit(f"{error}. This script needs it: python -m pip install PySide6-Essentials")

TERMS = 15_000_000
THREADS = 4  # of the window's process, and of the child's
TOUCHES = 3000  # how many callbacks touch the child's widget
WAYS = ("nothing", "result", "events", "timer", "callback", "threads", "bridge")

LIMIT_S = 3.0  # no computation takes longer: it gives up
SLICE = 50_000  # terms between two looks at the clock
HELD_UP_S = 0.05  # shorter gaps nobody notices
CALM_S = 0.5  # before each way: the window at rest
CLICK_AFTER_S = 0.1
LABELS = {
    "nothing": "nothing",
    "result": "future.result()",
    "events": "processEvents()",
    "timer": "QTimer looks",
    "callback": "callback touches",
    "threads": "threads here",
    "bridge": "bridge",
}


def myPi(m, n):
    pi = 0
    for k in range(m, n + 1):
        s = 1 if k % 2 else -1
        pi += s / (2 * k - 1)
    return pi * 4


def compute(first, last, is_stopped=lambda: False):
    """Add up in slices, so that it can end early: a thread cannot be killed."""
    give_up_at = time.monotonic() + LIMIT_S
    pi = 0.0
    for low in range(first, last + 1, SLICE):
        if time.monotonic() > give_up_at or is_stopped():
            raise TimeoutError(f"given up after {LIMIT_S:g} s: take fewer terms")
        pi += myPi(low, min(low + SLICE - 1, last))
    return pi


# ------------------------------------- the ways: each is the handler of a click on a button


def nothing(click):
    """Compute nothing: what the window does by itself."""
    QTimer.singleShot(1000, lambda: click.show(None))


def result(click):
    future = click.pool.submit(compute, 1, click.terms)
    click.show(future.result())  # the window stands still until it is there


def events(click):
    future = click.pool.submit(compute, 1, click.terms)
    while not future.done():
        QCoreApplication.processEvents()  # any other handler may run in here, this one too
        time.sleep(0.02)
    click.show(future.result())


def timer(click):
    future = click.pool.submit(compute, 1, click.terms)
    looks = QTimer(click)

    def look():
        if future.done():
            looks.stop()
            click.take(future)

    looks.timeout.connect(look)
    looks.start(50)


def callback(click):
    """Only in a child process: what happens to its window must not happen to ours."""
    future = click.pool.submit(touch_from_callbacks, click.terms, click.threads, click.touches)
    click.watch(future, click.take_from_child)


def threads(click):
    """Wait as one should, but compute in the window's own process."""
    pool = concurrent.futures.ThreadPoolExecutor(click.threads)
    for first, last in parts(click.terms, click.threads):
        future = pool.submit(compute, first, last, lambda: click.is_over)
        click.watch(future, click.take_part)
    pool.shutdown(wait=False)


def bridge(click):
    future = click.pool.submit(compute, 1, click.terms)
    click.watch(future, click.take)  # called in the window's thread, when it is there


HANDLERS = (nothing, result, events, timer, callback, threads, bridge)


class Bridge(QObject):
    """Carries a finished future to the window's thread; Futures Lab has a faster one."""

    arrived = Signal(object, object)

    def __init__(self):
        super().__init__()
        self.arrived.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def watch(self, future, handler):
        future.add_done_callback(lambda future: self.arrived.emit(handler, future))

    @QtCore.Slot(object, object)
    def _deliver(self, handler, future):
        handler(future)


# ------------------------------------------------------------- the child that does it wrong


def touch_from_callbacks(terms, workers, touches):
    """Open a window that nobody sees, and let callbacks write into it from their own threads."""
    faulthandler.enable()  # if this process dies, say where, and leave no core file
    with contextlib.suppress(ImportError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    said = []
    QtCore.qInstallMessageHandler(lambda kind, context, text: said.append(text.split("\n")[0]))
    app = QApplication([])
    log = QPlainTextEdit()
    log.show()
    pulse = Pulse()
    pool = concurrent.futures.ThreadPoolExecutor(workers)
    start = time.perf_counter()
    futures = [
        pool.submit(compute, first, last, lambda: time.perf_counter() > start + LIMIT_S)
        for first, last in parts(terms, touches)
    ]
    for future in futures:  # WRONG: this callback is called by a worker, the widget is not its own
        future.add_done_callback(lambda future: log.appendPlainText(f"{future.result()}"))
    looks = QTimer()
    looks.timeout.connect(lambda: all(f.done() for f in futures) and app.exit())
    looks.start(50)
    app.exec()
    end = time.perf_counter()
    failed = [str(future.exception()) for future in futures if future.exception()]
    unlike = [text for text in dict.fromkeys(said) if "plugin does not support" not in text]
    lines = len(log.toPlainText().splitlines())
    words = "; ".join(unlike[:3]) or "nothing, this time"
    outcome = f"it lives, with {lines} of {touches} lines; Qt said: {words}"
    return {
        "seconds": end - start,
        "gaps": [late - early for early, late in pulse.gaps(start, end)],
        "pi": None if failed else sum(future.result() for future in futures),
        "outcome": "; ".join([outcome, *failed[:1]]),
    }


# -------------------------------------------------------------------------- what is observed


class Pulse(QObject):
    """Beats every 16 ms, as long as the event loop goes round."""

    def __init__(self, parent=None):
        super().__init__(parent)
        self.beats = [time.perf_counter()]
        self.timer = QTimer(self)
        self.timer.setTimerType(Qt.TimerType.PreciseTimer)
        self.timer.timeout.connect(lambda: self.beats.append(time.perf_counter()))
        self.timer.start(16)

    def gaps(self, start, end):
        """Return the pairs of beats, one after the other, that overlap with the time given."""
        pairs = zip(self.beats, self.beats[1:])
        return [(early, late) for early, late in pairs if late > start and early < end]


class Button(QObject):
    """Takes what the mouse does, as any widget would, and notes when it was let go."""

    released_at = None

    def event(self, event):
        if event.type() == QEvent.Type.MouseButtonRelease:
            self.released_at = time.perf_counter()
        return True


class Click(QObject):
    """One click on the button of a way, and the window's pulse until the result is shown.

    `pool` computes in another process; `watch(future, handler)` has the handler called in the
    window's thread; `done()` is called at the end. Everything here is of the window's thread, but
    for one thread that posts a mouse click on a button meanwhile, as a person would.
    """

    def __init__(self, way, terms, threads, touches, pool, watch, tell, done):
        # With a parent it is Qt's, and Qt deletes it in this thread. Python's garbage collector
        # runs in any thread, and would delete it there.
        super().__init__(QCoreApplication.instance())
        self.way, self.terms, self.threads, self.touches = way, terms, threads, touches
        self.pool, self.watch, self.tell, self.done = pool, watch, tell, done
        self.is_over, self.child, self.parts, self.outcome = False, None, [], ""
        self.start = self.end = self.posted = None
        self.pulse = Pulse(self)
        self.button = Button(self)
        self.finger = threading.Timer(CLICK_AFTER_S, self._post_click)
        self.tell("note", text=f"{LABELS[way]}: getting ready …")
        self.watch(pool.submit(time.sleep, 0), self._rest)  # its process has to start first

    def stop(self):
        """Let everything go; the computation in threads ends at its next slice."""
        if self.is_over:
            return
        self.is_over = True
        self.finger.cancel()
        if self.finger.ident is not None:
            self.finger.join()
        self.deleteLater()

    def take(self, future):
        try:
            self.show(future.result())  # it is done: this does not wait
        except Exception as error:
            self.fail(error)

    def take_part(self, future):
        self.parts.append(future)
        if len(self.parts) == self.threads:
            failed = [part for part in self.parts if part.exception()]
            self.take(failed[0]) if failed else self.show(sum(p.result() for p in self.parts))

    def take_from_child(self, future):
        try:
            self.child = future.result()
        except Exception as error:
            self.fail(error)
        else:
            self.show(self.child["pi"], self.child["outcome"])

    def fail(self, error):
        stderr = getattr(error, "detail", "").splitlines()[:1]  # of a child that died
        said = [line for line in stderr if not line.startswith("Traceback")]
        self.show(None, "; stderr: ".join([f"{error}", *said]))

    def show(self, pi, outcome=""):
        if self.end is None and not self.is_over:
            self.end = time.perf_counter()
            self.outcome = outcome or ("" if pi is None else f"π = {pi:.6f}")
            QTimer.singleShot(150, self._report)  # time for the next beat, and for the click

    def _rest(self, future):
        if not self.is_over:
            self.tell("note", text=f"{LABELS[self.way]}: try to click anything now")
            QTimer.singleShot(round(CALM_S * 1000), self._press)

    def _press(self):
        if self.is_over:
            return
        self.mouse = mouse_events()
        self.start = time.perf_counter()
        self.finger.start()
        try:
            next(way for way in HANDLERS if way.__name__ == self.way)(self)
        except Exception as error:
            self.fail(error)

    def _post_click(self):
        self.posted = time.perf_counter()
        while self.mouse:
            QCoreApplication.postEvent(self.button, self.mouse.pop(0))

    def _report(self):
        if self.is_over:
            return
        self.answered = self.button.released_at
        gaps = self.pulse.gaps(self.start, self.end)
        self._tell_spans(gaps)
        row = self._row([late - early for early, late in gaps])
        self.tell("row", **row)
        worst = f"worst gap {row['worst_gap_ms']:.0f} ms" if row["worst_gap_ms"] else self.outcome
        self.tell("note", text=f"{LABELS[self.way]}: {worst}")
        self.stop()
        self.done()

    def _row(self, gaps):
        """Make the row; of a child process it tells the child's own pulse, if it came back."""
        seconds = None if self.way == "nothing" else self.end - self.start
        delay = None if self.answered is None else (self.answered - self.posted) * 1000
        meanwhile = "yes" if delay is not None and self.answered < self.end else "no"
        if self.way == "callback":
            child = self.child or {"gaps": [], "seconds": None}
            gaps, seconds, delay, meanwhile = child["gaps"], child["seconds"], None, None
        return {
            "way": LABELS[self.way],
            "worst_gap_ms": in_ms(gaps, 1),
            "p50_ms": in_ms(gaps, 0.5),
            "p99_ms": in_ms(gaps, 0.99),
            "result_s": seconds,
            "click_ms": delay,
            "meanwhile": meanwhile,
            "came_of_it": self.outcome,
        }

    def _tell_spans(self, gaps):
        """Tell the time of the computation: the window alive, or held up so long that it shows."""
        lane, since = LABELS[self.way], self.start
        self.tell("mark", lane=lane, at=since, label="the handler begins")
        for early, late in gaps:
            if late - early > HELD_UP_S:
                start, end = max(early, self.start), min(late, self.end)
                self._tell_alive(since, start)
                label = f"held up {(late - early) * 1000:.0f} ms"
                self.tell("span", lane=lane, start=start, end=end, label=label, state="waiting")
                since = end
        self._tell_alive(since, self.end)
        if self.answered is not None:
            self.tell("mark", lane=lane, at=self.posted, label="a click")
            self.tell("mark", lane=lane, at=self.answered, label="the click is answered")

    def _tell_alive(self, start, end):
        if end > start:
            self.tell("span", lane=LABELS[self.way], start=start, end=end, label="alive")


def mouse_events():
    """Make a press and a release of the left button, to be posted from any thread."""
    at, left, keys = QPointF(5, 5), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    kinds = (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonRelease)
    return [QMouseEvent(kind, at, at, left, left, keys) for kind in kinds]


def parts(terms, count):
    """Cut 1..terms into ranges, both ends included."""
    bounds = [terms * part // count for part in range(count + 1)]
    return [(low + 1, high) for low, high in zip(bounds, bounds[1:])]


def in_ms(gaps, share):
    """Return the gap that this share of all does not exceed, in milliseconds."""
    return sorted(gaps)[math.ceil(share * len(gaps)) - 1] * 1000 if gaps else None


def show(kind, **what):
    if kind == "row":
        print("   ".join(f"{name.replace('_', ' ')}: {value}" for name, value in what.items()))


def main(way, terms, threads, touches, pool, watch, done, tell=show):
    """Begin with one way and return at once; `done()` is called when its row was told."""
    return Click(way, terms, threads, touches, pool, watch, tell, done)


def try_all():
    """Try one way after the other, in a window of our own."""
    app = QApplication([])
    window = QPushButton("While this window is held up, no click is answered.")
    window.resize(480, 120)
    window.show()
    carrier, ways, clicks = Bridge(), iter(WAYS), []

    def go_on():
        if clicks:
            clicks[-1].pool.shutdown(wait=False)
        way = next(ways, None)
        if way is None:
            return app.quit()
        pool = concurrent.futures.ProcessPoolExecutor(1, multiprocessing.get_context("spawn"))
        clicks.append(main(way, TERMS, THREADS, TOUCHES, pool, carrier.watch, go_on))

    QTimer.singleShot(0, go_on)
    app.exec()


if __name__ == "__main__":
    try_all()
