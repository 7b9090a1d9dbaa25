"""Kills, full disks, damaged and newer files: what was written stays, and what is wrong is said."""

from __future__ import annotations

import contextlib
import dataclasses
import random
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from core.errors import HistoryError
from core.keeping import Keeper
from core.results.history import opening, rows, schema
from core.results.history.history import Added, History
from core.results.history.listing import Query
from core.results.history.opening import FILE
from core.results.records import RunStatus, TrialRecord
from core.results.share import Shared, shared
from tests.core.history import killing
from tests.core.history.conftest import MakeHistory
from tests.core.history.test_history import ids, kept, running
from tests.core.history.whole import assert_whole
from tests.core.making import done, record
from tests.core.watching import ROOT
from tests.signals import KILL

DATA = Path(__file__).parent / "data"


def filled(folder: Path, runs: int = 30) -> None:
    """Write a history with some runs of three trials each."""
    history = History(folder)
    rows = tuple({"n": n, "noise": random.Random(n).random()} for n in range(100))
    for _ in range(runs):
        kept(history, record([done("threads", n, 1, 0.5, rows=rows) for n in (1, 2, 3)]))
    history.shutdown()


def test_programs_that_begin_a_history_at_once_share_one_file(tmp_path: Path) -> None:
    for place in range(40):
        folder = tmp_path / str(place)
        histories = [History(folder) for _ in range(3)]
        opened = [history.opened.result() for history in histories]
        for history in histories:
            history.shutdown()
        assert [(one.place, one.sentences) for one in opened] == [("file", ())] * 3


# ------------------------------------------------------------------------------------ killed


def test_a_killed_writer_loses_nothing_that_was_promised(tmp_path: Path) -> None:
    chance = random.Random(5)
    promised: dict[str, str] = {}
    for _ in range(24):
        promised |= killing.kill_once(tmp_path, chance)
        killing.check(tmp_path, promised)
    assert [path.name for path in tmp_path.iterdir()] == [FILE]


SECOND = (
    "ALTER TABLE run ADD COLUMN mood TEXT NOT NULL DEFAULT 'good'",
    "CREATE TABLE other (x)",
    "INSERT INTO other SELECT id FROM run",
    "UPDATE run SET mood = 'better'",
)
KILLED_AT_A_STEP = """
import os, signal, sqlite3, sys
from core.results.history import recovery, schema
from tests.core.history.test_bad_luck import SECOND

path, steps = sys.argv[1], int(sys.argv[2])

def step(statement):
    global steps
    if steps == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    steps -= 1

connection = recovery.connect(path)
recovery.prepare(connection)
connection.set_trace_callback(step)
schema.migrate(connection, (*schema.MIGRATIONS, SECOND))
step("")
print("migrated")
"""


@pytest.mark.parametrize("begun", [False, True], ids=["a new file", "a file with runs"])
def test_a_migration_that_is_killed_at_any_step_is_done_or_not(tmp_path: Path, begun: bool) -> None:
    ends = set()
    for steps in range(40):
        folder = tmp_path / str(steps)
        folder.mkdir()
        if begun:
            filled(folder, 3)
        command = [sys.executable, "-c", KILLED_AT_A_STEP, str(folder / FILE), str(steps)]
        ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        assert ended.returncode in (0, -KILL), ended.stderr
        with contextlib.closing(sqlite3.connect(folder / FILE)) as connection:
            version = schema.version_of(connection)
            ends.add(version)
            tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
            assert ("run" in tables) == (version >= 1)
            assert ("other" in tables) == (version >= 2)
            if begun:
                assert connection.execute("SELECT count(*) FROM run").fetchone() == (3,)
                assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        again = opening.open_history(folder, (*schema.MIGRATIONS, SECOND))
        assert (again.place, again.sentences) == ("file", ())
        assert schema.version_of(again.connection) == 2
        again.connection.close()
        if ended.returncode == 0:
            break
    assert ended.returncode == 0
    assert ends == ({1, 2} if begun else {0, 1, 2})


def test_a_migration_that_fails_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    filled(tmp_path, 2)
    with contextlib.closing(sqlite3.connect(tmp_path / FILE, isolation_level=None)) as connection:
        with pytest.raises(sqlite3.OperationalError):
            schema.migrate(connection, (*schema.MIGRATIONS, (*SECOND, "no SQL")))
        assert schema.version_of(connection) == 1
    history = History(tmp_path)
    assert history.page().result().count == 2
    history.shutdown()


