"""Waiting: its program, alone and in the lab; what each way to wait returns, never when."""

from __future__ import annotations

import queue
import re
import sys
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import psutil
import pytest

from core.engines.lab_client import LabExecutor
from core.experiments.waiting import EXPERIMENT
from core.lab.perform import perform
from core.parameters import Choice
from core.results.records import from_json
from tests.core.making import done, record
from tests.core.programs.running import alone, command_line
from tests.core.watching import ROOT, SOON_S, pythons

Events = list[dict[str, Any]]
MODES = ("ALL_COMPLETED", "FIRST_COMPLETED", "FIRST_EXCEPTION", "as_completed", "C.result()")
WAITS = MODES[:3]
# A and B outlast by far the moment when C is dropped, so that C never starts.
LONG = {"a-ms": 300, "b-ms": 300, "c-ms": 20}
SHORT = {"a-ms": 20, "b-ms": 60, "c-ms": 90}
STRANDING = ("3.10", "3.11", "3.12", "3.13")


def values(**changes: Any) -> dict[str, Any]:
    return {**EXPERIMENT.defaults(), **changes}


# ------------------------------------------------------------------------------------------ alone


def run_alone(python: str, file: Path, text: str) -> list[str]:
    file.write_text(text, encoding="utf-8")
    return alone(python, file).splitlines()


@pytest.mark.parametrize("version", pythons())
@pytest.mark.parametrize("kind", ["threads", "processes"])
def test_the_script_runs_alone_on_every_python(kind: str, version: str, tmp_path: Path) -> None:
    text = EXPERIMENT.code(values(kind=kind, **SHORT, **{"timeout-ms": 10})).text

    lines = run_alone(pythons()[version], tmp_path / "waiting.py", text)

    assert [line.split("   ")[1] for line in lines] == [
        f"mode: {mode}" for mode in MODES for _ in range(2)
    ]
    assert "done: A, B (Failed), C   not done: None   raised: None" in lines[0]
    assert all(line.endswith("raised: None") for line in lines[:6])
    assert all(line.endswith("raised: TimeoutError") for line in (lines[7], lines[9]))


@pytest.mark.parametrize("version", pythons())
def test_a_shutdown_that_cancels_strands_who_waits_on_these_pythons(
    version: str, tmp_path: Path
) -> None:
    text = EXPERIMENT.code(values(ends="shutdown", **LONG, **{"timeout-ms": 5000})).text

    lines = run_alone(pythons()[version], tmp_path / "waiting.py", text)

    rows = [line for line in lines if line.startswith("call: ")]
    assert "done: A, B, C (CANCELLED_AND_NOTIFIED)   not done: None" in rows[0]
    assert rows[8].endswith("raised: CancelledError")
    if version in STRANDING:
        rescued = [row.split("   ")[1] for row in rows if "   rescued: yes   done: " in row]
        modes = ("ALL_COMPLETED", "FIRST_EXCEPTION", "as_completed")
        assert rescued[::2] == [f"mode: {mode}" for mode in modes]


@pytest.mark.parametrize("method", ["fork", "forkserver", "spawn"])
def test_the_script_runs_with_every_start_method(method: str, tmp_path: Path) -> None:
    start = f'    multiprocessing.set_start_method("{method}")\n    main()'
    text = EXPERIMENT.code(values(kind="processes", **SHORT)).text.replace("    main()", start)

    lines = run_alone(sys.executable, tmp_path / "waiting.py", text)

    assert len(lines) == 10


# ------------------------------------------------------------------------------------- in the lab


