"""π with multiprocessing.Pool and with futures: what does each way cost for one task?"""

import concurrent.futures
import contextlib
import functools
import math
import multiprocessing
import multiprocessing.connection
import os
import threading
import time

TERMS = 1_000_000
WORKERS = 2
WAYS = ("apply_async", "submit", "Pool.map", "Executor.map", "starmap", "imap_unordered")
CHUNKSIZE = 25  # how many tasks travel together, in those ways that can; they are tried with 1 too
WORK_US = (1, 10, 100, 300, 1000, 3000, 10_000)  # how long a task works, in microseconds
TOTAL_MS = 120  # the work of all tasks of one length together ...
MOST_TASKS = 1300  # ... or so many tasks, where they are short
REPEATS = 3


def myPi(m, n):
    pi = 0
    for k in range(m, n + 1):
        s = 1 if k % 2 else -1
        pi += s / (2 * k - 1)
    return pi * 4


def task(m, n):
    """Compute a part of π; say who did it, when, and how long it had a CPU."""
    start, cpu = time.perf_counter(), time.process_time()
    part = myPi(m, n)
    cpu = time.process_time() - cpu
    return part, os.getpid(), start, time.perf_counter(), cpu


def task_of(bounds):
    """Do the same for a map, which hands over one argument."""
    return task(*bounds)


# The same twice: each time first as multiprocessing.Pool says it, then as futures do.


def apply_async(pool, tasks, chunksize):
    results = [pool.apply_async(task, bounds) for bounds in tasks]
    return [result.get() for result in results]


def submit(executor, tasks, chunksize):
    futures = [executor.submit(task, *bounds) for bounds in tasks]
    return [future.result() for future in futures]


def pool_map(pool, tasks, chunksize):
    results = pool.map(task_of, tasks, chunksize=chunksize)
    return results


def executor_map(executor, tasks, chunksize):
    results = executor.map(task_of, tasks, chunksize=chunksize)
    return list(results)


# These two only Pool has.


def starmap(pool, tasks, chunksize):
    return pool.starmap(task, tasks, chunksize=chunksize)


def imap_unordered(pool, tasks, chunksize):
    return list(pool.imap_unordered(task_of, tasks, chunksize=chunksize))


Pool, Executor = multiprocessing.Pool, concurrent.futures.ProcessPoolExecutor
CALLS = {
    "apply_async": (Pool, apply_async),
    "submit": (Executor, submit),
    "Pool.map": (Pool, pool_map),
    "Executor.map": (Executor, executor_map),
    "starmap": (Pool, starmap),
    "imap_unordered": (Pool, imap_unordered),
}
ONE_BY_ONE = ("apply_async", "submit")  # they know no chunks


