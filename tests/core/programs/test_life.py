"""Life of a future: its program, played alone, clicked through in the lab, in any order."""

from __future__ import annotations

import itertools
import multiprocessing
import queue
import random
import re
import sys
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import psutil
import pytest

from core.engines.lab_client import LabExecutor
from core.experiments.life import EXPERIMENT
from core.lab.perform import perform
from core.lab.programs import life
from core.parameters import Choice
from core.results.records import from_json
from tests.core.making import done, record
from tests.core.programs.running import alone, command_line
from tests.core.watching import ROOT, SOON_S, pid_of, pythons

Events = list[dict[str, Any]]
WAYS = (
    "PENDING RUNNING FINISHED",
    "PENDING CANCELLED CANCELLED_AND_NOTIFIED",
    "PENDING CANCELLED_AND_NOTIFIED",  # too fast to be seen
)


def values(**changes: Any) -> dict[str, Any]:
    return {**EXPERIMENT.defaults(), "pause-ms": 0, **changes}


# ------------------------------------------------------------------------------------------ alone


def run_alone(python: str, file: Path, text: str, typed: str = "") -> str:
    file.write_text(text, encoding="utf-8")
    return alone(python, file, typed)


@pytest.mark.parametrize("version", pythons())
@pytest.mark.parametrize("kind", ["threads", "processes"])
def test_the_script_runs_alone_on_every_python(kind: str, version: str, tmp_path: Path) -> None:
    text = EXPERIMENT.code(values(kind=kind)).text

    printed = run_alone(pythons()[version], tmp_path / "life.py", text)

    in_order = (
        r"1 submit .*F1 .*done-callback called: FINISHED   thread: MainThread \(caller\)"
        r".*cancel\(\) returned False: it was RUNNING"
        r".*done-callback called: CANCELLED   thread: MainThread \(caller\)"
        r".*cancel\(\) returned True: it was PENDING"
        r".*F2   what happened: done-callback called: FINISHED   thread: [^\n]*\((worker|manager)\)"
        r".*result\(\) raised ValueError\('F2 went wrong'\)"
        r".*result\(\) raised CancelledError"
        r".*submit\(\) raised RuntimeError: cannot schedule new futures after shutdown"
        r".*all gates were opened, and all tasks have ended"
    )
    assert re.search(in_order, printed, re.DOTALL)
    came = re.search(r"its traceback: (.*?)   .*\n.*its __cause__: (.*?)   ", printed)
    assert came is not None
    if kind == "threads":
        assert re.search(r" → work \(life\.py \d+\)$", came[1])
        assert came[2] == "None"
    else:
        assert came[1].rpartition(" → ")[2].startswith("__get_result (")
        assert re.match(r"a _RemoteTraceback, .* in work, line \d+ of life\.py$", came[2])


@pytest.mark.parametrize("method", ["fork", "forkserver", "spawn"])
def test_the_script_runs_with_every_start_method(method: str, tmp_path: Path) -> None:
    start = f'    multiprocessing.set_start_method("{method}")\n    main()'
    text = EXPERIMENT.code(values(kind="processes")).text.replace("    main()", start)

    printed = run_alone(sys.executable, tmp_path / "life.py", text)

    assert printed.count("(manager)") == 5


@pytest.mark.parametrize(
    ("typed", "rows"),
    [("", 1), ("submit\n", 2), ("submit\ndone\n", 2), (" submit \nwhat?\n\nread\n", 5)],
)
def test_the_script_that_asks_ends_with_done_or_when_nobody_answers(
    typed: str, rows: int, tmp_path: Path
) -> None:
    text = EXPERIMENT.code(values(play="clicking")).text

    printed = run_alone(sys.executable, tmp_path / "life.py", text, typed)

    assert printed.count("what happened: ") == rows
    assert "all gates were opened" in printed
    assert printed.count("is no step: choose submit, ") == typed.count("?") + typed.count("\n\n")


# ------------------------------------------------------------------------------------- in the lab


