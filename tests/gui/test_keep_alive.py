"""Keep the UI alive: what each way does to the event loop, and what is left afterwards."""

import ast
import inspect
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot

from core import experiments as core_experiments
from core.engines.lab_client import LabExecutor
from core.experiments import programs
from core.lab.programs import pi_scaling
from core.results.records import RunRecord, TrialRecord
from gui import experiments, perform
from gui.bridge import FutureBridge
from gui.controller import RunController
from gui.experiments import keep_alive
from gui.models.run_state import BUSY, State
from gui.programs import keep_alive as program
from gui.window_executor import WindowExecutor
from tests.gui.test_page import record
from tests.realwindow import ROOT

EXPERIMENT = keep_alive.EXPERIMENT
SMALL = {"terms": 200_000, "touches": 1, "threads": 2}


class Bench:
    """A controller that runs the experiment in this very thread."""

    def __init__(self) -> None:
        bridge = FutureBridge()
        self.controller = RunController(LabExecutor(), bridge)
        self.engine = WindowExecutor(
            bridge,
            lambda future, event: bridge.post(self.controller.take_events, (future, event)),
            bridge,
        )
        self.trials: list[TrialRecord] = []
        self.events: list[dict[str, Any]] = []
        self.controller.trials_arrived.connect(self.trials.extend)
        self.controller.events_arrived.connect(
            lambda arrived: self.events.extend(event for _, event in arrived)
        )

    def start(self, **changes: Any) -> None:
        values = EXPERIMENT.defaults() | SMALL | changes
        self.controller.start(EXPERIMENT, values, self.engine)

    def is_over(self) -> bool:
        return self.controller.state not in BUSY

    def record(self) -> RunRecord:
        assert self.controller.run is not None
        return self.controller.run.record()


@pytest.fixture
def bench(qtbot: QtBot) -> Iterator[Bench]:
    made = Bench()
    yield made
    made.controller.shut_down()
    made.engine.shutdown()


def test_every_way_has_its_row_and_ends_with_the_answer(bench: Bench, qtbot: QtBot) -> None:
    bench.start()
    qtbot.waitUntil(bench.is_over, timeout=60_000)
    assert bench.controller.state is State.FINISHED
    rows = {row["way"]: row for trial in bench.trials for row in trial.rows}
    assert list(rows) == list(program.LABELS.values())
    computed = [row for way, row in rows.items() if way not in ("nothing", "callback touches")]
    assert {row["came_of_it"] for row in computed} == {"π = 3.141588"}
    assert all(row["worst_gap_ms"] > 0 for row in computed)
    summary = EXPERIMENT.summary(bench.record())
    assert summary.headline[0].startswith("future.result() held the window up for")
    assert any("The callbacks that touched" in line for line in summary.details)


def test_waiting_in_the_handler_is_one_gap_from_the_click_to_the_result(
    bench: Bench, qtbot: QtBot
) -> None:
    bench.start(ways=("result", "bridge"), terms=3_000_000)
    qtbot.waitUntil(bench.is_over, timeout=60_000)
    result, bridge = (trial.rows[0] for trial in bench.trials)
    assert result["worst_gap_ms"] >= result["result_s"] * 1000
    assert result["p50_ms"] == result["worst_gap_ms"]
    assert bridge["p50_ms"] < bridge["result_s"] * 1000
    assert bridge["meanwhile"] == "yes" or bridge["result_s"] < program.CLICK_AFTER_S
    spans = [event for event in bench.events if event["kind"] == "span"]
    assert spans[0]["state"] == "waiting"
    assert min(span["start"] for span in spans) >= 0


def test_the_window_at_rest_is_seen_to_be_alive(bench: Bench, qtbot: QtBot) -> None:
    bench.start(ways=("nothing",))
    qtbot.waitUntil(bench.is_over, timeout=60_000)
    spans = [event for event in bench.events if event["kind"] == "span"]
    assert {(span["lane"], span["label"]) for span in spans} >= {("nothing", "alive")}


def test_stop_between_ways_keeps_the_rows_and_another_run_can_start(
    bench: Bench, qtbot: QtBot
) -> None:
    bench.start()
    qtbot.waitUntil(lambda: len(bench.trials) == 2, timeout=30_000)
    bench.controller.stop()
    qtbot.waitUntil(bench.is_over)
    assert bench.record().status == "stopped"
    assert [trial.status for trial in bench.trials[:2]] == ["done", "done"]
    bench.start(ways=("bridge",))
    qtbot.waitUntil(bench.is_over, timeout=30_000)
    assert bench.controller.state is State.FINISHED


