"""Interpreters as the tests need them, known without a search."""

from __future__ import annotations

from typing import Any

import msgspec

from core.engines.interpreters import Choice, Interpreter, choices, find_all
from core.engines.probe import Abilities, Identity
from tests.core.pythons.test_probe import abilities, identity


def facts(version: str, **changes: Any) -> tuple[Identity, Abilities]:
    """Make who a Python of that version is, and what it can do."""
    major, minor, patch = map(int, version.split("."))
    who = identity(
        version=version,
        version_info=(major, minor, patch),
        hexversion=(major << 24) + (minor << 16) + (patch << 8) + 0xF0,
        implementation=changes.pop("implementation", "cpython"),
    )
    return who, abilities(**changes)


def interpreter(version: str, path: str = "", source: str = "PATH", **changes: Any) -> Interpreter:
    """Make an interpreter that was found and has no problem."""
    path = path or f"/usr/bin/python{version}"
    base = changes.pop("base", path)
    who, can = facts(version, **changes)
    who = msgspec.structs.replace(who, base_executable=base)
    return Interpreter(path=path, source=source, identity=who, abilities=can)


def found(*paths: str) -> tuple[Choice, ...]:
    """Look at these files alone, and return the choices that they are, by their paths' order."""
    known = choices(find_all(paths, only_added()))
    by_path = {path: one for one in known for path in (one.interpreter.path, *one.interpreter.also)}
    return tuple(by_path[path] for path in paths)


def only_added() -> Any:
    """Make a search that looks nowhere but where it is told to."""
    from core.engines.interpreters import Search
    from core.engines.places import BY_HAND, Candidate

    return Search(look=lambda added: tuple(Candidate(path, BY_HAND) for path in added))