class Stage:
    """A lab and what the program tells in it; `answers` are given as it asks."""

    def __init__(self, make_lab: Callable[..., LabExecutor]) -> None:
        self.told: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        self.answers: list[str] = []
        self.lab = make_lab(on_event=self._on_event)

    def _on_event(self, future: Future[Any], event: dict[str, Any]) -> None:
        self.told.put(event)
        if event["kind"] == "asks" and self.answers:
            self.lab.answer(self.answers.pop(0))

    def start(self, **changes: Any) -> Future[Any]:
        (trial,) = EXPERIMENT.plan(values(**changes), None)
        assert trial.job is perform
        return self.lab.submit(trial.job, *trial.arguments)

    def play(self, **changes: Any) -> Events:
        return self.all_told(self.start(**changes))

    def click(self, *answers: str, **changes: Any) -> Events:
        self.answers = [*answers, "done"]
        return self.play(play="clicking", **changes)

    def all_told(self, future: Future[Any]) -> Events:
        future.result(2 * SOON_S)
        events = []
        while not self.told.empty():
            events.append(self.told.get())
        return events

    def until_asked(self) -> None:
        while self.told.get(timeout=SOON_S)["kind"] != "asks":
            pass


@pytest.fixture
def stage(make_lab: Callable[..., LabExecutor]) -> Stage:
    return Stage(make_lab)


def rows(events: Events) -> Events:
    return [event for event in events if event["kind"] == "row"]


def what_happened(events: Events) -> list[str]:
    return [event["what_happened"] for event in rows(events)]


def ways(events: Events) -> dict[str, str]:
    states: dict[str, list[str]] = {}
    for event in events:
        if event["kind"] == "state":
            states.setdefault(event["future"], []).append(event["state"])
    return {future: " ".join(way) for future, way in states.items()}


def callbacks(events: Events) -> dict[str, str]:
    """Tell by which thread the done-callback of each future was called."""
    return {
        event["future"]: event["thread"]
        for event in rows(events)
        if event["what_happened"].startswith("done-callback")
    }


def test_what_can_be_answered_is_what_the_program_knows() -> None:
    assert [option.value for option in EXPERIMENT.answers] == [*life.STEPS, "done"]
    assert set(life.scripted(2)) == set(life.STEPS)


@pytest.mark.parametrize("workers", [1, 2, 3, 4])
def test_threads_are_running_only_where_somebody_is_at_work(workers: int, stage: Stage) -> None:
    events = stage.play(workers=workers)

    assert max(event["running"] for event in rows(events)) == workers
    assert max(event["at_work"] for event in rows(events)) == workers
    called_by = callbacks(events)
    assert len(called_by) == 2 * workers + 3
    assert sum(thread == "MainThread (caller)" for thread in called_by.values()) == 2
    assert all(
        re.fullmatch(r"(MainThread \(caller|worker_\d \(worker)\)", thread)
        for thread in called_by.values()
    )
    assert sorted(ways(events).values()).count(WAYS[0]) == 2 * workers + 2


@pytest.mark.parametrize("workers", [1, 2, 4])
def test_a_process_pool_calls_more_futures_running_than_it_has_workers(
    workers: int, stage: Stage
) -> None:
    events = stage.play(kind="processes", workers=workers)

    assert workers < max(event["running"] for event in rows(events)) <= 2 * workers + 1
    assert max(event["at_work"] for event in rows(events)) == workers
    called_by = callbacks(events)
    assert sum(thread == "MainThread (caller)" for thread in called_by.values()) == 2
    assert sum(thread.endswith("(manager)") for thread in called_by.values()) == 2 * workers + 1
    assert all(way in WAYS for way in ways(events).values())


@pytest.mark.parametrize("kind", ["threads", "processes"])
def test_the_timeline_shows_each_future_and_each_worker(kind: str, stage: Stage) -> None:
    events = stage.play(kind=kind)

    spans = [event for event in events if event["kind"] == "span"]
    assert all(0 <= span["start"] <= span["end"] for span in spans)
    for future, way in ways(events).items():
        told = [span["label"] for span in spans if span["lane"] == future]
        assert [label for label, _ in itertools.groupby(told)] == way.split()[:-1]
    at_work = [span for span in spans if not re.fullmatch(r"F\d+", span["lane"])]
    name = "worker_" if kind == "threads" else "process "
    assert {span["lane"][:-1] for span in at_work} == {name}
    finished = [future for future, way in ways(events).items() if way.endswith("FINISHED")]
    assert sorted(span["label"] for span in at_work) == sorted(finished)


