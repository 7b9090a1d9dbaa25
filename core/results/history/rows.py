"""A record as it lies in the tables, and back: every field that it has, known to us or not."""

import time
import zlib
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from msgspec.structs import replace

from core.results.files import encode
from core.results.history.listing import folded
from core.results.records import Environment, RunRecord, TrialRecord, from_json

_SMALL = 512
_LEAST_EFFORT = 1
_MOST_WHOLE = 2**63 - 1
_MANY, _AT_ONCE = ("tasks", "rows", "events"), 1000
_REST_S = 0.00005
# What reading damaged data raises: no JSON, or none that was made small, or no text in UTF-8, or
# something else in its place.
DAMAGED = (msgspec.DecodeError, zlib.error, UnicodeDecodeError, RecursionError, TypeError)


def pack(data: bytes) -> bytes:
    """Make JSON small, where that is worth it; `unpack` tells by the first byte."""
    return data if len(data) < _SMALL else zlib.compress(data, _LEAST_EFFORT)


def unpack(data: bytes) -> bytes:
    """Give the JSON back; raises one of DAMAGED."""
    return data if data[:1] == b"{" else zlib.decompress(data)


def head_of(record: RunRecord) -> bytes:
    """Write a record without its trials."""
    return encode(replace(record, trials=()))


def trial_of(trial: TrialRecord) -> bytes:
    """Write one trial; what there may be 100,000 of, in parts.

    To write JSON holds the GIL: all at once, it held a window up for 50 ms.
    """
    few = encode(replace(trial, **dict.fromkeys(_MANY, ())))
    fields = msgspec.json.decode(few, type=dict[str, msgspec.Raw])
    fields |= {name: _in_parts(getattr(trial, name)) for name in _MANY}
    return msgspec.json.encode(fields)


def _in_parts(many: Sequence[Any]) -> msgspec.Raw:
    parts = []
    for first in range(0, len(many), _AT_ONCE):
        if first:
            _rest()
        parts.append(encode(many[first : first + _AT_ONCE])[1:-1])
    return msgspec.Raw(b"[" + b",".join(parts) + b"]")


def _rest() -> None:
    """Let others have the interpreter: without it, they would wait for 5 ms again and again."""
    time.sleep(_REST_S)


def status_of(data: bytes) -> str:
    """Read from packed JSON how a trial ended, and no more; raises one of DAMAGED."""
    return msgspec.json.decode(unpack(data), type=_Ended).status


def settings_of(data: bytes) -> dict[str, Any]:
    """Read from a packed head the parameters of the run; none where it cannot be read.

    Whoever opens such a run is told; the list goes on without.
    """
    try:
        return msgspec.json.decode(unpack(data), type=_Set).parameters
    except DAMAGED:
        return {}


class _Set(msgspec.Struct):
    parameters: dict[str, Any]


class _Ended(msgspec.Struct):
    status: str


def whole(head: bytes, trials: Iterable[bytes], status: str) -> bytes:
    """Join what lies in the tables to the JSON of a record."""
    fields = msgspec.json.decode(head, type=dict[str, msgspec.Raw])
    fields["trials"] = msgspec.Raw(b"[" + b",".join(trials) + b"]")
    fields["status"] = msgspec.Raw(msgspec.json.encode(status))
    return msgspec.json.encode(fields)


def record_of(data: bytes) -> RunRecord:
    """Read the JSON of a record; raises one of DAMAGED."""
    return from_json(data)


def parts_of(raw: dict[str, Any]) -> tuple[bytes, list[bytes]]:
    """Take the plain values of a record apart: its head, and each trial."""
    head = encode({**raw, "trials": []})
    return head, [encode(trial) for trial in raw["trials"]]


def columns_of(record: RunRecord, said: str) -> dict[str, Any]:
    """Say what the list shows and sorts by."""
    return {
        "experiment": _text(record.experiment),
        "started_at": _text(record.started_at),
        "status": record.status,
        "planned": max(0, min(record.planned_trials, _MOST_WHOLE)),
        "python": _text(python_of(record.environment)),
        "machine": _text(machine_of(record.environment)),
        "said": _text(said),
    }


def python_of(environment: Environment) -> str:
    """Name the Python of a run in few words."""
    pythons = environment.pythons or (environment.python,)
    names = [f"{one.version}{'' if one.gil else ' without the GIL'}" for one in pythons if one]
    return ", ".join(dict.fromkeys(names))


def machine_of(environment: Environment) -> str:
    """Name the machine of a run in few words."""
    cpus = environment.usable_cpus
    return f"{environment.cpu}, {cpus} CPU{'s' * (cpus != 1)}, {environment.system}"


def words_of(columns: Sequence[str]) -> str:
    """Join what can be searched."""
    return folded("\n".join(columns))


def _text(value: str) -> str:
    return value.encode("utf-8", "replace").decode("utf-8").replace("\0", "�")
