"""Who waits for whom, as a graph: names on a circle, arrows between them, a cycle in red."""

import math
from itertools import islice

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetrics, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from core.report.graph import MOST_NAMES, begins_anew, circle_through
from gui.theme import Theme

_NOBODY_YET = "Nobody waits yet. Arrows appear here while the story runs."
_NOBODY = "Nobody waits any more."
_STUCK = "Deadlock: nobody in this ring can go on."
_STILL_STUCK = "They were still stuck in this ring when the run ended."
_AT_THE_END = "As it was when the run ended."
_WAS = "Past: this ring was the deadlock."
_WAS_AND_IS_OVER = f"{_WAS} {_NOBODY}"


class WaitGraphView(QWidget):
    """The waits of now, and the last circle of them, dashed, once it is no more.

    Names stay where they first appeared, until after a deadlock a play begins with others. A line
    below says whether it is now or past. GUI thread.
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._names: dict[str, None] = {}
        self._waits: dict[str, str] = {}
        self._circle: dict[str, str] = {}  # of the last deadlock: who waits for whom, or did
        self._has_ended = False
        self.setAccessibleName("Who waits for whom")
        theme.changed.connect(self.update)

    def clear(self) -> None:
        """Forget everybody."""
        self._names, self._waits, self._circle, self._has_ended = {}, {}, {}, False
        self._changed()

    def wait(self, who: str, whom: str) -> None:
        """Somebody waits for somebody from now on."""
        if self._circle and not self._waits and begins_anew(self._names, who, whom):
            self._names, self._circle = {}, {}
        self._names[who] = self._names[whom] = None
        self._waits[who] = whom
        if caught := circle_through(self._waits, who):
            self._circle = {one: self._waits[one] for one in caught}
        self._changed()

    def go_on(self, who: str) -> None:
        """Somebody waits no longer."""
        self._waits.pop(who, None)
        self._changed()

    def end(self) -> None:
        """The run is over: what is seen is past."""
        self._has_ended = True
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
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, _NOBODY_YET)
            return
        painter.setPen(QColor(colours.muted))
        strip = self.rect().adjusted(0, self.height() - self._strip(), 0, 0)
        painter.drawText(strip, Qt.AlignmentFlag.AlignCenter, self._words())
        is_past = not self._is_stuck
        boxes = self._boxes(painter)
        for who, whom in (self._circle | self._waits).items():
            if who in boxes and whom in boxes:
                in_circle = self._circle.get(who) == whom
                pen = QPen(QColor(colours.error if in_circle else colours.text), 2)
                if in_circle and is_past:
                    pen.setStyle(Qt.PenStyle.DashLine)
                self._arrow(painter, boxes[who], boxes[whom], pen)
        for name, box in boxes.items():
            is_caught = name in self._circle
            pen = QPen(QColor(colours.error if is_caught else colours.muted), 2 if is_caught else 1)
            if is_caught and is_past:
                pen.setStyle(Qt.PenStyle.DashLine)
            painter.setPen(pen)
            painter.setBrush(QBrush(QColor(colours.accent_soft)))
            painter.drawRoundedRect(box, self._theme.px(6), self._theme.px(6))
            painter.setPen(QColor(colours.text))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, name)

    @property
    def _is_stuck(self) -> bool:
        """Whether those of the circle wait for one another still."""
        return bool(self._circle) and self._circle.items() <= self._waits.items()

    def _words(self) -> str:
        """Say whether what is drawn is now or past."""
        if self._is_stuck:
            return _STILL_STUCK if self._has_ended else _STUCK
        if self._circle:
            return _WAS if self._waits else _WAS_AND_IS_OVER
        if self._waits:
            return _AT_THE_END if self._has_ended else ""
        return _NOBODY

    def _strip(self) -> int:
        """The height of the line below."""
        return QFontMetrics(self._theme.font(1.0)).height() + self._theme.px(6)

    def _boxes(self, painter: QPainter) -> dict[str, QRectF]:
        metrics, pad = painter.fontMetrics(), self._theme.px(12)
        room = QRectF(self.rect()).adjusted(0, 0, 0, -self._strip())
        centre = room.center()
        names = tuple(islice(self._names, MOST_NAMES))
        widest = max(metrics.horizontalAdvance(name) for name in names) + 2 * pad
        height = metrics.height() + pad
        across = max(10.0, room.width() / 2 - widest / 2 - pad)
        down = max(10.0, room.height() / 2 - height / 2 - pad)
        boxes = {}
        for place, name in enumerate(names):
            angle = 2 * math.pi * place / len(names) - math.pi / 2
            x = centre.x() + min(across, 2.2 * down) * math.cos(angle)
            y = centre.y() + down * math.sin(angle)
            boxes[name] = QRectF(x - widest / 2, y - height / 2, widest, height)
        return boxes

    def _arrow(self, painter: QPainter, start: QRectF, end: QRectF, pen: QPen) -> None:
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
        painter.setPen(pen)
        painter.drawLine(tail, head - unit * size)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(pen.color())
        painter.drawPolygon(QPolygonF([head, head - unit * size + side, head - unit * size - side]))

    def _changed(self) -> None:
        now, then = self._waits, {} if self._is_stuck else self._circle
        told = [f"{who} waits for {whom}" for who, whom in islice(now.items(), MOST_NAMES)]
        told += [f"{who} waited for {whom}" for who, whom in islice(then.items(), MOST_NAMES)]
        heard = ", ".join(told)
        words = self._words() if self._names else "Nobody waits"
        self.setAccessibleDescription(". ".join(filter(None, (words.rstrip("."), heard))))
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