@pytest.mark.parametrize("version", range(1, schema.VERSION + 1))
def test_a_file_of_every_version_that_was_shipped_opens(tmp_path: Path, version: int) -> None:
    shutil.copy(DATA / f"history-{version}.sqlite3", tmp_path / FILE)
    history = History(tmp_path)
    assert history.opened.result().sentences == ()
    page = history.page().result()
    assert [(row.name, row.note, row.is_pinned) for row in page.rows] == [
        ("kept", "a note", True),
        ("", "", False),
    ]
    runs = [history.open(row.id).result() for row in page.rows]
    assert [len(run.trials) for run in runs] == [2, 1]
    assert [run.status for run in runs] == ["finished", "interrupted"]
    assert kept(history, record([])) == 3
    history.shutdown()


# ------------------------------------------------------------------------------------ newer


def newer(folder: Path, readable_from: int) -> None:
    filled(folder, 3)
    with contextlib.closing(sqlite3.connect(folder / FILE)) as connection:
        connection.execute("ALTER TABLE run ADD COLUMN mood TEXT")
        connection.execute("UPDATE about SET value = ?", (str(readable_from),))
        connection.execute(f"PRAGMA user_version = {schema.VERSION + 1}")
        connection.commit()


def test_a_newer_file_is_only_read_and_that_is_said(
    make_history: MakeHistory, tmp_path: Path
) -> None:
    newer(tmp_path, schema.VERSION)
    before = (tmp_path / FILE).read_bytes()
    history = make_history(tmp_path)
    opened = history.opened.result()
    assert opened.place == "memory"
    (sentence,) = opened.sentences
    assert "newer Futures Lab" in sentence
    assert "until you close the program" in sentence
    assert sorted(ids(history, Query())) == [1, 2, 3]
    assert len(history.open(2).result().trials) == 3
    for change in (history.rename(1, "x"), history.delete([2]), history.pin([3])):
        with pytest.raises(HistoryError, match="can only be read here"):
            change.result()
    writing = history.begin()
    assert writing.save(running(1)).result() == 4
    assert writing.save(replace(running(2), status="finished")).result() == 4
    history.rename(4, "new").result()
    assert len(history.open(4).result().trials) == 2
    assert ids(history, Query(text="new")) == [4]
    history.shutdown()
    assert (tmp_path / FILE).read_bytes() == before


def test_a_run_of_a_file_that_is_only_read_is_known_and_stays_as_it_is(
    make_history: MakeHistory, tmp_path: Path
) -> None:
    newer(tmp_path, schema.VERSION)
    history = make_history(tmp_path)
    known = history.shared([2]).result()
    more = replace(known[0].record, trials=(*known[0].record.trials, done("serial", 1, 2, 0.5)))
    for again in (known, [shared(more, key=known[0].key)]):
        assert history.add(again).result() == Added((2,), known=1)
        assert history.open(2).result() == known[0].record
    with pytest.raises(HistoryError, match="can only be read here"):
        history.resume(2, known[0].record).result()
    assert history.open(2).result() == known[0].record


def test_a_newer_file_that_cannot_be_understood_is_left_alone(
    make_history: MakeHistory, tmp_path: Path
) -> None:
    newer(tmp_path, schema.VERSION + 1)
    history = make_history(tmp_path)
    assert history.opened.result().place == "memory"
    assert ids(history, Query()) == []
    assert kept(history, record([])) == 1


# ------------------------------------------------------------------------------------ damaged


def spoil_all(path: Path) -> None:
    path.write_bytes(b"precious, but no database" * 400)


