"""What can be sent: its program, alone and in the lab, and what it says of what it saw."""

from __future__ import annotations

import multiprocessing
import pickle
import queue
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from core.engines.lab_client import LabExecutor
from core.experiments.sending import EXPERIMENT
from core.lab.perform import perform
from core.lab.programs.sending import THINGS
from core.results.records import from_json
from tests.core.making import done, record
from tests.core.programs.running import command_line
from tests.core.watching import ROOT, SOON_S, pythons

Row = dict[str, Any]
METHODS = multiprocessing.get_all_start_methods()
COPIES = {"an int", "a huge int, 10**5000", "a float", "NaN", "a list", "an instance of a class"}
SHARED = {"a socket", "a Value, by the initializer"}
ERRORS = {
    "a local function": r"(AttributeError|PicklingError): Can't (get|pickle) local object",
    "a lambda": r"PicklingError: Can't pickle <function <lambda> at 0x",
    "a generator": r"TypeError: cannot pickle 'generator' object",
    "an open file": r"TypeError: cannot pickle '(_io.TextIOWrapper' object|TextIOWrapper' inst)",
    "a running future": r"TypeError: cannot pickle '_thread.\w*' object",
    "a threading.Lock": r"TypeError: cannot pickle '_thread.lock' object",
    "a multiprocessing.Lock": r"RuntimeError: Lock objects should only be shared between",
    "a multiprocessing.Value": r"RuntimeError: Synchronized objects should only be shared",
}
LATE = "a function made later"
ADDED = """
import os, time
THINGS.clear()
THINGS["a hang"] = Thing(lambda: 60, "patience", time.sleep)
THINGS["an end"] = Thing(lambda: 3, "", os._exit)
THINGS["a fault"] = Thing(lambda: "x", "", int)
THINGS["an int"] = Thing(lambda: 1)
"""


def values(**changes: Any) -> dict[str, Any]:
    return {**EXPERIMENT.defaults(), **changes}


# ------------------------------------------------------------------------------------------ alone


def run_alone(python: str, file: Path, text: str) -> subprocess.CompletedProcess[str]:
    file.write_text(text, encoding="utf-8")
    return subprocess.run(
        [python, "-I", "-S", str(file)],
        cwd=file.parent,
        capture_output=True,
        text=True,
        timeout=2 * SOON_S,
        check=False,
    )


def rows_of(printed: str) -> list[Row]:
    cells = r"thing: (.*?)   to: (\w+)   arrives: (.*?)(?:   error: (.*?))?"
    found = [
        re.fullmatch(cells + "(?:   way around: (.*))?", line) for line in printed.splitlines()
    ]
    names = ("thing", "to", "arrives", "error", "way_around")
    return [dict(zip(names, match.groups(""), strict=True)) for match in found if match]


def check_rows(rows: list[Row], method: str) -> None:
    """Check what holds on every Python for threads, and for processes by their start method."""
    by_target: dict[str, dict[str, Row]] = {"threads": {}, "processes": {}, "interpreters": {}}
    for row in rows:
        by_target[row["to"]][row["thing"]] = row
    there = by_target["processes"]
    assert list(there) == list(by_target["threads"]) == list(THINGS)
    assert {row["arrives"] for row in by_target["threads"].values()} == {"the same object"}
    assert {thing for thing, row in there.items() if row["arrives"] == "a copy"} == COPIES
    assert {
        thing for thing, row in there.items() if row["arrives"] == "shared, one state"
    } == SHARED
    assert there["a manager's list"]["arrives"] == "a proxy, one object"
    assert there["a function of the module"]["arrives"] == "its name, looked up there"
    for thing, error in ERRORS.items():
        assert there[thing]["arrives"] == "no"
        assert re.match(error, there[thing]["error"])
        assert there[thing]["way_around"] == THINGS[thing].way_around != ""
    if method == "fork":
        assert there[LATE]["arrives"] == "its name, looked up there"
    else:
        assert there[LATE]["error"].startswith("BrokenProcessPool: A process in the process pool")
    for row in rows:
        assert (row["arrives"] == "no") == bool(row["error"])


