"""Files of runs: exact for those who trust one another, harmless from everybody else."""

from __future__ import annotations

import json
import os
import sys
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from core.errors import ShareError
from core.experiments import find
from core.keeping import headline
from core.report.report import report_of
from core.results import share, tables
from core.results.analysis import analysis
from core.results.compare import compare
from core.results.noise import sentences
from core.results.records import Calibration, Flag, Note, RunRecord, TaskRecord, to_json
from core.results.share import Shared, dump, load, parse, shared
from tests.core.history.strategies import PLAIN, RECORDS, TEXTS
from tests.core.making import done, environment, record

ROOT = Path(__file__).resolve().parents[3]
SCHEMA = ROOT / "docs" / "futureslab.schema.json"


def plain(run: RunRecord) -> dict[str, Any]:
    whole: dict[str, Any] = json.loads(dump([shared(run, "k")]))
    return whole


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(RECORDS, max_size=2), TEXTS, TEXTS)
def test_runs_come_back_exactly(runs: list[RunRecord], name: str, whose: str) -> None:
    written = [shared(run, f"key {n}", name, whose) for n, run in enumerate(runs)]
    read = parse(dump(written))
    assert [run.record for run in read] == runs
    assert list(read) == written


def test_a_file_comes_back_exactly(tmp_path: Path) -> None:
    run = shared(record([done("threads", 2, 1, 0.1)]), name="mine", whose="π")
    share.save(tmp_path / "a.futureslab", [run])
    assert load(tmp_path / "a.futureslab") == (run,)
    assert [path.name for path in tmp_path.iterdir()] == ["a.futureslab"]


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(PLAIN, PLAIN, PLAIN, PLAIN)
def test_unknown_fields_are_kept(file: Any, run: Any, whole: Any, trial: Any) -> None:
    made = plain(record([done("serial", 1, 1, 1.0)]))
    made["later"] = file
    made["runs"][0]["later"] = run
    made["runs"][0]["record"]["later"] = whole
    made["runs"][0]["record"]["trials"][0]["later"] = trial
    runs, extra = share.document(json.dumps(made).encode())
    assert json.loads(dump(runs, extra)) == made


def test_a_record_of_the_command_line_opens_too() -> None:
    run = record([done("serial", 1, 1, 1.0)])
    for data in (to_json(run), to_json(run, {"more": 1})):
        (read,) = parse(data)
        assert read.record == run
    assert parse(to_json(run))[0].key == parse(to_json(run, {"more": 1}))[0].key
    (again,) = parse(to_json(run, {"more": 1}, key="k"))
    assert (again.key, again.record, "key" in again.raw_record) == ("k", run, False)
    with pytest.raises(ShareError, match=r"`\$.runs\[0\].key`"):
        parse(to_json(run).replace(b"{", b'{"key": 7,', 1))


def test_an_export_as_json_opens_again() -> None:
    runs = [shared(record([done("serial", 1, 1, n)]), f"k{n}", "a", "b") for n in (1.0, 2.0)]
    assert parse(tables.to_json(runs)) == tuple(runs)
    with pytest.raises(ShareError, match=r"`\$.runs\[1\].record`"):
        parse(b'[{"record": %s}, {"record": 3}]' % to_json(runs[0].record))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"format": "other"}, "no file of runs"),
        ({"version": 99}, "version 99.*newer Futures Lab"),
        ({"version": "1"}, r"`\$.version`"),
        ({"runs": {}}, r"`\$.runs`"),
        ({"runs": [{}]}, r"`\$.runs\[0\]`"),
    ],
    ids=str,
)
def test_what_is_wrong_is_named_with_its_place(change: dict[str, Any], says: str) -> None:
    with pytest.raises(ShareError, match=says):
        parse(json.dumps({**plain(record([])), **change}).encode())


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("workers", "two"),
        ("workers", 10**18),
        ("workers", 0),
        ("workers", -1),
        ("work_s", 1e300),
        ("block", 10**40),
        ("status", "splendid"),
        ("tasks", [{"worker": 1}]),
        ("name", 5),
    ],
)
def test_a_wrong_value_in_a_trial_is_named_with_its_place(field: str, value: Any) -> None:
    made = plain(record([done("serial", 1, 1, 1.0), done("serial", 1, 2, 1.0)]))
    made["runs"][0]["record"]["trials"][1][field] = value
    with pytest.raises(ShareError, match=rf"`\$.runs\[0\].record.trials\[1\].{field}"):
        parse(json.dumps(made).encode())


