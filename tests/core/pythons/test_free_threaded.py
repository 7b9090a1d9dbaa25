"""A real Python without a GIL: its names, how it runs threads, and what is lost in a race."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from core.engines.interpreters import Choice
from core.engines.lab_client import LabExecutor
from core.experiments.pi_scaling import EXPERIMENT
from core.lab.describe import describe
from core.lab.programs import race
from core.results.pythons import by_python
from tests.core import jobs
from tests.core.carrying import carried_out
from tests.core.pythons.making import found, only_added
from tests.core.pythons.test_several import run_on
from tests.core.watching import SOON_S, free_threaded, pythons


@pytest.fixture(scope="module")
def build() -> tuple[Choice, Choice]:
    """Give the two choices that a free-threaded build is: without its GIL, and with it."""
    from core.engines.interpreters import choices, find_all

    without, with_gil = choices(find_all([free_threaded()], only_added()))
    return without, with_gil


def test_it_is_found_once_and_can_be_chosen_twice(build: tuple[Choice, Choice]) -> None:
    without, with_gil = build

    assert (without.gil, with_gil.gil) == (False, True)
    assert without.name.endswith("t")
    assert with_gil.name == f"{without.name}+gil"
    assert without.interpreter == with_gil.interpreter
    _, abilities = without.interpreter.facts
    assert (abilities.free_threaded, abilities.gil) == (True, False)


def test_the_gil_is_as_it_was_chosen(lab: LabExecutor, build: tuple[Choice, Choice]) -> None:
    for choice in build:
        told = lab.submit_on(choice.lab, None, describe).result(SOON_S)
        assert told["gil"] is choice.gil


def test_two_threads_meet_without_either_giving_way(
    lab: LabExecutor, build: tuple[Choice, Choice]
) -> None:
    without, with_gil = build

    assert lab.submit_on(without.lab, None, jobs.threads_meet, SOON_S).result(2 * SOON_S)
    assert not lab.submit_on(with_gil.lab, None, jobs.threads_meet, 0.2).result(SOON_S)


def test_plain_increments_are_lost(lab: LabExecutor, build: tuple[Choice, Choice]) -> None:
    without, with_gil = build
    race_once = (race.once, "threads", 2, 1_000_000, "plain")

    seen: list[int] = []
    while not seen or (seen[-1] == 2_000_000 and len(seen) < 20):
        seen.append(lab.submit_on(without.lab, None, *race_once).result(SOON_S)[0])

    assert 1_000_000 // 20 < seen[-1] < 2_000_000
    locked = (race.once, "threads", 2, 100_000, "lock")
    assert lab.submit_on(without.lab, None, *locked).result(SOON_S)[0] == 200_000
    assert lab.submit_on(with_gil.lab, None, *race_once).result(SOON_S)[0] == 2_000_000


def test_one_run_measures_builds_with_and_without_in_turns(
    lab: LabExecutor, build: tuple[Choice, Choice]
) -> None:
    others = [path for version, path in pythons().items() if not version.endswith("t")]
    chosen = (*build, *found(*others))

    record = carried_out(run_on(lab, chosen), lab)

    assert record.status == "finished", [one.error for one in record.trials if one.error]
    names = [choice.name for choice in chosen]
    assert Counter(one.python for one in record.trials) == dict.fromkeys(names, 15)
    blocks = [{one.python for one in record.trials if one.block == block} for block in (1, 2, 3)]
    assert blocks == [set(names)] * 3
    gil = {name: part.environment.python for name, part in by_python(record)}
    assert {name: python and python.gil for name, python in gil.items()} == {
        choice.name: choice.gil for choice in chosen
    }
    told: list[Any] = [*EXPERIMENT.summarize(record).headline]
    assert any(line.startswith(f"Python {build[0].name}: 2 threads") for line in told)
