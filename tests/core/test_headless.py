"""The command line as a person or a script meets it: a real process each time."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import psutil
import pytest
from msgspec.structs import replace
from rich.console import Console

from core import headless
from core.experiments.base import Code
from core.experiments.pi_scaling import EXPERIMENT as PI
from core.experiments.programs import saved
from core.headless_output import Output
from core.parameters import group
from core.results.records import from_json
from tests.core.making import done, record
from tests.core.watching import ROOT, SOON_S, eventually, members

RUN = ("run", "pi-scaling", "--terms", "20000", "--workers", "1,2", "--blocks", "1")
SERIAL = (*RUN, "--executors", "serial")
THREADS = (*RUN, "--executors", "serial,threads")
# Runs main.py, and says so on stderr when it starts a process.
WATCHED = """
import runpy, sys

def watch(event, arguments):
    if event in ("subprocess.Popen", "os.fork", "os.forkpty", "os.posix_spawn", "os.exec"):
        sys.stderr.write(f"STARTED {arguments[:2]}\\n")

sys.addaudithook(watch)
sys.argv[0] = "main.py"
runpy.run_path("main.py", run_name="__main__")
"""

Ended = subprocess.CompletedProcess[str]


def main(*arguments: str, program: tuple[str, ...] = ("main.py",)) -> Ended:
    return subprocess.run(
        [sys.executable, *program, *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=2 * SOON_S,
        check=False,
    )


@contextlib.contextmanager
def running(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    """Run the program beside the test, and see that it ends with it."""
    process = subprocess.Popen(
        [sys.executable, "main.py", *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


# ------------------------------------------------------------------------------------ what it says


def test_the_experiments_are_listed_on_standard_output() -> None:
    ended = main("--list")

    assert (ended.returncode, ended.stderr) == (0, "")
    assert re.search(r"^pi-scaling +How does .*\?$", ended.stdout, re.MULTILINE)


def test_what_needs_a_window_is_listed_as_such() -> None:
    assert re.search(r"^keep-alive .* only in the window\.$", main("--list").stdout, re.MULTILINE)


@pytest.mark.parametrize("arguments", [[], ["--terms", "5"], ["-h"], ["--json", "-"]])
def test_what_needs_a_window_is_refused_in_a_sentence(arguments: list[str]) -> None:
    ended = main("run", "keep-alive", *arguments)

    assert (ended.returncode, ended.stdout) == (2, "")
    assert "start the lab without arguments and choose “Keep the UI alive”." in ended.stderr
    assert len(ended.stderr.splitlines()) == 1


@pytest.mark.parametrize("arguments", [["--help"], ["run", "--help"], ["run", "pi-scaling", "-h"]])
def test_help_is_had_at_every_level(arguments: list[str]) -> None:
    ended = main(*arguments)

    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.startswith("usage: main.py")


def test_a_run_without_a_terminal_prints_plain_lines_and_a_table() -> None:
    ended = main(*THREADS)

    assert ended.returncode == 0
    assert "\x1b" not in ended.stdout + ended.stderr
    progress = re.findall(r"^(\d)/3 (serial|1 thread|2 threads): ", ended.stderr, re.MULTILINE)
    assert [number for number, _ in progress] == ["1", "2", "3"]
    rows = [line.split()[:2] for line in ended.stdout.splitlines()]
    assert rows == [["executor", "workers"], ["serial", "1"], ["threads", "1"], ["threads", "2"]]


def test_the_json_goes_alone_to_standard_output() -> None:
    ended = main(*THREADS, "--json", "-")

    record = from_json(ended.stdout.encode())
    assert ended.returncode == 0
    assert record.status == "finished"
    assert [trial.status for trial in record.trials] == ["done"] * 3
    assert "3 trials" in ended.stderr


def test_the_json_goes_to_a_file_and_the_table_still_to_standard_output(tmp_path: Path) -> None:
    ended = main(*SERIAL, "--json", str(tmp_path / "record.json"))

    assert ended.returncode == 0
    assert from_json((tmp_path / "record.json").read_bytes()).status == "finished"
    assert [file.name for file in tmp_path.iterdir()] == ["record.json"]
    assert ended.stdout.split()[:2] == ["executor", "workers"]


def test_a_file_that_is_there_is_replaced_whole(tmp_path: Path) -> None:
    file = tmp_path / "record.json"
    file.write_text("x" * 100_000)

    assert main(*SERIAL, "--json", str(file)).returncode == 0
    assert from_json(file.read_bytes()).status == "finished"


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "target.json").write_text("")
    (tmp_path / "link.json").symlink_to("target.json")

    assert main(*SERIAL, "--json", str(tmp_path / "link.json")).returncode == 0
    assert (tmp_path / "link.json").is_symlink()
    assert from_json((tmp_path / "target.json").read_bytes()).status == "finished"


def test_a_name_as_long_as_can_be_is_no_problem_at_the_end(tmp_path: Path) -> None:
    file = tmp_path / ("x" * 255)

    assert main(*SERIAL, "--json", str(file)).returncode == 0
    assert from_json(file.read_bytes()).status == "finished"


def test_the_json_can_go_to_a_device() -> None:
    ended = main(*SERIAL, "--json", "/dev/null")

    assert ended.returncode == 0


def test_what_was_asked_for_is_in_the_record() -> None:
    ended = main(*SERIAL, "--seed", "7", "--json", "-")

    parameters = json.loads(ended.stdout)["parameters"]
    assert parameters == {
        "workload": "leibniz",
        "terms": 20000,
        "workers": [1, 2],
        "tasks": 1,
        "executors": ["serial"],
        "start-method": "default",
        "pythons": [],
        "blocks": 1,
        "seed": 7,
        "size": "fixed",
        "serial-seconds": 0.5,
        "until": "repeats",
        "width": 5.0,
        "budget": 60.0,
    }


def test_the_json_has_all_that_is_said_of_the_run_too() -> None:
    ended = main(*RUN, "--workers", "1-6", "--executors", "serial,threads", "--json", "-")

    said = json.loads(ended.stdout)["analysis"]
    assert {one["baseline"] for one in said["speedups"]} == {"serial", "one"}
    assert {"median", "low", "high", "verdict", "reason", "by_block"} <= set(said["speedups"][0])
    assert said["fits"][0]["executor"] == "threads"
    assert 0 <= said["fits"][0]["usl"]["sigma"]["value"] <= 1


def test_a_run_until_its_intervals_are_narrow_says_what_it_waits_for() -> None:
    ended = main(*THREADS, "--until", "width", "--width", "100", "--budget", "600")

    assert ended.returncode == 0
    assert "as many repeats as it takes, 10 min at most." in ended.stderr
    assert "Measuring repeat 2: an interval needs 5." in ended.stderr
    assert "narrower than 100 %" in ended.stderr
    assert "95 % interval" in ended.stdout.splitlines()[0]


def test_a_size_by_time_is_found_and_told() -> None:
    ended = main(*SERIAL, "--size", "calibrated", "--serial-seconds", "0,05", "--json", "-")

    record = from_json(ended.stdout.encode())
    assert record.calibration is not None
    assert record.calibration.seconds == 0.05
    size = record.calibration.size
    assert f"Serial takes 50.0 ms with {group(size)} terms." in ended.stderr


def test_the_table_gives_interval_and_verdict() -> None:
    ended = main(*THREADS, "--blocks", "5")

    heading, *rows = ended.stdout.splitlines()
    assert "95 % interval" in heading
    assert re.search(r"threads +2 .*× +\d\.\d\d – \d\.\d\d +(faster|slower|no|too)", rows[2])


def test_the_start_method_that_was_asked_for_is_used() -> None:
    ended = main(*RUN, "--executors", "processes", "--start-method", "spawn", "--json", "-")

    assert {trial["start_method"] for trial in json.loads(ended.stdout)["trials"]} == {"spawn"}


def open_terminal() -> tuple[int, int]:
    """Open a terminal: our end and that of who thinks to be in front of one."""
    if sys.platform != "win32":
        import pty

        return pty.openpty()
    # Windows has none that a test can open; CI runs on Linux, where nothing is skipped here.
    pytest.skip("terminals of POSIX only")


def test_a_terminal_shows_a_bar_that_goes_away() -> None:
    screen, terminal = open_terminal()
    printed = bytearray()

    def read() -> None:
        with contextlib.suppress(OSError):  # what a terminal says when its other end is closed
            while data := os.read(screen, 4096):
                printed.extend(data)

    reader = threading.Thread(target=read)
    reader.start()
    with subprocess.Popen(
        [sys.executable, "main.py", *RUN, "--terms", "1000000", "--blocks", "3", "--json", "-"],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=terminal,
        env={**os.environ, "TERM": "xterm-256color", "COLUMNS": "100"},
    ) as process:
        os.close(terminal)
        assert process.wait(SOON_S) == 0
    reader.join()
    os.close(screen)

    text = printed.decode()
    assert "━" in text
    assert re.search(r"\d+/21", text)
    assert "left" in text
    assert "\x1b[2K" in text  # the line of the bar is erased
    assert "1/15 " not in re.sub(r"trials.*", "", text)  # no plain lines beside it


# -------------------------------------------------------------------------------------- bad input

BAD = {
    "an unknown experiment": ["run", "tau-scaling"],
    "no experiment": ["run"],
    "an unknown command": ["walk"],
    "an unknown option": [*SERIAL, "--colour", "blue"],
    "an option without its value": [*SERIAL, "--seed"],
    "no terms": [*SERIAL, "--terms", "0"],
    "negative terms": [*SERIAL, "--terms", "-5"],
    "a word for terms": [*SERIAL, "--terms", "many"],
    "nothing for terms": [*SERIAL, "--terms", ""],
    "too many terms": [*SERIAL, "--terms", "10^30"],
    "no workers": [*RUN, "--workers", "0"],
    "negative workers": [*RUN, "--workers", "-2"],
    "too many workers": [*RUN, "--workers", "100000"],
    "more workers than terms": [*RUN, "--terms", "1"],
    "an unknown executor kind": [*RUN, "--executors", "serial,fibres"],
    "an unknown start method": [*RUN, "--start-method", "teleport"],
    "no repeats": [*SERIAL, "--repeats", "0"],
    "no repeats, as they were called": [*SERIAL, "--blocks", "0"],
    "an unknown end": [*SERIAL, "--until", "doomsday"],
    "no width": [*THREADS, "--until", "width", "--width", "0"],
    "a word for a time": [*SERIAL, "--budget", "long"],
    "narrow intervals of nothing": [*SERIAL, "--until", "width"],
    "a folder that does not exist": [*SERIAL, "--json", "/nowhere/record.json"],
    "a folder for a file": [*SERIAL, "--json", "/tmp"],
    "nothing for a file": [*SERIAL, "--json", ""],
    "a name that is too long": [*SERIAL, "--json", "/tmp/" + "x" * 300],
}


@pytest.mark.parametrize("arguments", BAD.values(), ids=BAD)
def test_bad_input_is_one_sentence_and_exit_code_2_and_nothing_is_started(
    arguments: list[str],
) -> None:
    ended = main(*arguments, program=("-c", WATCHED))

    assert ended.returncode == 2, ended.stderr
    assert ended.stdout == ""
    assert "STARTED" not in ended.stderr
    assert len(ended.stderr.splitlines()) == 1
    assert ended.stderr.startswith("futures-lab: ")
    assert ended.stderr.endswith(".\n")


@pytest.mark.parametrize("called", ["--repeats", "--blocks"])
def test_a_problem_names_the_option_as_it_is_called_now(called: str) -> None:
    assert main(*SERIAL, called, "0").stderr.startswith("futures-lab: --repeats: Repeats must be")


def test_the_watch_for_processes_sees_a_run_start_one() -> None:
    assert "STARTED" in main(*SERIAL, program=("-c", WATCHED)).stderr


def test_trying_a_file_before_the_run_leaves_none_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(headless, "_run", lambda *_, **__: 0)

    assert headless.main([*SERIAL, "--json", str(tmp_path / "record.json")]) == 0
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "option"),
    [
        (["--terms", "0"], "--terms: "),
        (["--workers", "0"], "--workers: "),
        (["--terms", "1"], "--workers: "),
        (["--executors", "fibres"], "--executors: "),
        (["--start-method", "teleport"], "--start-method: "),
        (["--json", "/nowhere/record.json"], "--json: "),
    ],
    ids=" ".join,
)
def test_the_sentence_names_the_option(arguments: list[str], option: str) -> None:
    assert main(*RUN, *arguments).stderr.startswith(f"futures-lab: {option}")


def test_a_file_that_was_there_is_untouched_by_bad_input(tmp_path: Path) -> None:
    file = tmp_path / "record.json"
    file.write_text("precious")

    assert main(*RUN, "--terms", "0", "--json", str(file)).returncode == 2
    assert main(*RUN, "--terms", "1", "--json", str(file)).returncode == 2
    assert file.read_text() == "precious"


# -------------------------------------------------------------------------------------- bad luck


def test_a_killed_worker_fails_its_trial_and_the_run_goes_on(tmp_path: Path) -> None:
    file = tmp_path / "record.json"
    arguments = [*RUN, "--workers", "2", "--executors", "serial,processes", "--terms", "3000000"]
    with running(*arguments, "--start-method", "spawn", "--json", str(file)) as process:
        eventually(lambda: kill_worker(process.pid), "a worker is killed")
        _, errors = process.communicate(timeout=SOON_S)

    trials = {trial.executor: trial for trial in from_json(file.read_bytes()).trials}
    assert process.returncode == 3
    assert {kind: trial.status for kind, trial in trials.items()} == {
        "serial": "done",
        "processes": "failed",
    }
    error = trials["processes"].error
    assert error is not None
    assert error.type == "BrokenProcessPool"
    assert "SIGKILL" in error.message
    assert "2 processes: failed: pool process" in errors
    assert "Traceback" not in errors


def kill_worker(program: int) -> bool:
    """Kill a spawned worker of the program's lab, if there is one."""
    with contextlib.suppress(psutil.Error):
        for lab in psutil.Process(program).children():
            for worker in members(lab.pid):
                if "spawn_main" in " ".join(worker.cmdline()):
                    worker.kill()
                    return True
    return False


