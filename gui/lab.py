"""Futures Lab as objects: what there is once, and what is connected to what."""

from typing import Any

from PySide6.QtCore import QObject, Slot

from core.engines.lab_client import LabExecutor
from core.experiments import CATALOGUE
from core.results.statistics import duration
from gui.bridge import FutureBridge
from gui.controller import RunController
from gui.heartbeat import Heartbeat
from gui.main_window import MainWindow
from gui.models.run_state import State
from gui.settings import Settings
from gui.theme import Theme
from gui.views.page import ExperimentPage


class Lab(QObject):
    """Build everything, connect it, and take it down again. GUI thread."""

    def __init__(self) -> None:
        super().__init__()
        self._settings = Settings()
        self._theme = Theme(self)
        self._theme.set_scale(self._settings.scale)
        self._theme.choose(self._settings.theme)
        self._heartbeat = Heartbeat(self)
        self._bridge = FutureBridge(self)
        self._controller = RunController(LabExecutor(), self._bridge, self)
        self._experiment = CATALOGUE[0]
        self._page = ExperimentPage(self._experiment, self._theme)
        self.window = MainWindow([(self._experiment.title, self._page)], self._theme)
        self._closed = False
        self._connect()

    def open(self) -> None:
        """Show the window; the rest is built after its first paint."""
        self.window.show_theme(self._theme.choice)
        if not self._settings.geometry.isEmpty():
            self.window.restoreGeometry(self._settings.geometry)
        self.window.show()

    @Slot()
    def close(self) -> None:
        """Leave nothing behind: no process, no thread."""
        if self._closed:
            return
        self._closed = True
        self._settings.geometry = self.window.saveGeometry()
        self._controller.shut_down()

    def _connect(self) -> None:
        window, page, controller = self.window, self._page, self._controller
        window.painted.connect(self._finish)
        window.closing.connect(self.close)
        window.run_triggered.connect(page.request_run)
        window.stop_triggered.connect(controller.stop)
        window.theme_chosen.connect(self._on_theme_chosen)
        window.zoomed.connect(self._on_zoomed)
        page.run_requested.connect(lambda values: controller.start(self._experiment, values))
        page.stop_requested.connect(controller.stop)
        page.confirmed.connect(controller.confirm)
        controller.run_started.connect(self._on_run_started)
        controller.trials_arrived.connect(self._on_trials_arrived)
        controller.problem_found.connect(page.show_problem)
        controller.state_changed.connect(self._on_state_changed)

    @Slot()
    def _finish(self) -> None:
        """Build what needs the heavy imports: charts, timeline, meters, icons."""
        from gui.views.status import StatusStrip

        self._page.finish()
        self._strip = StatusStrip(self._heartbeat, self._theme)
        self.window.install_strip(self._strip)
        self._set_icons()
        self._theme.changed.connect(self._set_icons)
        self._heartbeat.start()

    @Slot()
    def _set_icons(self) -> None:
        import qtawesome

        c = self._theme.colours
        self._page.set_icons(
            qtawesome.icon("fa5s.play", color=c.on_accent, color_disabled=c.muted),
            qtawesome.icon("fa5s.stop", color=c.error, color_disabled=c.muted),
        )

    def _on_run_started(self, run: Any) -> None:
        longest = max((trial.expected_work_s for trial in run.plan), default=0.0)
        self._page.begin(run.record(), longest)

    def _on_trials_arrived(self, trials: list[Any]) -> None:
        self._page.add_trials(trials)
        self._show_progress()

    def _on_state_changed(self, state: State) -> None:
        run = self._controller.run
        self._page.show_state(state, run.expected_s if run else 0.0)
        if state is State.RUNNING:
            self._heartbeat.reset()
            self._show_progress()
            return
        if run is not None and state in (State.FINISHED, State.STOPPED, State.FAILED):
            self._page.show_record(run.record())
        self._strip.show_message(self._words(state))

    def _words(self, state: State) -> str:
        run = self._controller.run
        done = f" after {len(run.trials)} of {len(run.plan)} trials" if run else ""
        return {
            State.PREPARING: "Starting the lab process",
            State.CONFIRMING: "Waiting for your answer",
            State.STOPPING: "Stopping",
            State.FINISHED: f"Finished{done}",
            State.STOPPED: f"Stopped{done}",
            State.FAILED: f"Ended with failures{done}" if run else "Failed",
        }.get(state, "Ready")

    def _show_progress(self) -> None:
        run = self._controller.run
        if run is not None and self._controller.state is State.RUNNING:
            left = f"about {duration(run.remaining_s)} left"
            self._strip.show_progress(len(run.trials), len(run.plan), left)

    def _on_theme_chosen(self, choice: str) -> None:
        self._theme.choose(choice)
        self._settings.theme = choice

    def _on_zoomed(self, steps: int) -> None:
        self._theme.zoom(steps)
        self._settings.scale = self._theme.scale