@pytest.mark.parametrize("version", pythons())
def test_the_script_runs_alone_on_every_python(version: str, tmp_path: Path) -> None:
    code = EXPERIMENT.code(values())
    method = "fork" if version < "3.14" else "forkserver"

    ended = run_alone(pythons()[version], tmp_path / code.name, code.text)

    assert ended.returncode == 0
    assert (ended.stderr == "") == (method == "fork")
    rows = rows_of(ended.stdout)
    assert len(rows) == len(ended.stdout.splitlines())
    check_rows(rows, method)
    if version < "3.14":
        (absent,) = [row for row in rows if row["to"] == "interpreters"]
        assert absent["thing"] == "anything"
        said = version.removesuffix("t")
        assert absent["error"] == f"not in this Python: it is {said}, and they came with 3.14"
    else:
        assert [row["thing"] for row in rows if row["to"] == "interpreters"] == list(THINGS)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("version", ["3.11", "3.13"])
def test_the_start_method_decides_what_a_worker_already_knows(
    version: str, method: str, tmp_path: Path
) -> None:
    chosen = values(targets=("threads", "processes"), **{"start-method": method})
    python = pythons().get(version, sys.executable)

    ended = run_alone(python, tmp_path / "sending.py", EXPERIMENT.code(chosen).text)

    assert ended.returncode == 0
    check_rows(rows_of(ended.stdout), method)
    assert ("Can't get attribute 'late'" in ended.stderr) == (method != "fork")


@pytest.mark.parametrize("method", METHODS)
def test_a_hang_a_broken_pool_and_a_fault_are_rows_and_the_rest_goes_on(
    method: str, tmp_path: Path
) -> None:
    chosen = values(targets=("processes",), **{"start-method": method})
    text = EXPERIMENT.code(chosen).text.replace("PATIENCE_S = 5", "PATIENCE_S = 2")
    text = text.replace("\nif __name__", ADDED + "\nif __name__")

    ended = run_alone(sys.executable, tmp_path / "sending.py", text)

    assert ended.returncode == 0
    hang, end, fault, number = rows_of(ended.stdout)
    assert hang["error"] == "TimeoutError: nothing came back within 2 s"
    assert hang["way_around"] == "patience"
    assert end["error"].startswith("BrokenProcessPool: ")
    assert fault["error"].startswith("ValueError: invalid literal for int()")
    assert number["arrives"] == "a copy"


def test_the_surprises_of_the_lesson_are_true() -> None:
    nan = [float("nan")]
    big = 10**5000

    assert nan == nan.copy()
    assert nan != pickle.loads(pickle.dumps(nan))
    assert big == pickle.loads(pickle.dumps(big))


# ------------------------------------------------------------------------------------- in the lab


@pytest.mark.parametrize("method", METHODS)
def test_every_thing_has_its_row_and_its_span_and_the_lab_goes_on(
    method: str, make_lab: Callable[..., LabExecutor]
) -> None:
    told: queue.SimpleQueue[Row] = queue.SimpleQueue()
    lab = make_lab(on_event=lambda future, event: told.put(event))
    settings = {"targets": ["threads", "processes"], "start_method": method}

    for _ in range(2):
        lab.submit(perform, "sending", settings).result(SOON_S)

        events = [told.get() for _ in range(told.qsize())]
        rows = [event for event in events if event["kind"] == "row"]
        spans = [event for event in events if event["kind"] == "span"]
        check_rows(rows, method)
        assert len(rows) + len(spans) == len(events)
        assert [(row["thing"], row["to"]) for row in rows] == [
            (span["label"], span["lane"]) for span in spans
        ]
        for row, span in zip(rows, spans, strict=True):
            assert 0 <= span["start"] <= span["end"]
            assert span["state"] == ("failed" if row["arrives"] == "no" else "task")


# ------------------------------------------------------------------------------------- experiment


def test_a_run_by_command_line_gives_a_finished_record() -> None:
    ended = command_line("sending", "--json", "-")

    told = from_json(ended.stdout.encode())
    assert (ended.returncode, told.status) == (0, "finished"), ended.stderr
    (trial,) = told.trials
    assert {row["thing"] for row in trial.rows} >= set(THINGS)
    assert "\nEverything can be sent to threads, " in ended.stderr


