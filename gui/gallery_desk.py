"""What the class gallery shows: runs that were opened, or chosen in the history."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from core.results.gallery import Gallery, gallery
from gui.views.gallery import GalleryPage

if TYPE_CHECKING:
    from core.results.share import Shared


class GalleryDesk(QObject):
    """Keeps the runs of one gallery, each once. GUI thread.

    `wanted` carries a job for another thread, and who takes its result.
    """

    wanted = Signal(object, object)

    def __init__(self, page: GalleryPage) -> None:
        super().__init__(page)
        self._page = page
        self._runs: dict[str, Shared] = {}
        self._asked = 0
        page.cleared.connect(self._clear)

    def add(self, runs: Sequence[Shared]) -> None:
        """Lay more runs over those that are there; one that comes again unnamed changes none."""
        for run in runs:
            if run.whose or run.name or run.key not in self._runs:
                self._runs[run.key] = run
        self._asked += 1
        job = partial(gallery, tuple(self._runs.values()))
        self.wanted.emit(job, partial(self._take, self._asked))

    def replace(self, runs: Sequence[Shared]) -> None:
        """Show these runs and no others."""
        self._runs = {}
        self.add(runs)

    def _clear(self) -> None:
        self._runs = {}
        self._asked += 1

    def _take(self, asked: int, found: Gallery) -> None:
        if asked == self._asked:
            self._page.show_gallery(found)
