"""What every experiment is made of."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from core.lab.measure import TrialSpec
from core.parameters import Parameter, Values
from core.results.records import RunRecord


@dataclass(frozen=True)
class Trial:
    """One step of a plan: what to run, its block, and how long it is expected to take.

    `expected_work_s` is for the work alone, `expected_s` with starting and closing the workers.
    """

    spec: TrialSpec
    block: int
    order: int
    expected_work_s: float = 0.0
    expected_s: float = 0.0

    @property
    def label(self) -> str:
        """Name the trial for a person: "2 threads"."""
        return configuration(self.spec["executor"], self.spec["workers"])


@dataclass(frozen=True)
class Machine:
    """What an estimate needs: usable CPUs, seconds for one term, and whether the GIL is on."""

    cpus: int
    term_s: float
    gil: bool


@dataclass(frozen=True)
class Summary:
    """The result in words: the headline, one line for each finding, then what qualifies it."""

    headline: tuple[str, ...] = ()
    details: tuple[str, ...] = ()


@dataclass(frozen=True)
class Experiment:
    """Parameters, the plan that they give, and what the results say.

    `check` returns the problems of values that are each right but do not go together, by field.
    `plan` and `summary` are pure: the same values give the same plan.
    """

    name: str
    title: str
    question: str
    parameters: tuple[Parameter, ...]
    calibration: Callable[[Values], tuple[str, int]]
    check: Callable[[Values], Mapping[str, str]]
    plan: Callable[[Values, Machine | None], tuple[Trial, ...]]
    summary: Callable[[RunRecord], Summary]

    def defaults(self) -> dict[str, Any]:
        """Return the values that the parameters have at first."""
        return {parameter.name: parameter.default for parameter in self.parameters}


def configuration(executor: str, workers: int) -> str:
    """Name an executor kind with its number of workers: "serial", "1 thread", "4 processes"."""
    if executor == "serial":
        return "serial"
    singular = {"threads": "thread", "processes": "process"}.get(executor, executor)
    return f"1 {singular}" if workers == 1 else f"{workers} {executor}"
