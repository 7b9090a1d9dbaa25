"""The rows of the timeline's benchmark say what its figures say; no time is measured here."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks.frames import rows


def summary(median: float, worst: float) -> dict[str, float]:
    return {"median": median, "p99": median, "worst": worst, "repeats": 5}


def figures(build: float, frame: float, gap: float, held: float) -> dict[str, Any]:
    peer = summary(35.0, 40.0)
    return {
        "tasks": 1_000_000,
        "4 lanes": {
            "build": {"timeline": summary(build, build), "one brush": peer},
            "frame": {"timeline": summary(2.0, frame), "one brush": peer},
            "bytes per task": held,
            "bytes per task, as they came": 24.0,
        },
        "live": {
            "rate per s": 20_000,
            "gap, an idle window": summary(16.0, 17.0),
            "gap, from empty": summary(16.0, gap),
            "bytes per task, grown": held,
        },
    }


@pytest.mark.parametrize(
    ("measured", "missed"),
    [
        ((99.0, 16.0, 49.0, 28.0), []),
        ((101.0, 16.0, 49.0, 28.0), ["build, median"]),
        ((99.0, 17.0, 49.0, 28.0), ["frame, worst"]),
        ((99.0, 16.0, 51.0, 28.0), ["gap worst"]),
        ((99.0, 16.0, 49.0, 65.0), ["memory per task", "memory per task"]),
    ],
)
def test_what_was_asked_for_is_judged(measured: tuple[float, ...], missed: list[str]) -> None:
    found = rows(figures(*measured))

    not_met = [row.what for row in found if row.met is False]
    assert len(not_met) == len(missed)
    assert all(what.startswith(begin) for what, begin in zip(not_met, missed, strict=True))
    assert sum(row.met is True for row in found) == 5 - len(missed)
    assert {row.benchmark for row in found} == {"timeline"}
