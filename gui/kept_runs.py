"""Runs of the history on their experiments' pages: shown as they were seen, and gone on with."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from core.continuing import values_here
from core.errors import BadInput
from gui import experiments
from gui.models.history import CAN_GO_ON, when
from gui.models.kept import Kept
from gui.models.run_state import State
from gui.theme import Theme
from gui.views.message_bar import MessageBar
from gui.views.page import ExperimentPage
from gui.views.replay import Replay, Steps, what_came_of_it, whole_run

if TYPE_CHECKING:
    from core.results.history.listing import RunRow
    from core.results.records import RunRecord
    from core.runner import Run
    from gui.runs import Runs

BringPage = Callable[[int], ExperimentPage]
Above = Callable[[int, QWidget], None]


class KeptRuns(QObject):
    """Shows one kept run on each page, under a bar that says which. GUI thread.

    `bring` puts an experiment's page in front, and builds it where need be; `above` puts a bar over
    it. `problem_found` has a sentence; `continue_asked` the row of a run that shall go on.
    """

    problem_found = Signal(str)
    continue_asked = Signal(object)

    def __init__(
        self, runs: Runs, theme: Theme, bring: BringPage, above: Above, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._runs = runs
        self._theme = theme
        self._bring = bring
        self._above = above
        self._bars: dict[int, MessageBar] = {}
        self._shown: dict[int, Kept] = {}
        self._replays: dict[int, Replay] = {}
        runs.controller.run_started.connect(self._on_run_started)
        runs.controller.state_changed.connect(self._on_state_changed)

    def show(self, kept: Kept) -> None:
        """Bring the experiment's page to the front, and show the run there."""
        page = self._bring(kept.place)
        if self._runs.is_busy_on(page):
            if not self._runs.is_writing(kept.run.id):
                self.problem_found.emit(
                    "On this page a run goes on. Stop it, or wait for its end, then open the other."
                )
            return
        self._leave(kept.place)
        self._replay(kept.place, page, whole_run(page, kept))
        self._shown[kept.place] = kept
        can_go_on = kept.run.status in CAN_GO_ON
        self._bar(kept.place).say(
            _which(kept),
            "Continue" if can_go_on else "",
            "Measure what is left of it",
        )

    def go_on(self, run: RunRow, record: RunRecord) -> None:
        """Measure what is left of a run, on its experiment's page."""
        place = experiments.place_of(run.experiment)
        if place is None:
            return
        if self._runs.busy_title:
            self.problem_found.emit(f"“{self._runs.busy_title}” is running: stop it, or wait.")
            return
        experiment = experiments.at(place)
        try:
            values = values_here(experiment, record)
        except BadInput as error:
            self.problem_found.emit(f"This run cannot be continued. {error}")
            return
        page = self._bring(place)
        page.set_values(values)
        self._runs.start(experiment, page, values, (run.id, record))

    def shut_down(self) -> None:
        """Show no more of any run: nothing computes any more what pages want."""
        for replay in self._replays.values():
            replay.stop()
        self._replays.clear()

    def _on_run_started(self, run: Run) -> None:
        """Say no more which run is seen on a page: another has cleared it."""
        place = experiments.place_of(run.experiment.name)
        if place is not None:
            self._leave(place)

    def _on_state_changed(self, state: State) -> None:
        """Hold what would hide the question of a run that is to begin; show it if that is not.

        One that is held is let go by the end of that very run, as there is only one at a time.
        """
        for place, replay in list(self._replays.items()):
            if state is State.PREPARING and self._runs.is_busy_on(replay.page):
                replay.hold()
            elif state is State.FAILED and replay.is_held:
                replay.go_on()  # not from its beginning, which would hide why that failed
            elif state is State.STOPPED and replay.is_held:
                replay.stop()
                self._replay(place, replay.page, what_came_of_it(replay.page, self._shown[place]))

    def _replay(self, place: int, page: ExperimentPage, steps: Steps) -> None:
        replay = self._replays[place] = Replay(page, steps)
        replay.finished.connect(lambda: self._replays.pop(place, None))
        replay.failed.connect(self.problem_found)

    def _leave(self, place: int) -> None:
        """Show no kept run on a page any more."""
        if (replay := self._replays.pop(place, None)) is not None:
            replay.stop()
        self._shown.pop(place, None)
        if place in self._bars:
            self._bars[place].hide()

    def _bar(self, place: int) -> MessageBar:
        if place not in self._bars:
            bar = self._bars[place] = MessageBar("kept", self._theme)
            bar.setProperty("outer", True)
            bar.acted.connect(lambda: self._ask_to_continue(place))
            self._above(place, bar)
        return self._bars[place]

    def _ask_to_continue(self, place: int) -> None:
        if (kept := self._shown.get(place)) is not None:
            self.continue_asked.emit(kept.run)


def _which(kept: Kept) -> str:
    """Say which run is seen, how it ended, and which of its settings cannot be chosen here."""
    run = kept.run
    name = f" “{run.name}”" if run.name else ""
    whose = f" of {run.whose}" if run.whose else ""
    ended = f"{run.status}, {run.done} of {run.planned} trials"
    said = f"Run {run.id}{name}{whose}, {when(run.started_at)}: {ended}, on {run.machine}."
    return " ".join([said, *kept.remarks])
