"""Which stage an experiment plays on."""

from core.experiments.base import Experiment, Scaling
from gui.theme import Theme
from gui.views.stage import Stage


def make_stage(experiment: Experiment, theme: Theme) -> Stage:
    """Build the views that an experiment names; imports pyqtgraph."""
    if any(isinstance(show, Scaling) for show in experiment.shows):
        from gui.views.sweep import SweepStage

        return SweepStage(theme)
    from gui.views.story import StoryStage

    return StoryStage(experiment, theme)
