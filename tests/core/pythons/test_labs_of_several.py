"""LabExecutor on several interpreters: still one call at a time, and nothing is left behind."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from core.engines import lab_process
from core.engines.lab_client import LabExecutor
from core.errors import LabStartError, LabStopped
from core.lab_python import LabPython
from tests.core import jobs
from tests.core.conftest import MakeLab
from tests.core.pythons.conftest import HONEST, Fake
from tests.core.watching import SOON_S, eventually, failure, gone, members, pythons, signs

OURS = LabPython((sys.executable,))


def other() -> LabPython:
    """Name another interpreter than ours: another lab process, if perhaps the same program."""
    version = next((v for v in pythons() if not sys.version.startswith(v)), None)
    return LabPython((pythons()[version] if version else sys.executable,), "other")


def on(lab: LabExecutor, python: LabPython | None) -> list[int]:
    version: list[int] = lab.submit_on(python, None, jobs.python_version).result(SOON_S)
    return version


def test_each_call_runs_on_the_python_that_it_asks_for(lab: LabExecutor) -> None:
    for version, command in pythons().items():
        numbers = version.removesuffix("t").split(".")
        assert on(lab, LabPython((command,), version)) == [int(number) for number in numbers]
    assert on(lab, None) == list(sys.version_info[:2])


def test_calls_run_one_at_a_time_in_order_and_each_python_keeps_its_process(
    lab: LabExecutor,
) -> None:
    turns = [OURS, other(), OURS, other()]

    futures = [lab.submit_on(python, None, jobs.number_of_process) for python in turns]

    first, second, third, fourth = (future.result(SOON_S) for future in futures)
    assert (first, second) == (third, fourth)
    assert first != second


def test_when_nothing_waits_only_the_usual_process_stays(lab: LabExecutor) -> None:
    futures = [lab.submit_on(python, None, jobs.number_of_process) for python in (None, other())]
    usual, parked = (future.result(SOON_S) for future in futures)

    gone(parked)

    assert members(usual)
    assert lab.submit(jobs.number_of_process).result(SOON_S) == usual


def test_a_kill_leaves_no_waiting_process_behind(lab: LabExecutor, folder: Path) -> None:
    parked = lab.submit_on(other(), None, jobs.number_of_process)
    running = lab.submit(jobs.loop, str(folder))
    lab.submit_on(other(), None, jobs.number_of_process)
    eventually(lambda: signs(folder), "it runs")
    process = parked.result(SOON_S)

    lab.cancel_pending()
    lab.kill()

    failure(running, LabStopped)
    gone(process)
    assert on(lab, None) == list(sys.version_info[:2])


def test_the_pythons_own_variables_reach_it_and_the_others_not(
    lab: LabExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHON_GIL", "0")
    with_gil = LabPython((sys.executable,), "t+gil", (("PYTHON_GIL", "1"),))

    assert lab.submit_on(with_gil, None, os.getenv, "PYTHON_GIL").result(SOON_S) == "1"
    assert lab.submit_on(None, None, os.getenv, "PYTHON_GIL").result(SOON_S) is None


def test_one_that_is_another_than_it_was_is_refused(lab: LabExecutor) -> None:
    changed = LabPython((sys.executable,), "3.99", (), "3.99.0")

    error = failure(lab.submit_on(changed, None, jobs.square, 3), LabStartError)

    version = sys.version.split()[0]
    assert f"3.99 was Python 3.99.0 when it was looked at and is {version} now" in str(error)
    assert lab.submit(jobs.square, 3).result(SOON_S) == 9


def test_one_that_vanished_fails_its_calls_and_the_others_go_on(
    lab: LabExecutor, fake: Fake
) -> None:
    wrapper = fake(HONEST)
    python = LabPython((wrapper,), "wrapped")
    assert on(lab, python) == list(sys.version_info[:2])
    eventually(lambda: lab.pid is None, "its process was ended")
    Path(wrapper).unlink()

    turns = [python, OURS, python, OURS]
    futures = [lab.submit_on(python, None, jobs.square, 3) for python in turns]

    for future in futures[::2]:
        assert f"{wrapper} cannot be started" in str(failure(future, LabStartError))
    assert [future.result(SOON_S) for future in futures[1::2]] == [9, 9]


def test_one_that_hangs_is_waited_for_once_not_for_each_of_its_calls(
    lab: LabExecutor, fake: Fake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lab_process, "_ANSWER_WITHIN_S", 0.5)
    hanging = LabPython((fake(f"echo started >> {tmp_path}/log; sleep 1000"),), "hanging")
    held = lab.submit_on(hanging, None, jobs.square, 3)
    futures = [lab.submit_on(hanging, None, jobs.square, 3) for _ in range(20)]

    for future in (held, *futures):
        assert "did not answer within 0.5 s" in str(failure(future, LabStartError))
    assert (tmp_path / "log").read_text() == "started\n"
    assert lab.submit(jobs.square, 3).result(SOON_S) == 9


def test_one_that_hung_gets_another_chance_when_all_is_over(
    make_lab: MakeLab, fake: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lab_process, "_ANSWER_WITHIN_S", 0.5)
    lab = make_lab()
    python = LabPython((fake("sleep 1000"),), "mended")
    failure(lab.submit_on(python, None, jobs.square, 3), LabStartError)
    fake(HONEST)
    monkeypatch.setattr(lab_process, "_ANSWER_WITHIN_S", SOON_S)

    assert on(lab, python) == list(sys.version_info[:2])
