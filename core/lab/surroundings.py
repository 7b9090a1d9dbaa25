"""What else went on while a trial ran: clocks, other programs, the host of a virtual machine.

Linux tells how busy the CPUs were; elsewhere that part is None.
"""

import os
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any, NamedTuple

from core.lab import measure, procfs
from core.lab.cpus import usable_cpus

_BUSY = (0, 1, 2, 5, 6)  # user, nice, system, irq, softirq: columns of /proc/stat, from proc(5)
_STEAL = 7
_LOOK_S = 0.2


class _Reading(NamedTuple):
    """All counters at one moment, in seconds; `awake` stands still while the machine sleeps."""

    awake: float
    passed: float | None
    wall_clock: float
    own_cpu: float
    busy: float | None
    steal: float | None


def observed_trial(spec: measure.TrialSpec) -> dict[str, Any]:
    """Run a trial, and add `covariates` to what was measured; see `observed`."""
    return observed(partial(measure.run_trial, spec))


def observed(work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Do the work, which starts and ends its own processes, and add `covariates` to its result.

    Runs in the lab's main thread; costs less than a millisecond. Those are, in seconds: `wall_s`,
    `own_cpu_s` of this process and its descendants, `other_cpu_s` of all else on the CPUs that we
    may use, `steal_s` that a host took from them, `clock_step_s` that the wall clock was put
    forward, `slept_s` that the machine slept; and `cpus`, how many there are for us.
    """
    before = _read()
    result = work()
    return {**result, "covariates": _between(before, _read())}


def other_cpus(seconds: float = _LOOK_S) -> float | None:
    """Tell how many CPUs' worth of time others used just now, of those that we may use.

    Waits for that time, in any thread. None where the system does not tell.
    """
    before = _read()
    time.sleep(seconds)
    seen = _between(before, _read())
    other: float | None = seen["other_cpu_s"]
    return None if other is None else other / seen["wall_s"]


def _between(before: _Reading, after: _Reading) -> dict[str, Any]:
    wall_s, own_s = after.awake - before.awake, after.own_cpu - before.own_cpu
    slept_s = _difference(before.passed, after.passed)
    slept_s = None if slept_s is None else max(0.0, slept_s - wall_s)
    busy_s = _difference(before.busy, after.busy)
    return {
        "wall_s": wall_s,
        "own_cpu_s": own_s,
        "other_cpu_s": None if busy_s is None else max(0.0, busy_s - own_s),
        "steal_s": _difference(before.steal, after.steal),
        "clock_step_s": after.wall_clock - before.wall_clock - wall_s - (slept_s or 0.0),
        "slept_s": slept_s,
        "cpus": usable_cpus(),
    }


def _difference(before: float | None, after: float | None) -> float | None:
    return None if before is None or after is None else after - before


def _read() -> _Reading:
    busy, steal = _cpu_times()
    return _Reading(
        awake=time.perf_counter(),
        passed=_since_boot(),
        wall_clock=time.time(),
        own_cpu=sum(os.times()[:4]) + _of_living_children(),
        busy=busy,
        steal=steal,
    )


def _since_boot() -> float | None:
    """Read the seconds since the machine was started, those that it slept among them."""
    clock = getattr(time, "CLOCK_BOOTTIME", None)
    passed = None
    if sys.platform != "win32" and clock is not None:
        passed = time.clock_gettime(clock)
    return passed


def _cpu_times() -> tuple[float | None, float | None]:
    """Read how long the CPUs that we may use were busy, and how long a host took them away."""
    busy_s = steal_s = None
    if sys.platform == "linux":
        ours = os.sched_getaffinity(0)
        busy = steal = 0
        try:
            for line in procfs.read("/proc/stat").splitlines():
                name, *numbers = line.split()
                if name[3:].isdigit() and name.startswith("cpu") and int(name[3:]) in ours:
                    busy += sum(int(numbers[column]) for column in _BUSY)
                    steal += int(numbers[_STEAL])
        except (OSError, ValueError, IndexError):  # hidden, or not as proc(5) has it
            return None, None
        ticks = os.sysconf("SC_CLK_TCK")
        busy_s, steal_s = busy / ticks, steal / ticks
    return busy_s, steal_s


def _of_living_children() -> float:
    """Add up the CPU time of children that live, such as a fork server, and of theirs that ended.

    `children` is there where the kernel was built with CONFIG_PROC_CHILDREN, as nearly all are.
    """
    seconds = 0.0
    if sys.platform == "linux":
        tick = 1 / os.sysconf("SC_CLK_TCK")
        with suppress(OSError, ValueError, IndexError):  # it ended, or /proc has no such file
            for pid in procfs.read(f"/proc/self/task/{os.getpid()}/children").split():
                stat = procfs.read(f"/proc/{pid}/stat")
                fields = stat.rpartition(")")[2].split()  # the name may hold anything
                seconds += tick * sum(map(int, fields[11:15]))  # utime, stime, cutime, cstime
    return seconds
