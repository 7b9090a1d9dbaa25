"""What an interpreter says of itself, and how fast it is."""

import multiprocessing
import platform
import sys
import sysconfig
from typing import Any

from core.lab import kinds, measure, surroundings, workloads


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


def prepare(
    workload: str = "", size: int = 0, budget_s: float = 0.0, serial_s: float | None = None
) -> dict[str, Any]:
    """Describe the interpreter before a run and, where it can run a workload, time that a moment.

    The serial call that is timed takes about `budget_s`; with `serial_s` the size is found with
    which it takes that long, `size` at most. `other_cpus` is how busy others are, where known.
    """
    python = describe()
    if not workload or workload in python["lacks_work"]:
        return {"python": python, "term_s": 0.0, "other_cpus": None, "calibration": None}
    found = None if serial_s is None else measure.find_size(workload, serial_s, size)
    term_s = (
        measure.time_serial(workload, size, budget_s)
        if found is None
        else found["calls"][-1][1] / found["calls"][-1][0]
    )
    return {
        "python": python,
        "term_s": term_s,
        "other_cpus": surroundings.other_cpus(),
        "calibration": found,
    }
