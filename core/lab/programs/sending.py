"""What reaches a worker as an argument, in what shape, and what the error is when it doesn't."""

import concurrent.futures
import contextlib
import multiprocessing
import os
import socket
import sys
import tempfile
import threading
import time
from multiprocessing import resource_sharer
from multiprocessing.managers import BaseProxy

TARGETS = ("threads", "processes", "interpreters")
START_METHOD = "default"  # or "fork", "forkserver", "spawn": how processes are started
PATIENCE_S = 5  # what has not come back by then is called stuck

kept = contextlib.ExitStack()  # what must be closed when it has been sent


# ----------------------------------------------------------------------- how the things are made


def double(number):
    return 2 * number


class Account:
    def __init__(self):
        self.balance = 100


def make_local_function():
    def triple(number):
        return 3 * number

    return triple


def make_late_function():
    """Define a function in this module only now, as one below `if __name__ == "__main__"` is."""
    exec("def late(number): return 4 * number", globals())
    return globals()["late"]


def make_generator():
    yield 1
    yield 2


def make_running_future():
    future = concurrent.futures.Future()
    future.set_running_or_notify_cancel()
    return future


def make_file():
    return kept.enter_context(tempfile.TemporaryFile("w+"))


def make_socket():
    global other_end
    this_end, other_end = socket.socketpair()
    kept.enter_context(this_end)
    kept.enter_context(other_end)
    other_end.settimeout(0.01)  # what was said before the task ended is there
    return this_end


def make_proxy():
    manager = kept.enter_context(context().Manager())
    return manager.list([1, 2])


def make_value():
    return context().Value("i", 0)


def context():
    return multiprocessing.get_context(None if method == "default" else method)


# ------------------------------------------------ do both have the same one? change it, and look


def append(numbers):
    numbers.append(3)


def spend(account):
    account.balance -= 1


def add_one(value):
    value.value += 1


def take(lock):
    lock.acquire(False)


def is_taken(lock):
    free = lock.acquire(False)
    if free:
        lock.release()
    return not free


def speak(this_end):
    this_end.send(b"hello")


def listen(this_end):
    """Return what has come over the connection since the last look."""
    try:
        return other_end.recv(100)
    except TimeoutError:
        return b""


def nothing(thing):
    return None


class Thing:
    """One thing to send: `make` it, `change` it where it arrives, `look` at the one at home.

    `way_around` is what else to do when it does not arrive.
    """

    def __init__(self, make, way_around="", change=nothing, look=nothing, by_initializer=False):
        self.make = make
        self.way_around = way_around
        self.change = change
        self.look = look
        self.by_initializer = by_initializer


TO_INITIALIZER = "give it to the initializer of a pool of processes"

THINGS = {
    "an int": Thing(lambda: 12_345_678),
    "a huge int, 10**5000": Thing(lambda: 10**5000),
    "a float": Thing(lambda: 0.1),
    "NaN": Thing(lambda: float("nan")),
    "a list": Thing(lambda: [1, 2], "", append, len),
    "an instance of a class": Thing(Account, "", spend, lambda account: account.balance),
    "a function of the module": Thing(lambda: double),
    "a function made later": Thing(
        make_late_function, "define it at the top of the module, where a new worker finds it"
    ),
    "a local function": Thing(
        make_local_function, "move it to the module; give it what it needs as arguments"
    ),
    "a lambda": Thing(
        lambda nameless=lambda number: 5 * number: nameless, "a function of the module, with def"
    ),
    "a generator": Thing(make_generator, "list(it), or make it over there"),
    "an open file": Thing(make_file, "send its path, and open it over there"),
    "a socket": Thing(make_socket, "send the address, and connect over there", speak, listen),
    "a running future": Thing(
        make_running_future, "send its result(), in a callback when it is done"
    ),
    "a threading.Lock": Thing(
        threading.Lock,
        "a multiprocessing.Lock by the initializer, or a manager's Lock()",
        take,
        is_taken,
    ),
    "a multiprocessing.Lock": Thing(lambda: context().Lock(), TO_INITIALIZER, take, is_taken),
    "a multiprocessing.Value": Thing(
        make_value, TO_INITIALIZER, add_one, lambda value: value.value
    ),
    "a Value, by the initializer": Thing(
        make_value, "send a number, and return it", add_one, lambda value: value.value, True
    ),
    "a manager's list": Thing(make_proxy, "send list(it), and return it", append, len),
}


