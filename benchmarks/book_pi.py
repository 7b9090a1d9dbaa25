# mypy: ignore-errors
"""The book's program: π from two halves, timed; run alone, it is what the lab must agree with.

    python book_pi.py threads|processes WORKERS [TERMS]

Prints what its own clocks said, as JSON: the whole (as the book times it, with the start of the
workers), the work alone (from the beginning of the first task to the last result), and the CPU time
of the tasks.
"""

import json
import sys
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor


def myPi(m, n):  # noqa: N802 - the book's own name
    pi = 0
    for k in range(m, n + 1):
        s = 1 if k % 2 else -1
        pi += s / (2 * k - 1)
    return pi * 4


def timed(m, n):
    cpu, start = time.thread_time(), time.perf_counter()
    pi = myPi(m, n)
    return start, time.thread_time() - cpu, pi


def main(kind, workers, N):  # noqa: N803 - the book's own name
    halves = [(1, N)] if workers == 1 else [(1, N // 2), (N // 2 + 1, N)]
    pool = ThreadPoolExecutor if kind == "threads" else ProcessPoolExecutor
    start = time.perf_counter()
    with pool(max_workers=workers) as executor:
        futures = [executor.submit(timed, m, n) for m, n in halves]
        answers = [future.result() for future in futures]
        end = time.perf_counter()
    first = min(answer[0] for answer in answers)
    cpu, pi = (sum(answer[place] for answer in answers) for place in (1, 2))
    print(json.dumps({"pi": pi, "whole_s": end - start, "work_s": end - first, "cpu_s": cpu}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 10_000_000)
