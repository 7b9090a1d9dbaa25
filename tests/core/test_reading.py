"""Reading runs without holding anybody up: small ones here, large ones by another process."""

from __future__ import annotations

import errno
import io
import json
import subprocess
import tempfile
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import reading
from core.errors import ShareError
from core.reading import Reader
from core.results import pieces
from core.results.records import RunRecord, TaskRecord
from core.results.share import Shared, dump, load, parse, save, shared
from tests.core.history.strategies import PLAIN, RECORDS, TEXTS
from tests.core.making import done, record


def large(tasks: int = 5000, trials: int = 3) -> Shared:
    those = tuple(TaskRecord(1, n / 7, n / 3, n, n / 9) for n in range(tasks))
    rows = tuple({"n": n} for n in range(tasks))
    made = [done("threads", 1, n + 1, 0.5, tasks=those, rows=rows) for n in range(trials)]
    return shared(record(made), "key", "name", "whose")


def through(runs: tuple[Shared, ...]) -> tuple[Shared, ...]:
    file = io.BytesIO()
    pieces.write(runs, file)
    return tuple(pieces.read(file.getvalue().splitlines(), lambda: None))


@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(RECORDS, max_size=3), TEXTS, PLAIN)
def test_pieces_make_the_same_runs_again(
    records: list[RunRecord], name: str, later: object
) -> None:
    made = json.loads(dump([shared(one, f"key {n}", name) for n, one in enumerate(records)]))
    for run in made["runs"]:
        run["later"] = later
        run["record"]["later"] = later
    runs = parse(json.dumps(made).encode())
    assert through(runs) == runs


def test_many_tasks_come_in_several_pieces() -> None:
    file = io.BytesIO()
    pieces.write([large()], file)
    lines = file.getvalue().splitlines()
    assert max(map(len, lines)) < 2**18
    assert through((large(),)) == (large(),)


@pytest.mark.parametrize("whole", [False, True])
def test_no_room_for_temporary_files_is_told(
    whole: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "large.futureslab"
    save(file, [large()])
    if whole:  # only the other process finds it full

        def full(self: Reader, command: list[str]) -> None:
            run(self, [*command[:-1], "/dev/full"])

        run = Reader._run
        monkeypatch.setattr(Reader, "_run", full)
    else:

        def none(**_: object) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr(tempfile, "TemporaryDirectory", none)
    with pytest.raises(ShareError, match="cannot be read here: No space left on device"):
        Reader().file(file)


def test_a_reader_that_cannot_be_started_is_told_as_that(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "large.futureslab"
    save(file, [large()])

    def none(*_: object, **more: object) -> None:
        raise BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")

    monkeypatch.setattr(subprocess, "Popen", none)
    with pytest.raises(ShareError) as told:
        Reader().file(file)
    assert f"{told.value}".endswith(
        "what reads it cannot be started here: Resource temporarily unavailable. Try again."
    )


def test_many_large_values_come_in_as_many_pieces_as_need_be() -> None:
    events = tuple({"kind": "note", "t": 1.0, "text": "x" * 2200} for _ in range(1000))
    run = shared(record([done("threads", 1, 1, 0.5, events=events)]))
    assert through((run,)) == (run,)


def test_a_single_value_that_is_too_large_is_refused() -> None:
    with pytest.raises(ShareError, match="single value of 5 MB"):
        pieces.write([shared(record([], end_reason="x" * 5 * 2**20))], io.BytesIO())


def test_a_large_file_is_read_by_another_process(tmp_path: Path) -> None:
    save(tmp_path / "a.futureslab", [large()])
    assert (tmp_path / "a.futureslab").stat().st_size > reading._SMALL
    assert Reader().file(tmp_path / "a.futureslab") == load(tmp_path / "a.futureslab")


def test_a_large_text_too() -> None:
    data = dump([large()])
    assert Reader().text(data.decode()) == parse(data)


@pytest.mark.parametrize("size", [10, 300_000], ids=["small", "large"])
def test_a_wrong_file_is_one_sentence_with_its_name(tmp_path: Path, size: int) -> None:
    file = tmp_path / "wrong.futureslab"
    file.write_bytes(b"[" * size)
    with pytest.raises(ShareError, match=r"^“wrong.futureslab” cannot be opened: [^“]*$") as found:
        Reader().file(file)
    assert len(f"{found.value}".splitlines()) == 1
    with pytest.raises(ShareError, match=r"^What was pasted cannot be opened: "):
        Reader().text("[" * size)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b'{"format": "futureslab", "version": 99, "runs": []}', "version 99.*newer Futures Lab"),
        (b'{"format": "futureslab", "version": 1, "runs": [NaN]}', "malformed"),
        (b'{"a":' * 9000 + b"1" + b"}" * 9000, "nested"),
        (b"\xff\xfe", "malformed|UTF-8|Choose"),
        (b"", "it is empty"),
        (b"hello world", "no file of runs"),
        (b"\x89PNG\r\n", "no file of runs|UTF-8"),
        (b'{"format": "futureslab", "runs": [', "ends in the middle"),
    ],
    ids=["version", "NaN", "deep", "bytes", "empty", "words", "picture", "cut off"],
)
@pytest.mark.parametrize("padding", [0, reading._SMALL], ids=["small", "large"])
def test_what_is_wrong_is_said(tmp_path: Path, content: bytes, says: str, padding: int) -> None:
    (tmp_path / "x").write_bytes(b" " * padding + content)
    with pytest.raises(ShareError, match=says):
        Reader().file(tmp_path / "x")


