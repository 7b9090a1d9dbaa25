"""What all charts with two axes share: pyqtgraph's widget, in the lab's look."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent
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
_STEP = 0.1  # of what is in view
_Modifier = Qt.KeyboardModifier
_FOREIGN = _Modifier.ControlModifier | _Modifier.AltModifier | _Modifier.MetaModifier
_ZOOMS: dict[int, float] = {
    Qt.Key.Key_Plus: 0.8,
    Qt.Key.Key_Equal: 0.8,
    Qt.Key.Key_Minus: 1.25,
}
_MOVES: dict[int, tuple[float, float]] = {
    Qt.Key.Key_Left: (-_STEP, 0.0),
    Qt.Key.Key_Right: (_STEP, 0.0),
    Qt.Key.Key_Up: (0.0, _STEP),
    Qt.Key.Key_Down: (0.0, -_STEP),
}


class Plot(PlotWidget):
    """A chart that moves only when it is told to. `axes` are those in place of pyqtgraph's own.

    It is moved and zoomed with keys as with the mouse, which the view box tells its heirs by
    `sigRangeChangedManually`. They add a legend, `_legend`, then call `_dress` at once and when the
    theme changes. GUI thread.
    """

    _legend: Any

    def __init__(self, name: str, theme: Theme, **axes: AxisItem) -> None:
        super().__init__(enableMenu=False, axisItems=axes)
        self._theme = theme
        self.setAccessibleName(name)
        plot = self.getPlotItem()
        plot.hideButtons()
        plot.getViewBox().disableAutoRange()
        for side in ("left", "bottom"):
            # Now, as no label is seen yet: later this very call would multiply small numbers, such
            # as times in seconds, by a thousand or a million, with no prefix to say so.
            plot.getAxis(side).enableAutoSIPrefix(False)

    @abstractmethod
    def show_all(self) -> None:
        """Show everything again, and follow what comes."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if event.modifiers() & _FOREIGN:
            event.ignore()
        elif key == Qt.Key.Key_Home:
            self.show_all()
        elif key in _ZOOMS:
            self._move(scale=_ZOOMS[key])
        elif key in _MOVES:
            self._move(*_MOVES[key])
        else:
            super().keyPressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.show_all()

    def _move(self, right: float = 0.0, up: float = 0.0, scale: float = 1.0) -> None:
        """Move by shares of what is in view, or zoom, as a person does."""
        view = self.getPlotItem().getViewBox()
        (west, east), (south, north) = view.viewRange()
        view.scaleBy((scale, scale))
        view.translateBy(QPointF(right * (east - west), up * (north - south)))
        view.sigRangeChangedManually.emit(view.state["mouseEnabled"])

    def _dress(self, left: str, bottom: str, least_width: int = _LEAST_WIDTH) -> None:
        """Take on the theme's colours and sizes, with these words at the axes."""
        c, plot = self._theme.colours, self.getPlotItem()
        self.setMinimumSize(self._theme.px(least_width), self._theme.px(_LEAST_HEIGHT))
        self.setBackground(c.card)
        font = self._theme.font(0.92)
        size = f"{font.pointSizeF()}pt"
        for side, label in (("left", left), ("bottom", bottom)):
            axis = plot.getAxis(side)
            axis.setPen(c.line)
            axis.setTextPen(c.muted)
            axis.setTickFont(font)
            axis.setStyle(tickLength=-4)
            axis.setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)
            axis.label.setFont(font)
            plot.setLabel(side, label, **{"color": c.muted, "font-size": size})
        self._legend.setBrush(c.card)  # no curve runs through its words
        self._legend.setLabelTextColor(c.text)
        self._legend.setLabelTextSize(size)
