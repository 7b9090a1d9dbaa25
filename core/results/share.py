"""Files of runs, `.futureslab`: one run or many, to be opened by somebody else.

JSON, described by docs/futureslab.schema.json. What is opened is only ever data: sizes and nesting
are limited, types and ranges are checked and named with their place, and what this version does not
know is kept and written again.
"""

import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from core import __version__
from core.errors import ShareError, cannot_write
from core.results.files import encode, write_whole
from core.results.records import SCHEMA, RunRecord

VERSION = 1
MOST_BYTES = 64 * 2**20
_MOST_PARTS = 3_000_000  # lists and objects: each takes far more memory than its two brackets
_MOST_VALUES = 12_000_000
_DEEPEST = 100
_MOST_WORKERS = 10_000
_MOST_TRIALS = 1_000_000
_MOST_MEMORY = 2**60
_LARGEST = 10**18  # of what is only written: a size of the work, a number of CPUs
_LONGEST_S = 1e10  # three hundred years

_Line = Annotated[str, msgspec.Meta(max_length=300)]
_Text = Annotated[str, msgspec.Meta(max_length=20_000)]
_NO_RUNS = "it is no file of runs. Choose one that Futures Lab has written."


class SharedRun(msgspec.Struct, frozen=True, kw_only=True):
    """One run of a file: its record, and what people call it.

    `key` is the same wherever this run goes, so that nobody has it twice; `whose` tells whose it
    is, as its owner likes to be called.
    """

    record: RunRecord
    key: Annotated[str, msgspec.Meta(max_length=100)] = ""
    name: _Line = ""
    note: _Text = ""
    whose: _Line = ""


class ShareFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file of runs; `version` is the format's, `saved_by` the version of the program."""

    format: Literal["futureslab"]
    version: Annotated[int, msgspec.Meta(ge=1)]
    runs: tuple[SharedRun, ...]
    saved_by: _Line = ""


@dataclass(frozen=True)
class Shared:
    """A run that is or was in a file: what is known of it, and all that stood there.

    `raw_record` has the record's plain values, `extra` what else stood beside them; both may hold
    fields that this version does not know.
    """

    record: RunRecord
    key: str = ""
    name: str = ""
    note: str = ""
    whose: str = ""
    raw_record: dict[str, Any] = field(default_factory=dict)
    extra: dict[str, Any] = field(default_factory=dict)


def shared(record: RunRecord, key: str = "", name: str = "", whose: str = "") -> Shared:
    """Make a record ready for a file; without a key it gets one that follows from what is in it."""
    raw = msgspec.json.decode(encode(record))
    return Shared(record, key or _key_of(raw), name, "", whose, raw)


def dump(runs: Iterable[Shared], extra: dict[str, Any] | None = None) -> bytes:
    """Write a file's bytes; `extra` are fields of the whole file that were unknown when read."""
    ours = {"format": "futureslab", "version": VERSION, "saved_by": __version__}
    whole = {**(extra or {}), **ours, "runs": [_plain(run) for run in runs]}
    return msgspec.json.format(encode(whole), indent=1) + b"\n"


def save(path: Path, runs: Iterable[Shared]) -> None:
    """Write a file, whole or not at all; raises ShareError."""
    try:
        write_whole(path, dump(runs))
    except OSError as error:
        raise ShareError(cannot_write(path, error)) from error


def load(path: Path) -> tuple[Shared, ...]:
    """Open a file of runs, or a record as the command line writes it; raises ShareError.

    Reads no more than the limit into memory. Takes seconds at that size: not for a window's thread.
    """
    try:
        return parse(_read(path))
    except ShareError as error:
        raise ShareError(f"“{path.name}” cannot be opened: {error}") from error.__cause__


def parse(data: bytes) -> tuple[Shared, ...]:
    """Read the bytes of a file, or pasted text; raises ShareError."""
    return document(data)[0]


