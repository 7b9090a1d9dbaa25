"""Pool or futures: its program, alone and in the lab, its plan, and what it says."""

from __future__ import annotations

import math
import sys
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from core.experiments.base import Machine
from core.experiments.pool_or_futures import EXPERIMENT
from core.experiments.programs import script
from core.lab.programs import pool_or_futures
from core.parameters import Integer
from core.results.records import RunRecord, TrialRecord, from_json
from tests.core.making import failed, record
from tests.core.programs.running import command_line, rows_alone
from tests.core.watching import pythons

WAYS = ("apply_async", "submit", "Pool.map", "Executor.map", "starmap", "imap_unordered")
MAPS = WAYS[2:]
# Four tasks of each length; eight chunks of two, where so many tasks may be.
QUICK = {
    "terms": 5000,
    "workers": 2,
    "ways": WAYS,
    "chunksize": 2,
    "work_us": (1, 100),
    "total_ms": 1,
    "most_tasks": 16,
    "repeats": 1,
}
MACHINE = Machine(cpus=2, term_s=6e-8, gil=True, start_method="fork")
SWEPT = ["way", "work_us", "tasks", "seconds", "cost_us", "overhead_percent"]
# What the program must tell of them: π, the lengths one by one, and in chunks what has 16 tasks.
EXPECTED = [
    row
    for way in WAYS
    for row in (
        (way, None, "2"),
        (way, "1", "16"),
        (way, "100", "10"),
        *([(f"{way} (2)", "1", "16")] if way in MAPS else []),
    )
]


def values(**changes: Any) -> dict[str, Any]:
    return {**EXPERIMENT.defaults(), **changes}


# -------------------------------------------------------------------------------------- alone


