"""What the benchmarks' table says follows from what was measured; no time is measured here."""

from __future__ import annotations

import inspect
import json
import subprocess
from importlib import import_module
from typing import Any

import pytest

from benchmarks.__main__ import NAMES, _measure, module_of
from benchmarks.children.flood import LANES, flood
from benchmarks.harness import NotMeasured
from benchmarks.rows import Row, Target, paired, percentile, spread
from core.errors import LabCrashed


@pytest.mark.parametrize("name", NAMES)
def test_each_benchmark_has_one_way_in(name: str) -> None:
    measure = import_module(module_of(name)).measure
    assert list(inspect.signature(measure).parameters) == ["quick"]


@pytest.mark.parametrize(
    "error",
    [
        NotMeasured("it needs a display"),
        RuntimeError("a child gave no answer"),
        subprocess.TimeoutExpired("python", 5),
        LabCrashed("the lab process ended"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_what_cannot_be_measured_is_a_row_and_the_others_are_measured(
    monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def measure(quick: bool) -> list[Row]:
        raise error

    monkeypatch.setattr("benchmarks.rest.measure", measure)
    (row,) = _measure("rest", True)
    assert row.note == str(error)
    assert row.met is None


@pytest.mark.parametrize(
    ("target", "ours", "beside", "met"),
    [
        (Target(most=1.25), 20.0, 16.0, True),
        (Target(most=1.25), 20.1, 16.0, False),
        (Target(least=0.97, most=1.03), 0.96, 1.0, False),
        (Target(least=3), 9.0, 3.0, True),
        (Target(most=100, of="ours"), 99.0, 1.0, True),
        (Target(most=100, of="ours"), 101.0, 1000.0, False),
        (Target(most=1.25), 20.0, None, None),
        (None, 20.0, 16.0, None),
    ],
)
def test_a_target_is_met_by_the_ratio_or_by_the_figure_itself(
    target: Target | None, ours: float, beside: float | None, met: bool | None
) -> None:
    row = Row("name", "what", ours, "ms", beside, "other", target)
    assert row.met is met
    assert json.loads(json.dumps(row.to_json()))["met"] is met


def test_a_row_without_figures_judges_nothing() -> None:
    row = Row("name", "what", target=Target(most=1), note="not installed")
    assert (row.ratio, row.met) == (None, None)


def test_pairs_are_compared_pair_by_pair() -> None:
    assert paired([1.0, 20.0, 3.0], [1.0, 10.0, 1.0]) == 2.0
    row = Row("name", "what", 2.0, "s", 4.0, paired_ratio=0.9, target=Target(most=1))
    assert row.ratio == 0.9


@pytest.mark.parametrize(("share", "value"), [(0.5, 50), (0.99, 99), (1.0, 100), (0.0, 1)])
def test_a_percentile_is_one_of_the_values(share: float, value: float) -> None:
    assert percentile(list(range(100, 0, -1)), share) == value


def test_the_spread_bounds_the_median_and_not_the_values() -> None:
    assert spread([1.0, 5.0, 3.0]) == "median between 1 and 5, 3 repeats"
    assert spread([float(value) for value in range(1, 26)]) == (
        "median between 8 and 18, 25 repeats"
    )


def test_the_flood_tells_all_that_it_was_asked_for_and_no_more() -> None:
    told: list[dict[str, Any]] = []

    flood(told.append, rate=2000, seconds=0.1)

    assert len(told) == 200
    assert {event["kind"] for event in told} == {"span"}
    assert len({event["lane"] for event in told}) == LANES
    assert [event["start"] for event in told] == sorted(event["start"] for event in told)
