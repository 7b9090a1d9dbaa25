"""Charts over the number of workers: every repeat a dot, the median a line, a bar for its spread.

A chart redraws in steps, a few lines in each, so that a key or a click never waits for the whole.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import pyqtgraph as pg
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent

from core.lab.kinds import CEILING, called, configuration
from core.results.statistics import Series, seconds, series_with_ceiling
from gui.plain import as_html
from gui.theme import Theme
from gui.views.marks import Dot, Marks, Middle, sample
from gui.views.plot import Plot

if TYPE_CHECKING:
    from core.results.records import RunRecord, TrialRecord
    from gui.models.measured import Figures

_MOST_TICKS = 16
_ABOVE, _LEAST_ABOVE = 1.12, 1.03  # room over the highest value
_MOST_LEGEND = 0.6  # of the height
_LEGEND_SAMPLE, _LEGEND_BESIDE = 38, 20  # pixels: of an entry without its text, of the whole
_LINES_A_STEP = 2
_Key = tuple[str, str]  # a Python and a kind of workers
Content = dict[_Key, tuple[Sequence[Middle], Sequence[Dot]]]
CEILING_IS = (
    "The measured ceiling: as many processes as workers, which never talk to one another."
    "\nBut for noise, no pool of processes can be faster on this machine: what is lost between it"
    " and y = x\nis the machine's doing (turbo, shared or slow cores), and only what is lost below"
    " it is the executor's."
)


class ScalingChart(Plot):
    """A chart over the number of workers.

    `trial_chosen` carries the trial of a dot that was clicked. `marks` are what is drawn, by Python
    and kind of workers. Like `Stage` abstract for mypy alone. GUI thread.
    """

    trial_chosen = Signal(object)

    def __init__(self, name: str, y_label: str, theme: Theme) -> None:
        super().__init__(name, theme)
        self._y_label = y_label
        self._measured: Figures | None = None
        self._most_workers = 4
        self._kinds: tuple[str, ...] = ()
        self._pythons: tuple[str, ...] = ("",)
        self._called = "Python {}"
        self._least_top = self._top = 0.0
        self.marks: dict[_Key, Marks] = {}
        self._shown_range: tuple[int, float] | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        plot = self.getPlotItem()
        plot.showGrid(x=False, y=True, alpha=0.25)
        plot.getViewBox().setDefaultPadding(0)
        theme.follow(self, self._restyle)
        self._restyle()

    def expect(self, record: RunRecord, longest_s: float) -> None:
        """Prepare axes and legend for a run before its first point: they need not move later."""
        values, pythons = record.parameters, pythons_of(record)
        self.prepare(values["executors"], max(values["workers"]), pythons or ("",), longest_s)

    def prepare(
        self,
        kinds: Sequence[str],
        most_workers: int,
        parts: Sequence[str],
        longest_s: float,
        called: str = "Python {}",
    ) -> None:
        """Prepare axes and legend for kinds of workers on each of some parts.

        A part is what a line's style tells: a Python, or whatever else is `called` so.
        """
        self._kinds = self._expected_kinds(kinds)
        self._most_workers = most_workers
        self._pythons, self._called = tuple(parts), called
        self._least_top = self._expected_top(longest_s)
        self._measured = None
        self._let_go()
        self._rebuild()

    def show_measured(self, measured: Figures) -> None:
        """Draw all that is measured at once."""
        for step in self.steps(measured):
            step()

    def steps(self, measured: Figures) -> list[Callable[[], None]]:
        """List what draws all that is measured; little where the chart is out of sight.

        It is drawn as soon as it is seen.
        """
        self._measured = measured
        if not self.isVisible():
            return []
        content: Content = {}
        expected = [(python, kind) for kind in self._kinds for python in self._pythons]
        chunks = [
            partial(self._show, content, expected[first : first + _LINES_A_STEP])
            for first in range(0, len(expected), _LINES_A_STEP)
        ]
        gather = [partial(self._gather, content, name, part) for name, part in measured.parts]
        return [*gather, partial(self._top_of, content), *chunks, self._fit]

    def show_all(self) -> None:
        self._shown_range = None
        super().show_all()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._draw()

    def _expected_kinds(self, kinds: Sequence[str]) -> tuple[str, ...]:
        return tuple(kinds)

    @abstractmethod
    def _expected_top(self, longest_s: float) -> float:
        """Tell up to where the first points may come; 0 where that cannot be known."""

    def _frame(self) -> None:
        """Add what stands there before any trial."""

    @abstractmethod
    def _content(self, measured: Figures, python: str, part: RunRecord) -> Content:
        """Say what to draw for each kind of workers on a Python, whose record is `part`."""

    def _rebuild(self) -> None:
        """Make everything anew: another run, other colours or sizes."""
        self.getPlotItem().clear()
        self._legend.clear()
        self.marks = {}
        self._shown_range = None
        self._top = 0.0
        step = -(-self._most_workers // _MOST_TICKS)  # there are no halves of workers
        self.getPlotItem().getAxis("bottom").setTickSpacing(levels=[(step, 0)])
        self._frame()
        for kind in self._kinds:
            for python in self._pythons:
                self._marks_of((python, kind))
        if len(self._pythons) > 1:
            self._name_pythons()
        self._fit_legend()
        self._draw()

    def _draw(self) -> None:
        if self._measured is not None:
            self.show_measured(self._measured)
        self._fit()

    def _gather(self, content: Content, python: str, part: RunRecord) -> None:
        """Find what is to be drawn; what is there stays, so that live points cost little."""
        assert self._measured is not None
        content |= self._content(self._measured, python, part)

    def _top_of(self, content: Content) -> None:
        self._top = max(
            (
                value
                for middles, dots in content.values()
                for value in (*(one.high for one in middles), *(dot.value for dot in dots))
            ),
            default=0.0,
        )

    def _show(self, content: Content, keys: Sequence[_Key]) -> None:
        for key in keys:
            if key in content:
                self._marks_of(key).show(*content[key])

    def _fit(self) -> None:
        """Let everything be seen, under the legend, unless a person has touched the chart."""
        top = (max(self._top, self._least_top) or 1.0) / self._share_below_legend()
        if self._touched or self._fits(top):
            return
        self._shown_range = (self._most_workers, top * _ABOVE)
        self.getPlotItem().setXRange(0.5, self._shown_range[0] + 0.5, padding=0)
        self.getPlotItem().setYRange(0, self._shown_range[1], padding=0)

    def _share_below_legend(self) -> float:
        height: float = self.getPlotItem().getViewBox().height() or 1.0
        legend: float = self._legend.height()
        return max(1 - (legend + 4) / height, 1 - _MOST_LEGEND)

    def _fit_legend(self) -> None:
        """Give the legend as many columns as there is room for, and the rest to the curves."""
        room = self.getPlotItem().getViewBox().width() - _LEGEND_BESIDE
        each = [_LEGEND_SAMPLE + label.itemRect().width() for _, label in self._legend.items]
        wide = (
            columns
            for columns in range(len(each), 1, -1)
            if sum(max(each[first::columns]) for first in range(columns)) <= room
        )
        for columns in range(next(wide, 1), 0, -1):
            self._legend.setColumnCount(columns)
            self._legend.layout.activate()  # its size goes by where the texts are
            self._legend.updateSize()
            if self._legend.width() <= room:  # mostly at once: the guess is a good one
                break

    def _fits(self, top: float) -> bool:
        """Whether the axes can stay: a picture that holds still is read, and drawn, faster."""
        if self._shown_range is None or self._shown_range[0] != self._most_workers:
            return False
        return top * _LEAST_ABOVE <= self._shown_range[1] <= top * 1.7

    def _marks_of(self, key: _Key) -> Marks:
        """Return the items of a kind on a Python, made at their first mention."""
        if key not in self.marks:
            python, kind = key
            place = self._pythons.index(python) if python in self._pythons else 0
            is_first = not any(other == kind for _, other in self.marks)
            parts = len(self._pythons)
            marks = self.marks[key] = Marks(kind, place, parts, self._theme, self._on_clicked)
            for item in marks.items:
                self.getPlotItem().addItem(item)
            if is_first:
                self._legend.addItem(marks.line, as_html(called(kind)))
                if kind == CEILING:
                    self._explain(CEILING_IS)
        return self.marks[key]

    def _explain(self, words: str) -> None:
        """Say what the newest entry of the legend is, to whoever holds the pointer there."""
        for part in self._legend.items[-1]:
            part.setToolTip(words)

    def _name_pythons(self) -> None:
        """Tell in the legend which line and marks are which Python's."""
        for place, name in enumerate(self._pythons):
            self._legend.addItem(sample(place, self._theme), as_html(self._called.format(name)))

    def _on_clicked(self, _scatter: Any, spots: Any, _event: Any = None) -> None:
        if len(spots):
            self.trial_chosen.emit(spots[0].data().trial)

    def _restyle(self) -> None:
        self._dress(self._y_label, "workers")
        self._rebuild()


