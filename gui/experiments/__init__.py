"""What the window offers: the experiments of `core`, and those that need a window to run in."""

from importlib import import_module

from core import experiments
from core.experiments.base import Experiment

_HERE = tuple(experiments.IN_WINDOW)
TITLES = (*experiments.TITLES, *experiments.IN_WINDOW.values())


def at(place: int) -> Experiment:
    """Return the experiment at a place of `TITLES`; its module is imported when first wanted."""
    rest = place - len(experiments.TITLES)
    if rest < 0:
        return experiments.at(place)
    experiment = import_module(f"{__name__}.{_HERE[rest].replace('-', '_')}").EXPERIMENT
    assert isinstance(experiment, Experiment)
    return experiment
