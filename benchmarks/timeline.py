"""How fast the timeline is, beside pyqtgraph's own BarGraphItem in the same run.

    python -m benchmarks.timeline [--json]

A million tasks at 1280x400, on 4 and on 16 lanes: build, frames at many zooms and
pans, memory per task; then 20,000 spans a second arriving live, with the longest time
that the event loop was away. Frames are drawn at once (`repaint`), one widget after
the other at the same view, so that both meet the same machine. Runs offscreen unless
QT_QPA_PLATFORM says otherwise.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from gui.models.spans import SpanBatch, SpanStore
from gui.views.timeline.widget import Timeline

TASKS = 1_000_000
LANES = (4, 16)
SIZE = (1280, 400)
RATE = 20_000
LIVE_S = 5.0
BRUSHES_EACH = 2  # frames of the slowest one: seconds each
_BUILDS = 5
Figures: TypeAlias = dict[str, float]


def measure() -> dict[str, Any]:
    """All figures, in milliseconds unless the name says otherwise."""
    app = QApplication.instance() or QApplication(sys.argv[:1])
    figures: dict[str, Any] = {
        "tasks": TASKS,
        "size": SIZE,
        "platform": QApplication.platformName(),
    }
    for lanes in LANES:
        figures[f"{lanes} lanes"] = _measure_lanes(lanes)
    figures["live"] = _measure_live()
    del app
    return figures


def _measure_lanes(lanes: int) -> dict[str, Any]:
    batch = _tasks(lanes, TASKS)
    builds: dict[str, list[float]] = {"timeline": [], "one brush": []}
    for _ in range(_BUILDS):
        builds["timeline"].append(_timed(lambda: SpanStore(batch)))
        builds["one brush"].append(_timed(lambda: _bar_item(batch, one_brush=True).boundingRect()))
    store = SpanStore(batch)
    timeline = _timeline(store)
    one, many = _bars(batch, one_brush=True), _bars(batch, one_brush=False)
    frames: dict[str, list[float]] = {"timeline": [], "one brush": [], "brush per bar": []}
    for number, (start, end) in enumerate(_views(store.end_s)):
        _look_at(timeline, start, end)
        frames["timeline"].append(_timed(timeline.repaint))
        frames["one brush"].append(_plot_frame(one, start, end))
        if number < BRUSHES_EACH:
            frames["brush per bar"].append(_plot_frame(many, start, end))
    for widget in (timeline, one, many):
        widget.close()
    return {
        "build": {name: _summary(values) for name, values in builds.items()},
        "frame": {name: _summary(values) for name, values in frames.items()},
        "bytes per task": store.nbytes / TASKS,
        "bytes per task, as they came": _nbytes(batch) / TASKS,
    }


def _nbytes(batch: SpanBatch) -> int:
    return batch.lanes.nbytes + batch.starts_s.nbytes + batch.ends_s.nbytes


def _tasks(lanes: int, tasks: int) -> SpanBatch:
    """Tasks of about a millisecond with pauses between, in the order in which they end."""
    random = np.random.default_rng(1)
    shape = (lanes, tasks // lanes)
    work, pause = random.exponential(1e-3, shape), random.exponential(2e-4, shape)
    ends = np.cumsum(work + pause, axis=1)
    order = np.argsort(ends, axis=None)
    lane = np.repeat(np.arange(lanes), shape[1])
    return SpanBatch.of(lane[order], (ends - work).ravel()[order], ends.ravel()[order])


def _views(whole_s: float) -> Iterator[tuple[float, float]]:
    """Everything, then ever closer looks, each at four places."""
    yield 0.0, whole_s
    for zoom in np.geomspace(1.2, 1e5, 25):
        length = whole_s / float(zoom)
        for place in (0.1, 0.37, 0.63, 0.9):
            start = (whole_s - length) * place
            yield start, start + length


def _timeline(store: SpanStore) -> Timeline:
    timeline = Timeline()
    timeline.resize(*SIZE)
    timeline.set_spans(store)
    timeline.show()
    QApplication.processEvents()
    return timeline


def _look_at(timeline: Timeline, start: float, end: float) -> None:
    """Move the view as a person's zoom does, straight to a stretch of time."""
    view = timeline._view
    view.window = type(view.window)(start, end)
    view.touched = True