class RuntimeChart(ScalingChart):
    """Seconds of work over workers, from zero up; a bar is the range of the repeats."""

    def __init__(self, theme: Theme) -> None:
        super().__init__("Runtime over workers", "work time, seconds", theme)

    def _expected_top(self, longest_s: float) -> float:
        return longest_s

    def _frame(self) -> None:
        pen = pg.mkPen(self._theme.of_kind("serial"), width=1, style=Qt.PenStyle.DashLine)
        self._level = pg.InfiniteLine(0, angle=0, pen=pen)
        self._level.hide()
        self.getPlotItem().addItem(self._level)

    def _content(self, measured: Figures, python: str, part: RunRecord) -> Content:
        content: Content = {}
        where = measured.where(python)
        for one in series_with_ceiling(part):
            dots = [
                Dot(trial, trial.work_s, _times, where, reasons_of(measured, trial))
                for trial in part.trials
                if trial.executor == one.executor and trial.work_s
            ]
            middles = [_middle(where, one, point) for point in one.points]
            content[python, one.executor] = (middles, dots)
            if one.executor == "serial" and python == measured.pythons[0]:
                self._level.setValue(one.points[0].median)
                self._level.show()
        return content


def reasons_of(measured: Figures, trial: TrialRecord) -> tuple[str, ...]:
    """Say in sentences what disturbed a trial."""
    return tuple(flag.sentence for flag in measured.flags(trial))


def pythons_of(record: RunRecord) -> tuple[str, ...]:
    """Name the Pythons of a run over several; none of a run over one."""
    return tuple(python.name for python in record.environment.pythons)


def who(executor: str, workers: int, where: str) -> str:
    """Name a configuration, and where it was measured, if there are several."""
    return f"{configuration(executor, workers)} {where}".rstrip()


def _middle(where: str, one: Series, point: Any) -> Middle:
    ends = f"from {seconds(point.low)} to {seconds(point.high)}"
    words = f"{who(one.executor, point.workers, where)}\nmedian {seconds(point.median)}, {ends}"
    return Middle(point.workers, point.median, point.low, point.high, True, words, len(point.times))


def _times(trial: TrialRecord, work_s: float, where: str) -> str:
    name = who(trial.executor, trial.workers, where)
    start = seconds(trial.startup_s or 0)
    return f"{name}, repeat {trial.block}\nwork {seconds(work_s)}, start-up {start}"
