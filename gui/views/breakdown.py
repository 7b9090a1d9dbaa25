"""Where the time went: a bar for each configuration or trial, its parts one after the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QBrush,
    QColor,
    QHelpEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QSizePolicy,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolTip,
    QVBoxLayout,
    QWidget,
)

from core.report.marks import PHASES
from core.results.phases import PARTS, Part, Phases
from gui.models.breakdown import BAR, PHASES_ROLE, PYTHON, Breakdown, Divided, divided
from gui.plain import plain
from gui.theme import Theme
from gui.views.tables import Table

if TYPE_CHECKING:
    from core.results.records import TrialRecord

_SOLID = Qt.BrushStyle.SolidPattern
_PATTERNS = {  # beside the colour, so that it need not be told by colour alone
    "opening_s": Qt.BrushStyle.BDiagPattern,
    "sending_s": Qt.BrushStyle.Dense4Pattern,
    "queueing_s": Qt.BrushStyle.Dense6Pattern,
    "computing_s": _SOLID,
    "waiting_s": Qt.BrushStyle.DiagCrossPattern,
    "collecting_s": Qt.BrushStyle.VerPattern,
}
_TINT = 70  # of 255, between the marks of a pattern
_BAR_HEIGHT, _SWATCH = 14, (22, 12)
_WIDEST = ("61 interpreters", "3.13t+gil", "", "0000 ms")


class BreakdownView(QWidget):
    """Bars with a legend, and the chosen one's parts in words below. GUI thread.

    `trial_chosen` fires when a person chooses a row. `wanted` carries a pure job for another
    thread, and who takes its result: to divide trials takes time for each of their tasks.
    """

    trial_chosen = Signal(object)
    wanted = Signal(object, object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._waiting: list[TrialRecord] = []
        self._runs = 0
        self._model = Breakdown()
        self._table = _BarTable(self._model, theme)
        self._which = QComboBox()
        self._words = QLabel("Choose a bar: its parts are told here.")
        self._table.setColumnHidden(PYTHON, True)
        self._build()
        self._table.row_chosen.connect(self._on_chosen)
        theme.follow(self, self._restyle)
        self._restyle()

    def clear(self, pythons: Sequence[str] = ()) -> None:
        """Forget all trials; those to come are on these Pythons."""
        self._waiting = []
        self._runs += 1
        self._model.clear(pythons)
        self._table.setColumnHidden(PYTHON, len(pythons) < 2)
        self._words.setText("Choose a bar: its parts are told here.")

    def add(self, trials: Sequence[TrialRecord]) -> None:
        """Take trials; `draw` shows them."""
        self._waiting += trials

    def draw(self) -> None:
        """Have what was added since divided, and then shown."""
        if self._waiting:
            waiting, self._waiting = self._waiting, []
            self.wanted.emit(partial(divided, waiting), partial(self._take, self._runs))

    def _take(self, run: int, found: list[Divided]) -> None:
        """Show what was divided, unless another run has begun; the chosen row stays chosen."""
        if run != self._runs:
            return
        chosen = self._table.currentIndex().row()
        trial = self._model.trial(chosen) if chosen >= 0 else None
        self._model.append(found)
        if trial is not None:
            self.select(trial)

    def select(self, trial: TrialRecord) -> None:
        """Mark a trial's row, if it has one."""
        for row in range(self._model.rowCount()):
            if self._model.trial(row) is trial:
                self._table.select(row)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.draw()

    def _build(self) -> None:
        for label, each, tip in (
            ("each configuration", False, "Of its repeats the one whose time is the median."),
            ("each trial", True, "Every trial, in the order in which they ran."),
        ):
            self._which.addItem(label, each)
            self._which.setItemData(self._which.count() - 1, tip, Qt.ItemDataRole.ToolTipRole)
        self._which.setAccessibleName("A bar for")
        self._which.setObjectName("bar-for")
        self._which.currentIndexChanged.connect(
            lambda: self._model.show_each(bool(self._which.currentData()))
        )
        self._words.setWordWrap(True)
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._words.setObjectName("breakdown-words")
        caption = QLabel("A bar for")
        caption.setBuddy(self._which)
        row = QHBoxLayout()
        row.setContentsMargins(8, 6, 8, 4)
        row.setSpacing(10)
        row.addWidget(caption)
        row.addWidget(self._which)
        row.addWidget(_Legend(self._theme), 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(self._table, 1)
        column.addWidget(self._words)

    def _on_chosen(self, row: int) -> None:
        self._words.setText(self._model.words(row))
        self.trial_chosen.emit(self._model.trial(row))

    def _restyle(self) -> None:
        self._words.setFont(self._theme.font(0.92))
        self._words.setContentsMargins(*(self._theme.px(side) for side in (8, 2, 8, 4)))
        self._words.setMinimumHeight(2 * self._words.fontMetrics().lineSpacing())


class _BarTable(Table):
    """The table whose middle column is as wide as there is room, and has the bars."""

    def __init__(self, model: Breakdown, theme: Theme) -> None:
        super().__init__(model, "Where the time went", _WIDEST, theme, stretch=False)
        self._delegate = _BarDelegate(model, theme, self)
        self.setItemDelegateForColumn(BAR, self._delegate)
        self.horizontalHeader().setSectionResizeMode(BAR, QHeaderView.ResizeMode.Stretch)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)


