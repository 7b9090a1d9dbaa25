"""Going on with a run that was cut off: what is done, what is left, and whether it can be."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from core.errors import BadInput
from core.parameters import value_of
from core.results.records import KEPT

if TYPE_CHECKING:
    from core.experiments.base import Experiment, Trial
    from core.results.records import Environment, RunRecord, TrialRecord

_AGAIN = "Run it again from the start instead."


def values_of(experiment: Experiment, record: RunRecord) -> dict[str, Any]:
    """Give the values of a record as the parameters have them, each read anew.

    They may be of another machine, which can what this one cannot: see `values_here`. A record
    comes from a file: what is not a value of these parameters raises BadInput.
    """
    values = experiment.defaults()
    for parameter in experiment.parameters:
        if parameter.name in record.parameters:
            kept = record.parameters[parameter.name]
            value = value_of(kept)
            try:
                values[parameter.name] = parameter.parse_kept(parameter.format(value))
            except (TypeError, ValueError, AttributeError) as error:
                raise BadInput(f"“{kept}” is no value of it. {_AGAIN}", parameter.name) from error
    return values


def values_here(experiment: Experiment, record: RunRecord) -> dict[str, Any]:
    """Give the values of a record to go on with; raises BadInput where they cannot be run here."""
    values = values_of(experiment, record)
    for parameter in experiment.parameters:
        parameter.parse(parameter.format(values[parameter.name]))
    for field, problem in experiment.check(values).items():
        raise BadInput(problem, field)
    if experiment.known(record)[1]:
        raise BadInput(f"It has told what this version does not know. {_AGAIN}")
    return values


def kept_of(record: RunRecord) -> tuple[TrialRecord, ...]:
    """Give the trials that need not be done again."""
    return tuple(trial for trial in record.trials if trial.status in KEPT)


def split(
    plan: Sequence[Trial], earlier: RunRecord, here: Environment
) -> tuple[list[tuple[Trial, TrialRecord]], list[Trial]]:
    """Divide a plan into what the earlier run has, in its order, and the rest.

    Raises BadInput where the times of both could not stand in one chart.
    """
    _same_place(earlier.environment, here)
    planned = {_which(trial): trial for trial in plan}
    done = []
    for record in kept_of(earlier):
        trial = planned.pop(_which(record), None)
        if trial is None:
            raise BadInput(f"This run was planned differently than it would be now. {_AGAIN}")
        done.append((trial, record))
    return done, list(planned.values())


def took_s(trials: Iterable[TrialRecord]) -> float:
    """Give the seconds that trials took in all."""
    return sum(
        part or 0.0 for trial in trials for part in (trial.startup_s, trial.work_s, trial.closing_s)
    )


def _which(trial: Trial | TrialRecord) -> tuple[Any, ...]:
    python = getattr(trial, "python", None)
    name = python if isinstance(python, str) else getattr(python, "name", "")
    return trial.order, trial.block, trial.name, trial.executor, trial.workers, name


def _same_place(there: Environment, here: Environment) -> None:
    both = ((there.cpu, here.cpu), (there.usable_cpus, here.usable_cpus))
    if any(one != other for one, other in both):
        raise BadInput(
            f"This run was measured on another machine ({there.cpu}, {there.usable_cpus} CPUs)."
            f" {_AGAIN}"
        )
    pairs = [(there.python, here.python)]
    pairs += [(one, here.python_called(one.name)) for one in there.pythons]
    for old, new in pairs:
        if old is not None and new is not None and (old.build, old.gil) != (new.build, new.gil):
            raise BadInput(f"This run was measured with another Python ({old.version}). {_AGAIN}")