def split(terms, parts):
    """Share out the terms: the first and the last of each part."""
    bounds = [terms * part // parts for part in range(parts + 1)]
    return [(low + 1, high) for low, high in zip(bounds, bounds[1:])]


def terms_in_a_us():
    """Find out how many terms this machine computes in a microsecond."""
    best = 0
    for _ in range(5):
        _, _, start, end, _ = task(1, 20_000)
        best = max(best, 20_000 / (end - start) / 1e6)
    return best


def measure(call, pool, tasks, chunksize):
    """Time one way on workers that have started, and check the answer."""
    start = time.perf_counter()
    results = call(pool, tasks, chunksize)
    seconds = time.perf_counter() - start
    pi = sum(result[0] for result in results)
    if abs(pi - math.pi) > 2 / tasks[-1][1]:
        raise ArithmeticError(f"{pi} is not π")
    return seconds, pi, results


def compute_pi(way, pool, terms, workers, tell):
    """Give each worker one equal part, as the book does."""
    _, call = CALLS[way]
    seconds, pi, results = measure(call, pool, split(terms, workers), 1)
    pids = sorted({pid for _, pid, _, _, _ in results})
    for _, pid, start, end, _ in sorted(results, key=lambda result: result[1]):
        lane = f"worker {pids.index(pid) + 1}"
        tell("span", lane=lane, start=start, end=end, label=way, state="task")
    wall = sum(end - start for _, _, start, end, _ in results)
    cpu_percent = sum(cpu for _, _, _, _, cpu in results) / wall * 100  # the rest had others
    tell("row", way=way, tasks=workers, seconds=seconds, pi=pi, cpu_percent=cpu_percent)


def sweep(way, pool, workers, chunksize, work_us, total_ms, most_tasks, tell):
    """Compute π in tasks that become longer and longer: what does each cost beside its work?"""
    _, call = CALLS[way]
    name = way if chunksize == 1 else f"{way} ({chunksize})"
    rate = terms_in_a_us()
    for us in work_us:
        rounds = max(1, round(min(total_ms * 1000 / us, most_tasks) / workers))
        if chunksize > 1 and rounds < 4 * chunksize:
            continue  # with few chunks, some workers wait for the last one
        tasks = split(max(1, round(us * rate)) * rounds * workers, rounds * workers)
        seconds, _, results = measure(call, pool, tasks, chunksize)
        work = sum(end - start for _, _, start, end, _ in results) / workers
        tell(
            "row",
            way=name,
            work_us=us,
            tasks=len(tasks),
            seconds=seconds,
            cost_us=(seconds - work) / len(tasks) * 1e6,
            overhead_percent=(seconds - work) / seconds * 100,
        )


class WorkerDied(Exception):
    """What Pool never says. An executor says BrokenProcessPool by itself."""


def number_of(process):
    """Return the number at the end of its name: processes are counted as they are made."""
    return int(process.name.rpartition("-")[2])


def watched(pool, numbers, work):
    """Have the work with a Pool done in a thread, and watch its first workers meanwhile.

    A Pool puts a new worker in the place of a dead one, in silence. The task that it had is lost,
    or a lock, and whoever waits for its result waits for ever.
    """
    workers = [one for one in multiprocessing.active_children() if number_of(one) in numbers]
    if len(workers) < len(numbers):
        give_up(pool)
    outcome = concurrent.futures.Future()
    is_over, over = multiprocessing.Pipe(duplex=False)

    def run():
        try:
            outcome.set_result(work())
        except Exception as error:
            outcome.set_exception(error)
        over.send(None)

    thread = threading.Thread(target=run, name="work", daemon=True)
    thread.start()
    deaths = [worker.sentinel for worker in workers]
    ready = multiprocessing.connection.wait([is_over, *deaths])
    if is_over in ready:
        thread.join()
        return outcome.result()
    give_up(pool, workers[deaths.index(ready[0])])


def give_up(pool, dead=None):
    """Close a Pool that has lost a worker, and tell."""
    closing = threading.Thread(target=close, args=(pool,), name="closing", daemon=True)
    closing.start()
    closing.join(0.5)  # it never ends if the dead worker had a lock of the Pool
    how = f"with exit code {dead.exitcode}" if dead else "before its first task"
    raise WorkerDied(
        f"a worker of the Pool died {how}, and what it had is lost."
        " Pool does not tell: get() and map() would wait for ever."
        " The futures of an executor raise BrokenProcessPool."
    )


def close(pool):
    with contextlib.suppress(Exception):  # half a message may be in a pipe
        pool.terminate()


def show(kind, **what):
    if kind == "row":
        print("   ".join(f"{name.replace('_', ' ')}: {value}" for name, value in what.items()))


def try_way(way, pool, terms, workers, chunksize, work_us, total_ms, most_tasks, tell):
    """Compute π, then the tasks of all lengths, with workers that have started."""
    _, call = CALLS[way]
    call(pool, split(1000, workers), 1)  # its first results come when all have started
    compute_pi(way, pool, terms, workers, tell)
    for size in (1,) if way in ONE_BY_ONE else (1, chunksize):
        sweep(way, pool, workers, size, work_us, total_ms, most_tasks, tell)


def main(
    terms=TERMS,
    workers=WORKERS,
    ways=WAYS,
    chunksize=CHUNKSIZE,
    work_us=WORK_US,
    total_ms=TOTAL_MS,
    most_tasks=MOST_TASKS,
    repeats=REPEATS,
    tell=show,
):
    for _ in range(repeats):
        for way in ways:
            make, _ = CALLS[way]
            all_here = multiprocessing.Barrier(workers)
            first = number_of(multiprocessing.Process()) + 1  # of those that will be made now
            settings = terms, workers, chunksize, work_us, total_ms, most_tasks, tell
            with make(workers, initializer=all_here.wait) as pool:
                work = functools.partial(try_way, way, pool, *settings)
                watched(pool, range(first, first + workers), work) if make is Pool else work()


if __name__ == "__main__":
    main()
