"""The record of a run, as it is written and read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.results.analysis import analysis
from core.results.records import (
    SCHEMA,
    Calibration,
    Covariates,
    Environment,
    Note,
    PythonRecord,
    RunRecord,
    TaskRecord,
    TrialError,
    TrialRecord,
    from_json,
    to_json,
)
from core.results.verdicts import speedups
from tests.core.making import done, failed, record

numbers = st.integers(0, 2**63 - 1)
floats = st.floats(allow_nan=False, allow_infinity=False)
texts = st.text()
json_values = st.recursive(
    st.none() | st.booleans() | numbers | floats | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=5,
)
tuples_of_text = st.lists(texts, max_size=3).map(tuple)
tasks = st.builds(TaskRecord, numbers, floats, floats, floats, floats)
trials = st.builds(
    TrialRecord,
    executor=texts,
    start_method=st.none() | texts,
    workers=numbers,
    block=numbers,
    order=numbers,
    status=st.sampled_from(["done", "failed", "stopped"]),
    startup_s=st.none() | floats,
    first_worker_s=st.none() | floats,
    first_task_s=st.none() | floats,
    work_s=st.none() | floats,
    closing_s=st.none() | floats,
    cpu_s=st.none() | floats,
    value=st.none() | floats,
    abs_error=st.none() | floats,
    tasks=st.lists(tasks, max_size=3).map(tuple),
    rows=st.lists(st.dictionaries(texts, json_values, max_size=3), max_size=3).map(tuple),
    events=st.lists(st.dictionaries(texts, json_values, max_size=3), max_size=3).map(tuple),
    error=st.none() | st.builds(TrialError, texts, texts, texts),
    covariates=st.none()
    | st.builds(
        Covariates,
        wall_s=floats,
        own_cpu_s=floats,
        other_cpu_s=st.none() | floats,
        steal_s=st.none() | floats,
        clock_step_s=floats,
        slept_s=st.none() | floats,
        cpus=numbers,
    ),
)
pythons = st.builds(
    PythonRecord,
    version=texts,
    implementation=texts,
    executable=texts,
    build=texts,
    gil=st.booleans(),
    start_methods=tuples_of_text,
    default_start_method=texts,
)
environments = st.builds(
    Environment,
    app_version=texts,
    python=st.none() | pythons,
    system=texts,
    machine=texts,
    cpu=texts,
    logical_cpus=numbers,
    physical_cpus=st.none() | numbers,
    usable_cpus=numbers,
    cpu_quota=st.none() | floats,
    memory_bytes=numbers,
    load_1min=st.none() | floats,
    on_battery=st.none() | st.booleans(),
    left_out=tuples_of_text,
    other_cpus=st.none() | floats,
    power_profile=st.none() | texts,
    governor=st.none() | texts,
    driver=st.none() | texts,
    notes=st.lists(st.builds(Note, st.sampled_from(["load", "quota"]), texts), max_size=3).map(
        tuple
    ),
)
records = st.builds(
    RunRecord,
    experiment=texts,
    parameters=st.dictionaries(texts, json_values, max_size=3),
    environment=environments,
    status=st.sampled_from(["running", "finished", "stopped", "failed"]),
    started_at=texts,
    planned_trials=numbers,
    trials=st.lists(trials, max_size=3).map(tuple),
    calibration=st.none()
    | st.builds(
        Calibration,
        seconds=floats,
        size=numbers,
        calls=st.lists(st.tuples(numbers, floats), max_size=3).map(tuple),
    ),
    end_reason=texts,
)


@given(records)
def test_a_record_comes_back_exactly(written: RunRecord) -> None:
    assert from_json(to_json(written)) == written


def fields_of(written: RunRecord) -> dict[str, Any]:
    fields: dict[str, Any] = json.loads(to_json(written))
    return fields


def test_the_json_has_the_names_that_were_agreed() -> None:
    task = TaskRecord(worker=1, submit_s=0.0, start_s=0.1, end_s=0.2, cpu_s=0.1)
    fields = fields_of(record([done("serial", 1, 1, 1.0, tasks=(task,))]))
    trial = fields["trials"][0]

    assert {"schema", "experiment", "parameters", "environment", "status", "trials"} <= set(fields)
    assert {
        "executor",
        "start_method",
        "workers",
        "block",
        "status",
        "startup_s",
        "work_s",
        "cpu_s",
        "value",
        "abs_error",
        "tasks",
        "error",
    } <= set(trial)
    assert {"worker", "start_s", "end_s"} <= set(trial["tasks"][0])
    assert fields["schema"] == SCHEMA


def test_what_was_not_measured_is_null_and_not_missing() -> None:
    trial = fields_of(record([failed("threads", 2, 1, "it crashed")]))["trials"][0]

    assert [trial[name] for name in ("start_method", "work_s", "value", "tasks")] == [
        None,
        None,
        None,
        [],
    ]
    assert trial["error"] == {"type": "LabCrashed", "message": "it crashed", "detail": ""}


def test_the_file_is_indented_and_ends_with_a_newline() -> None:
    data = to_json(record([]))

    assert data.startswith(b'{\n  "schema": 1,\n')
    assert data.endswith(b"\n}\n")


def test_a_newer_schema_is_refused_by_its_number() -> None:
    newer = {**fields_of(record([])), "schema": SCHEMA + 1}

    with pytest.raises(msgspec.ValidationError, match=f"schema {SCHEMA + 1} is newer"):
        from_json(json.dumps(newer).encode())


def test_a_newer_schema_is_refused_whatever_else_it_holds() -> None:
    with pytest.raises(msgspec.ValidationError, match="schema 99 is newer"):
        from_json(b'{"schema": 99, "trials": "elsewhere"}')


def test_fields_that_a_later_release_added_are_ignored() -> None:
    written = record([])
    more = {**fields_of(written), "mood": "good"}

    assert from_json(json.dumps(more).encode()) == written


@pytest.mark.parametrize("name", ["schema", "experiment", "environment", "status", "trials"])
def test_a_record_without_one_of_its_fields_is_refused(name: str) -> None:
    fields = fields_of(record([]))
    del fields[name]

    with pytest.raises(msgspec.ValidationError, match=name):
        from_json(json.dumps(fields).encode())


def test_an_error_in_a_record_is_told_with_its_place() -> None:
    fields = fields_of(record([done("serial", 1, 1, 1.0)]))
    fields["trials"][0]["workers"] = "two"

    with pytest.raises(msgspec.ValidationError, match=r"\$\.trials\[0\]\.workers"):
        from_json(json.dumps(fields).encode())


@given(st.binary() | json_values.map(lambda value: json.dumps(value).encode()))
def test_what_is_no_record_is_a_decoding_error(data: bytes) -> None:
    with pytest.raises(msgspec.DecodeError):
        from_json(data)


def test_a_record_of_the_first_release_can_still_be_read() -> None:
    old = (Path(__file__).parent / "data" / "record-of-0.1.json").read_bytes()

    read = from_json(old)

    assert read.environment.app_version == "0.1.0"
    assert len(read.trials) == read.planned_trials == 10
    assert (read.calibration, read.end_reason, read.environment.notes) == (None, "", ())
    assert read.trials[0].covariates is None
    assert from_json(to_json(read)) == read
    assert len(speedups(read)) == 4
    assert analysis(read)["speedups"]


@given(records, st.dictionaries(texts, json_values, max_size=3))
def test_an_analysis_in_the_file_is_for_other_programs(
    written: RunRecord, said: dict[str, Any]
) -> None:
    data = to_json(written, said)

    assert from_json(data) == written
    assert json.loads(data)["analysis"] == json.loads(json.dumps(said))


@pytest.mark.parametrize("field", RunRecord.__struct_fields__)
def test_a_record_cannot_be_changed(field: str) -> None:
    with pytest.raises(AttributeError, match="immutable"):
        setattr(record([]), field, None)


@pytest.mark.parametrize("message", ["The process pool is broken", "The process pool is broken."])
def test_an_errors_sentence_ends_once(message: str) -> None:
    assert TrialError("BrokenProcessPool", message).sentence == "The process pool is broken."