class Stage:
    """A lab, and what the program tells in it."""

    def __init__(self, make_lab: Callable[..., LabExecutor]) -> None:
        self.told: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        self.lab = make_lab(on_event=lambda future, event: self.told.put(event))

    def start(self, **changes: Any) -> Future[Any]:
        (trial,) = EXPERIMENT.plan(values(**changes), None)
        assert trial.job is perform
        return self.lab.submit(trial.job, *trial.arguments)

    def play(self, **changes: Any) -> Events:
        return self.all_told(self.start(**changes))

    def all_told(self, future: Future[Any]) -> Events:
        future.result(2 * SOON_S)
        events = []
        while not self.told.empty():
            events.append(self.told.get())
        return events

    def kill_a_worker(self) -> None:
        while self.told.get(timeout=SOON_S).get("state") != "RUNNING":
            pass
        for child in psutil.Process(self.lab.pid).children(recursive=True):
            if "resource_tracker" not in str(child.cmdline()):
                child.kill()
                return


@pytest.fixture
def stage(make_lab: Callable[..., LabExecutor]) -> Stage:
    return Stage(make_lab)


def rows(events: Events) -> dict[tuple[str, bool], dict[str, Any]]:
    """Give the rows by their mode, and whether it had a timeout."""
    return {
        (event["mode"], event["timeout_s"] is not None): event
        for event in events
        if event["kind"] == "row"
    }


@pytest.mark.parametrize("kind", ["threads", "processes"])
def test_a_timeout_ends_wait_quietly_and_the_others_with_an_exception(
    kind: str, stage: Stage
) -> None:
    told = rows(stage.play(kind=kind, **LONG, **{"timeout-ms": 10}))

    for mode in MODES:
        row = told[mode, True]
        assert row["done"] is None
        assert [name[0] for name in row["not_done"].split(", ")] == ["A", "B", "C"]
        assert row["raised"] == (None if mode in WAITS else "TimeoutError")


@pytest.mark.parametrize("ends", ["finish", "raise"])
def test_the_modes_return_what_they_promise(ends: str, stage: Stage) -> None:
    told = rows(stage.play(ends=ends, workers=1, **SHORT, **{"timeout-ms": 5000}))

    everything = "A, B (Failed), C" if ends == "raise" else "A, B, C"
    for timed in (False, True):
        assert all(told[mode, timed]["raised"] is None for mode in MODES)
        assert told["ALL_COMPLETED", timed]["done"] == everything
        assert told["as_completed", timed]["done"] == everything
        assert told["FIRST_COMPLETED", timed]["done"].startswith("A")
        first = told["FIRST_EXCEPTION", timed]["done"]
        assert first.startswith("A, B (Failed)") if ends == "raise" else first == everything


def test_a_cancelled_future_is_no_exception_and_counts_when_it_is_thrown_away(
    stage: Stage,
) -> None:
    told = rows(stage.play(ends="cancel", **LONG, **{"timeout-ms": 5000}))

    for timed in (False, True):
        for mode in ("ALL_COMPLETED", "FIRST_EXCEPTION"):
            assert told[mode, timed]["done"] == "A, B, C (CANCELLED_AND_NOTIFIED)"
        assert told["C.result()", timed]["raised"] == "CancelledError"
        assert told["C.result()", timed]["done"].endswith("C (CANCELLED)")


@pytest.mark.parametrize("ends", ["cancel", "shutdown"])
def test_what_a_process_pool_has_in_its_queue_is_not_dropped(ends: str, stage: Stage) -> None:
    events = stage.play(kind="processes", ends=ends, **LONG)

    assert rows(events)["ALL_COMPLETED", False]["done"] == "A, B, C"
    notes = [event["text"] for event in events if event["kind"] == "note"]
    assert len(notes) == (10 if ends == "cancel" else 0)
    assert all("returned False: C was RUNNING" in note for note in notes)


