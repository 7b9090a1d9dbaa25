"""A run of the history on its experiment's page: fed as a live run is, a little at a time."""

from __future__ import annotations

from collections.abc import Iterator
from time import perf_counter

from msgspec.structs import replace
from PySide6.QtCore import QObject, QTimer, Signal

from gui.models.kept import Kept, teller_of
from gui.views.page import ExperimentPage

_SLICE_S = 0.004  # of the event loop's time, then it has its turn
_TRIALS, _EVENTS = 100, 200  # at once


class Replay(QObject):
    """Shows one kept run, by the very calls that a live one makes; `failed` has a sentence.

    `finished` fires at its end, failed or not. `stop` leaves the page as it is by then, for a run
    that begins there. GUI thread.
    """

    finished = Signal()
    failed = Signal(str)

    def __init__(self, page: ExperimentPage, kept: Kept) -> None:
        super().__init__(page)
        self._page = page
        self._kept = kept
        self._steps = self._in_steps()
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._go_on)
        self._timer.start()

    def stop(self) -> None:
        """Show no more of it."""
        self._timer.stop()
        self.deleteLater()

    def _go_on(self) -> None:
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

    def _in_steps(self) -> Iterator[None]:
        kept, page = self._kept, self._page
        page.set_values(kept.values)
        yield
        page.begin(replace(kept.record, trials=()), kept.longest_s, lambda: kept.run.key)
        yield
        if any(events for _, events in kept.told):
            yield from self._tell()
        else:
            trials = list(kept.record.trials)
            for first in range(0, len(trials), _TRIALS):
                page.add_trials(trials[first : first + _TRIALS])
                yield
        page.show_record(kept.record, kept.summary)

    def _tell(self) -> Iterator[None]:
        """Show trial after trial, each after what it told."""
        for trial, events in self._kept.told:
            teller = teller_of(trial)
            told = [(teller, event) for event in events]
            for first in range(0, len(told), _EVENTS):
                self._page.add_events(told[first : first + _EVENTS])
                yield
            self._page.add_trials([trial])
            yield
