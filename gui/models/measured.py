"""What a sweep has measured so far, as its charts and tables ask for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from core.results import noise, verdicts
from core.results.pythons import by_python

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.results.noise import Flag
    from core.results.records import RunRecord, TrialRecord
    from core.results.verdicts import SpeedUp


class Measured:
    """The trials of a run, its flags found once for each, its figures once for each new trial.

    `record` is the run's when it began. GUI thread.
    """

    def __init__(self, record: RunRecord) -> None:
        self._began = record
        self.trials: list[TrialRecord] = []
        self._flags: dict[tuple[str, int], tuple[Flag, ...]] = {}
        self._parts: tuple[tuple[str, RunRecord], ...] = ()
        self._speedups: dict[str, dict[str, tuple[SpeedUp, ...]]] = {}
        self.add(record.trials)

    def add(self, trials: Sequence[TrialRecord]) -> None:
        """Take trials that have just ended."""
        self.trials += trials
        for trial in trials:
            flags = noise.flags_of(trial, self._began.environment)
            self._flags[trial.python, trial.order] = flags
        self._parts = by_python(self.record)
        self._speedups = {}

    @property
    def record(self) -> RunRecord:
        """The run's record as it now stands."""
        return replace(self._began, trials=tuple(self.trials))

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
        return self._flags.get((trial.python, trial.order), ())

    def speedups(self, baseline: str) -> dict[str, tuple[SpeedUp, ...]]:
        """Compare all that can be, the ceiling last, by the name of the Python."""
        if baseline not in self._speedups:
            self._speedups[baseline] = {
                name: (*verdicts.speedups(part, baseline), *verdicts.ceiling(part, baseline))
                for name, part in self._parts
            }
        return self._speedups[baseline]
