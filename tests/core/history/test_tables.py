"""Runs as CSV: tidy, whatever fields there are, and never a formula."""

from __future__ import annotations

import csv
import io
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.results import tables
from core.results.records import RunRecord, TaskRecord
from core.results.share import shared
from tests.core.history.strategies import RECORDS
from tests.core.making import done, failed, record

FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n")


def read(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode(), newline="")))


def test_there_is_one_row_for_each_trial() -> None:
    task = TaskRecord(1, 0.0, 0.1, 0.2, 0.1)
    run = record(
        [done("threads", 2, 1, 0.25, tasks=(task, task)), failed("serial", 1, 2, "it crashed")],
        parameters={"terms": 5, "workers": [1, 2]},
    )
    first, second = read(tables.trials_csv([shared(run, "k", "mine")]))
    assert (first["run"], first["run_name"], first["executor"], first["workers"]) == (
        "k",
        "mine",
        "threads",
        "2",
    )
    assert float(first["work_s"]) == 0.25
    assert (first["parameter_terms"], first["parameter_workers"]) == ("5", "1 2")
    assert (second["work_s"], second["error_message"]) == ("", "it crashed")
    assert first["machine_usable_cpus"] == "2"
    rows = read(tables.tasks_csv([shared(run, "k")]))
    assert [(row["task"], row["start_s"], row["workers"]) for row in rows] == [
        ("1", "0.1", "2"),
        ("2", "0.1", "2"),
    ]


def test_the_heading_is_there_without_a_trial() -> None:
    assert b'"work_s"' in tables.trials_csv([])
    assert b'"start_s"' in tables.tasks_csv([])


@pytest.mark.parametrize("start", FORMULAS)
def test_a_cell_never_starts_a_formula(start: str) -> None:
    text = f"{start}cmd|' /C calc'!A0"
    run = record([failed("threads", 2, 1, text)], parameters={text: text}, started_at=text)
    rows = read(tables.trials_csv([shared(run, text, text, text)]))
    cells = [cell for row in rows for cell in (*row, *row.values())]
    assert not [cell for cell in cells if cell.startswith(FORMULAS)]
    assert f"'{text}" in cells


def test_negative_numbers_stay_numbers() -> None:
    (row,) = read(tables.trials_csv([shared(record([done("serial", 1, 1, 1.0, value=-0.5)]))]))
    assert row["value"] == "-0.5"
    assert b",-0.5," in tables.trials_csv([shared(record([done("serial", 1, 1, 1.0, value=-0.5)]))])


@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=50)
@given(st.lists(RECORDS, max_size=2))
def test_every_record_makes_tables_that_can_be_read(runs: list[RunRecord]) -> None:
    made = [shared(run) for run in runs]
    rows = read(tables.trials_csv(made))
    assert len(rows) == sum(len(run.trials) for run in runs)
    trials = [trial for run in runs for trial in run.trials]
    assert [int(row["order"]) for row in rows] == [trial.order for trial in trials]
    assert [row["cpu_s"] for row in rows] == [
        "" if trial.cpu_s is None else str(trial.cpu_s) for trial in trials
    ]
    for row in rows:
        for cell in row.values():
            assert not cell.startswith(FORMULAS) or float(cell) <= 0
    assert len(json.loads(tables.to_json(made))) == len(runs)
