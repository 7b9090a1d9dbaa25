"""The Pythons of this machine: found, asked who they are, told apart, and named.

any thread           begin, probe, shutdown         -> futures
"probe" threads      a few; each asks one interpreter at a time (core.engines.probe)

One interpreter is one program file: links to it, venvs of it and wrappers around it are named with
it. What cannot be used is kept, with what is wrong with it.
"""

import os
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from core.engines import places
from core.engines.places import Candidate
from core.engines.probe import LIMIT_S, Abilities, Identity, ProbeError, Stop, ask
from core.errors import BadInput
from core.installed import is_installed, typed
from core.lab.kinds import why_no_interpreters
from core.lab_python import LabPython

_AT_ONCE = 4
_WHOLE_SEARCH_S = 30.0
_RANKS = {places.OWN: 0, places.BY_HAND: 1}
ALL, OWN = "all", "this"
WITH_GIL = "+gil"


@dataclass(frozen=True, kw_only=True)
class Interpreter:
    """One interpreter, or what looked like one: `problem` says in a sentence why it is no use.

    `path` is what is run; `also` are its other names, venvs of it among them. `detail` is the end
    of what it wrote to stderr. `remarks` are sentences on what a person should know. `place` is
    its place in the search.
    """

    path: str
    source: str
    also: tuple[str, ...] = ()
    problem: str = ""
    detail: str = ""
    remarks: tuple[str, ...] = ()
    identity: Identity | None = None
    abilities: Abilities | None = None
    place: int = 0

    @property
    def short(self) -> str:
        """Name it as people do: 3.13, 3.13t where it is free-threaded, pypy3.10."""
        return self._named(2)

    @property
    def full(self) -> str:
        """Name it with its patch level: 3.13.0, 3.14.0rc2t."""
        return self._named(3)

    @property
    def facts(self) -> tuple[Identity, Abilities]:
        """Who it is and what it can do; only of one without a problem."""
        assert self.identity is not None, self.problem
        assert self.abilities is not None, self.problem
        return self.identity, self.abilities

    def _named(self, parts: int) -> str:
        identity, abilities = self.facts
        kind = identity.implementation
        numbers = identity.version_info[:parts]
        version = identity.version if parts == 3 else ".".join(map(str, numbers))
        build = "t" * abilities.free_threaded + "d" * abilities.debug
        return f"{'' if kind == 'cpython' else kind}{version}{build}"


@dataclass(frozen=True)
class Choice:
    """One thing that can be chosen to run trials: an interpreter, and the GIL or not."""

    interpreter: Interpreter
    lab: LabPython
    gil: bool

    @property
    def name(self) -> str:
        """What it is called on the command line, in the form and in the record."""
        return self.lab.name

    @property
    def lacks(self) -> dict[str, str]:
        """Say of executor kinds that it lacks what they need, as far as the search found out."""
        identity, abilities = self.interpreter.facts
        if abilities.interpreters:
            return {}
        return {"interpreters": why_no_interpreters(identity.version_info)}


# ------------------------------------------------------------------------------------ searching


