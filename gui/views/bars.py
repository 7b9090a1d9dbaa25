"""One bar for each row on a log scale, with every repeat as a dot and the median as the bar."""

import math
from statistics import median
from typing import Any

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from core.experiments.base import Bars
from core.results.statistics import seconds
from gui.theme import Theme

_FEWEST = 4  # bars that there is room for: with less of them each stays where it first came
_THICK = 48  # pixels of a bar at most, at the usual size
_SECONDS = {"s": 1.0, "ms": 1e-3, "µs": 1e-6, "ns": 1e-9}


class BarsView(QWidget):
    """Bars of what rows say, in the order of first appearance; some rows say why they have none.

    GUI thread.
    """

    def __init__(self, show: Bars, theme: Theme) -> None:
        super().__init__()
        self._show = show
        self._theme = theme
        self._values: dict[str, list[float]] = {}
        self._why_none: dict[str, str] = {}  # of those without a value
        self.setAccessibleName(show.title)
        theme.changed.connect(self.update)

    def show_rows(self, rows: list[dict[str, Any]]) -> None:
        """Draw the rows that have a positive value, and say of others why they have none."""
        self._values, self._why_none = {}, {}
        for row in rows:
            value, name = row.get(self._show.value), str(row[self._show.label])
            if isinstance(value, int | float) and value > 0:
                self._values.setdefault(name, []).append(float(value))
            elif self._show.why_none:
                self._values.setdefault(name, [])
                self._why_none[name] = f"no figure: {row.get(self._show.why_none)}"
        said = (f"{name}: {self._in_words(name)}" for name in self._values)
        self.setAccessibleDescription(", ".join(said))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._theme.px(420), self._theme.px(240))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._theme.px(160), self._theme.px(170))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self._theme.font(0.95))
        c, px = self._theme.colours, self._theme.px
        if not any(self._values.values()):
            painter.setPen(QColor(c.muted))
            painter.drawText(
                self.rect(), Qt.AlignmentFlag.AlignCenter, "Bars appear as rows arrive."
            )
            return
        metrics = painter.fontMetrics()
        names = max(metrics.horizontalAdvance(name) for name in self._values) + px(12)
        numbers = metrics.horizontalAdvance(f"0000000 {self._show.unit}") + px(12)
        axis = metrics.height() + px(8)
        room = QRectF(names, px(6), self.width() - names - numbers, self.height() - axis - px(6))
        low, high = self._decades()
        self._paint_grid(painter, room, low, high)
        step = room.height() / max(_FEWEST, len(self._values))
        for place, (name, values) in enumerate(self._values.items()):
            band = QRectF(room.left(), room.top() + place * step, room.width(), step)
            self._paint_bar(painter, band, name, values, low, high)

    def _decades(self) -> tuple[int, int]:
        everything = [value for values in self._values.values() for value in values]
        low, high = math.log10(min(everything)), math.log10(max(everything))
        return math.floor(low - 0.3), max(math.ceil(high), math.floor(low - 0.3) + 1)

    def _paint_grid(self, painter: QPainter, room: QRectF, low: int, high: int) -> None:
        c = self._theme.colours
        for decade in range(low, high + 1):
            x = room.left() + room.width() * (decade - low) / (high - low)
            painter.setPen(QPen(QColor(c.line), 1))
            painter.drawLine(QPointF(x, room.top()), QPointF(x, room.bottom()))
            painter.setPen(QColor(c.muted))
            text = self._with_unit(10.0**decade)
            width = self._theme.px(120)
            below = QRectF(x - width / 2, room.bottom() + 2, width, painter.fontMetrics().height())
            painter.drawText(below, Qt.AlignmentFlag.AlignCenter, text)

    def _paint_bar(
        self, painter: QPainter, band: QRectF, name: str, values: list[float], low: int, high: int
    ) -> None:
        c = self._theme.colours
        self._paint_name(painter, band, name)
        if not values:
            painter.setPen(QColor(c.muted))
            end = Qt.TextElideMode.ElideRight
            why = painter.fontMetrics().elidedText(self._in_words(name), end, int(band.width()))
            painter.drawText(band, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, why)
            return
        middle = median(values)

        def x(value: float) -> float:
            return band.left() + band.width() * (math.log10(value) - low) / (high - low)

        thick = min(band.height() * 0.6, self._theme.px(_THICK))
        centre = band.center().y()
        bar = QRectF(band.left(), centre - thick / 2, x(middle) - band.left(), thick)
        painter.fillRect(bar, QColor(c.processes))
        painter.setPen(QPen(QColor(c.card), 1))
        painter.setBrush(QColor(c.text))
        for value in values:
            painter.drawEllipse(QPointF(x(value), centre), self._theme.px(3), self._theme.px(3))
        painter.setPen(QColor(c.text))
        number = QRectF(band.right() + self._theme.px(4), band.top(), self.width(), band.height())
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(number, left, self._with_unit(middle))

    def _paint_name(self, painter: QPainter, band: QRectF, name: str) -> None:
        painter.setPen(QColor(self._theme.colours.text))
        names = QRectF(0, band.top(), band.left() - self._theme.px(8), band.height())
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(names, right, name)

    def _in_words(self, name: str) -> str:
        values = self._values[name]
        return self._with_unit(median(values)) if values else self._why_none[name]

    def _with_unit(self, value: float) -> str:
        """Write a value as a person would: 1.04 s, not 1.04e+03 ms."""
        if (in_seconds := _SECONDS.get(self._show.unit)) is not None:
            return seconds(value * in_seconds)
        return f"{value:.3g} {self._show.unit}"
