"""Lines over log axes, one for each name: what a sweep of programs told."""

import math
from collections.abc import Sequence
from statistics import median
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFontMetricsF, QResizeEvent
from PySide6.QtWidgets import QLabel

from core.experiments.base import Lines
from core.parameters import group
from core.report.marks import LineLooks
from gui.plain import as_html
from gui.theme import Theme
from gui.views.plot import AxisItem, Plot

_LEAST_SHARE = 0.3  # of the width, for the lines, however wide their names are
_BESIDE_NAME = 1  # pixels above and below it, where pyqtgraph has four
_SAMPLE = 16  # pixels that a line and its symbol take beside their name
_BESIDE_NAMES = 8  # pixels above and below them all
_MARGIN = 0.06  # of the height, above and below
_LEAST_HEIGHT = 0.4  # decades: there is a number to each side, 1, 2 or 5 times a power of ten
_DIGITS: tuple[tuple[int, ...], ...] = (
    (1, 2, 3, 4, 5, 6, 7, 8, 9),
    (1, 2, 3, 5),
    (1, 2, 5),
    (1,),
)  # which have a number
_PLAIN_BELOW = 1e6
_FAINT = 0.45  # of a line's colour, for the bar from its least to its most
_STYLES = (
    Qt.PenStyle.SolidLine,
    Qt.PenStyle.DashLine,
    Qt.PenStyle.DotLine,
    Qt.PenStyle.DashDotLine,
)
_SYMBOLS = ("o", "s", "t1", "d", "p", "star", "h", "x")