def _bars(batch: SpanBatch, *, one_brush: bool) -> pg.PlotWidget:
    plot = pg.PlotWidget(background="w")
    plot.resize(*SIZE)
    plot.setMouseEnabled(y=False)
    lanes: NDArray[np.int64] = batch.lanes
    plot.addItem(_bar_item(batch, one_brush=one_brush))
    plot.setYRange(0, int(lanes.max()) + 1, padding=0)
    plot.show()
    QApplication.processEvents()
    return plot


def _bar_item(batch: SpanBatch, *, one_brush: bool) -> pg.BarGraphItem:
    brush = {"brush": "#0072b2"} if one_brush else {"brushes": [pg.mkBrush("#0072b2")] * len(batch)}
    return pg.BarGraphItem(
        x0=batch.starts_s, x1=batch.ends_s, y0=batch.lanes, height=0.8, pen=None, **brush
    )


def _plot_frame(plot: pg.PlotWidget, start: float, end: float) -> float:
    plot.setXRange(start, end, padding=0)
    return _timed(plot.viewport().repaint)


# -- live ------------------------------------------------------------------------


def _measure_live() -> dict[str, Any]:
    idle = _gaps(QWidget(), None)
    fresh = _timeline(SpanStore())
    full = _timeline(SpanStore(_tasks(LANES[0], TASKS)))
    return {
        "rate per s": RATE,
        "gap, an idle window": idle,
        "gap, from empty": _gaps(fresh, _Feed(fresh, 0.0).deliver),
        "gap, after a million": _gaps(full, _Feed(full, full.window_s[1]).deliver),
        "bytes per task, grown": fresh._store.nbytes / max(1, fresh._store.count),
    }


class _Feed:
    """Appends what would have ended since it was last asked, at RATE spans a second."""

    def __init__(self, timeline: Timeline, offset_s: float) -> None:
        self._timeline, self._offset_s, self._sent = timeline, offset_s, 0
        self._began: float | None = None

    def deliver(self) -> None:
        now = time.perf_counter()
        self._began = self._began or now
        due = int((now - self._began) * RATE)
        number = np.arange(self._sent, due)
        ends = number / RATE + self._offset_s
        self._sent = due
        if len(number):
            self._timeline.append(SpanBatch.of(number % 4, ends, ends + 3.5 / RATE))


def _gaps(widget: QWidget, deliver: Callable[[], None] | None) -> Figures:
    """Times between the beats of a 16 ms heartbeat while spans arrive."""
    widget.resize(*SIZE)
    widget.show()
    beats: list[float] = []
    heart, feed, loop = QTimer(), QTimer(), QEventLoop()
    heart.setTimerType(Qt.TimerType.PreciseTimer)
    heart.timeout.connect(lambda: beats.append(time.perf_counter()))
    heart.start(16)
    if deliver is not None:
        feed.timeout.connect(deliver)
        feed.start(16)
    QTimer.singleShot(int(LIVE_S * 1000), loop.quit)
    loop.exec()
    for timer in (heart, feed):
        timer.stop()
    widget.close()
    return _summary([1000 * float(gap) for gap in np.diff(beats)])


# -- figures ----------------------------------------------------------------------


def _timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


def _summary(values: list[float]) -> Figures:
    return {
        "median": statistics.median(values),
        "p99": float(np.percentile(values, 99)),
        "worst": max(values),
        "repeats": len(values),
    }


def _rows(figures: dict[str, Any], path: str = "") -> Iterator[str]:
    for name, value in figures.items():
        where = f"{path}, {name}" if path else name
        if isinstance(value, dict) and "median" in value:
            parts = ("median", "p99", "worst")
            said = "  ".join(f"{part} {value[part]:9.2f}" for part in parts)
            yield f"{where:<44} {said}  ms, {value['repeats']:.0f} times"
        elif isinstance(value, dict):
            yield from _rows(value, where)
        else:
            yield f"{where:<44} {value}"


if __name__ == "__main__":
    result = measure()
    print(json.dumps(result, indent=2) if "--json" in sys.argv else "\n".join(_rows(result)))
