"""The Pythons of this machine as the window knows them: looked for in other threads, one by one."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from gui.bridge import FutureBridge
from gui.models.found import FoundPythons, Offer, Refusal

if TYPE_CHECKING:
    from core.engines.interpreters import Choice, Interpreter, Search
    from core.engines.places import Candidate

_LONGEST = 30  # letters of a path: its end tells programs apart


class Pythons(QObject):
    """Finds them once it is told to begin, one at a time, and none while it is held.

    `changed` carries all that is known, with every answer; `added` the Offer or the Refusal that
    came of a path that a person gave. `added_at` are paths to look at from the start. The search
    is made by a thread of `loader`, for its modules take a frame to load. Lives in the GUI thread
    and never blocks it.
    """

    changed = Signal(object)
    added = Signal(object)

    def __init__(
        self,
        bridge: FutureBridge,
        make_search: Callable[[], Search],
        loader: Executor,
        added_at: Sequence[str] = (),
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._make_search = make_search
        self._loader = loader
        self._to_come: list[Callable[[Search], None]] = []
        self._added_at = tuple(added_at)
        self._search: Search | None = None
        self._waiting: deque[tuple[Candidate, ...]] = deque()
        self._answers: list[Interpreter] = []
        self._begun = self.is_listed = self._asking = self._held = self._closed = False
        self._place = 0
        self._is_looking = False
        self._known: tuple[Interpreter, ...] = ()
        self.found = FoundPythons()

    def begin(self) -> None:
        """Look for them; only the first call does anything."""
        if not self._begun and not self._closed:
            self._begun = self._is_looking = True
            self._with_search(self._list)
            self._tell()

    def add(self, text: str, answer: Callable[[Offer | Refusal], None] = lambda _: None) -> None:
        """Ask the interpreter that a person typed or chose; tell who asked what came of it."""

        def ask(search: Search) -> None:
            from core.engines.places import BY_HAND, Candidate, typed

            group = (Candidate(typed(text), BY_HAND),)
            place = -self._next_place()  # before what was added earlier, which may be gone
            probe = search.probe(group, place)
            self._bridge.watch(probe, partial(self._on_added, answer))

        if not self._closed:
            self._with_search(ask)

    def hold(self, held: bool) -> None:
        """Ask nobody while something is measured; go on later."""
        self._held = held
        self._ask_next()

    def resolve(self, names: Sequence[str]) -> tuple[Choice, ...]:
        """Turn the names of a form into what a run needs; raise BadInput for one that is gone."""
        from core.engines.interpreters import resolve

        return resolve(names, self._known) if names else ()

    def shut_down(self) -> None:
        """Leave nothing behind: no process, no thread."""
        self._closed = True
        if self._search is not None:
            self._search.shutdown()

    def _with_search(self, then: Callable[[Search], None]) -> None:
        """Call with the search, in this thread: at once, or when it is made."""
        if self._search is not None:
            then(self._search)
            return
        self._to_come.append(then)
        if len(self._to_come) == 1:
            self._bridge.watch(self._loader.submit(self._make_search), self._on_made)

    def _on_made(self, arrived: list[Future[Search]]) -> None:
        for future in arrived:
            if self._closed or future.cancelled():
                return
            self._search = future.result()
            to_come, self._to_come = self._to_come, []
            for then in to_come:
                then(self._search)

    def _list(self, search: Search) -> None:
        self._bridge.watch(search.begin(self._added_at), self._on_listed)

    def _next_place(self) -> int:
        self._place += 1
        return self._place

    def _on_listed(self, arrived: list[Future[Any]]) -> None:
        for future in arrived:
            if not future.cancelled():
                self._waiting += future.result()
        self.is_listed = True
        self._ask_next()

    def _ask_next(self) -> None:
        """Ask one; a few at a time would be sooner done, but a window wants its CPU too."""
        if self._asking or self._held or self._closed:
            return
        if not self._is_looking or not self.is_listed:
            return
        if not self._waiting or self._search is None:
            self._is_looking = False
            self._tell()
            return
        self._asking = True
        future = self._search.probe(self._waiting.popleft(), self._next_place())
        self._bridge.watch(future, self._on_answered)

    def _on_answered(self, arrived: list[Future[Interpreter]]) -> None:
        self._asking = False
        self._take([future.result() for future in arrived if not future.cancelled()])
        self._ask_next()

    def _on_added(
        self, answer: Callable[[Offer | Refusal], None], arrived: list[Future[Interpreter]]
    ) -> None:
        answers = [future.result() for future in arrived if not future.cancelled()]
        self._take([one for one in answers if not one.problem])
        for one in answers:
            offers = [offer for offer in self.found.offers if one.path in offer.paths]
            refusal = Refusal(one.path, one.problem, one.detail)
            what = refusal if one.problem else offers[0]
            answer(what)
            self.added.emit(what)

    def _take(self, answers: Sequence[Interpreter]) -> None:
        from core.engines.interpreters import merged

        self._answers += answers
        self._known = merged(self._answers)
        self._tell()

    def _tell(self) -> None:
        self.found = described(self._known, self._is_looking)
        self.changed.emit(self.found)


def described(known: Sequence[Interpreter], is_looking: bool) -> FoundPythons:
    """Put what is known of interpreters into words for a form."""
    if not known:
        return FoundPythons(is_looking=is_looking)
    from core.engines.interpreters import choices

    offers = [
        Offer(
            one.name,
            _label(one),
            _tip(one),
            (one.interpreter.path, *one.interpreter.also),
            one.gil,
            tuple(one.lacks.items()),
        )
        for one in choices(known)
    ]
    refusals = [Refusal(one.path, one.problem, one.detail) for one in known if one.problem]
    return FoundPythons(tuple(offers), tuple(refusals), is_looking)


def _label(choice: Choice) -> str:
    identity, abilities = choice.interpreter.facts
    kind = "free-threaded" if abilities.free_threaded else ""
    kind = kind or ("debug" if abilities.debug else choice.interpreter.source)
    name = choice.name if len(choice.name) <= _LONGEST else f"…{choice.name[1 - _LONGEST :]}"
    exact = "" if identity.version in name or abilities.free_threaded else f" ({identity.version})"
    parts = [f"{name}{exact}", "GIL on" if choice.gil else "GIL off", kind]
    if abilities.free_threaded and choice.gil:
        parts.pop()  # its name says so, and the form is not wider
    return " · ".join(parts)


def _tip(choice: Choice) -> str:
    """Say all that is known of a Python, a sentence a line."""
    one = choice.interpreter
    identity, abilities = one.facts
    also = f"Also: {', '.join(one.also)}" if one.also else ""
    runs = "starts processes by " + abilities.default_start_method
    lines = [
        f"{identity.implementation} {identity.version}, {abilities.bits} bits, from {one.source}",
        f"{'GIL on' if choice.gil else 'GIL off'}; {runs};"
        f" {'has' if abilities.interpreters else 'no'} interpreters",
        f"Built {abilities.build}",
        one.path,
        also,
        *one.remarks,
    ]
    return "\n".join(filter(None, lines))
