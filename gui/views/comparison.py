"""Runs laid over one another: one chart with all their curves, and below it where they differ."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSplitter,
    QTabWidget,
    QVBoxLayout,
)

from core.results.compare import ABOUT_INTERVALS
from gui.models.compared import Rows, RunsTogether, SideBySide
from gui.models.told import RowTable
from gui.page_keys import BACK
from gui.theme import Theme
from gui.turns import Step, Turns
from gui.views.export_button import ExportButton
from gui.views.frame import PageFrame
from gui.views.result import Card
from gui.views.scaling import RuntimeChart
from gui.views.speedup import SpeedupChart
from gui.views.wrapping_table import WrappingTable

_NO_CURVES = "These runs have no curves over workers. What each found:"
_SAME = "Nothing differs: the same machine, Python and settings."
_NO_RATIOS = "Their times cannot be divided: other work, or no configuration in common."


class ComparisonView(PageFrame):
    """Several runs side by side; `left` fires when a person goes back to the list. GUI thread.

    `export_requested` says what shall be taken away of what is seen.
    """

    left = Signal()
    export_requested = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self._shown: SideBySide | None = None
        self._back = QPushButton("Back to the list")
        self._export = ExportButton(theme, of_run=False)
        self._heading, self._warnings, self._found = QLabel(), QLabel(), QLabel()
        self._runtime, self._speedup = RuntimeChart(theme), SpeedupChart(theme)
        self._charts = QTabWidget()
        self._differences = _Part("What differs", _SAME, theme)
        title = "How many times as fast as the first"
        self._ratios = _Part(title, _NO_RATIOS, theme, ABOUT_INTERVALS)
        self._turns = Turns(self)
        self._build()
        theme.follow(self, self._restyle)
        self._restyle()

    @property
    def shows_speedups(self) -> bool:
        """Whether the chart of speed-ups is in front, and not that of times."""
        return self._charts.currentIndex() == 1

    def show_runs(self, runs: SideBySide) -> None:
        """Show these runs; the chart of speed-ups is in front where their times tell little."""
        self._shown = runs
        self._turns.drop()
        self._heading.setText(f"{len(runs.names)} runs compared")
        warnings = [runs.problem] if runs.problem else list(runs.comparison.warnings)
        self._warnings.setText("\n".join(warnings))
        self._warnings.setVisible(bool(warnings))
        self._found.setText("\n\n".join([_NO_CURVES, *self._findings(runs)]))
        self._found.setVisible(runs.together is None)
        self._charts.setVisible(runs.together is not None)
        self._differences.show_rows(runs.differences)
        self._ratios.show_rows(runs.ratios)
        self._ratios.setVisible(runs.together is not None)
        if runs.together is not None:
            self._prepare(runs, runs.together)
            self._charts.setCurrentIndex(0 if runs.did_the_same else 1)

    def _prepare(self, runs: SideBySide, together: RunsTogether) -> None:
        for chart in (self._runtime, self._speedup):
            chart.prepare(
                runs.kinds, runs.most_workers, together.pythons, runs.longest_s, called="{}"
            )
        self._turns.take(self._drawing(together))

    def _drawing(self, together: RunsTogether) -> Iterator[Step]:
        for chart in (self._runtime, self._speedup):
            yield from chart.steps(together)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer what can be taken away where the chart was clicked too."""
        self._export.pop_up(event.globalPos())

    def _offer_export(self) -> None:
        has_chart = self._shown is not None and self._shown.together is not None
        self._export.offer(has_chart, self._shown is not None)

    def _findings(self, runs: SideBySide) -> list[str]:
        return [
            f"{name}\n{found or 'Nothing was found.'}"
            for name, found in zip(runs.names, runs.findings, strict=True)
        ]

    def _build(self) -> None:
        self.setFocusProxy(self._back)
        self._back.setObjectName("comparison-back")
        self._back.setToolTip("Back to the list of runs (Alt+Left)")
        self._back.clicked.connect(self.left)
        back = QShortcut(self)
        back.setKeys([QKeySequence.fromString(one) for one in BACK.keys])
        back.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        back.activated.connect(self.left)
        self._export.setObjectName("comparison-export")
        self._export.asked.connect(self._offer_export)
        self._export.chosen.connect(self.export_requested)
        self._heading.setObjectName("comparison-heading")
        for label, name in ((self._warnings, "warnings"), (self._found, "found")):
            label.setObjectName(f"comparison-{name}")
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setTextInteractionFlags(
                Qt.TextInteractionFlag.TextSelectableByMouse
                | Qt.TextInteractionFlag.TextSelectableByKeyboard
            )
        self._warnings.setProperty("error", True)
        self._found.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._charts.setDocumentMode(True)
        self._charts.addTab(self._runtime, "Runtime")
        self._charts.addTab(self._speedup, "Speed-up")
        top = QHBoxLayout()
        top.addWidget(self._heading, 1)
        top.addWidget(self._export)
        top.addWidget(self._back)
        upper = Card()
        column = QVBoxLayout(upper)
        column.setContentsMargins(16, 10, 16, 8)
        column.addWidget(self._warnings)
        column.addWidget(self._found, 1)
        column.addWidget(self._charts, 1)
        lower = QSplitter(Qt.Orientation.Horizontal)
        split = QSplitter(Qt.Orientation.Vertical)
        for part in (self._differences, self._ratios):
            lower.addWidget(part)
        split.addWidget(upper)
        split.addWidget(lower)
        lower.setSizes([400, 580])
        split.setSizes([460, 240])
        for one in (lower, split):
            one.setChildrenCollapsible(False)
            one.setHandleWidth(10)
        layout = self._make_column()
        layout.addLayout(top)
        layout.addWidget(split, 1)

    def _restyle(self) -> None:
        self._heading.setFont(self._theme.font(1.2, bold=True))
        self._warnings.setFont(self._theme.font(1.0, bold=True))
        self._dress_when_seen()


class _Part(Card):
    """A table under its heading and what is to be known of it; a sentence where it has no rows."""

    def __init__(self, title: str, none: str, theme: Theme, about: str = "") -> None:
        super().__init__()
        self._theme = theme
        self._model = RowTable()
        self._table = WrappingTable(self._model, title, theme, none, follows=False)
        self._table.setTabKeyNavigation(False)
        self._heading, self._none, self._about = QLabel(title), QLabel(none), QLabel(about)
        for label in (self._none, self._about):
            label.setWordWrap(True)
            label.setProperty("muted", True)
        self._none.setAlignment(Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 8, 14, 8)
        column.addWidget(self._heading)
        column.addWidget(self._about)
        column.addWidget(self._none, 1)
        column.addWidget(self._table, 1)
        theme.follow(self, self._restyle)
        self._restyle()

    def show_rows(self, rows: Rows) -> None:
        """Show other rows."""
        self._model.clear()
        if rows:
            self._model.append(rows)
        self._table.setVisible(bool(rows))
        self._none.setVisible(not rows)
        self._about.setVisible(bool(rows and self._about.text()))

    def _restyle(self) -> None:
        self._heading.setFont(self._theme.font(1.0, bold=True))
        self.setMinimumSize(self._theme.px(220), self._theme.px(110))
