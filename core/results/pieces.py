"""Runs cut into pieces, a line of JSON each, so that a window reads them a little at a time.

A parser in C holds the interpreter until it is done, whatever thread it runs in: a second for the
largest file. So another process reads and judges the file, and writes it anew in small pieces.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator
from typing import Any, BinaryIO

import msgspec
from msgspec.structs import replace

from core.errors import ShareError
from core.results.files import encode
from core.results.records import RunRecord, TaskRecord, TrialRecord
from core.results.share import Shared

_AT_ONCE = 1000  # tasks, rows or events
_MOST_BYTES = 2 * 2**20  # of a piece: a hundredth of a second's reading
_MANY = ("tasks", "rows", "events")
_Piece = tuple[str, Any]


def write(runs: Iterable[Shared], file: BinaryIO) -> None:
    """Write runs in pieces; raises ShareError where one cannot be small."""
    for kind, what in _pieces(runs):
        for line in _lines(kind, what):
            file.write(line + b"\n")


def _lines(kind: str, what: Any) -> Iterator[bytes]:
    """Write a piece in one line; of many large values half as many in each of two."""
    line = encode((kind, what))
    if len(line) <= _MOST_BYTES:
        yield line
    elif kind in _MANY and len(what) > 1:
        yield from _lines(kind, what[: len(what) // 2])
        yield from _lines(kind, what[len(what) // 2 :])
    else:
        raise ShareError(
            f"it has a single value of {len(line) / 2**20:.0f} MB, more than any run has."
        )


def _pieces(runs: Iterable[Shared]) -> Iterator[_Piece]:
    for run in runs:
        about = {name: getattr(run, name) for name in ("key", "name", "note", "whose", "extra")}
        raw = run.raw_record
        yield "run", {**about, "record": {**raw, "trials": []}}
        for trial in raw.get("trials", ()):
            yield "trial", {**trial, **{name: [] for name in _MANY if name in trial}}
            for name in _MANY:
                many = trial.get(name, ())
                for first in range(0, len(many), _AT_ONCE):
                    yield name, many[first : first + _AT_ONCE]


def read(lines: Iterable[bytes], rest: Callable[[], None]) -> Iterator[Shared]:
    """Put runs together again; `rest` is called between two pieces, for others to have a turn."""
    run: Shared | None = None
    trials: list[TrialRecord] = []
    many: dict[str, list[Any]] = {}
    for line in lines:
        kind, what = msgspec.json.decode(line)
        if kind in ("run", "trial"):
            _end_trial(trials, many)
        if kind == "run":
            if run is not None:
                yield _whole(run, trials)
            record = msgspec.convert(what["record"], RunRecord)
            about = {name: what[name] for name in ("key", "name", "note", "whose", "extra")}
            run, trials = Shared(record, raw_record=what["record"], **about), []
        elif kind == "trial":
            assert run is not None
            trials.append(msgspec.convert(what, TrialRecord))
            run.raw_record["trials"].append(what)
        else:
            assert run is not None
            run.raw_record["trials"][-1][kind] += what
            typed = msgspec.convert(what, list[TaskRecord]) if kind == "tasks" else what
            many.setdefault(kind, []).extend(typed)
        rest()
    if run is not None:
        _end_trial(trials, many)
        yield _whole(run, trials)


def _end_trial(trials: list[TrialRecord], many: dict[str, list[Any]]) -> None:
    if many:
        whole = {name: tuple(values) for name, values in many.items()}
        trials[-1] = replace(trials[-1], **whole)
        many.clear()


def _whole(run: Shared, trials: list[TrialRecord]) -> Shared:
    return dataclasses.replace(run, record=replace(run.record, trials=tuple(trials)))
