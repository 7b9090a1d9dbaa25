"""The history: the first page of ten thousand runs, a search, a trial's write and its room."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from statistics import median

from msgspec.structs import replace

from benchmarks.harness import NotMeasured, ask, display
from benchmarks.rows import Row, Target, percentile, spread
from core.lab.describe import describe
from core.results.environment import read_environment
from core.results.history.history import History
from core.results.history.listing import Page, Query
from core.results.history.opening import FILE
from core.results.records import RunRecord, TaskRecord, TrialRecord
from core.results.share import dump, shared

_RUNS = 10_000
_TRIALS = 40
_PAGE = 100


def measure(quick: bool) -> list[Row]:
    """Fill a history, and measure what a person waits for; write times are with fsync."""
    repeats = 5 if quick else 20
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        filled_s = _fill(folder, 1000 if quick else _RUNS)
        note = f"{1000 if quick else _RUNS} runs of 2 trials, written in {filled_s:.0f} s"
        opened = [_first_row(folder) for _ in range(repeats)]
        history = History(folder)
        searches = [
            _timed(history.page, Query(text=text, limit=_PAGE))
            for text in ("run 77", "no such words", "pi", "laptop 3.1") * repeats
        ]
        history.shutdown()
        whole = (folder / FILE).stat().st_size
    with tempfile.TemporaryDirectory() as name:
        writes, called, size = _write(Path(name), repeats)
    shared_size = len(dump([shared(example(_TRIALS), "k")]))
    return [
        _row("first page", opened, 200, f"opened anew each time; {note}"),
        _row("search", searches, 50, "all that match counted, the first 100 listed"),
        _row("write of a trial", writes, 5, f"p99 {percentile(writes, 0.99) * 1e3:.3g} ms"),
        Row(
            "history",
            "caller's share of a write",
            median(called) * 1e6,
            "µs",
            note=spread([time * 1e6 for time in called]),
        ),
        Row("history", f"run of {_TRIALS} trials, in the history", size / 1024, "KB"),
        Row("history", f"run of {_TRIALS} trials, as a file", shared_size / 1024, "KB"),
        *_overlay(quick),
        Row("history", "each of many small runs", whole / 1024 / (1000 if quick else _RUNS), "KB"),
    ]


def _row(what: str, times: list[float], most_ms: float, note: str) -> Row:
    in_ms = [time * 1e3 for time in times]
    target = Target(most=most_ms, of="ours")
    return Row("history", what, median(in_ms), "ms", target=target, note=f"{spread(in_ms)}; {note}")


def _timed(ask: Callable[[Query], Future[Page]], query: Query) -> float:
    began = time.perf_counter()
    assert ask(query).result().count >= 0
    return time.perf_counter() - began


def _fill(folder: Path, runs: int) -> float:
    began = time.perf_counter()
    history = History(folder)
    run = example(2)
    for number in range(runs):
        day = f"2026-{number % 12 + 1:02}-{number % 28 + 1:02}T{number % 24:02}:00:00+00:00"
        saved = history.begin().save(replace(run, started_at=day))
        history.rename(number + 1, f"run {number} of a laptop")
    saved.result()
    history.shutdown()
    return time.perf_counter() - began


def _first_row(folder: Path) -> float:
    began = time.perf_counter()
    history = History(folder)
    try:
        assert history.page(Query(limit=_PAGE)).result().rows
        return time.perf_counter() - began
    finally:
        history.shutdown()


def _write(folder: Path, repeats: int) -> tuple[list[float], list[float], int]:
    """Write runs trial by trial; give the times until each was safe, the caller's, and the room."""
    history = History(folder)
    whole, called = [], []
    for _ in range(repeats):
        writing, run = history.begin(), replace(example(_TRIALS), status="running")
        for trials in range(1, _TRIALS + 1):
            part = replace(run, trials=run.trials[:trials])
            began = time.perf_counter()
            saved = writing.save(part)
            called.append(time.perf_counter() - began)
            saved.result()
            whole.append(time.perf_counter() - began)
        writing.save(replace(run, status="finished")).result()
    history.shutdown()
    return whole, called, (folder / FILE).stat().st_size // repeats


def _overlay(quick: bool) -> list[Row]:
    """Lay a class over one another in a real window."""
    try:
        with display() as desktop:
            found = ask(desktop, "overlay", 5 if quick else 30)
    except NotMeasured as reason:
        return [Row("history", "overlay of 30 runs", note=str(reason))]
    parts = [found[name] for name in ("figures", "drawing", "painting")]
    whole = [sum(one) for one in zip(*parts, strict=True)]
    note = ", ".join(
        f"{name} {median(times) * 1e3:.3g} ms"
        for name, times in zip(("figures", "items", "paint"), parts, strict=True)
    )
    return [_row(f"overlay of 30 runs of {_TRIALS} trials", whole, 100, f"of it {note}")]


def example(trials: int) -> RunRecord:
    """Make a run with as many tasks as a sweep up to eight workers has."""
    return RunRecord(
        experiment="pi-scaling",
        parameters={"terms": 10_000_000, "workers": [1, 2, 4, 8], "blocks": 5, "seed": 1},
        environment=read_environment(describe()),
        status="finished",
        started_at="2026-01-01T00:00:00+00:00",
        planned_trials=trials,
        trials=tuple(_trial(number) for number in range(1, trials + 1)),
    )


def _trial(number: int) -> TrialRecord:
    workers = (1, 2, 4, 8)[number % 4]
    step = number / 7
    tasks = tuple(
        TaskRecord(n, step, step / 3, step + n / 9, step / n) for n in range(1, workers + 1)
    )
    return TrialRecord(
        executor="processes",
        start_method="fork",
        workers=workers,
        block=number // 4,
        order=number,
        status="done",
        startup_s=step / 11,
        first_worker_s=step / 13,
        first_task_s=step / 17,
        work_s=step / 19,
        closing_s=step / 23,
        cpu_s=step / 29,
        value=3.14159,
        abs_error=1e-7,
        tasks=tasks,
    )
