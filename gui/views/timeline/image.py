"""The spans of a timeline as pixels: numpy in, one image out, no Qt.

Each lane is reduced to one row of columns (is there a span in this column, or how
busy is it), and all lanes are then spread to their height at once. A frame so costs
O(columns * log n) to find and O(pixels) to fill, however many spans there are.

There are two levels, and all lanes change together:
- *rectangles*, while the fullest lane has at least PIXELS_PER_SPAN for each span;
- *busy share*, beyond: each column is filled from below to the share of its time
  that was busy. Spans that must not get lost (failed, cancelled, events) keep a mark
  however short they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from gui.models.spans import SpanKind, SpanStore

Pixels: TypeAlias = NDArray[np.uint32]
Mask: TypeAlias = NDArray[np.bool_]
Heights: TypeAlias = NDArray[np.int32]

# At one pixel a span, rounding to whole pixels would show a half idle lane as busy.
PIXELS_PER_SPAN = 2.0
_WAITING_SHARE = 0.5  # waiting lies over a task: leave half of the task to be seen
_MARK_SHARE = 0.25
_STACK = (SpanKind.FAILED, SpanKind.CANCELLED, SpanKind.STARTUP, SpanKind.TASK)  # from below
_SHARE_ORDER = (
    SpanKind.TASK,
    SpanKind.STARTUP,
    SpanKind.WAITING,
    SpanKind.CANCELLED,
    SpanKind.FAILED,
    SpanKind.EVENT,
)


class Pattern(Enum):
    """What tells a kind from the others without colour."""

    SOLID = auto()
    STRIPES = auto()
    DOTS = auto()
    CROSSES = auto()
    THIN_STRIPES = auto()


@dataclass(frozen=True, slots=True)
class Texture:
    """A pattern of marks on paper with an edge around; colours as 0xAARRGGBB."""

    pattern: Pattern
    paper: int
    mark: int
    edge: int


@dataclass(frozen=True, slots=True)
class Frame:
    """What to show and how large, in device pixels.

    `pitch` is the height of a lane, `bar` that of its spans, `unit` a hair line.
    """

    lanes: range
    start_s: float
    end_s: float
    width: int
    pitch: int
    bar: int
    unit: int

    @property
    def pixels_per_s(self) -> float:
        """The scale of the time axis."""
        return self.width / (self.end_s - self.start_s)


@dataclass(frozen=True, slots=True)
class Ground:
    """What lies under the spans: colours as 0xAARRGGBB and the columns of the grid."""

    background: int
    lane: int
    grid: int
    grid_columns: tuple[int, ...] = ()


def shows_rectangles(store: SpanStore, frame: Frame) -> bool:
    """Whether there is room to draw each span by itself."""
    most = store.most_in_a_lane(frame.start_s, frame.end_s)
    return most * PIXELS_PER_SPAN * frame.unit <= frame.width


def compose(
    store: SpanStore,
    frame: Frame,
    textures: dict[SpanKind, Texture],
    ground: Ground,
    rectangles: bool,
    growing: SpanStore | None = None,
) -> Pixels:
    """The lanes of a frame at one of the levels, as (lanes * pitch, width) pixels.

    The few spans that are still `growing` lie over the others, each a rectangle at both levels.
    """
    shape = (len(frame.lanes), frame.pitch, frame.width)
    image = np.full(shape, ground.background, np.uint32)
    top = (frame.pitch - frame.bar) // 2
    bars = image[:, top : top + frame.bar]
    bars[...] = ground.lane
    for column in ground.grid_columns:
        image[:, :, column : column + frame.unit] = ground.grid
    if rectangles:
        _draw_rectangles(bars, store, frame, textures)
    else:
        _draw_shares(bars, store, frame, textures)
    if growing is not None and growing.count:
        _draw_rectangles(bars, growing, frame, textures)
    return image.reshape(-1, frame.width)


def tile(texture: Texture, frame: Frame, height: int) -> Pixels:
    """A texture over the whole width, fixed to time zero so that it pans with the spans."""
    zero = round(-frame.start_s * frame.pixels_per_s) if _zero_is_near(frame) else 0
    x = np.arange(frame.width)[None, :] - zero
    y = np.arange(height)[:, None]
    marks = _marks(texture.pattern, x, y, frame.unit)
    pixels: Pixels = np.where(marks, np.uint32(texture.mark), np.uint32(texture.paper))
    return pixels


def _zero_is_near(frame: Frame) -> bool:
    return abs(frame.start_s * frame.pixels_per_s) < 2**31


def _marks(pattern: Pattern, x: NDArray[np.intp], y: NDArray[np.intp], unit: int) -> Mask:
    if pattern is Pattern.STRIPES:
        return np.asarray((x + y) % (7 * unit) < 3 * unit)
    if pattern is Pattern.DOTS:
        return np.asarray((x % (4 * unit) < 2 * unit) & (y % (4 * unit) < 2 * unit))
    if pattern is Pattern.CROSSES:
        step = 8 * unit
        return np.asarray(((x + y) % step < unit) | ((x - y) % step < unit))
    if pattern is Pattern.THIN_STRIPES:
        return np.asarray((x - y) % (9 * unit) < unit)
    return np.full(np.broadcast_shapes(x.shape, y.shape), True)


# -- each span a rectangle ---------------------------------------------------


def _draw_rectangles(
    bars: Pixels, store: SpanStore, frame: Frame, textures: dict[SpanKind, Texture]
) -> None:
    for kind in store.kinds():
        covered = np.zeros((len(frame.lanes), frame.width), bool)
        edges = np.zeros_like(covered)
        for row, lane in enumerate(frame.lanes):
            _mark_columns(covered[row], edges[row], store, frame, lane, kind)
        if covered.any():
            height = round(frame.bar * _WAITING_SHARE) if kind is SpanKind.WAITING else frame.bar
            _fill(bars[:, frame.bar - height :], covered, edges, textures[kind], frame)


def _fill(area: Pixels, covered: Mask, edges: Mask, texture: Texture, frame: Frame) -> None:
    np.copyto(area, tile(texture, frame, area.shape[1]), where=covered[:, None, :])
    if texture.pattern is not Pattern.SOLID:
        unit, edge = frame.unit, np.uint32(texture.edge)
        np.copyto(area, edge, where=edges[:, None, :])
        np.copyto(area[:, :unit], edge, where=covered[:, None, :])
        np.copyto(area[:, -unit:], edge, where=covered[:, None, :])


def _mark_columns(
    covered: Mask, edges: Mask, store: SpanStore, frame: Frame, lane: int, kind: SpanKind
) -> None:
    """Set the columns that the spans of a lane cover, and those where one begins or ends."""
    starts, ends, _ = store.visible(lane, kind, frame.start_s, frame.end_s)
    if not len(starts):
        return
    left, right = _columns(starts, frame), _columns(ends, frame)
    thinnest = 1
    if kind is SpanKind.EVENT:
        thinnest = 2 * frame.unit
        left = left - frame.unit
    right = np.maximum(right, left + thinnest)
    _mark_edges(edges, left, right, frame)
    left, right = np.clip(left, 0, frame.width), np.clip(right, 0, frame.width)
    size = frame.width + 1
    open_spans = np.cumsum(np.bincount(left, minlength=size) - np.bincount(right, minlength=size))
    covered[:] = open_spans[:-1] > 0
    if kind is SpanKind.TASK:
        _part_neighbours(covered, left, right, frame.unit)


def _columns(times: NDArray[np.float64], frame: Frame) -> NDArray[np.intp]:
    columns = np.rint((times - frame.start_s) * frame.pixels_per_s)
    margin = 8 * frame.unit  # far enough out of sight for edges and marks
    return np.clip(columns, -margin, frame.width + margin).astype(np.intp)


def _mark_edges(edges: Mask, left: NDArray[np.intp], right: NDArray[np.intp], frame: Frame) -> None:
    for step in range(frame.unit):
        for columns in (np.minimum(left + step, right - 1), np.maximum(right - 1 - step, left)):
            edges[columns[(columns >= 0) & (columns < frame.width)]] = True


def _part_neighbours(
    covered: Mask, left: NDArray[np.intp], right: NDArray[np.intp], unit: int
) -> None:
    """Leave a hair line between a span and one that begins where it ends."""
    begins = np.zeros(len(covered) + 1, bool)
    begins[left] = True
    wide = right[(right - left >= 4 * unit) & (right < len(covered))]
    seams = wide[begins[wide]]
    for step in range(unit):
        covered[seams - 1 - step] = False


# -- how busy each column is --------------------------------------------------


def _draw_shares(
    bars: Pixels, store: SpanStore, frame: Frame, textures: dict[SpanKind, Texture]
) -> None:
    levels = np.arange(frame.bar, 0, -1, dtype=np.int32)[None, :, None]
    tops = _tops(store, frame)
    for kind in _SHARE_ORDER:
        if kind in tops:
            area = tile(textures[kind], frame, frame.bar)
            np.copyto(bars, area, where=levels <= tops[kind][:, None, :])


def _tops(store: SpanStore, frame: Frame) -> dict[SpanKind, Heights]:
    """How high each kind reaches in each lane and column, in pixels.

    The kinds that exclude one another are stacked, failed lowest so that nothing
    hides it; waiting and events have a height of their own.
    """
    edges = np.linspace(frame.start_s, frame.end_s, frame.width + 1)
    heights = {kind: _heights(store, frame, kind, edges) for kind in store.kinds()}
    level = np.zeros((len(frame.lanes), frame.width), np.int32)
    for kind in _STACK:
        if kind in heights:
            level = np.minimum(level + heights[kind], frame.bar).astype(np.int32)
            heights[kind] = level
    return heights


def _heights(store: SpanStore, frame: Frame, kind: SpanKind, edges: NDArray[np.float64]) -> Heights:
    full = frame.bar * (_WAITING_SHARE if kind is SpanKind.WAITING else 1.0)
    kept = kind in (SpanKind.EVENT, SpanKind.FAILED, SpanKind.CANCELLED)
    least = round(frame.bar * _MARK_SHARE) if kept else frame.unit
    heights = np.zeros((len(frame.lanes), frame.width), np.int32)
    for row, lane in enumerate(frame.lanes):
        if kind not in store.kinds_of(lane):
            continue
        share = store.busy_shares(lane, kind, edges)
        present = (share > 0) | (store.starts_per_interval(lane, kind, edges) > 0)
        heights[row] = np.where(present, np.maximum(np.rint(share * full), least), 0)
    return heights