@pytest.mark.parametrize("ends", ["raise", "cancel", "shutdown"])
def test_what_is_told_fits_together(ends: str, stage: Stage) -> None:
    events = stage.play(ends=ends, **LONG)

    assert [event["call"] for event in events if event["kind"] == "row"] == list(range(1, 11))
    check_states(events)
    spans = [event for event in events if event["kind"] == "span"]
    assert all(0 <= span["start"] <= span["end"] for span in spans)
    waits = [span for span in spans if span["lane"] == "wait"]
    assert [span["label"] for span in waits] == [
        f"{2 * number + more} {mode}" for number, mode in enumerate(MODES) for more in (1, 2)
    ]
    tasks = [span for span in spans if span["lane"] != "wait"]
    assert {span["lane"] for span in tasks} == {"worker 1", "worker 2"}
    names = "AB" if ends != "raise" else "ABC"
    assert sorted(span["label"] for span in tasks) == sorted(
        f"{call} {name}" for call in range(1, 11) for name in names
    )
    assert {span["label"][-1] for span in tasks if span["state"] == "failed"} == (
        {"B"} if ends == "raise" else set()
    )
    marks = {event["lane"] for event in events if event["kind"] == "mark"}
    assert marks == ({"wait"} if ends == "raise" else {"wait", "another thread"})


def check_states(events: Events) -> None:
    """Every future begins as PENDING, and comes to one of its ends by a way that there is."""
    states: dict[str, list[str]] = {}
    for event in events:
        if event["kind"] == "state":
            states.setdefault(event["future"], []).append(event["state"])
    assert list(states) == [f"{call} {name}" for call in range(1, 11) for name in "ABC"]
    ways = ("PENDING RUNNING FINISHED", "PENDING CANCELLED", "PENDING CANCELLED_AND_NOTIFIED")
    for way in states.values():
        assert " ".join(way).replace("CANCELLED CANCELLED", "CANCELLED") in ways


def test_a_worker_that_dies_costs_one_call_only(stage: Stage) -> None:
    future = stage.start(kind="processes", **LONG)
    stage.kill_a_worker()

    told = rows(stage.all_told(future))

    assert "(BrokenProcessPool)" in told["ALL_COMPLETED", False]["done"]
    assert told["as_completed", False]["done"].count("Failed") == 1
    assert "Broken" not in told["as_completed", False]["done"]


# ------------------------------------------------------------------------------------- experiment


@pytest.mark.parametrize("kind", ["threads", "processes"])
def test_a_run_by_command_line_gives_a_finished_record(kind: str) -> None:
    times = [f"--{name}={value}" for name, value in SHORT.items()]
    ended = command_line("waiting", "--kind", kind, *times, "--timeout-ms", "10", "--json", "-")

    told = from_json(ended.stdout.encode())
    assert (ended.returncode, told.status) == (0, "finished"), ended.stderr
    (trial,) = told.trials
    assert [row["mode"] for row in trial.rows[::2]] == list(MODES)
    assert "came back when it was over, and raised nothing" in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize(
    "option", ["--workers=0", "--workers=5", "--a-ms=9", "--timeout-ms=x", "--ends=well"]
)
def test_bad_input_is_a_sentence(option: str) -> None:
    ended = command_line("waiting", option)

    assert (ended.returncode, ended.stdout) == (2, "")
    assert re.fullmatch(r"futures-lab: --[\w-]+: .*\.\n", ended.stderr)


def test_the_longest_run_is_within_its_limit() -> None:
    slow = {"workers": 1, "a-ms": 2000, "b-ms": 2000, "c-ms": 2000, "ends": "shutdown"}
    (trial,) = EXPERIMENT.plan(values(**slow), None)

    assert trial.limit_s is not None
    assert 60 < trial.expected_s < trial.limit_s / 1.5


def test_the_code_is_what_runs_with_the_lines_that_matter_marked() -> None:
    code = EXPERIMENT.code(values(kind="processes", ends="shutdown", **{"b-ms": 1250}))

    assert code.name == "waiting.py"
    assert "\nKIND = 'processes'  #" in code.text
    assert "\nB_S = 1.25\n" in code.text
    assert "\nENDS = 'shutdown'  #" in code.text
    assert all(mark in code.text for mark in code.marks), code.marks