def test_a_killed_lab_fails_its_trial_and_the_run_goes_on(tmp_path: Path) -> None:
    file = tmp_path / "record.json"
    arguments = [*SERIAL, "--terms", "20000000", "--blocks", "3", "--json", str(file)]
    with running(*arguments) as process:
        assert process.stderr is not None
        assert "3 trials" in process.stderr.readline()
        (lab,) = psutil.Process(process.pid).children()
        before = lab.cpu_times().user
        eventually(lambda: lab.cpu_times().user > before + 0.05, "a trial computes")
        lab.kill()
        process.communicate(timeout=SOON_S)

    trials = from_json(file.read_bytes()).trials
    (killed,) = [trial for trial in trials if trial.status == "failed"]
    assert process.returncode == 3
    assert killed is not trials[-1]
    assert [trial.status for trial in trials if trial is not killed] == ["done", "done"]
    assert killed.error is not None
    assert "SIGKILL" in killed.error.message


def test_two_runs_at_once_do_not_disturb_each_other(tmp_path: Path) -> None:
    files = [tmp_path / f"{number}.json" for number in range(2)]
    with contextlib.ExitStack() as stack:
        programs = [stack.enter_context(running(*THREADS, "--json", str(file))) for file in files]
        for program in programs:
            program.communicate(timeout=SOON_S)

    assert [program.returncode for program in programs] == [0, 0]
    assert [len(from_json(file.read_bytes()).trials) for file in files] == [3, 3]


