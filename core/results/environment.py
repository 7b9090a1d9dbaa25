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

_PROFILE = Path("/sys/firmware/acpi/platform_profile")
_CPU = Path("/sys/devices/system/cpu/cpu0")


def read_environment(
    python: Mapping[str, Any] | None,
    left_out: tuple[str, ...] = (),
    pythons: tuple[PythonRecord, ...] = (),
    other_cpus: float | None = None,
) -> Environment:
    """Describe the machine, with `python` as the lab process described itself, and all of several.

    `other_cpus` is what `core.lab.surroundings.other_cpus` found. Any thread; takes a few
    milliseconds. Raises msgspec.ValidationError when the description of the
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
        cpu_quota=cgroup_quota(),
        memory_bytes=psutil.virtual_memory().total,
        load_1min=os.getloadavg()[0] if hasattr(os, "getloadavg") else None,
        on_battery=_on_battery(),
        left_out=left_out,
        pythons=pythons,
        other_cpus=other_cpus,
        power_profile=_word(_PROFILE),
        governor=_word(_CPU / "cpufreq/scaling_governor"),
        driver=_word(_CPU / "cpufreq/scaling_driver"),
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


def cgroup_quota(root: Path = Path("/")) -> float | None:
    """The CPUs' worth of time that the cgroups allow this process, or None for no limit.

    Version 2 limits each group on the way up (`cpu.max`), version 1 too (`cpu.cfs_quota_us`), below
    a mount point of its own; in a container the way begins at the mount point.
    """
    mount = root / "sys/fs/cgroup"
    path = old_path = ""
    with suppress(OSError, ValueError):
        for line in (root / "proc/self/cgroup").read_text().splitlines():
            number, controllers, group = line.split(":", 2)
            if number == "0":
                path = group.strip("/")
            elif "cpu" in controllers.split(","):
                old_path = group.strip("/")
    found = [_quota_of(group) for group in _way_up(mount, path)]
    found += [_old_quota(group) for group in _way_up(mount / "cpu", old_path)]
    return min((quota for quota in found if quota is not None), default=None)


def _way_up(mount: Path, path: str) -> list[Path]:
    group = mount / path
    return [one for one in (group, *group.parents) if one.is_relative_to(mount)]


def _quota_of(group: Path) -> float | None:
    with suppress(OSError, ValueError, ZeroDivisionError):
        quota, period = (group / "cpu.max").read_text().split()
        return int(quota) / int(period)
    return None


def _old_quota(group: Path) -> float | None:
    with suppress(OSError, ValueError, ZeroDivisionError):
        quota = int((group / "cpu.cfs_quota_us").read_text())
        return quota / int((group / "cpu.cfs_period_us").read_text()) if quota > 0 else None
    return None


def _word(path: Path) -> str | None:
    """Read a file of one word, such as those of /sys; None where there is none."""
    with suppress(OSError, ValueError):
        return path.read_text().strip() or None
    return None


def _on_battery() -> bool | None:
    with suppress(AttributeError, OSError):  # some systems, and containers, cannot tell
        battery = psutil.sensors_battery()
        return None if battery is None else not battery.power_plugged
    return None
