"""What can be run: one module for each experiment, and the catalogue of them all."""

from core.errors import BadInput
from core.experiments import (
    deadlock,
    life,
    pi_scaling,
    pool_or_futures,
    race,
    sending,
    sharing,
    waiting,
)
from core.experiments.base import Experiment

CATALOGUE: tuple[Experiment, ...] = (
    pi_scaling.EXPERIMENT,
    race.EXPERIMENT,
    sharing.EXPERIMENT,
    deadlock.EXPERIMENT,
    waiting.EXPERIMENT,
    life.EXPERIMENT,
    sending.EXPERIMENT,
    pool_or_futures.EXPERIMENT,
)


def find(name: str) -> Experiment:
    """Return the experiment of that name; raise BadInput for another."""
    for experiment in CATALOGUE:
        if experiment.name == name:
            return experiment
    names = ", ".join(experiment.name for experiment in CATALOGUE)
    raise BadInput(f"There is no experiment “{name}”: choose {names}.")
