"""Two workers add to one counter. With its lock nothing is lost; without it, something may be."""

import concurrent.futures
import multiprocessing
import sys
import threading
import time

KIND = "processes"  # or "threads"
WORKERS = 2
INCREMENTS = 10_000
WAY = "plain"  # or "call" (a call between reading and writing) or "lock"
SWITCH_MS = 5.0  # how long a thread may run before it is asked to give way
REPEATS = 5


class Counter:
    """What threads share: any object will do."""

    def __init__(self):
        self.value = 0
        self.lock = threading.Lock()

    def get_lock(self):
        return self.lock


def share(counter):
    """Run first in each worker: shared memory reaches a process of a pool in no other way."""
    global count
    count = counter


def plain(increments):
    for _ in range(increments):
        temp = count.value + 1
        count.value = temp


def call(increments):
    for _ in range(increments):
        temp = one_more(count.value)
        count.value = temp


def one_more(number):
    return number + 1


def lock(increments):
    for _ in range(increments):
        with count.get_lock():
            temp = count.value + 1
            count.value = temp


WAYS = {"plain": plain, "call": call, "lock": lock}


def work(way, increments, go_at):
    """Wait for the common start, so that the workers really run side by side, then add."""
    while time.perf_counter() < go_at:
        pass
    start = time.perf_counter()
    WAYS[way](increments)
    return start, time.perf_counter()


def once(kind, workers, increments, way):
    """Let all workers add once; return the counter's value and when each worker worked."""
    if kind == "threads":
        counter = Counter()
        pool = concurrent.futures.ThreadPoolExecutor(workers, "worker", share, (counter,))
    else:
        counter = multiprocessing.Value("i", 0)
        pool = concurrent.futures.ProcessPoolExecutor(workers, None, share, (counter,))
    with pool:
        list(pool.map(time.sleep, [0.02] * workers))  # start every worker
        go_at = time.perf_counter() + 0.02
        futures = [pool.submit(work, way, increments, go_at) for _ in range(workers)]
        spans = [future.result() for future in futures]
    return counter.value, spans


def show(kind, **what):
    if kind == "row":
        print("   ".join(f"{name} {value}" for name, value in what.items()))


def main(
    kind=KIND,
    workers=WORKERS,
    increments=INCREMENTS,
    way=WAY,
    switch_ms=SWITCH_MS,
    repeats=REPEATS,
    tell=show,
):
    before = sys.getswitchinterval()
    sys.setswitchinterval(switch_ms / 1000)
    try:
        for repeat in range(1, repeats + 1):
            got, spans = once(kind, workers, increments, way)
            for worker, (start, end) in enumerate(spans, start=1):
                lane, label = f"worker {worker}", f"repeat {repeat}"
                tell("span", lane=lane, start=start, end=end, label=label, state="task")
            expected = workers * increments
            tell("row", repeat=repeat, expected=expected, got=got, lost=expected - got)
    finally:
        sys.setswitchinterval(before)


if __name__ == "__main__":
    main()
