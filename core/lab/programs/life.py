"""A future lives, step by step: what becomes of it, and which thread calls its callbacks."""

import concurrent.futures
import multiprocessing
import threading
import time
import traceback
from pathlib import Path

KIND = "threads"  # or "processes"
WORKERS = 2
PLAY = "scripted"  # or "clicking": be asked for each step
PAUSE_S = 0.25  # before each scripted step

MOST = 12  # tasks in one life
SETTLE_S = 0.05  # after each step, before the futures are counted


def share(the_gates, the_workers, everybody):
    """Run first in each worker: take what all share, and wait until all workers are here."""
    global gates, working
    gates, working = the_gates, the_workers
    everybody.wait()


def work(number, raises):
    """Be at work until somebody opens the gate, and a moment longer, so that it can be seen."""
    working[number] = threading.get_native_id()
    gates[number].acquire()
    time.sleep(0.05)
    working[number] = 0
    if raises:
        raise ValueError(f"F{number} went wrong")
    return f"F{number} went well"


def open_pool(kind, workers):
    """Open a pool; return it with a gate for each task, and with who works on each."""
    count = MOST + 1  # they are numbered from 1
    if kind == "threads":
        gates, working = [threading.Semaphore(0) for _ in range(count)], [0] * count
        shared = gates, working, threading.Barrier(workers)
        pool = concurrent.futures.ThreadPoolExecutor(workers, "worker", share, shared)
    else:
        gates = [multiprocessing.Semaphore(0) for _ in range(count)]
        working = multiprocessing.RawArray("q", count)
        shared = gates, working, multiprocessing.Barrier(workers)
        pool = concurrent.futures.ProcessPoolExecutor(workers, None, share, shared)
    list(pool.map(abs, range(workers)))  # now all workers have started
    return pool, gates, working


def thread_in_words():
    """Name the thread that calls this: the caller's own, a worker, or a process pool's manager."""
    thread = threading.current_thread()
    if thread is threading.main_thread():
        return f"{thread.name} (caller)"
    if type(thread).__name__ == "_ExecutorManagerThread":
        return f"{thread.name} (manager)"
    return f"{thread.name} (worker)"


def frames_in_words(error):
    """Name the calls that an exception came through, from who asked for it to who raised it."""
    frames = traceback.extract_tb(error.__traceback__)
    return " → ".join(
        f"{frame.name} ({Path(frame.filename).name} {frame.lineno})" for frame in frames
    )


def cause_in_words(error):
    """Say what a process sends along: it can send its traceback only as text."""
    if error.__cause__ is None:
        return "None"
    words = f"a {type(error.__cause__).__name__}, the worker's own traceback as text"
    places = [line for line in str(error.__cause__).splitlines() if line.startswith('  File "')]
    if not places:
        return words
    file, line, name = places[-1].rsplit(", ", 2)
    return f"{words}, which ends {name}, {line} of {Path(file).name[:-1]}"


