"""What an interpreter says when it is asked who it is: `python -c SOURCE MARK`.

Written in what every Python since 2.7 understands, so that an old one can at least say its age. The
answer is one JSON object between two copies of MARK: whatever a wrapper or a site module prints
before or after it is not part of it.
"""

import sys

OLDEST = (3, 10)


def identity():
    # type: () -> dict[str, object]
    """Return what every Python knows of itself, each in its own words."""
    implementation = getattr(sys, "implementation", None)
    return {
        "version": sys.version.split()[0],
        "version_info": list(sys.version_info[:3]),
        "hexversion": sys.hexversion,
        "implementation": getattr(implementation, "name", "cpython"),
        "executable": sys.executable or "",
        "base_executable": getattr(sys, "_base_executable", None) or "",
        "prefix": sys.prefix,
        "base_prefix": getattr(sys, "base_prefix", sys.prefix),
        "finds_the_lab": bool(sys.path) and sys.path[0] == "",
    }


def abilities():
    # type: () -> dict[str, object]
    """Return what the lab needs to know; raise ImportError where a part is missing."""
    import json as _json
    import multiprocessing
    import multiprocessing.synchronize
    import platform
    import sysconfig
    import threading as _threading
    from concurrent import futures

    del _json, _threading  # the lab needs them; it is enough that they are there
    gil = getattr(sys, "_is_gil_enabled", None)
    free_threaded = bool(sysconfig.get_config_var("Py_GIL_DISABLED"))
    jit = getattr(sys, "_jit", None)
    try:
        pool = getattr(futures, "InterpreterPoolExecutor", None)
    except ImportError:
        pool = None
    return {
        "build": platform.python_build()[1] + ", " + platform.python_compiler(),
        "gil": bool(gil()) if gil else not free_threaded,
        "free_threaded": free_threaded,
        "start_methods": multiprocessing.get_all_start_methods(),
        "default_start_method": multiprocessing.get_context().get_start_method(),
        "interpreters": pool is not None,
        "jit": bool(jit.is_enabled()) if jit and jit.is_available() else None,
        "debug": hasattr(sys, "gettotalrefcount"),
        "bits": 64 if sys.maxsize > 2**32 else 32,
    }


def main(mark):
    # type: (str) -> None
    """Write the answer and end at once, whatever site modules left to be done."""
    import json
    import os

    answer = {"identity": identity(), "abilities": None, "missing": ""}  # type: dict[str, object]
    if sys.version_info[:2] >= OLDEST:
        try:
            answer["abilities"] = abilities()
        except Exception as error:
            answer["missing"] = str(error) or type(error).__name__
    frame = (mark + json.dumps(answer) + mark).encode("ascii")
    while frame:
        frame = frame[os.write(1, frame) :]
    os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1])
