"""The history as the window has it: asked here, answered here, read and written in its own thread.

GUI thread                                history thread
ask(call, take) ---- call(history) -----> SQLite
take(result)    <--- bridge ------------- done-callback
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QObject, QTimer, Signal

from core.errors import FuturesLabError
from gui.bridge import FutureBridge

if TYPE_CHECKING:
    from core.results.history.history import History, Writing
    from core.results.history.opening import Opened
    from core.results.records import RunRecord

_AGAIN_MS = 3000
_T = TypeVar("_T")
Say = Callable[[str], None]
MakeHistory = Callable[[Say], "History"]


class Archive(QObject):
    """Opens the history when it is first wanted, and carries its answers into the GUI thread.

    `problem_found` has a sentence for a person, whatever the trouble was; `mended` that what could
    not be written is written now; `changed` that the list of runs may have. `make_history` gets
    what it shall call with sentences, from its own thread. Lives in the GUI thread, and never
    waits but in `shut_down`.
    """

    problem_found = Signal(str)
    mended = Signal()
    changed = Signal()

    def __init__(
        self, bridge: FutureBridge, make_history: MakeHistory, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._make_history = make_history
        self._history: History | None = None
        self._closed = False

    def open(self) -> History | None:
        """Begin to open it, once; None after `shut_down`."""
        if self._history is None and not self._closed:
            self._history = self._make_history(
                lambda sentence: self._bridge.post(self._on_late_problems, sentence)
            )
            self._bridge.watch(self._history.opened, self._on_opened)
        return self._history

    def ask(
        self,
        call: Callable[[History], Future[_T]],
        take: Callable[[_T], None] = lambda answer: None,
        fail: Say | None = None,
    ) -> None:
        """Have `call` made, and its answer taken, or the sentence why there is none."""
        if (history := self.open()) is not None:
            self.watch(call(history), take, fail)

    def change(self, call: Callable[[History], Future[Any]]) -> None:
        """Have something changed, and tell that the list did."""
        self.ask(call, lambda _: self.changed.emit())

    def watch(
        self, future: Future[_T], take: Callable[[_T], None], fail: Say | None = None
    ) -> None:
        """Have a future's result taken, or the sentence why there is none, told here by default."""
        handler = partial(self._on_answered, take, fail or self.problem_found.emit)
        self._bridge.watch(future, handler)

    @property
    def is_closed(self) -> bool:
        """Whether it was shut down: nothing can be written any more."""
        return self._closed

    def shut_down(self) -> None:
        """Write what is still to be written, and end; waits for it."""
        self._closed = True
        if self._history is not None:
            self._history.shutdown()
            self._history = None

    def _on_opened(self, arrived: list[Future[Opened]]) -> None:
        for future in arrived:
            for sentence in future.result().sentences:
                self.problem_found.emit(sentence)

    def _on_late_problems(self, sentences: list[str]) -> None:
        for sentence in sentences:
            self.problem_found.emit(sentence)

    def _on_answered(
        self, take: Callable[[Any], None], fail: Say, arrived: list[Future[Any]]
    ) -> None:
        for future in arrived:
            if future.cancelled():
                continue
            error = future.exception()
            if error is None:
                take(future.result())
            elif isinstance(error, FuturesLabError):
                fail(f"{error}")
            else:  # a person shall read a sentence also where we did not foresee it
                fail(f"The history could not do this: {type(error).__name__}, {error}.")


class RunKeeper:
    """Writes one run as it happens, and tells once what went wrong. GUI thread; nothing waits.

    What could not be written is tried again, `patience_ms` later each time.

    With `goes_on`, the id of an ended run, what comes is written behind its trials; where that
    cannot be, the run is kept as a new one. `run` is the id, once it is known.
    """

    def __init__(
        self,
        archive: Archive,
        record: RunRecord,
        goes_on: int | None = None,
        patience_ms: int = _AGAIN_MS,
    ) -> None:
        self.run = goes_on
        self._patience_ms = patience_ms
        self._tries_again = False
        self._archive = archive
        self._writing: Writing | None = None
        self._held = record
        self._is_behind = False
        if goes_on is None:
            self._begin()
        else:
            archive.ask(
                lambda history: history.resume(goes_on, record), self._write_by, self._keep_apart
            )

    @property
    def key(self) -> str:
        """What the run is known by in every history; empty until it is known which run it is."""
        return "" if self._writing is None else self._writing.key

    def save(self, record: RunRecord) -> None:
        """Write the run as it stands: each call writes all trials that are not there yet."""
        self._held = record
        if self._writing is not None:
            saved = self._writing.save(record)
            self._archive.watch(saved, self._on_saved, self._on_not_saved)

    def _begin(self) -> None:
        if (history := self._archive.open()) is not None:
            self._write_by(history.begin())

    def _write_by(self, writing: Writing) -> None:
        self._writing = writing
        self.save(self._held)

    def _keep_apart(self, sentence: str) -> None:
        self._archive.problem_found.emit(f"{sentence} What is measured now is kept as a new run.")
        self._begin()

    def _on_saved(self, run: int) -> None:
        self.run = run
        if self._is_behind:
            self._is_behind = False
            self._archive.mended.emit()
        self._archive.changed.emit()

    def _on_not_saved(self, sentence: str) -> None:
        """Tell it, and try again: after the last trial nobody else would."""
        if not self._is_behind:
            self._is_behind = True
            self._archive.problem_found.emit(sentence)
        if not self._tries_again:
            self._tries_again = True
            QTimer.singleShot(self._patience_ms, self._try_again)

    def _try_again(self) -> None:
        self._tries_again = False
        if self._is_behind and not self._archive.is_closed:
            self.save(self._held)
