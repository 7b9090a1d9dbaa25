"""The stage of a story: what programs tell, as tables, graphs and a timeline, while they run."""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtWidgets import QWidget

from core.experiments.base import (
    Bars,
    Experiment,
    Lines,
    Listing,
    Rows,
    Scaling,
    Show,
    States,
    WaitGraph,
)
from core.lab.told import number
from core.results.records import RunRecord, TrialRecord
from gui.models.told import RowTable, StateTable
from gui.theme import Theme
from gui.views.bars import BarsView
from gui.views.lines import LinesView
from gui.views.listing import ListingView
from gui.views.stage import Stage, Teller
from gui.views.story_timeline import StoryTimeline
from gui.views.wait_graph import WaitGraphView
from gui.views.wrapping_table import WrappingTable

_END_NOT_KEPT = "This older record does not tell when; waits are drawn up to its last news."


class StoryStage(Stage):
    """The views that an experiment names, over a timeline of everything that was told."""

    def __init__(self, experiment: Experiment, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._has_repeats = any(one.name == "repeats" for one in experiment.parameters)
        self._rows = RowTable()
        self._new_rows: list[dict[str, Any]] = []
        self._states = StateTable()
        self._charts: list[BarsView | LinesView] = []
        self._graphs: list[WaitGraphView] = []
        self._listings: list[ListingView] = []
        self.tabs = [
            (show.title, self._view_of(show))
            for show in experiment.shows
            if not isinstance(show, Scaling)
        ]
        self._timeline = StoryTimeline(experiment.span_words, theme)
        self.lower = self._timeline
        self._takers: dict[str, Callable[[dict[str, Any]], None]] = {
            "state": self._take_state,
            "waits": self._take_wait,
            "goes_on": self._take_end_of_wait,
            "code": self._take_code,
            "note": lambda event: self._timeline.tell(event["text"]),
            "begins": self._timeline.take,
            "span": self._timeline.take,
            "mark": self._timeline.take,
        }

    def begin(self, record: RunRecord, longest_s: float) -> None:
        self._new_rows = []
        self._rows.clear()
        self._states.clear()
        for graph in self._graphs:
            graph.clear()
        for listing in self._listings:
            listing.clear()
        self._timeline.clear()
        for chart in self._charts:
            chart.show_rows([])

    def add_trials(self, trials: list[TrialRecord]) -> None:
        for trial in trials:
            end_s = trial.wall_s if number(trial.wall_s) else None
            too_short = self._timeline.end_kept_trial(end_s)
            said = []
            if trial.error is not None:
                said.append(f"{trial.name}: {trial.error.sentence}")
            elif trial.status == "stopped":
                said.append(f"Stopped: {trial.name}.")
            if too_short:
                said.append(_END_NOT_KEPT)
            if said:
                self._timeline.tell(" ".join(said))

    def add_events(self, events: Sequence[tuple[Teller, dict[str, Any]]]) -> None:
        for trial, event in events:
            if trial.order != self._timeline.order:
                self._timeline.begin_trial(trial.order)
            if event["kind"] == "row":
                self._take_row(trial, event)
            elif (take := self._takers.get(event["kind"])) is not None:
                take(event)
        self._timeline.note_time(events[-1][1].get("t", 0.0))

    def _take_row(self, trial: Teller, event: dict[str, Any]) -> None:
        on: dict[str, Any] = {"python": trial.python.name} if trial.python is not None else {}
        if self._has_repeats and "repeat" not in event:
            on["repeat"] = trial.block
        row = on | {name: what for name, what in event.items() if name not in ("kind", "t")}
        self._new_rows.append(row)

    def _take_state(self, event: dict[str, Any]) -> None:
        error = event.get("error", "")
        self._states.note(event["future"], event["state"], event["t"], error)

    def _take_wait(self, event: dict[str, Any]) -> None:
        for graph in self._graphs:
            graph.wait(event["who"], event["whom"])
        self._timeline.take(event)

    def _take_end_of_wait(self, event: dict[str, Any]) -> None:
        for graph in self._graphs:
            graph.go_on(event["who"])
        self._timeline.take(event)

    def _take_code(self, event: dict[str, Any]) -> None:
        for listing in self._listings:
            listing.add(event)

    def end(self, record: RunRecord) -> None:
        for step in self.steps():  # what drawing rests for is over
            step()
        for graph in self._graphs:
            graph.end()
        self._timeline.end()

    def steps(self) -> list[Callable[[], None]]:
        rows = [self._show_new_rows] if self._new_rows else []
        return [self._timeline.draw, *rows, *(listing.draw for listing in self._listings)]

    def _show_new_rows(self) -> None:
        new, self._new_rows = self._new_rows, []
        self._rows.append(new)
        for chart in self._charts:
            chart.show_rows(self._rows.rows)

    def _view_of(self, show: Show) -> QWidget:
        match show:
            case Bars() | Lines():
                chart = (
                    BarsView(show, self._theme)
                    if isinstance(show, Bars)
                    else LinesView(show, self._theme)
                )
                self._charts.append(chart)
                return chart
            case WaitGraph():
                graph = WaitGraphView(self._theme)
                self._graphs.append(graph)
                return graph
            case States():
                return WrappingTable(self._states, show.title, self._theme, show.empty)
            case Rows():
                return WrappingTable(self._rows, show.title, self._theme, show.empty)
            case Listing():
                listing = ListingView(show.title, self._theme)
                self._listings.append(listing)
                return listing
        raise AssertionError(f"{show} is for a sweep")
