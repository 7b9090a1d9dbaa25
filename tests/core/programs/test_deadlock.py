"""Deadlock: its program, alone and in the lab, what is noticed, and what each way out leaves."""

from __future__ import annotations

import contextlib
import functools
import queue
import re
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import psutil
import pytest

from core.engines.lab_client import LabExecutor
from core.errors import LabCrashed, LabStopped
from core.experiments.deadlock import EXPERIMENT
from core.lab.perform import perform
from core.lab.programs.deadlock import WaitForGraph
from core.parameters import Choice
from core.results.records import from_json
from tests.core.making import done, record
from tests.core.programs.running import command_line
from tests.core.watching import ROOT, SOON_S, gone, pid_of, pythons

Events = list[dict[str, Any]]
STUCK = {
    "futures": ["worker 1", "f2", "worker 2", "f1"],
    "pool": ["worker 1", "inner"],
    "locks": ["worker 1", "lock B", "worker 2", "lock A"],
}
MENDED = {"callbacks": "567", "second-worker": "66", "one-order": "had both locks"}


def values(**changes: Any) -> dict[str, Any]:
    return {**EXPERIMENT.defaults(), **changes}


def settings(story: str, rescue: str) -> dict[str, Any]:
    return {"story": story, "rescue": rescue, "timeout_s": 1}


# ------------------------------------------------------------------------------------------ alone


