"""`pythons` and `--pythons` on the command line."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from core.results.records import from_json
from tests.core.pythons.conftest import HONEST, Fake
from tests.core.test_headless import SERIAL, main, running
from tests.core.watching import SOON_S, eventually, pythons


@pytest.fixture(autouse=True)
def few_pythons(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Let the machine have few Pythons, so that a search is quick."""
    pythons()  # now, while they are to be found
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "nowhere"))


def test_the_pythons_are_listed_with_what_is_wrong_and_what_is_kept_out(
    fake: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONOPTIMIZE", "1")
    broken = fake("echo hello")

    ended = main("pythons", broken)

    assert re.search(rf"^ +{re.escape(sys.executable)}$", ended.stdout, re.MULTILINE)
    version = sys.version.split()[0]
    assert f"cpython {version}, GIL on, no interpreters, starts processes by " in ended.stdout
    wrong = f"{broken}: It does not answer as Python does: it printed “hello”."
    assert wrong in ended.stdout
    assert re.search(r"^Kept from all of them: .*PYTHONOPTIMIZE", ended.stdout, re.MULTILINE)
    assert ended.returncode == 2
    assert ended.stderr == f"futures-lab: “{broken}” cannot be used. {wrong[len(broken) + 2 :]}\n"


def test_the_list_can_be_had_as_json(fake: Fake) -> None:
    wrapper = fake(HONEST)

    ended = main("pythons", wrapper, "--json", "-")

    told = json.loads(ended.stdout)
    ours = told["pythons"][0]
    assert ended.returncode == 0
    assert (ours["path"], ours["source"]) == (sys.executable, "this program")
    assert wrapper in ours["also"]
    assert ours["identity"]["version_info"] == list(sys.version_info[:3])
    assert len(ours["names"]) == 1
    assert set(told) == {"left_out", "pythons"}


def test_a_run_over_two_pythons_names_each_and_compares_them(fake: Fake, tmp_path: Path) -> None:
    other = next(
        (path for version, path in pythons().items() if not sys.version.startswith(version)), ""
    )
    if not other:
        pytest.skip("There is but one Python here.")

    ended = main(*SERIAL, "--pythons", f"this,{other}", "--json", str(tmp_path / "record.json"))

    record = from_json((tmp_path / "record.json").read_bytes())
    first, second = (python.name for python in record.environment.pythons)
    assert ended.returncode == 0
    assert record.parameters["pythons"] == ["this", other]
    assert sorted(trial.python for trial in record.trials) == sorted([first, second])
    assert f"Python {second} is {other}.\n" in ended.stderr
    assert f"serial on {second}, measured once: " in ended.stderr
    rows = [line.split()[:3] for line in ended.stdout.splitlines()]
    assert rows == [
        ["Python", "executor", "workers"],
        [first, "serial", "1"],
        [second, "serial", "1"],
    ]


def test_an_unknown_python_is_refused_with_those_that_there_are() -> None:
    ended = main(*SERIAL, "--pythons", "this,9.99")

    assert (ended.returncode, ended.stdout) == (2, "")
    assert re.fullmatch(
        r"futures-lab: --pythons: There is no Python “9\.99” here\. There are: 3\.\d+.*\n",
        ended.stderr,
    )


def test_a_path_that_is_no_python_is_refused_with_the_reason(fake: Fake) -> None:
    broken = fake("exit 9")

    ended = main(*SERIAL, "--pythons", broken)

    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr == (
        f"futures-lab: --pythons: “{broken}” cannot be used."
        " It ended with exit code 9 without an answer.\n"
    )


def test_a_search_can_be_interrupted_and_leaves_nothing(fake: Fake, tmp_path: Path) -> None:
    hanging = fake(f"touch {tmp_path}/sign; sleep 1000")

    with running("pythons", hanging) as process:
        eventually((tmp_path / "sign").exists, "it hangs")
        process.send_signal(signal.SIGINT)
        _, complaints = process.communicate(timeout=SOON_S)

    assert (process.returncode, complaints) == (130, "")


def test_the_list_of_ten_is_made_without_a_window_system() -> None:
    code = "import sys, core.headless_pythons as p; p.found(()); print('PySide6' in sys.modules)"
    ended = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=os.environ
    )

    assert ended.stdout == "False\n"
