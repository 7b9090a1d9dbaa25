"""What can be run: one module for each experiment, and the catalogue of them all.

The catalogue knows modules and titles; a module is imported when its experiment is first wanted, so
that a window with many pages paints as soon as one with a single page.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from core.errors import BadInput

if TYPE_CHECKING:
    from core.experiments.base import Experiment

_CATALOGUE = (
    ("pi_scaling", "π scaling"),
    ("race", "Race"),
    ("sharing", "Cost of sharing"),
    ("deadlock", "Deadlock"),
    ("waiting", "Waiting"),
    ("life", "Life of a future"),
    ("sending", "What can be sent"),
    ("pool_or_futures", "Pool or futures"),
)
TITLES = tuple(title for _, title in _CATALOGUE)
IN_WINDOW = {"keep-alive": "Keep the UI alive"}  # those need Qt, which core does not know


def at(place: int) -> Experiment:
    """Return the experiment at a place of the catalogue, from 0."""
    experiment: Experiment = import_module(f"{__name__}.{_CATALOGUE[place][0]}").EXPERIMENT
    return experiment


def catalogue() -> tuple[Experiment, ...]:
    """Return every experiment, in the catalogue's order."""
    return tuple(at(place) for place in range(len(_CATALOGUE)))


def find(name: str) -> Experiment:
    """Return the experiment of that name; raise BadInput for another, or where it needs Qt."""
    if name in IN_WINDOW:
        raise BadInput(
            f"“{name}” shows what happens to a window, so it needs one: start the lab without"
            f" arguments and choose “{IN_WINDOW[name]}”."
        )
    everything = catalogue()
    for experiment in everything:
        if experiment.name == name:
            return experiment
    names = ", ".join(experiment.name for experiment in everything)
    raise BadInput(f"There is no experiment “{name}”: choose {names}.")
