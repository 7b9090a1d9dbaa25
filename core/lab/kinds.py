"""What kinds of workers there are, and which this Python lacks; light, so that naming is cheap."""

import sys
from importlib.util import find_spec

EXECUTORS = ("serial", "threads", "processes", "pool", "interpreters")
CEILING = "ceiling"  # no executor: independent processes, for what the machine can give at most
KINDS = (*EXECUTORS, CEILING)
STARTED = ("processes", "pool", CEILING)  # those whose workers are processes, with a start method
_INTERPRETERS_SINCE = (3, 14)


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
    if sys.version_info < _INTERPRETERS_SINCE:
        reasons["interpreters"] = "needs Python 3.14 or newer"
    elif find_spec("_interpreters") is None:
        reasons["interpreters"] = "needs sub-interpreters, which this Python was built without"
    return reasons
