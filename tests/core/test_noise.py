"""What may have disturbed a run, before it, during a trial, and over all of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from core.results import noise
from core.results.environment import cgroup_quota
from core.results.records import Covariates, TaskRecord, TrialRecord
from tests.core.making import PYTHON, done, environment, failed, record

CALM: dict[str, Any] = {
    "wall_s": 1.0,
    "own_cpu_s": 1.0,
    "other_cpu_s": 0.0,
    "steal_s": 0.0,
    "clock_step_s": 0.0,
    "slept_s": 0.0,
    "cpus": 2,
}


def kinds(most_workers: int = 2, usable_cpus: int = 2, **changes: Any) -> list[str]:
    seen = replace(environment(usable_cpus), **changes)
    notes = noise.before(seen, most_workers)
    assert all(note.sentence.endswith(".") for note in notes)
    return [note.kind for note in notes]


def trial(executor: str = "processes", workers: int = 2, **seen: Any) -> TrialRecord:
    return done(executor, workers, 1, 1.0, covariates=Covariates(**{**CALM, **seen}))


def flags(executor: str = "processes", workers: int = 2, **seen: Any) -> list[str]:
    found = noise.flags_of(trial(executor, workers, **seen), environment())
    assert all(flag.sentence.endswith(".") for flag in found)
    return [flag.kind for flag in found]


# ------------------------------------------------------------------------------ before the run


def test_a_quiet_machine_gets_no_notes() -> None:
    assert kinds(other_cpus=0.05, governor="schedutil", power_profile="balanced") == []


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"other_cpus": 0.9}, "load"),
        ({"on_battery": True}, "battery"),
        ({"power_profile": "low-power"}, "power"),
        ({"governor": "powersave", "driver": "acpi-cpufreq"}, "power"),
        ({"logical_cpus": 8}, "affinity"),
        ({"cpu_quota": 1.5}, "quota"),
        ({"left_out": ("PYTHONHASHSEED",)}, "variables"),
    ],
)
def test_each_thing_that_may_disturb_is_said(changes: dict[str, Any], kind: str) -> None:
    assert kinds(**changes) == [kind]


def test_what_the_system_does_not_tell_is_no_note() -> None:
    assert kinds(other_cpus=None, on_battery=None, cpu_quota=None) == []


def test_powersave_is_the_ordinary_governor_of_intels_driver() -> None:
    assert kinds(governor="powersave", driver="intel_pstate") == []


def test_more_workers_than_cpus_are_said() -> None:
    (note,) = noise.before(environment(2), 8)

    assert note.kind == "cpus"
    assert "With 8 workers, more than the 2 CPUs for us" in note.sentence


def test_a_single_cpu_is_said_in_its_own_words() -> None:
    (note,) = noise.before(environment(1), 4)

    assert "There is one CPU for us" in note.sentence


def limited(root: Path, own: str, limits: dict[str, str]) -> Path:
    (root / "proc/self").mkdir(parents=True)
    (root / "proc/self/cgroup").write_text(own)
    for folder, text in limits.items():
        group = root / "sys/fs/cgroup" / folder
        group.mkdir(parents=True, exist_ok=True)
        (group / "cpu.max").write_text(text)
    return root


def test_the_tightest_limit_on_the_way_up_counts(tmp_path: Path) -> None:
    limits = {"user": "150000 100000\n", "user/session": "max 100000\n", "other": "1000 100000\n"}
    root = limited(tmp_path, "0::/user/session\n", limits)

    assert cgroup_quota(root) == 1.5


def test_the_limit_of_an_old_cgroup_of_our_own_counts(tmp_path: Path) -> None:
    root = limited(tmp_path, "4:cpu,cpuacct:/user/session\n2:cpuset:/other\n0::/\n", {})
    for name, quota in (("user", "-1"), ("user/session", "150000"), ("other", "1000")):
        group = root / "sys/fs/cgroup/cpu" / name
        group.mkdir(parents=True)
        (group / "cpu.cfs_quota_us").write_text(f"{quota}\n")
        (group / "cpu.cfs_period_us").write_text("100000\n")

    assert cgroup_quota(root) == 1.5


def test_the_limit_of_an_old_cgroup_counts(tmp_path: Path) -> None:
    root = limited(tmp_path, "4:cpu,cpuacct:/\n", {})
    (root / "sys/fs/cgroup/cpu").mkdir(parents=True)
    (root / "sys/fs/cgroup/cpu/cpu.cfs_quota_us").write_text("50000\n")
    (root / "sys/fs/cgroup/cpu/cpu.cfs_period_us").write_text("100000\n")

    assert cgroup_quota(root) == 0.5


@pytest.mark.parametrize("text", ["max 100000", "", "a b", "100 0"])
def test_no_limit_and_no_sense_are_no_limit(tmp_path: Path, text: str) -> None:
    assert cgroup_quota(limited(tmp_path, "0::/\n", {"": text})) is None


# -------------------------------------------------------------------------------- during a trial


def test_a_calm_trial_has_no_flags() -> None:
    assert flags() == []


@pytest.mark.parametrize(
    ("seen", "kind"),
    [
        ({"other_cpu_s": 0.5}, "others"),
        ({"steal_s": 0.2}, "steal"),
        ({"slept_s": 30.0}, "slept"),
        ({"clock_step_s": 3600.0}, "clock"),
        ({"clock_step_s": -1.0}, "clock"),
    ],
)
def test_a_disturbed_trial_is_flagged(seen: dict[str, Any], kind: str) -> None:
    assert flags(**seen) == [kind]


def test_others_only_matter_where_the_trial_needs_their_cpus() -> None:
    busy: dict[str, Any] = {"other_cpu_s": 0.9}

    assert flags("serial", 1, **busy) == []
    assert flags("threads", 8, **busy) == []
    assert flags("processes", 2, **busy) == ["others"]
    assert flags("serial", 1, **busy, cpus=1) == ["others"]


def test_threads_that_need_no_gil_need_the_cpus() -> None:
    def kinds_of(workload: str) -> list[str]:
        one = replace(trial("threads", 2, other_cpu_s=0.9), workload=workload)
        return [flag.kind for flag in noise.flags_of(one, environment())]

    assert kinds_of("leibniz") == kinds_of("monte-carlo") == kinds_of("of a newer lab") == []
    assert kinds_of("hashing") == kinds_of("numpy") == ["others"]


def test_threads_that_wait_for_the_gil_in_between_are_not_starved() -> None:
    tasks = [
        TaskRecord(worker=lane, submit_s=0.0, start_s=0.0, end_s=1.0, cpu_s=0.8) for lane in (1, 2)
    ]
    one = replace(trial("threads", 2), workload="numpy", cpu_s=1.6, tasks=tuple(tasks))

    assert noise.flags_of(one, environment()) == ()
    (flag,) = noise.flags_of(replace(one, executor="processes"), environment())
    assert flag.kind == "starved"
    (flag,) = noise.flags_of(replace(one, cpu_s=0.8), environment())
    assert flag.kind == "starved"


def test_work_that_waits_is_disturbed_by_no_lack_of_cpus() -> None:
    task = TaskRecord(worker=1, submit_s=0.0, start_s=0.0, end_s=1.0, cpu_s=0.01)
    seen = trial("processes", 2, other_cpu_s=1.9, steal_s=0.5)
    one = replace(seen, workload="waiting", cpu_s=0.01, tasks=(task,))
    slept = replace(trial("processes", 2, slept_s=30.0), workload="waiting")

    assert noise.flags_of(one, environment()) == ()
    assert [flag.kind for flag in noise.flags_of(slept, environment())] == ["slept"]
    busy = noise.flags_of(replace(one, workload="leibniz"), environment())
    assert [flag.kind for flag in busy] == ["starved", "others", "steal"]


def test_work_that_waits_is_told_of_no_cpus_before_the_run() -> None:
    seen = replace(environment(1), other_cpus=0.9, cpu_quota=0.5, left_out=("PYTHONHASHSEED",))

    found = noise.before(seen, 8, only_waits=True)

    assert [note.kind for note in found] == ["variables"]
    assert len(noise.before(seen, 8)) == 4


def test_a_trial_is_judged_by_the_gil_of_its_own_python() -> None:
    free = replace(PYTHON, name="3.14t", gil=False)
    several = replace(environment(), pythons=(replace(PYTHON, name="3.14"), free))
    one = trial("threads", 2, other_cpu_s=0.9)

    def kinds_on(python: str) -> list[str]:
        return [flag.kind for flag in noise.flags_of(replace(one, python=python), several)]

    assert kinds_on("3.14") == []
    assert kinds_on("3.14t") == ["others"]


def test_a_trial_too_short_for_the_counters_is_not_flagged_by_them() -> None:
    assert flags(wall_s=0.05, other_cpu_s=0.1, steal_s=0.1) == []


def test_a_system_that_does_not_tell_flags_what_it_can() -> None:
    unknown: dict[str, Any] = {"other_cpu_s": None, "steal_s": None, "slept_s": None}

    assert flags(**unknown) == []
    assert flags(**unknown, clock_step_s=60.0) == ["clock"]
    sentence = noise.flags_of(trial(**unknown, clock_step_s=60.0), environment())[0].sentence
    assert sentence == ("The clock was set forward by 60.0 s meanwhile, or the machine slept.")


def test_what_did_not_get_its_cpu_is_flagged_with_or_without_covariates() -> None:
    task = TaskRecord(worker=1, submit_s=0.0, start_s=0.0, end_s=1.0, cpu_s=0.5)
    starved = done("serial", 1, 1, 1.0, cpu_s=0.5, tasks=(task,))

    assert [flag.kind for flag in noise.flags_of(starved, environment())] == ["starved"]


def test_the_flags_of_a_record_come_in_the_order_of_its_trials() -> None:
    made = record([trial(), trial(slept_s=9.0), failed("threads", 2, 1, "it crashed")])

    assert [len(found) for found in noise.flags(made)] == [0, 1, 0]


# ------------------------------------------------------------------------------------ over the run


def canaries(*times: float, kind: str = "serial") -> list[TrialRecord]:
    return [done(kind, 1, block, time) for block, time in enumerate(times)]


def test_a_machine_that_slows_down_is_flagged() -> None:
    found = noise.canary_drift(canaries(1.0, 1.04, 1.08, 1.13, 1.16, 1.22))

    assert found is not None
    assert found.is_flagged
    assert found.change == pytest.approx(0.22, abs=0.02)
    assert found.sentence.startswith("The machine slowed down by 22% during the run")


def test_a_machine_that_gets_quicker_is_flagged() -> None:
    found = noise.canary_drift(canaries(2.0, 1.8, 1.6, 1.5, 1.3))

    assert found is not None
    assert found.is_flagged
    assert "became 35% quicker" in found.sentence


@pytest.mark.parametrize(
    "times",
    [(1.0, 1.01, 1.02, 1.03, 1.04), (1.0, 1.3, 0.9, 1.2, 1.0, 1.1), (1.0, 1.0, 1.0, 1.0, 5.0)],
)
def test_a_small_drift_noise_and_an_outlier_are_not(times: tuple[float, ...]) -> None:
    found = noise.canary_drift(canaries(*times))

    assert found is not None
    assert (found.is_flagged, found.sentence) == (False, "")


def test_a_drift_is_told_once_the_run_is_over() -> None:
    slower = record(canaries(1.0, 1.1, 1.2, 1.3, 1.4, 1.5), status="running")

    assert noise.sentences(slower) == []
    (sentence,) = noise.sentences(replace(slower, status="stopped"))
    assert sentence.startswith("The machine slowed down")


def test_without_serial_one_worker_is_the_canary() -> None:
    found = noise.canary_drift(canaries(1.0, 1.1, 1.2, 1.3, 1.4, kind="threads"))

    assert found is not None
    assert (found.executor, found.is_flagged) == ("threads", True)


def test_without_a_canary_or_enough_blocks_nothing_is_said() -> None:
    assert noise.canary_drift([done("threads", 2, block, 1.0) for block in range(9)]) is None
    assert noise.canary_drift(canaries(1.0, 2.0, 3.0, 4.0)) is None


def test_a_run_under_heavy_load_says_so() -> None:
    seen = replace(environment(), other_cpus=1.4)
    seen = replace(seen, notes=noise.before(seen, 2))
    busy = [trial(other_cpu_s=1.2) for _ in range(4)]

    (told,) = noise.sentences(record([*busy, trial()], environment=seen))
    (before,) = noise.sentences(record([trial()], environment=seen))

    assert told == (
        "Other programs took the CPUs during 4 of 5 trials: close what else is busy and run again."
    )
    assert before.startswith("Other programs are using 1.4 of the 2 CPUs")


def test_a_trial_that_was_cut_off_is_not_counted() -> None:
    cut = replace(trial(), status="stopped", covariates=None)
    busy = [trial(other_cpu_s=1.2), trial(), trial()]

    (told,) = noise.sentences(record([*busy, cut], status="stopped"))

    assert "during 1 of 3 trials" in told


def test_what_a_busy_run_goes_on_with_is_no_advice_to_run_again() -> None:
    busy = record([trial(other_cpu_s=1.2)] * 2, status="running")

    assert noise.sentences(busy) == [
        "Other programs took the CPUs during all 2 trials: close what else is busy."
    ]


def test_each_trial_is_told_of_once_with_what_took_its_time() -> None:
    task = TaskRecord(worker=1, submit_s=0.0, start_s=0.0, end_s=1.0, cpu_s=0.5)
    starved = done("serial", 1, 1, 1.0, cpu_s=0.5, tasks=(task,))
    pushed = replace(starved, covariates=Covariates(**{**CALM, "other_cpu_s": 1.9}))

    found = noise.sentences(record([pushed, pushed, starved]))

    assert found == [
        "Other programs took the CPUs during 2 of 3 trials: close what else is busy and run again.",
        "Too little CPU time came to 1 of 3 trials: close what else is busy and run again.",
    ]


@pytest.mark.parametrize(
    ("seen", "sentence"),
    [
        ({"slept_s": 30.0}, "The machine slept during the only trial: keep it awake and run again"),
        ({"steal_s": 0.3}, "The host of this virtual machine took CPU time during the only trial"),
        ({"clock_step_s": -9.0}, "The clock was set during the only trial: nothing is lost"),
    ],
)
def test_what_else_can_disturb_is_said_with_what_to_do(seen: dict[str, Any], sentence: str) -> None:
    (told,) = noise.sentences(record([trial(**seen)]))

    assert told.startswith(sentence)


def test_each_python_has_a_drift_of_its_own() -> None:
    several = replace(
        environment(),
        pythons=(replace(PYTHON, name="3.13"), replace(PYTHON, name="3.14")),
    )
    steady = [replace(one, python="3.13") for one in canaries(*[1.0] * 5)]
    slower = [replace(one, python="3.14") for one in canaries(1.0, 1.1, 1.2, 1.3, 1.4)]

    (told,) = noise.sentences(record([*steady, *slower], environment=several))

    assert told.startswith("Python 3.14: The machine slowed down")


def test_a_quiet_run_says_nothing() -> None:
    assert noise.sentences(record([trial(), trial()])) == []
