"""The result in words, in a room that keeps its height; what has no place is a click below it."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontMetrics, QFontMetricsF, QTextLayout, QTextOption
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from core.experiments.base import Summary
from core.report.sentences import capital
from gui.plain import plain
from gui.theme import Theme
from gui.views.disclosure import Disclosure
from gui.views.field import repolish

_HEADLINES, _DETAILS, _GAP = 2, 2, 4
_FRAME, _ROUNDED = 2, 1  # pixels of the border, and what lines of half pixels add up to
_SIZES = (1.5, 1.25, 1.05)  # of the headline: the largest in which all of it has room
_MOST_OF_WINDOW = 0.3  # of its height, for the other sentences; beyond that they scroll
_BESIDE = 6  # pixels of the ground at both ends of a line that is marked
_READ_MORE, _READ_LESS = "Read more", "Read less"


class Words(QWidget):
    """A headline, what qualifies it, and a button that shows below it what has no room there.

    So the button stays where it is, to be pressed again. The height changes only when a person
    presses it, never with what is shown: the charts below hold still while trials arrive. Whoever
    places it calls `fit` with its width. GUI thread.
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._summary = Summary()
        self._noted = self._doubt = ""
        self._notes_in_full: tuple[str, ...] = ()
        self._width = 1
        self._opened = 0  # how high the rest stands since it was asked for
        self._headline, self._details, self._notes = QLabel(), QLabel(), QLabel()
        self._rest = QLabel()
        why = "Show all other sentences about this run, or only the first of them"
        self._more = Disclosure("read-more", _READ_MORE, why)
        self._area, self._top = QScrollArea(), QWidget()
        self._build()
        self._more.toggled.connect(self._on_toggled)

    def show_summary(self, summary: Summary) -> None:
        """Show the result."""
        self._summary = summary
        self._fill()

    def show_notes(self, short: str, sentences: Sequence[str]) -> None:
        """Show in a line what is known of the run's surroundings; its sentences are in the rest."""
        self._noted, self._notes_in_full = short, tuple(sentences)
        self._notes.setAccessibleDescription("\n".join(sentences))
        self._fill()

    def show_doubt(self, sentence: str) -> None:
        """Show in that line, in place of the notes, what a reader must not miss; empty for none."""
        if sentence != self._doubt:
            self._doubt = sentence
            self._notes.setProperty("muted", not sentence)
            self._notes.setProperty("marked", bool(sentence))
            repolish(self._notes)
            self._fill()

    def fit(self, width: int) -> int:
        """Take on a width, and return the height that this takes.

        A splitter asks nobody how high they are at a width, so they are told here.
        """
        width -= _FRAME
        if width != self._width:
            self._width, self._opened = width, 0
            self._fill()
        elif self._more.isChecked():
            self._fill()  # it may be as high as the window lets it
        return self.minimumHeight()

    def restyle(self) -> None:
        """Take on the theme's sizes."""
        for label in (self._details, self._rest):
            label.setFont(self._theme.font(0.95))
        self._notes.setFont(self._theme.font(0.95))
        self._more.setFont(self._theme.font(0.95))
        self._opened = 0
        self._fill()

    def _build(self) -> None:
        for label in (self._headline, self._details, self._rest):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setAlignment(Qt.AlignmentFlag.AlignTop)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._headline.setObjectName("headline")
        self._headline.setAccessibleName("Result")
        self._details.setObjectName("details")
        self._rest.setObjectName("rest")
        for label in (self._details, self._rest):
            label.setProperty("muted", True)
        self._notes.setObjectName("notes")
        self._notes.setProperty("muted", True)
        self._notes.setTextFormat(Qt.TextFormat.PlainText)
        self._notes.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        column = QVBoxLayout(self._top)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(_GAP)
        column.addWidget(self._headline)
        column.addWidget(self._details)
        column.addStretch(1)
        self._area.setObjectName("words")
        self._area.setAccessibleName("All other sentences about this run")
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setWidget(self._rest)
        self._area.hide()
        foot = QHBoxLayout()
        foot.setSpacing(10)
        foot.addWidget(self._more)
        foot.addWidget(self._notes, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(2)
        whole.addWidget(self._top)
        whole.addLayout(foot)
        whole.addWidget(self._area)

    def _on_toggled(self, is_open: bool) -> None:
        self._opened = 0
        self._more.setText(_READ_LESS if is_open else _READ_MORE)
        self._area.verticalScrollBar().setValue(0)
        self._fill()

    def _fill(self) -> None:
        """Show the sentences, or as many as there is room for, in the height that is kept."""
        headline = [_held_together(capital(line)) for line in self._summary.headline]
        details = [capital(line) for part in self._summary.details for line in part.split("\n")]
        doubts = [self._doubt] if self._doubt else []
        in_full = list(dict.fromkeys((*doubts, *details, *self._notes_in_full)))
        self._headline.setAccessibleDescription(" ".join([*headline, *in_full]))
        fonts = [self._theme.font(size, bold=True) for size in _SIZES]
        kept = _HEADLINES * _spacing(fonts[0]) + _DETAILS * _spacing(self._details.font()) + _GAP
        rooms = [_HEADLINES, *((kept - _GAP) // _spacing(font) for font in fonts[1:])]
        fitting = (
            font
            for font, room in zip(fonts, rooms, strict=True)
            if _count(headline, font, self._width) <= room
        )
        font = next(fitting, fonts[-1])
        most = (kept - _GAP) // _spacing(font)
        head, is_cut = cut(headline, font, self._width, most)
        left = kept - _GAP - min(most, _count(headline, font, self._width)) * _spacing(font)
        room = left // _spacing(self._details.font())
        rest, rest_is_cut = cut(details, self._details.font(), self._width, room)
        has_more = is_cut or rest_is_cut or bool(doubts or self._notes_in_full)
        is_open = self._more.isChecked()
        self._headline.setFont(font)
        self._headline.setText("\n".join(head))
        self._details.setText("\n".join(rest))
        more = [one for one in (*headline, *in_full) if one not in (*head, *rest)]
        self._rest.setText("\n".join(more))
        self._details.setVisible(bool(self._details.text()))
        self._more.setEnabled(has_more or is_open)
        self._more.setVisible(has_more or is_open)
        self._fit(kept, is_open)

    def _fit(self, kept: int, is_open: bool) -> None:
        below = 0
        if is_open:
            scroll = self._area.verticalScrollBar().sizeHint().width()
            needed = self._rest.heightForWidth(max(1, self._width - scroll))
            most = max(_spacing(self._rest.font()), round(_MOST_OF_WINDOW * self.window().height()))
            self._opened = self._opened or min(needed, most)  # held, though more comes
            below = min(self._opened, most) + _FRAME + _ROUNDED
            self._area.setFixedHeight(below)
        self._area.setFocusPolicy(Qt.FocusPolicy.StrongFocus if is_open else Qt.FocusPolicy.NoFocus)
        self._area.setVisible(is_open)
        height = kept + _FRAME + _ROUNDED
        self._top.setFixedHeight(height)
        foot = self._foot_height()
        room = self._width - self._more.sizeHint().width() - 10 - 2 * self._theme.px(_BESIDE)
        metrics = self._notes.fontMetrics()
        self._notes.setFixedHeight(foot)
        noted = self._doubt or self._noted
        self._notes.setIndent(self._theme.px(_BESIDE) if self._doubt else 0)
        self._notes.setText(metrics.elidedText(noted, Qt.TextElideMode.ElideRight, room))
        self._notes.setToolTip(plain(self._doubt))
        self.setFixedHeight(height + 2 + foot + (below + 2 if is_open else 0))

    def _foot_height(self) -> int:
        return max(self._more.sizeHint().height(), self._notes.fontMetrics().lineSpacing())


def cut(sentences: Sequence[str], font: QFont, width: int, most: int) -> tuple[list[str], bool]:
    """Return what has room in so many lines of that width, and whether anything has none.

    A sentence that has room in part ends in dots.
    """
    shown: list[str] = []
    for sentence in sentences:
        starts = _line_starts(sentence, font, width)
        if len(starts) <= most:
            shown.append(sentence)
            most -= len(starts)
            continue
        if most > 0:
            last = starts[most - 1]
            end = Qt.TextElideMode.ElideRight
            rest = QFontMetrics(font).elidedText(sentence[last:], end, width)
            shown.append(sentence[:last] + rest)
        return shown, True
    return shown, False


def _held_together(sentence: str) -> str:
    """Have the ends of an interval on one line, and both its brackets."""
    return sentence.replace(" – ", "\u00a0–\u00a0")


def _count(sentences: Sequence[str], font: QFont, width: int) -> int:
    return sum(len(_line_starts(sentence, font, width)) for sentence in sentences)


def _line_starts(sentence: str, font: QFont, width: int) -> list[int]:
    """Return where each line begins that a sentence takes at a width."""
    layout = QTextLayout(sentence, font)
    wrapped = QTextOption()
    wrapped.setWrapMode(QTextOption.WrapMode.WordWrap)
    layout.setTextOption(wrapped)
    layout.beginLayout()
    starts = []
    while (line := layout.createLine()).isValid():
        line.setLineWidth(max(1, width))
        starts.append(line.textStart())
    layout.endLayout()
    return starts or [0]


def _spacing(font: QFont) -> int:
    return ceil(QFontMetricsF(font).lineSpacing())  # as a label lays its lines out
