"""What a timeline shows: spans of work, in sorted numpy arrays.

    SpanBatch --append--> SpanStore --> one track.Track per (lane, kind)

No Qt in this file. A store may be built in any thread; once a view has it, only
the GUI thread touches it. All times are seconds from one common start.

**Overlap.** A worker does one thing at a time, so STARTUP, TASK, CANCELLED and
FAILED do not overlap on a lane; WAITING and EVENT lie over them (a task that waits
for another future is still a task). Whatever arrives is kept: each kind has its own
track, a busy share counts a moment once however many spans of that kind cover it,
and where spans overlap the one drawn on top is the one that is found: the highest
kind, then the latest start.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from types import MappingProxyType
from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gui.models.track import Floats, Rows, Track

_T = TypeVar("_T", bound=np.generic)

MAX_LANES = 4096
_KIND_SLOTS = 8  # kinds per lane in a group number; lanes * slots fits 16 bits (radix sort)


class SpanKind(IntEnum):
    """What a worker was doing; a higher kind is drawn over a lower one."""

    STARTUP = 0
    TASK = 1
    WAITING = 2
    CANCELLED = 3
    FAILED = 4
    EVENT = 5

    @property
    def called(self) -> str:
        """What `core.report` calls it."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Span:
    """One span as a value: what hovering and selecting hand out.

    `id` is the owner's number for it (by default its place of arrival), `row` its
    place of arrival in its store. A span holds the times `start_s <= t < end_s`;
    one without length holds its start.
    """

    lane: int
    kind: SpanKind
    start_s: float
    end_s: float
    id: int = -1
    label: str = ""
    cpu_share: float | None = None
    row: int = field(default=-1, compare=False)

    @property
    def duration_s(self) -> float:
        """How long it lasted, in seconds."""
        return self.end_s - self.start_s


@dataclass(frozen=True, slots=True)
class SpanBatch:
    """Columns of spans, checked: equal lengths, finite times, end not before start.

    Make one with `of` or `of_spans`. The arrays may be views of the caller's: leave
    those alone until the batch has been appended. `labels` maps a place in the batch
    to a text, for those spans that have one.
    """

    lanes: NDArray[np.int64]
    starts_s: Floats
    ends_s: Floats
    kinds: NDArray[np.uint8]
    ids: NDArray[np.int64] | None = None
    cpu_shares: NDArray[np.float32] | None = None
    labels: Mapping[int, str] = field(default_factory=lambda: MappingProxyType({}))

    @classmethod
    def of(
        cls,
        lanes: ArrayLike,
        starts_s: ArrayLike,
        ends_s: ArrayLike,
        kinds: ArrayLike = SpanKind.TASK,
        *,
        ids: ArrayLike | None = None,
        cpu_shares: ArrayLike | None = None,
        labels: Mapping[int, str] | None = None,
    ) -> SpanBatch:
        """A batch from anything like an array; one lane or kind may stand for all.

        A CPU share is 0 to 1, NaN where it is not known. Raises ValueError.
        """
        starts = np.atleast_1d(np.asarray(starts_s, np.float64))
        size = starts.shape
        batch = cls(
            np.broadcast_to(np.asarray(lanes, np.int64), size),
            starts,
            np.broadcast_to(np.asarray(ends_s, np.float64), size),
            np.broadcast_to(np.asarray(kinds, np.uint8), size),
            None if ids is None else np.broadcast_to(np.asarray(ids, np.int64), size),
            None
            if cpu_shares is None
            else np.broadcast_to(np.asarray(cpu_shares, np.float32), size),
            MappingProxyType(dict(labels or {})),
        )
        batch._check()
        return batch

    @classmethod
    def of_spans(cls, spans: Iterable[Span]) -> SpanBatch:
        """A batch from values; an id below 0 means "none given"."""
        rows = list(spans)
        ids = [span.id for span in rows]
        shares = [np.nan if s.cpu_share is None else s.cpu_share for s in rows]
        return cls.of(
            [span.lane for span in rows],
            [span.start_s for span in rows],
            [span.end_s for span in rows],
            [span.kind for span in rows],
            ids=ids if any(i >= 0 for i in ids) else None,
            cpu_shares=shares if not np.isnan(shares).all() else None,
            labels={i: span.label for i, span in enumerate(rows) if span.label},
        )

    def __len__(self) -> int:
        return len(self.starts_s)

    def _check(self) -> None:
        if self.starts_s.ndim != 1:
            raise ValueError("spans are columns: one-dimensional arrays of equal length")
        if not len(self):
            return
        if not (np.isfinite(self.starts_s).all() and np.isfinite(self.ends_s).all()):
            raise ValueError("a span's times are finite numbers of seconds")
        if (self.ends_s < self.starts_s).any():
            raise ValueError("a span does not end before it starts")
        if self.lanes.min() < 0 or self.lanes.max() >= MAX_LANES:
            raise ValueError(f"a lane is a number from 0 to {MAX_LANES - 1}")
        if self.kinds.max() >= len(SpanKind):
            raise ValueError("an unknown kind of span")