def document(data: bytes) -> tuple[tuple[Shared, ...], dict[str, Any]]:
    """Read runs, and the unknown fields of the file as a whole; raises ShareError."""
    plain = _decoded(data)
    if "format" not in plain and "schema" in plain:
        plain.pop("analysis", None)  # what `--json` adds for others follows from the rest
        alone = {"record": plain, "key": plain.pop("key", "")}
        plain = {"format": "futureslab", "version": VERSION, "runs": [alone]}
    if plain.get("format") != "futureslab":
        raise ShareError(_NO_RUNS)
    version = plain.get("version")
    if isinstance(version, int) and version > VERSION:
        raise ShareError(
            f"it is of version {version}, and this program knows up to {VERSION}."
            " Open it with a newer Futures Lab."
        )
    try:
        typed = msgspec.convert(plain, ShareFile)
    except msgspec.ValidationError as error:
        raise ShareError(f"{_lower(str(error))}.") from error
    runs = []
    for number, (run, raw) in enumerate(zip(typed.runs, plain["runs"], strict=True)):
        _check(run.record, f"$.runs[{number}].record")
        extra = {name: what for name, what in raw.items() if name not in _RUN_FIELDS}
        key = run.key or _key_of(raw["record"])
        runs.append(Shared(run.record, key, run.name, run.note, run.whose, raw["record"], extra))
    rest = {name: what for name, what in plain.items() if name not in _FILE_FIELDS}
    return tuple(runs), rest


def json_schema() -> bytes:
    """Describe the format for other programs, from the types themselves."""
    return (
        msgspec.json.format(msgspec.json.encode(msgspec.json.schema(ShareFile)), indent=2) + b"\n"
    )


_RUN_FIELDS = frozenset(SharedRun.__struct_fields__)
_FILE_FIELDS = frozenset(ShareFile.__struct_fields__)


def _plain(run: Shared) -> dict[str, Any]:
    record = run.raw_record or msgspec.to_builtins(run.record)
    ours = {"key": run.key, "name": run.name, "note": run.note, "whose": run.whose}
    return {**run.extra, **ours, "record": record}


def _key_of(raw: dict[str, Any]) -> str:
    import hashlib  # brings OpenSSL, 4 MiB: only a run that came without a key needs it

    return hashlib.sha256(msgspec.json.encode(raw, order="sorted")).hexdigest()[:32]


# ------------------------------------------------------------------------------- nothing is trusted


def _read(path: Path) -> bytes:
    try:
        with open(path, "rb", opener=_without_waiting) as file:
            about = os.fstat(file.fileno())
            if not stat.S_ISREG(about.st_mode):
                raise ShareError("it is no ordinary file.")
            if about.st_size > MOST_BYTES:
                raise _too_large(about.st_size)
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise ShareError(f"{error.strerror}.") from error
    except ValueError as error:  # a NUL in its name
        raise ShareError(f"{error}.") from error
    if len(data) > MOST_BYTES:
        raise _too_large(len(data))
    return data