class Search:
    """Look for Pythons and ask each who it is, a few at a time; every answer is a future's.

    Nothing is started before the first `begin` or `probe`; `shutdown` ends what runs. Futures of
    `probe` never fail: an Interpreter tells what is wrong. Callbacks run in a probe thread.
    """

    def __init__(
        self,
        look: Callable[[Iterable[str]], tuple[Candidate, ...]] = places.candidates,
        limit_s: float = LIMIT_S,
        whole_s: float = _WHOLE_SEARCH_S,
    ) -> None:
        self._look = look
        self._limit_s = limit_s
        self._whole_s = whole_s
        self._stop = Stop()
        self._pool = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="probe")

    def __enter__(self) -> "Search":
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()

    def begin(self, added: Iterable[str] = ()) -> "Future[tuple[tuple[Candidate, ...], ...]]":
        """List what may be a Python, grouped by program file; each group is for one `probe`."""
        return self._pool.submit(lambda: grouped(self._look(added)))

    def probe(
        self, group: Sequence[Candidate], place: int = 0, deadline: float | None = None
    ) -> "Future[Interpreter]":
        """Ask the interpreter of a group who it is; not later than `deadline` of `monotonic`."""
        return self._pool.submit(self._probe, tuple(group), place, deadline)

    def probe_all(self, groups: Sequence[Sequence[Candidate]]) -> "list[Future[Interpreter]]":
        """Ask them all; the whole takes a limited time, and who had no turn in it is told so."""
        deadline = time.monotonic() + self._whole_s
        return [self.probe(group, place, deadline) for place, group in enumerate(groups)]

    def shutdown(self) -> None:
        """Drop what waits, end what runs, and return when nothing is left."""
        self._stop.set()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _probe(
        self, group: tuple[Candidate, ...], place: int, deadline: float | None
    ) -> Interpreter:
        first, *others = group
        also = tuple(dict.fromkeys(other.path for other in others if other.path != first.path))
        what: dict[str, Any] = {"path": first.path, "source": first.source, "also": also}
        what["place"] = place
        left = self._limit_s
        if deadline is not None:
            left = min(left, deadline - time.monotonic())
        try:
            if left <= 0:
                raise ProbeError("The search ended before its turn came: look again.")
            _look_at(first.path)
            identity, abilities, noise = ask([first.path], left, self._stop)
        except ProbeError as error:
            return Interpreter(problem=str(error), detail=error.detail, **what)
        except Exception as error:  # a system out of threads or pipes is nobody's fault here
            return Interpreter(problem=f"It could not be asked: {error}.", **what)
        remarks = tuple(_remarks(first.path, identity, abilities, noise))
        return Interpreter(identity=identity, abilities=abilities, remarks=remarks, **what)


def find_all(added: Iterable[str] = (), search: Search | None = None) -> tuple[Interpreter, ...]:
    """Find, ask and sort every Python of this machine; blocks for a second or two."""
    with search or Search() as searching:
        probes = searching.probe_all(searching.begin(added).result())
        return merged(probe.result() for probe in probes)


def grouped(found: Iterable[Candidate]) -> tuple[tuple[Candidate, ...], ...]:
    """Put together what is the same program file, the name to run first.

    That is our own, or the one added by hand, or the file itself, rather than a link to it.
    """
    groups: dict[str, list[Candidate]] = {}
    for candidate in found:
        groups.setdefault(places.file_of(candidate.path), []).append(candidate)
    return tuple(
        tuple(sorted(group, key=lambda one: (_RANKS.get(one.source, 2), one.path != file)))
        for file, group in groups.items()
    )


def merged(interpreters: Iterable[Interpreter]) -> tuple[Interpreter, ...]:
    """Make one of those that are the same, and sort: our own, new before old, useless last."""
    same: dict[str, Interpreter] = {}
    for one in sorted(interpreters, key=lambda one: (_RANKS.get(one.source, 2), one.place)):
        key = _base(one.identity) if one.identity else one.path
        known = same.setdefault(key, one)
        if known is not one:
            also = dict.fromkeys((*known.also, one.path, *one.also))
            also.pop(known.path, None)
            same[key] = replace(known, also=tuple(also))
    return tuple(sorted(same.values(), key=_by_use))


def _by_use(one: Interpreter) -> tuple[Any, ...]:
    if one.identity is None or one.abilities is None:
        return (2, (), one.path)
    newest_first = tuple(-number for number in one.identity.version_info)
    own = 0 if one.source == places.OWN else 1
    return (own, newest_first, one.abilities.free_threaded, one.path)


def _base(identity: Identity) -> str:
    """Name the program file of the installation, also where a venv has a copy of it."""
    base = identity.base_executable or identity.executable
    is_venv = identity.prefix != identity.base_prefix
    if is_venv and os.path.realpath(base).startswith(os.path.realpath(identity.prefix) + os.sep):
        version = ".".join(map(str, identity.version_info[:2]))
        copied = Path(identity.base_prefix, "bin", f"python{version}")
        base = str(copied) if copied.exists() else base
    return places.file_of(base)


