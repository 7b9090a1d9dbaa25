"""The timeline's data, against the plainest code that gives the same answers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gui.models.spans import MAX_LANES, Span, SpanBatch, SpanKind, SpanStore

LANES = 3
# Eighths of a second are exact in binary and meet often: ties, touching and nested spans.
times = st.integers(-8, 80).map(lambda n: n / 8)
lengths = st.integers(0, 24).map(lambda n: n / 8)
labels = st.sampled_from(["", "a", "<b>"])
shares = st.one_of(st.none(), st.sampled_from([0.0, 0.5, 1.0]))


@st.composite
def spans(draw: st.DrawFn) -> Span:
    start = draw(times)
    return Span(
        lane=draw(st.integers(0, LANES - 1)),
        kind=draw(st.sampled_from(SpanKind)),
        start_s=start,
        end_s=start + draw(lengths),
        label=draw(labels),
        cpu_share=draw(shares),
    )


many_spans = st.lists(spans(), min_size=1, max_size=40)
batches = st.lists(st.lists(spans(), max_size=12), min_size=1, max_size=6)


def store_of(rows: Sequence[Span]) -> SpanStore:
    return SpanStore(SpanBatch.of_spans(rows))


def in_lane(rows: Sequence[Span], lane: int) -> list[tuple[int, Span]]:
    return [(row, span) for row, span in enumerate(rows) if span.lane == lane]


def covered(rows: Sequence[Span], first: float, last: float) -> float:
    """How much of a stretch some span covers, in eighths, moment by moment."""
    steps = range(round(first * 16), round(last * 16))
    return sum(any(s.start_s * 16 <= n < s.end_s * 16 for s in rows) for n in steps) / 16


def holds(span: Span, time: float) -> bool:
    return span.start_s <= time < span.end_s or span.start_s == time


def distance(span: Span, time: float) -> float:
    return max(span.start_s - time, time - span.end_s, 0.0)


@given(many_spans, st.lists(times, min_size=2, max_size=12, unique=True))
def test_busy_share_is_the_covered_time(rows: list[Span], edges: list[float]) -> None:
    edges.sort()
    store = store_of(rows)
    for lane in range(LANES):
        for kind in SpanKind:
            same = [s for s in rows if s.lane == lane and s.kind == kind]
            expected = [covered(same, a, b) / (b - a) for a, b in pairwise(edges)]
            assert store.busy_shares(lane, kind, np.array(edges)) == pytest.approx(expected)


@given(many_spans, st.lists(times, min_size=2, max_size=12, unique=True))
def test_each_start_is_counted_in_its_interval(rows: list[Span], edges: list[float]) -> None:
    edges.sort()
    store = store_of(rows)
    for lane in range(LANES):
        for kind in SpanKind:
            starts = [s.start_s for s in rows if s.lane == lane and s.kind == kind]
            expected = [sum(a <= t < b for t in starts) for a, b in pairwise(edges)]
            assert store.starts_per_interval(lane, kind, np.array(edges)).tolist() == expected


@given(many_spans, times, lengths)
def test_visible_are_those_that_touch(rows: list[Span], first: float, length: float) -> None:
    store, last = store_of(rows), first + length
    for lane in range(LANES):
        seen = 0
        for kind in SpanKind:
            same = [(r, s) for r, s in in_lane(rows, lane) if s.kind == kind]
            touching = [(s.start_s, r) for r, s in same if s.end_s >= first and s.start_s <= last]
            starts, ends, found = store.visible(lane, kind, first, last)
            assert list(zip(starts.tolist(), found.tolist(), strict=True)) == sorted(touching)
            assert ends.tolist() == [rows[row].end_s for row in found]
            seen += len(found)
        assert store.count_in(lane, first, last) >= seen
        assert store.most_in_a_lane(first, last) >= seen


@given(batches)
def test_appending_equals_building_at_once(parts: list[list[Span]]) -> None:
    grown = SpanStore()
    for part in parts:
        grown.append(SpanBatch.of_spans(part))
    rows = [span for part in parts for span in part]
    built = store_of(rows)
    assert (grown.count, grown.lane_count) == (built.count, built.lane_count)
    assert (grown.start_s, grown.end_s) == (built.start_s, built.end_s)
    edges = np.linspace(-2, 15, 100)
    for lane in range(LANES):
        assert grown.kinds_of(lane) == built.kinds_of(lane)
        for kind in SpanKind:
            one, other = grown.visible(lane, kind, -9, 99), built.visible(lane, kind, -9, 99)
            assert [column.tolist() for column in one] == [column.tolist() for column in other]
            one_share = grown.busy_shares(lane, kind, edges)
            assert one_share.tolist() == built.busy_shares(lane, kind, edges).tolist()
    for row, span in enumerate(rows):
        assert grown.text_of(row) == built.text_of(row) == (row, span.label)


@given(many_spans, times)
def test_the_topmost_span_is_found(rows: list[Span], time: float) -> None:
    store = store_of(rows)
    for lane in range(LANES):
        held = [(s.kind, s.start_s, r) for r, s in in_lane(rows, lane) if holds(s, time)]
        found = store.span_at(lane, time)
        assert (found.row if found else None) == (max(held)[2] if held else None)


@given(many_spans, times, st.sampled_from([0.1, 0.5, 2.0]))
def test_within_reach_the_nearest_is_found(rows: list[Span], time: float, reach: float) -> None:
    store = store_of(rows)
    for lane in range(LANES):
        here = [span for _, span in in_lane(rows, lane)]
        near = [span for span in here if distance(span, time) <= reach]
        found = store.span_at(lane, time, reach)
        assert (found is None) == (not near)
        if found is None:
            continue
        events = [distance(span, time) for span in near if span.kind is SpanKind.EVENT]
        assert (found.kind is SpanKind.EVENT) >= bool(events)
        least = min(events or [distance(span, time) for span in near])
        assert distance(found, time) == least


@given(many_spans, times)
def test_nearest_is_nearest(rows: list[Span], time: float) -> None:
    store = store_of(rows)
    for lane in range(LANES):
        here = [distance(span, time) for _, span in in_lane(rows, lane)]
        found = store.nearest(lane, time)
        assert (None if found is None else distance(found, time)) == (min(here) if here else None)


def walk(store: SpanStore, span: Span | None, step: int, most: int) -> list[Span]:
    """The spans that neighbours lead to, the first one included; one too many at most."""
    walked: list[Span] = []
    while span is not None and len(walked) <= most:
        walked.append(span)
        span = store.neighbour(span, step)
    return walked


@given(many_spans)
def test_neighbours_lead_through_the_whole_lane_and_back(rows: list[Span]) -> None:
    store = store_of(rows)
    for lane in range(LANES):
        order = [r for *_, r in sorted((s.start_s, s.kind, r) for r, s in in_lane(rows, lane))]
        to_first = walk(store, store.nearest(lane, 0.0), -1, len(rows))
        there = walk(store, to_first[-1] if to_first else None, 1, len(rows))
        assert [span.row for span in there] == order
        back = walk(store, there[-1] if there else None, -1, len(rows))
        assert [span.row for span in back] == order[::-1]


@given(many_spans)
def test_a_span_comes_back_as_it_was_given(rows: list[Span]) -> None:
    store = store_of(rows)
    for row, span in enumerate(rows):
        found = store.find(replace(span, id=row))
        assert found is not None
        assert (found.row, found.label, found.cpu_share) == (row, span.label, span.cpu_share)
        assert found.duration_s == span.end_s - span.start_s


def test_a_long_span_under_many_short_ones_is_still_found() -> None:
    store = SpanStore(SpanBatch.of(0, [0.0, *range(1, 50)], [100.0, *range(1, 50)]))
    found = store.span_at(0, 70.5)
    assert found is not None
    assert found.end_s == 100.0
    assert store.busy_shares(0, SpanKind.TASK, np.array([0.0, 50.0, 200.0])).tolist() == [
        1.0,
        pytest.approx(1 / 3),
    ]


def test_late_spans_take_their_place() -> None:
    store = SpanStore(SpanBatch.of(0, [0.0, 4.0], [1.0, 5.0]))
    store.append(SpanBatch.of(0, [2.0], [3.0]))
    assert store.visible(0, SpanKind.TASK, 0, 9)[0].tolist() == [0.0, 2.0, 4.0]
    assert store.busy_shares(0, SpanKind.TASK, np.array([0.0, 5.0])).tolist() == [0.6]


def test_extras_may_come_with_a_later_batch_only() -> None:
    store = SpanStore(SpanBatch.of(0, [0.0], [1.0]))
    store.append(SpanBatch.of(0, [1.0], [2.0], ids=[70], cpu_shares=[0.5], labels={0: "late"}))
    store.append(SpanBatch.of(0, [2.0], [3.0]))
    found = [store.span_at(0, t) for t in (0.5, 1.5, 2.5)]
    assert [s and (s.id, s.label, s.cpu_share) for s in found] == [
        (0, "", None),
        (70, "late", 0.5),
        (2, "", None),
    ]


def test_appending_does_not_hold_the_callers_arrays() -> None:
    starts, ends = np.array([0.0, 2.0]), np.array([1.0, 3.0])
    store = SpanStore(SpanBatch.of(0, starts, ends))
    starts[:], ends[:] = 7, 8
    assert store.visible(0, SpanKind.TASK, 0, 9)[0].tolist() == [0.0, 2.0]


def test_an_empty_store_answers_everything() -> None:
    store = SpanStore(SpanBatch.of([], [], []))
    span = Span(0, SpanKind.TASK, 0.0, 1.0)
    assert (store.count, store.lane_count, store.kinds()) == (0, 0, ())
    assert store.span_at(0, 0.5, 9.0) is None
    assert store.nearest(0, 0.0) is None
    assert store.find(span) is None
    assert store.neighbour(span, 1) is None
    assert store.most_in_a_lane(0, 1) == store.count_in(0, 0, 1) == 0
    assert store.busy_shares(0, SpanKind.TASK, np.array([0.0, 1.0])).tolist() == [0.0]
    assert store.starts_per_interval(0, SpanKind.TASK, np.array([0.0, 1.0])).tolist() == [0]


def test_a_span_that_is_not_there_is_not_found() -> None:
    store = store_of([Span(0, SpanKind.TASK, 0.0, 1.0)])
    assert store.find(Span(0, SpanKind.TASK, 0.5, 1.0, 0)) is None
    assert store.find(Span(0, SpanKind.TASK, 0.0, 1.0, 5)) is None
    with pytest.raises(ValueError, match="not in the store"):
        store.neighbour(Span(0, SpanKind.TASK, 0.5, 1.0), 1)


def test_memory_is_a_few_numbers_a_task() -> None:
    starts = np.arange(1000.0)
    assert SpanStore(SpanBatch.of(0, starts, starts + 0.5)).nbytes == 28_000


@pytest.mark.parametrize(
    ("lanes", "starts", "ends", "kinds", "complaint"),
    [
        (0, [1.0], [0.5], 1, "end before"),
        (0, [math.nan], [1.0], 1, "finite"),
        (0, [0.0], [math.inf], 1, "finite"),
        (-1, [0.0], [1.0], 1, "lane"),
        (MAX_LANES, [0.0], [1.0], 1, "lane"),
        (0, [0.0], [1.0], len(SpanKind), "kind"),
        (0, [[0.0]], [[1.0]], 1, "one-dimensional"),
        (0, [0.0, 1.0], [1.0, 2.0, 3.0], 1, "broadcast"),
    ],
    ids=["backwards", "nan", "endless", "below", "beyond", "kind", "matrix", "lengths"],
)
def test_bad_columns_are_refused(
    lanes: int, starts: list[float], ends: list[float], kinds: int, complaint: str
) -> None:
    with pytest.raises(ValueError, match=complaint):
        SpanBatch.of(lanes, starts, ends, kinds)