def check_alone(python: str, file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8")

    rows = rows_alone(python, file)

    assert [(row["way"], row.get("work_us"), row["tasks"]) for row in rows] == EXPECTED
    for row in rows:
        if "pi" in row:
            assert list(row) == ["way", "tasks", "seconds", "pi", "cpu_percent"]
            assert float(row["pi"]) == pytest.approx(math.pi, abs=1 / 5000)
        else:
            assert list(row) == SWEPT
            assert 0 < float(row["overhead_percent"]) < 100


@pytest.mark.parametrize("version", pythons())
def test_the_script_runs_alone_on_every_python(version: str, tmp_path: Path) -> None:
    text = script("pool_or_futures", QUICK).text
    check_alone(pythons()[version], tmp_path / "pool_or_futures.py", text)


@pytest.mark.parametrize("method", ["fork", "forkserver", "spawn"])
def test_the_script_runs_with_every_start_method(method: str, tmp_path: Path) -> None:
    start = f'    multiprocessing.set_start_method("{method}")\n    main()'
    text = script("pool_or_futures", QUICK).text.replace("    main()", start)

    check_alone(sys.executable, tmp_path / "pool_or_futures.py", text)


def test_the_script_has_the_values_that_were_chosen() -> None:
    code = EXPERIMENT.code(values(terms=5000, workers=3, ways=("submit",), chunksize=7))

    assert code.name == "pool_or_futures.py"
    assert "\nTERMS = 5000\nWORKERS = 3\nWAYS = ('submit',)\nCHUNKSIZE = 7  #" in code.text
    assert all(mark in code.text for mark in code.marks)


# ---------------------------------------------------------------------------------- in the lab


def perform(**changes: Any) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = []
    settings = {**QUICK, **changes}
    pool_or_futures.main(**settings, tell=lambda kind, **what: told.append({"kind": kind, **what}))
    return told


@pytest.mark.parametrize("way", WAYS)
def test_each_worker_has_one_span_of_pi(way: str) -> None:
    spans = [event for event in perform(ways=(way,), workers=3) if event["kind"] == "span"]

    assert [span["label"] for span in spans] == [way] * 3
    assert {span["lane"] for span in spans} <= {"worker 1", "worker 2", "worker 3"}
    assert all(span["start"] < span["end"] for span in spans)


def test_workers_are_told_in_the_order_of_their_numbers() -> None:
    def calls(executor: object, tasks: list[tuple[int, int]], chunksize: int) -> list[Any]:
        computed = [pool_or_futures.task(*one) for one in tasks]
        return [(pi, 10 - n, *times) for n, (pi, _, *times) in enumerate(computed)]

    told: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(pool_or_futures.CALLS, "submit", (None, calls))
        pool_or_futures.compute_pi(
            "submit", None, 3000, 3, lambda kind, **what: told.append(what.get("lane", kind))
        )

    assert told == ["worker 1", "worker 2", "worker 3", "row"]


def test_the_cost_is_what_the_work_leaves_of_the_time() -> None:
    rows = [event for event in perform(ways=("submit",)) if "cost_us" in event]

    for row in rows:
        beside = row["cost_us"] * row["tasks"] / 1e6
        assert row["overhead_percent"] == pytest.approx(beside / row["seconds"] * 100)


def test_more_workers_than_terms_are_no_trouble() -> None:
    rows = [event for event in perform(ways=("Pool.map",), terms=3, workers=4) if "pi" in event]

    assert [row["tasks"] for row in rows] == [4]


def test_a_wrong_answer_is_an_error() -> None:
    def wrong(pool: object, tasks: list[tuple[int, int]], chunksize: int) -> list[Any]:
        return [(0.5, 1, 0.0, 1.0, 1.0) for _ in tasks]

    with pytest.raises(ArithmeticError, match="is not π"):
        pool_or_futures.measure(wrong, None, [(1, 1000), (1001, 2000)], 1)


def test_a_run_by_command_line_gives_a_finished_record() -> None:
    arguments = ["--terms", "5000", "--ways", "submit,Pool.map", "--repeats", "1", "--json", "-"]
    ended = command_line("pool-or-futures", *arguments)

    told = from_json(ended.stdout.encode())
    assert ended.returncode == 0, ended.stderr
    assert (told.status, [trial.name for trial in told.trials]) == (
        "finished",
        ["submit", "Pool.map"],
    )
    sizes = [row["work_us"] for row in told.trials[0].rows if "work_us" in row]
    assert sizes == list(pool_or_futures.WORK_US)
    assert "task costs" in ended.stderr


# ------------------------------------------------------------------------------------ the plan


def test_every_repeat_is_a_block_that_has_every_way_once() -> None:
    plan = EXPERIMENT.plan(values(repeats=3), MACHINE)

    assert [trial.order for trial in plan] == list(range(1, 19))
    for block in range(1, 4):
        names = [trial.name for trial in plan if trial.block == block]
        assert sorted(names) == sorted(WAYS)
    assert all(trial.arguments[1]["ways"] == (trial.name,) for trial in plan)
    assert plan == EXPERIMENT.plan(values(repeats=3), MACHINE)


def test_by_default_it_takes_less_than_twenty_seconds() -> None:
    plan = EXPERIMENT.plan(values(), MACHINE)

    assert sum(trial.expected_s for trial in plan) < 20


@pytest.mark.parametrize("workers", [1, 8])
def test_the_largest_chunks_are_tried_too(workers: int) -> None:
    (chunksize,) = [p for p in EXPERIMENT.parameters if p.name == "chunksize"]

    assert isinstance(chunksize, Integer)
    assert pool_or_futures.MOST_TASKS // workers >= 4 * chunksize.maximum


# ---------------------------------------------------------------------------------- the summary


def told(
    block: int,
    way: str,
    costs: dict[int, tuple[float, float]],
    pi_s: float = 0.03,
    cpu_percent: float = 99.0,
) -> TrialRecord:
    """Make a finished trial: the cost and overhead of a task, by the work in it."""
    pi = {"way": way, "tasks": 2, "seconds": pi_s, "pi": 3.14, "cpu_percent": cpu_percent}
    rows: list[dict[str, Any]] = [pi]
    rows += [
        {"way": way, "work_us": work, "cost_us": cost, "overhead_percent": percent}
        for work, (cost, percent) in costs.items()
    ]
    return TrialRecord(
        executor="processes",
        start_method="fork",
        workers=2,
        block=block,
        order=1,
        status="done",
        name=way,
        rows=tuple(rows),
    )


def run_of(trials: list[TrialRecord]) -> RunRecord:
    return record(trials, experiment="pool-or-futures", parameters={"chunksize": 25, "workers": 2})


def text_of(trials: list[TrialRecord]) -> str:
    summary = EXPERIMENT.summarize(run_of(trials))
    return "\n".join((*summary.headline, *summary.details))


def test_that_the_cost_is_never_little_is_said_at_the_end_only() -> None:
    short = told(1, "submit", {1: (50.0, 98.0)})
    part = replace(run_of([short]), status="running")
    never = "The cost is never under 10 %"

    assert not any(never in line for line in EXPERIMENT.summarize(part).details)
    assert never in text_of([short])


def test_costs_are_medians_and_the_size_is_named_from_which_they_are_little() -> None:
    trials = [
        told(block, "submit", {1: (50.0 + block, 98.0), 1000: (60.0, 11.0), 3000: (60.0, 4.0)})
        for block in range(1, 6)
    ]
    trials += [
        told(block, "Pool.map", {1: (10.0, 90.0), 300: (9.0, 6.0), 1000: (9.0, 2.0)}, 0.04)
        for block in range(1, 6)
    ]

    assert text_of(trials) == (
        "A short task costs 10.0 µs with Pool.map, 53.0 µs with submit\n"
        "The cost is under 10 % of a task from 300 µs on with Pool.map, from 3 ms on with submit.\n"
        "π in one task for each worker: 30.0 ms with submit, 40.0 ms with Pool.map."
    )


def test_chunks_are_told_beside_their_way() -> None:
    trial = told(1, "Pool.map", {1: (10.0, 90.0)})
    chunks = told(1, "Pool.map (25)", {1: (0.5, 30.0), 10: (0.5, 5.0)})
    (_, *swept) = chunks.rows
    text = text_of([trial, TrialRecord(**{**fields(chunks), "rows": tuple(swept)})])

    assert "In chunks of 25, it costs 500 ns with Pool.map\n" in text
    assert "The cost is never under 10 % with Pool.map.\n" in text
    assert "In chunks it is under 10 % of a task from 10 µs on with Pool.map.\n" in text


def fields(trial: TrialRecord) -> dict[str, Any]:
    return {name: getattr(trial, name) for name in trial.__struct_fields__}


def test_a_size_counts_only_when_all_larger_ones_do() -> None:
    trial = told(1, "submit", {1: (50.0, 90.0), 100: (50.0, 5.0), 1000: (50.0, 12.0)})

    assert "The cost is never under 10 % with submit." in text_of([trial])


def test_nothing_is_claimed_when_other_programs_took_the_cpus() -> None:
    trials = [
        told(block, "submit", {1: (50.0, 98.0), 1000: (60.0, 4.0)}, cpu_percent=percent)
        for block, percent in enumerate((99.0, 60.0, 70.0), 1)
    ]

    text = text_of(trials)

    assert text.startswith("What a task costs: too noisy to say\nOther programs took CPU time")
    assert "10 %" not in text


def test_more_workers_than_cpus_are_no_noise() -> None:
    trial = told(1, "submit", {1: (50.0, 98.0)}, cpu_percent=49.0)
    run = record([trial], parameters={"chunksize": 25, "workers": 4})

    assert EXPERIMENT.summary(run).headline == ("A short task costs 50.0 µs with submit",)


def test_few_repeats_are_provisional() -> None:
    assert "Provisional: only 1 repeat," in text_of([told(1, "submit", {1: (1.0, 1.0)})])


def test_a_failure_is_named() -> None:
    assert "1 trial failed" in text_of([failed("processes", 2, 1, "it was too slow")])


def test_nothing_is_said_of_nothing() -> None:
    assert text_of([]) == ""
