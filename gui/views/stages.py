"""Which stage an experiment plays on."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject

from core.experiments.base import Experiment
from gui.theme import Theme
from gui.turns import Step, Turns
from gui.views.stage import Stage


def make_stage(experiment: Experiment, theme: Theme) -> Stage:
    """Build the views that an experiment names; imports pyqtgraph."""
    return load_stage(experiment)(theme)


def load_stage(experiment: Experiment) -> Callable[[Theme], Stage]:
    """Import what an experiment plays on, and return what builds it."""
    if experiment.is_sweep:
        from gui.views.sweep import SweepStage

        return SweepStage
    from gui.views.story import StoryStage

    return partial(StoryStage, experiment)


def in_turns(page: QObject, experiment: Experiment, finish: Step) -> None:
    """Finish a page when what that takes is imported, each in a turn of the event loop."""
    Turns(page).take([partial(load_stage, experiment), finish])
