"""The curves of a class in one chart: few items however many laptops, and one under the pointer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent

from core.lab.kinds import configuration
from core.report.marks import SCALE, SERIES, along
from core.report.together import LaptopCurve, class_name, curves_of, label_of
from core.results.gallery import (
    ClassPoint,
    Gallery,
    Laptop,
    Measure,
    behind,
    class_of,
    stretches,
)
from core.results.statistics import seconds
from gui.plain import as_html
from gui.theme import SYMBOLS, Theme
from gui.views.plot import Plot

_NEAR = 22  # pixels
_LEGEND_COLUMN = 190
_FAINT, _BAND = 150, 40  # of 255
_DARK_SCALE = ("#fde725", "#a5db36", "#35b779", "#2a9d9d", "#7f9bd1")


@dataclass(frozen=True)
class Choice:
    """What is shown: of which kind of workers ("" for all), what of it, and what colours tell."""

    kind: str = ""
    measure: Measure = "speed-up"
    by: str = "cores"


@dataclass(frozen=True)
class _Drawn:
    """One curve on the chart."""

    of: LaptopCurve
    x: np.ndarray[Any, Any]
    y: np.ndarray[Any, Any]


class GalleryChart(Plot):
    """Curves over workers, the class's median with its quartiles, and whose is under the pointer.

    `pointed` carries the laptop and what to say of it, or None and nothing. GUI thread.
    """

    pointed = Signal(object, str)

    def __init__(self, theme: Theme) -> None:
        super().__init__("Curves of the class", theme)
        self._gallery = Gallery(())
        self._choice = Choice()
        self._drawn: list[_Drawn] = []
        self._owners = np.empty(0, dtype=int)
        self._xs = self._ys = np.empty(0)
        self._over: Any = None
        self._pointed: int | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        plot = self.getPlotItem()
        plot.showGrid(x=False, y=True, alpha=0.25)
        plot.getViewBox().setDefaultPadding(0)
        theme.follow(self, self._restyle)
        self._restyle()

    @property
    def behind(self) -> tuple[str, ...]:
        """Say of each kind that is seen who stands behind its median, where that is not alike."""
        kinds = dict.fromkeys(one.of.kind for one in self._drawn)
        measure, laptops = self._choice.measure, self._gallery.laptops
        told = (behind(kind, class_of(laptops, kind, measure)) for kind in kinds)
        return tuple(filter(None, told))

    @property
    def colours(self) -> dict[str, QColor]:
        """Which colour stands for which value of what is chosen to be told by colours."""
        values = list(dict.fromkeys(one.of.told for one in self._drawn))
        if self._choice.by == "kind":
            return {value: self._theme.of_kind(value) for value in values}
        if self._choice.by == "cores":
            return dict(zip(values, self._along(len(values)), strict=True))
        return {value: QColor(SERIES[n % len(SERIES)]) for n, value in enumerate(values)}

    def show_gallery(self, gallery: Gallery, choice: Choice) -> None:
        """Draw a class as it was chosen; more of the same leaves the view where a hand left it."""
        before, curves = self._label, self._choice.kind
        self._gallery, self._choice = gallery, choice
        if (self._label, choice.kind) != (before, curves) or not self._drawn:
            self._let_go()
        self._draw()

    def point_at(self, laptop: Laptop | None) -> None:
        """Draw all curves of a laptop over the others; none for None."""
        if self._over is not None:
            self.getPlotItem().removeItem(self._over)
            self._over = None
        ours = [one for one in self._drawn if one.of.laptop is laptop]
        if ours:
            x, y = _joined(ours)
            pen = pg.mkPen(self._theme.colours.text, width=3.5 * self._theme.scale)
            self._over = pg.PlotDataItem(
                x,
                y,
                pen=pen,
                connect="finite",
                antialias=True,
                symbol="o",
                symbolSize=8 * self._theme.scale,
                symbolBrush=self._theme.colours.text,
                symbolPen=None,
            )
            self._over.setZValue(50)
            self.getPlotItem().addItem(self._over)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        self._point(self._nearest(event.position()))

    def leaveEvent(self, event: Any) -> None:
        super().leaveEvent(event)
        self._point(None)

    def _along(self, count: int) -> list[QColor]:
        """Take colours evenly from a scale on which more is darker, or on dark ground paler."""
        return list(map(QColor, along(_DARK_SCALE if self._theme.is_dark else SCALE, count)))

    def _draw(self) -> None:
        plot = self.getPlotItem()
        plot.clear()
        self._legend.clear()
        self._over = self._pointed = None
        choice = self._choice
        curves = curves_of(self._gallery, choice.kind, choice.measure, choice.by)
        self._drawn = [_Drawn(one, *np.array(one.points, float).T) for one in curves]
        groups: dict[str, list[_Drawn]] = {}
        for one in self._drawn:
            groups.setdefault(one.of.told, []).append(one)
        for value, colour in self.colours.items():
            self._draw_group(value, colour, groups[value])
        for kind in dict.fromkeys(one.of.kind for one in self._drawn):
            self._draw_class(kind)
        self._xs = np.concatenate([one.x for one in self._drawn] or [np.empty(0)])
        self._ys = np.concatenate([one.y for one in self._drawn] or [np.empty(0)])
        counts = [len(one.x) for one in self._drawn]
        self._owners = np.repeat(np.arange(len(counts)), counts)
        look = {"color": self._theme.colours.muted}
        plot.setLabel("left", self._label, **look)
        self._fit()

    @property
    def _label(self) -> str:
        return label_of(self._gallery, self._choice.measure)

    def _draw_group(self, value: str, colour: QColor, ours: Sequence[_Drawn]) -> None:
        faint = QColor(colour)
        faint.setAlpha(_FAINT)
        x, y = _joined(ours)
        pen = pg.mkPen(faint, width=1.3 * self._theme.scale)
        item = pg.PlotCurveItem(x, y, pen=pen, connect="finite", antialias=True)
        dots = pg.ScatterPlotItem(x, y, size=5 * self._theme.scale, brush=faint, pen=None)
        self.getPlotItem().addItem(item)
        self.getPlotItem().addItem(dots)
        sample = pg.PlotDataItem(pen=pg.mkPen(colour, width=2.5))
        count = len({one.of.laptop.number for one in ours})
        self._legend.addItem(sample, as_html(f"{value} ({count})"))

    def _draw_class(self, kind: str) -> None:
        points = class_of(self._gallery.laptops, kind, self._choice.measure)
        lines = [self._draw_stretch(kind, some) for some in stretches(points)]
        if lines:
            self._legend.addItem(lines[0], as_html(class_name(kind, points)))

    def _draw_stretch(self, kind: str, points: Sequence[ClassPoint]) -> Any:
        """Draw the median of the same runs with its quartiles; one point alone with a bar."""
        colour = self._theme.of_kind(kind)
        band = QColor(colour)
        band.setAlpha(_BAND)
        x = np.array([one.workers for one in points], float)
        low, high = (np.array([getattr(one, end) for one in points]) for end in ("low", "high"))
        between = pg.PlotCurveItem(
            np.concatenate([x, x[::-1]]),
            np.concatenate([low, high[::-1]]),
            pen=None,
            brush=band,
            fillLevel="enclosed",
        )
        between.setZValue(-10)
        pen = pg.mkPen(colour, width=4 * self._theme.scale, style=Qt.PenStyle.DashLine)
        line = pg.PlotDataItem(x, np.array([one.median for one in points]), pen=pen)
        if len(points) == 1:
            line.setSymbol(SYMBOLS.get(kind, "o"))
            line.setSymbolSize(13 * self._theme.scale)
            line.setSymbolBrush(colour)
            bar = pg.mkPen(colour, width=2 * self._theme.scale)
            between = pg.PlotDataItem(np.repeat(x, 2), np.concatenate([low, high]), pen=bar)
        line.setZValue(40)
        for item in (between, line):
            self.getPlotItem().addItem(item)
        return line

    def _fit_legend(self) -> None:
        self._legend.setColumnCount(max(2, self.width() // self._theme.px(_LEGEND_COLUMN)))

    def _fit(self) -> None:
        most = max((float(one.x.max()) for one in self._drawn if len(one.x)), default=4.0)
        top = float(self._ys.max()) if len(self._ys) else 2.0
        plot = self.getPlotItem()
        step = -(-int(most) // 16)
        plot.getAxis("bottom").setTickSpacing(levels=[(step, 0)])
        if not self._touched:
            plot.setXRange(0.5, most + 0.5, padding=0)
            plot.setYRange(0, top * 1.3 or 1.0, padding=0)

    def _nearest(self, place: QPointF) -> int | None:
        """Find the curve whose mark is nearest to the pointer, near enough."""
        if not len(self._xs):
            return None
        view = self.getPlotItem().getViewBox()
        corner, size = view.mapToScene(QPointF(0, 0)), view.boundingRect()
        (left, right), (low, high) = view.viewRange()
        x = (self._xs - left) / (right - left) * size.width() + corner.x()
        y = (high - self._ys) / (high - low) * size.height() + corner.y()
        distances = np.hypot(x - place.x(), y - place.y())
        nearest = int(distances.argmin())
        return nearest if distances[nearest] <= _NEAR else None

    def _point(self, mark: int | None) -> None:
        if mark == self._pointed:
            return
        self._pointed = mark
        if mark is None:
            self.pointed.emit(None, "")
            return
        one = self._drawn[int(self._owners[mark])].of
        workers, value = int(self._xs[mark]), float(self._ys[mark])
        figure = f"{value:.2f}×" if self._choice.measure == "speed-up" else seconds(value)
        self.pointed.emit(one.laptop, f"{configuration(one.kind, workers)}: {figure}")

    def _restyle(self) -> None:
        self._dress(self._label, "workers", least_width=200)
        self._draw()


def _joined(curves: Sequence[_Drawn]) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Put curves behind one another, with a gap after each: one item draws them all."""
    gap = np.array([np.nan])
    x = np.concatenate([part for one in curves for part in (one.x, gap)])
    y = np.concatenate([part for one in curves for part in (one.y, gap)])
    return x, y
