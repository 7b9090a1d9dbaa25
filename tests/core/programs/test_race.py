"""The race: its script alone, where a switch can happen, and what it says of a run."""

from __future__ import annotations

import dis
import json
import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from types import CodeType, SimpleNamespace
from typing import Any

import pytest
from msgspec.structs import replace

from core.experiments.programs import script
from core.experiments.race import EXPERIMENT
from core.lab.programs import race
from core.results.records import from_json
from tests.core.making import PYTHON, done, environment, record
from tests.core.programs.running import alone, command_line
from tests.core.watching import ROOT, SOON_S, pythons

QUICK = {"increments": 40, "repeats": 1}
READS_AND_WRITES = ("temp = ", "count.value = temp")

# Runs in the interpreter that is asked about: lets threads race, looks again and again at where
# each stands while another one runs, and answers with what the program says may be such a place.
# Frames are read in one go of C code, which gives nobody the GIL: while it looks, nobody runs on.
WATCH = """
import json, sys, threading, time
from itertools import chain, islice
from operator import attrgetter
sys.path.insert(0, sys.argv[1])
from core.lab.programs import race

sys.setswitchinterval(1e-6)
race.share(race.Counter(), None)
way, over = race.WAYS[sys.argv[2]], threading.Event()
watched = {way.__code__: "way", race.one_more.__code__: "one_more"}

def work():
    while not over.is_set():
        way(1000)

threads = [threading.Thread(target=work) for _ in range(2)]
for thread in threads:
    thread.start()
here = attrgetter("f_code", "f_lasti", "f_back.f_code", "f_back.f_lasti")

def look():
    frames = map(dict.values, iter(sys._current_frames, None))
    return tuple(islice(map(here, chain.from_iterable(frames)), 1 + len(threads)))

seen, deadline = set(), time.monotonic() + float(sys.argv[3])
while len(seen) < int(sys.argv[4]) and time.monotonic() < deadline:
    for code, place, before, place_before in look():
        pairs = ((code, place), (before, place_before))
        seen.update((watched[one], where) for one, where in pairs if one in watched)
    time.sleep(0)
over.set()
for thread in threads:
    thread.join()
told = {}
for name, function in (("way", way), ("one_more", race.one_more)):
    steps = list(race.dis.get_instructions(function))
    # 3.11 splits a call in PRECALL and CALL, which is marked; it may do all of it in the first.
    told[name] = [[s.offset, race.gives_way(s) or s.opname == "PRECALL"] for s in steps]
print(json.dumps({"seen": sorted(seen), "told": told}))
"""


def values(**changes: Any) -> dict[str, Any]:
    return {**EXPERIMENT.defaults(), **changes}


def tell_where(kind: str, way: str) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = []
    race.tell_where(kind, way, lambda kind, **what: told.append({"kind": kind, **what}))
    return told


def of_line(told: list[dict[str, Any]], piece: str) -> list[dict[str, Any]]:
    """Return the instructions of the line of source that has this piece."""
    (line,) = {event["line"] for event in told if event["line"] and piece in event["source"]}
    return [event for event in told if event["line"] == line]


@pytest.mark.parametrize("way", ["plain", "call", "lock"])
@pytest.mark.parametrize("version", [one for one in pythons() if not one.endswith("t")])
def test_threads_give_way_only_at_marked_instructions(version: str, way: str) -> None:
    expected = {"plain": 1, "call": 3, "lock": 2}[way]  # the loop; the call, and in it; the exit
    done = subprocess.run(
        [pythons()[version], "-c", WATCH, str(ROOT), way, str(SOON_S), str(expected)],
        capture_output=True,
        text=True,
        timeout=2 * SOON_S,
        check=True,
    )
    answer = json.loads(done.stdout)
    marked = {name: dict(steps) for name, steps in answer["told"].items()}

    assert len(answer["seen"]) >= expected
    for name, place in answer["seen"]:
        # -1 is before the first instruction; inside a call, the place may be in its caches.
        before = [offset for offset in marked[name] if offset <= place]
        assert not before or marked[name][max(before)], (name, place)


@pytest.mark.parametrize("version", pythons())
def test_the_script_alone_prints_its_bytecode_and_its_rows(version: str, tmp_path: Path) -> None:
    file = tmp_path / "race.py"
    file.write_text(script("race", QUICK | {"kind": "threads"}).text, encoding="utf-8")
    printed = alone(pythons()[version], file)

    first, *listing, row = printed.splitlines()
    assert first.startswith("Python 3.")
    assert any("temp = count.value + 1" in line and "LOAD_" in line for line in listing)
    assert any("<->" in line and "JUMP" in line for line in listing)
    repeat, expected, got, lost = (int(number) for number in re.findall(r"\d+", row))
    assert (repeat, expected, got + lost) == (1, 80, 80)
    has_gil = not version.endswith("t")
    assert ("without a GIL" in first) == (not has_gil)
    assert lost == 0 or not has_gil


def test_threads_cannot_switch_between_reading_and_writing() -> None:
    told = tell_where("threads", "plain")

    for piece in READS_AND_WRITES:
        steps = of_line(told, piece)
        assert len(steps) >= 3
        # The jump back belongs to the last line, and comes after the writing.
        assert not any(step["marked"] for step in steps if "JUMP" not in step["instruction"])
    assert any(step["marked"] and "JUMP" in step["instruction"] for step in told)