@pytest.mark.parametrize("way", ["events", "timer", "callback", "threads", "bridge"])
def test_stop_reaches_a_way_that_leaves_the_loop_running(
    bench: Bench, qtbot: QtBot, way: str
) -> None:
    bench.start(ways=(way,), terms=20_000_000, touches=5)
    qtbot.waitUntil(
        lambda: any("try to click" in event.get("text", "") for event in bench.events),
        timeout=30_000,
    )
    bench.controller.stop()
    qtbot.waitUntil(bench.is_over)
    assert bench.controller.state is State.STOPPED
    assert [trial.status for trial in bench.trials] == ["stopped"]


def test_what_takes_too_long_gives_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(program, "LIMIT_S", -1.0)
    with pytest.raises(TimeoutError, match="take fewer terms"):
        program.compute(1, 10)
    monkeypatch.undo()
    with pytest.raises(TimeoutError):
        program.compute(1, 10, lambda: True)


def test_whoever_waits_in_the_handler_is_freed_when_the_other_process_hangs(
    bench: Bench, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(perform, "_LIMIT_S", 0.2)
    waiting = renamed("result", lambda click: click.pool.submit(hang).result())
    monkeypatch.setattr(program, "HANDLERS", (waiting,))
    bench.start(ways=("result",))
    qtbot.waitUntil(bench.is_over, timeout=30_000)
    row = bench.trials[0].rows[0]
    assert row["came_of_it"] == "stopped by its own time limit of 0.2 s"


@pytest.mark.parametrize("fails_in", ["main", "handler"])
def test_a_program_that_fails_ends_its_turn_with_the_reason_and_its_process(
    bench: Bench, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, fails_in: str
) -> None:
    def fail(future: Any) -> None:
        raise RuntimeError("a mistake of the program")

    def main(pool: Any, watch: Any, **others: Any) -> Any:
        future = pool.submit(hang if fails_in == "main" else os.getpid)
        watch(future, fail)
        if fails_in == "main":
            fail(future)
        return SimpleNamespace(stop=lambda: None)

    monkeypatch.setattr(program, "main", main)
    bench.start(ways=("bridge",))
    qtbot.waitUntil(bench.is_over, timeout=15_000)
    (trial,) = bench.trials
    assert trial.error is not None
    assert trial.error.message == "a mistake of the program"


def hang() -> None:
    """Wait for what never comes; runs in the lab process."""
    threading.Event().wait()


def renamed(name: str, handler: Any) -> Any:
    """Give a handler the name of a way."""
    handler.__name__ = name
    return handler


def test_the_limit_is_the_one_that_the_page_names() -> None:
    terms = next(one for one in EXPERIMENT.parameters if one.name == "terms")
    assert f"{program.LIMIT_S:g} s" in terms.hint
    assert keep_alive._LIMIT_S == program.LIMIT_S


@pytest.mark.parametrize(
    ("way", "came_of_it", "details"),
    [
        (
            "bridge",
            "given up after 3 s: take fewer",
            ("bridge: given up after 3 s: take fewer.",),
        ),
        (
            "callback touches",
            "the child process was killed by SIGSEGV; stderr: Fatal Python error",
            (
                "The callbacks that touched a widget: the child process was killed by SIGSEGV.",
                "Its last words: Fatal Python error.",
            ),
        ),
    ],
)
def test_a_way_that_failed_is_named(way: str, came_of_it: str, details: tuple[str, ...]) -> None:
    row = {"way": way, "worst_gap_ms": 17.0, "came_of_it": came_of_it}
    trial = TrialRecord(
        executor="lab process",
        start_method=None,
        workers=1,
        block=1,
        order=1,
        status="done",
        rows=(row,),
    )
    summary = EXPERIMENT.summary(record([trial]))
    assert summary.details == details


@given(st.integers(1, 10_000), st.integers(1, 50))
def test_parts_follow_one_another_and_leave_nothing_out(terms: int, count: int) -> None:
    cut = program.parts(terms, count)
    everything = [k for first, last in cut for k in range(first, last + 1)]
    assert everything == list(range(1, terms + 1))


@given(st.lists(st.floats(0, 10), min_size=1), st.sampled_from([0.5, 0.99, 1]))
def test_a_share_of_the_gaps_does_not_exceed_its_percentile(
    gaps: list[float], share: float
) -> None:
    limit = program.in_ms(gaps, share)
    assert limit in [gap * 1000 for gap in gaps]
    assert sum(gap * 1000 <= limit for gap in gaps) >= share * len(gaps)
    assert sum(gap * 1000 < limit for gap in gaps) < share * len(gaps)


def test_the_computation_is_the_books_and_the_same_in_slices() -> None:
    assert inspect.getsource(program.myPi) == inspect.getsource(pi_scaling.myPi)
    whole = program.myPi(1, 3 * program.SLICE + 7)
    assert program.compute(1, 3 * program.SLICE + 7) == pytest.approx(whole, abs=1e-12)


def test_the_catalogue_of_the_window_is_cores_and_what_needs_a_window() -> None:
    titles = [experiments.at(place).title for place in range(len(experiments.TITLES))]
    assert tuple(titles) == experiments.TITLES
    assert titles[-1] == core_experiments.IN_WINDOW[EXPERIMENT.name]
    for one in (EXPERIMENT,):
        assert one.in_window
        assert (ROOT / "resources" / "lessons" / f"{one.name}.md").read_text().startswith("# ")
    assert not any(one.in_window for one in core_experiments.catalogue())


def test_the_form_offers_the_ways_of_the_script() -> None:
    ways = next(one for one in EXPERIMENT.parameters if one.name == "ways")
    labels = {option.value: option.label for option in getattr(ways, "options", ())}
    assert labels == program.LABELS
    assert tuple(handler.__name__ for handler in program.HANDLERS) == tuple(program.LABELS)


def test_every_mark_is_a_line_of_the_script() -> None:
    code = EXPERIMENT.code(EXPERIMENT.defaults())
    for mark in code.marks:
        assert mark in code.text, mark


def exported(tmp_path: Path, **changes: Any) -> Path:
    target = tmp_path / "taken home.py"
    code = EXPERIMENT.code(EXPERIMENT.defaults() | SMALL | changes)
    target.write_text(code.text, encoding="utf-8")
    return target


def test_the_exported_script_runs_alone(tmp_path: Path) -> None:
    target = exported(tmp_path, ways=("nothing", "result", "timer", "threads", "callback"))
    done = subprocess.run(
        [sys.executable, "-I", target],
        capture_output=True,
        text=True,
        timeout=90,
        check=True,
        cwd=tmp_path,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
    )
    lines = done.stdout.splitlines()
    assert [line.split("   ")[0] for line in lines] == [
        "way: nothing",
        "way: future.result()",
        "way: QTimer looks",
        "way: threads here",
        "way: callback touches",
    ]
    assert all("π = 3.141588" in line for line in lines[1:4])
    assert "it lives, with 1 of 1 lines; Qt said: " in lines[4] or "terminated abruptly" in lines[4]


def test_what_a_computation_says_that_gave_up_is_not_said_by_qt() -> None:
    told = subprocess.run(
        [sys.executable, "-c", TOUCHES],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
        cwd=ROOT,
    ).stdout
    lives, qt_said, *rest = told.strip().split("; ")
    assert lives == "it lives, with 0 of 1 lines"
    assert qt_said == "Qt said: nothing, this time"
    assert rest == ["given up after 0 s: take fewer terms"]


TOUCHES = """
from gui.programs import keep_alive
keep_alive.LIMIT_S = 0
print(keep_alive.touch_from_callbacks(10**8, 1, 1)["outcome"])
"""


def test_without_pyside_the_exported_script_says_what_it_needs(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-I", "-S", exported(tmp_path)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert "pip install PySide6-Essentials" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_script_is_the_file_that_runs_with_the_forms_settings() -> None:
    source = Path(program.__file__).read_text(encoding="utf-8")
    code = EXPERIMENT.code(EXPERIMENT.defaults())
    assert ast.dump(ast.parse(code.text)) == ast.dump(ast.parse(source))
    assert code.needs == "PySide6-Essentials"
    with pytest.raises(KeyError):
        programs.script("keep_alive", {"nonsense": 1}, folder=Path(program.__file__).parent)
