"""One run at a time, on whichever page asked for it: what the controller says reaches that page."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace
from PySide6.QtCore import QObject, QTimer, Signal, Slot

from core.engines.engine import Engine
from core.engines.lab_client import LabExecutor
from core.errors import BadInput
from core.experiments.base import Experiment
from core.results.statistics import duration
from core.runner import how_far
from gui.bridge import FutureBridge
from gui.controller import RunController
from gui.history import Archive, RunKeeper, Say
from gui.models.found import FoundPythons
from gui.models.run_state import BUSY, State
from gui.pythons import Pythons
from gui.views.page import ExperimentPage
from gui.views.replay import Replay, earlier_trials

if TYPE_CHECKING:
    from core.engines.interpreters import Search
    from core.results.history.history import History
    from core.results.records import RunRecord

_CLOCK_MS = 1000


class Runs(QObject):
    """Owns the lab executor, the controller and the history; pages are attached once built.

    Every run is written to the history as it happens. `added_pythons` are paths that a person added
    before. `message_changed` says what the run does, `told` what came of something else. GUI
    thread.
    """

    message_changed = Signal(str)
    told = Signal(str)
    progress_changed = Signal(float, int, str)
    busy_changed = Signal(bool)

    def __init__(self, added_pythons: Sequence[str] = (), parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = FutureBridge(self)
        self._thinker = ThreadPoolExecutor(1, thread_name_prefix="analysis")
        self.pythons = Pythons(self._bridge, _make_search, self._thinker, added_pythons, self)
        self.pythons.changed.connect(self._on_pythons_changed)
        self.history = Archive(self._bridge, _make_history, self)
        self._keeper: RunKeeper | None = None
        self._window: Engine | None = None
        self.controller = RunController(LabExecutor(on_event=self._carry), self._bridge, self)
        self._pages: list[ExperimentPage] = []
        self._running: tuple[Experiment, ExperimentPage] | None = None
        self._earlier: tuple[int, RunRecord] | None = None
        self._recalling: Replay | None = None
        self.controller.run_started.connect(self._on_run_started)
        self.controller.trials_arrived.connect(self._on_trials_arrived)
        self.controller.events_arrived.connect(self._on_events_arrived)
        self.controller.problem_found.connect(self._on_problem_found)
        self.controller.state_changed.connect(self._on_state_changed)
        self._clock = QTimer(self)
        self._clock.setInterval(_CLOCK_MS)
        self._clock.timeout.connect(self._show_progress)

    @property
    def is_busy(self) -> bool:
        """Whether a run is under way."""
        return self.controller.state in BUSY

    def attach(self, page: ExperimentPage) -> None:
        """Let a page confirm, answer and stop runs."""
        self._pages.append(page)
        page.stop_requested.connect(self.controller.stop)
        page.confirmed.connect(self.controller.confirm)
        page.answered.connect(self.controller.answer)
        page.wanted.connect(self.compute)
        page.want_again()
        page.pythons_wanted.connect(self.pythons.begin)
        page.python_added.connect(partial(self.pythons.add, answer=page.show_added_python))
        page.show_pythons(self.pythons.found)
        self._tell_other_pages()

    @property
    def busy_title(self) -> str:
        """The title of the experiment that runs; empty when none does."""
        busy = self._running is not None and self.controller.state in BUSY
        return self._running[0].title if self._running is not None and busy else ""

    def is_busy_on(self, page: ExperimentPage) -> bool:
        """Tell whether a run of this page goes on."""
        return bool(self.busy_title) and self._page is page

    def is_writing(self, run: int) -> bool:
        """Tell whether this is the run, by its id in the history, that goes on here."""
        return bool(self.busy_title) and self._keeper is not None and self._keeper.run == run

    def start(
        self,
        experiment: Experiment,
        page: ExperimentPage,
        values: dict[str, Any],
        earlier: "tuple[int, RunRecord] | None" = None,
    ) -> None:
        """Begin a run that this page will show; ignored while another is busy.

        `earlier` is the id and the record of a run to go on with.
        """
        if self.controller.state in BUSY:
            return
        try:
            pythons = self.pythons.resolve(values.get("pythons", ()))
        except BadInput as error:
            page.show_problem(str(error), "")
            return
        self._running, self._earlier = (experiment, page), earlier
        self.controller.start(
            experiment,
            values,
            self._engine_of(experiment),
            pythons,
            None if earlier is None else earlier[1],
        )

    def shut_down(self) -> None:
        """Leave nothing behind: no process, no thread."""
        run = self.controller.run
        if self._recalling is not None:
            self._recalling.stop()
            self._recalling = None
        if self._keeper is not None and run is not None:
            self._keeper.save(replace(run.record(), status="interrupted"))
        self.controller.shut_down()
        self.pythons.shut_down()
        self._thinker.shutdown(cancel_futures=True)
        self.history.shut_down()

    @Slot(object, object)
    def compute(self, job: Callable[[], Any], take: Callable[[Any], None]) -> None:
        """Do a job that takes long in another thread, and hand its result to `take`, here."""
        self._bridge.watch(self._thinker.submit(job), partial(self._on_computed, take))

    def _on_computed(self, take: Callable[[Any], None], arrived: "list[Future[Any]]") -> None:
        for future in arrived:
            if future.cancelled():
                continue
            try:
                take(future.result())
            except Exception as error:  # told to a person here, and logged by the bridge
                self.told.emit(
                    f"Something could not be worked out: {type(error).__name__}: {error}."
                )
                raise

    @Slot(object)
    def _on_pythons_changed(self, found: FoundPythons) -> None:
        for page in self._pages:
            page.show_pythons(found)

    def _engine_of(self, experiment: Experiment) -> Engine | None:
        """Give the engine that runs an experiment's jobs; None for the lab process."""
        if not experiment.in_window:
            return None
        if self._window is None:
            from gui.window_executor import WindowExecutor

            self._window = WindowExecutor(self._bridge, self._carry, self)
        return self._window

    @property
    def _page(self) -> ExperimentPage:
        assert self._running is not None
        return self._running[1]

    def _carry(self, future: "Future[Any]", event: dict[str, Any]) -> None:
        """Pass an event on to the GUI thread; runs in the thread of the job's engine."""
        self._bridge.post(self.controller.take_events, (future, event))

    def _on_run_started(self, run: Any) -> None:
        longest = max((trial.expected_work_s for trial in run.plan), default=0.0)
        record = run.record()
        keeper = self._keeper = RunKeeper(self.history, record, self._earlier and self._earlier[0])
        self._page.begin(replace(record, trials=()), longest, lambda: keeper.key)
        if self._earlier is not None:
            steps = earlier_trials(self._page, run.experiment, record.trials)
            self._recalling = Replay(self._page, steps)
            self._recalling.finished.connect(self._on_recalled)
            self._recalling.failed.connect(self.told)

    @Slot()
    def _on_recalled(self) -> None:
        """Begin what is left, now that what was there is seen: both at once would mix them."""
        self._recalling = None
        self.controller.go_on()

    def _on_trials_arrived(self, trials: list[Any]) -> None:
        self._page.add_trials(trials)
        self._keep()
        self._show_progress()

    def _on_events_arrived(self, events: list[Any]) -> None:
        was_asking = self._page.is_asking
        self._page.add_events(events)
        if self._page.is_asking != was_asking:
            self._show_progress()

    def _on_problem_found(self, sentence: str, detail: str) -> None:
        self._page.show_problem(sentence, detail)

    def _on_state_changed(self, state: State) -> None:
        run = self.controller.run
        self._page.show_state(state, run.expected_s if run else 0.0)
        self._tell_other_pages()
        self.busy_changed.emit(state in BUSY)
        self.pythons.hold(state in BUSY)
        if state is State.RUNNING:
            self._clock.start()
            self._show_progress()
            return
        self._clock.stop()
        if run is not None and self._keeper is not None and state not in BUSY:
            self._keep()
            self._keeper = None
            self._page.show_record(run.record())
        self.message_changed.emit(self._words(state))

    def _keep(self) -> None:
        """Hand the run as it stands to the history; one that was never begun is not in it."""
        run = self.controller.run
        if self._keeper is not None and run is not None:
            self._keeper.save(run.record())

    def _tell_other_pages(self) -> None:
        title = self.busy_title
        for page in self._pages:
            if self._running is None or page is not self._running[1]:
                page.show_busy_elsewhere(title)

    def _words(self, state: State) -> str:
        run = self.controller.run
        here = self._running is not None and self._running[0].in_window
        several = run is not None and len(run.plan) > 1
        done = f" {how_far(run.record())}" if run and several else ""
        title = f"{self._running[0].title} · " if self._running is not None else ""
        return title + {
            State.PREPARING: "Getting ready" if here else "Starting the lab process",
            State.CONFIRMING: "Waiting for your answer",
            State.RECALLING: "Showing what is there already",
            State.STOPPING: "Stopping",
            State.FINISHED: f"Finished{done}",
            State.STOPPED: f"Stopped{done}",
            State.FAILED: f"Ended with failures{done}" if run else "Failed",
        }.get(state, "Ready")

    @Slot()
    def _show_progress(self) -> None:
        run = self.controller.run
        if run is not None and self.controller.state is State.RUNNING:
            left = f"about {duration(run.remaining_s)} left"
            if self._page.is_asking:
                left = "waiting for you"
            self.progress_changed.emit(run.done, len(run.plan), left)


def _make_search() -> "Search":
    from core.engines.interpreters import Search

    return Search()


def _make_history(on_problem: Say) -> "History":
    from core.results.history.history import History
    from core.results.history.opening import default_folder
    from gui.experiments import headline

    return History(default_folder(), headline, on_problem)
