"""The real window while a lab process tells 20,000 spans a second, carried in one of two ways.

    python -m benchmarks.children.events bridge|signal RATE SECONDS

The spans take the way of every program's: lab process, pipe, dispatcher, the GUI thread, record and
timeline of a page; only the crossing of the threads is another. Prints the gaps of a 16 ms timer in
ms, idle and during the flood (until all is drawn), and what came of the spans.
"""

from __future__ import annotations

import sys
from concurrent.futures import Future
from time import perf_counter
from typing import Any

import psutil
from PySide6.QtCore import Qt, Signal, Slot

from benchmarks.children.answer import answer
from benchmarks.children.flood import flood
from benchmarks.children.window import Beats, OpenLab, rest
from core.experiments.base import Code, Experiment, Machine, Rows, Summary, Trial
from core.parameters import Values
from gui.models.run_state import BUSY, State
from gui.runs import Runs
from gui.views.page import ExperimentPage
from gui.views.timeline.widget import Timeline

IDLE_S = 2.0
SETTLED_S = 1.0
DRAWN_WITHIN_S = 20.0


class SignalRuns(Runs):
    """Brings each event over by a queued signal of its own; everything else is ours."""

    arrived = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.arrived.connect(self._take, Qt.ConnectionType.QueuedConnection)

    def _carry(self, future: Future[Any], event: dict[str, Any]) -> None:
        self.arrived.emit((future, event))

    @Slot(object)
    def _take(self, item: Any) -> None:
        self.controller.take_events([item])


def experiment(rate: int, seconds: float) -> Experiment:
    """Make an experiment of one trial, the flood."""

    def plan(values: Values, machine: Machine | None) -> tuple[Trial, ...]:
        return (Trial(flood, (rate, seconds), "a flood", "threads", 4, 1, 1, expected_s=seconds),)

    return Experiment(
        name="flood",
        title="Flood",
        question="Does the window keep up?",
        parameters=(),
        plan=plan,
        summary=lambda record: Summary(("All spans were told",)),
        code=lambda values: Code("flood.py", ""),
        shows=(Rows(),),
    )


class Flooded:
    """The lab's window with a page for the flood in front."""

    def __init__(self, way: str, rate: int, seconds: float) -> None:
        self.open = OpenLab()
        self.runs = SignalRuns() if way == "signal" else Runs()
        made = experiment(rate, seconds)
        self.page = ExperimentPage(made, self.open.lab._theme)
        self.open.page.hide()
        self.open.lab.window.install_page(0, self.page)
        self.page.finish()
        self.runs.attach(self.page)
        self.page.run_requested.connect(lambda values: self.runs.start(made, self.page, values))
        (self.timeline,) = self.page.findChildren(Timeline)

    def run(self, count: int) -> None:
        """Press Run; return when the run is over and all is drawn, or will not be."""
        self.page.request_run()
        while self.runs.controller.state in BUSY:
            rest(0.05)
        if self.runs.controller.state is not State.FINISHED:
            raise RuntimeError(f"the flood ended as {self.runs.controller.state}")
        deadline = perf_counter() + DRAWN_WITHIN_S
        while self.drawn() < count and perf_counter() < deadline:
            rest(0.05)

    def drawn(self) -> int:
        """Count the spans that the timeline has."""
        return self.timeline._store.count

    def close(self) -> None:
        """Take everything down."""
        self.runs.shut_down()
        self.open.close()


def main() -> None:
    """Open, be idle, be flooded, answer."""
    way, rate, seconds = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
    count = int(rate * seconds)
    window, beats = Flooded(way, rate, seconds), Beats()
    rest(SETTLED_S)
    began = perf_counter()
    rest(IDLE_S)
    idle = beats.gaps(began, perf_counter())
    process = psutil.Process()
    before, began = process.memory_info().rss, perf_counter()
    window.run(count)
    over = perf_counter()
    run = window.runs.controller.run
    assert run is not None
    told_s = run.trials[0].work_s
    assert told_s is not None
    rest(SETTLED_S)  # a garbage collection, or a last picture, may still come
    answer(
        idle_ms=[gap * 1000 for gap in idle],
        gaps_ms=[gap * 1000 for gap in beats.gaps(began, perf_counter())],
        rate=count / told_s,
        behind_s=over - began - told_s,
        drawn=window.drawn() / count,
        bytes_each=(process.memory_info().rss - before) / count,
    )
    window.close()


if __name__ == "__main__":
    main()
