"""A program that owns a lab and is killed: `python -m tests.core.owner FOLDER KIND [METHOD]`."""

from __future__ import annotations

import sys
import time

from core.engines.lab_client import LabExecutor
from tests.core import jobs

WORKERS = 2


def main(folder: str, kind: str, start_method: str | None = None) -> None:
    """Start a trial that never ends, print the number of its lab process, and wait."""
    lab = LabExecutor()
    if kind == "deaf":
        future = lab.submit(jobs.deaf_loop, folder)
    else:
        future = lab.submit(jobs.crowd, folder, kind, start_method, WORKERS)
    while lab.pid is None:
        time.sleep(0.005)
    print(lab.pid, flush=True)
    future.result()


if __name__ == "__main__":
    main(*sys.argv[1:])
