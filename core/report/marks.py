"""Colours, marks and places of what is measured: the same on the screen, on paper, on a slide.

Those of Okabe and Ito (2008), told apart with any colour vision, some darker so that thin lines
read well on white; each executor kind has one everywhere, and a mark of its own. Where several
Pythons, or runs, are on one chart, each has a line, a strength of colour and marks of its own.
"""

from collections.abc import Sequence
from typing import NamedTuple

KINDS = {
    "serial": "#4d5663",
    "threads": "#d55e00",
    "processes": "#0072b2",
    "pool": "#009e73",
    "interpreters": "#a3457d",
    "ceiling": "#16202c",
}
MARKS = {
    "serial": "square",
    "threads": "triangle",
    "processes": "circle",
    "pool": "diamond",
    "interpreters": "star",
    "ceiling": "plus",
}
DODGE = {"interpreters": -0.14, "threads": -0.07, "processes": 0.07, "pool": 0.14}
ASIDE = 0.028  # of one worker, so that kinds and Pythons with equal times hide no other
OTHER = "#566170"  # of a kind that this version does not know
SERIES = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#8c8c8c")
SPANS = {  # what a lane of a timeline has, from back to front
    "startup": "#8c8c8c",
    "task": KINDS["processes"],
    "waiting": "#a3457d",
    "cancelled": "#566170",
    "failed": "#b3261e",
    "event": "#16202c",
}
SCALE = ("#4aa63c", "#21918c", "#3b528b", "#440154")  # viridis as far as it is seen on white
PHASES = {
    "opening_s": "#8c8c8c",
    "sending_s": "#e69f00",
    "queueing_s": "#56b4e9",
    "computing_s": "#0072b2",
    "waiting_s": "#d55e00",
    "collecting_s": "#cc79a7",
}
_APART = 2  # times as far, where each kind has a mark for each of several parts
_STRONGER = 0.5  # of the way from a kind's colour to that of text


class PartLook(NamedTuple):
    """How a part of a chart, such as a Python, is told from others in a kind's colour.

    Any two of the first four differ in at least two of the three.
    """

    line: int
    is_strong: bool
    is_hollow: bool

    def of(self, colour: str, text: str) -> str:
        """Give a kind's colour for this part, where text has that colour."""
        return mixed(colour, text, _STRONGER) if self.is_strong else colour


_PARTS = (
    PartLook(0, is_strong=False, is_hollow=False),
    PartLook(1, is_strong=True, is_hollow=True),
    PartLook(2, is_strong=False, is_hollow=True),
    PartLook(3, is_strong=True, is_hollow=False),
    PartLook(4, is_strong=False, is_hollow=False),
)


def look_of(place: int) -> PartLook:
    """Give the look of the part at that place; after five they begin again."""
    return _PARTS[place % len(_PARTS)]


class LineLook(NamedTuple):
    """How a line of a told chart is told from others: no two have the same of all three.

    `place` is that of its mark; `variant` is 0 for one with filled marks and no dashes.
    """

    colour: str
    place: int
    variant: int


class LineLooks:
    """Gives lines their looks, as they come: "map (25)" has those of "map", as its variant."""

    def __init__(self) -> None:
        self._families: dict[str, tuple[int, dict[str, int]]] = {}  # place, and variants by name

    def of(self, name: str) -> LineLook:
        """Give a line's look, always the same."""
        family = name.partition(" (")[0]
        place, variants = self._families.setdefault(family, (len(self._families), {family: 0}))
        variant = variants.setdefault(name, len(variants))
        return LineLook(SERIES[place % len(SERIES)], place, variant)


def beside(kind: str, place: int, parts: int) -> float:
    """Tell how far beside its number of workers a kind of the part at that place stands."""
    apart = _APART if parts > 1 else 1
    return apart * DODGE.get(kind, 0.0) + ASIDE * (place - (parts - 1) / 2)


def mixed(colour: str, other: str, share: float) -> str:
    """Mix two colours, written as "#d55e00", with so large a share of the other."""
    both = zip(bytes.fromhex(colour[1:]), bytes.fromhex(other[1:]), strict=True)
    return "#" + bytes(round(a + (b - a) * share) for a, b in both).hex()


def is_dark(colour: str) -> bool:
    """Tell whether white reads better on a colour than black: by WCAG's luminance."""
    red, green, blue = (_linear(byte / 255) for byte in bytes.fromhex(colour[1:]))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue <= 0.179


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)


def along(scale: Sequence[str], count: int) -> list[str]:
    """Take colours evenly from a scale, its first one first."""
    return [_on(scale, place / max(1, count - 1)) for place in range(count)]


def _on(scale: Sequence[str], share: float) -> str:
    place = share * (len(scale) - 1)
    first = min(int(place), len(scale) - 2)
    return mixed(scale[first], scale[first + 1], place - first)
