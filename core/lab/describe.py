"""What an interpreter says of itself, and how fast it is."""

import multiprocessing
import platform
import sys
import sysconfig
from typing import Any

from core.lab import kinds, measure, workloads


def describe() -> dict[str, Any]:
    """Describe the interpreter of this lab process; the keys are those of results' PythonRecord.

    `lacks` says of each kind of workers that this Python cannot open what it needs, as in
    {"interpreters": "needs Python 3.14 or newer"}, and `lacks_work` the same of workloads.
    """
    methods = kinds.start_methods()
    return {
        "version": platform.python_version(),
        "implementation": platform.python_implementation(),
        "executable": sys.executable,
        "build": platform.python_build()[1] + ", " + platform.python_compiler(),
        "gil": gil_enabled(),
        "start_methods": methods,
        "default_start_method": multiprocessing.get_context().get_start_method(),
        "lacks": kinds.missing(),
        "lacks_work": workloads.missing(),
    }


def gil_enabled() -> bool:
    """Tell whether this process runs with the global interpreter lock."""
    asked = getattr(sys, "_is_gil_enabled", None)
    return bool(asked()) if asked else not sysconfig.get_config_var("Py_GIL_DISABLED")


def prepare(workload: str = "", size: int = 0, budget_s: float = 0.0) -> dict[str, Any]:
    """Describe the interpreter before a run and, where there is a workload, time it for a moment.

    The serial call that is timed takes about `budget_s`.
    """
    term_s = measure.time_serial(workload, size, budget_s) if workload else 0.0
    return {"python": describe(), "term_s": term_s}