def _look_at(path: str) -> None:
    """Raise ProbeError for what can be seen to be no interpreter without starting it."""
    file = Path(path)
    if file.is_symlink() and not file.exists():
        raise ProbeError(f"It is a link to {file.readlink()}, which is not there.")
    if not file.exists():
        raise ProbeError("There is no such file: look at how it is written.")
    if file.is_dir():
        raise ProbeError("It is a folder without a Python in it: choose the program itself.")
    if sys.platform != "win32" and not os.access(path, os.X_OK):
        raise ProbeError("It is not allowed to run: `chmod +x` would allow it.")


def _remarks(path: str, identity: Identity, abilities: Abilities, noise: str) -> Iterable[str]:
    claimed = places.version_in_name(path)
    version = ".".join(map(str, identity.version_info[:2]))
    if claimed and claimed != version:
        yield f"Its name says {claimed}, but it is {identity.version}."
    if noise:
        yield f"It prints something of its own when it starts, which the lab skips: “{noise}”."
    if abilities.debug:
        yield "A debug build: its times are longer than those of a release."


# -------------------------------------------------------------------------------------- choosing


def choices(interpreters: Sequence[Interpreter]) -> tuple[Choice, ...]:
    """Name everything that can be chosen, each name once; free-threaded builds come twice.

    The name is the shortest that fits one only: 3.13, else 3.13.0, else its path; where the
    installed program brings a Python that is there twice, it is called the program's.
    """
    usable = [one for one in interpreters if not one.problem]
    found: list[Choice] = []
    for one in usable:
        identity, abilities = one.facts
        names = (one.short, one.full, *_of_ours(one), one.path)
        name = next(
            name
            for name in names
            if name == one.path
            or not any(name in (o.short, o.full) for o in usable if o is not one)
        )
        plain = LabPython((one.path,), name, (), identity.version)
        found.append(Choice(one, plain, abilities.gil))
        if abilities.free_threaded:
            locked = replace(plain, name=name + WITH_GIL, variables=(("PYTHON_GIL", "1"),))
            found.append(Choice(one, locked, gil=True))
    return tuple(found)


def _of_ours(one: Interpreter) -> tuple[str, ...]:
    is_ours = one.source == places.OWN and is_installed()
    return (f"{one.full} of Futures Lab",) if is_ours else ()


def resolve(
    wanted: Sequence[str], interpreters: Sequence[Interpreter], field: str = "pythons"
) -> tuple[Choice, ...]:
    """Turn names and paths into choices, each once; raise BadInput, naming what there is."""
    known = choices(interpreters)
    found: list[Choice] = []
    for text in wanted:
        found += known if text == ALL else [_resolve(text, known, interpreters, field)]
    return tuple(dict.fromkeys(found))


def _resolve(
    text: str, known: Sequence[Choice], interpreters: Sequence[Interpreter], field: str
) -> Choice:
    if text == OWN and known and known[0].interpreter.source == places.OWN:
        return known[0]
    path = places.typed(text)
    for names in (_exact, _loose):
        for choice in known:  # the newest of those that fit comes first
            if {text, path}.intersection(names(choice)):
                return choice
    for one in interpreters:
        if one.problem and path in (one.path, *one.also):
            raise BadInput(f"“{text}” cannot be used. {one.problem}", field)
    names_known = ", ".join(choice.name for choice in known) or "none"
    raise BadInput(
        f"There is no Python “{text}” here. There are: {names_known};"
        f" `{typed()} pythons` tells more, and a path adds one.",
        field,
    )


def _exact(choice: Choice) -> tuple[str, ...]:
    one = choice.interpreter
    if choice.name.endswith(WITH_GIL):
        return (choice.name, one.full + WITH_GIL, one.path + WITH_GIL)
    return (choice.name, one.full, one.path, *one.also)


def _loose(choice: Choice) -> tuple[str, ...]:
    one = choice.interpreter
    end = WITH_GIL if choice.name.endswith(WITH_GIL) else ""
    named = (one.short + end, f"python{one.short}{end}", f"python{one.full}{end}")
    return named