class Life:
    """The futures of one pool, and what can be done with them: a method for each step."""

    def __init__(self, kind, workers, tell):
        self.tell = tell
        self.pool, self.gates, self.working = open_pool(kind, workers)
        self.futures = {}
        self.let_go, self.with_callback, self.was_read = set(), set(), set()
        self.taken, self.step = 0, None
        self.closing, self.is_broken = None, False
        self.seen, self.names = {}, {}
        self.over = threading.Event()
        self.watcher = threading.Thread(target=self.watch, name="watcher")
        self.watcher.start()

    def take(self, name):
        """Take one step of those in STEPS."""
        self.taken += 1
        self.step = f"{self.taken} {name}"
        if name in STEPS:
            STEPS[name](self)
        else:
            self.row(None, f"“{name}” is no step: choose {', '.join(STEPS)} or done")

    def submit(self, raises=False):
        number = len(self.futures) + 1
        if number > MOST:
            self.row(None, f"{MOST} futures are enough for one life")
            return
        try:
            future = self.pool.submit(work, number, raises)
        except RuntimeError as error:  # the pool is shut down, or broken
            self.row(None, f"submit() raised {type(error).__name__}: {error}")
            return
        self.begin(number)
        self.futures[number] = future
        time.sleep(SETTLE_S)
        self.row(number, "submit() returned a future")

    def submit_raising(self):
        self.submit(raises=True)

    def finish(self):
        """Open the gate of the oldest that is at work."""
        running = [number for number in self.those("RUNNING") if number not in self.let_go]
        if not running:
            self.row(None, "no future is RUNNING")
            return
        number = running[0]
        self.let_go.add(number)
        self.gates[number].release()
        concurrent.futures.wait([self.futures[number]], timeout=2)
        time.sleep(SETTLE_S)
        self.row(number, f"its task has ended: {self.futures[number]._state}")

    def add_callback(self):
        """Add a done-callback to each future that has none."""
        without = [number for number in self.futures if number not in self.with_callback]
        if not without:
            self.row(None, "no future is without a done-callback")
            return
        names = ", ".join(f"F{number}" for number in without)
        self.row(None, f"add_done_callback() of {names}")
        for number in without:
            self.with_callback.add(number)
            self.futures[number].add_done_callback(lambda future, n=number: self.called(n))

    def called(self, number):
        """Be the done-callback, in whatever thread Python calls it."""
        self.row(number, f"done-callback called: {self.futures[number]._state}")

    def cancel_running(self):
        """Try to cancel the newest that is RUNNING."""
        running = self.those("RUNNING")
        if running:
            self.cancel(running[-1])
        else:
            self.row(None, "no future is RUNNING")

    def cancel_waiting(self):
        """Cancel the oldest that is PENDING."""
        waiting = self.those("PENDING")
        if waiting:
            self.cancel(waiting[0])
        else:
            self.row(None, "no future is PENDING: submit some more")

    def cancel(self, number):
        before = self.futures[number]._state
        cancelled = self.futures[number].cancel()
        self.row(number, f"cancel() returned {cancelled}: it was {before}")

    def read(self):
        """Read the oldest result that was not read yet, if there is one; or the oldest future."""
        unread = [number for number in self.futures if number not in self.was_read]
        if not unread:
            self.row(None, "no future is unread")
            return
        number = min(unread, key=lambda number: not self.futures[number].done())
        try:
            result = self.futures[number].result(timeout=0.2)
        except concurrent.futures.TimeoutError:
            self.row(number, "result(timeout=0.2) raised TimeoutError: the task goes on")
            return
        except concurrent.futures.CancelledError:
            self.row(number, "result() raised CancelledError")
        except Exception as error:
            self.row(number, f"result() raised {error!r}")
            self.row(number, f"its traceback: {frames_in_words(error)}")
            self.row(number, f"its __cause__: {cause_in_words(error)}")
        else:
            self.row(number, f"result() returned {result!r}")
        self.was_read.add(number)

    def shut_down(self):
        """Shut down, in a thread of its own, because shutdown() waits for every task."""
        if self.closing is not None:
            self.row(None, "the pool is shut down already")
            return
        self.closing = threading.Thread(target=self.pool.shutdown, name="closing")
        self.closing.start()
        time.sleep(SETTLE_S)
        self.row(None, "shutdown() waits for all that was submitted")

    def end(self):
        """Open all gates, and leave nothing behind."""
        self.step = "the end"
        for gate in self.gates:
            gate.release()
        if self.closing is not None:
            self.closing.join()
        self.pool.shutdown()
        for process in multiprocessing.active_children():
            process.terminate()  # only a pool that has broken leaves any
        self.over.set()
        self.watcher.join()
        self.row(None, "all gates were opened, and all tasks have ended")

    def those(self, state):
        # The state is private, but the public methods cannot tell all five apart.
        return [number for number, future in self.futures.items() if future._state == state]

    def row(self, number, what):
        """Tell what happened, in which thread, and how the futures stand."""
        self.tell(
            "row",
            step=self.step,
            future=f"F{number}" if number else None,
            what_happened=what,
            thread=thread_in_words(),
            pending=len(self.those("PENDING")),
            running=len(self.those("RUNNING")),
            at_work=sum(1 for number in self.those("RUNNING") if self.working[number]),
        )

    def begin(self, number):
        """A future begins PENDING, with nobody at work on it."""
        self.tell("state", future=f"F{number}", state="PENDING")
        self.seen[number] = "PENDING", None, time.perf_counter()
        self.tell_begin(number)

    def watch(self):
        """Look at all futures 200 times a second, until it is over."""
        looking = True
        while looking:
            looking = not self.over.wait(0.005)
            for number, future in list(self.futures.items()):
                self.look(number, future)

    def look(self, number, future):
        """Tell what has changed: the state of a future, or who is at work on it."""
        state, now = future._state, time.perf_counter()
        worker = self.name_of(self.working[number]) if state == "RUNNING" else None
        old_state, old_worker, since = self.seen[number]
        error = future.exception() if state == "FINISHED" else None
        if state != old_state:
            failed = {"error": type(error).__name__} if error else {}
            self.tell("state", future=f"F{number}", state=state, **failed)
            if isinstance(error, concurrent.futures.BrokenExecutor) and not self.is_broken:
                self.is_broken = True
                self.tell("note", text="A worker has died, and the pool is broken.")
        if (state, worker) != (old_state, old_worker):
            at_work = "failed" if error else "task"
            self.draw(
                f"F{number}", since, now, old_state, at_work if old_worker else LOOKS[old_state]
            )
            if old_worker:
                self.draw(old_worker, since, now, f"F{number}", at_work)
            self.seen[number] = state, worker, now
            self.tell_begin(number)

    def tell_begin(self, number):
        """Tell what a future is from now on; its span is told when it is something else."""
        state, worker, since = self.seen[number]
        if worker or state in LOOKS:
            look = "task" if worker else LOOKS[state]
            self.tell("begins", lane=f"F{number}", start=since, label=state, state=look)
        if worker:
            self.tell("begins", lane=worker, start=since, label=f"F{number}", state="task")

    def draw(self, lane, start, end, label, state):
        self.tell("span", lane=lane, start=start, end=end, label=label, state=state)

    def name_of(self, worker):
        """Name a worker: a thread has a name, and processes are counted."""
        if worker and worker not in self.names:
            threads = {thread.native_id: thread.name for thread in threading.enumerate()}
            self.names[worker] = threads.get(worker, f"process {len(self.names) + 1}")
        return self.names.get(worker)


