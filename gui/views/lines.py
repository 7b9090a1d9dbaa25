"""Lines over log axes, one for each name: what a sweep of programs told."""

import math
from collections.abc import Sequence
from statistics import median
from typing import Any

import pyqtgraph as pg

from core.experiments.base import Lines
from gui.theme import SERIES, Theme

_LEGEND_SHARE = 0.45  # of the width of the lines, kept free for each column of their names
_MOST_IN_A_COLUMN = 6
_SYMBOLS = ("o", "s", "t1", "d", "p", "star", "h", "x")


class LinesView(pg.PlotWidget):  # type: ignore[misc]  # pyqtgraph has no types
    """Lines through the medians of the rows with the same x. GUI thread."""

    def __init__(self, show: Lines, theme: Theme) -> None:
        super().__init__(enableMenu=False)
        self._show = show
        self._theme = theme
        self._rows: Sequence[dict[str, Any]] = ()
        self._lines: dict[str, Any] = {}
        self.setAccessibleName(show.title)
        plot = self.getPlotItem()
        plot.setLogMode(x=True, y=True)
        plot.showGrid(x=True, y=True, alpha=0.2)
        self._legend = plot.addLegend(offset=(-8, 4))
        theme.changed.connect(self._restyle)
        self._restyle()

    def show_rows(self, rows: Sequence[dict[str, Any]]) -> None:
        """Draw the rows that have a positive x and y."""
        self._rows = rows
        lines: dict[str, dict[float, list[float]]] = {}
        for row in rows:
            x, y = row.get(self._show.x), row.get(self._show.y)
            if isinstance(x, int | float) and isinstance(y, int | float) and x > 0 and y > 0:
                lines.setdefault(str(row.get(self._show.by)), {}).setdefault(x, []).append(y)
        for name in [name for name in self._lines if name not in lines]:
            self.getPlotItem().removeItem(self._lines.pop(name))
        for name, points in lines.items():
            xs = sorted(points)
            self._line(name).setData(xs, [median(points[x]) for x in xs])
        if lines:
            everything = [math.log10(x) for points in lines.values() for x in points]
            low, high = min(everything), max(everything)
            columns = -(-len(lines) // _MOST_IN_A_COLUMN)
            self._legend.setColumnCount(columns)
            room = _LEGEND_SHARE * columns * ((high - low) or 1.0)
            self.getPlotItem().setXRange(low, high + room, padding=0.03)

    def _line(self, name: str) -> Any:
        """Return the line of that name, made at its first mention."""
        if name not in self._lines:
            place = len(self._lines)
            colour = SERIES[place % len(SERIES)]
            self._lines[name] = self.getPlotItem().plot(
                name=name,
                pen=pg.mkPen(colour, width=2 * self._theme.scale),
                symbol=_SYMBOLS[place % len(_SYMBOLS)],
                symbolSize=8 * self._theme.scale,
                symbolBrush=colour,
                symbolPen=pg.mkPen(self._theme.colours.card),
            )
        return self._lines[name]

    def _restyle(self) -> None:
        c, plot = self._theme.colours, self.getPlotItem()
        self.setMinimumSize(self._theme.px(240), self._theme.px(170))
        self.setBackground(c.card)
        font = self._theme.font(0.92)
        look = {"color": c.muted, "font-size": f"{font.pointSizeF()}pt"}
        for side, label in (("left", self._show.y_label), ("bottom", self._show.x_label)):
            axis = plot.getAxis(side)
            axis.setPen(pg.mkPen(c.line))
            axis.setTextPen(pg.mkPen(c.muted))
            axis.setTickFont(font)
            plot.setLabel(side, label, **look)
        self._legend.setLabelTextColor(c.text)
        self._legend.setLabelTextSize(f"{font.pointSizeF()}pt")
        self.getPlotItem().clear()
        self._lines = {}
        self.show_rows(self._rows)
