"""A program that writes runs until it is killed; it says on standard output what was promised.

python -m tests.core.history.writer FOLDER [SIZE]
"""

from __future__ import annotations

import sys
from pathlib import Path

from msgspec.structs import replace

from core.results.history.history import History
from core.results.records import RunRecord
from tests.core.making import done, record

TRIALS = 5


def trials(run: str, count: int, size: int) -> RunRecord:
    """Make a run whose every trial can be told from all others."""
    rows = tuple({"text": "x" * 40, "n": n} for n in range(size))
    made = [done("threads", n, 1, 0.5, name=f"{run} {n}", rows=rows) for n in range(1, count + 1)]
    return record(made, status="running", planned_trials=TRIALS)


def main() -> None:
    """Write run after run, and a line for each trial once its future is done."""
    folder, size = Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 5
    history = History(folder)
    while True:
        writing = history.begin()
        for count in range(TRIALS + 1):
            writing.save(trials(writing.key, count, size)).result()
            print(writing.key, count, flush=True)
        whole = replace(trials(writing.key, TRIALS, size), status="finished")
        writing.save(whole).result()
        print(writing.key, "finished", flush=True)


if __name__ == "__main__":
    main()
