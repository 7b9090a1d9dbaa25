"""What a page shows of its experiment, in tabs and below: one kind for sweeps, one for stories."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from core.experiments.base import Trial

if TYPE_CHECKING:
    from core.results.records import RunRecord, TrialRecord


class Stage(QObject):
    """The views of one experiment; the page feeds it, in the GUI thread.

    `steps` is asked for at most ten times a second, however much was added; each step has an event
    loop's turn of its own. `tabs` are titles with widgets; `lower` stands below them. `wanted`
    carries a pure job for another thread, and the handler of its result.
    """

    wanted = Signal(object, object)

    tabs: list[tuple[str, QWidget]]
    lower: QWidget

    def begin(self, record: RunRecord, longest_s: float) -> None:
        """Clear everything for a run whose record is still without trials."""
        raise NotImplementedError

    def add_trials(self, trials: list[TrialRecord]) -> None:
        """Take trials that have just ended."""
        raise NotImplementedError

    def add_events(self, events: list[tuple[Trial, dict[str, Any]]]) -> None:
        """Take what programs have just told."""
        raise NotImplementedError

    def end(self, record: RunRecord) -> None:
        """Take the record of a run that is over: nothing more will come."""

    def steps(self) -> list[Callable[[], None]]:
        """List what brings everything up to date, in pieces that take a few milliseconds each."""
        raise NotImplementedError
