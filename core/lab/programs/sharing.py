"""The same increments, shared in four ways: what does one increment cost in each?"""

import concurrent.futures
import multiprocessing
import threading
import time

WORKERS = 2
INCREMENTS = 10_000
WAYS = ("nothing", "Lock", "Value", "Manager")
REPEATS = 5


class Counter:
    """What threads share: any object will do. In a process it is that process's own."""

    def __init__(self):
        self.value = 0


def share(shared_count, shared_lock, all_here):
    """Run first in each worker: take what is shared."""
    global count, lock, barrier
    count, lock, barrier = shared_count, shared_lock, all_here


def add(increments):
    for _ in range(increments):
        with lock:
            temp = count.value + 1
            count.value = temp


def add_alone(increments):
    for _ in range(increments):
        temp = count.value + 1
        count.value = temp


def meet():
    """Wait until all workers are here: so each worker runs this once."""
    barrier.wait()
    return count.value  # a manager's proxy connects at its first use: do that before we measure


def work(adding, increments, go_at):
    """Begin when the others begin, add; return what was counted meanwhile, and when."""
    before = meet()
    while time.perf_counter() < go_at:
        pass
    start = time.perf_counter()
    adding(increments)
    end = time.perf_counter()
    return count.value - before, start, end


def with_nothing(workers, increments):
    """Each process counts alone; the sum is made at the end."""
    results = in_processes(workers, add_alone, increments, Counter(), None)
    return sum(own for own, _, _ in results), results


def with_lock(workers, increments):
    """Threads share every object; the lock lets in one at a time."""
    counter = Counter()
    shared = counter, threading.Lock(), threading.Barrier(workers)
    with concurrent.futures.ThreadPoolExecutor(workers, "worker", share, shared) as pool:
        results = run(pool, workers, add, increments)
    return counter.value, results


def with_value(workers, increments):
    """A Value is shared memory and a lock; they reach the processes by the initializer."""
    counter = multiprocessing.Value("i", 0)
    results = in_processes(workers, add, increments, counter, counter.get_lock())
    return counter.value, results


def with_manager(workers, increments):
    """A manager is one more process. It has the value and the lock, and the workers ask it."""
    with multiprocessing.Manager() as manager:
        try:
            counter = manager.Value("i", 0)
            results = in_processes(workers, add, increments, counter, manager.Lock())
            return counter.value, results
        except (EOFError, ConnectionError, FileNotFoundError) as error:  # nobody is there any more
            raise RuntimeError("the manager's process died, and the counter with it") from error


def in_processes(workers, adding, increments, shared_count, shared_lock):
    shared = shared_count, shared_lock, multiprocessing.Barrier(workers)
    with concurrent.futures.ProcessPoolExecutor(workers, None, share, shared) as pool:
        return run(pool, workers, adding, increments)


def run(pool, workers, adding, increments):
    """Wait until all workers have started, then let them add at the same time."""
    for future in [pool.submit(meet) for _ in range(workers)]:
        future.result()
    go_at = time.perf_counter() + 0.02
    futures = [pool.submit(work, adding, increments, go_at) for _ in range(workers)]
    return [future.result() for future in futures]


CALLS = {"nothing": with_nothing, "Lock": with_lock, "Value": with_value, "Manager": with_manager}


def show(kind, **what):
    if kind == "row":
        print("   ".join(f"{name.replace('_', ' ')}: {value}" for name, value in what.items()))


def main(workers=WORKERS, increments=INCREMENTS, ways=WAYS, repeats=REPEATS, tell=show):
    expected = workers * increments
    for _ in range(repeats):
        for way in ways:
            total, results = CALLS[way](workers, increments)
            for worker, (_, start, end) in enumerate(results, start=1):
                tell("span", lane=f"worker {worker}", start=start, end=end, label=way, state="task")
            seconds = max(end for _, _, end in results) - min(start for _, start, _ in results)
            tell(
                "row",
                way=way,
                seconds=seconds,
                per_increment_us=seconds / expected * 1e6,
                total=total,
                expected=expected,
            )


if __name__ == "__main__":
    main()