def start_alone(python: str, file: Path, text: str) -> subprocess.Popen[str]:
    file.write_text(text, encoding="utf-8")
    return subprocess.Popen(
        [python, "-I", "-S", str(file)],
        cwd=file.parent,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run_alone(python: str, file: Path, text: str, typed: str = "") -> str:
    with start_alone(python, file, text) as process:
        return end_alone(process, typed)


def end_alone(process: subprocess.Popen[str], typed: str = "") -> str:
    try:
        printed, errors = process.communicate(typed, timeout=2 * SOON_S)
    except subprocess.TimeoutExpired:
        process.kill()
        raise
    assert (process.returncode, errors) == (0, "")
    return printed


@pytest.mark.parametrize("version", pythons())
def test_the_script_gets_free_in_every_way_on_every_python(version: str, tmp_path: Path) -> None:
    texts = {
        rescue: EXPERIMENT.code(values(rescue=rescue, **{"timeout-s": 1})).text
        for rescue in ("timeout", "exception", "kill")
    }
    with contextlib.ExitStack() as stack:
        processes = {
            rescue: stack.enter_context(
                start_alone(pythons()[version], tmp_path / f"{rescue}.py", text)
            )
            for rescue, text in texts.items()
        }
        for rescue, process in processes.items():
            printed = end_alone(process)
            # Which worker is the first to speak, and so the first by number, nobody can foresee.
            assert re.search(r"\nDeadlock: worker \d waits for (f[12]), which waits for w", printed)
            assert f"moment: after {rescue}   who: their process   is now: ended" in printed


@pytest.mark.parametrize("method", ["fork", "forkserver", "spawn"])
def test_the_script_runs_with_every_start_method(method: str, tmp_path: Path) -> None:
    start = f'    multiprocessing.set_start_method("{method}")\n    main()'
    text = EXPERIMENT.code(values(story="pool")).text.replace("    main()", start)

    printed = run_alone(sys.executable, tmp_path / "deadlock.py", text)

    assert "who: inner   is now: gives 6\n" in printed


@pytest.mark.parametrize("typed", ["", "\n", "what?\nkill\n"])
def test_the_script_that_asks_kills_when_nobody_answers(typed: str, tmp_path: Path) -> None:
    text = EXPERIMENT.code(values(rescue="ask")).text

    printed = run_alone(sys.executable, tmp_path / "deadlock.py", text, typed)

    assert printed.count("What shall be done") == (2 if "what" in typed else 1)
    assert "who: their process   is now: ended with exit code " in printed


# ------------------------------------------------------------------------------------- in the lab


class Stage:
    """A lab and what the program tells in it; `answers` are given as it asks."""

    def __init__(self, make_lab: Callable[..., LabExecutor] = LabExecutor) -> None:
        self.told: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        self.answers: list[str] = []
        self.lab = make_lab(on_event=self._on_event)

    def _on_event(self, future: Future[Any], event: dict[str, Any]) -> None:
        self.told.put(event)
        if event["kind"] == "asks" and self.answers:
            self.lab.answer(self.answers.pop(0))

    def play(self, story: str, rescue: str) -> Future[Any]:
        return self.lab.submit(perform, "deadlock", settings(story, rescue))

    def all_told(self, story: str, rescue: str) -> Events:
        self.play(story, rescue).result(SOON_S)
        return self.rest()

    def rest(self) -> Events:
        events = []
        while not self.told.empty():
            events.append(self.told.get())
        return events

    def until(self, kind: str) -> dict[str, Any]:
        while (event := self.told.get(timeout=SOON_S))["kind"] != kind:
            pass
        return event


@pytest.fixture
def stage(make_lab: Callable[..., LabExecutor]) -> Stage:
    return Stage(make_lab)


@functools.cache
def performance(story: str, rescue: str) -> Events:
    """Perform once for all tests that only look, and leave nothing running."""
    stage = Stage()
    with stage.lab:
        return stage.all_told(story, rescue)


def rows(events: Events, moment: str) -> dict[str, str]:
    return {
        event["who"]: event["is_now"]
        for event in events
        if event["kind"] == "row" and event["moment"] == moment
    }


@pytest.mark.parametrize("rescue", ["timeout", "exception", "kill"])
@pytest.mark.parametrize("story", STUCK)
def test_the_ring_is_named_and_what_is_told_fits_together(
    story: str,
    rescue: str,
) -> None:
    events = performance(story, rescue)

    ring = rows(events, "stuck")
    assert set(ring.values()) == {"waiting"}
    assert sorted(ring) == sorted(STUCK[story])
    (named,) = [e["text"] for e in events if e["kind"] == "note" and "Deadlock" in e["text"]]
    assert all(who in named for who in ring)
    assert {e["moment"] for e in events if e["kind"] == "row"} == {"stuck", f"after {rescue}"}
    check_waits(events)
    check_spans(events)


def check_waits(events: Events) -> None:
    """The deadlock is named at the very wait that closes the ring, and nobody waits at the end."""
    waits: dict[str, str] = {}
    for number, event in enumerate(events):
        if event["kind"] == "waits":
            waits[event["who"]] = event["whom"]
        elif event["kind"] == "goes_on":
            del waits[event["who"]]
        elif event["kind"] == "row" and events[number - 1]["kind"] == "waits":
            assert waits[event["who"]] == event["waits_for"]
            assert events[number - 1]["who"] in rows(events, "stuck")
    assert waits == {}


def check_spans(events: Events) -> None:
    spans = [event for event in events if event["kind"] == "span"]
    assert {span["lane"] for span in spans} <= {"worker 1", "worker 2"}
    assert {span["state"] for span in spans} == {"task"}
    assert all(0 <= span["start"] <= span["end"] for span in spans)


LEFT = {
    ("futures", "timeout"): {
        "f1": "raises TimeoutError",
        "f2": "raises TimeoutError",
        "worker 1": "ready for work",
        "worker 2": "ready for work",
        "pool": "takes work and does it",
    },
    ("pool", "timeout"): {
        "outer": "raises TimeoutError",
        "inner": "gives 6",
        "worker 1": "ready for work",
        "pool": "takes work and does it",
    },
    ("pool", "exception"): {
        "outer": "raises SetFromOutside",
        "inner": "raises SetFromOutside",
        "worker 1": "dead of RuntimeError: Future in unexpected state",
        "pool": "takes work and never does it",
    },
    ("pool", "kill"): dict.fromkeys(("outer", "inner", "worker 1", "pool"), "gone"),
    ("locks", "kill"): dict.fromkeys(("f1", "f2", "lock A", "lock B", "pool"), "gone"),
}


@pytest.mark.parametrize(("story", "rescue"), LEFT, ids="-".join)
def test_what_is_left_is_told(story: str, rescue: str) -> None:
    left = rows(performance(story, rescue), f"after {rescue}")

    for who, is_now in LEFT[story, rescue].items():
        assert left[who].startswith(is_now)


@pytest.mark.parametrize("story", ["futures", "locks"])
def test_an_exception_from_outside_costs_the_worker_of_that_future(
    story: str,
) -> None:
    left = rows(performance(story, "exception"), "after exception")

    assert left["f1"].startswith("raises SetFromOutside")
    workers = sorted(left[name] for name in ("worker 1", "worker 2"))
    assert workers[0] == "dead of InvalidStateError: FINISHED"
    assert workers[1] == "ready for work"
    assert left["pool"] == "takes work and does it"


def test_a_lock_opened_by_force_is_missed_by_who_held_it() -> None:
    left = rows(performance("locks", "exception"), "after exception")

    assert left["f2"] == "raises RuntimeError: release unlocked lock"


def test_of_two_that_time_out_over_locks_at_least_one_gives_up() -> None:
    left = rows(performance("locks", "timeout"), "after timeout")

    ends = {left["f1"], left["f2"]}
    assert any(end.startswith("raises TimeoutError: lock ") for end in ends)
    assert {left["worker 1"], left["worker 2"]} == {"ready for work"}


@pytest.mark.parametrize("story", MENDED)
def test_the_mended_are_never_stuck(story: str) -> None:
    events = performance(story, "timeout")

    left = rows(events, "at the end")
    assert not rows(events, "stuck")
    given = [is_now for is_now in left.values() if is_now.startswith("gives ")]
    assert all(value in "".join(given) for value in MENDED[story])
    assert left["pool"] == "takes work and does it"
    assert left["their process"] == "ended with exit code 0"
    check_waits(events)


@pytest.mark.parametrize("story", [*STUCK, *MENDED])
def test_every_future_begins_as_pending_and_comes_to_its_end(story: str) -> None:
    states: dict[str, list[str]] = {}
    for event in performance(story, "timeout"):
        if event["kind"] == "state":
            states.setdefault(event["future"], []).append(event["state"])

    assert len(states) == (3 if story == "callbacks" else 2)
    assert all(state == ["PENDING", "RUNNING", "FINISHED"] for state in states.values())


# --------------------------------------------------------------------------- asked, and bad luck


@pytest.mark.parametrize("answer", [option.value for option in EXPERIMENT.answers])
def test_each_answer_gets_them_free(answer: str, stage: Stage) -> None:
    stage.answers = [answer]

    events = stage.all_told("futures", "ask")

    moments = [event["moment"] for event in events if event["kind"] == "row"]
    assert moments[-1] == f"after {answer}"
    assert ("after kill" in moments) == (answer in ("kill", "timeout"))  # too late for a timeout
    assert len([event for event in events if event["kind"] == "asks"]) == 1


def test_a_second_play_has_futures_and_workers_of_its_own(stage: Stage) -> None:
    stage.answers = ["timeout"]

    events = stage.all_told("futures", "ask")

    check_waits(events)
    states: dict[str, list[str]] = {}
    for event in events:
        if event["kind"] == "state":
            states.setdefault(event["future"], []).append(event["state"])
    killed, freed = (["PENDING", "RUNNING", end] for end in ("gone", "FINISHED"))
    again = {"f1 (2nd play)": freed, "f2 (2nd play)": freed}
    assert states == {"f1": killed, "f2": killed} | again
    told = [event for event in events if event["kind"] == "row"]
    text = summary([{k: v for k, v in row.items() if k not in ("kind", "t")} for row in told])
    assert "(2nd" not in text
    assert text.startswith("Deadlock: worker 1 waited for f2, f2 waited for worker 2")
    assert "\nPlayed twice. A timeout came too late for the first play" in text


def test_an_answer_that_is_none_is_asked_for_again(stage: Stage) -> None:
    stage.answers = ["run away", " exception "]

    events = stage.all_told("pool", "ask")

    assert len([event for event in events if event["kind"] == "asks"]) == 2
    assert rows(events, "after exception")


def test_a_deadlock_that_waits_for_an_answer_can_be_killed_from_the_owner(stage: Stage) -> None:
    group = pid_of(stage.lab)
    future = stage.play("locks", "ask")
    stage.until("asks")

    stage.lab.kill()

    assert type(future.exception(SOON_S)) is LabStopped
    gone(group)
    assert rows(stage.all_told("callbacks", "timeout"), "at the end")


def test_a_process_that_dies_while_it_is_asked_for_needs_no_answer(stage: Stage) -> None:
    future = stage.play("futures", "ask")
    stage.until("asks")
    kill_players(stage)

    future.result(SOON_S)

    events = stage.rest()
    last = [event for event in events if event["kind"] == "row"][-1]
    assert (last["who"], last["is_now"]) == ("their process", "ended with exit code -9")
    assert set(rows(events, "after death").values()) == {"gone", last["is_now"]}
    assert not [event for event in events if event["kind"] == "note"]  # nobody here killed it
    assert not stage.lab.answer("kill")
    assert rows(stage.all_told("callbacks", "timeout"), "at the end")


def test_the_lab_process_killed_while_it_asks_is_told_at_once(stage: Stage) -> None:
    group = pid_of(stage.lab)
    future = stage.play("futures", "ask")
    stage.until("asks")

    psutil.Process(group).kill()

    assert type(future.exception(SOON_S)) is LabCrashed
    assert not stage.lab.answer("kill")
    gone(group)


def kill_players(stage: Stage) -> None:
    assert stage.lab.pid is not None
    children = psutil.Process(stage.lab.pid).children()
    for child in children:
        if "resource_tracker" not in str(child.cmdline()):
            child.kill()


def test_a_ring_is_found_wherever_one_looks_first() -> None:
    graph = WaitForGraph(lambda kind, **what: None)
    for who, whom in [("a", "b"), ("b", "worker 2"), ("worker 2", "worker 3"), ("worker 3", "b")]:
        assert graph.cycle() == []
        graph.wait(who, whom)

    assert sorted(graph.cycle()) == ["b", "worker 2", "worker 3"]
    graph.go_on("worker 2")
    assert graph.cycle() == []


# ------------------------------------------------------------------------------------- experiment


@pytest.mark.parametrize("rescue", ["timeout", "kill"])
def test_a_run_by_command_line_gives_a_finished_record(rescue: str) -> None:
    ended = command_line("deadlock", "--timeout-s", "1", "--rescue", rescue, "--json", "-")

    told = from_json(ended.stdout.encode())
    assert (ended.returncode, told.status) == (0, "finished"), ended.stderr
    (trial,) = told.trials
    assert {row["moment"] for row in trial.rows} == {"stuck", f"after {rescue}"}
    assert "\nDeadlock: worker 1 waited for f2, f2 waited for worker 2," in ended.stderr
    assert "Traceback" not in ended.stderr


def test_where_nobody_can_be_asked_it_says_so_and_names_columns_as_the_page_does() -> None:
    ended = command_line("deadlock", "--rescue", "ask", "--story", "pool")

    assert ended.returncode == 0
    asked = ended.stderr.index("There is no terminal to ask at: it goes on without an answer.")
    assert asked < ended.stderr.index("Their process is killed")
    assert "who: worker 1   is now: waiting   waits for: inner   since, s: " in ended.stderr
    assert "\n1/1 One worker, a task in a task: " in ended.stderr
    assert "_" not in ended.stderr.replace("PYTHON", "")
    assert "waits for" in ended.stdout.splitlines()[0]
    assert "since, s" in ended.stdout.splitlines()[0]


@pytest.mark.parametrize("option", ["--timeout-s=0", "--timeout-s=21", "--story=x", "--rescue=x"])
def test_bad_input_is_a_sentence(option: str) -> None:
    ended = command_line("deadlock", option)

    assert (ended.returncode, ended.stdout) == (2, "")
    assert re.fullmatch(r"futures-lab: --[\w-]+: .*\.\n", ended.stderr)


def test_what_is_asked_for_is_what_is_performed_within_a_limit() -> None:
    stories = next(one for one in EXPERIMENT.parameters if isinstance(one, Choice))
    for story in (*STUCK, *MENDED):
        for rescue in ("timeout", "exception", "kill", "ask"):
            chosen = values(story=story, rescue=rescue, **{"timeout-s": 7})
            (trial,) = EXPERIMENT.plan(chosen, None)

            (label,) = (one.label for one in stories.options if one.value == story)
            assert trial.label == label
            assert trial.arguments == (
                "deadlock",
                {"story": story, "rescue": rescue, "timeout_s": 7},
            )
            assert trial.limit_s is not None
            assert trial.limit_s > 2 * trial.expected_s


def test_the_code_is_what_runs_with_the_lines_that_matter_marked() -> None:
    for story in (*STUCK, *MENDED):
        for rescue in ("timeout", "exception", "kill", "ask"):
            code = EXPERIMENT.code(values(story=story, rescue=rescue))

            assert code.name == "deadlock.py"
            assert f"\nSTORY = '{story}'  #" in code.text
            assert f"\nRESCUE = '{rescue}'  #" in code.text
            assert code.marks
            assert all(mark in code.text for mark in code.marks), code.marks


def test_the_lesson_names_the_fields_of_the_page() -> None:
    lesson = Path(ROOT, "resources", "lessons", "deadlock.md").read_text(encoding="utf-8")

    assert lesson.startswith(f"# {EXPERIMENT.question}\n")
    assert re.findall("^## (.*)$", lesson, re.MULTILINE) == [
        "Predict",
        "Try",
        "What you saw, and why",
        "One surprise",
    ]
    assert {"Story", "Way out"} <= {parameter.label for parameter in EXPERIMENT.parameters}
    assert "**Story**" in lesson
    assert "**Way out**" in lesson
    assert "*Who waits for whom*" in lesson
    assert "*What is left*" in lesson


# ---------------------------------------------------------------------------------------- summary


def summary(told: Events, story: str = "futures") -> str:
    trial = done("threads", 2, 1, 1.0, rows=tuple(told))
    made = EXPERIMENT.summary(record([trial] if told else [], parameters={"story": story}))
    return "\n".join((*made.headline, *made.details))


RING = [
    {"moment": "stuck", "who": "worker 1", "is_now": "waiting", "waits_for": "inner"},
    {"moment": "stuck", "who": "inner", "is_now": "waiting", "waits_for": "worker 1"},
]
KILLED = [{"moment": "after kill", "who": "inner", "is_now": "gone"}]
FREED = [{"moment": "after timeout", "who": "inner", "is_now": "raises TimeoutError: late"}]


def test_a_deadlock_is_told_in_a_headline() -> None:
    text = summary(RING + FREED)

    assert text.startswith("Deadlock: worker 1 waited for inner, inner waited for worker 1\n")
    assert text.endswith("What is left: inner raises TimeoutError.")


def test_an_exception_frees_nobody_who_waits_for_a_lock() -> None:
    end = [{"moment": "after exception", "who": "f1", "is_now": "raises SetFromOutside: by"}]

    assert "\nThe exception was set from outside" in summary(RING + end)
    text = summary(RING + end, "locks")
    assert "\nAn exception was set on f1 from outside, and freed nobody" in text
    assert "lock B was opened by force" in text


def test_of_two_performances_the_second_is_told_and_that_there_were_two() -> None:
    twice, once = summary(RING + KILLED + RING + FREED), summary(RING + FREED)

    assert twice.splitlines()[::2] == once.splitlines()[::2]
    assert twice.splitlines()[1].startswith("Played twice. ")


def test_one_that_was_ended_from_elsewhere_claims_no_way_out() -> None:
    text = summary([*RING, {"moment": "after death", "who": "inner", "is_now": "gone"}])

    assert "\nTheir process was ended from elsewhere, before a way out was taken:" in text
    assert "The exception was set" not in text


def test_one_that_was_stopped_was_still_stuck() -> None:
    text = summary(RING)

    assert text.startswith("Deadlock: worker 1 waited for inner, inner waited for worker 1\n")
    assert text.endswith("They were still stuck when the run ended.")


def test_one_that_was_never_stuck_says_why() -> None:
    end = [{"moment": "at the end", "who": "f1", "is_now": "gives 5"}]

    assert summary(end, "one-order").startswith("Nobody was ever stuck\nBoth take lock A first")


def test_an_early_end_and_nothing_at_all_are_no_success() -> None:
    gone_early = [{"moment": "at the end", "who": "f1", "is_now": "gone"}]

    assert summary(gone_early).startswith("Their process ended before the story did")
    assert summary([]) == ""
