"""The stage of a story: what programs tell, as tables, graphs and a timeline, while they run."""

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from core.experiments.base import (
    Bars,
    Experiment,
    Lines,
    Listing,
    Rows,
    Scaling,
    Show,
    States,
    Trial,
    WaitGraph,
)
from core.results.records import RunRecord, TrialRecord
from gui.models.spans import Span, SpanBatch, SpanKind
from gui.models.told import RowTable, StateTable, text_of
from gui.theme import Theme
from gui.views.bars import BarsView
from gui.views.lines import LinesView
from gui.views.listing import ListingView
from gui.views.stage import Stage
from gui.views.tables import Table
from gui.views.timeline.widget import Timeline
from gui.views.trial_timeline import timeline_style
from gui.views.wait_graph import WaitGraphView

_KINDS = {
    "task": SpanKind.TASK,
    "waiting": SpanKind.WAITING,
    "startup": SpanKind.STARTUP,
    "failed": SpanKind.FAILED,
    "cancelled": SpanKind.CANCELLED,
}
_MOST_WIDE = 44  # characters of a column, at first


class StoryStage(Stage):
    """The views that an experiment names, over a timeline of everything that was told."""

    def __init__(self, experiment: Experiment, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._rows = RowTable()
        self._new_rows: list[dict[str, Any]] = []
        self._widest: dict[str, str] = {}  # text of each column, its name included
        self._states = StateTable()
        self._charts: list[BarsView | LinesView] = []
        self._graphs: list[WaitGraphView] = []
        self._tables: list[Table] = []
        self._listings: list[ListingView] = []
        self.tabs = [
            (show.title, self._view_of(show))
            for show in experiment.shows
            if not isinstance(show, Scaling)
        ]
        self._timeline = StoryTimeline(theme)
        self.lower = self._timeline

    def begin(self, record: RunRecord, longest_s: float) -> None:
        self._new_rows = []
        self._rows.clear()
        self._states.clear()
        for graph in self._graphs:
            graph.clear()
        for listing in self._listings:
            listing.clear()
        self._timeline.clear()
        self._widest = {}
        self._show_rows([])

    def add_trials(self, trials: list[TrialRecord]) -> None:
        for trial in trials:
            if trial.error is not None:
                self._timeline.tell(f"{trial.name}: {trial.error.message}.")
            elif trial.status == "stopped":
                self._timeline.tell(f"Stopped: {trial.name}.")

    def add_events(self, events: list[tuple[Trial, dict[str, Any]]]) -> None:
        for trial, event in events:
            match event["kind"]:
                case "row":
                    self._new_rows.append(
                        {name: what for name, what in event.items() if name not in ("kind", "t")}
                    )
                case "state":
                    self._states.note(event["future"], event["state"], event["t"])
                case "waits":
                    for graph in self._graphs:
                        graph.wait(event["who"], event["whom"])
                    self._timeline.note_wait(trial, event)
                case "goes_on":
                    for graph in self._graphs:
                        graph.go_on(event["who"])
                case "code":
                    for listing in self._listings:
                        listing.add(event)
                case "note":
                    self._timeline.tell(event["text"])
                case "span" | "mark":
                    self._timeline.add(trial, event)

    def end(self, record: RunRecord) -> None:
        self._timeline.end()

    def steps(self) -> list[Callable[[], None]]:
        rows = [self._show_new_rows] if self._new_rows else []
        return [self._timeline.draw, *rows, *(listing.draw for listing in self._listings)]

    def _show_new_rows(self) -> None:
        new, self._new_rows = self._new_rows, []
        self._rows.append(new)
        self._show_rows(new)

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
                widest = ("a long future's name", "CANCELLED_AND_NOTIFIED", "")
                return Table(self._states, show.title, widest, self._theme)
            case Rows():
                table = Table(self._rows, show.title, (), self._theme, stretch=False)
                self._tables.append(table)
                return table
            case Listing():
                listing = ListingView(show.title, self._theme)
                self._listings.append(listing)
                return listing
        raise AssertionError(f"{show} is for a sweep")

    def _show_rows(self, new: list[dict[str, Any]]) -> None:
        rows = self._rows.rows
        for chart in self._charts:
            chart.show_rows(rows)
        for row in new:
            for name, what in row.items():
                widest = self._widest.setdefault(name, name)
                self._widest[name] = max(widest, text_of(what)[:_MOST_WIDE], key=len)
        for table in self._tables:
            table.set_widest([self._widest[name] for name in self._rows.names])
            table.scrollToBottom()


class StoryTimeline(QWidget):
    """Lanes in the order in which they were first named, and the last sentence told above them."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._lanes: dict[str, int] = {}
        self._owners: dict[str, int] = {}  # the trial that first named a lane
        self._spans: list[Span] = []
        self._sentence = QLabel()
        self._sentence.setWordWrap(True)
        self._sentence.setObjectName("told")
        self._timeline = Timeline()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._sentence)
        column.addWidget(self._timeline, 1)
        theme.changed.connect(self._restyle)
        self._restyle()
        self.clear()

    def clear(self) -> None:
        """Show that nothing was told yet."""
        self._lanes, self._owners, self._spans = {}, {}, []
        self._sentence.setText("Timeline")
        self._timeline.clear()
        self._timeline.set_lanes([])
        self._timeline.set_placeholder("What the workers do shows here while it happens.")

    def tell(self, sentence: str) -> None:
        """Show a sentence."""
        self._sentence.setText(sentence)
        self._sentence.setToolTip(sentence)

    def note_wait(self, trial: Trial, event: dict[str, Any]) -> None:
        """Mark where a wait begins: its span is told when it ends, which may be never."""
        label = f"begins to wait for {event['whom']}"
        self.add(trial, {"kind": "mark", "lane": event["who"], "at": event["t"], "label": label})

    def add(self, trial: Trial, event: dict[str, Any]) -> None:
        """Take a span or a mark; `draw` shows it."""
        name = event["lane"]
        if self._owners.setdefault(name, trial.order) != trial.order:
            name = f"{trial.order}. {name}"
        lane = self._lanes.setdefault(name, len(self._lanes))
        if event["kind"] == "mark":
            start = end = event["at"]
            kind = SpanKind.EVENT
        else:
            start, end = event["start"], max(event["start"], event["end"])
            kind = _KINDS.get(event.get("state", "task"), SpanKind.TASK)
        self._spans.append(Span(lane, kind, start, end, label=event.get("label", "")))

    def end(self) -> None:
        """Draw what is still to be drawn, with no room left for more."""
        self.draw()
        self._timeline.settle()

    def draw(self) -> None:
        """Show what was added since."""
        if self._spans:
            self._timeline.set_lanes(list(self._lanes))
            self._timeline.append(SpanBatch.of_spans(self._spans))
            self._spans = []

    def _restyle(self) -> None:
        self._sentence.setFont(self._theme.font(0.95, bold=True))
        self._timeline.set_style(timeline_style(self._theme, self._theme.colours.processes))
