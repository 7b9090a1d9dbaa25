"""A table of rows of one line each: columns give way in an order, and long texts end in dots."""

from collections.abc import Sequence

from PySide6.QtCore import QAbstractItemModel
from PySide6.QtGui import QFontMetrics

from gui.theme import Theme
from gui.views.fitting_table import FittingTable
from gui.views.tables import BESIDE

_MOST = 4000  # pixels of a text: nobody reads a line that is longer
_KEPT = 16  # texts of a column


class OneLineTable(FittingTable):
    """Where its columns are wider than the table, those of `gives_way` do give way.

    That has columns, the first to do so first, with the pixels that each keeps at the usual size.
    All rows keep one height. GUI thread.
    """

    def __init__(
        self,
        model: QAbstractItemModel,
        name: str,
        theme: Theme,
        gives_way: Sequence[tuple[int, int]],
        empty: str = "",
        widest: Sequence[str] = (),
        follows: bool = True,
    ) -> None:
        self._gives_way = tuple(gives_way)
        self._widest_texts: list[WidestTexts] = []
        super().__init__(model, name, theme, empty, widest, follows)

    def _forget_rows(self) -> None:
        self._widest_texts = [WidestTexts() for _ in self._natural]

    def _measure_rows(self, rows: Sequence[int]) -> None:
        metrics = self.fontMetrics()
        for row in rows:
            for widest, text in zip(self._widest_texts, self._texts(row), strict=True):
                widest.note(text, metrics)
        self._widen()

    def _measure_again(self) -> None:
        for widest in self._widest_texts:
            widest.measure(self.fontMetrics())
        self._widen()

    def _widen(self) -> None:
        """Let columns have room for the widest of their texts."""
        pad = self._theme.px(BESIDE)
        for column, widest in enumerate(self._widest_texts):
            width = min(widest.width + pad, _MOST)
            self._natural[column] = max(self._natural[column], width)

    def _fit_columns(self) -> None:
        widths = self._shares(self.viewport().width())
        self.put_widths({n: w for n, w in widths.items() if not self.isColumnHidden(n)})

    def _shares(self, room: int) -> dict[int, int]:
        """Share out a width among the columns that are not hidden."""
        columns = enumerate(self._natural)
        natural = [0 if self.isColumnHidden(column) else width for column, width in columns]
        order = [(column, self._theme.px(least)) for column, least in self._gives_way]
        return given_way(room, natural, order)


class WidestTexts:
    """The widest texts of a column: other type is measured by them, in place of all rows.

    They are several, as of two that are nearly as wide each may be the wider one in some type.
    """

    def __init__(self) -> None:
        self._widths: dict[str, int] = {}
        self._least = 0  # pixels that a text must have more than, to be kept

    @property
    def width(self) -> int:
        """Pixels of the widest."""
        return max(self._widths.values(), default=0)

    def note(self, text: str, metrics: QFontMetrics) -> None:
        """Keep a text if few are wider."""
        if text in self._widths or (width := metrics.horizontalAdvance(text)) <= self._least:
            return
        self._widths[text] = width
        if len(self._widths) > _KEPT:
            del self._widths[min(self._widths, key=self._widths.__getitem__)]
            self._least = min(self._widths.values())

    def measure(self, metrics: QFontMetrics) -> None:
        """Measure those that are kept in other type."""
        self._widths = {text: metrics.horizontalAdvance(text) for text in self._widths}
        self._least = min(self._widths.values(), default=0) if len(self._widths) == _KEPT else 0


def given_way(
    room: int, natural: Sequence[int], order: Sequence[tuple[int, int]]
) -> dict[int, int]:
    """Give each column what it wants; for want of room some give way, in an `order` of importance.

    That has columns, the least important first, each with the width that it keeps at least.
    """
    widths = dict(enumerate(natural))
    for column, least in order:
        if column not in widths:  # there are no rows yet that would have it
            continue
        over = sum(widths.values()) - room
        widths[column] -= min(max(over, 0), max(widths[column] - least, 0))
    return widths