class LinesView(Plot):
    """Lines through the medians of the rows with the same x, with a faint bar over all of them.

    The names are at the right; one that differs in brackets only has the same colour, dashed.

    Only lines with new rows are drawn anew, and the axes move only when the data leave them, so
    that rows which arrive cost little. GUI thread.
    """

    def __init__(self, show: Lines, theme: Theme) -> None:
        self._bottom = LogAxis("bottom")
        axes = {"bottom": self._bottom, "left": LogAxis("left")}
        super().__init__(show.title, theme, {"offset": (-8, 4)}, **axes)
        self._show = show
        self._rows: Sequence[dict[str, Any]] = ()
        self._is_empty: bool | None = None  # whether it says so; not known at first
        self._taken = 0  # rows of which the lines know
        self._points: dict[str, dict[float, list[float]]] = {}
        self._lines: dict[str, Any] = {}
        self._spreads: dict[str, Any] = {}
        self._looks = LineLooks()
        self._range: tuple[float, ...] = ()
        self._empty = QLabel("Lines appear as rows arrive.", self)
        self._empty.setProperty("muted", True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        plot = self.getPlotItem()
        plot.setLogMode(x=True, y=True)
        plot.showGrid(x=True, y=True, alpha=0.2)
        self._legend.layout.setContentsMargins(_BESIDE_NAMES / 2, 0, _BESIDE_NAMES / 2, 0)
        theme.follow(self, self._restyle)
        self._restyle()

    def show_rows(self, rows: Sequence[dict[str, Any]]) -> None:
        """Draw the rows that have a positive x and y; they are the last ones and more, or others.

        Fewer rows than before are those of another run.
        """
        if len(rows) < self._taken:
            self._let_go()
            self._rows = ()
            self._clear()
        self._rows = rows
        changed = self._take(rows[self._taken :])
        self._taken = len(rows)
        self._show_emptiness()
        for name in changed:
            points = self._points[name]
            xs = sorted(points)
            self._line(name).setData(xs, [median(points[x]) for x in xs])
            several = [x for x in xs if len(points[x]) > 1]
            ends = [y for x in several for y in (min(points[x]), max(points[x]), math.nan)]
            self._spreads[name].setData([x for x in several for _ in range(3)], ends)
        if changed:
            self._fit()

    def show_all(self) -> None:
        self._range = ()
        super().show_all()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._legend is not None:
            self._empty.setGeometry(self.rect())

    def _show_emptiness(self) -> None:
        """While there are no data, the axes have no numbers that would mean anything."""
        is_empty = not self._points
        if is_empty != self._is_empty:
            self._is_empty = is_empty
            self._empty.setVisible(is_empty)
            for side in ("left", "bottom"):
                self.getPlotItem().getAxis(side).setStyle(showValues=not is_empty)

    def _clear(self) -> None:
        self.getPlotItem().clear()
        self._taken = 0
        self._points, self._lines, self._spreads, self._range = {}, {}, {}, ()
        self._looks = LineLooks()

    def _take(self, rows: Sequence[dict[str, Any]]) -> list[str]:
        """Add rows to what is known; return the names of the lines that they change."""
        changed: dict[str, None] = {}
        for row in rows:
            x, y = row.get(self._show.x), row.get(self._show.y)
            if isinstance(x, int | float) and isinstance(y, int | float) and x > 0 and y > 0:
                name = str(row.get(self._show.by))
                self._points.setdefault(name, {}).setdefault(x, []).append(y)
                changed[name] = None
        return list(changed)

    def _line(self, name: str) -> Any:
        """Return the line of that name, made at its first mention."""
        if name not in self._lines:
            look = self._looks.of(name)
            card, colour = self._theme.colours.card, QColor(look.colour)
            width = 2 * self._theme.scale
            self._lines[name] = self.getPlotItem().plot(
                name=as_html(name),
                pen=pg.mkPen(colour, width=width, style=_STYLES[look.variant % len(_STYLES)]),
                symbol=_SYMBOLS[look.place % len(_SYMBOLS)],
                symbolSize=8 * self._theme.scale,
                symbolBrush=card if look.variant else colour,
                symbolPen=pg.mkPen(colour if look.variant else card, width=width / 2),
            )
            faint = QColor(colour)  # pyqtgraph keeps the other one, and would draw it faint too
            faint.setAlphaF(_FAINT)
            self._spreads[name] = self.getPlotItem().plot(
                pen=pg.mkPen(faint, width=1.5 * width), connect="finite"
            )
            self._spreads[name].setZValue(-1)
            self._close_up(*self._legend.items[-1])
        return self._lines[name]

    def _close_up(self, sample: Any, label: Any) -> None:
        """Set a name close to the next: one column of them leaves the lines more than half."""
        sample.setFixedHeight(_SAMPLE)
        label.item.document().setDocumentMargin(_BESIDE_NAME)
        label.setText(label.text)  # learns its size
        label.setFixedHeight(label.itemRect().height())
        label.resize(label.itemRect().size())
        sample.resize(sample.width(), _SAMPLE)

    def _name_columns(self) -> None:
        """Write the names in as few columns as have room for them."""
        height = max((label.itemRect().height() for _, label in self._legend.items), default=1.0)
        view = self.getPlotItem().getViewBox()
        in_a_column = int((view.height() - _BESIDE_NAMES) / max(_SAMPLE, height))
        columns = max(1, -(-len(self._lines) // max(1, in_a_column)))
        if columns != self._legend.columnCount:
            self._legend.setColumnCount(columns)

    def _fit(self) -> None:
        """Show all data, with room at their right for the names; hold still while they fit."""
        self._name_columns()
        if self._touched or not self._points:
            return
        xs = [math.log10(x) for points in self._points.values() for x in points]
        ys = [
            math.log10(y) for points in self._points.values() for ys in points.values() for y in ys
        ]
        left, right = min(xs), max(xs)
        self._bottom.last = right
        width = (right - left) or 1.0
        edge = 0.03 * width
        room = (width + 2 * edge) * (1 / self._share_of_lines() - 1)
        least, most = min(ys), max(ys)
        few = max(0.0, _LEAST_HEIGHT - (most - least)) / 2
        least, most = least - few, most + few
        beside = _MARGIN * (most - least)
        wanted = (left - edge, right + edge + room, least - beside, most + beside)
        if self._range and _holds(self._range, wanted):
            return
        self._range = (*wanted[:2], wanted[2] - beside, wanted[3] + beside)
        self.getPlotItem().setXRange(*self._range[:2], padding=0)
        self.getPlotItem().setYRange(*self._range[2:], padding=0)

    def _share_of_lines(self) -> float:
        """The share of the width that the names leave free."""
        self._legend.updateSize()
        width: float = self.getPlotItem().getViewBox().width() or 1.0
        names: float = self._legend.width() + self._theme.px(16)
        return max(_LEAST_SHARE, 1 - names / width)

    def _restyle(self) -> None:
        self._dress(self._show.y_label, self._show.x_label)
        self._empty.setFont(self._theme.font(0.95))
        self._clear()
        self.show_rows(self._rows)


class LogAxis(AxisItem):
    """A log axis with as many numbers as have room, and none beyond the last of the data."""

    last = math.inf  # the log10 of the largest x
    _digits: tuple[int, ...] = _DIGITS[-1]
    _decades = 1  # of so many, one has a number

    def tickValues(self, low: float, high: float, size: float) -> list[Any]:
        """Leave out what is beyond the last, and see how many have room for a number."""
        decade = size / max(abs(high - low), 1e-9)
        metrics = QFontMetricsF(self.style["tickFont"] or self.font())
        is_across = self.orientation in ("bottom", "top")
        needed = metrics.horizontalAdvance("20 000  ") if is_across else 1.2 * metrics.height()
        fitting = (digits for digits in _DIGITS if _least_gap(digits) * decade >= needed)
        self._digits = next(fitting, _DIGITS[-1])
        self._decades = max(1, math.ceil(needed / max(decade, 1e-9)))
        levels = super().tickValues(low, high, size)
        return [
            (spacing, [value for value in values if value <= self.last + 1e-9])
            for spacing, values in levels
        ]

    def tickStrings(self, values: Sequence[float], scale: float, spacing: float) -> list[str]:
        """Write the numbers in full, and leave out those that have no room."""
        return [self._number(value) for value in values]

    def _number(self, exponent: float) -> str:
        number = float(f"{10**exponent:.1g}")
        decade = math.floor(math.log10(number) + 1e-9)
        if round(number / 10**decade) not in self._digits or decade % self._decades:
            return ""
        if number >= _PLAIN_BELOW or number < 1 / _PLAIN_BELOW:
            return f"{number:.0e}"
        return group(round(number)) if number >= 1 else f"{number:g}"


def _least_gap(digits: Sequence[int]) -> float:
    """The least distance of two numbers within a decade and the next, in decades."""
    return min(math.log10(b / a) for a, b in zip(digits, (*digits[1:], 10), strict=True))


def _holds(shown: tuple[float, ...], wanted: tuple[float, ...]) -> bool:
    """Whether a range (left, right, low, high) can stay: all fits, and not much is empty."""
    left, right, low, high = wanted
    across = math.isclose(shown[0], left) and math.isclose(shown[1], right)
    inside = shown[2] <= low and high <= shown[3]
    return across and inside and (shown[3] - shown[2]) <= 1.5 * (high - low)