@pytest.mark.parametrize("field", ["submit_s", "start_s", "end_s", "cpu_s"])
def test_every_time_of_a_task_has_its_bounds(field: str) -> None:
    times = {"submit_s": 0.0, "start_s": 0.0, "end_s": 1.0, "cpu_s": 1.0, field: 1e300}
    tasks = (TaskRecord(worker=1, **times),)
    made = dump([shared(record([done("serial", 1, 1, 1.0, tasks=tasks)]))])
    with pytest.raises(ShareError, match=rf"`\$.runs\[0\].record.trials\[0\].tasks\[0\].{field}"):
        parse(made)


@pytest.mark.parametrize(
    ("place", "field"),
    [
        ("environment", "memory_bytes"),
        ("environment", "usable_cpus"),
        ("environment", "logical_cpus"),
        ("environment", "physical_cpus"),
        ("calibration", "size"),
        ("", "planned_trials"),
    ],
)
@pytest.mark.parametrize("value", [-(10**400), 10**400, 10**30])
def test_every_number_that_is_computed_with_has_its_bounds(
    place: str, field: str, value: int
) -> None:
    calibration = Calibration(seconds=1.0, size=1, calls=())
    made = plain(record([], calibration=calibration))
    whole = made["runs"][0]["record"]
    (whole[place] if place else whole)[field] = value
    with pytest.raises(ShareError, match=rf"`\$.runs\[0\].record.(\w+.)?{field}`"):
        parse(json.dumps(made).encode())


def test_what_a_newer_program_saw_is_kept_and_shown_by_its_sentence() -> None:
    trial = done("serial", 1, 1, 1.0, flags=(Flag("moon", "The moon was full."),))
    about = replace(environment(), notes=(Note("tide", "It was high tide."),))
    made = shared(record([trial], environment=about, parameters={"terms": 5}))
    (read,) = parse(dump([made]))
    assert read == made
    assert sentences(read.record) == ["The moon was full."]
    assert "The moon was full." in find("pi-scaling").summarize(read.record).details
    assert ("Seen before", "It was high tide.") in report_of(read.record).environment


@pytest.mark.parametrize("digits", [20, 400, 4000, 5000])
def test_a_whole_number_beyond_all_others_is_refused_as_any(digits: int) -> None:
    run = to_json(record([done("serial", 1, 1, 0.5)]))
    large = run.replace(b'"workers": 1,', b'"workers": ' + b"9" * digits + b",")
    assert large != run
    with pytest.raises(ShareError, match=r"`\$.*trials\[(0|\.\.\.)\].workers`"):
        parse(large)


def test_a_newer_record_is_refused_by_its_number() -> None:
    made = plain(record([]))
    made["runs"][0]["record"]["schema"] = 77
    with pytest.raises(ShareError, match="version 77"):
        parse(json.dumps(made).encode())


@pytest.mark.parametrize(
    ("number", "says"),
    [
        (b"NaN", "JSON is malformed"),
        (b"-Infinity", "JSON is malformed"),
        (b"1e400", r"out of range.*`\$.runs\[0\].record.trials\[0\].work_s`"),
        (b"1" + b"0" * 400, r"out of range.*work_s`"),
        (b"1" + b"0" * 5000, "out of range"),
    ],
    ids=["NaN", "-Infinity", "1e400", "10^400", "10^5000"],
)
def test_numbers_that_are_none_are_refused(number: bytes, says: str) -> None:
    data = dump([shared(record([done("serial", 1, 1, 0.123)]), "k")])
    with pytest.raises(ShareError, match=says):
        parse(data.replace(b"0.123", number))


