"""Many small runs in one window, and what is left of each.

    python -m benchmarks.children.runs COUNT FIRST EVERY

Each is started by Run; every EVERY-th uses processes too, after which the lab process is a fresh
one. Prints what this process holds after the FIRST run and after the last.
"""

from __future__ import annotations

import gc
import sys
from typing import Any

import psutil

from benchmarks.children.answer import answer
from benchmarks.children.window import OpenLab, rest


def main() -> None:
    """Run, look, run on, look again."""
    count, first, every = map(int, sys.argv[1:])
    lab = OpenLab()
    seen: dict[str, Any] = {}
    for number in range(1, count + 1):
        kinds = ("serial", "threads") + (("processes",) if number % every == 0 else ())
        lab.run(terms=1000, workers=(2,), executors=kinds, blocks=1)
        if number == first:
            seen["first"] = _held()
    answer(last=_held(), **seen)
    lab.close()


def _held() -> dict[str, float]:
    """Count what is held once what can be freed is freed; memory is that of this process."""
    rest(1.0)
    gc.collect()
    process = psutil.Process()
    memory = process.memory_full_info()
    return {
        "uss_mib": memory.uss / 2**20,
        "rss_mib": memory.rss / 2**20,
        "threads": process.num_threads(),
        "fds": process.num_fds() if hasattr(process, "num_fds") else 0,
        "children": len(process.children(recursive=True)),
        "objects": len(gc.get_objects()) + gc.get_freeze_count(),
    }


if __name__ == "__main__":
    main()
