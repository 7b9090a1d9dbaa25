"""RunController: the state of a run, in the GUI thread.

idle -> preparing -> (confirming) -> (recalling) -> running -> finished | failed
             \\______________\\_____________\\____________\\-> stopping -> stopped
"""

from collections.abc import Sequence
from concurrent.futures import CancelledError, Future
from traceback import format_exception
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from core import runner
from core.engines.engine import Engine
from core.errors import LabStopped
from core.experiments.base import Experiment, Trial
from core.parameters import Values
from core.runner import Run
from gui.bridge import FutureBridge
from gui.models.run_state import BUSY, State

if TYPE_CHECKING:
    from core.engines.interpreters import Choice
    from core.results.records import RunRecord, TrialRecord


class RunController(QObject):
    """Turn intents (start, confirm, stop) into futures, and futures into signals.

    Lives in the GUI thread and never blocks it. `run` is the run in progress or the last one; views
    read it and never see a future. `problem_found` carries a sentence and its detail.
    """

    state_changed = Signal(object)
    run_started = Signal(object)
    trials_arrived = Signal(list)
    events_arrived = Signal(list)
    problem_found = Signal(str, str)

    def __init__(self, lab: Engine, bridge: FutureBridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lab = self._engine = lab
        self._bridge = bridge
        self._asked: tuple[Experiment, Values] | None = None
        self._earlier: RunRecord | None = None
        self._waiting: dict[Future[Any], Trial] = {}
        self.state = State.IDLE
        self.run: Run | None = None

    def start(
        self,
        experiment: Experiment,
        values: Values,
        engine: Engine | None = None,
        pythons: "Sequence[Choice]" = (),
        earlier: "RunRecord | None" = None,
    ) -> None:
        """Begin a run, in the lab process unless another engine is given, over these `pythons`.

        None of them means our own. With `earlier`, the record of a run that was cut off, go on
        where that ended, once `go_on` tells that what it has is seen; a problem is found where
        that cannot be. Ignored while a run is busy.
        """
        if self.state in BUSY:
            return
        self.run = None
        self._engine = engine or self._lab
        self._asked, self._earlier = (experiment, values), earlier
        self._enter(State.PREPARING)
        prepared = runner.prepare(self._engine, experiment, values, pythons)
        self._bridge.watch(prepared, self._on_prepared)

    def confirm(self) -> None:
        """Go on with a run that will take long."""
        if self.state is State.CONFIRMING:
            self._begin()

    def go_on(self) -> None:
        """Begin what is left of an earlier run, or end it where that was stopped meanwhile."""
        if self.state is State.RECALLING:
            self._submit()
        elif self.state is State.STOPPING and not self._waiting:
            self._end(stopped=True)

    def stop(self) -> None:
        """End the run as soon as can be; what was measured stays."""
        if self.state is State.CONFIRMING:
            self._end(stopped=True)
        elif self.state is State.RECALLING:
            self._enter(State.STOPPING)  # what is there is seen to its end: `go_on` comes
        elif self.state in (State.PREPARING, State.RUNNING):
            none_left = self.state is State.RUNNING and not self._waiting
            self._enter(State.STOPPING)
            runner.stop(self._engine)
            if none_left:
                self._end(stopped=True)

    def answer(self, text: str) -> None:
        """Answer what the running program asked; ignored when it asked nothing."""
        self._engine.answer(text)

    def take_events(self, arrived: "list[tuple[Future[Any], dict[str, Any]]]") -> None:
        """Take events of the running trial, carried over by the bridge."""
        events = [
            (trial, event)
            for future, event in arrived
            if (trial := self._waiting.get(future)) is not None
        ]
        if self.run is not None and events:
            for trial, event in events:
                self.run.note(trial, event)
            self.events_arrived.emit(events)

    def shut_down(self) -> None:
        """Stop and leave no process behind; waits for a fraction of a second at most."""
        self._bridge.close()
        runner.stop(self._engine)
        self._engine.shutdown()
        self._lab.shutdown()

    def _on_prepared(self, arrived: "list[Future[dict[str, Any]]]") -> None:
        (future,) = arrived
        try:
            assert self._asked is not None
            run = Run(*self._asked, future.result())
            if self._earlier is not None:
                run.resume(self._earlier)
        except (LabStopped, CancelledError):
            self._enter(State.STOPPED)
            return
        except Exception as error:
            self.problem_found.emit(str(error), getattr(error, "detail", ""))
            self._enter(State.FAILED)
            return
        if self.state is State.STOPPING:
            self._enter(State.STOPPED)
            return
        self.run = run
        if self.run.expected_s >= runner.LONG_RUN_S:
            self._enter(State.CONFIRMING)
        else:
            self._begin()

    def _begin(self) -> None:
        assert self.run is not None
        self.run_started.emit(self.run)
        if self._earlier is not None:
            self._enter(State.RECALLING)
        else:
            self._submit()

    def _submit(self) -> None:
        assert self.run is not None
        self._enter(State.RUNNING)
        try:
            self._queue(self.run.pending or self.run.grow())
        except Exception as error:
            self._fail(error)
            return
        if not self._waiting:  # an earlier run had all that is wanted
            self._end(stopped=False)

    def _queue(self, trials: Sequence[Trial]) -> None:
        futures = runner.submit(self._engine, trials)
        self._waiting = dict(zip(futures, trials, strict=True))
        for future in futures:
            self._bridge.watch(future, self._on_trials_done)

    def _on_trials_done(self, arrived: "list[Future[Any]]") -> None:
        try:
            self._take(arrived)
            if not self._waiting and self.state is State.RUNNING and self.run is not None:
                self._queue(self.run.grow())
        except Exception as error:
            self._fail(error)
            return
        if not self._waiting and self.state in (State.RUNNING, State.STOPPING):
            self._end(stopped=self.state is State.STOPPING)

    def _take(self, arrived: "list[Future[Any]]") -> None:
        """Take what came of trials and pass it on; raise once that is done if one cannot be."""
        records: list[TrialRecord] = []
        problem: Exception | None = None
        for future in arrived:
            trial = self._waiting.pop(future, None)
            if trial is None or self.run is None:  # it was given up with its run
                continue
            try:
                record = self.run.take(trial, future)
            except Exception as error:
                problem = problem or error
                continue
            if record is not None:
                records.append(record)
        if records:
            self.trials_arrived.emit(records)
        if problem is not None:
            raise problem

    def _fail(self, error: Exception) -> None:
        """End a run that cannot go on; what was measured stays, and the reason is told."""
        assert self.run is not None
        self._waiting = {}
        runner.stop(self._engine)
        self.run.status = "failed"
        self._enter(State.FAILED)
        self.problem_found.emit(
            "The run could not go on, and what was measured till then is kept:"
            f" {type(error).__name__}: {error}. Press Run to begin again.",
            "".join(format_exception(error)),
        )

    def _end(self, stopped: bool) -> None:
        assert self.run is not None
        grows = self.run.experiment.budget_s(self.run.values) is not None
        whole = 0 < len(self.run.trials) == len(self.run.plan) and not grows
        self.run.end(stopped and not (whole and self.run.trials[-1].status == "done"))
        self._enter(State(self.run.status))

    def _enter(self, state: State) -> None:
        self.state = state
        self.state_changed.emit(state)
