"""Several runs laid over one another, as charts and tables ask for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from core.lab.kinds import KINDS, configuration
from core.parameters import Choice, Choices, Parameter
from core.results.compare import Comparison, Difference, compare
from gui.models.history import when
from gui.models.measured import Measured

if TYPE_CHECKING:
    from core.experiments.base import Experiment
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
    `parameters` are those of their settings that are known, by their names on the command line.
    """

    names: tuple[str, ...]
    findings: tuple[str, ...]
    comparison: Comparison
    together: RunsTogether | None
    kinds: tuple[str, ...] = ()
    most_workers: int = 1
    longest_s: float = 0.0
    problem: str = ""
    parameters: Mapping[str, Parameter] = field(default_factory=dict)

    @property
    def did_the_same(self) -> bool:
        """Whether their times can be compared, and not only their speed-ups."""
        return not self.problem and self.comparison.did_the_same

    @property
    def differences(self) -> Rows:
        """What is not the same in all runs, a row each."""
        return [
            {"": self._called(one), **self._by_name(self._told(one))}
            for one in self.comparison.differences
        ]

    def _called(self, one: Difference) -> str:
        """Call what differs as the form calls it."""
        known = self._parameter(one)
        name = known.label if known else one.name.replace("_", " ")
        return f"{one.area}: {name}"

    def _parameter(self, one: Difference) -> Parameter | None:
        return self.parameters.get(one.name) if one.area == "settings" else None

    def _told(self, one: Difference) -> Sequence[str]:
        """Tell what differs as the form tells it."""
        known = self._parameter(one)
        if not isinstance(known, Choice | Choices):
            return one.values
        labels = {option.value: option.label for option in known.options}
        lists = (text.split(", ") for text in one.values)
        return [", ".join(labels.get(part, part) for part in parts) for parts in lists]

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
    runs: Sequence[tuple[RunRow, RunRecord]],
    findings: Sequence[str],
    is_sweep: bool,
    known: Sequence[Experiment] = (),
) -> SideBySide:
    """Compare runs, the first with each other one; takes a while, in any thread.

    `known` is the experiment of each run, or nothing where one is unknown here. Raises nothing: a
    record that cannot be compared makes a `problem`.
    """
    several = len({one.name for one in known}) > 1
    titles = [f"{one.title}, " if several else "" for one in known] or [""] * len(runs)
    names = tuple(_name(place, run, titles[place]) for place, (run, _) in enumerate(runs))
    parameters = {p.flags[0].removeprefix("--"): p for one in known for p in one.parameters}
    records = [record for _, record in runs]

    def called(setting: str) -> str:
        return f"“{parameters[setting].label}”" if setting in parameters else setting

    try:
        found = compare(records, whose=[run.whose for run, _ in runs], called=called)
        if not is_sweep:
            return SideBySide(names, tuple(findings), found, None, parameters=parameters)
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
            parameters=parameters,
        )
    except Exception as error:  # a stranger's record may hold what no run of ours could
        problem = f"These runs cannot be compared: a record has something strange ({error!r})."
        return SideBySide(names, tuple(findings), Comparison((), (), ()), None, problem=problem)


def _name(place: int, run: RunRow, title: str) -> str:
    """Call a run by its place here, and by its name or its number in the history and its time.

    `title` is of its experiment, where there are several.
    """
    name = run.name or run.whose or f"No. {run.id}, {when(run.started_at)}"
    short = name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…"
    return f"{place + 1}: {title}{short}"
