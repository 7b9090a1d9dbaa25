"""How long the same work takes with more and more workers, whatever the workers are."""

import concurrent.futures
import multiprocessing
import random
import time

TERMS = 10_000_000
WORKERS = (1, 2, 3, 4)
TASKS_PER_WORKER = 1
EXECUTORS = ("serial", "threads", "processes")  # or "pool", "interpreters", "ceiling"
START_METHOD = None  # or "fork", "forkserver", "spawn"; None is what this Python does by itself
REPEATS = 3
SEED = 1  # the same seed, the same order


def myPi(m, n):
    pi = 0
    for k in range(m, n + 1):
        s = 1 if k % 2 else -1
        pi += s / (2 * k - 1)
    return pi * 4


def answer(total, terms):
    """What the sum of all parts stands for."""
    return total


def split(terms, parts):
    bounds = [terms * part // parts for part in range(parts + 1)]
    return [(low + 1, high) for low, high in zip(bounds, bounds[1:])]


def serial(terms):
    start = time.perf_counter()
    total = myPi(1, terms)
    return answer(total, terms), time.perf_counter() - start


def parallel(pool, terms, workers, tasks):
    """Split the terms, submit every part, add up the results; on workers that have started."""
    list(pool.map(time.sleep, [0.05] * workers))
    start = time.perf_counter()
    futures = [pool.submit(myPi, m, n) for m, n in split(terms, workers * tasks)]
    total = sum(future.result() for future in futures)
    return answer(total, terms), time.perf_counter() - start


def with_pool(pool, terms, workers, tasks):
    """Do the same with a multiprocessing.Pool, which has names of its own for it."""
    pool.map(time.sleep, [0.05] * workers, 1)
    start = time.perf_counter()
    results = [pool.apply_async(myPi, part) for part in split(terms, workers * tasks)]
    total = sum(result.get() for result in results)
    return answer(total, terms), time.perf_counter() - start


def ceiling(context, terms, workers):
    """Do each share in a process that talks to no other: pools can hardly be faster."""
    ready, gate, results = context.Semaphore(0), context.Event(), context.SimpleQueue()
    processes = [
        context.Process(target=alone, args=(ready, gate, results, m, n))
        for m, n in split(terms, workers)
    ]
    for process in processes:
        process.start()
    for _ in processes:
        ready.acquire()
    start = time.perf_counter()
    gate.set()
    parts = [results.get() for _ in processes]
    for process in processes:
        process.join()
    total = sum(part for part, _ in parts)
    return answer(total, terms), max(end for _, end in parts) - start


def alone(ready, gate, results, m, n):
    ready.release()
    gate.wait()
    part = myPi(m, n)
    results.put((part, time.perf_counter()))


def once(executor, terms, workers, tasks, start_method):
    if executor == "serial":
        return serial(terms)
    if executor == "threads":
        with concurrent.futures.ThreadPoolExecutor(workers) as pool:
            return parallel(pool, terms, workers, tasks)
    if executor == "interpreters":
        with concurrent.futures.InterpreterPoolExecutor(workers) as pool:
            return parallel(pool, terms, workers, tasks)
    context = multiprocessing.get_context(start_method)
    if executor == "processes":
        with concurrent.futures.ProcessPoolExecutor(workers, context) as pool:
            return parallel(pool, terms, workers, tasks)
    if executor == "pool":
        with context.Pool(workers) as pool:
            return with_pool(pool, terms, workers, tasks)
    return ceiling(context, terms, workers)


def show(kind, **what):
    print("   ".join(f"{name.replace('_', ' ')}: {value}" for name, value in what.items()))


def main(
    terms=TERMS,
    workers=WORKERS,
    tasks_per_worker=TASKS_PER_WORKER,
    executors=EXECUTORS,
    start_method=START_METHOD,
    repeats=REPEATS,
    seed=SEED,
    tell=show,
):
    if "interpreters" in executors and not hasattr(concurrent.futures, "InterpreterPoolExecutor"):
        tell("note", text="interpreters are left out: they need Python 3.14 or newer")
        executors = [executor for executor in executors if executor != "interpreters"]
    order = random.Random(seed)
    for repeat in range(1, repeats + 1):
        trials = [
            (executor, count)
            for executor in executors
            for count in (workers if executor != "serial" else (1,))
        ]
        order.shuffle(trials)
        for executor, count in trials:
            result, seconds = once(executor, terms, count, tasks_per_worker, start_method)
            tell(
                "row",
                repeat=repeat,
                executor=executor,
                workers=count,
                seconds=seconds,
                answer=result,
            )


if __name__ == "__main__":
    main()