def test_a_script_is_saved_with_what_to_type_to_run_it(tmp_path: Path) -> None:
    file = tmp_path / "my race.py"
    ended = main("run", "race", "--kind", "threads", "--repeats", "1", "--script", str(file))

    assert (ended.returncode, ended.stdout) == (0, "")
    assert ended.stderr == f"{saved(Code('race.py', ''), file)}\n"
    typed = ended.stderr.partition("Run it with: ")[2]
    ran = subprocess.run(
        typed.strip(),
        shell=True,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=SOON_S,
        check=True,
    )
    assert "repeat: 1" in ran.stdout
    assert "(needs NumPy)" in saved(Code("pi.py", "", needs="NumPy"), file)
    assert main("run", "race", "--script", "-").stderr == ""


def test_a_trial_that_was_cut_off_is_not_among_those_that_are_done() -> None:
    printed = io.StringIO()
    output = Output(Console(file=printed), table=False)
    cut = replace(done("serial", 1, 2, 1.0), status="stopped", work_s=None)
    stopped = record([done("serial", 1, 1, 1.0), cut], status="stopped", planned_trials=4)

    output.result(cast(Any, SimpleNamespace(experiment=PI)), stopped)

    assert "Stopped in trial 2 of 4." in printed.getvalue()
    output.result(cast(Any, SimpleNamespace(experiment=PI)), replace(stopped, trials=()))
    assert "Stopped after 0 of 4 trials." in printed.getvalue()
