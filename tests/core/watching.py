"""How the tests look at labs and processes: until a deadline, never by waiting a while."""

from __future__ import annotations

import contextlib
import functools
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.core import jobs

ROOT = Path(__file__).resolve().parents[2]
SOON_S = 30.0  # long enough for any machine; only a failure waits for it
# A warning is an error, but for one of Python 3.15's own: a worker of a fork server, whose main
# module has no loader, warns whenever it formats a traceback, even for `ProcessPoolExecutor`.
STRICT = ("-W", "error", "-W", "ignore:Module globals is missing a __spec__:DeprecationWarning")
GONE_WITHIN_S = 2.0  # what issue 2 promises of a window or a command line that dies


def eventually(condition: Callable[[], object], what: str, within: float = SOON_S) -> None:
    """Return as soon as the condition holds; fail the test when the deadline passes first."""
    deadline = time.monotonic() + within
    while not condition():
        if time.monotonic() > deadline:
            pytest.fail(f"not within {within:g} s: {what}")
        time.sleep(0.005)


def signs(folder: Path) -> int:
    """Count the workers that have left their sign in the folder."""
    return len(list(folder.iterdir()))


def members(group: int) -> list[psutil.Process]:
    """Return the living processes of a process group; zombies do not count."""
    found = []
    for pid in psutil.pids():
        with contextlib.suppress(OSError, psutil.Error):
            if _group_of(pid) == group:
                process = psutil.Process(pid)
                if process.status() != psutil.STATUS_ZOMBIE:
                    found.append(process)
    return found


def _group_of(pid: int) -> int:
    """Return the group of a process; where there are none, it is one of its own."""
    if sys.platform != "win32":
        pid = os.getpgid(pid)
    return pid


def gone(group: int, within: float = SOON_S) -> None:
    """Fail the test unless the group has no living process by the deadline."""
    eventually(lambda: not members(group), f"group {group} gone", within)


def busy(group: int) -> int:
    """Count the processes of a group, but its leader, that have computed for 0.1 s."""
    count = 0
    for process in members(group):
        with contextlib.suppress(psutil.Error):
            count += process.pid != group and process.cpu_times().user > 0.1
    return count


def semaphores(group: int) -> set[Path]:
    """Return the named semaphores that processes of the group have open; empty off Linux."""
    found = set()
    for process in members(group):
        with contextlib.suppress(OSError):
            for line in Path(f"/proc/{process.pid}/maps").read_text().splitlines():
                if "/dev/shm/sem." in line:
                    found.add(Path(line[line.index("/dev/shm/") :]))
    return found


def left(files: Iterable[Path]) -> list[Path]:
    """Return those of the files that are still there."""
    return [file for file in files if file.exists()]


_VERSION = """
import sys, sysconfig
print("%d.%d" % sys.version_info[:2], end="t" * bool(sysconfig.get_config_var("Py_GIL_DISABLED")))
"""


@functools.cache
def pythons() -> dict[str, str]:
    """Find the other Pythons of this machine, by version: pyenv's, and those on the PATH.

    The version of a free-threaded build ends with t.
    """
    folder = Path(os.environ.get("PYENV_ROOT", "/nowhere"), "versions")
    found: dict[str, str] = {}
    for version in (f"3.{minor}{build}" for minor in range(10, 16) for build in ("", "t")):
        on_path = shutil.which(f"python{version}")
        candidates = [*map(str, folder.glob(f"{version}.*/bin/python")), on_path or ""]
        for python in filter(None, candidates):
            told = subprocess.run(
                [python, "-c", _VERSION], capture_output=True, text=True, check=False
            )
            if told.stdout == version:
                found.setdefault(version, python)
    return found


def free_threaded() -> str:
    """Return a Python without a GIL; skip the test where there is none."""
    for version, python in pythons().items():
        if version.endswith("t"):
            return python
    # CI has built one, and counts a skip as a failure.
    pytest.skip("There is no free-threaded Python here; .ci/pythons builds one.")


def pid_of(lab: Executor) -> int:
    """Run a job and return the number of the process that ran it."""
    pid: int = lab.submit(jobs.number_of_process).result(SOON_S)
    return pid


def works(lab: Executor) -> bool:
    """Tell whether the executor still runs a job."""
    return lab.submit(jobs.add, 2, 3).result(SOON_S) == 5


def failure(future: Future[Any], kind: type[Exception]) -> Any:
    """Return the future's exception, which must be of that kind."""
    error = future.exception(SOON_S)
    assert type(error) is kind, repr(error)
    return error