def test_a_call_in_between_lets_another_thread_in() -> None:
    told = tell_where("threads", "call")

    inside = [step["instruction"] for step in of_line(told, "temp = ") if step["marked"]]
    assert [name.startswith("CALL") for name in inside] == [True]
    assert of_line(told, "def one_more")[0]["marked"]


@pytest.mark.parametrize("way", ["plain", "call", "lock"])
def test_processes_may_be_anywhere(way: str) -> None:
    rule, *told = tell_where("processes", way)

    assert rule["line"] is None
    assert "processes" in rule["source"]
    assert all(step["marked"] == (step["line"] is not None) for step in told)
    assert any("The lock makes it wait" in step["source"] for step in told) == (way == "lock")


def test_without_a_gil_threads_may_be_anywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "_is_gil_enabled", lambda: False, raising=False)

    rule, *steps = tell_where("threads", "plain")

    assert "without a GIL" in rule["source"]
    assert all(step["marked"] for step in steps)


def test_every_line_is_said_once_before_its_instructions() -> None:
    told = tell_where("threads", "plain")[1:]
    code: CodeType = race.plain.__code__
    source = (Path(race.__file__)).read_text(encoding="utf-8").splitlines()

    steps = [event for event in told if event["instruction"] != "(the function begins)"]
    assert len(steps) == len(list(dis.get_instructions(code)))
    for before, step in zip([None, *told], told, strict=False):
        if before is None or before["line"] != step["line"]:
            assert step["source"] == source[step["line"] - 1].rstrip()
        else:
            assert step["source"] == ""


def test_calls_of_the_interpreters_own_do_not_count() -> None:
    step = SimpleNamespace(opname="CALL_INTRINSIC_1", opcode=-1, offset=2, argval=1)

    assert not race.gives_way(step)


def test_a_run_by_command_line_keeps_the_bytecode_in_its_record() -> None:
    settings = ["--kind", "threads", "--increments", "50", "--repeats", "2"]
    done = command_line("race", *settings, "--json", "-")

    (trial,) = from_json(done.stdout.encode()).trials
    code = [event for event in trial.events if event["kind"] == "code"]
    assert [row["lost"] for row in trial.rows] == [0, 0]
    assert any(what["marked"] for what in code)
    assert not all(what["marked"] for what in code)
    assert any("temp = count.value + 1" in what["source"] for what in code)


def test_the_script_has_the_values_that_were_chosen() -> None:
    code = EXPERIMENT.code(values(workers=3, way="lock"))

    assert "\nWORKERS = 3\n" in code.text
    assert "WAY = 'lock'" in code.text
    assert all(mark in code.text for mark in code.marks)


@pytest.mark.parametrize(
    ("kind", "gil", "lost", "sentences"),
    [
        ("threads", False, 5, ["has no GIL", "Two threads read the same value"]),
        ("threads", False, 0, ["has no GIL", "hardly ran at the same time"]),
        ("processes", True, 5, ["Two processes read the same value"]),
        ("processes", False, 0, ["hardly ran at the same time"]),
        ("threads", True, 5, ["made to give way"]),
        ("threads", True, 0, ["lets another thread in only", "luck, not a promise"]),
    ],
)
def test_the_reason_is_that_of_the_python_that_ran(
    kind: str, gil: bool, lost: int, sentences: list[str]
) -> None:
    python = replace(PYTHON, gil=gil)
    trial = done(kind, 2, 1, 1.0, rows=({"expected": 80, "got": 80 - lost, "lost": lost},))
    made = record(
        [trial],
        parameters=values(kind=kind),
        environment=replace(environment(), python=python),
    )

    details = EXPERIMENT.summary(made).details

    assert len(details) == len(sentences)
    assert all(piece in line for piece, line in zip(sentences, details, strict=True))


@pytest.mark.parametrize("kind", ["threads", "processes"])
def test_what_lies_between_two_repeats_is_the_start_of_new_workers(kind: str) -> None:
    told: list[dict[str, Any]] = []
    race.main(kind, 2, 50, repeats=2, tell=lambda kind, **what: told.append(what))

    spans = [what for what in told if what.get("lane") == "worker 1"]
    assert [what["state"] for what in spans] == ["startup", "waiting", "task"] * 2
    for (_, before), (after, _) in pairwise((what["start"], what["end"]) for what in spans):
        assert before <= after
    assert all(spans[n]["end"] == spans[n + 1]["start"] for n in (0, 1, 3, 4))


@pytest.mark.parametrize("kind", ["threads", "processes"])
def test_nobody_adds_before_all_workers_are_there(kind: str) -> None:
    told: list[dict[str, Any]] = []
    race.main(kind, 4, 50, repeats=1, tell=lambda kind, **what: told.append(what))

    there = [what["end"] for what in told if what.get("state") == "startup"]
    begin = [what["start"] for what in told if what.get("state") == "task"]
    assert len(there) == len(begin) == 4
    assert max(there) <= min(begin)


def test_the_longest_race_is_not_cut_off() -> None:
    (trial,) = EXPERIMENT.plan(values(workers=8, repeats=100, way="lock"), None)

    assert trial.rows == 100
    assert trial.limit_s is not None
    assert trial.limit_s > 5 * trial.expected_s
    assert "with the lock" in trial.name
