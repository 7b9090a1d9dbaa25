"""Bytes that are written whole or not at all, and JSON of whatever a program may have told."""

import os
import stat
import uuid
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec


def encode(value: Any) -> bytes:
    """Write structs and plain values as JSON; text that no file can hold is replaced by "?"."""
    try:
        return msgspec.json.encode(value)
    except UnicodeEncodeError:  # half of a pair of surrogates, as a broken program may print it
        return msgspec.json.encode(_printable(msgspec.to_builtins(value)))


def _printable(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, dict):
        return {_printable(name): _printable(what) for name, what in value.items()}
    if isinstance(value, list | tuple):
        return [_printable(what) for what in value]
    return value


def write_whole(path: Path, data: bytes) -> None:
    """Put the data in place of what was there, if any; raises OSError and then changes nothing.

    Who may read what was there may read the new.
    """
    path = Path(os.path.realpath(path))  # a link stays a link
    beside = path.with_name(f".{uuid.uuid4().hex}.partial")  # threads may write side by side
    try:
        with beside.open("xb") as file:
            with suppress(OSError):  # there was nothing, or its owner is somebody else
                beside.chmod(stat.S_IMODE(path.stat().st_mode))
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    finally:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
