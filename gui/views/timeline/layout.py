"""Where things are in a timeline: one frozen value, from sizes to positions and back.

Positions are logical pixels. Lanes and the plot's borders lie on whole device pixels
(`dpr` of them to a logical one), so that nothing is blurred on any screen.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSizeF

from gui.views.timeline.image import Frame
from gui.views.timeline.window import TimeWindow

_LANE_LINES_MIN, _LANE_LINES_MAX = 1.4, 3.0  # height of a lane, in lines of text
_STRIP_LINES, _TICK_LINES = 1.9, 1.7  # above and below the lanes


@dataclass(frozen=True, slots=True)
class Room:
    """What a layout is made from: sizes in logical pixels, `scroll` from the first lane."""

    size: QSizeF
    line: float
    names: float
    bar: float
    lanes: int
    dpr: float
    scroll: int


@dataclass(frozen=True, slots=True)
class Layout:
    """Borders of the plot and heights of the lanes, in device pixels."""

    left: int
    top: int
    right: int
    bottom: int
    pitch: int
    lanes: int
    scroll: int
    dpr: float

    @classmethod
    def of(cls, room: Room) -> Layout:
        """A strip for legend and button above, ticks below, names left, scroll bar right."""
        strip = room.line * _STRIP_LINES
        left, top = round(room.names * room.dpr), round(strip * room.dpr)
        right = max(left + 1, round((room.size.width() - room.bar) * room.dpr))
        bottom = max(top + 1, round((room.size.height() - room.line * _TICK_LINES) * room.dpr))
        pitch, shown = _lane_heights(bottom - top, room.lanes, room.line * room.dpr)
        if shown < room.lanes:  # end with a whole lane
            bottom = top + shown * pitch
        return cls(
            left, top, right, bottom, pitch, room.lanes, round(room.scroll * room.dpr), room.dpr
        )

    @property
    def plot(self) -> QRectF:
        """The plot in logical pixels."""
        left, top = self.left / self.dpr, self.top / self.dpr
        return QRectF(left, top, self.right / self.dpr - left, self.bottom / self.dpr - top)

    @property
    def bar(self) -> int:
        """The height of a span, in device pixels."""
        return self.pitch - max(2, min(self.pitch // 5, round(6 * self.dpr)))

    @property
    def overflow(self) -> int:
        """By how many logical pixels the lanes are higher than the plot."""
        return max(0, math.ceil((self.lanes * self.pitch - (self.bottom - self.top)) / self.dpr))

    @property
    def visible_lanes(self) -> range:
        """The lanes of which at least a part can be seen."""
        first = self.scroll // self.pitch
        behind = -(-(self.scroll + self.bottom - self.top) // self.pitch)
        return range(min(first, self.lanes), min(behind, self.lanes))

    def frame(self, window: TimeWindow) -> Frame:
        """What the image of the lanes has to show."""
        return Frame(
            self.visible_lanes,
            window.start_s,
            window.end_s,
            self.right - self.left,
            self.pitch,
            self.bar,
            max(1, round(self.dpr)),
        )

    def lane_top(self, lane: int) -> float:
        """The y of a lane's upper border."""
        return (self.top - self.scroll + lane * self.pitch) / self.dpr

    def lane_at(self, y: float) -> int | None:
        """The lane at a y, or None if there is none."""
        if not self.top <= y * self.dpr < self.bottom:
            return None
        lane = int((y * self.dpr - self.top + self.scroll) // self.pitch)
        return lane if lane < self.lanes else None

    def scroll_to(self, lane: int) -> int:
        """By how many logical pixels to scroll so that a lane is all in sight."""
        above = self.lane_top(lane) - self.plot.top()
        below = self.lane_top(lane) + self.pitch / self.dpr - self.plot.bottom()
        return math.floor(above) if above < 0 else math.ceil(max(below, 0.0))

    def seconds_per_pixel(self, window: TimeWindow) -> float:
        """How much time a logical pixel stands for."""
        return window.length_s * self.dpr / (self.right - self.left)

    def x_of(self, time_s: float, window: TimeWindow) -> float:
        """The x of a time."""
        share = (time_s - window.start_s) / window.length_s
        return (self.left + share * (self.right - self.left)) / self.dpr

    def time_of(self, x: float, window: TimeWindow) -> float:
        """The time at an x."""
        return window.start_s + (x - self.left / self.dpr) * self.seconds_per_pixel(window)

    def span_rect(self, lane: int, first_s: float, last_s: float, window: TimeWindow) -> QRectF:
        """Where a span is drawn; at least three pixels wide, and cut off out of sight."""
        plot = self.plot
        left = max(self.x_of(first_s, window), plot.left() - 9)
        right = min(self.x_of(last_s, window), plot.right() + 9)
        if right - left < 3:
            left, right = (left + right) / 2 - 1.5, (left + right) / 2 + 1.5
        top = self.lane_top(lane) + (self.pitch - self.bar) // 2 / self.dpr
        return QRectF(left, top, right - left, self.bar / self.dpr)


def height_for(lanes: int, line: float) -> float:
    """The least height in which so many lanes are in sight, in what a line of text is told in."""
    return line * (_STRIP_LINES + _TICK_LINES) + lanes * max(4, round(_LANE_LINES_MIN * line)) + 1


def _lane_heights(height: int, lanes: int, line: float) -> tuple[int, int]:
    """The height of a lane, and how many of them are in sight."""
    least, most = max(4, round(_LANE_LINES_MIN * line)), max(4, round(_LANE_LINES_MAX * line))
    shown = max(1, min(lanes, height // least))
    return min(max(height // shown, least), most), shown
