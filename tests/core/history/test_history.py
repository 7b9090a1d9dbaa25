"""The history: what is written comes back, is found, and can be brought back."""

from __future__ import annotations

import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import BinaryIO, get_args

import pytest
from hypothesis import HealthCheck, given, settings
from msgspec.structs import replace

from core import locking
from core.errors import HistoryError, ShareError
from core.results.files import encode
from core.results.history import owners, rows
from core.results.history.history import Added, History
from core.results.history.listing import Order, Query
from core.results.history.opening import FILE
from core.results.history.store import Store
from core.results.records import RunRecord
from core.results.share import parse, shared
from tests.core.history.conftest import MakeHistory
from tests.core.history.strategies import RECORDS
from tests.core.making import done, record


def kept(history: History, run: RunRecord) -> int:
    return history.begin().save(run).result()


def ids(history: History, query: Query) -> list[int]:
    return [row.id for row in history.page(query).result().rows]


def running(trials: int, planned: int = 9) -> RunRecord:
    made = [done("threads", n, 1, 0.5) for n in range(1, trials + 1)]
    return record(made, status="running", planned_trials=planned)


# ------------------------------------------------------------------------------------ exactness


def test_records_come_back_exactly(tmp_path: Path) -> None:
    history = History(tmp_path)

    @settings(suppress_health_check=[HealthCheck.too_slow])
    @given(RECORDS)
    def come_back(run: RunRecord) -> None:
        number = kept(history, run)
        assert history.open(number).result() == run
        ((shared),) = history.shared([number]).result()
        assert shared.record == run

    try:
        come_back()
    finally:
        history.shutdown()


def test_a_run_is_there_trial_by_trial(history: History) -> None:
    writing = history.begin()
    for trials in range(4):
        number = writing.save(running(trials)).result()
        row = history.row(number).result()
        assert (row.status, row.done, row.planned) == ("running", trials, 9)
        assert len(history.open(number).result().trials) == trials
    whole = replace(running(4), status="finished", planned_trials=4, end_reason="enough")
    assert writing.save(whole).result() == number
    assert history.open(number).result() == whole


def test_large_trials_come_back_and_take_little_room(history: History, tmp_path: Path) -> None:
    events = tuple({"kind": "note", "text": "the same words", "t": n / 7} for n in range(20_000))
    run = record([done("threads", 1, 1, 0.5, events=events)])
    assert history.open(kept(history, run)).result() == run
    history.shutdown()
    assert (tmp_path / "data" / "history.sqlite3").stat().st_size < 500_000