def spoil_the_end(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size * 2 // 3)


def spoil_pages(path: Path) -> None:
    chance = random.Random(3)
    with path.open("r+b") as file:
        for page in chance.sample(range(5, path.stat().st_size // 4096), 6):
            file.seek(page * 4096)
            file.write(chance.randbytes(4096))


def spoil_a_table(path: Path) -> None:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("DROP TABLE trial")


def be_another_programs(path: Path) -> None:
    path.unlink()
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE recipes (name)")


@pytest.mark.parametrize(
    ("spoil", "least"),
    [
        (spoil_all, 0),
        (spoil_the_end, 1),
        (spoil_pages, 10),
        (spoil_a_table, 30),
        (be_another_programs, 0),
    ],
    ids=lambda what: getattr(what, "__name__", str(what)),
)
def test_a_damaged_file_is_set_aside_and_read_as_far_as_it_goes(
    make_history: MakeHistory, tmp_path: Path, spoil: Callable[[Path], None], least: int
) -> None:
    filled(tmp_path)
    spoil(tmp_path / FILE)
    spoilt = (tmp_path / FILE).read_bytes()
    problems: list[str] = []
    history = make_history(tmp_path, on_problem=problems.append)
    said = [*history.opened.result().sentences]
    found = [history.open(number).exception() for number in ids(history, Query())]
    while any(found):  # damage deep inside is met when it is read
        found = [history.open(number).exception() for number in ids(history, Query())]
    (sentence,) = said + problems
    (aside,) = tmp_path.glob(f"{FILE}.damaged-*[0-9]")
    assert f"set aside as “{aside.name}”" in sentence
    assert len(found) >= least
    assert f"{len(found)} run" in sentence or "Nothing" in sentence
    assert spoil not in (spoil_all, be_another_programs) or aside.read_bytes() == spoilt
    assert kept(history, running(2)) > len(found)
    history.shutdown()
    assert_whole(tmp_path / FILE)


def spoil_text(path: Path, mark: bytes) -> None:
    """Put a byte that is no UTF-8 where a mark is, in whatever there is of the first run."""

    def spoilt(data: bytes) -> bytes:
        return rows.unpack(data).replace(mark, b"\xff" + mark[1:])

    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.create_function("spoilt", 1, spoilt)
        connection.execute("UPDATE trial SET data = spoilt(data) WHERE run = 1")
        for column in ("data", "extra"):
            connection.execute(f"UPDATE head SET {column} = spoilt({column}) WHERE run = 1")
        connection.commit()


def two_marked(history: History) -> Shared:
    """Write two runs of two trials; the first has marks in a trial, in its head, and beside it."""
    trials = [done("threads", 1, 1, 0.5, name="of trial"), done("threads", 2, 1, 0.5)]
    made = record(trials, parameters={"of head": 5}, status="stopped")
    came = shared(made, key="k")
    newer = [{**one, "newer": "of 3000"} for one in came.raw_record["trials"][:1]]
    raw = {**came.raw_record, "trials": [*newer, *came.raw_record["trials"][1:]]}
    came = dataclasses.replace(came, raw_record=raw, extra={"of file": 1})
    history.add([came]).result()
    kept(history, made)
    return came


@pytest.mark.parametrize(
    ("mark", "left"),
    [
        (b"of trial", {1: 1, 2: 2}),
        (b"of 3000", {1: 1, 2: 2}),
        (b"of head", {2: 2}),
        (b"of file", {1: 2, 2: 2}),
    ],
)
def test_text_that_is_damaged_is_found_once_and_the_rest_is_kept(
    make_history: MakeHistory, tmp_path: Path, mark: bytes, left: dict[int, int]
) -> None:
    history = make_history(tmp_path)
    came = two_marked(history)
    history.shutdown()
    spoil_text(tmp_path / FILE, mark)
    problems: list[str] = []
    history = make_history(tmp_path, on_problem=problems.append)
    assert history.page().result().count == 2
    assert history.add([came]).result().known == 1
    for _ in range(2):
        assert (history.open(1).exception() is None) == (1 in left)
    assert len(problems) == 1
    found = {number: history.open(number).result() for number in ids(history, Query())}
    assert {number: len(one.trials) for number, one in found.items()} == left


def test_nobody_goes_on_with_a_run_whose_text_is_damaged(
    make_history: MakeHistory, tmp_path: Path
) -> None:
    history = make_history(tmp_path)
    came = two_marked(history)
    history.shutdown()
    spoil_text(tmp_path / FILE, b"done")
    history = make_history(tmp_path)
    assert isinstance(history.resume(1, came.record).exception(), HistoryError)


def test_a_file_that_is_damaged_while_it_is_used_costs_the_run_nothing(
    make_history: MakeHistory, tmp_path: Path
) -> None:
    problems: list[str] = []
    history = make_history(tmp_path, on_problem=problems.append)
    writing = history.begin()
    writing.save(running(2)).result()
    with contextlib.suppress(FileNotFoundError):
        (tmp_path / FILE).rename(tmp_path / "gone")  # as another program sets it aside
    number = writing.save(running(3)).result()
    assert len(history.open(number).result().trials) == 3


def test_a_mending_that_was_cut_off_is_finished(make_history: MakeHistory, tmp_path: Path) -> None:
    filled(tmp_path, 2)
    with contextlib.closing(sqlite3.connect(tmp_path / FILE)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
    (tmp_path / FILE).rename(tmp_path / f"{FILE}.new")
    assert make_history(tmp_path).page().result().count == 2


# ------------------------------------------------------------------------------------ no room


def limit(history: History, pages: int) -> None:
    """Let the file of a history grow no further than this, once all that was asked is done."""
    pragma(history, f"max_page_count = {pages}")


def pragma(history: History, what: str) -> None:
    """Set something of a history's connection, once all that was asked is done."""
    connection = history.opened.result().connection
    history._executor.submit(lambda: connection.execute(f"PRAGMA {what}").fetchall()).result()


def too_many() -> tuple[TrialRecord, ...]:
    """Give two trials, for the second of which there is no room."""
    large = tuple({"n": n, "noise": random.Random(n).random()} for n in range(3000))
    return (*running(1).trials, done("threads", 2, 1, 0.5, rows=large))


@pytest.mark.parametrize("is_freed", [True, False])
def test_a_command_tries_once_more_then_says_what_is_kept_and_what_to_do(
    make_history: MakeHistory, tmp_path: Path, is_freed: bool
) -> None:
    history, said = make_history(tmp_path), list[str]()
    keeper = Keeper(history, said.append)
    keeper.save(running(1))
    limit(history, 1)
    keeper.save(replace(running(2), trials=too_many()))
    limit(history, 1_000_000 if is_freed else 1)
    keeper.close()
    assert "disk is full" in said[0]
    if is_freed:
        assert said[1:] == ["This is run 1 of the history."]
    else:
        assert said[1].startswith("The history has 1 of 2 trials of this run, run 1.")
        assert "Free some space" in said[0]
        assert said[1].endswith("history continue 1")


def test_a_command_frees_no_space_where_that_is_not_what_is_wrong(
    make_history: MakeHistory, tmp_path: Path
) -> None:
    history, said = make_history(tmp_path), list[str]()
    keeper = Keeper(history, said.append)
    keeper.save(running(1))
    pragma(history, "query_only = 1")
    keeper.save(running(2))
    keeper.close()
    assert "folder is read-only" in said[0]
    assert "space" not in " ".join(said)
    assert said[1].startswith("The history has 1 of 2 trials of this run, run 1.")
    assert said[1].endswith("history continue 1")


def test_a_command_says_that_nothing_was_kept(make_history: MakeHistory, tmp_path: Path) -> None:
    history, said = make_history(tmp_path), list[str]()
    limit(history, 1)
    keeper = Keeper(history, said.append)
    keeper.save(replace(running(2), trials=too_many()))
    keeper.close()
    assert said[1] == (
        "Nothing of this run is in the history."
        " Once the history can be written again, run this anew to have it there."
    )


def test_a_command_that_went_on_on_a_full_disk_says_what_is_kept_and_where_else_it_is(
    make_history: MakeHistory, tmp_path: Path
) -> None:
    history, said = make_history(tmp_path), list[str]()
    earlier = replace(running(1), status="stopped")
    number = kept(history, earlier)
    keeper = Keeper(history, said.append, "It is in a file too.")
    keeper.resume(number, earlier)
    limit(history, 1)
    keeper.save(replace(running(2), trials=too_many()))
    keeper.close()
    assert said[1].startswith(
        "The history has 1 of 2 trials of this run, run 1. It is in a file too. Once the"
    )


@pytest.mark.parametrize("status", ["finished", "stopped"])
def test_a_command_says_that_only_the_end_of_a_run_is_not_kept(
    make_history: MakeHistory, tmp_path: Path, status: RunStatus
) -> None:
    history, said = make_history(tmp_path), list[str]()
    keeper = Keeper(history, said.append)
    keeper.save(running(2))
    limit(history, 1)
    reason = "".join(random.Random(1).choices("abcdefghijklmnopqrstuvwxyz", k=20_000))
    keeper.save(replace(running(2), status=status, end_reason=reason))
    keeper.close()
    found, _, advice = said[1].partition(" Once the history can be written again, ")
    assert found == (
        "The history has all 2 trials of this run, run 1, but not that it is over: there it was"
        " cut off."
    )
    assert advice.endswith("history continue 1") == (status == "finished")
    assert make_history(tmp_path).open(1).result().status == "interrupted"


def test_a_full_file_costs_nothing_once_there_is_room_again(
    make_history: MakeHistory, tmp_path: Path
) -> None:
    history = make_history(tmp_path)
    writing = history.begin()
    number = writing.save(running(1)).result()
    limit(history, 1)  # as small as it already is
    trials = too_many()
    with pytest.raises(HistoryError, match="disk is full"):
        writing.save(replace(running(2), trials=trials)).result()
    assert len(history.open(number).result().trials) == 1
    limit(history, 1_000_000)
    more = (*trials, done("threads", 3, 1, 0.5))
    assert writing.save(replace(running(3), trials=more)).result() == number
    assert history.open(number).result().trials == more


@contextlib.contextmanager
def small_disk(folder: Path, options: str = "size=1m") -> Iterator[Path]:
    """Mount a real file system of one megabyte; skips where that is not permitted."""
    folder.mkdir(exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    can_try = sys.platform == "linux" and shutil.which("mount")
    if not can_try or subprocess.run(command, capture_output=True, check=False).returncode:
        # Nothing else fills up as a disk does, and few containers let even root mount one: the
        # first words are those that conftest.py accepts in CI, which may run in such a container.
        pytest.skip("Linux only, and only where mounting is permitted, as it is for root")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def test_a_disk_of_one_megabyte_fills_up_and_is_freed(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk") as disk:
        history = History(disk / "data")
        writing = history.begin()
        number = writing.save(running(1)).result()
        (disk / "fill").write_bytes(b"")
        with contextlib.suppress(OSError), (disk / "fill").open("wb", buffering=0) as fill:
            while fill.write(bytes(4096)):
                pass
        trials = too_many()
        with pytest.raises(HistoryError, match="disk is full"):
            writing.save(replace(running(2), trials=trials)).result()
        assert [row.done for row in history.page().result().rows] == [1]
        assert len(history.open(number).result().trials) == 1
        (disk / "fill").unlink()
        assert writing.save(replace(running(2), trials=trials)).result() == number
        assert history.open(number).result().trials == trials
        history.shutdown()


def test_a_full_disk_at_the_start_means_memory(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk") as disk:
        with contextlib.suppress(OSError), (disk / "fill").open("wb", buffering=0) as fill:
            while fill.write(bytes(4096)):
                pass
        history = History(disk / "data")
        (sentence,) = history.opened.result().sentences
        assert "cannot be written" in sentence
        assert len(history.open(kept(history, running(2))).result().trials) == 2
        history.shutdown()


def test_a_read_only_home_shows_what_is_there_and_keeps_the_rest_in_memory(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "size=4m") as disk:
        filled(disk / "data", 2)
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        history = History(disk / "data")
        opened = history.opened.result()
        (sentence,) = opened.sentences
        assert opened.place == "memory"
        assert "cannot be written in" in sentence
        assert "data”: it is read-only. What you run now" in sentence
        assert sorted(ids(history, Query())) == [1, 2]
        number = kept(history, running(2))
        assert history.row(number).result().status == "running"
        assert number == 3
        assert len(history.open(1).result().trials) == 3
        history.shutdown()


def test_a_home_where_no_folder_can_be_made_means_memory(
    make_history: MakeHistory, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("in the way")
    history = make_history(tmp_path / "file" / "data")
    (sentence,) = history.opened.result().sentences
    assert "Not a directory" in sentence
    assert history.row(kept(history, running(2))).result().status == "running"
    history.export([1], tmp_path / "a.futureslab").result()
    assert (tmp_path / "a.futureslab").exists()


def test_a_history_in_memory_is_a_history(make_history: MakeHistory) -> None:
    history = make_history(None)
    (sentence,) = history.opened.result().sentences
    assert sentence.startswith("There is no folder to keep the history in")
    number = kept(history, running(2))
    history.delete([number]).result()
    assert ids(history, Query()) == []
