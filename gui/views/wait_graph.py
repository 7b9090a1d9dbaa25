"""Who waits for whom, as a graph: names on a circle, arrows between them, a cycle in red."""

import math
from itertools import islice

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from core.report.graph import MOST_NAMES, circle
from gui.theme import Theme


class WaitGraphView(QWidget):
    """The waits of now; names stay where they first appeared. GUI thread."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._names: dict[str, None] = {}
        self._waits: dict[str, str] = {}
        self.setAccessibleName("Who waits for whom")
        theme.changed.connect(self.update)

    def clear(self) -> None:
        """Forget everybody."""
        self._names, self._waits = {}, {}
        self._changed()

    def wait(self, who: str, whom: str) -> None:
        """Somebody waits for somebody from now on."""
        self._names[who] = self._names[whom] = None
        self._waits[who] = whom
        self._changed()

    def go_on(self, who: str) -> None:
        """Somebody waits no longer."""
        self._waits.pop(who, None)
        self._changed()

    def sizeHint(self) -> QSize:
        return QSize(self._theme.px(360), self._theme.px(240))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._theme.px(160), self._theme.px(170))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self._theme.font(1.0))
        colours = self._theme.colours
        if not self._names:
            painter.setPen(QColor(colours.muted))
            text = "Nobody waits yet. Arrows appear here while the story runs."
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, text)
            return
        if not self._waits:
            painter.setPen(QColor(colours.muted))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, "Nobody waits any more.")
        caught = frozenset(circle(self._waits))
        boxes = self._boxes(painter)
        for who, whom in self._waits.items():
            if who not in boxes or whom not in boxes:
                continue
            in_cycle = who in caught and whom in caught
            self._arrow(
                painter, boxes[who], boxes[whom], colours.error if in_cycle else colours.text
            )
        for name, box in boxes.items():
            edge = colours.error if name in caught else colours.muted
            painter.setPen(QPen(QColor(edge), 2 if name in caught else 1))
            painter.setBrush(QBrush(QColor(colours.accent_soft)))
            painter.drawRoundedRect(box, self._theme.px(6), self._theme.px(6))
            painter.setPen(QColor(colours.text))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, name)

    def _boxes(self, painter: QPainter) -> dict[str, QRectF]:
        metrics, pad = painter.fontMetrics(), self._theme.px(12)
        centre = QRectF(self.rect()).center()
        names = tuple(islice(self._names, MOST_NAMES))
        widest = max(metrics.horizontalAdvance(name) for name in names) + 2 * pad
        height = metrics.height() + pad
        across = max(10.0, self.width() / 2 - widest / 2 - pad)
        down = max(10.0, self.height() / 2 - height / 2 - pad)
        boxes = {}
        for place, name in enumerate(names):
            angle = 2 * math.pi * place / len(names) - math.pi / 2
            x = centre.x() + min(across, 2.2 * down) * math.cos(angle)
            y = centre.y() + down * math.sin(angle)
            boxes[name] = QRectF(x - widest / 2, y - height / 2, widest, height)
        return boxes

    def _arrow(self, painter: QPainter, start: QRectF, end: QRectF, colour: str) -> None:
        along = end.center() - start.center()
        unit = along / (math.hypot(along.x(), along.y()) or 1.0)
        across = QPointF(-unit.y(), unit.x())
        # Two who wait for each other have two arrows: each is moved a little to its own side,
        # with its ends where the moved line, not the one between the centres, meets the boxes.
        aside = across * self._theme.px(7)
        tail, head = (
            _leaves(start, start.center() + aside, unit),
            _leaves(end, end.center() + aside, -unit),
        )
        size = self._theme.px(9)
        side = across * size * 0.5
        painter.setPen(QPen(QColor(colour), 2))
        painter.drawLine(tail, head - unit * size)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colour))
        painter.drawPolygon(QPolygonF([head, head - unit * size + side, head - unit * size - side]))

    def _changed(self) -> None:
        told = islice(self._waits.items(), MOST_NAMES)
        waits = ", ".join(f"{who} waits for {whom}" for who, whom in told)
        self.setAccessibleDescription(waits or "Nobody waits")
        self.update()


def _leaves(box: QRectF, inside: QPointF, unit: QPointF) -> QPointF:
    """The point where a line from a point in the box, in a direction of length 1, leaves it."""
    x_edge = box.right() if unit.x() > 0 else box.left()
    y_edge = box.bottom() if unit.y() > 0 else box.top()
    steps = [
        (edge - start) / step
        for edge, start, step in ((x_edge, inside.x(), unit.x()), (y_edge, inside.y(), unit.y()))
        if step
    ]
    return inside + unit * min(steps, default=0.0)
