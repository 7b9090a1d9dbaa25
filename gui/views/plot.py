"""What all charts with two axes share: pyqtgraph's widget, in the lab's look."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QGraphicsItem, QGraphicsView

from gui.theme import Theme

if TYPE_CHECKING:  # pyqtgraph has no types: these are Qt's widgets, and whatever it adds to them

    class AxisItem:
        def __init__(self, orientation: str) -> None: ...
        def __getattr__(self, name: str) -> Any: ...
        def tickValues(self, low: float, high: float, size: float) -> list[Any]: ...

    class PlotWidget(QGraphicsView):
        def __init__(self, **options: Any) -> None: ...
        def __getattr__(self, name: str) -> Any: ...
else:
    from pyqtgraph import AxisItem, PlotWidget

_LEAST_WIDTH, _LEAST_HEIGHT = 160, 170


class Plot(PlotWidget):
    """A chart that moves only when it is told to. `axes` are those in place of pyqtgraph's own.

    Its heirs add a legend, `_legend`, then call `_dress` at once and when the theme changes. GUI
    thread.
    """

    _legend: Any

    def __init__(self, name: str, theme: Theme, **axes: AxisItem) -> None:
        super().__init__(enableMenu=False, axisItems=axes)
        self._theme = theme
        self.setAccessibleName(name)
        plot = self.getPlotItem()
        plot.hideButtons()
        plot.getViewBox().disableAutoRange()

    def _dress(self, left: str, bottom: str, least_width: int = _LEAST_WIDTH) -> None:
        """Take on the theme's colours and sizes, with these words at the axes."""
        c, plot = self._theme.colours, self.getPlotItem()
        self.setMinimumSize(self._theme.px(least_width), self._theme.px(_LEAST_HEIGHT))
        self.setBackground(c.card)
        font = self._theme.font(0.92)
        size = f"{font.pointSizeF()}pt"
        for side, label in (("left", left), ("bottom", bottom)):
            axis = plot.getAxis(side)
            axis.enableAutoSIPrefix(False)
            axis.setPen(c.line)
            axis.setTextPen(c.muted)
            axis.setTickFont(font)
            axis.setStyle(tickLength=-4)
            axis.setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)
            axis.label.setFont(font)
            plot.setLabel(side, label, **{"color": c.muted, "font-size": size})
        self._legend.setLabelTextColor(c.text)
        self._legend.setLabelTextSize(size)
