"""The class in figures: curves of each laptop, the median and the quartiles of all."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from core.report.marks import KINDS
from core.report.together import class_name, gallery_chart
from core.results.gallery import Laptop, behind, class_of, gallery, sort_key, stretches
from core.results.records import RunRecord
from core.results.share import Shared, shared
from tests.core.history.strategies import RECORDS
from tests.core.making import PYTHON, done, record
from tests.gui.sweeps import begun, sweep


def laptop(name: str, faster: float = 2.0, cores: int = 4, python: str = "3.11.7") -> Shared:
    trials = [
        done(kind, workers, block, seconds)
        for block in (1, 2, 3)
        for kind, workers, seconds in (
            ("serial", 1, 1.0),
            ("processes", 1, 1.0),
            ("processes", 2, 1 / faster),
        )
    ]
    env = replace(begun().environment, usable_cpus=cores, python=replace(PYTHON, version=python))
    env = replace(env, cpu=f"the CPU of {name}")
    return shared(record(trials, environment=env), whose=name)


def test_each_laptop_has_its_curves() -> None:
    found = gallery([laptop("Ada", 1.8), laptop("", 1.5)])
    ada, other = found.laptops
    assert (ada.name, other.name) == ("Ada", "run 2 of 2")
    assert list(ada.speedups) == ["processes"]
    assert dict(ada.speedups["processes"]) == pytest.approx({1: 1.0, 2: 1.8})
    assert dict(ada.seconds["processes"]) == pytest.approx({1: 1.0, 2: 1 / 1.8})
    assert found.kinds == ("serial", "processes")


def without(laptop: Shared, kind: str, workers: int, times: float = 1.0) -> Shared:
    """Take a configuration out; what has one worker still takes so many times as long."""
    trials = tuple(
        replace(one, work_s=(one.work_s or 0) * (times if one.workers == 1 else 1))
        for one in laptop.record.trials
        if (one.executor, one.workers) != (kind, workers)
    )
    return shared(replace(laptop.record, trials=trials), whose=laptop.whose)


def test_all_speedups_are_over_the_same_baseline() -> None:
    mixed = [laptop("Ada", 2.0), without(laptop("Bob", 2.0), "serial", 1, times=3)]
    found = gallery(mixed)
    assert found.baseline == "one"
    assert [dict(one.speedups["processes"])[2] for one in found.laptops] == pytest.approx([2, 6])
    assert found.warnings == (
        "Speed-ups are over one worker of the same kind: not all timed a plain call.",
    )
    assert gallery(mixed[:1]).baseline == "serial"
    assert gallery(mixed[:1]).warnings == ()


def test_who_lacks_the_baseline_of_the_others_is_named() -> None:
    runs = [
        without(laptop("Ada"), "processes", 1),
        without(laptop("Eve"), "processes", 1),
        without(laptop("Bob"), "serial", 1),
    ]
    found = gallery(runs)
    assert found.baseline == "serial"
    assert [bool(one.speedups) for one in found.laptops] == [True, True, False]
    assert found.warnings == ()
    assert found.left_out == ("Bob: it has no speed-up over a plain call.",)
    assert class_of(found.laptops, "processes", "speed-up")[0].runs == {1, 2}


def test_failed_trials_are_no_run_that_was_cut_off() -> None:
    runs = [
        shared(replace(laptop(status).record, status=status))
        for status in ("finished", "failed", "stopped", "interrupted")
    ]
    assert gallery(runs).warnings == (
        "2 of the 4 runs did not come to the end.",
        "1 of the 4 runs had trials that failed.",
    )


def test_the_class_has_a_median_and_quartiles() -> None:
    found = gallery([laptop(f"{n}", n) for n in (1.0, 2.0, 3.0, 4.0, 9.0)])
    one, two = class_of(found.laptops, "processes", "speed-up")
    assert (one.median, one.low, one.high) == (1, 1, 1)
    assert (two.low, two.median, two.high) == pytest.approx((2, 3, 4))
    assert two.runs == {1, 2, 3, 4, 5}
    assert class_of(found.laptops[:1], "processes", "speed-up") == ()
    assert class_of(found.laptops, "threads", "speed-up") == ()


def wide(name: str, *workers: int) -> Shared:
    """Make a run of processes with so many workers, as many times as fast."""
    counts = ((n, block) for block in (1, 2, 3) for n in workers)
    trials = [done("processes", n, block, 1 / n) for n, block in counts]
    plain = [done("serial", 1, block, 1.0) for block in (1, 2, 3)]
    machine = replace(begun().environment, cpu=f"the CPU of {name}")
    return shared(record([*plain, *trials], environment=machine), whose=name)


def test_medians_over_different_runs_are_neither_joined_nor_told_as_one() -> None:
    found = gallery([wide("a", 1, 2), wide("b", 1, 2, 4), wide("c", 1, 2, 4, 8), wide("d", 8)])
    points = class_of(found.laptops, "processes", "seconds")
    assert [(one.workers, set(one.runs)) for one in points] == [
        (1, {1, 2, 3}),
        (2, {1, 2, 3}),
        (4, {2, 3}),
        (8, {3, 4}),  # as many, and others
    ]
    assert [[one.workers for one in some] for some in stretches(points)] == [[1, 2], [4], [8]]
    assert behind("processes", points) == (
        "Median of processes: of 3 runs with 1, 2 workers; of 2 with 4; of 2 with 8. These are not"
        " the same runs, so no line joins them."
    )
    assert behind("processes", points[:2]) == ""
    assert class_name("processes", points) == "median of the class: processes (2 to 3)"
    assert class_name("processes", points[:2]) == "median of the class: processes (3)"


def test_a_picture_says_who_stands_behind_its_medians() -> None:
    found = gallery([wide("a", 1, 2), wide("b", 1, 2, 4), wide("c", 1, 2, 4, 8)])
    drawn = gallery_chart(found, "processes", "seconds", "cores")
    assert drawn is not None
    assert drawn.note.startswith("3 runs; dashes")
    assert "of 3 runs with 1, 2 workers; of 2 with 4." in drawn.note
    of_class = [curve for curve in drawn.curves if curve.colour == KINDS["processes"]]
    assert [[one.x for one in curve.middles] for curve in of_class[-2:]] == [[1, 2], [4]]


def test_runs_that_may_be_of_one_machine_are_told() -> None:
    other = replace(wide("b", 1, 2).record, environment=wide("a", 1, 2).record.environment)
    found = gallery([wide("a", 1, 2), shared(other, whose="a"), wide("c", 1, 2)])
    assert found.runs == 3
    assert found.warnings == (
        "2 of the 3 runs are of machines that are alike (CPUs, memory, system): a laptop that sent"
        " several runs counts once for each of them.",
    )
    for whose in ("b", ""):
        assert not gallery([wide("a", 1, 2), shared(other, whose=whose), wide("c", 1, 2)]).warnings


def over_two_pythons() -> Shared:
    parts = (("3.11", 1.0), ("3.13t", 2.0))
    trials = tuple(one for name, slower in parts for one in sweep(2, python=name, slower=slower))
    return shared(replace(begun(("3.11", "3.13t")), trials=trials, status="finished"))


def test_a_run_over_several_pythons_has_curves_of_each_and_is_one_run() -> None:
    found = gallery([over_two_pythons()])
    assert [one.number for one in found.laptops] == [1, 1]
    assert found.runs == 1
    assert class_of(found.laptops, "processes", "seconds") == (), "one run is no class"
    both = gallery([over_two_pythons(), laptop("Ada")])
    assert [one.number for one in both.laptops] == [1, 1, 2]
    seconds = [dict(one.seconds["processes"])[2] for one in both.laptops]
    (_, two) = class_of(both.laptops, "processes", "seconds")
    assert two.runs == {1, 2}
    assert two.median == pytest.approx(((seconds[0] + seconds[1]) / 2 + seconds[2]) / 2)


def test_what_has_no_curve_is_named_and_different_work_is_told() -> None:
    other = replace(laptop("Eve").record, parameters={"workload": "hashing"})
    found = gallery([laptop("Ada"), shared(other), shared(record([]), whose="Bob")])
    assert found.left_out == ("Bob: it has no curve over workers.",)
    assert "different work" in found.warnings[0]


def test_a_story_has_no_curve() -> None:
    trials = [done("processes", n, 1, 1.0, rows=({"way": "Value"},)) for n in (1, 2, 4)]
    found = gallery([laptop("Ada"), shared(record(trials, experiment="sharing"))])
    assert found.runs == 1
    assert found.left_out == ("sharing: it has no curve over workers.",)


def test_laptops_are_in_the_order_of_cores_or_of_versions() -> None:
    found = gallery(
        [laptop("a", 2, 8, "3.9.1"), laptop("b", 2, 2, "3.14.0"), laptop("c", 2, 4, "3.10.2")]
    )

    def ordered(by: str) -> list[str]:
        return [one.name for one in sorted(found.laptops, key=lambda one: sort_key(one, by))]

    assert ordered("cores") == ["b", "c", "a"]
    assert ordered("python") == ["a", "c", "b"]
    assert ordered("kind") == ordered("cores")  # what colours tell gives no other order


@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(RECORDS, max_size=3))
def test_any_record_may_be_there(records: list[RunRecord]) -> None:
    found = gallery([shared(one) for one in records])
    for by in ("cores", "python"):
        sorted(found.laptops, key=lambda one: sort_key(one, by))
    for kind in found.kinds:
        for point in class_of(found.laptops, kind, "seconds"):
            assert point.low <= point.median <= point.high
    assert all(isinstance(one, Laptop) for one in found.laptops)
