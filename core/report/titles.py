"""What tabs and columns are called; light, for a window that has not painted yet."""

from __future__ import annotations

from core.experiments.base import Bars, Experiment, Lines, Scaling, WaitGraph

_UNITS = {"s": "s", "ms": "ms", "us": "µs", "percent": "%"}
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


def heading(name: str) -> str:
    """Write a name that programs tell for a person: its unit, if it ends with one, last."""
    what, _, last = name.rpartition("_")
    if what and last in _UNITS:
        return f"{what.replace('_', ' ')}, {_UNITS[last]}"
    return name.replace("_", " ")