def _without_waiting(path: str, flags: int) -> int:
    """Open a file, and a pipe too, without waiting for somebody to write to it."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _too_large(size: int) -> ShareError:
    return ShareError(
        f"it has {size / 2**20:.0f} MB, and {MOST_BYTES // 2**20} MB is the most."
        " Ask for it in parts."
    )


def _decoded(data: bytes) -> dict[str, Any]:
    if len(data) > MOST_BYTES:
        raise _too_large(len(data))
    if data.count(b"[") + data.count(b"{") > _MOST_PARTS or data.count(b",") > _MOST_VALUES:
        raise ShareError("it has more values than any runs have.")
    try:
        plain = msgspec.json.decode(data.removeprefix(b"\xef\xbb\xbf"))
    except RecursionError as error:
        raise _too_deep() from error
    except UnicodeDecodeError as error:
        raise ShareError("it is not text in UTF-8.") from error
    except msgspec.ValidationError as error:
        raise ShareError(f"{_lower(_placed(data, error))}.") from error
    except msgspec.DecodeError as error:
        raise ShareError(_not_json(data, str(error))) from error
    if isinstance(plain, list) and plain and all(map(_is_run, plain)):  # as `tables.to_json` does
        plain = {"format": "futureslab", "version": VERSION, "runs": plain}
    if not isinstance(plain, dict):
        raise ShareError(_NO_RUNS)
    if not _is_shallow(plain):
        raise _too_deep()
    return plain


def _is_run(plain: Any) -> bool:
    return isinstance(plain, dict) and "record" in plain


def _not_json(data: bytes, found: str) -> str:
    """Say what is wrong with data that is no JSON, as its reader found it."""
    if not data.strip():
        return "it is empty. Save the run again, or choose another file."
    if data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] not in (b"{", b"["):
        return _NO_RUNS
    if "truncated" in found:
        return "it ends in the middle. Copy it again from where it came from."
    return f"it is damaged: {_lower(found)}. Copy it again from where it came from."


def _placed(data: bytes, error: msgspec.ValidationError) -> str:
    """Name the place of a number that is too large, which only a typed reader knows."""
    for whole in (ShareFile, RunRecord):
        try:
            msgspec.json.decode(data, type=whole)
        except (msgspec.DecodeError, RecursionError) as found:
            if "out of range" in str(found):
                return str(found)
    return str(error)


def _too_deep() -> ShareError:
    return ShareError(f"its values are nested more than {_DEEPEST} deep, which no run is.")


def _is_shallow(plain: Any) -> bool:
    level = [plain]
    for _ in range(_DEEPEST):
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, dict | list)
        ]
        if not level:
            return True
    return False


def _check(record: RunRecord, place: str) -> None:
    """Refuse what no run can have measured, before anything counts up to it; raises ShareError."""
    if record.schema > SCHEMA:
        raise ShareError(
            f"the record at `{place}` is of version {record.schema}, and this program knows up to"
            f" {SCHEMA}. Open it with a newer Futures Lab."
        )
    for what, value, least, most in _bounded(record):
        if not least <= value <= most:
            raise ShareError(
                f"{_figure(value)} is not from {least} to {most:g} - at `{place}.{what}`."
            )


def _figure(value: float) -> str:
    try:
        return f"{value:.6g}"
    except OverflowError:
        return "a number of more than 300 digits"


def _bounded(record: RunRecord) -> Iterator[tuple[str, float, float, float]]:
    yield "planned_trials", record.planned_trials, 0, _MOST_TRIALS
    about = record.environment
    yield "environment.usable_cpus", about.usable_cpus, 1, _MOST_WORKERS
    yield "environment.logical_cpus", about.logical_cpus, 0, _LARGEST
    yield "environment.physical_cpus", about.physical_cpus or 0, 0, _LARGEST
    yield "environment.memory_bytes", about.memory_bytes, 0, _MOST_MEMORY
    if record.calibration is not None:
        yield "calibration.size", record.calibration.size, 0, _LARGEST
    for number, trial in enumerate(record.trials):
        place = f"trials[{number}]"
        yield f"{place}.workers", trial.workers, 1, _MOST_WORKERS
        yield f"{place}.block", trial.block, 0, _MOST_TRIALS
        yield f"{place}.order", trial.order, 0, _MOST_TRIALS
        for name in trial.__struct_fields__:
            value = getattr(trial, name)
            if name.endswith("_s") and isinstance(value, float):
                yield f"{place}.{name}", value, -_LONGEST_S, _LONGEST_S
        for count, task in enumerate(trial.tasks):
            at = f"{place}.tasks[{count}]"
            yield f"{at}.worker", task.worker, 0, _MOST_WORKERS
            for name in ("submit_s", "start_s", "end_s", "cpu_s"):
                yield f"{at}.{name}", getattr(task, name), -_LONGEST_S, _LONGEST_S


def _lower(sentence: str) -> str:
    return sentence if sentence.startswith("JSON") else sentence[:1].lower() + sentence[1:]


if __name__ == "__main__":
    print(json_schema().decode(), end="")
