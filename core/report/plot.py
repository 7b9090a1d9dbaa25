"""Drawing curves over two axes, and bars beside their names, as SVG."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from core.report.svg import LINE, MUTED, TEXT, Canvas, Look, Place, short, wide

DASHES = ("", "6 3", "6 2 1.5 2", "6 2 1.5 2 1.5 2", "1.5 2.5")  # of the Pythons, in their order
_MOST_TICKS = 16
_FAINT, _PALE = 0.45, 0.18


@dataclass(frozen=True)
class Axis:
    """What stands along an axis; `least` and `most` are values that it reaches at the least.

    `whole` is for numbers that have no halves, `log` for values above 0 over decades.
    """

    label: str
    least: float = math.inf
    most: float = -math.inf
    log: bool = False
    whole: bool = False


@dataclass(frozen=True)
class Middle:
    """A value with the ends of its bar; `is_sure` for an interval, else the bar is lighter."""

    x: float
    y: float
    low: float
    high: float
    is_sure: bool = True


@dataclass(frozen=True)
class Curve:
    """A line through middles with a mark at each, and the dots that they come from.

    `grey` are dots that something disturbed, and marks are empty where it is `hollow`. One without
    a `name` is not in the legend. With `is_band` the bars of the middles are one area, from the
    first to the last.
    """

    name: str
    colour: str
    mark: str = ""
    dash: str = ""
    middles: tuple[Middle, ...] = ()
    dots: tuple[Place, ...] = ()
    grey: tuple[Place, ...] = ()
    weight: float = 1.0
    hollow: bool = False
    is_band: bool = False


@dataclass(frozen=True)
class Plot:
    """Curves over two axes; `note` says below them what they are."""

    title: str
    across: Axis
    up: Axis
    curves: tuple[Curve, ...]
    note: str = ""

    def svg(self, look: Look) -> str:
        """Draw it."""
        return _Plotting(self, look).svg()


@dataclass(frozen=True)
class Bar:
    """A name, the parts of its bar one after the other as (length, colour), and words behind it."""

    name: str
    parts: tuple[tuple[float, str], ...]
    words: str
    dots: tuple[float, ...] = ()


@dataclass(frozen=True)
class Bars:
    """Bars from the left, one below the other; `key` names the colours of their parts."""

    title: str
    bars: tuple[Bar, ...]
    log: bool = False
    key: tuple[tuple[str, str], ...] = ()
    note: str = ""
    tick: Callable[[float], str] = field(default=lambda value: f"{value:g}")

    def svg(self, look: Look) -> str:
        """Draw them."""
        return _bars(self, look)


Chart = Plot | Bars


class Scale:
    """From values to places along an axis, and the ticks on it."""

    def __init__(self, axis: Axis, values: Sequence[float], start: float, end: float) -> None:
        known = [one for one in (*values, axis.least, axis.most) if math.isfinite(one)]
        if axis.log:
            known = [one for one in known if one > 0]
        low, high = (min(known), max(known)) if known else (1.0, 2.0)
        self.log = axis.log
        if axis.log:
            low, high = math.log10(low), math.log10(high)
            beside = 0.06 * ((high - low) or 1.0)
            low, high = low - beside, high + beside
        elif high <= low:
            high = low + (abs(low) or 1.0)
        elif not axis.whole:
            high += 0.04 * (high - low)  # so that the highest mark is whole
        self._low, self._high = low, high
        self._start, self._end = start, end
        self.ticks = tuple(self._log_ticks() if axis.log else self._even_ticks(axis.whole))

    def at(self, value: float) -> float:
        """Return where a value stands, no further out than the axis goes."""
        value = math.log10(value) if self.log and value > 0 else self._low if self.log else value
        share = (value - self._low) / (self._high - self._low)
        return self._start + min(max(share, -0.02), 1.02) * (self._end - self._start)

    def _even_ticks(self, whole: bool) -> Iterator[tuple[float, str]]:
        step = _step((self._high - self._low) / (_MOST_TICKS if whole else 6))
        step = max(1.0, math.ceil(step)) if whole else step
        digits = max(0, -math.floor(math.log10(step)))
        number = math.ceil(self._low / step - 1e-9)
        while number * step <= self._high + 1e-9 * step:
            yield number * step, f"{number * step:.{digits}f}"
            number += 1

    def _log_ticks(self) -> Iterator[tuple[float, str]]:
        decades = range(math.floor(self._low), math.ceil(self._high) + 1)
        every = -(-len(decades) // 8)
        factors = (1, 2, 5) if self._high - self._low < 2.5 else (1,)
        for decade in decades:
            for factor in factors if decade % every == 0 else ():
                if self._low <= decade + math.log10(factor) <= self._high:
                    yield factor * 10.0**decade, _short_number(factor * 10.0**decade)


def _step(least: float) -> float:
    """Round up to 1, 2 or 5 times a power of ten."""
    least = max(least, 1e-12)
    power = 10.0 ** math.floor(math.log10(least))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= least * 0.999)


def _short_number(value: float) -> str:
    if 0.001 <= value < 1000:
        return f"{value:g}"
    if 1000 <= value < 1e6:
        return f"{value:,.0f}".replace(",", " ")
    return f"{value:.0e}".replace("e+0", "e").replace("e-0", "e-").replace("e+", "e")


class _Plotting:
    """One drawing of a plot."""

    def __init__(self, plot: Plot, look: Look) -> None:
        self._plot, self._look = plot, look
        self._canvas = Canvas(look, plot.title)
        unit = look.letters
        named = [curve for curve in plot.curves if curve.name]
        self._key = Key([(c.name, c) for c in named], look.width - 2 * unit, unit * 0.92)
        top = 1.0 * unit + self._key.height
        below = 3.4 * unit + (1.5 * unit if plot.note else 0)
        right = look.width - 1.2 * unit
        xs = [p for c in plot.curves for p in _xs(c)]
        ys = [p for c in plot.curves for p in _ys(c)]
        rough = Scale(plot.up, ys, look.height - below, top)
        left = 2.6 * unit + max((wide(text, unit) for _, text in rough.ticks), default=0)
        self._across = Scale(plot.across, xs, left, right)
        self._up = rough
        self._frame = (left, top, right, look.height - below)

    def svg(self) -> str:
        """Draw from back to front."""
        self._draw_axes()
        for curve in self._plot.curves:
            self._draw_dots(curve)
        for curve in self._plot.curves:
            self._draw_middles(curve)
        self._key.draw(self._canvas, 1.0 * self._look.letters, 0.6 * self._look.letters)
        return self._canvas.svg()

    def _draw_axes(self) -> None:
        canvas, unit = self._canvas, self._look.letters
        left, top, right, bottom = self._frame
        small = unit * 0.92
        for value, text in self._up.ticks:
            y = self._up.at(value)
            canvas.line((left, y), (right, y), LINE)
            canvas.text((left - 0.5 * unit, y + small * 0.36), text, "end", MUTED, small)
        for value, text in self._across.ticks:
            x = self._across.at(value)
            canvas.line((x, bottom), (x, bottom + 0.35 * unit), LINE)
            canvas.text((x, bottom + 1.4 * unit), text, "middle", MUTED, small)
        canvas.line((left, bottom), (right, bottom), LINE, 1.2)
        middle = (left + right) / 2
        canvas.text((middle, bottom + 2.8 * unit), self._plot.across.label, "middle", MUTED, small)
        place = (1.2 * unit, (top + bottom) / 2)
        canvas.text(place, self._plot.up.label, "middle", MUTED, small, upward=True)
        if self._plot.note:
            room = self._look.width - 2 * unit
            words = short(self._plot.note, room, small * 0.92)
            at = (unit, self._look.height - 0.5 * unit)
            canvas.text(at, words, "start", MUTED, small * 0.92)

    def _place(self, x: float, y: float) -> Place:
        return self._across.at(x), self._up.at(y)

    def _draw_dots(self, curve: Curve) -> None:
        stroke = self._look.stroke
        for x, y in curve.dots:
            self._canvas.dot(self._place(x, y), 1.3 * stroke, curve.colour, _FAINT)
        for x, y in curve.grey:
            self._canvas.mark("cross", self._place(x, y), 1.4 * stroke, MUTED)

    def _draw_middles(self, curve: Curve) -> None:
        canvas, stroke = self._canvas, self._look.stroke
        if curve.is_band:
            up = [self._place(one.x, one.high) for one in curve.middles]
            down = [self._place(one.x, one.low) for one in reversed(curve.middles)]
            canvas.area([*up, *down], curve.colour, _PALE)
        for one in curve.middles:
            if one.high > one.low and not curve.is_band:
                x, low = self._place(one.x, one.low)
                high = self._up.at(one.high)
                width = stroke * (0.8 if one.is_sure else 0.45)
                canvas.line((x, low), (x, high), curve.colour, width)
                for y in (low, high):
                    canvas.line((x - 1.8 * stroke, y), (x + 1.8 * stroke, y), curve.colour, width)
        places = [self._place(one.x, one.y) for one in curve.middles]
        canvas.path(places, curve.colour, stroke * curve.weight, _dash(curve.dash, stroke))
        if curve.mark:
            for place in places:
                canvas.mark(curve.mark, place, 2.2 * stroke, curve.colour, curve.hollow)


class Key:
    """The legend: a sample and a name for each, in as many lines as they take."""

    def __init__(self, named: Sequence[tuple[str, Curve]], room: float, letters: float) -> None:
        self._letters = letters
        self._lines: list[list[tuple[float, str, Curve]]] = [[]]
        left = 0.0
        for whole, curve in named:
            name = short(whole, room - 4 * letters, letters)
            width = 2.6 * letters + wide(name, letters) + 1.2 * letters
            if left + width > room and self._lines[-1]:
                self._lines.append([])
                left = 0.0
            self._lines[-1].append((left, name, curve))
            left += width
        self.height = 1.5 * letters * len(self._lines) if named else 0.0

    def draw(self, canvas: Canvas, left: float, top: float) -> None:
        """Write it, from that corner on."""
        stroke = canvas.look.stroke
        for number, line in enumerate(self._lines):
            base = top + (1.5 * number + 1) * self._letters
            middle = base - 0.35 * self._letters
            for start, name, curve in line:
                one, two = left + start, left + start + 2 * self._letters
                weight = stroke * curve.weight
                dash = _dash(curve.dash, stroke)
                if weight:
                    canvas.line((one, middle), (two, middle), curve.colour, weight, dash)
                if curve.mark:
                    place = ((one + two) / 2, middle)
                    canvas.mark(curve.mark, place, 2 * stroke, curve.colour, curve.hollow)
                words = (two + 0.5 * self._letters, base)
                canvas.text(words, name, "start", TEXT, self._letters)


def _xs(curve: Curve) -> list[float]:
    return [one.x for one in curve.middles] + [x for x, _ in (*curve.dots, *curve.grey)]


def _ys(curve: Curve) -> list[float]:
    values = [y for one in curve.middles for y in (one.y, one.low, one.high)]
    return values + [y for _, y in (*curve.dots, *curve.grey)]


def _dash(dash: str, stroke: float) -> str:
    return " ".join(f"{float(part) * stroke / 1.5:.1f}" for part in dash.split())


def _bars(chart: Bars, look: Look) -> str:
    canvas, unit = Canvas(look, chart.title), look.letters
    room = look.width - 2 * unit
    samples = [(name, Curve(name, colour, "square", weight=0)) for name, colour in chart.key]
    key = Key(samples, room, unit)
    names = min(0.4 * look.width, max((wide(b.name, unit) for b in chart.bars), default=0) + unit)
    words = max((wide(bar.words, unit) for bar in chart.bars), default=0) + unit
    top = unit + key.height
    below = (2.2 * unit if chart.log else 0.8 * unit) + (1.5 * unit if chart.note else 0)
    left, right, bottom = names + unit, look.width - words - unit, look.height - below
    lengths = [sum(length for length, _ in bar.parts) for bar in chart.bars]
    known = [*lengths, *(dot for bar in chart.bars for dot in bar.dots)]
    least = _decade_below(known) if chart.log else 0.0
    axis = Axis("", least=least, most=max(known, default=1.0) or 1.0, log=chart.log)
    scale = Scale(axis, (), left, right)
    step = min((bottom - top) / max(1, len(chart.bars)), 3 * unit)
    bottom = top + step * len(chart.bars)
    if chart.log:
        for value in _decades(least, axis.most):
            x = scale.at(value)
            canvas.line((x, top), (x, bottom), LINE)
            canvas.text((x, bottom + 1.4 * unit), chart.tick(value), "middle", MUTED, unit * 0.92)
    letters = min(unit, step * 0.8)
    for place, bar in enumerate(chart.bars):
        middle = top + (place + 0.5) * step
        _bar(canvas, bar, scale, (left, middle), min(step * 0.62, 1.8 * unit), letters, names)
    key.draw(canvas, unit, 0.6 * unit)
    if chart.note:
        at = (unit, look.height - 0.5 * unit)
        canvas.text(at, short(chart.note, room, unit * 0.85), "start", MUTED, unit * 0.85)
    return canvas.svg()


def _bar(
    canvas: Canvas,
    bar: Bar,
    scale: Scale,
    place: Place,
    thick: float,
    letters: float,
    room: float,
) -> None:
    left, middle = place
    base = middle + letters * 0.36
    name = short(bar.name, room, letters)
    canvas.text((left - 0.6 * letters, base), name, "end", TEXT, letters)
    start, sum_so_far = left, 0.0
    for length, colour in bar.parts:
        sum_so_far += length
        end = max(start, scale.at(sum_so_far))
        canvas.rectangle(start, middle - thick / 2, end - start, thick, colour)
        start = end
    for dot in bar.dots:
        canvas.dot((scale.at(dot), middle), canvas.look.stroke * 1.2, TEXT, 0.8)
    furthest = max((start, *(scale.at(dot) for dot in bar.dots)))
    canvas.text((furthest + 0.7 * letters, base), bar.words, "start", TEXT, letters)


def _decade_below(values: Sequence[float]) -> float:
    return 10.0 ** math.floor(math.log10(min((v for v in values if v > 0), default=1.0)) - 0.3)


def _decades(least: float, most: float) -> list[float]:
    first, last = round(math.log10(least)), math.ceil(math.log10(most))
    every = -(-(last - first + 1) // 8)
    return [10.0**power for power in range(first, last + 1, every) if 10.0**power <= most * 1.2]