def test_much_is_written_in_parts_and_others_have_their_turn_between_two(
    history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    turns: list[int] = []

    def write(value: object) -> bytes:
        assert not isinstance(value, tuple) or len(value) <= 1000
        return encode(value)

    monkeypatch.setattr(rows, "encode", write)
    monkeypatch.setattr(rows, "_rest", lambda: turns.append(1))
    many = tuple({"kind": "note", "text": "half: \ud800", "t": float(n)} for n in range(2500))
    run = record([done("threads", 1, 1, 0.5, events=many, rows=({"one": 1},))])
    (trial,) = history.open(kept(history, run)).result().trials
    assert [event["t"] for event in trial.events] == [event["t"] for event in many]
    assert trial.rows == ({"one": 1},)
    assert len(turns) == 2


def test_what_is_no_text_and_no_number_stops_nothing(history: History) -> None:
    rows = ({"half": "\ud800", "none": float("nan"), "large": 2**70},)
    number = kept(history, record([done("threads", 1, 1, 0.5, rows=rows)], end_reason="\ud800\0"))
    (trial,) = history.open(number).result().trials
    assert trial.rows == ({"half": "?", "none": None, "large": 2**70},)


def test_the_list_has_the_headline_of_an_ended_run(make_history: MakeHistory) -> None:
    history = make_history(say=lambda run: f"{len(run.trials)} trials")
    writing = history.begin()
    assert history.row(writing.save(running(1)).result()).result().said == ""
    number = writing.save(replace(running(2), status="stopped")).result()
    assert history.row(number).result().said == "2 trials"


def test_a_headline_that_cannot_be_made_is_left_out(make_history: MakeHistory) -> None:
    history = make_history(say=lambda run: str(1 / 0))
    assert history.row(kept(history, record([]))).result().said == ""


# ------------------------------------------------------------------------------------ the list


def test_runs_are_listed_newest_first_and_pinned_ones_on_top(history: History) -> None:
    first, second, third = (
        kept(history, record([], started_at=f"2026-01-0{day}T00:00:00+00:00")) for day in (1, 3, 2)
    )
    assert ids(history, Query()) == [second, third, first]
    assert ids(history, Query(descending=False)) == [first, third, second]
    history.pin([first]).result()
    assert ids(history, Query()) == [first, second, third]
    history.pin([first], is_pinned=False).result()
    assert ids(history, Query(limit=1, offset=1)) == [third]
    assert history.page(Query(limit=1)).result().count == 3


def test_runs_are_found_by_all_words_in_any_case(history: History) -> None:
    plain = kept(history, record([], experiment="race"))
    named = kept(history, record([]))
    history.rename(named, "Straße  auf\tdem Laptop").result()
    history.note(named, "100% π").result()
    assert history.row(named).result().name == "Straße auf dem Laptop"
    for text in ("STRASSE", "laptop straße", "100%", "Π", "pi-scal", "3.11.7 laptop"):
        assert ids(history, Query(text=text)) == [named], text
    assert ids(history, Query(text="a cpu")) == [named, plain]
    assert ids(history, Query(text="strasse bus")) == []
    assert ids(history, Query(text="%")) == [named]
    assert ids(history, Query(text="'; --")) == []


def test_runs_are_filtered_by_experiment(history: History) -> None:
    race, _ = kept(history, record([], experiment="race")), kept(history, record([]))
    assert ids(history, Query(experiment="race")) == [race]
    assert history.experiments().result() == ("pi-scaling", "race")


@pytest.mark.parametrize("order", get_args(Order))
def test_every_order_has_all_runs(history: History, order: Order) -> None:
    made = [kept(history, record([done("serial", 1, 1, 1.0)] * n)) for n in (2, 1, 3)]
    history.rename(made[1], "b").result()
    found = ids(history, Query(order=order))
    assert sorted(found) == sorted(made)
    if order == "trials":
        assert found == [made[2], made[0], made[1]]
    if order == "name":
        assert found[0] == made[1]


def test_what_is_deleted_can_be_brought_back_until_it_is_purged(history: History) -> None:
    first, second = kept(history, record([])), kept(history, running(3))
    history.delete([first, second]).result()
    assert ids(history, Query()) == []
    assert sorted(ids(history, Query(deleted=True))) == [first, second]
    assert history.purge().result() == 0
    history.restore([first]).result()
    assert ids(history, Query()) == [first]
    assert history.purge(older_than_s=-1).result() == 1
    with pytest.raises(HistoryError, match=f"no run {second}"):
        history.open(second).result()


def test_all_runs_are_changed_or_none(history: History) -> None:
    first = kept(history, record([]))
    with pytest.raises(HistoryError, match="no run 99"):
        history.delete([first, 99]).result()
    assert ids(history, Query()) == [first]


# ------------------------------------------------------------------------------------ files


def test_a_run_goes_to_another_history_and_not_twice(
    make_history: MakeHistory, tmp_path: Path
) -> None:
    here, there = make_history(), make_history(tmp_path / "there", say=lambda run: "said")
    number = kept(here, record([done("serial", 1, 1, 1.0)]))
    here.rename(number, "mine").result()
    here.export([number], tmp_path / "a.futureslab").result()
    added = there.load(tmp_path / "a.futureslab", whose="Ada").result()
    assert added.known == 0
    row = there.row(added.runs[0]).result()
    assert (row.name, row.whose, row.done, row.said) == ("mine", "Ada", 1, "said")
    there.delete(added.runs).result()
    again = there.load(tmp_path / "a.futureslab").result()
    assert (again.runs, again.known) == (added.runs, 1)
    assert ids(there, Query()) == list(added.runs)
    assert there.open(added.runs[0]).result() == here.open(number).result()


def test_a_run_that_came_before_its_end_is_made_whole_by_a_later_file(history: History) -> None:
    trials = [done("serial", 1, block, 1.0) for block in (1, 2, 3)]
    stopped = replace(trials[1], status="stopped")
    first, whole = record([trials[0], stopped], status="running"), record(trials)
    (number,) = history.add([shared(first, "k", "its name")]).result().runs
    assert history.open(number).result() == replace(first, status="interrupted")
    other = record([done("serial", 1, 1, 9.0), *trials[1:]])
    assert history.add([shared(other, "k")]).result().known == 1
    assert len(history.open(number).result().trials) == 2, "another run, whatever its key says"
    assert history.add([shared(whole, "k")]).result() == Added((number,), 1)
    assert history.open(number).result() == whole
    row = history.row(number).result()
    assert (row.status, row.done, row.name) == ("finished", 3, "its name")
    history.add([shared(first, "k")]).result()
    assert history.open(number).result() == whole, "what is shorter takes nothing away"


def test_a_run_that_was_stopped_within_a_trial_is_made_whole_by_a_later_file(
    make_history: MakeHistory, tmp_path: Path
) -> None:
    owner, friend = make_history(), make_history(tmp_path / "friend")
    *first, last = running(3, 3).trials
    cut = replace(running(2, 3), trials=(*first, replace(last, status="stopped", work_s=None)))
    number = kept(owner, replace(cut, status="stopped"))
    before = owner.shared([number]).result()
    (there,) = friend.add(before).result().runs
    whole = replace(running(3, 3), status="finished")
    owner.resume(number, running(2, 3)).result().save(whole).result()
    assert friend.add(owner.shared([number]).result()).result() == Added((there,), known=1)
    assert friend.open(there).result() == whole
    assert friend.add(before).result() == Added((there,), known=1)  # the earlier file again
    assert friend.open(there).result() == whole


def test_a_run_whose_last_trial_was_kept_learns_from_a_later_file_that_it_ended(
    history: History,
) -> None:
    whole = replace(running(2, 2), status="finished")
    (there,) = history.add([shared(running(2, 2), key="a")]).result().runs
    assert history.open(there).result().status == "interrupted"
    history.add([shared(whole, key="a")]).result()
    assert history.open(there).result() == whole
    history.add([shared(replace(whole, status="stopped"), key="a")]).result()
    assert history.open(there).result() == whole


def test_a_run_is_found_by_its_key(history: History) -> None:
    (number,) = history.add([shared(record([done("serial", 1, 1, 1.0)]), "k", "a")]).result().runs
    history.delete([number]).result()
    found = history.find("k").result()
    assert found is not None
    assert (found.key, found.name) == ("k", "a")
    assert history.find("other").result() is None


def test_what_this_version_does_not_know_goes_through_the_history(
    history: History, tmp_path: Path
) -> None:
    kept(history, record([done("serial", 1, 1, 1.0)]))
    history.export([1], tmp_path / "a.futureslab").result()
    (run,) = parse((tmp_path / "a.futureslab").read_bytes())
    run.raw_record["trials"][0]["later"] = {"deep": [1]}
    run.raw_record["later"] = 1
    run.extra["beside"] = "too"
    object.__setattr__(run, "key", "another")
    (number,) = history.add([run]).result().runs
    (back,) = history.shared([number]).result()
    assert (back.raw_record, back.extra) == (run.raw_record, run.extra)


def test_a_file_that_is_none_is_a_sentence(history: History, tmp_path: Path) -> None:
    (tmp_path / "a.futureslab").write_text("{}")
    with pytest.raises(ShareError, match=r"“a.futureslab” cannot be opened: it is no file of runs"):
        history.load(tmp_path / "a.futureslab").result()
    with pytest.raises(ShareError, match="cannot be written"):
        history.export([kept(history, record([]))], tmp_path / "no" / "a.futureslab").result()


# ------------------------------------------------------------------------------------ two at once


def test_two_histories_write_at_once_and_lose_nothing(make_history: MakeHistory) -> None:
    both = [make_history(), make_history()]
    start = threading.Barrier(2)

    def write(history: History) -> list[int]:
        start.wait(10)
        numbers = []
        for _ in range(5):
            writing = history.begin()
            saved = [writing.save(running(trials)) for trials in range(6)]
            saved.append(writing.save(replace(running(6), status="finished")))
            numbers.append({future.result() for future in saved})
        assert all(len(each) == 1 for each in numbers)
        return [number for each in numbers for number in each]

    with ThreadPoolExecutor(2) as pool:
        written = [number for found in pool.map(write, both) for number in found]
    assert sorted(ids(both[0], Query())) == sorted(written)
    assert len(set(written)) == 10
    for number in written:
        assert both[1].open(number).result() == replace(running(6), status="finished")


def test_a_run_goes_on_as_long_as_its_writer_lives(make_history: MakeHistory) -> None:
    writer, reader = make_history(), make_history()
    number = kept(writer, running(2))
    assert reader.row(number).result().status == "running"
    assert [row.status for row in reader.page().result().rows] == ["running"]
    with pytest.raises(HistoryError, match="still going on"):
        reader.resume(number, running(2)).result()
    writer.shutdown()
    assert [row.status for row in reader.page().result().rows] == ["interrupted"]
    assert reader.open(number).result() == replace(running(2), status="interrupted")


def test_an_interrupted_run_is_taken_over_and_ended(make_history: MakeHistory) -> None:
    writer = make_history()
    last = running(3).trials[2]
    cut = replace(running(2), trials=(*running(2).trials, replace(last, status="stopped")))
    number = kept(writer, cut)
    writer.shutdown()
    history = make_history()
    writing = history.resume(number, running(2)).result()
    assert history.row(number).result().status == "running"
    assert writing.save(replace(running(4, 4), status="finished")).result() == number
    assert history.open(number).result() == replace(running(4, 4), status="finished")


def test_a_run_that_another_program_went_on_with_is_not_taken_over(
    make_history: MakeHistory,
) -> None:
    both = make_history(), make_history()
    number = kept(both[0], replace(running(2), status="stopped"))
    seen = both[0].open(number).result()
    whole = replace(running(6), status="finished")
    both[1].resume(number, seen).result().save(whole).result()
    with pytest.raises(HistoryError, match="gone on with this run: open it again"):
        both[0].resume(number, seen).result()
    assert both[0].open(number).result() == whole


def test_a_file_that_another_found_before_it_was_held_is_left_to_it(
    make_history: MakeHistory, monkeypatch: pytest.MonkeyPatch
) -> None:
    there: list[str] = []

    def try_lock(file: BinaryIO) -> bool:
        there.append(there[0] if there else file.name)  # a sweeper holds the first, and rests
        return file.name != there[0] and locking.try_lock(file)

    monkeypatch.setattr(owners, "try_lock", try_lock)
    number = kept(history := make_history(), running(1))
    assert make_history().row(number).result().status == "running"
    assert not Path(there[0]).exists()
    history.shutdown()
    assert not list(Path(there[0]).parent.glob("*.lock"))


def test_a_folder_whose_files_cannot_be_held_is_told(
    history: History, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(owners, "try_lock", lambda file: False)
    with pytest.raises(HistoryError, match="No file there can be locked"):
        history.begin().save(running(1)).result()
    assert not list((tmp_path / "data").glob("*.lock"))


def test_numbers_that_no_table_can_hold_are_told(history: History) -> None:
    number = kept(history, running(1))
    assert ids(history, Query(limit=10**22)) == [number]
    for call in (history.open, history.row):
        with pytest.raises(HistoryError, match="No run has a number that is so large"):
            call(10**20).result()
    with pytest.raises(HistoryError, match="No run has a number that is so large"):
        history.delete([-(10**20)]).result()


def test_what_overflows_elsewhere_is_no_number_of_a_run(
    history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    def overflow(store: Store) -> tuple[str, ...]:
        raise OverflowError("too large")

    monkeypatch.setattr(Store, "experiments", overflow)
    with pytest.raises(OverflowError):
        history.experiments().result()


def test_a_closed_history_says_so(history: History) -> None:
    history.shutdown()
    history.shutdown()
    with pytest.raises(HistoryError, match="closed"):
        history.page().result()


def test_the_list_has_the_settings_of_each_run_also_beside_a_damaged_one(
    history: History, tmp_path: Path
) -> None:
    for terms in (5, 7):
        kept(history, record([], parameters={"terms": terms}))
    with sqlite3.connect(tmp_path / "data" / FILE) as file:
        file.execute("UPDATE head SET data = x'00' WHERE run = 2")
    rows = history.page(Query()).result().rows
    assert {row.id: row.settings for row in rows} == {1: {"terms": 5}, 2: {}}
    assert history.row(1).result().settings == {"terms": 5}