def test_a_number_that_is_none_has_its_place_in_a_record_too() -> None:
    data = to_json(record([done("serial", 1, 1, 0.123)]))
    with pytest.raises(ShareError, match=r"out of range.*`\$.trials\[0\].work_s`"):
        parse(data.replace(b"0.123", b"1e400"))


@pytest.mark.parametrize("opening", [b"[", b'{"a":'], ids=["lists", "objects"])
@pytest.mark.parametrize("depth", [150, 900, 10_000, 1_000_000])
def test_nesting_is_limited(opening: bytes, depth: int) -> None:
    closing = b"]" if opening == b"[" else b"}"
    with pytest.raises(ShareError):
        parse(opening * depth + b"1" + closing * depth)
    inside = dump([shared(record([], parameters={"x": 1234321}), "k")])
    deep = inside.replace(b"1234321", opening * depth + b"1" + closing * depth)
    with pytest.raises(ShareError, match=r"nested|more values"):
        parse(deep)


def test_a_file_of_500_mb_is_refused_without_reading_it(tmp_path: Path) -> None:
    path = tmp_path / "large.futureslab"
    with path.open("wb") as file:
        file.truncate(500 * 2**20)
    tracemalloc.start()
    with pytest.raises(ShareError, match="500 MB"):
        load(path)
    assert tracemalloc.get_traced_memory()[1] < 2**20
    tracemalloc.stop()


def test_many_small_values_are_refused_before_they_fill_the_memory() -> None:
    with pytest.raises(ShareError, match="more values"):
        parse(b'{"format":[' + b"[]," * 4_000_000 + b"[]]}")


def test_what_is_no_ordinary_file_is_refused_at_once(tmp_path: Path) -> None:
    if sys.platform != "win32":
        os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", tmp_path, tmp_path / "nothing", Path("/dev/zero"), Path("a\0")):
        with pytest.raises(ShareError, match="cannot be opened"):
            load(path)


@given(st.binary() | PLAIN.map(lambda value: json.dumps(value).encode()))
def test_what_is_no_file_of_runs_is_refused(data: bytes) -> None:
    with pytest.raises(ShareError):
        parse(data)


GOOD = dump(
    [shared(record([done("serial", 1, b, 0.5) for b in (1, 2, 3)] + [done("threads", 2, 1, 0.4)]))]
)


@settings(max_examples=400, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_a_damaged_file_is_refused_or_read_but_never_more(data: st.DataObject) -> None:
    spoilt = bytearray(GOOD)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(spoilt) - 1))
        spoilt[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=4))
    try:
        runs = parse(bytes(spoilt))
    except ShareError:
        return
    use(runs)


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(RECORDS, min_size=1, max_size=2))
def test_what_opens_can_be_shown(records: list[RunRecord]) -> None:
    use(parse(dump([shared(run) for run in records])))


def use(runs: tuple[Shared, ...]) -> None:
    """Do with opened runs what does not depend on an experiment's own rows."""
    compare([run.record for run in runs] * 2)
    tables.trials_csv(runs)
    tables.tasks_csv(runs)
    for run in runs:
        analysis(run.record)
        if run.record.experiment == "pi-scaling":
            headline(run.record)


def test_html_and_formulas_in_names_stay_text() -> None:
    name = "<script>alert(1)</script>=1+1"
    assert parse(dump([shared(record([]), name=name)]))[0].name == name


def test_text_that_no_file_can_hold_does_not_stop_the_rest() -> None:
    (read,) = parse(dump([shared(record([], end_reason="half \ud800 a pair"))]))
    assert read.record.end_reason == "half ? a pair"


def test_the_schema_in_the_docs_is_current() -> None:
    made = "made by: .venv/bin/python -m core.results.share > docs/futureslab.schema.json"
    assert SCHEMA.read_bytes() == share.json_schema(), made
