"""Writing SVG: a few shapes and real text, each name escaped, for browsers and for Qt alike.

Only what SVG Tiny 1.2 has, for that is what Qt draws: no style sheets, no scripts, no links.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Protocol

TEXT, MUTED, LINE, GROUND = "#16202c", "#566170", "#d5dae1", "#ffffff"
_FONT = "'Noto Sans', 'DejaVu Sans', 'Segoe UI', 'Helvetica Neue', Arial, sans-serif"
_WIDE = 0.56  # of a letter's height: the mean width of one, a little more than fonts have

Place = tuple[float, float]


@dataclass(frozen=True)
class Look:
    """How large a picture is, and its letters; lengths in units of which an inch has 96."""

    width: float = 640.0
    height: float = 400.0
    letters: float = 13.0

    @property
    def stroke(self) -> float:
        """How thick a line is beside letters of that size."""
        return self.letters / 6.5


class Picture(Protocol):
    """Whatever can be drawn."""

    def svg(self, look: Look) -> str:
        """Draw it."""


PAPER, SLIDE = Look(), Look(1280.0, 720.0, 28.0)


def clean(text: str) -> str:
    """Replace what no XML can hold, and what would turn the direction of the text around it."""
    return "".join(one if one.isprintable() else " " if one.isspace() else "�" for one in text)


def wide(text: str, letters: float) -> float:
    """Guess how wide a text is; letters of East Asia take twice the room."""
    return sum(1.0 if one < "ᄀ" else 1.8 for one in text) * _WIDE * letters


def short(text: str, room: float, letters: float) -> str:
    """Cut a text that does not fit."""
    if wide(text, letters) <= room:
        return text
    while text and wide(f"{text}…", letters) > room:
        text = text[:-1]
    return f"{text}…"


class Canvas:
    """Collects shapes, from back to front."""

    def __init__(self, look: Look, title: str) -> None:
        self.look = look
        self._title = clean(title)
        self._parts: list[str] = []

    def line(
        self, one: Place, two: Place, colour: str = LINE, width: float = 1.0, dash: str = ""
    ) -> None:
        """Draw a straight line."""
        self.path([one, two], colour, width, dash)

    def path(
        self, places: Sequence[Place], colour: str, width: float = 1.0, dash: str = ""
    ) -> None:
        """Draw a line through places."""
        if len(places) > 1:
            points = " ".join(f"{_n(x)},{_n(y)}" for x, y in places)
            style = _attributes(stroke=colour, stroke_width=_n(width), stroke_dasharray=dash)
            self._parts.append(f'<polyline points="{points}" fill="none"{style}/>')

    def area(self, places: Sequence[Place], colour: str, opacity: float) -> None:
        """Fill what places go around."""
        points = " ".join(f"{_n(x)},{_n(y)}" for x, y in places)
        style = _attributes(fill=colour, fill_opacity=_n(opacity))
        self._parts.append(f'<polygon points="{points}"{style}/>')

    def rectangle(
        self, left: float, top: float, width: float, height: float, colour: str, opacity: float = 1
    ) -> None:
        """Fill a rectangle."""
        style = _attributes(fill=colour, fill_opacity="" if opacity == 1 else _n(opacity))
        self._parts.append(
            f'<rect x="{_n(left)}" y="{_n(top)}" width="{_n(width)}" height="{_n(height)}"{style}/>'
        )

    def dot(self, place: Place, radius: float, colour: str, opacity: float = 1) -> None:
        """Draw a disc."""
        style = _attributes(fill=colour, fill_opacity="" if opacity == 1 else _n(opacity))
        at = f'cx="{_n(place[0])}" cy="{_n(place[1])}" r="{_n(radius)}"'
        self._parts.append(f"<circle {at}{style}/>")

    def mark(
        self, shape: str, place: Place, size: float, colour: str, hollow: bool = False
    ) -> None:
        """Draw the mark of a kind, with a thin edge of the ground around it, or only its edge."""
        x, y = place
        if shape == "plus":
            self.line((x - size, y), (x + size, y), colour, size / 3)
            self.line((x, y - size), (x, y + size), colour, size / 3)
            return
        if shape == "cross":
            self.line((x - size, y - size), (x + size, y + size), colour, size / 3)
            self.line((x - size, y + size), (x + size, y - size), colour, size / 3)
            return
        if shape not in _SHAPES:
            self.dot(place, size, colour)
            if hollow:
                self.dot(place, size * 0.6, GROUND)
            return
        points = " ".join(f"{_n(x + a * size)},{_n(y + b * size)}" for a, b in _SHAPES[shape])
        style = _attributes(fill=colour, stroke=GROUND, stroke_width=_n(size / 6))
        if hollow:
            style = _attributes(fill=GROUND, stroke=colour, stroke_width=_n(size / 3))
        self._parts.append(f'<polygon points="{points}"{style}/>')

    def text(
        self,
        place: Place,
        words: str,
        anchor: str = "start",
        colour: str = TEXT,
        letters: float = 0,
        weight: str = "",
        upward: bool = False,
    ) -> None:
        """Write words; `place` is where their baseline starts, has its middle, or ends."""
        x, y = place
        style = _attributes(
            text_anchor="" if anchor == "start" else anchor,
            fill=colour,
            font_size=_n(letters or self.look.letters),
            font_weight=weight,
            transform=f"rotate(-90 {_n(x)} {_n(y)})" if upward else "",
        )
        self._parts.append(f'<text x="{_n(x)}" y="{_n(y)}"{style}>{escape(clean(words))}</text>')

    def svg(self) -> str:
        """Give the whole picture."""
        size = f'width="{_n(self.look.width)}" height="{_n(self.look.height)}"'
        box = f'viewBox="0 0 {_n(self.look.width)} {_n(self.look.height)}"'
        head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} {box} font-family="{_FONT}"'
        title = f"<title>{escape(self._title)}</title>"
        ground = f'<rect {size} fill="{GROUND}"/>'
        return "\n".join([f'{head} role="img">', title, ground, *self._parts, "</svg>"])


_SHAPES: dict[str, tuple[Place, ...]] = {
    "square": ((-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)),
    "triangle": ((0, -1.15), (1.1, 0.85), (-1.1, 0.85)),
    "diamond": ((0, -1.25), (1.0, 0), (0, 1.25), (-1.0, 0)),
    "star": (
        (0, -1.3),
        (0.35, -0.45),
        (1.24, -0.4),
        (0.55, 0.18),
        (0.76, 1.05),
        (0, 0.57),
        (-0.76, 1.05),
        (-0.55, 0.18),
        (-1.24, -0.4),
        (-0.35, -0.45),
    ),
}


def _n(value: float) -> str:
    """Write a length shortly: tenths of a pixel are enough."""
    return f"{value:.1f}".removesuffix(".0")


def _attributes(**values: str) -> str:
    return "".join(_pairs(values.items()))


def _pairs(values: Iterable[tuple[str, str]]) -> Iterable[str]:
    for name, what in values:
        if what:
            yield f' {name.replace("_", "-")}="{escape(what)}"'