@pytest.mark.parametrize("kind", ["threads", "processes"])
@pytest.mark.parametrize("seed", range(6))
def test_whatever_is_clicked_it_ends_and_leaves_nothing(seed: int, kind: str, stage: Stage) -> None:
    choose = random.Random(seed)
    usual = ["submit", "submit", "submit-raising", *life.STEPS, "what?"]
    clicks = choose.choices(usual, k=choose.randint(5, 30))
    before = pid_of(stage.lab)

    events = stage.click(*clicks, kind=kind, workers=choose.randint(1, 4))

    assert what_happened(events)[-1] == "all gates were opened, and all tasks have ended"
    assert len([event for event in events if event["kind"] == "asks"]) == len(clicks) + 1
    assert all(way in WAYS for way in ways(events).values()), ways(events)
    if kind == "threads" or multiprocessing.get_all_start_methods()[0] == "fork":
        assert pid_of(stage.lab) == before  # a lab where something was left is replaced


def test_every_step_says_so_when_there_is_nothing_to_do(stage: Stage) -> None:
    told = what_happened(
        stage.click("finish", "callback", "cancel-running", "cancel-waiting", "read", "x")
    )

    assert told[:5] == [
        "no future is RUNNING",
        "no future is without a done-callback",
        "no future is RUNNING",
        "no future is PENDING: submit some more",
        "no future is unread",
    ]
    assert told[5].startswith("“x” is no step: choose submit, ")


def test_there_is_an_end_to_submitting(stage: Stage) -> None:
    events = stage.click(*["submit"] * 13, "shutdown", "shutdown")

    assert what_happened(events)[12] == "12 futures are enough for one life"
    assert what_happened(events)[14] == "the pool is shut down already"
    assert len(ways(events)) == 12


def test_reading_too_early_raises_timeout_error_and_can_be_done_again(stage: Stage) -> None:
    told = what_happened(stage.click("submit", "read", "finish", "read", "read"))

    assert told[1] == "result(timeout=0.2) raised TimeoutError: the task goes on"
    assert told[3:5] == ["result() returned 'F1 went well'", "no future is unread"]


def test_a_cancelled_future_is_notified_when_a_worker_throws_it_away(stage: Stage) -> None:
    events = stage.click("submit", "submit", "cancel-waiting", "read", "finish", workers=1)

    assert ways(events)["F2"] == "PENDING CANCELLED CANCELLED_AND_NOTIFIED"
    notified = next(e["t"] for e in events if e.get("state") == "CANCELLED_AND_NOTIFIED")
    read = next(e["t"] for e in rows(events) if "CancelledError" in e["what_happened"])
    assert read < notified


def test_a_task_that_raises_is_drawn_as_failed_and_tells_its_exception(stage: Stage) -> None:
    events = stage.click("submit", "submit-raising", "finish", "finish")

    ends = {e["future"]: e.get("error") for e in events if e.get("state") == "FINISHED"}
    assert ends == {"F1": None, "F2": "ValueError"}
    spans = [e for e in events if e["kind"] == "span" and e["state"] in ("task", "failed")]
    drawn = {(e["state"], e["label"] if e["lane"][0] != "F" else e["lane"]) for e in spans}
    assert drawn == {("task", "F1"), ("failed", "F2")}


def test_a_worker_that_dies_breaks_the_pool_and_nothing_else(stage: Stage) -> None:
    stage.answers = ["submit", "submit", "submit", "callback"]
    future = stage.start(play="clicking", kind="processes")
    for _ in range(5):
        stage.until_asked()
    for child in psutil.Process(stage.lab.pid).children(recursive=True):
        if "resource_tracker" not in str(child.cmdline()):
            child.kill()
    stage.answers = ["read", "submit", "done"]
    stage.lab.answer("cancel-running")

    told = what_happened(stage.all_told(future))

    assert any("raised BrokenProcessPool(" in what for what in told)
    assert any("submit() raised BrokenProcessPool: " in what for what in told)
    assert told[-1] == "all gates were opened, and all tasks have ended"
    assert what_happened(stage.click("submit", kind="processes"))[0] == "submit() returned a future"


