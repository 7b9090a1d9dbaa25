"""What the class gallery shows: runs that were opened, or chosen in the history."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from gui.views.gallery import GalleryPage

if TYPE_CHECKING:
    from core.report.plot import Plot
    from core.results.gallery import Gallery
    from core.results.share import Shared
    from gui.views.gallery_chart import Choice


class GalleryDesk(QObject):
    """Keeps the runs of one gallery, each once. GUI thread.

    `wanted` carries a job for another thread, and who takes its result; `export_wanted` what to
    take away, what to call it, the runs, and what draws them. `told` has a sentence.
    """

    wanted = Signal(object, object)
    export_wanted = Signal(str, str, object, object)
    told = Signal(str)

    def __init__(self, page: GalleryPage) -> None:
        super().__init__(page)
        self._page = page
        self._runs: dict[str, Shared] = {}
        self._asked = 0
        page.cleared.connect(self._clear)
        page.export_requested.connect(self.export)

    def add(self, runs: Sequence[Shared]) -> None:
        """Lay more runs over those that are there; one that comes again unnamed changes none."""
        for run in runs:
            if run.whose or run.name or run.key not in self._runs:
                self._runs[run.key] = run
        self._asked += 1
        job = partial(_gallery, tuple(self._runs.values()))
        self.wanted.emit(job, partial(self._take, self._asked))

    def replace(self, runs: Sequence[Shared]) -> None:
        """Show these runs and no others."""
        self._runs = {}
        self.add(runs)

    def export(self, what: str) -> None:
        """Take the runs away, or a picture of them as it is seen."""
        runs = tuple(self._runs.values())
        if not runs:
            self.told.emit("There is nothing here to save: open the files of a class first")
            return
        choice = self._page.choice
        drawing = None if choice is None else partial(_drawn, runs, choice)
        self.export_wanted.emit(what, "class", runs, drawing)

    def _clear(self) -> None:
        self._runs = {}
        self._asked += 1

    def _take(self, asked: int, found: Gallery) -> None:
        if asked == self._asked:
            self._page.show_soon(found)


def _gallery(runs: Sequence[Shared]) -> Gallery:
    """Make the curves; in another thread, which also bears the imports."""
    from core.results.gallery import gallery

    import_module("core.report.together")  # the view needs it, which is built next
    return gallery(runs)


def _drawn(runs: Sequence[Shared], choice: Choice) -> Plot | None:
    from core.report.together import gallery_chart

    return gallery_chart(_gallery(runs), choice.kind, choice.measure, choice.by)
