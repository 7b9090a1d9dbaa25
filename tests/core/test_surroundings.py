"""What else went on while a trial ran, on clocks and counters that the test sets."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import psutil
import pytest

from core.lab import surroundings
from core.lab.measure import TrialSpec
from core.lab.surroundings import observed, observed_trial, other_cpus

linux = pytest.mark.skipif(sys.platform != "linux", reason="linux only")
BUSY = "while True: pass"
ORPHAN = """
import subprocess, sys
with open("/dev/null", "w") as nowhere:
    print(subprocess.Popen([sys.executable, "-c", sys.argv[1]], stdout=nowhere, stderr=nowhere).pid)
"""


class Clocks:
    """Stands in for the module `time`; each clock goes on when it is told to."""

    CLOCK_BOOTTIME = 7

    def __init__(self) -> None:
        self.awake = 100.0
        self.asleep = 0.0
        self.set_forward = 0.0

    def perf_counter(self) -> float:
        return self.awake

    def clock_gettime(self, which: int) -> float:
        assert which == self.CLOCK_BOOTTIME
        return self.awake + self.asleep

    def time(self) -> float:
        return 1e9 + self.awake + self.asleep + self.set_forward


@pytest.fixture
def clocks(monkeypatch: pytest.MonkeyPatch) -> Clocks:
    clocks = Clocks()
    monkeypatch.setattr(surroundings, "time", clocks)
    return clocks


def seen(clocks: Clocks, **changes: float) -> dict[str, Any]:
    def work() -> dict[str, Any]:
        for name, value in changes.items():
            setattr(clocks, name, value)
        return {"value": 3}

    result = observed(work)
    assert result["value"] == 3
    covariates: dict[str, Any] = result["covariates"]
    return covariates


def test_time_that_passes_is_neither_a_step_nor_a_sleep(clocks: Clocks) -> None:
    found = seen(clocks, awake=102.5)

    assert found["wall_s"] == pytest.approx(2.5)
    assert (found["slept_s"], found["clock_step_s"]) == pytest.approx((0, 0), abs=1e-6)


def test_a_machine_that_sleeps_is_seen_and_is_no_step_of_the_clock(clocks: Clocks) -> None:
    found = seen(clocks, awake=102.5, asleep=3600.0)

    assert found["slept_s"] == pytest.approx(3600)
    assert found["clock_step_s"] == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("step", [-60.0, 3600.0])
def test_a_clock_that_steps_is_seen(clocks: Clocks, step: float) -> None:
    found = seen(clocks, awake=101.0, set_forward=step)

    assert found["clock_step_s"] == pytest.approx(step)
    assert found["slept_s"] == pytest.approx(0, abs=1e-6)


def test_without_a_clock_that_counts_sleep_it_shows_as_a_step(
    clocks: Clocks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(Clocks, "CLOCK_BOOTTIME")

    found = seen(clocks, awake=101.0, asleep=60.0)

    assert found["slept_s"] is None
    assert found["clock_step_s"] == pytest.approx(60)


def test_a_system_that_does_not_tell_leaves_it_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")

    found = observed(dict)["covariates"]

    assert (found["other_cpu_s"], found["steal_s"]) == (None, None)
    assert other_cpus(0.0) is None


# ------------------------------------------------------------------------------ the real counters


@pytest.fixture
def another_program() -> Iterator[None]:
    """A program beside the test, no child of it, that keeps one CPU busy."""
    started = subprocess.run(
        [sys.executable, "-c", ORPHAN, BUSY], check=True, capture_output=True, text=True
    )
    process = psutil.Process(int(started.stdout))
    yield
    process.kill()


def spec(executor: str, start_method: str | None = None) -> TrialSpec:
    return TrialSpec(
        workload="leibniz",
        size=2_000_000,
        executor=executor,
        start_method=start_method,
        workers=2,
        tasks_per_worker=1,
    )


@linux
@pytest.mark.parametrize(
    ("executor", "method"),
    [("threads", None), ("processes", "fork"), ("processes", "forkserver")],
)
def test_a_trials_own_workers_are_no_other_programs(executor: str, method: str | None) -> None:
    result = observed_trial(spec(executor, method))

    covariates = result["covariates"]
    assert covariates["wall_s"] >= result["work_s"]
    # All the CPU time of the tasks is among ours, but for what a counter of hundredths may lose.
    assert covariates["own_cpu_s"] >= result["cpu_s"] - 0.03


@linux
def test_another_program_is_seen_before_a_run(another_program: None) -> None:
    def is_seen() -> bool:
        found = other_cpus(0.2)
        return found is not None and found > 0.3

    assert any(is_seen() for _ in range(20))
