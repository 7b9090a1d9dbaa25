"""The spans of one kind on one lane: sorted columns that answer by binary search.

Spans lie sorted by start (then by arrival). Beside them lies their *cover*: the same
spans with every moment that an earlier one covers already cut off. Cover pieces do
not overlap and keep their order, so one prefix sum over them gives the seconds
covered before any time. Without overlap the cover is the spans themselves and takes
no memory of its own.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Rows: TypeAlias = NDArray[np.int32]

_START, _END, _BEFORE, _COVER_START, _COVER_END = range(5)
_PLAIN, _OVERLAPPING = 3, 5  # columns without and with a cover of their own


class Track:
    """Sorted spans that grow by batches; times in seconds. Not thread-safe."""

    __slots__ = ("_columns", "_rows", "_size")

    def __init__(self) -> None:
        self._columns = np.empty((_PLAIN, 0))
        self._rows = np.empty(0, np.int32)
        self._size = 0

    def __len__(self) -> int:
        return self._size

    # -- columns ------------------------------------------------------------

    @property
    def starts(self) -> Floats:
        """Starts, rising."""
        return self._column(_START)

    @property
    def ends(self) -> Floats:
        """Ends, in the order of the starts."""
        return self._column(_END)

    @property
    def rows(self) -> Rows:
        """Each span's place of arrival in the store."""
        return self._rows[: self._size]

    @property
    def nbytes(self) -> int:
        """Bytes held, spare room included."""
        return self._columns.nbytes + self._rows.nbytes

    @property
    def _cover_starts(self) -> Floats:
        return self._column(_COVER_START if self._overlapping else _START)

    @property
    def _cover_ends(self) -> Floats:
        """The cover's ends: the latest end so far, which rises even where ends do not."""
        return self._column(_COVER_END if self._overlapping else _END)

    @property
    def _overlapping(self) -> bool:
        return len(self._columns) == _OVERLAPPING

    def _column(self, which: int) -> Floats:
        column: Floats = self._columns[which, : self._size]
        return column

    # -- filling ------------------------------------------------------------

    def insert(self, starts: Floats, ends: Floats, rows: Rows) -> None:
        """Add spans that arrived together, in any order; moves only what lies behind them."""
        at = self.first_from(float(starts.min()), itself=False)
        if at < self._size:
            starts = np.concatenate((self.starts[at:], starts))
            ends = np.concatenate((self.ends[at:], ends))
            rows = np.concatenate((self.rows[at:], rows))
        order = _sorting(starts)
        if order is not None:
            starts, ends, rows = starts[order], ends[order], rows[order]
        self._reserve(at + len(starts))
        self._size = at + len(starts)
        self.starts[at:], self.ends[at:], self.rows[at:] = starts, ends, rows
        self._index(at)

    def _reserve(self, need: int) -> None:
        if need <= len(self._rows):
            return
        room = need if not self._size else max(need, 2 * len(self._rows))
        columns, rows = np.empty((len(self._columns), room)), np.empty(room, np.int32)
        columns[:, : self._size] = self._columns[:, : self._size]
        rows[: self._size] = self.rows
        self._columns, self._rows = columns, rows

    def _index(self, at: int) -> None:
        """Make cover and prefix sums right again from place `at` on."""
        starts, ends = self.starts[at:], self.ends[at:]
        reached = self._cover_ends[at - 1] if at else starts[0]
        latest = np.maximum.accumulate(np.concatenate(([reached], ends)))
        if not self._overlapping and (starts < latest[:-1]).any():
            self._columns = np.vstack((self._columns, self._columns[:_BEFORE]))
        if self._overlapping:
            self._column(_COVER_START)[at:] = np.maximum(starts, latest[:-1])
            self._column(_COVER_END)[at:] = latest[1:]
        self._sum_up(at)

    def _sum_up(self, at: int) -> None:
        before = self._column(_BEFORE)
        if at == 0:
            before[0] = 0.0
            at = 1
        lengths = self._cover_ends[at - 1 : -1] - self._cover_starts[at - 1 : -1]
        # One running sum, as if built at once: appends then give the same bits.
        before[at:] = np.cumsum(np.concatenate((before[at - 1 : at], lengths)))[1:]

    # -- looking ------------------------------------------------------------

    def covered_before(self, times: Floats) -> Floats:
        """Seconds covered before each time."""
        piece = np.searchsorted(self._cover_starts, times, "right") - 1
        known = np.maximum(piece, 0)
        start, end = self._cover_starts[known], self._cover_ends[known]
        inside = np.minimum(times - start, end - start)
        covered: Floats = np.where(piece < 0, 0.0, self._column(_BEFORE)[known] + inside)
        return covered

    def shares(self, edges: Floats) -> Floats:
        """The share of each interval that is covered; n + 1 rising edges, n shares."""
        covered = np.diff(self.covered_before(edges))
        return np.clip(covered / np.diff(edges), 0.0, 1.0)

    def begins(self, edges: Floats) -> NDArray[np.intp]:
        """How many spans begin in each interval."""
        return np.diff(np.searchsorted(self.starts, edges, "left"))

    def _touching(self, first: float, last: float) -> tuple[int, int]:
        """The places between which all spans are that touch a stretch of time."""
        low = int(self._cover_ends.searchsorted(first, "left"))
        return low, max(low, int(self.starts.searchsorted(last, "right")))

    def count_in(self, first: float, last: float) -> int:
        """How many spans touch a stretch; where they overlap, an upper bound."""
        low, high = self._touching(first, last)
        return high - low

    def visible(self, first: float, last: float) -> tuple[Floats, Floats, Rows]:
        """Starts, ends and rows of the spans that touch a stretch of time."""
        low, high = self._touching(first, last)
        part = slice(low, high)
        starts, ends, rows = self.starts[part], self.ends[part], self.rows[part]
        if not self._overlapping:
            return starts, ends, rows
        touching = ends >= first
        return starts[touching], ends[touching], rows[touching]

    def topmost_at(self, time: float) -> int | None:
        """The latest started span that holds a time."""
        low, high = self._touching(time, time)
        holds = (self.ends[low:high] > time) | (self.starts[low:high] == time)
        found = np.flatnonzero(holds)
        return low + int(found[-1]) if len(found) else None

    def nearest_to(self, time: float) -> int:
        """The span that holds a time, or else ends or begins nearest to it."""
        held = self.topmost_at(time)
        if held is not None:
            return held
        after = self.first_from(time, itself=True)
        if after == 0:
            return 0
        latest = float(self._cover_ends[after - 1])
        before = int(self._cover_ends[:after].searchsorted(latest, "left"))
        if after == self._size or time - latest <= self.starts[after] - time:
            return before
        return after

    def first_from(self, time: float, *, itself: bool) -> int:
        """The first place whose start is after a time (or at it, if `itself`)."""
        return int(self.starts.searchsorted(time, "left" if itself else "right"))

    def starting_at(self, time: float) -> range:
        """The places of the spans that begin exactly at a time."""
        return range(self.first_from(time, itself=True), self.first_from(time, itself=False))

    def index_of(self, start: float, row: int) -> int:
        """The place of the span with this start and row; ValueError if there is none."""
        places = self.starting_at(start)
        found = np.flatnonzero(self.rows[places.start : places.stop] == row)
        if not len(found):
            raise ValueError("this span is not in the store")
        return places.start + int(found[0])


def _sorting(starts: Floats) -> NDArray[np.intp] | None:
    """The stable order by start, or None if it is sorted already."""
    if (starts[1:] >= starts[:-1]).all():
        return None
    order = np.argsort(starts)  # much faster than the stable sort, and the same without ties
    ordered = starts[order]
    if (ordered[1:] == ordered[:-1]).any():
        order = np.argsort(starts, kind="stable")
    return order