# --------------------------------------------------------------------------------- the sending


def keep(thing):
    """Be the pool's initializer: run once in each worker, before its first task."""
    global given
    given = thing


def receive(name, thing):
    """Be the task: change what has arrived, and describe it."""
    if THINGS[name].by_initializer:
        thing = given
    THINGS[name].change(thing)
    same_name = globals().get(getattr(thing, "__name__", None))
    return os.getpid(), id(thing), same_name is thing, isinstance(thing, BaseProxy)


def open_pool(target, *initializer):
    """Open a pool with one worker; a fresh one each time, since what is sent may break it."""
    if target == "threads":
        return concurrent.futures.ThreadPoolExecutor(1, "worker", *initializer)
    if target == "processes":
        return concurrent.futures.ProcessPoolExecutor(1, context(), *initializer)
    return concurrent.futures.InterpreterPoolExecutor(1, "worker", *initializer)


def send(name, thing, target):
    """Send the thing; return how it arrived, or raise what came instead."""
    before = THINGS[name].look(thing)
    others = multiprocessing.active_children()
    if THINGS[name].by_initializer:
        pool, argument = open_pool(target, keep, (thing,)), None
    else:
        pool, argument = open_pool(target), thing
    is_stuck = False
    try:
        future = pool.submit(receive, name, argument)
        is_stuck = not concurrent.futures.wait([future], PATIENCE_S).done
        if is_stuck:
            for worker in multiprocessing.active_children():
                if worker not in others:
                    worker.kill()
            raise TimeoutError(f"nothing came back within {PATIENCE_S} s")
        process, number, is_named, is_proxy = future.result()
    finally:  # a process was killed, so waiting for it is quick; a stuck thread would never end
        pool.shutdown(wait=target == "processes" or not is_stuck)
    if (process, number) == (os.getpid(), id(thing)):
        return "the same object"
    if is_named:
        return "its name, looked up there"
    if THINGS[name].look(thing) != before:
        return "a proxy, one object" if is_proxy else "shared, one state"
    return "a copy"


def try_to_send(name, target, tell):
    """Tell a row and a span about one thing on its way to one kind of worker."""
    row = {"thing": name, "to": target, "arrives": "no", "error": "", "way_around": ""}
    start = time.perf_counter()
    try:
        thing = THINGS[name].make()
        row["arrives"] = send(name, thing, target)
        if row["arrives"] == "a copy" and THINGS[name].change is not nothing:
            row["way_around"] = "changes stay over there: return what has changed"
    except Exception as error:
        row["error"] = f"{type(error).__name__}: {error}"
        row["way_around"] = THINGS[name].way_around
    finally:
        kept.close()
        resource_sharer.stop()  # the thread that hands over sockets
    end = time.perf_counter()
    state = "failed" if row["error"] else "task"
    tell("span", lane=target, start=start, end=end, label=name, state=state)
    tell("row", **row)


def show(kind, **what):
    if kind == "row":
        told = {name.replace("_", " "): value for name, value in what.items() if value}
        print("   ".join(f"{name}: {value}" for name, value in told.items()))


def main(targets=TARGETS, start_method=START_METHOD, tell=show):
    global method
    method = start_method
    for name in THINGS:
        for target in targets:
            if target != "interpreters" or hasattr(concurrent.futures, "InterpreterPoolExecutor"):
                try_to_send(name, target, tell)
    if "interpreters" in targets and not hasattr(concurrent.futures, "InterpreterPoolExecutor"):
        version = ".".join(map(str, sys.version_info[:2]))
        error = f"not in this Python: it is {version}, and they came with 3.14"
        tell("row", thing="anything", to="interpreters", arrives="no", error=error)


if __name__ == "__main__":
    main()
