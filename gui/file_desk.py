"""What a person brings into the window and takes out of it; each is built when first asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QObject, Signal
from PySide6.QtWidgets import QWidget

from gui.runs import Runs
from gui.settings import Settings

if TYPE_CHECKING:
    from core.report.svg import Picture
    from core.results.share import Shared
    from gui.export.exports import Exports, Seen
    from gui.opening import Opener
    from gui.views.page import ExperimentPage

_TIMELINE = "timeline-"


class FileDesk(QObject):
    """Opens files of runs, and exports what is seen; `runs` does the long part elsewhere.

    `begun` fires when a person asks for something: what was said of the last is old then. `opened`
    carries runs that were read, `failed` a sentence. GUI thread.
    """

    begun = Signal()
    opened = Signal(object)
    failed = Signal(str)

    def __init__(
        self, window: QWidget, runs: Runs, settings: Settings, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._window = window
        self._settings = settings
        self._runs = runs
        self._opener: Opener | None = None
        self._exports: Exports | None = None

    def ask(self) -> None:
        """Ask which files to open."""
        self.begun.emit()
        self._need_opener().ask()

    def take(self, brought: QMimeData) -> None:
        """Open what was dropped or pasted."""
        self.begun.emit()
        self._need_opener().take(brought)

    def open(self, names: Sequence[str]) -> None:
        """Open files by their names."""
        self.begun.emit()
        self._need_opener().files([Path(name) for name in names])

    def export(self, page: ExperimentPage, what: str) -> None:
        """Take something away of what is seen on a page."""
        from gui.export.exports import script_of, seen_of, timeline_of

        record, tab, options = page.in_sight
        if what == "script":
            self._take_away(what, script_of(page.script))
        elif record is None:
            self.begun.emit()
            self._runs.told.emit("There is no run yet to save: press Run first")
        elif what.startswith(_TIMELINE):
            seen = timeline_of(page.experiment, record, page.trial_in_sight)
            self._take_away(what.removeprefix(_TIMELINE), seen)
        else:
            self._take_away(what, seen_of(page.experiment, record, page.key, tab, options))

    def export_runs(
        self,
        what: str,
        name: str,
        runs: tuple[Shared, ...],
        drawing: Callable[[], Picture | None] | None,
    ) -> None:
        """Take several runs away, or what `drawing` draws of them; `name` is for the file."""
        from gui.export.exports import Seen

        self._take_away(what, Seen(drawing, name, runs=runs))

    def _take_away(self, what: str, seen: Seen) -> None:
        self.begun.emit()
        self._need_exports().export(what, seen)

    def stop(self) -> None:
        """End what is being read."""
        if self._opener is not None:
            self._opener.stop()

    def _find(self, key: str, take: Callable[[Shared | None], None]) -> None:
        """Read a run out of the history; None where it is not there, or cannot be read."""
        self._runs.history.ask(lambda history: history.find(key), take, lambda _: take(None))

    def _need_opener(self) -> Opener:
        if self._opener is None:
            from gui.opening import Opener

            self._opener = Opener(self._window, self._settings, self)
            self._connect(self._opener)
            self._opener.opened.connect(self.opened)
        return self._opener

    def _need_exports(self) -> Exports:
        if self._exports is None:
            from gui.export.exports import Exports

            self._exports = Exports(self._window, self._settings, self._find, self)
            self._connect(self._exports)
        return self._exports

    def _connect(self, part: Opener | Exports) -> None:
        part.wanted.connect(self._runs.compute)
        part.told.connect(self._runs.told)
        part.failed.connect(self.failed)
