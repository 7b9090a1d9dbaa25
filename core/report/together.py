"""The runs of a class in one picture, as the class gallery shows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.report.marks import KINDS, MARKS, OTHER, SCALE, SERIES, along
from core.report.plot import DASHES, Axis, Curve, Middle, Plot
from core.results.gallery import (
    ClassPoint,
    Gallery,
    Laptop,
    Measure,
    Points,
    behind,
    class_of,
    sort_key,
    stretches,
)

_LABELS: dict[Measure, str] = {"speed-up": "× one plain call", "seconds": "work time, seconds"}
_OVER_ONE = "× one worker of the same kind"


@dataclass(frozen=True)
class LaptopCurve:
    """A curve of one laptop: its kind of workers, its points, and what its colour tells of it."""

    laptop: Laptop
    kind: str
    points: Points
    told: str


def gallery_chart(gallery: Gallery, kind: str, measure: Measure, by: str) -> Plot | None:
    """Draw each laptop's curves, and the median of the class with its quartiles; None without any.

    `kind` is that of the workers, empty for all; colours tell what `by` names: "cores", "python" or
    "kind". No name is in it: a picture may be handed on.
    """
    curves = curves_of(gallery, kind, measure, by)
    if not curves:
        return None
    kinds = dict.fromkeys(one.kind for one in curves)
    colours = _colours(list(dict.fromkeys(one.told for one in curves)), by)
    drawn = [
        Curve("", colours[one.told], middles=_middles(one.points), dots=one.points, weight=0.6)
        for one in curves
    ]
    points = {each: class_of(gallery.laptops, each, measure) for each in kinds}
    drawn += [curve for each in kinds for curve in _class(each, points[each])]
    whose: dict[str, set[int]] = {}
    for one in curves:
        whose.setdefault(one.told, set()).add(one.laptop.number)
    key = [Curve(f"{value} ({len(whose[value])})", colour) for value, colour in colours.items()]
    counted = "1 run" if gallery.runs == 1 else f"{gallery.runs} runs"
    note = f"{counted}; dashes: the median of the class, area: its quartiles."
    most = max(workers for one in curves for workers, _ in one.points)
    return Plot(
        "Class gallery",
        Axis("workers", 0.5, max(2, most) + 0.5, whole=True),
        Axis(label_of(gallery, measure), least=0.0),
        (*drawn, *key),
        " ".join(filter(None, [note, *(behind(each, points[each]) for each in kinds)])),
    )


def label_of(gallery: Gallery, measure: Measure) -> str:
    """Say what stands along the axis of a measure."""
    is_over_one = measure == "speed-up" and gallery.baseline == "one"
    return _OVER_ONE if is_over_one else _LABELS[measure]


def curves_of(gallery: Gallery, kind: str, measure: Measure, by: str) -> list[LaptopCurve]:
    """Choose the curves of a class that are to be seen, in the order of what their colours tell."""
    return [
        LaptopCurve(one, of, points, _told(one, of, by))
        for one in sorted(gallery.laptops, key=lambda one: sort_key(one, by))
        for of, points in one.curves(measure).items()
        if kind in ("", of) and of != "serial" and points
    ]


def _told(laptop: Laptop, kind: str, by: str) -> str:
    """Say what a curve's colour tells of it."""
    if by == "kind":
        return kind
    if by == "python":
        return f"Python {laptop.python}"
    return "1 CPU" if laptop.cores == 1 else f"{laptop.cores} CPUs"


def _colours(values: Sequence[str], by: str) -> dict[str, str]:
    if by == "kind":
        return {value: KINDS.get(value, OTHER) for value in values}
    if by == "cores":
        return dict(zip(values, along(SCALE, len(values)), strict=True))
    return {value: SERIES[place % len(SERIES)] for place, value in enumerate(values)}


def _class(kind: str, points: Sequence[ClassPoint]) -> list[Curve]:
    """Draw a median: a line for each stretch of the same runs, the first of them in the legend."""
    colour = KINDS.get(kind, OTHER)
    names = [class_name(kind, points), *[""] * len(points)]
    return [
        Curve(
            name,
            colour,
            mark="" if len(some) > 1 else MARKS.get(kind, ""),
            dash=DASHES[1],
            middles=tuple(Middle(one.workers, one.median, one.low, one.high) for one in some),
            weight=1.6,
            is_band=len(some) > 1,
        )
        for name, some in zip(names, stretches(points), strict=False)
    ]


def class_name(kind: str, points: Sequence[ClassPoint]) -> str:
    """Name a median, with how many runs stand behind it: "median of the class: threads (30)"."""
    counts = sorted({len(one.runs) for one in points})
    return f"median of the class: {kind} ({' to '.join(map(str, counts[:1] + counts[1:][-1:]))})"


def _middles(points: Sequence[tuple[int, float]]) -> tuple[Middle, ...]:
    return tuple(Middle(x, y, y, y) for x, y in points)
