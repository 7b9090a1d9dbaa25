"""What stands for one kind of workers in a chart: dots, the medians' line, and their bars."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor

from core.report.marks import PartLook, beside, look_of
from gui.plain import plain
from gui.theme import SYMBOLS, Theme

if TYPE_CHECKING:
    from core.results.records import TrialRecord

_DOT_ALPHA, _UNSURE_ALPHA = 130, 110
_THIN = frozenset({"ceiling"})
_LINES = (  # as `PartLook` counts them
    Qt.PenStyle.SolidLine,
    Qt.PenStyle.DashLine,
    Qt.PenStyle.DashDotLine,
    Qt.PenStyle.DashDotDotLine,
    Qt.PenStyle.DotLine,
)


@dataclass(frozen=True)
class Middle:
    """The median of a configuration's repeats, with the ends of its bar; `is_sure` for an interval.

    `words` are for whoever holds the pointer there.
    """

    workers: int
    value: float
    low: float
    high: float
    is_sure: bool
    words: str
    repeats: int


@dataclass(frozen=True)
class Dot:
    """One repeat; `reasons` say what disturbed it, and it is grey when there are any.

    `say` puts the trial, its value and `where` it ran into words: only for the dot under the
    pointer, since there may be ten thousand.
    """

    trial: TrialRecord
    value: float
    say: Callable[[TrialRecord, float, str], str]
    where: str
    reasons: tuple[str, ...] = ()

    @property
    def tip(self) -> str:
        """What to say of it, a sentence a line."""
        words = self.say(self.trial, self.value, self.where)
        return "\n".join([words, *(f"Disturbed: {reason}" for reason in self.reasons)])


class Marks:
    """The items of one kind of workers on one Python, that at `place` of so many `parts`.

    `sure` has the bars of intervals, `unsure` those of ranges; `grey` the dots that were disturbed.
    """

    def __init__(
        self,
        executor: str,
        place: int,
        parts: int,
        theme: Theme,
        clicked: Callable[..., None],
    ) -> None:
        look = look_of(place)
        colour = shade(theme.of_kind(executor), look, theme)
        self._dodge = beside(executor, place, parts)
        self._shown: tuple[Any, Any] = ((), ())
        self.sure = pg.ErrorBarItem(beam=0.06, pen=pg.mkPen(colour, width=1.5 * theme.scale))
        pale = QColor(colour)
        pale.setAlpha(_UNSURE_ALPHA)
        self.unsure = pg.ErrorBarItem(beam=0.06, pen=pg.mkPen(pale, width=1.2 * theme.scale))
        faint = QColor(colour)
        faint.setAlpha(_DOT_ALPHA)
        grey = QColor(theme.colours.muted)
        self.dots = _scatter("o", 6 * theme.scale, faint, None, theme)
        self.grey = _scatter("x", 7 * theme.scale, grey, pg.mkPen(grey), theme)
        for scatter in (self.dots, self.grey):
            scatter.sigClicked.connect(clicked)
        is_thin = executor in _THIN
        self.line = pg.PlotDataItem(
            pen=line_of(colour, look, (1.2 if is_thin else 2) * theme.scale),
            symbol=SYMBOLS.get(executor, "h"),
            symbolSize=(10 if executor in ("ceiling", "interpreters") else 9) * theme.scale,
            symbolBrush=theme.colours.card if look.is_hollow else colour,
            symbolPen=_edge(colour, look, is_thin, theme),
        )
        self.line.scatter.opts |= {"hoverable": True, "tip": _words}
        _show_in_legend(self.line)

    @property
    def items(self) -> tuple[Any, ...]:
        """All that is drawn, from back to front: of one repeat, disturbed, the cross is seen."""
        return (self.unsure, self.sure, self.dots, self.line, self.grey)

    def show(self, middles: Sequence[Middle], dots: Sequence[Dot]) -> None:
        """Put the items where the values are, unless they are there already."""
        if (wanted := (tuple(middles), tuple(dots))) == self._shown:
            return
        self._shown = wanted
        self._put_bars(self.sure, [one for one in middles if one.is_sure])
        self._put_bars(self.unsure, [one for one in middles if not one.is_sure])
        self._put_dots(self.dots, [dot for dot in dots if not dot.reasons])
        self._put_dots(self.grey, [dot for dot in dots if dot.reasons])
        self.line.setData(
            x=[one.workers + self._dodge for one in middles],
            y=[one.value for one in middles],
            data=list(middles),
        )

    def _put_bars(self, bars: Any, middles: Sequence[Middle]) -> None:
        value = np.array([one.value for one in middles])
        bars.setData(
            x=np.array([one.workers + self._dodge for one in middles]),
            y=value,
            top=np.array([one.high for one in middles]) - value,
            bottom=value - np.array([one.low for one in middles]),
        )

    def _put_dots(self, scatter: Any, dots: Sequence[Dot]) -> None:
        scatter.setData(
            x=[dot.trial.workers + self._dodge for dot in dots],
            y=[dot.value for dot in dots],
            data=list(dots),
        )


def sample(place: int, theme: Theme) -> Any:
    """Make what stands in a legend for the part at that place, whatever its kinds' colours are."""
    look = look_of(place)
    colour = shade(QColor(theme.colours.muted), look, theme)
    made = pg.PlotDataItem(
        pen=line_of(colour, look, 2 * theme.scale),
        symbol="o",
        symbolSize=9 * theme.scale,
        symbolBrush=theme.colours.card if look.is_hollow else colour,
        symbolPen=_edge(colour, look, False, theme),
    )
    _show_in_legend(made)
    return made


def shade(colour: QColor, look: PartLook, theme: Theme) -> QColor:
    """Give the colour of a kind for a part."""
    return QColor(look.of(colour.name(), theme.colours.text))


def line_of(colour: QColor, look: PartLook, width: float) -> Any:
    """Make the pen of a part's lines."""
    return pg.mkPen(colour, width=width, style=_LINES[look.line])


def _edge(colour: QColor, look: PartLook, is_thin: bool, theme: Theme) -> Any:
    if look.is_hollow:
        return pg.mkPen(colour, width=1.5 * theme.scale)
    return pg.mkPen(theme.colours.card, width=0.5 if is_thin else 1)


def _show_in_legend(line: Any) -> None:
    """Set at once what the legend shows, and pyqtgraph would only when the first data come."""
    line.scatter.setSymbol(line.opts["symbol"])
    line.scatter.setBrush(line.opts["symbolBrush"])
    line.scatter.setPen(line.opts["symbolPen"])
    line.scatter.setSize(line.opts["symbolSize"])


def _scatter(symbol: str, size: float, brush: QColor, pen: Any, theme: Theme) -> Any:
    return pg.ScatterPlotItem(
        symbol=symbol,
        size=size,
        pen=pen,
        brush=brush,
        hoverable=True,
        hoverPen=pg.mkPen(theme.colours.text, width=1.5),
        tip=lambda x, y, data: plain(data.tip),
    )


def _words(x: float, y: float, data: Middle) -> str:
    return plain(data.words)
