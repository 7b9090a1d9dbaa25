"""What this machine is: read once at the start of a run, so that a number keeps its origin."""

import os
import platform
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec
import psutil

from core import __version__
from core.lab.cpus import usable_cpus
from core.results.records import Environment, PythonRecord


def read_environment(
    python: Mapping[str, Any] | None,
    left_out: tuple[str, ...] = (),
    pythons: tuple[PythonRecord, ...] = (),
) -> Environment:
    """Describe the machine, with `python` as the lab process described itself, and all of several.

    Any thread; takes a few milliseconds. Raises msgspec.ValidationError when the description of the
    interpreter is not one.
    """
    return Environment(
        app_version=__version__,
        python=msgspec.convert(python, PythonRecord) if python is not None else None,
        system=_system(),
        machine=platform.machine(),
        cpu=_cpu_name(),
        logical_cpus=os.cpu_count() or 1,
        physical_cpus=psutil.cpu_count(logical=False),
        usable_cpus=usable_cpus(),
        cpu_quota=_cgroup_quota(),
        memory_bytes=psutil.virtual_memory().total,
        load_1min=os.getloadavg()[0] if hasattr(os, "getloadavg") else None,
        on_battery=_on_battery(),
        left_out=left_out,
        pythons=pythons,
    )


def _system() -> str:
    if sys.platform == "linux":
        with suppress(OSError):
            name = platform.freedesktop_os_release().get("PRETTY_NAME", "Linux")
            return f"{name}, Linux {platform.release()}"
    return f"{platform.system()} {platform.release()}"


def _cpu_name() -> str:
    with suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _cgroup_quota() -> float | None:
    """The CPUs' worth of time that a version-2 cgroup allows, or None for no limit."""
    with suppress(OSError, ValueError):
        quota, period = Path("/sys/fs/cgroup/cpu.max").read_text().split()
        return int(quota) / int(period)
    return None


def _on_battery() -> bool | None:
    with suppress(AttributeError, OSError):  # some systems, and containers, cannot tell
        battery = psutil.sensors_battery()
        return None if battery is None else not battery.power_plugged
    return None
