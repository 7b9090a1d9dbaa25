"""The stretch of time that a timeline shows, and the ticks of its axis: plain values."""

from __future__ import annotations

import math
from dataclasses import dataclass

_UNITS = ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs"), (1e-9, "ns"))
_NEARLY = 1e-6  # of a step: a tick on the border is a tick
_LONGEST_NUMBER = 100_000  # five digits on a tick; beyond, count from a base


@dataclass(frozen=True, slots=True)
class TimeWindow:
    """A stretch of time that is longer than nothing, in seconds."""

    start_s: float = 0.0
    end_s: float = 1.0

    @property
    def length_s(self) -> float:
        """How long it is."""
        return self.end_s - self.start_s

    @classmethod
    def around(cls, first_s: float, last_s: float, room: float = 0.0) -> TimeWindow:
        """A window from zero (or earlier) to the last time, with some room behind it."""
        start = min(0.0, first_s)
        length = (last_s - start) * (1 + room)
        return cls(start, start + length) if length > shortest_s(last_s) else cls(start, start + 1)

    def zoomed(self, factor: float, fixed_s: float, whole: TimeWindow) -> TimeWindow:
        """Shorter by a factor, with one time staying at its place.

        Ends at four times the whole on one side, at what a float can tell on the other.
        """
        shortest = shortest_s(max(abs(self.start_s), abs(self.end_s), abs(fixed_s)))
        length = min(max(self.length_s / factor, shortest), max(4 * whole.length_s, shortest))
        start = fixed_s - (fixed_s - self.start_s) * (length / self.length_s)
        return TimeWindow(start, start + length)

    def panned(self, by_s: float, whole: TimeWindow) -> TimeWindow:
        """Moved, but never further than a tenth of a window from the last span's sight."""
        lowest = min(whole.start_s - 0.9 * self.length_s, self.start_s)
        highest = max(whole.end_s - 0.1 * self.length_s, self.start_s)
        start = min(max(self.start_s + by_s, lowest), highest)
        return TimeWindow(start, start + self.length_s)

    def showing(self, first_s: float, last_s: float) -> TimeWindow:
        """Moved, if need be, so that a span can be seen."""
        if last_s >= self.start_s and first_s <= self.end_s:
            return self
        start = (first_s + last_s - self.length_s) / 2
        return TimeWindow(start, start + self.length_s)


def shortest_s(time_s: float) -> float:
    """The shortest window at a time: a nanosecond, or what floats can still divide."""
    return max(1e-9, abs(time_s) * 2.0**-34)


@dataclass(frozen=True, slots=True)
class Axis:
    """Ticks as (time in seconds, label), and the time that labels count from, if any."""

    ticks: tuple[tuple[float, str], ...]
    base: str


def axis_for(window: TimeWindow, most_ticks: int) -> Axis:
    """Round ticks, at most so many, in a unit that suits the window's length."""
    step = _round_step(window.length_s / max(most_ticks, 1))
    unit, name = next((u for u in _UNITS if window.length_s >= u[0]), _UNITS[-1])
    base = _base(window, unit)
    first = math.ceil(window.start_s / step - _NEARLY)
    last = math.floor(window.end_s / step + _NEARLY)
    decimals = max(0, -math.floor(math.log10(step / unit) + 1e-9))
    times = [index * step for index in range(first, last + 1)]
    sign = "" if base is None else "+"
    ticks = tuple((t, f"{_number((t - (base or 0)) / unit, decimals, sign)} {name}") for t in times)
    return Axis(ticks, "" if base is None else _base_label(base, unit))


def _round_step(least: float) -> float:
    power = 10.0 ** math.floor(math.log10(least))
    return next(m * power for m in (1, 2, 5, 10) if m * power >= least * (1 - 1e-9))


def _base(window: TimeWindow, unit: float) -> float | None:
    if max(abs(window.start_s), abs(window.end_s)) / unit < _LONGEST_NUMBER or unit >= 1:
        return None
    return math.floor(window.start_s / (unit * 1000)) * unit * 1000


def _base_label(base: float, unit: float) -> str:
    decimals = max(0, round(-math.log10(unit)) - 3)
    return f"{_number(base, decimals, '')} s"


def _number(value: float, decimals: int, sign: str) -> str:
    text = f"{value:{sign},.{decimals}f}".replace(",", "\u00a0").replace("-", "\u2212")
    zero = text.strip("+\u22120.") == ""
    return "0" if zero else text
