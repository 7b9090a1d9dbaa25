"""A run of the history on its experiment's page: fed as a live run is, a little at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from time import perf_counter
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace
from PySide6.QtCore import QObject, QTimer, Signal

from gui.models.kept import Kept, each_event_of, teller_of
from gui.views.page import ExperimentPage

if TYPE_CHECKING:
    from core.experiments.base import Experiment
    from core.results.records import TrialRecord

_SLICE_S = 0.004  # of the event loop's time, then it has its turn
_TRIALS, _EVENTS = 100, 200  # at once


Steps = Iterator[None]
Told = Iterable["tuple[TrialRecord, Iterable[dict[str, Any]]]"]


class Replay(QObject):
    """Shows what was kept, step after step; `failed` has a sentence.

    `finished` fires at its end, failed or not. `stop` leaves the page as it is by then, for a run
    that begins there; `hold` does so too, where it is not known yet whether one will, and `go_on`
    shows the rest where none does. GUI thread.
    """

    finished = Signal()
    failed = Signal(str)

    def __init__(self, page: ExperimentPage, steps: Steps) -> None:
        super().__init__(page)
        self.page = page
        self.is_held = False
        self._steps = steps
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._take_turn)
        self._timer.start()

    def hold(self) -> None:
        """Show no more of it for now."""
        self.is_held = True
        self._timer.stop()

    def go_on(self) -> None:
        """Show the rest of what was held."""
        self.is_held = False
        self._timer.start()

    def stop(self) -> None:
        """Show no more of it."""
        self._timer.stop()
        self.deleteLater()

    def _take_turn(self) -> None:
        deadline = perf_counter() + _SLICE_S
        try:
            while perf_counter() < deadline:
                next(self._steps)
        except StopIteration:
            self.stop()
            self.finished.emit()
        except Exception as error:  # a record of anybody's: whatever it is, the window goes on
            self.stop()
            self.finished.emit()
            self.failed.emit(
                f"This run cannot be shown whole: its record has something that this version does"
                f" not know ({error!r}). A newer Futures Lab may show it."
            )


def whole_run(page: ExperimentPage, kept: Kept) -> Steps:
    """Show a kept run from its settings to its summary, by the very calls that a live one makes."""
    page.set_values(kept.values)
    yield
    yield from what_came_of_it(page, kept)


def what_came_of_it(page: ExperimentPage, kept: Kept) -> Steps:
    """Show a kept run, and leave the form as it is."""
    begun = replace(kept.record, trials=())
    page.begin(begun, kept.longest_s, lambda: kept.run.key, kept.run.id)
    yield
    try:
        yield from _trials(page, kept.told)
    except Exception:  # told by whoever goes through these steps; what it found can be said
        page.show_record(kept.record, kept.summary)
        raise
    page.show_record(kept.record, kept.summary)


def earlier_trials(
    page: ExperimentPage, experiment: Experiment, trials: Iterable[TrialRecord]
) -> Steps:
    """Show what a run has that goes on, on a page where it has begun."""
    return _trials(page, ((trial, each_event_of(experiment, trial)) for trial in trials))


def _trials(page: ExperimentPage, told: Told) -> Steps:
    """Show trial after trial, each after what it told; those that told nothing many at once."""
    quiet: list[TrialRecord] = []
    for trial, events in told:
        teller, left = teller_of(trial), iter(events)
        has_told = False
        while some := [(teller, event) for event in islice(left, _EVENTS)]:
            if quiet:
                page.add_trials(quiet)
                quiet = []
            page.add_events(some)
            has_told = True
            yield
        quiet.append(trial)
        if has_told or len(quiet) == _TRIALS:
            page.add_trials(quiet)
            quiet = []
            yield
    if quiet:
        page.add_trials(quiet)