def row(mode: str, timeout_s: float | None, after: float, **more: Any) -> dict[str, Any]:
    usual = {"done": "A", "not_done": None, "raised": None}
    timing = {"mode": mode, "timeout_s": timeout_s, "returned_after_s": after}
    return {**timing, **usual, **more}


def summary_of(*told: dict[str, Any], **changes: Any) -> str:
    trial = done("threads", 2, 1, 1.0, rows=told)
    summary = EXPERIMENT.summary(record([trial], parameters=values(**changes)))
    return "\n".join((*summary.headline, *summary.details))


def test_the_summary_says_when_and_how_each_came_back() -> None:
    told = summary_of(
        row("ALL_COMPLETED", None, 0.6),
        row("ALL_COMPLETED", 0.4, 0.4, not_done="C (RUNNING)"),
        row("FIRST_COMPLETED", None, 0.15),
        row("FIRST_COMPLETED", 0.4, 0.15, not_done="C (RUNNING)"),
        row("as_completed", 0.4, 0.4, raised="TimeoutError"),
        row("C.result()", 0.4, 0.4, raised="TimeoutError"),
    )

    assert told.startswith("wait() came back: FIRST_COMPLETED after 0.15 s, ALL_COMPLETED after")
    assert "With a timeout of 0.4 s, ALL_COMPLETED came back when it was over, and raised" in told
    assert "With a timeout of 0.4 s, as_completed and C.result() raised TimeoutError" in told
    assert "dropped" not in told


def test_the_summary_tells_what_became_of_the_dropped_one() -> None:
    stranded = row("ALL_COMPLETED", None, 0.6, done="C (CANCELLED_AND_NOTIFIED)", rescued="yes")
    late = row("ALL_COMPLETED", None, 0.6, done="C (CANCELLED_AND_NOTIFIED)")
    known = row("C.result()", None, 0.05, done="C (CANCELLED)", raised="CancelledError")
    missed = row("ALL_COMPLETED", None, 0.6, done="A, B, C")

    assert "had to be rescued: Python 3.11.7" in summary_of(stranded, ends="shutdown")
    assert "C.result() knew after 0.05 s" in summary_of(late, known, ends="cancel")
    assert "Choose fewer workers" in summary_of(missed, ends="cancel")
    assert "A process pool calls" in summary_of(missed, ends="cancel", kind="processes")


def test_a_wait_that_was_rescued_did_not_come_back_by_itself() -> None:
    told = summary_of(
        row("ALL_COMPLETED", None, 0.65, rescued="yes"),
        row("FIRST_COMPLETED", None, 0.15, rescued="no"),
        row("FIRST_EXCEPTION", None, 0.65, rescued="yes"),
        ends="shutdown",
    )
    assert told.splitlines()[0] == (
        "wait() came back: FIRST_COMPLETED after 0.15 s; FIRST_EXCEPTION and ALL_COMPLETED would"
        " have waited for ever, and were rescued"
    )


def test_each_detail_is_a_sentence() -> None:
    dropped = {"done": "C (CANCELLED)"}
    stranded = row("ALL_COMPLETED", None, 0.6, rescued="yes", **dropped)
    known = row("C.result()", None, 0.05, raised="CancelledError", **dropped)
    waited = row("ALL_COMPLETED", None, 0.6, **dropped)

    for told in (
        summary_of(stranded, ends="shutdown"),
        summary_of(waited, known, ends="cancel"),
    ):
        _, *details = told.splitlines()
        assert details
        assert all(line.endswith(".") for line in details), details


def test_without_rows_there_is_no_summary() -> None:
    assert EXPERIMENT.summary(record([])).headline == ()


def test_the_lesson_names_the_fields_of_the_page() -> None:
    lesson = Path(ROOT, "resources", "lessons", "waiting.md").read_text(encoding="utf-8")

    assert lesson.startswith(f"# {EXPERIMENT.question}\n")
    for parameter in EXPERIMENT.parameters:
        assert not isinstance(parameter, Choice) or parameter.label in lesson
    assert "What each wait returned" in lesson
