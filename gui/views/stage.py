"""What a page shows of its experiment, in tabs and below: one kind for sweeps, one for stories."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from core.results.records import RunRecord, TrialRecord


class Named(Protocol):
    """Something with a name."""

    @property
    def name(self) -> str:
        """What people call it."""


class Teller(Protocol):
    """A trial that tells, of a run in progress or of one that was kept."""

    @property
    def order(self) -> int:
        """Its place among the trials of the run."""

    @property
    def block(self) -> int:
        """The repeat that it belongs to, from 1 on."""

    @property
    def python(self) -> Named | None:
        """The Python that runs it; None for the run's only one."""


class Stage(QObject):
    """The views of one experiment; the page feeds it, in the GUI thread.

    `steps` is asked for at most ten times a second, however much was added; each step has an event
    loop's turn of its own. `tabs` are titles with widgets; `lower` stands below them. `wanted`
    carries a pure job for another thread, and the handler of its result. That a kind of stage does
    all that is abstract here is held by mypy alone: what Qt makes has a metaclass of its own.
    """

    wanted = Signal(object, object)

    tabs: list[tuple[str, QWidget]]
    lower: QWidget

    @abstractmethod
    def begin(self, record: RunRecord, longest_s: float) -> None:
        """Clear everything for a run whose record is still without trials."""

    @abstractmethod
    def add_trials(self, trials: list[TrialRecord]) -> None:
        """Take trials that have just ended."""

    @abstractmethod
    def add_events(self, events: Sequence[tuple[Teller, dict[str, Any]]]) -> None:
        """Take what programs have just told."""

    def end(self, record: RunRecord) -> None:
        """Take the record of a run that is over: nothing more will come."""

    def drawn_with(self) -> dict[str, Any]:
        """Say what a person has chosen about the charts, as `core.report.charts` names it."""
        return {}

    @property
    def trial_in_sight(self) -> int | None:
        """The order of the trial whose timeline is seen; None where it is of all that was told."""
        return None

    @abstractmethod
    def steps(self) -> list[Callable[[], None]]:
        """List what brings everything up to date, in pieces that take a few milliseconds each."""
