"""What the window offers: the experiments of `core`, and those that need a window to run in."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from core import experiments
from core.experiments.base import Experiment
from core.parameters import unlike

if TYPE_CHECKING:
    from core.results.history.listing import RunRow
    from core.results.records import RunRecord

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


def find(name: str) -> Experiment:
    """Return the experiment of that name; raises BadInput for another."""
    place = place_of(name)
    return experiments.find(name) if place is None else at(place)


def names() -> tuple[str, ...]:
    """Return the name of each, in the order of `TITLES`; imports them all."""
    return (*(one.name for one in experiments.catalogue()), *_HERE)


def place_of(name: str) -> int | None:
    """Return the place of an experiment by its name; None for one that is not known here."""
    return names().index(name) if name in names() else None


def headline(record: RunRecord) -> str:
    """Say in a line what a run found; empty for an experiment that is not known here."""
    from core import keeping  # late: what keeps runs is not waited for by what is seen first

    return keeping.headline(record, find)


def settings_of(run: RunRow) -> str:
    """Say which settings of a run are not as the form has them at first; empty if unknown here."""
    place = place_of(run.experiment)
    if place is None or not run.settings:
        return ""
    known = at(place)
    at_first = {**known.defaults(), **known.at_the_window}
    found = unlike(known.parameters, run.settings, at_first)
    return "; ".join(found) or "All settings as the form has them at first"
