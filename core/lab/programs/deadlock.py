"""Tasks that wait for one another for ever, how that is noticed, and what each way out leaves."""

import concurrent.futures
import contextlib
import logging
import multiprocessing
import multiprocessing.connection
import os
import signal
import threading
import time

STORY = "futures"  # or another of STORIES, below
RESCUE = "timeout"  # or "exception" or "kill"; or "ask": you choose when they are stuck
TIMEOUT_S = 2  # with "timeout": how long a task waits before it gives up

WORK_S = 0.3  # how long a task works before it waits
LOOK_S = 1.0  # how long they stay stuck before the rescue, so that one can look at it
WAYS_OUT = ("timeout", "exception", "kill")

# There are two processes. One plays the story and may be stuck for ever. The other, `main`, watches
# it: who watches must not be among the stuck, and Python can end a process from outside but never a
# thread. A stuck thread of a pool would even keep its program from ending: Python waits for it.


# ---------------------------------------------------------------------------------- the stories


def taskA():
    work()
    with waiting_for("f2"):
        f2.result(patience)  # patience is the timeout, or None: for ever
    return 5


def taskB():
    work()
    with waiting_for("f1"):
        f1.result(patience)
    return 6


def two_tasks():
    """Each waits for what the other returns, and so neither ever returns."""
    global f1, f2
    f1 = submit("f1", taskA)
    f2 = submit("f2", taskB)


def outer():
    work()
    inner = submit("inner", work, 6)
    with waiting_for("inner"):
        return inner.result(patience)


def task_in_task():
    """A task waits for a task that it submitted; with one worker, that one is the waiting one."""
    submit("outer", outer)


locks = {"lock A": threading.Lock(), "lock B": threading.Lock()}


def take(first, second, meeting):
    with holding(first):
        meeting.wait()
        work()
        with holding(second):
            work()
    return "had both locks"


def opposite_orders():
    """Each holds one lock and wants the other's; the meeting makes sure that it comes to that."""
    both = threading.Barrier(2)
    submit("f1", take, "lock A", "lock B", both)
    submit("f2", take, "lock B", "lock A", both)


def one_order():
    """Mended: whoever has lock A can only want B, and nobody has B who still wants A."""
    nobody = threading.Barrier(1)
    submit("f1", take, "lock A", "lock B", nobody)
    submit("f2", take, "lock A", "lock B", nobody)


def chain():
    """Mended: A's first half, B, A's second half. Each begins when what it needs is there."""

    def then_b(f1):
        submit("f2", work, f1.result() + 1).add_done_callback(then_the_rest)

    def then_the_rest(f2):
        submit("f3", work, f2.result() + 1)

    submit("f1", work, 5).add_done_callback(then_b)


STORIES = {  # name: how it begins, how many workers, how many futures there will be
    "futures": (two_tasks, 2, 2),
    "pool": (task_in_task, 1, 2),
    "locks": (opposite_orders, 2, 2),
    "callbacks": (chain, 2, 3),
    "second-worker": (task_in_task, 2, 2),
    "one-order": (one_order, 2, 2),
}


# --------------------------------------------------------- in the process that plays: tell and wait

futures = {}  # name: future
threads = {}  # name: the worker's thread
deaths = {}  # worker's name: the exception that ended its thread
everybody_is_there = threading.Event()
one_speaks = threading.Lock()


def tell_home(kind, **what):
    with one_speaks:
        home.send((kind, what))


def me():
    """Name the worker that runs this: a pool's threads are called worker_0, worker_1, ..."""
    return f"worker {int(threading.current_thread().name.rpartition('_')[2]) + 1}"


def work(value=None):
    start = time.perf_counter()
    time.sleep(WORK_S)
    end = time.perf_counter()
    tell_home("span", lane=me(), start=start, end=end, label="works", state="task")
    return value


@contextlib.contextmanager
def waiting_for(name):
    tell_home("waits", who=me(), whom=name)
    try:
        yield
    finally:
        tell_home("goes_on", who=me())


@contextlib.contextmanager
def holding(name):
    with waiting_for(name):
        if not locks[name].acquire(timeout=-1 if patience is None else patience):
            raise TimeoutError(f"{name} was not free within {patience} s")
    tell_home("waits", who=name, whom=me())  # who wants this lock now waits for this worker
    try:
        yield
    finally:
        tell_home("goes_on", who=name)
        locks[name].release()


