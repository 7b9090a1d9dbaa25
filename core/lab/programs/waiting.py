"""Three tasks, and five ways to wait for them: when each comes back, and with what."""

import concurrent.futures
import multiprocessing
import threading
import time

KIND = "threads"  # or "processes"
WORKERS = 2
A_S = 0.15  # how long each task takes
B_S = 0.3
C_S = 0.45
ENDS = "raise"  # B raises; or "finish": nothing special; "cancel" or "shutdown": C is dropped
TIMEOUT_S = 0.4

MODES = ("ALL_COMPLETED", "FIRST_COMPLETED", "FIRST_EXCEPTION", "as_completed", "C.result()")
DROP_S = 0.05  # when C is cancelled, or the pool is shut down
RESCUE_S = 0.3  # how long after the end of everything a waiting that goes on is rescued


class Failed(Exception):
    """What B raises; it carries what a result would."""


def task(seconds, raises):
    """Sleep; return, or raise, who did it and from when to when."""
    start = time.perf_counter()
    time.sleep(seconds)
    done = threading.get_native_id(), start, time.perf_counter()
    if raises:
        raise Failed(*done)
    return done


def open_pool(kind, workers):
    """Open a pool, and return it when all its workers have started."""
    if kind == "threads":
        everybody = threading.Barrier(workers)
        pool = concurrent.futures.ThreadPoolExecutor(workers, "worker", everybody.wait)
    else:
        everybody = multiprocessing.Barrier(workers)
        pool = concurrent.futures.ProcessPoolExecutor(workers, None, everybody.wait)
    list(pool.map(abs, range(workers)))
    return pool


def wait_in(mode, futures, timeout_s):
    """Wait in one of the five ways; return the futures that came, and what was raised."""
    came, raised = [], None
    try:
        if mode == "as_completed":
            for future in concurrent.futures.as_completed(futures.values(), timeout_s):
                came.append(future)
        elif mode == "C.result()":
            futures["C"].result(timeout_s)
        else:
            done, _ = concurrent.futures.wait(futures.values(), timeout_s, return_when=mode)
            came = [future for future in futures.values() if future in done]
    except Exception as error:
        raised = type(error).__name__
    if mode == "C.result()":
        came = [future for future in futures.values() if future.done()]
    return came, raised


def meanwhile(ends, pool, futures, returned, rescued, tell):
    """What another thread does while the main thread waits."""
    time.sleep(DROP_S)
    if ends == "cancel":
        cancelled = futures["C"].cancel()
        tell_mark("another thread", f"C.cancel() returned {cancelled}", tell)
        if not cancelled:
            tell("note", text=f"C.cancel() returned False: C was {futures['C']._state} already.")
    if ends == "shutdown":
        tell_mark("another thread", "shutdown(cancel_futures=True)", tell)
        pool.shutdown(wait=True, cancel_futures=True)
    while not (returned.wait(0.05) or all(future.done() for future in futures.values())):
        pass
    if not returned.wait(RESCUE_S) and futures["C"]._state == "CANCELLED":
        rescued.set()
        tell_mark("another thread", "rescue", tell)
        tell("note", text="All has ended, but one still waits for C, and would for ever.")
        futures["C"].set_running_or_notify_cancel()  # tell who waits; the pool did not


def tell_mark(lane, label, tell):
    tell("mark", lane=lane, at=time.perf_counter(), label=label)


def watch(call, futures, over, tell):
    """Look at the states every two milliseconds, and tell what has changed, until all is over."""
    seen = dict.fromkeys(futures, "PENDING")
    looking = True
    while looking:
        looking = not over.wait(0.002)
        for name, future in futures.items():
            state = future._state  # private: the public methods cannot tell all five apart
            if state != seen[name]:
                seen[name] = state
                tell("state", future=f"{call} {name}", state=state)


def in_words(name, future):
    """Name a future, and say what it is, unless it simply has its result."""
    if future._state != "FINISHED":
        return f"{name} ({future._state})"
    error = future.exception()
    return name if error is None else f"{name} ({type(error).__name__})"


def one_call(call, mode, timeout_s, pool, seconds, ends, tell):
    """Submit the three tasks, wait for them in one way, and tell when that came back."""
    returned, rescued, over = threading.Event(), threading.Event(), threading.Event()
    start, futures = time.perf_counter(), {}
    for name in seconds:
        raises = ends == "raise" and name == "B"
        futures[name] = pool.submit(task, seconds[name], raises)
        tell("state", future=f"{call} {name}", state="PENDING")
    watcher = threading.Thread(target=watch, args=(call, futures, over, tell))
    helper = threading.Thread(target=meanwhile, args=(ends, pool, futures, returned, rescued, tell))
    watcher.start()
    helper.start()
    try:
        came, raised = wait_in(mode, futures, timeout_s)
        end = time.perf_counter()
        returned.set()
        names = {future: in_words(name, future) for name, future in futures.items()}
        tell("span", lane="wait", start=start, end=end, label=f"{call} {mode}", state="waiting")
        tell_mark("wait", f"{call} {mode} {raised or 'returned'}", tell)
        tell(
            "row",
            call=call,
            mode=mode,
            timeout_s=timeout_s,
            returned_after_s=round(end - start, 3),
            **({"rescued": "yes" if rescued.is_set() else "no"} if ends == "shutdown" else {}),
            done=", ".join(names[future] for future in came) or None,
            not_done=", ".join(names[future] for future in names if future not in came) or None,
            raised=raised,
        )
    finally:
        helper.join()
        pool.shutdown()  # the tasks have gone on all the time: wait for their end
        for process in multiprocessing.active_children():
            process.kill()  # only a pool that has broken leaves any
        over.set()
        watcher.join()
    tell_spans(call, futures, tell)


def tell_spans(call, futures, tell):
    """Tell which worker did which task; a future that is done gives its result at any time."""
    lanes = {}
    for name, future in futures.items():
        error = None if future.cancelled() else future.exception()
        if future.cancelled():
            continue
        if error and not isinstance(error, Failed):  # nobody worked on it to its end
            tell("note", text=f"A worker has died, and the pool of call {call} is broken.")
            continue
        worker, start, end = error.args if error else future.result()
        lane = lanes.setdefault(worker, f"worker {len(lanes) + 1}")
        state = "failed" if error else "task"
        tell("span", lane=lane, start=start, end=end, label=f"{call} {name}", state=state)


def show(kind, **what):
    if kind == "row":
        print("   ".join(f"{name.replace('_', ' ')}: {value}" for name, value in what.items()))
    elif kind == "note":
        print(what["text"])


def main(
    kind=KIND,
    workers=WORKERS,
    a_s=A_S,
    b_s=B_S,
    c_s=C_S,
    ends=ENDS,
    timeout_s=TIMEOUT_S,
    tell=show,
):
    seconds = {"A": a_s, "B": b_s, "C": c_s}
    calls = [(mode, timeout) for mode in MODES for timeout in (None, timeout_s)]
    for call, (mode, timeout) in enumerate(calls, start=1):
        pool = open_pool(kind, workers)
        one_call(call, mode, timeout, pool, seconds, ends, tell)


if __name__ == "__main__":
    main()