@pytest.mark.parametrize("option", ["--targets=", "--targets=moon", "--start-method=teleport"])
def test_bad_input_is_a_sentence(option: str) -> None:
    ended = command_line("sending", option)

    assert (ended.returncode, ended.stdout) == (2, "")
    assert re.fullmatch(r"futures-lab: --[\w-]+: .*\.\n", ended.stderr)


def test_what_is_asked_for_is_what_is_performed_and_shown() -> None:
    for method in ("default", *METHODS):
        for targets in (("threads",), ("processes",), ("threads", "processes", "interpreters")):
            chosen = values(targets=targets, **{"start-method": method})
            (trial,) = EXPERIMENT.plan(chosen, None)
            code = EXPERIMENT.code(chosen)

            assert trial.arguments == ("sending", {"targets": targets, "start_method": method})
            assert trial.limit_s is not None
            assert trial.limit_s > 5 * trial.expected_s
            assert f"\nTARGETS = {targets!r}\nSTART_METHOD = '{method}'  #" in code.text
            assert all(mark in code.text for mark in code.marks)


def test_the_lesson_names_the_fields_of_the_page() -> None:
    lesson = Path(ROOT, "resources", "lessons", "sending.md").read_text(encoding="utf-8")

    assert lesson.startswith(f"# {EXPERIMENT.question}\n")
    assert re.findall("^## (.*)$", lesson, re.MULTILINE) == [
        "Predict",
        "Try",
        "What you saw, and why",
        "One surprise",
    ]
    labels = [parameter.label for parameter in EXPERIMENT.parameters]
    assert labels == ["Send to", "Start method", "Pythons"]
    assert all(f"**{label}**" in lesson for label in labels)
    assert "*What arrived*" in lesson
    assert LATE in lesson
    assert LATE in THINGS


# ---------------------------------------------------------------------------------------- summary


def row(thing: str, to: str, arrives: str, error: str = "") -> Row:
    return {"thing": thing, "to": to, "arrives": arrives, "error": error}


def old_row(thing: str, to: str, arrived_as: str, error: str = "") -> Row:
    """Make a row as records had it when what arrived had a column of its own."""
    return row(thing, to, "no" if error else "yes", error) | {"as": arrived_as}


ABSENT = {
    "thing": "anything",
    "to": "interpreters",
    "arrives": "no",
    "error": "not in this Python",
}


def summary(*rows: Row) -> list[str]:
    trials = [done("processes", 1, 1, 1.0, rows=rows)] if rows else []
    made = EXPERIMENT.summary(record(trials))
    return [*made.headline, *made.details]


@pytest.mark.parametrize("made", [row, old_row])
def test_what_arrived_is_counted_for_each_target(made: Callable[..., Row]) -> None:
    said = summary(
        made("a list", "threads", "the same object"),
        made("a list", "processes", "a copy"),
        made("a lambda", "threads", "the same object"),
        made("a lambda", "processes", "no", "PicklingError: no"),
        made("a socket", "processes", "shared, one state"),
        ABSENT,
    )

    assert said == [
        "Everything can be sent to threads, 2 of 3 things can be sent to processes",
        "A thread gets the very object: it is in the same memory.",
        "A process gets bytes, made by pickle: a copy, or a name to look up.",
        "It shares only what is made for that: a socket.",
        "Interpreters: not in this Python.",
    ]


def test_a_run_that_ended_too_soon_does_not_speak_of_everything() -> None:
    rows = row("an int", "threads", "the same object"), row("a float", "threads", "the same object")
    trial = replace(done("threads", 1, 1, 1.0, rows=rows), status="stopped")
    assert EXPERIMENT.summary(record([trial])).headline == (
        "The first 2 things could be sent to threads",
    )


def test_a_broken_pool_is_explained() -> None:
    said = summary(row(LATE, "processes", "no", "BrokenProcessPool: a process was terminated"))

    assert said[0] == "0 of 1 things can be sent to processes"
    assert said[-1].startswith("BrokenProcessPool: it was packed, but")


def test_of_nothing_that_was_sent_nothing_is_said_but_why() -> None:
    assert summary(ABSENT) == ["Interpreters: not in this Python"]
    assert summary() == []
