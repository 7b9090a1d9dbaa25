"""Who waits for whom, as a picture: names on a ring, arrows between them, a cycle in red."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.report.marks import SPANS
from core.report.svg import MUTED, TEXT, Canvas, Look, Place, short, wide
from core.results.statistics import seconds

if TYPE_CHECKING:
    from core.results.records import RunRecord

_BOX = "#e1eef8"
_CAUGHT = SPANS["failed"]
MOST_NAMES = 40
_Waits = Mapping[str, str]


@dataclass(frozen=True)
class Graph:
    """Names, and of each who waits for whom it waits."""

    title: str
    names: tuple[str, ...]
    waits: _Waits
    note: str = ""

    def svg(self, look: Look) -> str:
        """Draw it."""
        return _drawn(self, look)


def graph_of(record: RunRecord, title: str) -> Graph | None:
    """Draw the waits at the end of a run or, where nobody waits then, when most did; or None.

    Where another play began after a deadlock, that one is drawn. The record is as
    `Experiment.known` gives it.
    """
    names: dict[str, None] = {}  # in the order in which they were named
    waits: dict[str, str] = {}
    most: dict[str, str] = {}
    at = 0.0
    for event in (event for trial in record.trials for event in trial.events):
        if event["kind"] == "waits":
            who, whom = event["who"], event["whom"]
            if not waits and begins_anew(names, who, whom) and circle(most):
                names, most = {}, {}
            names[who] = names[whom] = None
            waits[who] = whom
            if len(waits) > len(most) or waits is most:
                most, at = waits, event["t"]
        elif event["kind"] == "goes_on" and (who := event["who"]) in waits:
            if waits is most:
                waits = dict(waits)  # the fullest moment stays as it was
            del waits[who]
    if waits:
        return Graph(title, tuple(names), waits, "As it was at the end.")
    if most:
        note = f"As it was {seconds(at)} after its trial began, when most waited."
        return Graph(title, tuple(names), most, note)
    return None


def begins_anew(names: Collection[str], who: str, whom: str) -> bool:
    """Whether a wait is another play's: of those whose names were told, neither is in it."""
    return who not in names and whom not in names


def circle(waits: _Waits) -> Sequence[str]:
    """Name those who wait for one another in a circle, in its order; nobody where there is none."""
    seen: set[str] = set()
    for first in waits:
        path: dict[str, int] = {}
        who: str | None = first
        while who is not None and who not in seen:
            if who in path:
                return list(path)[path[who] :]
            path[who] = len(path)
            who = waits.get(who)
        seen.update(path)  # none of these leads into a circle
    return ()


def circle_through(waits: _Waits, first: str) -> Sequence[str]:
    """Name those in the circle that one of them is in, from there on; nobody where there is none.

    It follows one way only: what is asked with each new wait must be quick.
    """
    path, who = {first: None}, waits.get(first)
    while who is not None and who not in path:
        path[who] = None
        who = waits.get(who)
    return list(path) if who == first else ()


def _drawn(graph: Graph, look: Look) -> str:
    canvas, unit = Canvas(look, graph.title), look.letters
    names = graph.names[:MOST_NAMES]
    more = len(graph.names) > len(names)
    left_out = f"The first {len(names)} of {len(graph.names)} names." if more else ""
    note = " ".join(filter(None, (graph.note, left_out)))
    room = look.height - 2 * unit - (1.5 * unit if note else 0)
    letters = min(unit, room / max(4, len(names)))
    widest = min(0.3 * look.width, max((wide(n, letters) for n in names), default=0) + 2 * letters)
    height = 2.2 * letters
    across, down = (look.width - widest) / 2 - 2 * unit, (room - height) / 2
    middle = look.width / 2, unit + room / 2
    places = dict(zip(names, _ring(len(names), middle, min(across, 2.2 * down), down), strict=True))
    caught = circle(graph.waits)
    half = widest / 2, height / 2
    for who, whom in graph.waits.items():
        if who in places and whom in places and who != whom:
            colour = _CAUGHT if who in caught and whom in caught else TEXT
            _arrow(canvas, places[who], places[whom], half, colour)
    for name, place in places.items():
        _box(canvas, place, half, name in caught)
        words = short(name, widest - letters, letters)
        canvas.text((place[0], place[1] + 0.36 * letters), words, "middle", TEXT, letters)
    if note:
        words = short(note, look.width - 2 * unit, unit * 0.85)
        canvas.text((unit, look.height - 0.5 * unit), words, "start", MUTED, unit * 0.85)
    return canvas.svg()


def _ring(count: int, middle: Place, across: float, down: float) -> Iterable[Place]:
    for number in range(count):
        angle = 2 * math.pi * number / count - math.pi / 2
        yield middle[0] + across * math.cos(angle), middle[1] + down * math.sin(angle)


def _box(canvas: Canvas, place: Place, half: Place, is_caught: bool) -> None:
    (x, y), (wide_by, high_by) = place, half
    canvas.rectangle(x - wide_by, y - high_by, 2 * wide_by, 2 * high_by, _BOX)
    corners = [(x + a * wide_by, y + b * high_by) for a, b in _AROUND]
    colour, width = (_CAUGHT, 1.0) if is_caught else (MUTED, 0.5)
    canvas.path(corners, colour, width * canvas.look.stroke)


_AROUND = ((-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1))


def _arrow(canvas: Canvas, start: Place, end: Place, half: Place, colour: str) -> None:
    """Draw an arrow between two boxes; two that are opposite lie beside one another."""
    length = math.dist(start, end) or 1.0
    unit = (end[0] - start[0]) / length, (end[1] - start[1]) / length
    side = 0.55 * canvas.look.letters
    aside = -unit[1] * side, unit[0] * side
    tail = _leaves(start, half, unit, aside)
    tip = _leaves(end, half, (-unit[0], -unit[1]), aside)
    size = 0.8 * canvas.look.letters
    neck = tip[0] - unit[0] * size, tip[1] - unit[1] * size
    across = -unit[1] * size / 2, unit[0] * size / 2
    canvas.line(tail, neck, colour, canvas.look.stroke)
    head = [tip, (neck[0] + across[0], neck[1] + across[1])]
    canvas.area([*head, (neck[0] - across[0], neck[1] - across[1])], colour, 1)


def _leaves(place: Place, half: Place, unit: Place, aside: Place) -> Place:
    """Return where a line that starts beside the middle of a box leaves it."""
    steps = [
        (math.copysign(half[axis], unit[axis]) - aside[axis]) / unit[axis]
        for axis in (0, 1)
        if abs(unit[axis]) > 1e-9
    ]
    step = min((one for one in steps if one >= 0), default=0.0)
    return place[0] + aside[0] + unit[0] * step, place[1] + aside[1] + unit[1] * step