def submit(name, task, *arguments):
    """Give the pool a task, and tell what becomes of its future."""
    tell_home("state", future=name, state="PENDING")
    if workers == 1:
        tell_home("waits", who=name, whom="worker 1")  # there is no other who could run it
    futures[name] = future = pool.submit(run, name, task, *arguments)
    future.add_done_callback(lambda future: tell_end(name, future))
    return future


def run(name, task, *arguments):
    """Be what the worker really runs."""
    threads[me()] = threading.current_thread()
    tell_home("state", future=name, state="RUNNING")
    tell_home("waits", who=name, whom=me())  # a future waits for the worker that runs its task
    everybody_is_there.wait()
    try:
        return task(*arguments)
    except Exception as error:
        label = f"{name}: {type(error).__name__}"
        tell_home("mark", lane=me(), at=time.perf_counter(), label=label)
        raise


def tell_end(name, future):
    tell_home("state", future=name, state="CANCELLED" if future.cancelled() else "FINISHED")
    tell_home("goes_on", who=name)


class Obituaries(logging.Handler):
    """When a pool's thread dies of an exception, nobody hears of it but the log."""

    def emit(self, record):
        if record.levelno == logging.CRITICAL and record.exc_info:
            deaths[me()] = sentence(record.exc_info[1])
            tell_home("note", text=f"The thread of {me()} has died of {deaths[me()]}")


def sentence(error):
    text = str(error).partition(": <")[0]  # without "<Future at 0x..." and the like
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def play(story, timeout_s, other_end, my_end):
    """Begin the story, do what is said from outside when it is stuck, tell what is left."""
    global home, pool, patience, workers
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the one who watches
    other_end.close()
    home, patience = my_end, timeout_s
    begin, workers, count = STORIES[story]
    logging.getLogger("concurrent.futures").addHandler(Obituaries())
    with concurrent.futures.ThreadPoolExecutor(workers, "worker") as pool:
        begin()
        everybody_is_there.set()
        while len(futures) < count or not all(future.done() for future in list(futures.values())):
            if home.poll(0.05):
                set_free(story)
        tell_what_is_left()


class SetFromOutside(Exception):
    """What a future gets that its own task did not give it."""


def set_free(story):
    """Set an exception on a future of the cycle, though only its worker should ever do that."""
    try:
        home.recv()  # the one thing that can be said from outside
    except EOFError:
        os._exit(1)  # nobody watches any more, and nobody could free the stuck threads
    name = "inner" if story == "pool" else "f1"
    futures[name].set_exception(SetFromOutside("by the main thread"))
    tell_home("note", text=f"{name} has got an exception from outside.")
    if story == "locks":
        time.sleep(LOOK_S)
        text = "Nobody is free: they wait for locks, not for f1. Now lock B is opened by force."
        tell_home("note", text=text)
        tell_home("goes_on", who="lock B")
        locks["lock B"].release()  # any thread may release a Lock, whoever holds it


def tell_what_is_left():
    for name, future in futures.items():
        error = future.exception()
        is_now = f"raises {sentence(error)}" if error else f"gives {future.result()!r}"
        tell_home("row", who=name, is_now=is_now)
    probe = pool.submit(int)  # does the pool still work?
    while not probe.done() and any(thread.is_alive() for thread in threads.values()):
        time.sleep(0.01)
    deadline = time.perf_counter() + 1  # the time to die, for a thread that is about to
    for name, thread in sorted(threads.items()):
        thread.join(max(0, deadline - time.perf_counter()))
        is_now = "ready for work" if thread.is_alive() else f"dead of {deaths.get(name)}"
        tell_home("row", who=name, is_now=is_now)
    pool_is = "takes work and never does it" if probe.cancel() else "takes work and does it"
    tell_home("row", who="pool", is_now=pool_is)


# ------------------------------------------------------------------ in the process that watches


class WaitForGraph:
    """Who waits for whom, and since when. Each waits for one other at most."""

    def __init__(self, tell):
        self.tell = tell
        self.waits = {}
        self.since = {}
        self.began = time.perf_counter()

    def wait(self, who, whom):
        if self.waits.get(who) != whom:
            self.waits[who] = whom
            self.since[who] = time.perf_counter()
            self.tell("waits", who=who, whom=whom)

    def go_on(self, who):
        if self.waits.pop(who, None):
            self.tell("goes_on", who=who)

    def cycle(self):
        """Follow the waits from each; return those who come round to where we began, or nobody."""
        for first in self.waits:
            path, whom = [first], self.waits[first]
            while whom in self.waits and whom not in path:
                path.append(whom)
                whom = self.waits[whom]
            if whom == first:
                return path
        return []

    def name(self, cycle):
        now = time.perf_counter()
        first_worker = cycle.index(min(who for who in cycle if who.startswith("worker")))
        cycle = cycle[first_worker:] + cycle[:first_worker]
        for who in cycle:
            since_s = round(self.since[who] - self.began, 3)
            stuck = {"who": who, "is_now": "waiting", "waits_for": self.waits[who]}
            self.tell("row", moment="stuck", **stuck, since_s=since_s)
            if who.startswith("worker"):
                self.tell("mark", lane=who, at=now, label="deadlock noticed")
        steps = ", which waits for ".join([*cycle, cycle[0]]).replace(", which", "", 1)
        self.tell("note", text=f"Deadlock: {steps}.")