def test_500_mb_are_refused_without_being_read(tmp_path: Path) -> None:
    with (tmp_path / "x").open("wb") as file:
        file.truncate(500 * 2**20)
    with pytest.raises(ShareError, match=r"500 MB.*Ask for it in parts"):
        Reader().file(tmp_path / "x")


def test_a_reader_that_was_stopped_reads_no_more(tmp_path: Path) -> None:
    save(tmp_path / "a", [large()])
    reader = Reader()
    reader.stop()
    with pytest.raises(ShareError, match="closed"):
        reader.file(tmp_path / "a")


def test_a_reader_that_dies_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save(tmp_path / "a", [large()])
    monkeypatch.setattr(reading, "program", lambda: ("/bin/sh", "-c", "kill -9 $$"))
    with pytest.raises(ShareError, match=r"too little memory.*in parts"):
        Reader().file(tmp_path / "a")


def test_nothing_is_left_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", None)
    save(tmp_path / "a", [large()])
    Reader().file(tmp_path / "a")
    assert not list((tmp_path / "temporary").iterdir())


GOOD = dump([shared(record([done("serial", 1, b, 0.5) for b in (1, 2, 3)]), whose="<b>Ada</b>")])


def test_opening_survives_a_thousand_damaged_files(tmp_path: Path) -> None:
    """Each is refused with a sentence, or read: nothing else may come of it."""
    random = Random(7)
    file, read, refused = tmp_path / "damaged", 0, 0
    for _ in range(3000):
        spoilt = bytearray(GOOD)
        for _ in range(random.randint(1, 6)):
            at = random.randrange(len(spoilt))
            what = random.choice((b"", b"[", b"{", b'"', b"1e999", b"-", b"null", b"\\u", b"\xff"))
            spoilt[at : at + random.randint(0, 4)] = what
        if random.random() < 0.2:
            del spoilt[random.randint(1, len(spoilt)) :]
        file.write_bytes(bytes(spoilt))
        try:
            read += len(Reader().file(file))
        except ShareError as error:
            refused += "damaged" in f"{error}"
    assert refused > 500
    assert read > 50


def test_a_file_is_data_and_no_code(tmp_path: Path) -> None:
    trap = tmp_path / "ran"
    nasty = f"__import__('os').system('touch {trap}')"
    run = shared(record([done("serial", 1, 1, 0.5, name=nasty)], experiment=nasty), name=nasty)
    for padding in (0, reading._SMALL):
        (tmp_path / "x").write_bytes(b" " * padding + dump([run]))
        assert Reader().file(tmp_path / "x")[0].record == run.record
    assert not trap.exists()
