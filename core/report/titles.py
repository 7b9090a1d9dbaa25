"""Which tabs of an experiment's page have a chart; light, for a window that has not painted yet."""

from __future__ import annotations

from core.experiments.base import Bars, Experiment, Lines, Scaling, WaitGraph

RUNTIME, SPEEDUP, WHERE = "Runtime", "Speed-up", "Where it went"


def chart_titles(experiment: Experiment) -> tuple[str, ...]:
    """Name the tabs that have a chart, in their order."""
    found: list[str] = []
    for show in experiment.shows:
        if isinstance(show, Scaling):
            found += (RUNTIME, SPEEDUP, WHERE)
        elif isinstance(show, Bars | Lines | WaitGraph):
            found.append(show.title)
    return tuple(found)