class SpanStore:
    """All spans of one timeline, ready to be asked about any stretch of time.

    `append` costs what the batch costs as long as it is not older than what its lane
    has already (late ones move the tail behind them). The questions cost
    O(log n), or O(pixels * log n). Not thread-safe; see the top of the file.
    """

    def __init__(self, batch: SpanBatch | None = None) -> None:
        self._tracks: dict[int, dict[SpanKind, Track]] = {}
        self._ids: NDArray[np.int64] | None = None
        self._shares: NDArray[np.float32] | None = None
        self._labels: dict[int, str] = {}
        self.count = 0
        self.lane_count = 0
        self.start_s = 0.0
        self.end_s = 0.0
        if batch is not None:
            self.append(batch)

    # -- filling ------------------------------------------------------------

    def append(self, batch: SpanBatch) -> None:
        """Add a batch, in whatever order its spans are."""
        size = len(batch)
        if not size:
            return
        self._widen(batch)
        self._keep_extras(batch)
        group = (batch.lanes * _KIND_SLOTS + batch.kinds).astype(np.uint16)
        order = np.argsort(group, kind="stable")
        bounds = np.flatnonzero(np.diff(group[order])) + 1
        for part in np.split(order, bounds):
            lane, kind = divmod(int(group[part[0]]), _KIND_SLOTS)
            rows = (part + self.count).astype(np.int32)
            self._track_for(lane, SpanKind(kind)).insert(
                batch.starts_s[part], batch.ends_s[part], rows
            )
        self.count += size

    def _widen(self, batch: SpanBatch) -> None:
        first, last = float(batch.starts_s.min()), float(batch.ends_s.max())
        self.start_s = min(self.start_s, first) if self.count else first
        self.end_s = max(self.end_s, last) if self.count else last
        self.lane_count = max(self.lane_count, int(batch.lanes.max()) + 1)

    def _keep_extras(self, batch: SpanBatch) -> None:
        at, end = self.count, self.count + len(batch)
        if batch.ids is not None or self._ids is not None:
            old = np.arange(at, dtype=np.int64) if self._ids is None else self._ids
            self._ids = _grown(old, at, end)
            self._ids[at:end] = np.arange(at, end) if batch.ids is None else batch.ids
        if batch.cpu_shares is not None or self._shares is not None:
            known = np.full(at, np.nan, np.float32) if self._shares is None else self._shares
            self._shares = _grown(known, at, end)
            self._shares[at:end] = np.nan if batch.cpu_shares is None else batch.cpu_shares
        self._labels.update((at + i, text) for i, text in batch.labels.items())

    def _track_for(self, lane: int, kind: SpanKind) -> Track:
        tracks = self._tracks.setdefault(lane, {})
        if kind not in tracks:
            tracks[kind] = Track()
            self._tracks[lane] = dict(sorted(tracks.items()))
        return self._tracks[lane][kind]

    # -- looking ------------------------------------------------------------

    @property
    def nbytes(self) -> int:
        """Bytes held in arrays, spare room for appends included."""
        extras = [column.nbytes for column in (self._ids, self._shares) if column is not None]
        return sum(track.nbytes for track in self._all_tracks()) + sum(extras)

    def kinds(self) -> tuple[SpanKind, ...]:
        """The kinds that occur, lowest first."""
        return tuple(sorted({kind for tracks in self._tracks.values() for kind in tracks}))

    def kinds_of(self, lane: int) -> tuple[SpanKind, ...]:
        """The kinds that occur on a lane, lowest first."""
        return tuple(self._tracks.get(lane, ()))

    def most_in_a_lane(self, from_s: float, to_s: float) -> int:
        """How many spans the fullest lane has in a stretch of time, over all lanes."""
        return max((self.count_in(lane, from_s, to_s) for lane in self._tracks), default=0)

    def count_in(self, lane: int, from_s: float, to_s: float) -> int:
        """How many spans of a lane touch a stretch of time."""
        return sum(track.count_in(from_s, to_s) for track in self._tracks.get(lane, {}).values())

    def busy_shares(self, lane: int, kind: SpanKind, edges_s: Floats) -> Floats:
        """The share, 0 to 1, of each interval between edges that spans of a kind cover.

        n + 1 rising edges give n shares.
        """
        track = self._tracks.get(lane, {}).get(kind)
        return np.zeros(len(edges_s) - 1) if track is None else track.shares(edges_s)

    def starts_per_interval(self, lane: int, kind: SpanKind, edges_s: Floats) -> NDArray[np.intp]:
        """How many spans begin in each interval, so that none is lost for being short."""
        track = self._tracks.get(lane, {}).get(kind)
        size = len(edges_s) - 1
        return np.zeros(size, np.intp) if track is None else track.begins(edges_s)

    def visible(
        self, lane: int, kind: SpanKind, from_s: float, to_s: float
    ) -> tuple[Floats, Floats, Rows]:
        """Starts, ends and rows of the spans of a kind that touch a stretch, by start.

        Views into the store: read them, and forget them before the next append.
        """
        track = self._tracks.get(lane, {}).get(kind)
        return (Track() if track is None else track).visible(from_s, to_s)

    def text_of(self, row: int) -> tuple[int, str]:
        """The id and label of the span that arrived as number `row`."""
        number = row if self._ids is None else int(self._ids[row])
        return number, self._labels.get(row, "")

    def span_at(self, lane: int, t_s: float, reach_s: float = 0.0) -> Span | None:
        """The span drawn on top at a time; else the nearest within reach; else None.

        An EVENT within reach goes first: it is a mark, too thin to be hit.
        """
        tracks = self._tracks.get(lane, {})
        if reach_s > 0 and (mark := tracks.get(SpanKind.EVENT)) is not None:
            event = self._span(lane, SpanKind.EVENT, mark, mark.nearest_to(t_s))
            if _distance(event, t_s) <= reach_s:
                return event
        for kind, track in reversed(tracks.items()):
            index = track.topmost_at(t_s)
            if index is not None:
                return self._span(lane, kind, track, index)
        near = self.nearest(lane, t_s) if reach_s > 0 else None
        return near if near is not None and _distance(near, t_s) <= reach_s else None

    def nearest(self, lane: int, t_s: float) -> Span | None:
        """The span of a lane that is nearest to a time, or None if the lane is empty."""
        found: list[tuple[float, int, Span]] = []
        for kind, track in self._tracks.get(lane, {}).items():
            span = self._span(lane, kind, track, track.nearest_to(t_s))
            found.append((_distance(span, t_s), -kind, span))
        return min(found, key=lambda item: item[:2])[2] if found else None

    def neighbour(self, span: Span, step: int) -> Span | None:
        """The next (step 1) or previous (-1) span of a lane, by start and then kind."""
        tracks = self._tracks.get(span.lane, {})
        found = [
            self._span(span.lane, kind, track, index)
            for kind, track in tracks.items()
            if (index := _beside(track, kind, span, step)) is not None
        ]
        pick = min if step > 0 else max
        return pick(found, key=lambda s: (s.start_s, s.kind)) if found else None

    def find(self, span: Span) -> Span | None:
        """The same span in this store (lane, kind, start, id), with its end as it is now."""
        track = self._tracks.get(span.lane, {}).get(span.kind)
        if track is None:
            return None
        for index in track.starting_at(span.start_s):
            same = self._span(span.lane, span.kind, track, index)
            if same.id == span.id:
                return same
        return None

    def _span(self, lane: int, kind: SpanKind, track: Track, index: int) -> Span:
        row = int(track.rows[index])
        number, label = self.text_of(row)
        share = None if self._shares is None else float(self._shares[row])
        known = None if share is None or np.isnan(share) else share
        start, end = float(track.starts[index]), float(track.ends[index])
        return Span(lane, kind, start, end, number, label, known, row)

    def _all_tracks(self) -> Iterable[Track]:
        return (track for lane in self._tracks.values() for track in lane.values())


def _distance(span: Span, t_s: float) -> float:
    return max(span.start_s - t_s, t_s - span.end_s, 0.0)


def _beside(track: Track, kind: SpanKind, span: Span, step: int) -> int | None:
    """Where, in a track, the neighbour of a span of the same lane is."""
    if kind == span.kind:
        index = track.index_of(span.start_s, span.row) + step
    else:
        first_after = track.first_from(span.start_s, itself=kind > span.kind)
        index = first_after if step > 0 else first_after - 1
    return index if 0 <= index < len(track) else None


def _grown(column: NDArray[_T], used: int, need: int) -> NDArray[_T]:
    """A column with room for `need` values, doubled so that appends are cheap on average."""
    if need <= len(column):
        return column
    wider = np.empty(max(need, 2 * used), column.dtype)
    wider[:used] = column[:used]
    return wider
