"""What the page "History" asks for, done: between its signals and the history itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QStackedWidget

from gui import experiments
from gui.history import Archive
from gui.models.kept import Kept, made_ready
from gui.turns import Step, Turns
from gui.views.history import HistoryPage

if TYPE_CHECKING:
    from core.report.plot import Plot
    from core.results.history.listing import Query, RunRow
    from core.results.records import RunRecord
    from core.results.share import Shared
    from gui.models.compared import RunsTogether, SideBySide
    from gui.views.comparison import ComparisonView

Drawing = Callable[[], "Plot"] | None
_UNKNOWN = (
    "This version of Futures Lab has no experiment “{}”, so the run cannot be shown."
    " Open it with a newer one; in the list it stays as it is."
)


class HistoryDesk(QObject):
    """Serves one page from one history. GUI thread.

    `room` has the page, and gets the comparison once there is one. `opened` carries a Kept run to
    be shown, `continue_wanted` its row and its record; `wanted` a pure job for another thread, and
    the handler of its result; `export_wanted` what to take away, what to call it, the runs, and
    what draws them, if anything. `told` has a sentence.
    """

    opened = Signal(object)
    continue_wanted = Signal(object, object)
    wanted = Signal(object, object)
    export_wanted = Signal(str, str, object, object)
    told = Signal(str)

    def __init__(self, page: HistoryPage, room: QStackedWidget, archive: Archive) -> None:
        super().__init__(page)
        self._page = page
        self._room = room
        self._comparison: ComparisonView | None = None
        self._compared: tuple[Shared, ...] = ()
        self._together: RunsTogether | None = None
        self._archive = archive
        self._asked = 0
        self._turns = Turns(self)
        archive.changed.connect(page.show_changed)
        page.page_wanted.connect(self._list)
        page.opened.connect(self._open)
        page.continued.connect(self._continue)
        page.renamed.connect(lambda run, name: archive.change(lambda h: h.rename(run, name)))
        page.noted.connect(lambda run, note: archive.change(lambda h: h.note(run, note)))
        page.pinned.connect(lambda runs, on: archive.change(lambda h: h.pin(runs, on)))
        page.restored.connect(lambda runs: archive.change(lambda h: h.restore(runs)))
        page.deleted.connect(self._delete)
        page.compared.connect(self._compare)
        page.export_requested.connect(self.export)

    def _list(self, query: Query) -> None:
        self._archive.ask(
            lambda history: history.page(query), lambda found: self._page.take_page(query, found)
        )

    def _delete(self, runs: Sequence[int]) -> None:
        def deleted(_: None) -> None:
            self._page.offer_undo(runs)
            self._archive.changed.emit()

        self._archive.ask(lambda history: history.delete(runs), deleted)

    def _open(self, run: RunRow) -> None:
        self._read(run, self._make_ready)

    def _continue(self, run: RunRow) -> None:
        self._read(run, lambda run, _, record: self.continue_wanted.emit(run, record))

    def _compare(self, runs: Sequence[RunRow]) -> None:
        """Read runs, the oldest first: the others are compared with it."""
        asked = self._ask_anew()
        ordered = sorted(runs, key=lambda run: run.started_at)

        def take(found: Sequence[Shared]) -> None:
            records = [one.record for one in found]
            job = partial(_laid_together, ordered, records)
            self.wanted.emit(job, partial(self._show_comparison, asked, tuple(found)))

        numbers = [run.id for run in ordered]
        self._archive.ask(lambda history: history.shared(numbers), take)

    def export(self, what: str) -> None:
        """Take away what is seen: the comparison, or the runs that are chosen in the list."""
        if self._comparison is not None and self._room.currentWidget() is self._comparison:
            self._export_comparison(self._comparison, what)
        elif chosen := [run.id for run in self._page.selected]:
            self._archive.ask(
                lambda history: history.shared(chosen), partial(self._take_away, what)
            )
        else:
            self.told.emit(self._page.why_none)

    def _take_away(self, what: str, runs: Sequence[Shared], drawing: Drawing = None) -> None:
        self.export_wanted.emit(what, "runs", tuple(runs), drawing)

    def _export_comparison(self, view: ComparisonView, what: str) -> None:
        together = self._together
        drawing = None if together is None else partial(_drawn, together, view.shows_speedups)
        self._take_away(what, self._compared, drawing)

    def _show_comparison(self, asked: int, found: tuple[Shared, ...], runs: SideBySide) -> None:
        if asked == self._asked:
            self._turns.take(self._showing(found, runs))

    def _showing(self, found: tuple[Shared, ...], runs: SideBySide) -> Iterator[Step]:
        """List the steps to a comparison; all at once they held the window up for over 100 ms."""
        if self._comparison is None:
            yield self._build_comparison
        view = self._comparison
        assert view is not None
        yield partial(view.show_runs, runs)
        yield partial(self._put_in_front, view, found, runs)

    def _build_comparison(self) -> None:
        from gui.views.comparison import ComparisonView

        self._comparison = ComparisonView(self._page.theme)
        self._comparison.left.connect(self.show_list)
        self._comparison.export_requested.connect(self.export)
        self._room.addWidget(self._comparison)

    def _put_in_front(
        self, view: ComparisonView, found: tuple[Shared, ...], runs: SideBySide
    ) -> None:
        self._compared, self._together = found, runs.together
        self._room.setCurrentWidget(view)
        view.setFocus()

    def _ask_anew(self) -> int:
        """Forget what was asked for before, and number what is asked for now."""
        self._turns.drop()
        self._asked += 1
        return self._asked

    def show_list(self) -> None:
        """Put the list of runs in front of a comparison."""
        self._room.setCurrentWidget(self._page)
        self._page.setFocus()

    def _read(self, run: RunRow, then: Any) -> None:
        """Read a run whose experiment is known; of two that are asked for, only the later one."""
        place = experiments.place_of(run.experiment)
        if place is None:
            self._archive.problem_found.emit(_UNKNOWN.format(run.experiment))
            return
        asked = self._ask_anew()

        def take(record: RunRecord) -> None:
            if asked == self._asked:
                then(run, place, record)

        self._archive.ask(lambda history: history.open(run.id), take)

    def _make_ready(self, run: RunRow, place: int, record: RunRecord) -> None:
        job = partial(made_ready, run, place, experiments.at(place), record)
        self.wanted.emit(job, partial(self._give, self._asked))

    def _give(self, asked: int, kept: Kept) -> None:
        if asked == self._asked:
            self.opened.emit(kept)


def _drawn(together: RunsTogether, speedups: bool) -> Plot:
    """Draw the chart that is in front; in any thread."""
    from core.report import charts

    draw = charts.speedups if speedups else charts.runtimes
    return draw(together.parts, called="{}")


def _laid_together(runs: Sequence[RunRow], records: Sequence[RunRecord]) -> SideBySide:
    """Compare runs; in any thread. Curves are drawn where all are sweeps that are known here."""
    from gui.models.compared import side_by_side

    places = [experiments.place_of(run.experiment) for run in runs]
    known = [experiments.at(place) for place in places if place is not None]
    are_sweeps = len(known) == len(runs) and all(one.is_sweep for one in known)
    pairs = list(zip(runs, records, strict=True))
    all_known = known if len(known) == len(runs) else []
    return side_by_side(pairs, [run.said for run in runs], are_sweeps, all_known)
