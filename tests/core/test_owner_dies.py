"""When the program that owns a lab dies, however it dies, nothing of the lab lives on for long."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from multiprocessing import get_all_start_methods
from pathlib import Path

import psutil
import pytest

from tests.core.owner import WORKERS
from tests.core.watching import (
    GONE_WITHIN_S,
    ROOT,
    SOON_S,
    busy,
    eventually,
    gone,
    left,
    semaphores,
    signs,
)
from tests.signals import KILL

METHODS = get_all_start_methods()
POLITE = [signal.SIGINT, signal.SIGTERM]
POOLS = [["threads"], *(["processes", method] for method in METHODS)]
ENDLESS = ["run", "pi-scaling", "--terms", "10^11", "--workers", "2", "--blocks", "2"]


@pytest.mark.parametrize("pool", POOLS, ids="-".join)
def test_a_lab_and_its_pool_die_with_their_owner(pool: list[str], folder: Path) -> None:
    command = [sys.executable, "-m", "tests.core.owner", str(folder), *pool]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout is not None
        group = int(owner.stdout.readline())
        eventually(lambda: signs(folder) == WORKERS, "every worker computes")
        named = semaphores(group)
        assert named or sys.platform != "linux" or pool[-1] in ("threads", "fork")

        owner.kill()

        gone(group, within=GONE_WITHIN_S)
        eventually(lambda: not left(named), "the semaphores are removed", GONE_WITHIN_S)


@pytest.mark.skipif(sys.platform != "linux", reason="Linux only: it takes F_SETSIG")
def test_a_lab_whose_job_ignores_sigterm_dies_with_its_owner_too(folder: Path) -> None:
    command = [sys.executable, "-m", "tests.core.owner", str(folder), "deaf"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout is not None
        group = int(owner.stdout.readline())
        eventually(lambda: signs(folder), "the job runs")

        owner.kill()

        gone(group, within=GONE_WITHIN_S)


# ------------------------------------------------------------------------------ the command line


class Program:
    """The command line in the middle of a trial that would take hours."""

    def __init__(self, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "main.py", *ENDLESS, *arguments],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        eventually(self._labs, "the lab has started")
        self.group = self._labs()[0].pid

    def _labs(self) -> list[psutil.Process]:
        children = psutil.Process(self.process.pid).children()
        return [child for child in children if "core.lab" in child.cmdline()]

    def end(self, number: signal.Signals) -> int:
        """Send a signal to the program while its workers compute, and return its exit code."""
        self.named = semaphores(self.group)
        self.process.send_signal(number)
        gone(self.group, within=GONE_WITHIN_S)
        _, self.errors = self.process.communicate(timeout=SOON_S)
        return self.process.returncode


@pytest.fixture
def program(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Program]:
    program = Program("--json", str(tmp_path / "record.json"), *request.param)
    yield program
    program.process.kill()
    program.process.communicate()


@pytest.mark.parametrize(
    "program",
    [["--executors", "processes", "--start-method", method] for method in METHODS],
    ids=METHODS,
    indirect=True,
)
@pytest.mark.parametrize("number", [KILL, *POLITE], ids=lambda number: number.name)
def test_the_workers_die_with_the_command_line(program: Program, number: signal.Signals) -> None:
    eventually(lambda: busy(program.group) >= WORKERS, "every worker computes")

    program.end(number)

    eventually(lambda: not left(program.named), "the semaphores are removed", GONE_WITHIN_S)


@pytest.mark.parametrize("program", [["--executors", "serial"]], ids=["serial"], indirect=True)
@pytest.mark.parametrize("number", POLITE, ids=lambda number: number.name)
def test_a_stopped_command_line_says_so_and_writes_what_it_has(
    program: Program, number: signal.Signals, tmp_path: Path
) -> None:
    computing = psutil.Process(program.group)
    eventually(lambda: computing.cpu_times().user > 1, "the first trial runs")

    assert program.end(number) == 130

    record = json.loads((tmp_path / "record.json").read_text())
    assert record["status"] == "stopped"
    assert [trial["status"] for trial in record["trials"]] == ["stopped"]
    assert "Stopped" in program.errors
    assert "Traceback" not in program.errors


@pytest.mark.parametrize("program", [["--executors", "serial"]], ids=["serial"], indirect=True)
@pytest.mark.parametrize("number", POLITE, ids=lambda number: number.name)
def test_a_command_line_stopped_before_its_first_trial_leaves_nothing(
    program: Program, number: signal.Signals, tmp_path: Path
) -> None:
    assert program.end(number) == 130
    assert "Traceback" not in program.errors
    for file in tmp_path.iterdir():  # none, or a whole one
        assert json.loads(file.read_text())["status"] == "stopped"
