"""Runtime and speed-up over workers: every repeat a dot, the median a line, the range a bar."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from statistics import median
from typing import TYPE_CHECKING, Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QToolButton

from core.experiments.base import configuration
from core.results.statistics import Point, Ratios, Series, ratios, seconds, series_of
from gui.theme import SYMBOLS, Theme

if TYPE_CHECKING:
    from core.results.records import TrialRecord

    _Tip = Callable[[TrialRecord, float], str]

_DODGE = 0.07  # of one worker, so that kinds with equal times do not hide one another
_DOT_ALPHA = 130
_MOST_TICKS = 16
_HEADROOM, _LEAST_ROOM = 1.3, 1.15  # the legend stands above the data


class ScalingChart(pg.PlotWidget):  # type: ignore[misc]  # pyqtgraph has no types
    """A chart over the number of workers that never moves under the hand of whoever touched it.

    `trial_chosen` carries the trial of a dot that was clicked. GUI thread.
    """

    trial_chosen = Signal(object)

    def __init__(self, name: str, y_label: str, theme: Theme) -> None:
        super().__init__(enableMenu=False)
        self._theme = theme
        self._y_label = y_label
        self._touched = False
        self._trials: tuple[TrialRecord, ...] = ()
        self._most_workers = 4
        self._kinds: tuple[str, ...] = ()
        self._least_top = 0.0
        self._shown_range: tuple[int, float] | None = None
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        plot = self.getPlotItem()
        plot.hideButtons()
        plot.showGrid(x=False, y=True, alpha=0.25)
        plot.setLabel("bottom", "workers")
        plot.getAxis("left").enableAutoSIPrefix(False)
        self._legend = plot.addLegend(offset=(8, 4), colCount=4)
        view = plot.getViewBox()
        view.disableAutoRange()
        view.setDefaultPadding(0)
        view.sigRangeChangedManually.connect(self._on_touched)
        self._all = QToolButton(self)
        self._all.setText("Show all")
        self._all.setToolTip("Show everything again (Home)")
        self._all.clicked.connect(self.show_all)
        self._all.hide()
        theme.changed.connect(self._restyle)
        self._restyle()

    def expect(self, workers: Sequence[int], kinds: Sequence[str], longest_s: float) -> None:
        """Prepare axes and legend for a run before its first point: they need not move later."""
        self._kinds = tuple(kinds)
        self._most_workers = max(workers)
        self._least_top = self._expected_top(longest_s)
        self._trials = ()
        self._touched = False
        self._all.hide()
        self._rebuild()

    def show_trials(self, trials: Sequence[TrialRecord]) -> None:
        """Draw all finished trials anew, when the chart is in sight or as soon as it is."""
        self._trials = tuple(trials)
        if self.isVisible():
            self._draw()

    def show_all(self) -> None:
        """Show everything and follow new points again."""
        self._touched = False
        self._all.hide()
        self._shown_range = None
        self._draw()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._draw()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        view, key = self.getPlotItem().getViewBox(), event.key()
        (left, right), (bottom, top) = view.viewRange()
        step_x, step_y = (right - left) / 10, (top - bottom) / 10
        moves = {
            Qt.Key.Key_Left: (-step_x, 0.0),
            Qt.Key.Key_Right: (step_x, 0.0),
            Qt.Key.Key_Up: (0.0, step_y),
            Qt.Key.Key_Down: (0.0, -step_y),
        }
        if key == Qt.Key.Key_Home:
            self.show_all()
        elif event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            event.ignore()
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Minus):
            factor = 1.25 if key == Qt.Key.Key_Minus else 0.8
            view.scaleBy((factor, factor))
            self._on_touched()
        elif key in moves:
            view.translateBy(QPointF(*moves[Qt.Key(key)]))
            self._on_touched()
        else:
            super().keyPressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.show_all()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if hasattr(self, "_all"):  # pyqtgraph resizes once from within its own constructor
            self._place_button()

    def _expected_top(self, longest_s: float) -> float:
        raise NotImplementedError

    def _frame(self) -> None:
        """Add what stands there before any trial."""

    def _content(self, everything: tuple[Series, ...]) -> float:
        """Bring the marks of every kind up to date; return the highest value drawn."""
        raise NotImplementedError

    def _rebuild(self) -> None:
        """Make everything anew: another run, other colours or sizes."""
        self.getPlotItem().clear()
        self._legend.clear()
        self._marks: dict[str, _Marks] = {}
        self._shown_range = None
        step = -(-self._most_workers // _MOST_TICKS)  # there are no halves of workers
        self.getPlotItem().getAxis("bottom").setTickSpacing(levels=[(step, 0)])
        self._frame()
        for kind in self._kinds:
            self._marks_of(kind)
        self._draw()

    def _draw(self) -> None:
        """Bring everything up to date; what is there stays, so that live points cost little."""
        top = max(self._content(series_of(self._trials)), self._least_top)
        if not self._touched and not self._fits(top or 1.0):
            self._shown_range = (self._most_workers, (top or 1.0) * _HEADROOM)
            self.getPlotItem().setXRange(0.5, self._shown_range[0] + 0.5, padding=0)
            self.getPlotItem().setYRange(0, self._shown_range[1], padding=0)

    def _fits(self, top: float) -> bool:
        """Whether the axes can stay: a picture that holds still is read, and drawn, faster."""
        if self._shown_range is None or self._shown_range[0] != self._most_workers:
            return False
        return top * _LEAST_ROOM <= self._shown_range[1] <= top * 2

    def _show(
        self,
        kind: str,
        points: Sequence[tuple[Point, Sequence[float]]],
        dots: Sequence[tuple[TrialRecord, float]],
    ) -> float:
        """Draw one kind: `points` with the values that they stand for, and the dots."""
        return self._marks_of(kind).show(points, dots)

    def _marks_of(self, kind: str) -> _Marks:
        """Return the items of a kind, made at its first mention."""
        if kind not in self._marks:
            marks = self._marks[kind] = _Marks(kind, self._theme, self._tip)
            marks.dots.sigClicked.connect(self._on_clicked)
            for item in (marks.ranges, marks.dots, marks.line):
                self.getPlotItem().addItem(item)
            self._legend.addItem(marks.line, kind)
        return self._marks[kind]

    def _tip(self, trial: TrialRecord, value: float) -> str:
        raise NotImplementedError

    def _on_clicked(self, _scatter: Any, spots: Any, _event: Any = None) -> None:
        if len(spots):
            self.trial_chosen.emit(spots[0].data())

    def _on_touched(self, *_: Any) -> None:
        self._touched = True
        self._all.show()
        self._place_button()

    def _place_button(self) -> None:
        self._all.adjustSize()
        margin = self._theme.px(8)
        self._all.move(
            self.width() - self._all.width() - margin,
            self.height() - self._all.height() - margin,
        )

    def _restyle(self) -> None:
        c, plot = self._theme.colours, self.getPlotItem()
        self.setMinimumSize(self._theme.px(160), self._theme.px(170))
        self.setBackground(c.card)
        font = self._theme.font(0.92)
        for side in ("left", "bottom"):
            axis = plot.getAxis(side)
            axis.setPen(pg.mkPen(c.line))
            axis.setTextPen(pg.mkPen(c.muted))
            axis.setTickFont(font)
            axis.setStyle(tickLength=-4)
            axis.setCacheMode(pg.QtWidgets.QGraphicsItem.CacheMode.DeviceCoordinateCache)
            axis.label.setFont(font)
        look = {"color": c.muted, "font-size": f"{font.pointSizeF()}pt"}
        plot.setLabel("left", self._y_label, **look)
        plot.setLabel("bottom", "workers", **look)
        self._legend.setLabelTextColor(c.text)
        self._legend.setLabelTextSize(f"{font.pointSizeF()}pt")
        self._rebuild()


class _Marks:
    """The items of one executor kind: a dot for each repeat, the median's line, the ranges."""

    def __init__(self, kind: str, theme: Theme, tip: _Tip) -> None:
        colour = theme.of_kind(kind)
        self._dodge = {"threads": -_DODGE, "processes": _DODGE}.get(kind, 0.0)
        self.ranges = pg.ErrorBarItem(beam=0.06, pen=pg.mkPen(colour, width=1.5))
        faint = QColor(colour)
        faint.setAlpha(_DOT_ALPHA)
        self.dots = pg.ScatterPlotItem(
            symbol="o",
            size=6 * theme.scale,
            pen=None,
            brush=faint,
            hoverable=True,
            hoverPen=pg.mkPen(theme.colours.text, width=1.5),
            tip=lambda x, y, data: tip(data, y),
        )
        self.line = pg.PlotDataItem(
            pen=pg.mkPen(colour, width=2 * theme.scale),
            symbol=SYMBOLS.get(kind, "d"),
            symbolSize=9 * theme.scale,
            symbolBrush=colour,
            symbolPen=pg.mkPen(theme.colours.card, width=1),
        )
        # The legend shows these, which pyqtgraph would set only when the first data come.
        self.line.scatter.setBrush(colour)
        self.line.scatter.setPen(pg.mkPen(theme.colours.card, width=1))
        self.line.scatter.setSize(9 * theme.scale)

    def show(
        self,
        points: Sequence[tuple[Point, Sequence[float]]],
        dots: Sequence[tuple[TrialRecord, float]],
    ) -> float:
        """Put the items where the values are; return the highest."""
        x = np.array([point.workers + self._dodge for point, _ in points])
        middle = np.array([median(values) for _, values in points])
        low = np.array([min(values) for _, values in points])
        high = np.array([max(values) for _, values in points])
        self.ranges.setData(x=x, y=middle, top=high - middle, bottom=middle - low)
        self.dots.setData(
            x=[trial.workers + self._dodge for trial, _ in dots],
            y=[value for _, value in dots],
            data=[trial for trial, _ in dots],
        )
        self.line.setData(x, middle)
        return float(high.max())