def test_a_life_that_waits_for_a_click_can_be_killed(stage: Stage) -> None:
    stage.answers = ["submit", "submit"]
    future = stage.start(play="clicking", kind="processes")
    for _ in range(3):
        stage.until_asked()

    stage.lab.kill()

    assert type(future.exception(SOON_S)).__name__ == "LabStopped"
    assert what_happened(stage.click("submit"))[0] == "submit() returned a future"


# ------------------------------------------------------------------------------------- experiment


@pytest.mark.parametrize("kind", ["threads", "processes"])
def test_a_run_by_command_line_gives_a_finished_record(kind: str) -> None:
    ended = command_line("life", "--kind", kind, "--pause-ms", "0", "--json", "-")

    told = from_json(ended.stdout.encode())
    assert (ended.returncode, told.status) == (0, "finished"), ended.stderr
    (trial,) = told.trials
    assert trial.rows[0]["step"] == "1 submit"
    assert (
        "7 futures lived: 6 FINISHED (1 with an exception), 1 CANCELLED_AND_NOTIFIED"
        in ended.stderr
    )
    assert "Traceback (most" not in ended.stderr
    assert ("were RUNNING at once, on 2 processes" in ended.stderr) == (kind == "processes")


@pytest.mark.parametrize("option", ["--workers=0", "--workers=5", "--play=x", "--pause-ms=1001"])
def test_bad_input_is_a_sentence(option: str) -> None:
    ended = command_line("life", option)

    assert (ended.returncode, ended.stdout) == (2, "")
    assert re.fullmatch(r"futures-lab: --[\w-]+: .*\.\n", ended.stderr)


def test_who_clicks_has_ten_minutes_and_the_script_a_minute() -> None:
    (clicked,) = EXPERIMENT.plan(values(play="clicking"), None)
    (played,) = EXPERIMENT.plan(values(workers=4, **{"pause-ms": 1000}), None)

    assert (clicked.limit_s, played.limit_s) == (600, 60)
    assert played.expected_s < 30
    steps = len(list(life.scripted(4)))
    assert played.expected_s == pytest.approx(steps * 1.05)


def test_the_code_is_what_runs_with_the_lines_that_matter_marked() -> None:
    code = EXPERIMENT.code(values(kind="processes", play="clicking", workers=3))

    assert code.name == "life.py"
    assert "\nKIND = 'processes'  #" in code.text
    assert "\nWORKERS = 3\n" in code.text
    assert "\nPLAY = 'clicking'  #" in code.text
    assert all(mark in code.text for mark in code.marks), code.marks


def summary_of(*states: str, **row: Any) -> str:
    events = tuple(
        {"kind": "state", "t": 0.1, "future": f"F{number}", "state": state}
        for number, state in enumerate(states)
    )
    told = {"what_happened": "x", "thread": "MainThread (caller)", "running": 1, **row}
    trial = done("threads", 2, 1, 1.0, rows=(told,), events=events)
    summary = EXPERIMENT.summary(record([trial], parameters=values()))
    return "\n".join((*summary.headline, *summary.details))


def test_the_summary_counts_the_ends_and_names_the_threads() -> None:
    assert summary_of("FINISHED") == "1 future lived: 1 FINISHED"
    both = summary_of("FINISHED", "CANCELLED", "CANCELLED_AND_NOTIFIED")
    assert both == "3 futures lived: 1 FINISHED, 1 CANCELLED, 1 CANCELLED_AND_NOTIFIED"
    called = summary_of("FINISHED", what_happened="done-callback called: FINISHED")
    assert called.endswith("called by the caller's own thread (1).")
    assert "3 were RUNNING at once, on 2 processes" in summary_of("RUNNING", running=3)
    assert summary_of() == "No future was born: nothing was submitted"
    assert EXPERIMENT.summary(record([])).headline == ()


def test_the_lesson_names_the_fields_of_the_page() -> None:
    lesson = Path(ROOT, "resources", "lessons", "life.md").read_text(encoding="utf-8")

    assert lesson.startswith(f"# {EXPERIMENT.question}\n")
    for parameter in EXPERIMENT.parameters:
        assert not isinstance(parameter, Choice) or parameter.label in lesson
    assert "What happened" in lesson
    labels = [option.label for option in EXPERIMENT.answers]
    for button in re.findall(r"press \*\*(.*?)\*\*", lesson):
        assert button in (*labels, "Run"), button
