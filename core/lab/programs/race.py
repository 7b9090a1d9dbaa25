"""Two workers add to one counter. With its lock nothing is lost; without it, something may be."""

import concurrent.futures
import dis
import linecache
import multiprocessing
import platform
import sys
import threading
import time

KIND = "processes"  # or "threads"
WORKERS = 2
INCREMENTS = 10_000
WAY = "plain"  # or "call" (a call between reading and writing) or "lock"
SWITCH_MS = 5.0  # how long a thread may run before it is asked to give way
REPEATS = 5

SOON_S = 0.005  # until the common start: by then each worker has its task
mine = threading.local()  # what each worker has for itself, be it a thread or a process


class Counter:
    """What threads share: any object will do."""

    def __init__(self):
        self.value = 0
        self.lock = threading.Lock()

    def get_lock(self):
        return self.lock


def share(counter, everybody):
    """Run first in each worker: shared memory reaches a process of a pool in no other way."""
    global count, barrier
    count, barrier = counter, everybody
    mine.began = time.perf_counter()


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


def meet():
    """Wait until all workers are here: so each worker runs this once."""
    barrier.wait()


def work(way, increments, go_at):
    """Wait for the common start, so that the workers really run side by side, then add.

    Return when the worker was there, and from when to when it added.
    """
    time.sleep(max(0, go_at - time.perf_counter()))  # not by turning: that takes the GIL
    start = time.perf_counter()
    WAYS[way](increments)
    return mine.began, start, time.perf_counter()


def once(kind, workers, increments, way):
    """Let all workers add once; return the counter's value, when we began, and when each worked."""
    opened = time.perf_counter()
    if kind == "threads":
        shared = counter, _ = Counter(), threading.Barrier(workers)
        pool = concurrent.futures.ThreadPoolExecutor(workers, "worker", share, shared)
    else:
        shared = counter, _ = multiprocessing.Value("i", 0), multiprocessing.Barrier(workers)
        pool = concurrent.futures.ProcessPoolExecutor(workers, None, share, shared)
    with pool:
        for future in [pool.submit(meet) for _ in range(workers)]:
            future.result()
        go_at = time.perf_counter() + SOON_S
        futures = [pool.submit(work, way, increments, go_at) for _ in range(workers)]
        spans = [future.result() for future in futures]
    return counter.value, opened, spans


def target(step):
    """Return where an instruction may jump to; None where it does not jump."""
    return step.argval if step.opcode in {*dis.hasjrel, *dis.hasjabs} else None


def gives_way(step):
    """Tell whether a thread may lose the GIL right after an instruction.

    CPython, from 3.10 on, looks whether another thread waits (the "eval breaker" of
    Python/ceval.c) when a function begins, after a call, and when a loop goes round.
    """
    if step.opname.startswith("CALL"):
        return not step.opname.startswith("CALL_INTRINSIC")
    return step.opname == "RESUME" or (target(step) or step.offset + 1) <= step.offset


def instructions(function):
    """Yield, for each instruction, its line, what it does, and whether a thread gives way."""
    first, starts = function.__code__.co_firstlineno, dict(dis.findlinestarts(function.__code__))
    steps, lines = list(dis.get_instructions(function)), {}
    for step in steps:
        lines[step.offset] = starts.get(step.offset) or next(reversed(lines.values()), first)
    if steps[0].opname != "RESUME":
        yield first, "(the function begins)", True  # Python 3.10 has no instruction for it
    for step in steps:
        what = step.argrepr if target(step) is None else f"to line {lines[target(step)]}"
        yield lines[step.offset], f"{step.opname} {what}".strip(), gives_way(step)


def tell_where(kind, way, tell):
    """Tell where a switch can happen: the bytecode of the Python that runs, beside the source."""
    has_gil = getattr(sys, "_is_gil_enabled", lambda: True)()
    everywhere = kind == "processes" or not has_gil
    for sentence in rule(kind, way, has_gil):
        tell("code", line=None, source=sentence, instruction="", marked=False)
    shown = None
    for function in [WAYS[way], one_more] if way == "call" else [WAYS[way]]:
        for line, instruction, marks in instructions(function):
            source = "" if line == shown else linecache.getline(__file__, line).rstrip()
            marked, shown = marks or everywhere, line
            tell("code", line=line, source=source, instruction=instruction, marked=marked)


def rule(kind, way, has_gil):
    version = f"Python {platform.python_version()}"
    if kind == "threads" and has_gil:
        yield f"{version} with its GIL: another thread may go on after a marked instruction only."
    else:
        who = "processes" if kind == "processes" else "threads without a GIL"
        yield f"{version}, {who}: the other may be at work after any instruction."
        if way == "lock":
            yield "The lock makes it wait, so it does nothing between reading and writing."


def show(kind, **what):
    if kind == "code":
        mark = "<->" if what["marked"] else ""
        line = f"{what['line']:>3} " if what["source"] and what["line"] else ""
        print(f"{line + what['source']:<46} {mark:3} {what['instruction']}".rstrip())
    if kind == "row":
        print("   ".join(f"{name.replace('_', ' ')}: {value}" for name, value in what.items()))


def main(
    kind=KIND,
    workers=WORKERS,
    increments=INCREMENTS,
    way=WAY,
    switch_ms=SWITCH_MS,
    repeats=REPEATS,
    tell=show,
):
    tell_where(kind, way, tell)
    before = sys.getswitchinterval()
    sys.setswitchinterval(switch_ms / 1000)
    try:
        for repeat in range(1, repeats + 1):
            got, opened, spans = once(kind, workers, increments, way)
            for worker, (began, start, end) in enumerate(spans, start=1):
                on = {"lane": f"worker {worker}", "label": f"repeat {repeat}"}
                tell("span", **on, start=opened, end=began, state="startup")
                tell("span", **on, start=began, end=start, state="waiting")
                tell("span", **on, start=start, end=end, state="task")
            expected = workers * increments
            tell("row", repeat=repeat, expected=expected, got=got, lost=expected - got)
    finally:
        sys.setswitchinterval(before)


if __name__ == "__main__":
    main()
