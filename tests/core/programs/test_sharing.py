"""The cost of sharing: its program, alone and in the lab, its plan, and what it says."""

from __future__ import annotations

import errno
import multiprocessing
import sys
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from core.engines.lab_client import LabExecutor
from core.experiments.programs import script
from core.experiments.sharing import EXPERIMENT
from core.lab.perform import perform
from core.lab.programs import sharing
from core.results.records import RunRecord, TrialRecord, from_json
from tests.core.making import failed, record
from tests.core.programs.running import command_line, rows_alone
from tests.core.watching import SOON_S, pythons

WAYS = ("nothing", "Lock", "Value", "Manager")
QUICK = {"workers": 2, "increments": 40, "ways": WAYS, "repeats": 2}
COLUMNS = ["way", "seconds", "per_increment_us", "total", "expected"]


def values(**changes: Any) -> dict[str, Any]:
    return {**EXPERIMENT.defaults(), **changes}


# -------------------------------------------------------------------------------------- alone


def check_alone(python: str, file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8")

    rows = rows_alone(python, file)

    assert [row["way"] for row in rows] == [*WAYS, *WAYS]
    assert all(list(row) == COLUMNS for row in rows)
    assert {(row["total"], row["expected"]) for row in rows} == {("80", "80")}
    assert all(float(row["per_increment_us"]) > 0 for row in rows)


@pytest.mark.parametrize("version", pythons())
def test_the_script_runs_alone_on_every_python(version: str, tmp_path: Path) -> None:
    check_alone(pythons()[version], tmp_path / "sharing.py", script("sharing", QUICK).text)


@pytest.mark.parametrize("method", ["fork", "forkserver", "spawn"])
def test_the_script_runs_with_every_start_method(method: str, tmp_path: Path) -> None:
    start = f'    multiprocessing.set_start_method("{method}")\n    main()'
    text = script("sharing", QUICK).text.replace("    main()", start)

    check_alone(sys.executable, tmp_path / "sharing.py", text)


def test_the_script_has_the_values_that_were_chosen() -> None:
    code = EXPERIMENT.code(values(workers=3, increments=500, ways=("Value", "Manager")))

    assert code.name == "sharing.py"
    assert "\nWORKERS = 3\nINCREMENTS = 500\nWAYS = ('Value', 'Manager')\n" in code.text
    assert all(mark in code.text for mark in code.marks)


# ---------------------------------------------------------------------------------- in the lab


def test_every_way_tells_its_row_and_a_span_for_each_worker() -> None:
    told: list[dict[str, Any]] = []

    sharing.main(3, 30, WAYS, 1, tell=lambda kind, **what: told.append({"kind": kind, **what}))

    rows = [event for event in told if event["kind"] == "row"]
    assert [(row["way"], row["total"], row["expected"]) for row in rows] == [
        (way, 90, 90) for way in WAYS
    ]
    for row in rows:
        spans = [event for event in told if event.get("label") == row["way"]]
        assert [span["lane"] for span in spans] == ["worker 1", "worker 2", "worker 3"]
        latest, first = max(s["end"] for s in spans), min(s["start"] for s in spans)
        assert row["seconds"] == pytest.approx(latest - first)
        assert row["per_increment_us"] == pytest.approx(row["seconds"] / 90 * 1e6)


def test_what_fails_for_want_of_processes_is_no_death_of_the_manager(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def no_more(*_: object) -> None:
        raise BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")

    monkeypatch.setattr(sharing, "in_processes", no_more)
    with pytest.raises(BlockingIOError):
        sharing.with_manager(1, 1)


def test_a_manager_leaves_the_lab_as_it_was(lab: LabExecutor) -> None:
    settings = QUICK | {"ways": ("Manager",), "repeats": 1}

    lab.submit(perform, "sharing", settings).result(SOON_S)
    first = lab.pid
    lab.submit(perform, "sharing", settings).result(SOON_S)

    # Another start method than fork leaves a helper behind; the lab process is replaced then.
    assert (lab.pid == first) == (multiprocessing.get_start_method() == "fork")


def test_a_run_by_command_line_gives_a_finished_record() -> None:
    ended = command_line("sharing", "--increments", "50", "--json", "-")

    told = from_json(ended.stdout.encode())
    assert ended.returncode == 0, ended.stderr
    assert (told.status, len(told.trials)) == ("finished", 20)
    assert [row["way"] for trial in told.trials[:4] for row in trial.rows] == list(WAYS)
    assert "The manager takes " in ended.stderr


# ------------------------------------------------------------------------------------ the plan


def test_every_repeat_is_a_block_that_has_every_way_once() -> None:
    plan = EXPERIMENT.plan(values(repeats=4), None)

    assert [trial.order for trial in plan] == list(range(1, 17))
    for block in range(1, 5):
        ways = [trial.arguments[1]["ways"] for trial in plan if trial.block == block]
        assert sorted(ways) == sorted((way,) for way in WAYS)
    assert all(trial.arguments[1]["repeats"] == 1 for trial in plan)


def test_the_same_values_give_the_same_plan_and_blocks_differ() -> None:
    plan = EXPERIMENT.plan(values(repeats=9), None)

    orders = {tuple(trial.name for trial in plan if trial.block == block) for block in range(1, 10)}
    assert plan == EXPERIMENT.plan(values(repeats=9), None)
    assert len(orders) > 3


def test_the_limit_of_a_trial_is_far_over_what_it_should_take() -> None:
    for trial in EXPERIMENT.plan(values(workers=8, increments=100_000), None):
        assert trial.limit_s is not None
        assert trial.limit_s > 5 * trial.expected_s


# ---------------------------------------------------------------------------------- the summary


def told(block: int, **costs: float) -> list[TrialRecord]:
    """Make a block of finished trials with these microseconds for one increment, by way."""
    return [
        TrialRecord(
            executor="processes",
            start_method="fork",
            workers=2,
            block=block,
            order=1,
            status="done",
            name=way,
            rows=({"way": way, "per_increment_us": cost, "total": 20, "expected": 20},),
        )
        for way, cost in costs.items()
    ]


def run_of(*blocks: list[TrialRecord]) -> RunRecord:
    return record([trial for block in blocks for trial in block], experiment="sharing")


def text_of(run: RunRecord) -> str:
    summary = EXPERIMENT.summarize(run)
    return "\n".join((*summary.headline, *summary.details))


def test_the_ratio_is_taken_within_blocks_and_its_range_named() -> None:
    blocks = [told(n, Value=n, Manager=n * (30 + n)) for n in range(1, 6)]

    assert text_of(run_of(*blocks)) == (
        "The manager takes 33 times as long as the shared Value\n"
        "The median of the ratios within 5 repeats, 31 to 35; the bars themselves give 33: the"
        " book's “more than ten times as long” held here.\n"
        "One increment: a shared Value 3.00 µs, a manager 99.0 µs."
    )


def test_the_figure_is_told_apart_from_the_ratio_of_the_bars() -> None:
    pairs = ((1.0, 12.0), (2.0, 50.0), (3.0, 33.0))
    blocks = [told(n, Value=value, Manager=manager) for n, (value, manager) in enumerate(pairs, 1)]

    text = text_of(run_of(*blocks))

    assert text.startswith("The manager takes 12.0 times")
    assert "the bars themselves give 16.5:" in text


@pytest.mark.parametrize(
    ("ratios", "verdict"),
    [
        ((11, 12, 13), "held here"),
        ((10, 12, 13), "held in 2 of 3"),
        ((4, 5, 10), "did not hold here"),
    ],
)
def test_the_books_claim_is_judged(ratios: tuple[float, ...], verdict: str) -> None:
    blocks = [told(n, Value=1.0, Manager=ratio) for n, ratio in enumerate(ratios, 1)]

    assert f"“more than ten times as long” {verdict}." in text_of(run_of(*blocks))


@pytest.mark.parametrize(
    "blocks",
    [
        [told(1, Manager=100.0)],
        [told(1, Value=1.0, Lock=0.1)],
        [told(1, Value=1.0), told(2, Manager=100.0)],  # stopped: never in the same block
    ],
)
def test_the_books_claim_is_not_judged_when_it_was_not_measured(
    blocks: list[list[TrialRecord]],
) -> None:
    text = text_of(run_of(*blocks))

    assert "was not checked" in text
    assert "held" not in text
    assert "as long as the shared Value" not in text


def test_what_is_still_to_come_is_not_said_to_be_missing() -> None:
    part = replace(run_of(told(1, Value=1)), status="running")
    assert "was not checked" not in text_of(part)
    assert "was not checked" in text_of(replace(part, status="stopped"))


def test_few_repeats_are_provisional() -> None:
    assert "Provisional: only 1 repeat," in text_of(run_of(told(1, Value=1, Manager=20)))


def test_nothing_is_said_of_nothing() -> None:
    assert text_of(run_of()) == ""


def test_a_wrong_total_and_a_failure_are_named() -> None:
    (wrong,) = told(1, Value=1.0)
    wrong.rows[0]["total"] = 19

    text = text_of(run_of([wrong, failed("processes", 2, 1, "it was too slow")]))

    assert "1 of 1 totals are wrong" in text
    assert "1 trial failed" in text
    assert "it was too slow" in text
