"""The real window, made to do things: what the children that show it share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from time import perf_counter
from typing import Any

from msgspec.structs import replace
from PySide6.QtCore import QEventLoop, Qt, QTimer

from core.experiments import find
from gui.app import make_application
from gui.controller import RunController
from gui.lab import Lab
from gui.models.run_state import BUSY, State
from gui.views.page import ExperimentPage

_SETTLED_S = 1.5
_LOOK_AGAIN_S = 0.1
BEAT_MS = 16


class OpenLab:
    """The lab's own window, open on its first page, π scaling, with the charts built.

    Waits till that is so for the lab of a program that runs, or opens one without a program.
    """

    def __init__(self, lab: Lab | None = None) -> None:
        if lab is None:
            self.app = make_application()
            lab = Lab()
            lab.open()
        self.lab = lab
        while not self.lab.findChildren(RunController):  # built after the first paint
            rest(_LOOK_AGAIN_S)
        rest(_SETTLED_S)
        self.controller = _only(self.lab.findChildren(RunController))
        pages = self.lab.window.findChildren(ExperimentPage)
        self.page = _only([page for page in pages if page.isVisible()])

    def run(self, **values: Any) -> None:
        """Set the form, click Run, and return when the run has ended."""
        loop = QEventLoop()

        def look(state: State) -> None:
            if state not in BUSY:
                loop.quit()

        self.page.set_values({**find("pi-scaling").defaults(), **values})
        self.controller.state_changed.connect(look)
        self.page.request_run()
        if self.controller.state in BUSY:
            loop.exec()
        self.controller.state_changed.disconnect(look)
        if self.controller.state is not State.FINISHED:
            raise RuntimeError(f"the run ended as {self.controller.state}")

    def replay(self) -> Callable[[], None]:
        """Clear the page and return what shows one more trial of the last run, round and round."""
        run = self.controller.run
        assert run is not None
        trials, empty = tuple(run.trials), replace(run.record(), trials=())
        shown = len(trials)

        def show_one() -> None:
            nonlocal shown
            if shown == len(trials):
                self.page.begin(empty, max(trial.work_s or 0 for trial in trials))
                shown = 0
            self.page.add_trials([trials[shown]])
            shown += 1

        return show_one

    def close(self) -> None:
        """Take the window down as its close button does."""
        self.lab.window.close()
        self.lab.close()


class Beats:
    """The times at which a 16 ms timer of the GUI thread came to its turn."""

    def __init__(self) -> None:
        self.times: list[float] = []
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(lambda: self.times.append(perf_counter()))
        self._timer.start(BEAT_MS)

    def gaps(self, since: float, until: float) -> list[float]:
        """Return the seconds between turns, from `since` to the first turn after `until`."""
        times = [since]
        for time in tuple(self.times):
            if time > since:
                times.append(time)
                if time > until:
                    break
        if times[-1] < until:
            times.append(until)
        return [later - earlier for earlier, later in pairwise(times)]


def rest(seconds: float) -> None:
    """Let the event loop run for that long."""
    loop = QEventLoop()
    QTimer.singleShot(int(seconds * 1000), loop.quit)
    loop.exec()


def _only(found: Sequence[Any]) -> Any:
    assert len(found) == 1, f"one was looked for, and {len(found)} were found"
    return found[0]
