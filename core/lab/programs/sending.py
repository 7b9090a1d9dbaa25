"""What reaches a worker as an argument, in what shape, and what the error is when it doesn't."""

import concurrent.futures
import multiprocessing
import multiprocessing.managers
import os
import socket
import sys
import tempfile
import threading
import time
from multiprocessing import resource_sharer

TARGETS = ("threads", "processes", "interpreters")
START_METHOD = "default"  # or "fork", "forkserver", "spawn": how processes are started
PATIENCE_S = 5  # what has not come back by then is called stuck


# ------------------------------------------------------------------------------- the things


def double(number):
    return 2 * number


class Account:
    def __init__(self):
        self.balance = 100


class Sealed:
    """Can be packed, but whoever unpacks it calls int("sealed"), which fails."""

    def __reduce__(self):
        return int, ("sealed",)


def local_function():
    def triple(number):
        return 3 * number

    return triple


def numbers():
    yield 1
    yield 2


def running_future():
    future = concurrent.futures.Future()
    future.set_running_or_notify_cancel()
    return future


def one_end_of_a_connection():
    global other_end
    mine, other_end = socket.socketpair()
    other_end.setblocking(False)
    return mine


def heard():
    """Return what was sent over the connection since the last look."""
    try:
        return other_end.recv(10)
    except BlockingIOError:
        return b""


def add_one(value):
    with value.get_lock():
        value.value += 1


def spend(account):
    account.balance -= 1


def is_taken(lock):
    """Tell whether somebody holds the lock."""
    if lock.acquire(False):
        lock.release()
        return False
    return True


class Thing:
    """Something to send: how it is made, and how we find out whether both have the same one.

    `change` changes what has arrived, there; `look` is called here, before and after.
    """

    def __init__(self, make, instead="", change=id, look=lambda thing: None, way="argument"):
        self.make, self.instead = make, instead
        self.change, self.look, self.way = change, look, way


TO_PROCESSES = "give it to the pool's initializer"
THINGS = {
    "an int": Thing(lambda: 12_345_678),
    "a huge int": Thing(lambda: 10**5000),
    "NaN": Thing(lambda: float("nan")),
    "a list": Thing(lambda: [1, 2], change=lambda it: it.append(3), look=len),
    "a function of the module": Thing(lambda: double, change=lambda it: it(1)),
    "a lambda": Thing(lambda: lambda number: 4 * number, "a function of the module, with def"),
    "a local function": Thing(local_function, "a function of the module"),
    "an instance": Thing(Account, change=spend, look=lambda it: it.balance),
    ...
}
