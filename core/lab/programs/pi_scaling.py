"""How the time to compute π changes with the number of workers, for threads and for processes."""

import concurrent.futures
import multiprocessing
import time

TERMS = 10_000_000
WORKERS = (1, 2, 3, 4)
EXECUTORS = ("serial", "threads", "processes")
START_METHOD = None  # or "fork", "forkserver", "spawn"; None is what this Python does by itself
BLOCKS = 3


def myPi(m, n):
    pi = 0
    for k in range(m, n + 1):
        s = 1 if k % 2 else -1
        pi += s / (2 * k - 1)
    return pi * 4


def serial(terms):
    start = time.perf_counter()
    pi = myPi(1, terms)
    return pi, time.perf_counter() - start


def parallel(pool, terms, workers):
    """Split the terms, submit every part, add up the results; on workers that have started."""
    list(pool.map(time.sleep, [0.05] * workers))
    bounds = [terms * part // workers for part in range(workers + 1)]
    start = time.perf_counter()
    futures = [pool.submit(myPi, low + 1, high) for low, high in zip(bounds, bounds[1:])]
    pi = sum(future.result() for future in futures)
    return pi, time.perf_counter() - start


def once(executor, terms, workers, start_method):
    if executor == "serial":
        return serial(terms)
    if executor == "threads":
        with concurrent.futures.ThreadPoolExecutor(workers) as pool:
            return parallel(pool, terms, workers)
    context = multiprocessing.get_context(start_method)
    with concurrent.futures.ProcessPoolExecutor(workers, context) as pool:
        return parallel(pool, terms, workers)


def show(kind, **what):
    print("   ".join(f"{name} {value}" for name, value in what.items()))


def main(
    terms=TERMS,
    workers=WORKERS,
    executors=EXECUTORS,
    start_method=START_METHOD,
    blocks=BLOCKS,
    tell=show,
):
    for block in range(1, blocks + 1):
        for executor in executors:
            for count in workers if executor != "serial" else (1,):
                pi, seconds = once(executor, terms, count, start_method)
                tell("row", block=block, executor=executor, workers=count, seconds=seconds, pi=pi)


if __name__ == "__main__":
    main()
