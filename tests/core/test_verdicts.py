"""What a run says of each configuration, and what it says where it cannot tell."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.results.records import TaskRecord, TrialRecord
from core.results.verdicts import SpeedUp, ceiling, headline, speedups
from tests.core.making import done, environment, failed, record

STARVED: dict[str, Any] = {
    "cpu_s": 0.4,
    "tasks": (TaskRecord(worker=1, submit_s=0.0, start_s=0.0, end_s=1.0, cpu_s=0.4),),
}
SPREAD = (1.0, 1.02, 0.99, 1.01, 0.98, 1.03, 1.0)


def run(ratio: float, blocks: int = 7, kind: str = "processes", **more: Any) -> list[TrialRecord]:
    """Make a run in which 2 workers are about `ratio` times as fast as a plain call."""
    return [
        trial
        for block, factor in enumerate(SPREAD[:blocks], start=1)
        for trial in (
            done("serial", 1, block, 1.0 + block / 10, **more),
            done(kind, 2, block, (1.0 + block / 10) / ratio / factor),
        )
    ]


def only(trials: list[TrialRecord], baseline: str = "serial") -> SpeedUp:
    (one,) = speedups(record(trials), baseline)
    return one


def test_a_speed_up_has_its_figure_interval_and_reason() -> None:
    one = only(run(1.9))

    assert (one.executor, one.workers, one.baseline) == ("processes", 2, "serial")
    assert one.median == pytest.approx(1.9)
    assert 1.9 * 0.98 <= one.low < one.median < one.high <= 1.9 * 1.03
    assert (one.verdict, one.provisional) == ("faster", False)
    assert one.sentence("2 processes", "serial") == "2 processes are 1.90 times as fast as serial"
    assert one.reason == f"The 95 % interval is {one.low:.2f} to {one.high:.2f}, over 7 repeats."
    assert one.advice == ""
    assert one.figure == f"1.90× ({one.low:.2f} – {one.high:.2f})"
    assert set(one.by_block) == set(range(1, 8))


def test_below_five_blocks_it_is_provisional_and_says_so() -> None:
    one = only(run(1.9, blocks=3))

    assert one.provisional
    assert one.reason.startswith("All 3 repeats are within 1.88 to 1.94")
    assert one.width == float("inf")


def test_a_single_repeat_gives_a_figure_and_no_verdict() -> None:
    one = only(run(1.9, blocks=1))

    assert one.verdict == "unclear"
    assert one.sentence("2 processes", "serial").startswith("2 processes, measured once: 1.90")
    assert one.advice == "Run five repeats or more."


def test_noise_has_a_reason_and_an_advice() -> None:
    times = (0.5, 2.0, 0.6, 1.7, 1.0, 0.8, 1.3)
    trials = [
        trial
        for block, time in enumerate(times)
        for trial in (done("serial", 1, block, 1.0), done("threads", 2, block, time))
    ]

    one = only(trials)

    assert one.verdict == "unclear"
    assert one.sentence("2 threads", "serial") == "2 threads: too noisy to say"
    assert "Both faster and slower are in it, or nearly." in one.reason
    assert "Run more repeats" in one.advice


def test_few_repeats_are_called_few_and_not_noisy() -> None:
    times = zip((0.1, 0.3, 0.07), (1.0, 1.1, 0.9), strict=True)
    trials = [
        done(kind, workers, block, time)
        for block, (plain, processes) in enumerate(times)
        for kind, workers, time in (("serial", 1, plain), ("processes", 2, processes))
    ]

    one = only(trials)

    assert one.verdict == "unclear"
    assert one.sentence("2 processes", "serial") == "2 processes: too few repeats to say"
    assert one.advice == "Run five repeats or more."


def test_more_than_a_quarter_of_disturbed_trials_leave_nothing_to_say() -> None:
    calm, busy = run(1.9, blocks=5), run(1.9, blocks=5, **STARVED)

    quarter = only([*busy[:4], *calm[4:]])
    more = only([*busy[:6], *calm[6:]])

    assert (quarter.verdict, sorted(quarter.flagged)) == ("faster", [1, 2])
    assert (more.verdict, sorted(more.flagged)) == ("unclear", [1, 2, 3])
    assert "3 of the 10 trials behind it were disturbed." in more.reason
    assert more.advice == "Close what else is busy and run again."


def test_a_disturbed_kind_does_not_silence_another() -> None:
    threads = [done("threads", 2, block, 1.0 + block / 10, **STARVED) for block in range(1, 8)]

    found = {one.executor: one.verdict for one in speedups(record([*run(1.9), *threads]))}

    assert found == {"threads": "unclear", "processes": "faster"}


def test_one_worker_is_compared_with_serial_but_not_with_itself() -> None:
    trials = [*run(1.9), *(done("processes", 1, block, 1.0) for block in range(1, 8))]

    assert [one.workers for one in speedups(record(trials))] == [1, 2]
    assert [one.workers for one in speedups(record(trials), "one")] == [2]


def test_without_serial_one_worker_divides() -> None:
    trials = [done("threads", n, block, 2.0 / n) for n in (1, 2) for block in range(5)]

    assert (only(trials).baseline, only(trials).median) == ("one", 2.0)


def test_the_headline_is_about_as_many_workers_as_there_are_cpus() -> None:
    trials = [done("serial", 1, 1, 1.0)]
    trials += [done(kind, n, 1, 1.0) for kind in ("threads", "processes") for n in (1, 2, 4, 8)]

    for cpus, workers in ((1, 2), (2, 2), (3, 2), (6, 4), (64, 8)):
        chosen = headline(record(trials, environment=environment(cpus)))
        assert [(one.executor, one.workers) for one in chosen] == [
            ("threads", workers),
            ("processes", workers),
        ]


trials = st.lists(
    st.builds(
        done,
        st.sampled_from(["serial", "threads", "processes"]),
        st.integers(1, 4),
        st.integers(1, 7),
        st.floats(1e-9, 1e6),
    )
    | st.builds(failed, st.just("threads"), st.integers(1, 4), st.integers(1, 7), st.text()),
    unique_by=lambda trial: (trial.executor, trial.workers, trial.block),
)


@given(trials, st.randoms(use_true_random=False))
def test_the_order_of_the_trials_changes_nothing(made: list[TrialRecord], chance: Any) -> None:
    shuffled = list(made)
    chance.shuffle(shuffled)

    assert speedups(record(shuffled)) == speedups(record(made))


@given(trials, st.floats(0.01, 100))
def test_a_slower_machine_has_the_same_speed_ups(made: list[TrialRecord], slower: float) -> None:
    scaled = [
        done(one.executor, one.workers, one.block, one.work_s * slower)
        for one in made
        if one.work_s is not None
    ]

    pairs = zip(speedups(record(made)), speedups(record(scaled)), strict=True)
    for one, other in pairs:
        assert (other.median, other.low, other.high) == pytest.approx(
            (one.median, one.low, one.high)
        )


def test_nothing_measured_says_nothing() -> None:
    assert speedups(record([])) == ()
    assert headline(record([])) == ()


def test_the_ceiling_has_speed_ups_of_its_own_and_no_place_in_the_headline() -> None:
    trials = [
        done(kind, workers, block, time)
        for block in range(5)
        for kind, workers, time in (("serial", 1, 2.0), ("processes", 2, 1.25), ("ceiling", 2, 1.0))
    ]
    made = record(trials)

    assert [one.executor for one in headline(made)] == ["processes"]
    assert [one.executor for one in speedups(made)] == ["processes"]
    (one,) = ceiling(made)
    assert (one.executor, one.workers, one.median, one.verdict) == ("ceiling", 2, 2.0, "faster")
    assert ceiling(record(trials[:2])) == ()
