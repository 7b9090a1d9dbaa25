"""Several runs laid over one another, as charts and tables ask for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.lab.kinds import KINDS, configuration
from core.results.compare import Comparison, compare
from gui.models.history import when
from gui.models.measured import Measured

if TYPE_CHECKING:
    from core.results.history.listing import RunRow
    from core.results.records import Flag, RunRecord, TrialRecord
    from core.results.verdicts import SpeedUp

_LONGEST = 28  # letters of a name
Rows = list[dict[str, Any]]


class RunsTogether:
    """The figures of several runs; a part is a run, or one Python of it. Any one thread."""

    def __init__(self, runs: Sequence[tuple[str, RunRecord]]) -> None:
        self._trials: list[TrialRecord] = []
        self._flags: dict[int, tuple[Flag, ...]] = {}
        self._parts: dict[str, tuple[Measured, str, RunRecord]] = {}
        for name, record in runs:
            measured = Measured(record)
            self._trials += measured.trials
            for python, part in measured.parts:
                several = len(measured.parts) > 1
                self._parts[f"{name}, Python {python}" if several else name] = (
                    measured,
                    python,
                    part,
                )
            for trial in measured.trials:
                self._flags[id(trial)] = measured.flags(trial)

    @property
    def trials(self) -> Sequence[TrialRecord]:
        """All trials, run by run."""
        return self._trials

    @property
    def parts(self) -> tuple[tuple[str, RunRecord], ...]:
        """The record of each part, by its name."""
        return tuple((name, part) for name, (_, _, part) in self._parts.items())

    @property
    def pythons(self) -> tuple[str, ...]:
        """The names of the parts."""
        return tuple(self._parts)

    def flags(self, trial: TrialRecord) -> tuple[Flag, ...]:
        """Say what disturbed a trial of these runs."""
        return self._flags[id(trial)]

    def speedups(self, python: str, baseline: str) -> tuple[SpeedUp, ...]:
        """Compare all that can be within one part, the ceiling last."""
        measured, name, _ = self._parts[python]
        return measured.speedups(name, baseline)

    def where(self, python: str) -> str:
        """Name the part in a sentence."""
        return f"in run {python}"


@dataclass(frozen=True)
class SideBySide:
    """Runs ready to be looked at: `together` is None where they have no curves over workers.

    `names` are what the runs are called here. `problem` says what kept them from being compared.
    """

    names: tuple[str, ...]
    findings: tuple[str, ...]
    comparison: Comparison
    together: RunsTogether | None
    kinds: tuple[str, ...] = ()
    most_workers: int = 1
    longest_s: float = 0.0
    problem: str = ""

    @property
    def did_the_same(self) -> bool:
        """Whether their times can be compared, and not only their speed-ups."""
        return not self.problem and self.comparison.did_the_same

    @property
    def differences(self) -> Rows:
        """What is not the same in all runs, a row each."""
        return [
            {"": f"{one.area}: {one.name}".replace("_", " "), **self._by_name(one.values)}
            for one in self.comparison.differences
        ]

    @property
    def ratios(self) -> Rows:
        """How many times as fast each run is as the first, a row for each configuration."""
        rows = []
        for one in self.comparison.ratios:
            ends = f"{one.low:.2f} – {one.high:.2f}" if one.low and one.high else "–"
            rows.append(
                {
                    "": configuration(one.executor, one.workers)
                    + (f", Python {one.python}" if one.python else ""),
                    "run": self.names[one.run],
                    "times as fast": f"{one.median:.2f}×",
                    "95 % interval": ends,
                    "verdict": one.told,
                }
            )
        return rows

    def _by_name(self, values: Sequence[str]) -> dict[str, str]:
        return dict(zip(self.names, values, strict=True))


def side_by_side(
    runs: Sequence[tuple[RunRow, RunRecord]], findings: Sequence[str], is_sweep: bool
) -> SideBySide:
    """Compare runs, the first with each other one; takes a while, in any thread.

    Raises nothing: a record that cannot be compared makes a `problem`.
    """
    names = tuple(_name(place, run) for place, (run, _) in enumerate(runs))
    records = [record for _, record in runs]
    try:
        found = compare(records, whose=[run.whose for run, _ in runs])
        if not is_sweep:
            return SideBySide(names, tuple(findings), found, None)
        together = RunsTogether(list(zip(names, records, strict=True)))
        for name in together.pythons:
            together.speedups(name, "serial")  # kept: the window need not find them
        return SideBySide(
            names,
            tuple(findings),
            found,
            together,
            tuple(kind for kind in KINDS if any(t.executor == kind for t in together.trials)),
            max((trial.workers for trial in together.trials), default=1),
            max((trial.work_s or 0.0 for trial in together.trials), default=0.0),
        )
    except Exception as error:  # a stranger's record may hold what no run of ours could
        problem = f"These runs cannot be compared: a record has something strange ({error!r})."
        return SideBySide(names, tuple(findings), Comparison((), (), ()), None, problem=problem)


def _name(place: int, run: RunRow) -> str:
    """Call a run by its number here, and by its name or its time."""
    name = run.name or run.whose or when(run.started_at)
    short = name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…"
    return f"{place + 1}: {short}"