STEPS = {
    "submit": Life.submit,
    "submit-raising": Life.submit_raising,
    "finish": Life.finish,
    "callback": Life.add_callback,
    "cancel-running": Life.cancel_running,
    "cancel-waiting": Life.cancel_waiting,
    "read": Life.read,
    "shutdown": Life.shut_down,
}
# How a future looks on the timeline while nobody is at work on it.
LOOKS = {"PENDING": "waiting", "RUNNING": "waiting", "CANCELLED": "cancelled"}


def scripted(workers):
    """The steps that nobody needs to choose: enough tasks for every pool, then all that can be."""
    yield from ["submit", "finish", "submit-raising"]
    yield from ["submit"] * (2 * workers + 1)
    yield from ["callback", "cancel-running", "cancel-waiting", "finish", "read", "read", "read"]
    yield from ["finish", "shutdown", "submit"]


def show(kind, **what):
    if kind == "row":
        print("   ".join(f"{name.replace('_', ' ')}: {value}" for name, value in what.items()))


def type_in(prompt):
    return input(f"{prompt} ({', '.join(STEPS)}, done) ").strip()


def steps_of(play, workers, pause_s, ask):
    """Yield one step after the other, scripted or as they are chosen, up to "done"."""
    if play == "scripted":
        for step in scripted(workers):
            time.sleep(pause_s)
            yield step
        return
    try:
        while (step := ask("What next?")) != "done":
            yield step
    except EOFError:  # nobody is there any more
        pass


def main(kind=KIND, workers=WORKERS, play=PLAY, pause_s=PAUSE_S, tell=show, ask=type_in):
    life = Life(kind, workers, tell)
    try:
        for step in steps_of(play, workers, pause_s, ask):
            life.take(step)
    finally:
        life.end()


if __name__ == "__main__":
    main()
