"""What a sweep has measured so far, as its charts and tables ask for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from msgspec.structs import replace

from core.results import noise, verdicts
from core.results.pythons import by_python

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.results.records import Flag, RunRecord, TrialRecord
    from core.results.verdicts import SpeedUp


class Figures(Protocol):
    """What a chart over workers asks for: of one run, each Python's part, or of several runs."""

    @property
    def trials(self) -> Sequence[TrialRecord]:
        """All trials."""

    @property
    def parts(self) -> tuple[tuple[str, RunRecord], ...]:
        """The record of each line's trials, by its name."""

    @property
    def pythons(self) -> tuple[str, ...]:
        """The names of the parts."""

    def flags(self, trial: TrialRecord) -> tuple[Flag, ...]:
        """Say what disturbed a trial."""

    def speedups(self, python: str, baseline: str) -> tuple[SpeedUp, ...]:
        """Compare all that can be within one part, the ceiling last."""

    def where(self, python: str) -> str:
        """Say of a part, in a sentence, where it was measured; empty where there is but one."""


class Measured:
    """The trials of a run, and its figures, found once for each new trial.

    `record` is the run's when it began. GUI thread.
    """

    def __init__(self, record: RunRecord) -> None:
        self._began = record
        self._trials: list[TrialRecord] = []
        self._parts: tuple[tuple[str, RunRecord], ...] = ()
        self._speedups: dict[tuple[str, str], tuple[SpeedUp, ...]] = {}
        self.add(record.trials)

    def add(self, trials: Sequence[TrialRecord]) -> None:
        """Take trials that have just ended."""
        self._trials += trials
        self._parts = by_python(self.record)
        self._speedups = {}

    @property
    def trials(self) -> Sequence[TrialRecord]:
        """All trials, in the order in which they ended."""
        return self._trials

    @property
    def record(self) -> RunRecord:
        """The run's record as it now stands."""
        return replace(self._began, trials=tuple(self._trials))

    @property
    def parts(self) -> tuple[tuple[str, RunRecord], ...]:
        """The record of each Python, by its name; a run over one has one part."""
        return self._parts

    @property
    def pythons(self) -> tuple[str, ...]:
        """The names of the Pythons, in the order in which they were chosen."""
        return tuple(name for name, _ in self._parts)

    def flags(self, trial: TrialRecord) -> tuple[Flag, ...]:
        """Say what disturbed a trial of this run."""
        if trial.flags is None:
            return noise.flags_of(trial, self._began.environment)
        return trial.flags

    def where(self, python: str) -> str:
        """Name the Python in a sentence; empty where it has no name."""
        return f"on Python {python}" if python else ""

    def speedups(self, python: str, baseline: str) -> tuple[SpeedUp, ...]:
        """Compare all that can be on one Python, the ceiling last."""
        key = (python, baseline)
        if key not in self._speedups:
            part = dict(self._parts)[python]
            self._speedups[key] = (
                *verdicts.speedups(part, baseline),
                *verdicts.ceiling(part, baseline),
            )
        return self._speedups[key]
