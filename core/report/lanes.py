"""Drawing lanes of time, one below the other, with what went on in each, as SVG."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from core.report.marks import SPANS, is_dark
from core.report.plot import Axis, Curve, Key, Scale
from core.report.stretches import Stretch
from core.report.svg import LINE, MUTED, TEXT, Canvas, Look, short, wide

_UNITS = ((1.0, 1.0, "s"), (1e-3, 1e3, "ms"), (0.0, 1e6, "µs"))
_MOST_LANES = 64
_GROUND = "#f3f4f6"
_THIN = 0.45  # of a lane's height: what lies over something else that goes on


@dataclass(frozen=True)
class Lanes:
    """Named lanes over one axis of time; `called` names the kinds, `colours` those not as usual."""

    title: str
    names: tuple[str, ...]
    stretches: tuple[Stretch, ...]
    called: Mapping[str, str]
    colours: Mapping[str, str]
    note: str = ""

    def svg(self, look: Look) -> str:
        """Draw them, the first ones of very many."""
        return _Drawing(self, look).svg()


class _Drawing:
    def __init__(self, lanes: Lanes, look: Look) -> None:
        self._lanes, self._look = lanes, look
        self._canvas = Canvas(look, lanes.title)
        self._names = lanes.names[:_MOST_LANES]
        self._colours = {**SPANS, **lanes.colours}
        unit = look.letters
        there = {one.kind for one in lanes.stretches}
        samples = [
            (lanes.called[kind], Curve("", self._colours[kind], "square", weight=0))
            for kind in SPANS
            if kind in there and kind in lanes.called
        ]
        self._key = Key(samples, look.width - 2 * unit, unit * 0.92)
        self._top = unit + self._key.height
        bottom = look.height - 3.4 * unit - (1.5 * unit if self._note else 0)
        self._step = min((bottom - self._top) / max(1, len(self._names)), 5.5 * unit)
        self._letters = min(unit, 0.8 * self._step)
        widest = max((wide(name, self._letters) for name in self._names), default=0)
        self._left = min(0.3 * look.width, widest + unit) + unit
        longest = max((0.0, *(one.end for one in lanes.stretches)))  # a stranger's may end before
        self._factor, self._unit = next(
            (factor, name) for least, factor, name in _UNITS if longest >= least
        )
        axis = Axis("", least=0.0, most=longest * self._factor or 1.0)
        self._scale = Scale(axis, (), self._left, look.width - 1.2 * unit)

    @property
    def _note(self) -> str:
        more = len(self._lanes.names) - _MOST_LANES
        left_out = f"The first {_MOST_LANES} of {len(self._lanes.names)} lanes." if more > 0 else ""
        return " ".join(filter(None, (self._lanes.note, left_out)))

    def svg(self) -> str:
        """Draw from back to front."""
        self._draw_axis()
        for place, name in enumerate(self._names):
            base = self._top + (place + 0.5) * self._step + 0.36 * self._letters
            words = short(name, self._left - 1.5 * self._look.letters, self._letters)
            at = (self._left - 0.6 * self._look.letters, base)
            self._canvas.text(at, words, "end", TEXT, self._letters)
        found: dict[tuple[str, int], list[Stretch]] = {}
        for one in self._lanes.stretches:
            found.setdefault((one.kind, one.lane), []).append(one)
        for kind in SPANS:
            for place in range(len(self._names)):
                self._draw(kind, place, found.get((kind, place), ()))
        self._key.draw(self._canvas, self._look.letters, 0.6 * self._look.letters)
        return self._canvas.svg()

    def _draw_axis(self) -> None:
        canvas, unit = self._canvas, self._look.letters
        small, right = unit * 0.92, self._look.width - 1.2 * unit
        bottom = self._top + len(self._names) * self._step
        for place in range(len(self._names)):
            top = self._top + (place + 0.14) * self._step
            canvas.rectangle(self._left, top, right - self._left, 0.72 * self._step, _GROUND)
        for value, text in self._scale.ticks:
            x = self._scale.at(value)
            canvas.line((x, self._top), (x, bottom), LINE)
            canvas.text((x, bottom + 1.3 * unit), text, "middle", MUTED, small)
        middle = (self._left + right) / 2
        canvas.text((middle, bottom + 2.7 * unit), self._unit, "middle", MUTED, small)
        if self._note:
            at = (unit, self._look.height - 0.5 * unit)
            words = short(self._note, self._look.width - 2 * unit, small * 0.92)
            canvas.text(at, words, "start", MUTED, small * 0.92)

    def _draw(self, kind: str, place: int, ours: Sequence[Stretch]) -> None:
        """Draw what a lane has of a kind, with its words where they fit."""
        thick = self._step * (_THIN if kind == "waiting" else 0.72)
        middle = self._top + (place + 0.5) * self._step
        least = 0.6 * self._look.stroke
        for start, end, words in self._merged(ours):
            wide_enough = max(end - start, least)
            top = middle - thick / 2
            self._canvas.rectangle(start, top, wide_enough, thick, self._colours[kind])
            letters = min(self._letters * 0.9, 0.9 * thick)
            if words and wide(words, letters) + letters < end - start:
                ink = "#ffffff" if is_dark(self._colours[kind]) else TEXT
                at = (start + 0.5 * letters, middle + 0.36 * letters)
                self._canvas.text(at, words, "start", ink, letters)

    def _merged(self, ours: Sequence[Stretch]) -> Iterator[tuple[float, float, str]]:
        """Give places along the axis; what is too small to be told apart becomes one."""
        least = 0.6 * self._look.stroke
        start = end = None
        words = ""
        for one in sorted(ours, key=lambda one: (one.start, one.end)):
            left, right = (self._scale.at(t * self._factor) for t in (one.start, one.end))
            if start is not None and end is not None:
                if left - end < least and min(end - start, right - left) < least:
                    end, words = max(end, right), ""
                    continue
                yield start, end, words
            start, end, words = left, right, one.words
        if start is not None and end is not None:
            yield start, end, words
