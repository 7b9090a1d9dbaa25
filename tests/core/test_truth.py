"""Runs whose truth is known, thousands of them: what is said of each, from its trials to the words.

A repeat is slow or quick as a whole, as a machine is, and each trial has noise of its own.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass

import numpy as np
import pytest

from core.results.records import TrialRecord
from core.results.verdicts import SpeedUp, speedups
from tests.core.making import done, record

RUNS = 2000


@dataclass(frozen=True)
class Truth:
    """Two processes are `ratio` times as fast; one trial in ten takes twice as long where `hit`."""

    ratio: float
    noise: float
    blocks: int
    hit: bool = False

    def __str__(self) -> str:
        hits = ", hit" if self.hit else ""
        return f"{self.ratio:g} times, {self.noise:.1%} noise, {self.blocks} repeats{hits}"


def said(truth: Truth) -> list[SpeedUp]:
    """Say of each of many runs what is to be said of it."""
    draw = np.random.default_rng(11)
    shape = (RUNS, truth.blocks)
    slow = np.exp(draw.normal(scale=0.2, size=shape))
    own, theirs = (np.exp(draw.normal(scale=truth.noise, size=shape)) for _ in range(2))
    hits = np.where(draw.random(shape) < 0.1 * truth.hit, 2.0, 1.0)
    serial, both = (slow * own).tolist(), (slow * theirs * hits / truth.ratio).tolist()
    return [_said(*one) for one in zip(serial, both, strict=True)]


def _said(serial: list[float], processes: list[float]) -> SpeedUp:
    trials: list[TrialRecord] = []
    for block, (plain, time) in enumerate(zip(serial, processes, strict=True), start=1):
        trials += [done("serial", 1, block, plain), done("processes", 2, block, time)]
    (one,) = speedups(record(trials))
    return one


def is_wrong(one: SpeedUp, truth: Truth) -> bool:
    """Tell whether a verdict says what is not so; to say nothing is never wrong."""
    wrong = {
        "faster": truth.ratio <= 1,
        "slower": truth.ratio >= 1,
        "same": abs(truth.ratio - 1) > 0.05,
        "unclear": False,
    }
    return wrong[one.verdict]


TRUTHS = [
    Truth(ratio, noise, blocks)
    for ratio in (0.5, 0.93, 1.0, 1.02, 1.07, 1.9)
    for noise in (0.005, 0.02, 0.1)
    for blocks in (5, 12)
] + [Truth(1.0, 0.02, 30), Truth(1.9, 0.02, 12, hit=True), Truth(1.0, 0.02, 12, hit=True)]


@pytest.mark.parametrize("truth", TRUTHS, ids=str)
def test_intervals_cover_the_truth_and_verdicts_are_seldom_wrong(truth: Truth) -> None:
    found = said(truth)

    wrong = sum(is_wrong(one, truth) for one in found) / RUNS
    assert wrong < 0.05
    if not truth.hit:  # those move the median itself
        covered = sum(one.low <= truth.ratio <= one.high for one in found) / RUNS
        assert 0.925 <= covered <= 0.975  # 93 to 97 %, and what 2000 runs leave to chance


@pytest.mark.parametrize(
    ("truth", "verdict"),
    [
        (Truth(1.0, 0.005, 12), "same"),
        (Truth(1.0, 0.2, 12), "unclear"),
        (Truth(1.2, 0.3, 5), "unclear"),
        (Truth(1.9, 0.05, 5), "faster"),
        (Truth(0.7, 0.05, 8), "slower"),
        (Truth(1.0, 0.01, 3), "same"),
        (Truth(1.0, 0.2, 2), "unclear"),
    ],
    ids=str,
)
def test_each_verdict_comes_where_it_should(truth: Truth, verdict: str) -> None:
    seen: Counter[str] = Counter(one.verdict for one in said(truth))

    assert seen[verdict] / RUNS > 0.85
    assert math.isclose(sum(seen.values()), RUNS)
