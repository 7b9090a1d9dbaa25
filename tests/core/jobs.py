"""What the tests send to other processes: standard library only, for any CPython from 3.10 on.

A job that does not end by itself first leaves a sign, a file in the folder that it is given, so
that a test knows without guessing that it runs.
"""

from __future__ import annotations

import _thread
import multiprocessing
import os
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

from core.lab import alone, executors, measure, workloads
from core.lab.events import Ask, Emit, converses, emits
from tests.signals import KILL

PATIENCE_S = 60.0
LEFT_OVER_S = 20.0  # how long something that a job leaves behind would live


def add(left: float, right: float) -> float:
    return left + right


def square(number: int) -> int:
    return number * number


def echo(value: object) -> object:
    return value


def fail(message: str) -> None:
    raise ValueError(message)


def fail_unspeakably() -> None:
    class Unspeakable(Exception):
        def __str__(self) -> str:
            raise RuntimeError("no words")

    raise Unspeakable


def note(file: str, word: str) -> None:
    """Append a word to a file."""
    with Path(file).open("a") as stream:
        stream.write(word + "\n")


def show_sign(folder: str) -> None:
    Path(folder, f"{os.getpid()}-{_thread.get_ident()}").touch()


def wait_for(gate: str, folder: str = "") -> str:
    """Leave a sign, then wait until the file `gate` exists."""
    if folder:
        show_sign(folder)
    deadline = time.monotonic() + PATIENCE_S
    while not Path(gate).exists():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{gate} was never opened")
        time.sleep(0.005)
    return "opened"


# ------------------------------------------------------------------------ about the lab process


def number_of_process() -> int:
    return os.getpid()


def working_directory() -> str:
    return str(Path.cwd())


def python_variables() -> list[str]:
    return [name for name in os.environ if name.startswith("PYTHON")]


def python_version() -> list[int]:
    return list(sys.version_info[:2])


# ------------------------------------------------------------------------------- odd behaviour


def chatter() -> str:
    """Print by every road that leads to standard output."""
    print("printed", flush=True)
    os.write(1, b"written to descriptor 1\n")
    subprocess.run([sys.executable, "-c", "print('printed by a child')"], check=True)
    return "said"


def exit_with(code: int, last_words: str = "") -> None:
    sys.stderr.write(last_words)
    sys.stderr.flush()
    os._exit(code)


def leave_system() -> None:
    raise SystemExit(7)


@converses
def ask_for_names(emit: Emit, ask: Ask, how_many: int) -> list[str]:
    return [ask(f"name {number}?") for number in range(how_many)]


@converses
def ask_about_a_process(emit: Emit, ask: Ask, ends: bool) -> list[str]:
    """Ask twice, for as long as a child lives; one that `ends` does so at once."""
    child = multiprocessing.Process(target=int if ends else time.sleep, args=(0 if ends else 600,))
    child.start()
    try:
        return [ask("what?", child.sentinel) for _ in range(2)]
    finally:
        child.kill()
        child.join()


@emits
def count(emit: Emit, to: int) -> str:
    for number in range(to):
        emit({"number": number})
    return "counted"


@emits
def count_then_wait(emit: Emit, gate: str) -> str:
    emit({"number": 0})
    return wait_for(gate)


@emits
def emit_what_cannot_travel(emit: Emit) -> None:
    emit({"set": {1, 2}})