class _BarDelegate(QStyledItemDelegate):
    def __init__(self, model: Breakdown, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._model = model
        self._theme = theme

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        super().paint(painter, option, index)  # ground, selection, focus
        for part, _, place in self._parts(index, _room(option, self._theme)):
            _fill(painter, place, part.field)

    def helpEvent(
        self,
        event: QHelpEvent,
        view: QAbstractItemView,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> bool:
        if event.type() != QEvent.Type.ToolTip or not index.isValid():
            return super().helpEvent(event, view, option, index)
        words = self._model.words(index.row())
        for part, value, place in self._parts(index, _room(option, self._theme)):
            if place.left() <= event.pos().x() <= place.right():
                words = self._model.part_words(index.row(), part, value)
        QToolTip.showText(event.globalPos(), plain(words), view)
        return True

    def _parts(
        self, index: QModelIndex | QPersistentModelIndex, room: QRectF
    ) -> Iterator[tuple[Part, float, QRectF]]:
        """Yield each part with its seconds and where it stands in a bar's room."""
        found: Phases = index.data(PHASES_ROLE)
        scale = room.width() / (self._model.longest_s or 1.0)
        left = room.left()
        for part, value in found.parts:
            width = value * scale
            yield part, value, QRectF(left, room.top(), width, room.height())
            left += width


class _Legend(QWidget):
    """Which part has which look; wraps to as many lines as it needs."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setAccessibleName("Parts of the bars: " + ", ".join(part.label for part in PARTS))
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self._fit)
        self._fit()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(self._theme.font(0.92))
        painter.setPen(QColor(self._theme.colours.text))
        width, height = (self._theme.px(length) for length in _SWATCH)
        for part, place in self._places():
            middle = place.center().y()
            swatch = QRectF(place.left(), middle - height / 2, width, height)
            _fill(painter, swatch, part.field)
            beside = place.adjusted(width + self._theme.px(5), 0, 0, 0)
            painter.drawText(beside, Qt.AlignmentFlag.AlignVCenter, part.label)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            for part, place in self._places():
                if place.contains(event.pos().toPointF()):
                    QToolTip.showText(event.globalPos(), f"{part.label}: {part.help}", self)
                    return True
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def sizeHint(self) -> QSize:
        return QSize(self._theme.px(300), self.maximumHeight())

    def _fit(self) -> None:
        bottom = max(place.bottom() for _, place in self._places())
        self.setFixedHeight(round(bottom))
        self.update()

    def _places(self) -> Iterator[tuple[Part, QRectF]]:
        from PySide6.QtGui import QFontMetricsF

        metrics = QFontMetricsF(self._theme.font(0.92))
        height = metrics.lineSpacing() + self._theme.px(3)
        gap = self._theme.px(14)
        left = top = 0.0
        for part in PARTS:
            width = self._theme.px(_SWATCH[0] + 5) + metrics.horizontalAdvance(part.label)
            if left and left + width > self.width():
                left, top = 0.0, top + height
            yield part, QRectF(left, top, width, height)
            left += width + gap


def _room(option: QStyleOptionViewItem, theme: Theme) -> QRectF:
    """Return where a bar may stand in its cell."""
    rect = QRectF(option.rect)
    height = theme.px(_BAR_HEIGHT)
    return QRectF(rect.left() + 4, rect.center().y() - height / 2, rect.width() - 8, height)


def _fill(painter: QPainter, place: QRectF, field: str) -> None:
    """Fill a part with its colour, and its pattern over a tint of it."""
    colour = QColor(PHASES[field])
    pale = QColor(colour)
    pale.setAlpha(_TINT if _PATTERNS[field] != _SOLID else 255)
    painter.fillRect(place, pale)
    painter.fillRect(place, QBrush(colour, _PATTERNS[field]))
    if place.width() >= 3:
        painter.save()
        painter.setPen(colour)
        painter.drawRect(place.adjusted(0.5, 0.5, -0.5, -0.5))
        painter.restore()