def watch(story, rescue, timeout_s, tell, ask, play_is=""):
    """Have the story played once; return the way out, which may be chosen meanwhile."""
    here, there = multiprocessing.Pipe()
    patience = timeout_s if rescue == "timeout" else None
    player = multiprocessing.Process(target=play, args=(story, patience, here, there), daemon=True)
    player.start()
    there.close()
    graph, moment = WaitForGraph(tell), "at the end"
    try:
        for kind, what in messages(here, play_is):
            if kind == "waits":
                graph.wait(**what)
            elif kind == "goes_on":
                graph.go_on(**what)
            else:
                tell(kind, **({"moment": moment} if kind == "row" else {}), **what)
            cycle = graph.cycle()
            if cycle and moment == "at the end":
                graph.name(cycle)
                if rescue == "ask":
                    rescue = choose(ask, player)
                elif patience is None:
                    time.sleep(LOOK_S)
                moment = f"after {save(player, here, rescue, patience, tell)}"
        player.join(timeout=10)  # it has said all that it had to say
    finally:
        player.kill()
        player.join()
        here.close()
    for who in list(graph.waits):  # whoever was still waiting has gone with the process
        graph.go_on(who)
        tell("row", moment=moment, who=who, is_now="gone")
        if not who.startswith(("worker", "lock")):  # then it is a future
            tell("state", future=who, state="gone")
    if player.exitcode != 0:
        tell("row", moment=moment, who=f"pool{play_is}", is_now="gone")
    end = f"ended with exit code {player.exitcode}"
    tell("row", moment=moment, who=f"their process{play_is}", is_now=end)
    return rescue


def messages(connection, play_is):
    """Yield what the other process tells, with the names that are its play's, until it ends."""
    with contextlib.suppress(EOFError, OSError):
        while True:
            kind, what = connection.recv()
            names = what.keys() & {"who", "whom", "lane", "future"}
            yield kind, what | {name: what[name] + play_is for name in names}


def save(player, connection, rescue, patience, tell):
    """Do something about the deadlock; return what ended it."""
    if multiprocessing.connection.wait([player.sentinel], timeout=0):
        return "death"  # somebody else ended their process
    if patience is not None:
        tell("note", text="Each will give up by itself: it waits with a timeout.")
        return "timeout"
    if rescue == "exception":
        with contextlib.suppress(OSError):  # it may have ended meanwhile
            connection.send("set free")
        return "exception"
    why = "Too late for a timeout. " if rescue == "timeout" else ""
    tell("note", text=f"{why}Their process is killed, with all that is in it.")
    player.kill()
    return "kill"


def choose(ask, player):
    """Ask for a way out until one is named, for as long as there is somebody to be saved."""
    question = f"They are stuck. What shall be done: {', '.join(WAYS_OUT)}? "
    with contextlib.suppress(EOFError):
        while answer := ask(question, player.sentinel).strip():
            if answer in WAYS_OUT:
                return answer
    return "kill"  # nobody answers, and this helps always


def show(kind, **what):
    if kind in ("row", "note"):
        told = [f"{name.replace('_', ' ')}: {value}" for name, value in what.items()]
        print(what.get("text") or "   ".join(told))


def type_in(question, process):
    return input(question)  # in a terminal, the end of that process is seen after the answer


def main(story=STORY, rescue=RESCUE, timeout_s=TIMEOUT_S, tell=show, ask=type_in):
    way_out = watch(story, rescue, timeout_s, tell, ask)
    if rescue == "ask" and way_out == "timeout":  # once more, with the timeout from the beginning
        tell("note", text="The second play: the same story, now with a timeout from the beginning.")
        watch(story, "timeout", timeout_s, tell, ask, " (2nd play)")  # its futures are others


if __name__ == "__main__":
    main()
