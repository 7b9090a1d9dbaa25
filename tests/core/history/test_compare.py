"""Runs side by side: what differs, how many times as fast, and when nothing can be said."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest
from msgspec.structs import replace

from core.parameters import group
from core.results import compare
from core.results.compare import Ratio
from core.results.records import Calibration, Flag, RunRecord
from core.results.shifts import Shift, between
from tests.core.making import PYTHON, done, environment, record


def run(times: list[float], **more: object) -> RunRecord:
    return record([done("threads", 2, n, time) for n, time in enumerate(times, 1)], **more)


def ratios(runs: list[RunRecord]) -> tuple[Ratio, ...]:
    return compare.compare(runs).ratios


def warnings(runs: list[RunRecord]) -> tuple[str, ...]:
    return compare.compare(runs).warnings


def test_a_run_twice_as_fast_is_said_to_be() -> None:
    (ratio,) = ratios([run([2.0, 2.02, 1.98, 2.01, 1.99]), run([1.0, 1.01, 0.99, 1.0, 1.0])])
    assert ratio.median == pytest.approx(2.0, rel=0.02)
    assert ratio.verdict == "faster"
    assert ratio.low is not None
    assert ratio.low > 1.9


@pytest.mark.parametrize(("one", "other"), [(2, 2), (4, 9), (30, 4)])
def test_few_repeats_of_either_run_have_no_interval(one: int, other: int) -> None:
    (ratio,) = ratios([run([2.0] * one), run([1.0] * other)])
    assert (ratio.low, ratio.high, ratio.told) == (None, None, "too few repeats to say")


FLAG = (Flag("others", "Other programs used the CPUs."),)


def test_disturbed_trials_make_no_verdict_as_within_a_run() -> None:
    times = [1.0, 1.01, 0.99, 1.0, 1.02, 0.98]
    disturbed = [
        done("threads", 2, n, 2 * time, flags=FLAG if n <= 4 else ())
        for n, time in enumerate(times, 1)
    ]
    found = compare.compare([run(times), record(disturbed)])
    assert [one.told for one in found.ratios] == ["too many disturbed trials to say"]
    (warning,) = found.warnings
    assert warning.startswith("Run 2: 4 of 6 trials were disturbed.")
    fewer = [replace(one, flags=()) if one.block > 3 else one for one in disturbed]
    found = compare.compare([run(times), record(fewer)])
    assert [one.told for one in found.ratios] == ["slower"], "3 of 12 are no more than a quarter"
    assert found.warnings == ()


def with_canary(state: float, chance: random.Random, **more: object) -> RunRecord:
    """Make a run on a machine that is so many times as slow as it can be, all the time."""
    trials = [
        done(kind, workers, block, seconds * state * chance.lognormvariate(0, 0.01))
        for block in range(1, 9)
        for kind, workers, seconds in (("serial", 1, 1.0), ("threads", 2, 0.6))
    ]
    return record(trials, **more)


def test_a_machine_that_was_slower_is_no_slower_program() -> None:
    chance, told = random.Random(3), []
    for _ in range(100):
        runs = [with_canary(chance.lognormvariate(0, 0.05), chance) for _ in range(2)]
        told += [one.verdict for one in compare.compare(runs).ratios]
    assert sum(one in ("faster", "slower") for one in told) <= 0.05 * len(told)


def test_the_canary_is_told_and_what_goes_beyond_it_has_a_verdict() -> None:
    chance = random.Random(1)
    quick, slow = with_canary(1.0, chance), with_canary(1.5, chance)
    found = compare.compare([quick, slow])
    assert {one.told for one in found.ratios} == {"may be the machine"}
    (warning,) = found.warnings
    assert warning.startswith("Run 2: the plain call is 0.67 times as fast there (0.6")
    better = replace(
        slow,
        trials=tuple(
            one if one.executor == "serial" else replace(one, work_s=one.work_s / 3)
            for one in slow.trials
            if one.work_s is not None
        ),
    )
    told = {one.executor: one.told for one in compare.compare([quick, better]).ratios}
    assert told == {"serial": "may be the machine", "threads": "faster"}


def test_another_machine_or_python_may_well_be_slower() -> None:
    chance = random.Random(1)
    quick, slow = with_canary(1.0, chance), with_canary(1.5, chance)
    about = slow.environment
    for other in (
        replace(about, cpu="another CPU"),
        replace(about, python=replace(PYTHON, version="3.13.0")),
    ):
        found = compare.compare([quick, replace(slow, environment=other)])
        assert {one.told for one in found.ratios} == {"slower"}
        assert found.warnings == ()


def test_two_people_have_two_machines_however_alike() -> None:
    chance = random.Random(1)
    both = [with_canary(1.0, chance), with_canary(1.5, chance)]
    for whose, told in (
        (["Ada", "Bob"], "slower"),
        (["Ada", "Ada"], "may be the machine"),
        (["Ada", ""], "may be the machine"),
        (["", ""], "may be the machine"),
    ):
        found = compare.compare(both, whose=whose)
        assert {one.told for one in found.ratios} == {told}
        kind = [warning for warning in found.warnings if "on a machine of the same kind" in warning]
        assert bool(kind) == (told == "may be the machine")


def test_every_configuration_is_compared_once(monkeypatch: pytest.MonkeyPatch) -> None:
    chance, asked = random.Random(1), list[Shift]()

    def counted(ours: Sequence[float], theirs: Sequence[float]) -> Shift:
        asked.append(between(ours, theirs))
        return asked[-1]

    monkeypatch.setattr(compare, "between", counted)
    found = compare.compare([with_canary(1.0, chance), with_canary(1.5, chance)])
    assert len(found.ratios) == 2
    assert len(asked) == len(found.ratios) + 1, "and the canary"


OLD, NEW = [2.0 + n / 100 for n in range(6)], [1.0 + n / 100 for n in range(6)]


def over(times: dict[str, list[float]]) -> RunRecord:
    """Make a run over several Pythons, which in each block took turns in this order."""
    pythons = tuple(replace(PYTHON, name=name, version=f"{name}.0") for name in sorted(times))
    trials = [
        done("threads", 2, block, times[name][block - 1], python=name)
        for block in range(1, 7)
        for name in times
    ]
    return record(trials, environment=replace(environment(), pythons=pythons))


def test_of_runs_over_several_pythons_each_is_compared_with_itself() -> None:
    found = ratios([over({"3.11": OLD, "3.13": NEW}), over({"3.13": NEW, "3.11": OLD})])
    assert [(one.python, one.verdict) for one in found] == [
        ("3.11.0", "same"),
        ("3.13.0", "same"),
    ]


def test_a_run_over_several_is_compared_with_one_over_one_of_them() -> None:
    alone = run(NEW, environment=replace(environment(), python=replace(PYTHON, version="3.13.0")))
    several = over({"3.13": NEW, "3.11": OLD})
    for both in ([several, alone], [alone, several]):
        (ratio,) = ratios(both)
        assert (ratio.python, ratio.verdict) == ("3.13.0", "same")


def test_what_differs_is_listed_and_nothing_else() -> None:
    there = replace(environment(), cpu="another CPU")
    found = compare.differences(
        [run([1.0]), run([1.0], environment=there, parameters={"terms": 5})]
    )
    assert [(one.area, one.name, one.values) for one in found] == [
        ("machine", "cpu", ("a CPU", "another CPU")),
        ("settings", "terms", ("–", "5")),
    ]


def test_settings_differ_by_the_names_that_they_have_now() -> None:
    few, many = (run([1.0], parameters={"blocks": count}) for count in (3, 5))

    (found,) = compare.differences([few, many])

    assert (found.name, found.values) == ("repeats", ("3", "5"))


def test_large_numbers_are_in_groups_as_everywhere() -> None:
    one, two = (record([], parameters={"terms": n, "sizes": [n, 2]}) for n in (10**7, 10**6))
    values = {found.name: found.values for found in compare.differences([one, two])}
    assert values["terms"] == (group(10**7), group(10**6))
    assert values["sizes"] == (f"{group(10**7)}, 2", f"{group(10**6)}, 2")


def test_different_work_is_warned_of() -> None:
    one = run([1.0], parameters={"terms": 5, "workers": [1], "blocks": 3})
    other = run([1.0], parameters={"terms": 6, "workers": [2], "blocks": 5})
    (warning,) = warnings([one, other])
    assert "different work (terms)" in warning
    assert compare.compare([one, other]).ratios == ()
    assert compare.compare([one, one]).ratios
    assert not warnings([one, replace(one, parameters={**one.parameters, "blocks": 9})])
    assert "different experiments" in warnings([one, replace(one, experiment="race")])[0]


def test_stories_are_not_divided_by_one_another() -> None:
    one, other = (
        record(
            [done("threads", 2, n, count / 10, rows=({"lost": 0},)) for n in range(1, 7)],
            experiment="race",
            parameters={"increments": count},
        )
        for count in (1, 10)
    )
    found = compare.compare([one, replace(other, parameters=one.parameters)])
    assert (found.ratios, found.warnings) == ((), ())
    (warning,) = warnings([one, other])
    assert "different work (increments)" in warning
    assert "speed-up" not in warning


def test_workers_that_are_started_in_another_way_do_the_same_work() -> None:
    one, other = (run([1.0], parameters={"start-method": how}) for how in ("fork", "spawn"))
    found = compare.compare([one, other])
    assert not found.warnings
    assert found.ratios
    assert [one.name for one in found.differences] == ["start-method"]


def test_sizes_by_time_are_compared_by_what_was_found() -> None:
    small, large = (Calibration(seconds=0.5, size=size, calls=()) for size in (10, 20))
    assert not warnings([run([1.0], calibration=small), run([1.0], calibration=small)])
    (warning,) = warnings([run([1.0], calibration=small), run([1.0], calibration=large)])
    assert "(size)" in warning


def test_a_run_that_was_cut_off_is_told() -> None:
    (warning,) = warnings([run([1.0]), run([1.0], status="interrupted", planned_trials=4)])
    assert warning == "Run 2 did not come to its end: 1 of 4 trials."


def test_runs_are_called_by_their_names_where_they_have_some() -> None:
    cut_off = run([1.0], status="interrupted", planned_trials=4)
    assert compare.compare([run([1.0]), cut_off], ["run 7", "mine"]).warnings == (
        "“mine” did not come to its end: 1 of 4 trials.",
    )
