"""Lines over log axes, one for each name: what a sweep of programs told."""

from collections.abc import Sequence
from statistics import median
from typing import Any

import pyqtgraph as pg

from core.experiments.base import Lines
from gui.theme import SERIES, Theme

_SYMBOLS = ("o", "s", "t1", "d", "p", "star", "h", "x")


class LinesView(pg.PlotWidget):  # type: ignore[misc]  # pyqtgraph has no types
    """Lines through the medians of the rows with the same x. GUI thread."""

    def __init__(self, show: Lines, theme: Theme) -> None:
        super().__init__()
        self._show = show
        self._theme = theme
        self._rows: Sequence[dict[str, Any]] = ()
        self.setAccessibleName(show.title)
        plot = self.getPlotItem()
        plot.setMenuEnabled(False)
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
        plot = self.getPlotItem()
        plot.clear()
        self._legend.clear()
        for place, (name, points) in enumerate(lines.items()):
            colour = SERIES[place % len(SERIES)]
            plot.plot(
                sorted(points),
                [median(points[x]) for x in sorted(points)],
                name=name,
                pen=pg.mkPen(colour, width=2 * self._theme.scale),
                symbol=_SYMBOLS[place % len(_SYMBOLS)],
                symbolSize=8 * self._theme.scale,
                symbolBrush=colour,
                symbolPen=pg.mkPen(self._theme.colours.card),
            )

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
        self.show_rows(self._rows)
