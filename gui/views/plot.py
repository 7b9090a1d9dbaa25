"""What all charts with two axes share: pyqtgraph's widget, in the lab's look."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QGraphicsItem, QGraphicsView, QToolButton

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
_LEGEND: Mapping[str, Any] = {"offset": (8, 4), "colCount": 4}
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
    """A chart that never moves under the hand of whoever touched it, with mouse or keys.

    `axes` are those in place of pyqtgraph's own; `legend` says where its legend is, and in how many
    columns. Heirs bring everything into view in `_fit`, and call `_dress` at once and when the
    theme changes. GUI thread.
    """

    _legend: Any = None  # as pyqtgraph resizes once from within its own constructor

    def __init__(
        self, name: str, theme: Theme, legend: Mapping[str, Any] = _LEGEND, **axes: AxisItem
    ) -> None:
        super().__init__(enableMenu=False, axisItems=axes)
        self._theme = theme
        self._touched = False
        self.setAccessibleName(name)
        plot = self.getPlotItem()
        plot.hideButtons()
        plot.getViewBox().disableAutoRange()
        plot.getViewBox().sigRangeChangedManually.connect(self._on_touched)
        self._all = QToolButton(self)
        self._all.setText("Show all")
        self._all.setToolTip("Show everything again (Home)")
        self._all.clicked.connect(self.show_all)
        self._all.hide()
        self._legend = plot.addLegend(**legend)
        for side in ("left", "bottom"):
            # Now, as no label is seen yet: later this very call would multiply small numbers, such
            # as times in seconds, by a thousand or a million, with no prefix to say so.
            plot.getAxis(side).enableAutoSIPrefix(False)

    def show_all(self) -> None:
        """Show everything again, and follow what comes."""
        self._let_go()
        self._fit()

    @abstractmethod
    def _fit(self) -> None:
        """Bring everything into view, unless it is `_touched`."""

    def _fit_legend(self) -> None:
        """Give the legend what room there is."""

    def _let_go(self) -> None:
        """Forget that it was touched."""
        self._touched = False
        self._all.hide()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._legend is not None:
            self._place_button()
            self._fit_legend()
            self._fit()

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