class RuntimeChart(ScalingChart):
    """Seconds of work over workers, from zero up."""

    def __init__(self, theme: Theme) -> None:
        super().__init__("Runtime over workers", "work time, seconds", theme)

    def _expected_top(self, longest_s: float) -> float:
        return longest_s

    def _tip(self, trial: TrialRecord, value: float) -> str:
        start = seconds(trial.startup_s or 0)
        return f"{_who(trial)}\nwork {seconds(value)}, start-up {start}"

    def _frame(self) -> None:
        pen = pg.mkPen(self._theme.of_kind("serial"), width=1, style=Qt.PenStyle.DashLine)
        self._level = pg.InfiniteLine(0, angle=0, pen=pen)
        self._level.hide()
        self.getPlotItem().addItem(self._level)

    def _content(self, everything: tuple[Series, ...]) -> float:
        tops = [0.0]
        for one in everything:
            dots = [(t, t.work_s) for t in self._trials if t.executor == one.executor and t.work_s]
            points = [(point, tuple(point.times.values())) for point in one.points]
            tops.append(self._show(one.executor, points, dots))
            if one.executor == "serial":
                self._level.setValue(one.points[0].median)
                self._level.show()
        return max(tops)


class SpeedupChart(ScalingChart):
    """How many times as fast as one plain call, or as one worker, with the textbook line y = x."""

    def __init__(self, theme: Theme) -> None:
        self._baseline = "serial"
        super().__init__("Speed-up over workers", "times as fast as one plain call", theme)

    def set_baseline(self, baseline: str) -> None:
        """Divide by "serial", a plain call, or by "one", one worker of the same kind."""
        self._baseline = baseline
        self._name_axis()
        self._restyle()

    def show_trials(self, trials: Sequence[TrialRecord]) -> None:
        """Draw all finished trials anew; without a serial trial one worker is the baseline."""
        super().show_trials(trials)
        self._name_axis()

    def _name_axis(self) -> None:
        serial = any(trial.executor == "serial" for trial in self._trials) or not self._trials
        plain = serial and self._baseline == "serial"
        label = f"times as fast as {'one plain call' if plain else 'one worker'}"
        if label != self._y_label:
            self._y_label = label
            self._restyle()

    def _expected_top(self, longest_s: float) -> float:
        return 2.0

    def _tip(self, trial: TrialRecord, value: float) -> str:
        return f"{_who(trial)}\n{value:.2f} times as fast, within this repeat"

    def expect(self, workers: Sequence[int], kinds: Sequence[str], longest_s: float) -> None:
        """Prepare axes and legend; a plain call has no line here, it is what others divide by."""
        super().expect(workers, [kind for kind in kinds if kind != "serial"], longest_s)

    def _frame(self) -> None:
        end = self._most_workers + 0.5
        pen = pg.mkPen(self._theme.colours.muted, width=1.5, style=Qt.PenStyle.DashLine)
        ideal = self.getPlotItem().plot([0, end], [0, end], pen=pen)
        self._legend.addItem(ideal, "textbook: y = x")

    def _content(self, everything: tuple[Series, ...]) -> float:
        tops = [0.0]
        for one in everything:
            if one.executor == "serial":
                continue
            found = [(p, ratios(everything, one, p.workers, self._baseline)) for p in one.points]
            points = [(point, r.values) for point, r in found if r is not None]
            if points:
                tops.append(self._show(one.executor, points, self._dots(one, found)))
        return max(tops)

    def _dots(
        self, one: Series, found: Sequence[tuple[Point, Ratios | None]]
    ) -> list[tuple[TrialRecord, float]]:
        values: dict[tuple[int, int], float] = {}
        for point, ratio in found:
            if ratio is not None:
                values |= {(point.workers, block): value for block, value in ratio.by_block.items()}
        return [
            (trial, values[trial.workers, trial.block])
            for trial in self._trials
            if trial.executor == one.executor and (trial.workers, trial.block) in values
        ]


def _who(trial: TrialRecord) -> str:
    return f"{configuration(trial.executor, trial.workers)}, repeat {trial.block}"
