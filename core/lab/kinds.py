"""What kinds of workers there are, and which this Python lacks; light, so that naming is cheap."""

import sys
from importlib.util import find_spec
from typing import NamedTuple


class About(NamedTuple):
    """A kind's name in records and on the command line, its label, and what it is."""

    name: str
    label: str
    help: str


SERIAL = "serial"  # no executor: a plain call
CEILING = "ceiling"  # no executor: processes that never talk, for what the machine can give at most
KINDS = (SERIAL, "threads", "processes", "pool", "interpreters", CEILING)
STARTED = ("processes", "pool", CEILING)  # those whose workers are processes, with a start method
_INTERPRETERS_SINCE = (3, 14)


ABOUT = (
    About(
        SERIAL, "Serial", "One plain call, no executor: what every speed-up is measured against."
    ),
    About(
        "threads",
        "Threads",
        "ThreadPoolExecutor: with the GIL, one thread at a time runs Python code.",
    ),
    About(
        "processes",
        "Processes",
        "ProcessPoolExecutor: each worker has an interpreter, and a GIL, of its own.",
    ),
    About(
        "pool",
        "Pool",
        "multiprocessing.Pool: processes too, by the older interface, with queues of its own.",
    ),
    About(
        "interpreters",
        "Interpreters",
        "InterpreterPoolExecutor: threads of one process, each with an interpreter, and a GIL, of"
        " its own.",
    ),
    About(
        CEILING,
        "Measured ceiling",
        "As many processes as workers, which never talk: each does its share alone. But for"
        " noise, no pool of processes can be faster on this machine: what is lost above it is not"
        " Python's doing.",
    ),
)


_WORKERS = {
    "threads": ("thread", "threads"),
    "processes": ("process", "processes"),
    "pool": ("pool worker", "pool workers"),
    "interpreters": ("interpreter", "interpreters"),
}


def called(kind: str) -> str:
    """Name a kind as legends and tables do: "threads", "measured ceiling"."""
    return "measured ceiling" if kind == CEILING else kind


def configuration(executor: str, workers: int) -> str:
    """Name an executor kind with its number of workers: "serial", "1 thread", "4 processes".

    Of the ceiling it is the number of processes: "ceiling of 4".
    """
    if executor == SERIAL:
        return SERIAL
    if executor == CEILING:
        return f"ceiling of {workers}"
    one, several = _WORKERS.get(executor, (executor, executor))
    return f"1 {one}" if workers == 1 else f"{workers} {several}"


def start_methods() -> list[str]:
    """List the start methods of this Python on this platform, its default first."""
    from multiprocessing import get_all_start_methods

    return get_all_start_methods()


def missing() -> dict[str, str]:
    """Say of each kind that this Python lacks what it needs, as in "needs Python 3.14 or newer".

    Kinds that it has are left out.
    """
    reasons = {}
    if find_spec("_multiprocessing") is None:
        reasons = dict.fromkeys(STARTED, "needs processes, which this Python cannot start")
    if sys.version_info < _INTERPRETERS_SINCE or find_spec("_interpreters") is None:
        reasons["interpreters"] = why_no_interpreters(sys.version_info[:2])
    return reasons


def why_no_interpreters(version: tuple[int, ...]) -> str:
    """Say of a Python of some version, which has no pool of interpreters, what it needs for one."""
    if version < _INTERPRETERS_SINCE:
        return "needs Python 3.14 or newer"
    return "needs sub-interpreters, which this Python was built without"