def answer_nested(depth: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(depth):
        value = [value]
    return value


def answer_object() -> object:
    return object()


def answer_bytes(count: int) -> str:
    return "x" * count


def leave_thread(daemon: bool) -> str:
    threading.Thread(target=time.sleep, args=(LEFT_OVER_S,), daemon=daemon).start()
    return "left"


def leave_child() -> int:
    return subprocess.Popen(["sleep", str(LEFT_OVER_S)]).pid


def leave_child_then(what: str) -> None:
    leave_child()
    getattr(sys.modules[__name__], what)()


def fail_and_leave_thread() -> None:
    leave_thread(daemon=True)
    raise ValueError("it left a thread, too")


def die_by_sigkill() -> None:
    os.kill(os.getpid(), KILL)


# --------------------------------------------------------------------------------- never ending


def loop(folder: str) -> None:
    show_sign(folder)
    while True:
        pass


def backtrack(folder: str) -> None:
    """Spend years in one call of C that holds the GIL."""
    show_sign(folder)
    re.match(r"(a|aa)+$", "a" * 200 + "b")


def big_power(folder: str) -> None:
    """Spend minutes in one call of C that holds the GIL and looks for no signal."""
    show_sign(folder)
    pow(3, 1 << 20_000_000, (1 << 8000) - 1)


def deaf_loop(folder: str) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    loop(folder)


def stubborn_loop(folder: str) -> None:
    """Swallow whatever is raised, and carry on."""
    while True:
        try:
            loop(folder)
        except BaseException:
            continue


def family(folder: str) -> None:
    """Have a child that has a child, then loop."""
    script = "import subprocess, sys; subprocess.run(['sleep', sys.argv[1]])"
    subprocess.Popen([sys.executable, "-c", script, str(LEFT_OVER_S)])
    loop(folder)


def emigrant(folder: str, file: str) -> None:
    """Have a child in a session of its own that holds the streams open, then loop."""
    child = subprocess.Popen(["sleep", str(LEFT_OVER_S)], start_new_session=True)
    Path(file).write_text(str(child.pid))
    loop(folder)


def crowd(folder: str, kind: str, start_method: str | None, workers: int) -> None:
    """Open a pool and let each of its workers loop."""
    with executors.open_pool(kind, workers, start_method) as pool:
        for future in [pool.executor.submit(loop, folder) for _ in range(workers)]:
            future.result()


# -------------------------------------------------------------------------------------- trials


def describe_pool(kind: str, workers: int, start_method: str | None) -> dict[str, Any]:
    with executors.open_pool(kind, workers, start_method) as pool:
        return {name: value for name, value in pool._asdict().items() if name != "executor"}


def timed_trial(spec: measure.TrialSpec) -> tuple[float, dict[str, Any]]:
    """Run a trial; return how long that took, and what it measured."""
    start = time.perf_counter()
    trial = measure.run_trial(spec)
    return time.perf_counter() - start, trial


def kill_own_process(start: int, stop: int) -> float:
    os.kill(os.getpid(), KILL)
    return 0.0


def trial_that_kills(spec: measure.TrialSpec) -> None:
    """Run a trial whose work ends the process that it runs in."""
    find = workloads.find
    workloads.find = lambda name: find(name)._replace(work=kill_own_process)
    try:
        measure.run_trial(spec)
    finally:
        workloads.find = find


def ceiling_that_raises() -> None:
    """Run two processes of which one raises."""
    alone.run_alone([(add, (1, 2)), (fail, ("it went wrong",))], None, ())


def threads_at_each_fork(spec: measure.TrialSpec) -> list[int]:
    """Run a trial and return how many threads this process had each time that it forked."""
    counts: list[int] = []
    if sys.platform != "win32":  # which never forks
        os.register_at_fork(before=lambda: counts.append(threading.active_count()))
    measure.run_trial(spec)
    return counts


def open_pool_short_of_threads(workers: int) -> None:
    """Open a pool of threads where only one can be started."""
    from unittest import mock  # late: nothing else here needs it, nor what it imports

    start = threading.Thread.start
    started: list[threading.Thread] = []

    def start_one(thread: threading.Thread) -> None:
        if started:
            raise RuntimeError("can't start new thread")
        started.append(thread)
        start(thread)

    with (
        mock.patch.object(threading.Thread, "start", start_one),
        executors.open_pool("threads", workers),
    ):
        pass


def threads_meet(within_s: float) -> bool:
    """Let two threads wait for each other, none asked to give way; tell whether they met.

    Where one runs at a time, the first never lets the other in.
    """
    here: set[int] = set()
    met: list[bool] = []
    before = sys.getswitchinterval()

    def wait(number: int) -> None:
        here.add(number)
        deadline = time.monotonic() + within_s
        while len(here) < 2 and time.monotonic() < deadline:
            pass
        met.append(time.monotonic() < deadline)

    sys.setswitchinterval(1000)
    try:
        threads = [threading.Thread(target=wait, args=(number,)) for number in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(before)
    return all(met)
