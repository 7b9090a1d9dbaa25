"""The real window: how long its event loop is held up, idle and under each kind of load, in turns.

    python -m benchmarks.children.alive ROUNDS SECONDS

A load is eight workers that compute π, as a run of the lab that Run has started, or as threads of
this very process; SECONDS is about how long each takes. Prints all gaps, in ms.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from time import perf_counter
from typing import Any

from PySide6.QtCore import QEventLoop

from benchmarks.children.answer import answer
from benchmarks.children.window import Beats, OpenLab, rest
from core.lab.cpus import usable_cpus
from core.lab.workloads import find, split
from gui.bridge import FutureBridge

WORKERS = 8
TRIAL_S = 0.5  # about; a trial's points, and with them a new picture, come as often
TERMS = 6_000_000  # what one core computes in that time
PAUSE_S = 0.5


class Loads:
    """What keeps the machine busy; each call returns when its load is over."""

    def __init__(self, seconds: float) -> None:
        self.lab = OpenLab()
        self._seconds = seconds
        self._blocks = max(2, round(seconds / TRIAL_S))
        self._bridge = FutureBridge(self.lab.app)

    def idle(self) -> None:
        """Nothing: the window as it stands."""
        rest(self._seconds)

    def threads(self) -> None:
        """A run of the lab with threads, started by Run."""
        self._run("threads", TERMS)

    def processes(self) -> None:
        """A run of the lab with processes, started by Run."""
        self._run("processes", TERMS * min(WORKERS, usable_cpus()))

    def here(self) -> None:
        """The same threads in this process, each trial shown as it ends."""
        loop, show = QEventLoop(), self.lab.replay()
        outstanding = self._blocks * WORKERS

        def take(arrived: list[Future[Any]]) -> None:
            nonlocal outstanding
            for future in arrived:
                future.result()
                outstanding -= 1
                if outstanding % WORKERS == 0:
                    show()
            if outstanding == 0:
                loop.quit()

        with ThreadPoolExecutor(WORKERS) as pool:
            for _ in range(self._blocks):
                for start, stop in split(TERMS, WORKERS):
                    self._bridge.watch(pool.submit(find("leibniz").work, start, stop), take)
            loop.exec()

    def _run(self, kind: str, terms: int) -> None:
        self.lab.run(terms=terms, workers=(WORKERS,), executors=(kind,), blocks=self._blocks)


def main() -> None:
    """Go through all loads, round after round, so that all meet the same weather."""
    rounds, seconds = int(sys.argv[1]), float(sys.argv[2])
    loads, beats = Loads(seconds), Beats()
    kinds: dict[str, Callable[[], None]] = {
        "idle": loads.idle,
        "threads": loads.threads,
        "processes": loads.processes,
        "here": loads.here,
    }
    gaps: dict[str, list[float]] = {name: [] for name in kinds}
    for _ in range(rounds):
        for name, load in kinds.items():
            rest(PAUSE_S)
            since = perf_counter()
            load()
            gaps[name] += [gap * 1000 for gap in beats.gaps(since, perf_counter())]
    answer(gaps_ms=gaps)
    loads.lab.close()


if __name__ == "__main__":
    main()
