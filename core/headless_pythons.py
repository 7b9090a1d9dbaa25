"""The command `pythons`, and what `--pythons` means: which Pythons there are."""

import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
from rich.console import Console

from core.engines import places
from core.engines.interpreters import (
    WITH_GIL,
    Choice,
    Interpreter,
    choices,
    find_all,
    resolve,
)
from core.engines.lab_process import left_out

_PATH_MARKS = (os.sep, os.altsep or os.sep, "~", ".")


def chosen(values: Mapping[str, Any]) -> tuple[Choice, ...]:
    """Look for the Pythons that a run asks for; raise BadInput for one that cannot be used.

    Empty when it asks for none: then the run is on the Python that runs this program.
    """
    wanted: tuple[str, ...] = values.get("pythons", ())
    if not wanted:
        return ()
    paths = [places.typed(text.removesuffix(WITH_GIL)) for text in wanted if _is_path(text)]
    return resolve(wanted, find_all(paths))


def _is_path(text: str) -> bool:
    return text.startswith(_PATH_MARKS) or any(mark in text for mark in _PATH_MARKS[:2])


def found(paths: Iterable[str]) -> tuple[Interpreter, ...]:
    """Look for every Python, also those that `paths` name."""
    return find_all([places.typed(path) for path in paths])


def as_json(interpreters: Sequence[Interpreter]) -> bytes:
    """Write everything that is known of the Pythons, and what was kept from them."""
    names = _names(interpreters)
    told = [{"names": names.get(one.path, []), **msgspec.to_builtins(one)} for one in interpreters]
    data = msgspec.json.encode({"left_out": left_out(), "pythons": told})
    return msgspec.json.format(data, indent=2) + b"\n"


def show(interpreters: Sequence[Interpreter], console: Console) -> None:
    """Print the Pythons that can be used, with where they are, then what is wrong with others."""
    names = _names(interpreters)
    usable = [one for one in interpreters if not one.problem]
    broken = [one for one in interpreters if one.problem]
    for one in usable:
        _say(console, f"{', '.join(names[one.path]):<10} {_description(one)}")
        _say(console, f"{'':<10} {one.path}")
        for remark in one.remarks:
            _say(console, f"{'':<10} {remark}")
    if broken:
        _say(console, "\nCannot be used:")
    for one in broken:
        _say(console, f"{one.path}: {one.problem}")
    if kept_out := left_out():
        _say(console, f"\nKept from all of them: {', '.join(kept_out)}.")


def _description(one: Interpreter) -> str:
    identity, abilities = one.facts
    gil = "GIL on" if abilities.gil else "GIL off"
    parts = [
        f"{identity.implementation} {identity.version}",
        f"free-threaded build, {gil}" if abilities.free_threaded else gil,
        "interpreters" if abilities.interpreters else "no interpreters",
        f"starts processes by {abilities.default_start_method}",
        "JIT on" if abilities.jit else "",
        f"from {one.source}",
    ]
    return ", ".join(filter(None, parts))


def _names(interpreters: Sequence[Interpreter]) -> dict[str, list[str]]:
    names: dict[str, list[str]] = {}
    for choice in choices(interpreters):
        names.setdefault(choice.interpreter.path, []).append(choice.name)
    return names


def _say(console: Console, sentence: str) -> None:
    console.print(sentence, markup=False, soft_wrap=True)
