"""What came of the run: the sentence, over tabs with everything else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QLabel,
    QMessageBox,
    QPushButton,
    QSizePolicy,
    QTabWidget,
    QToolButton,
    QToolTip,
    QVBoxLayout,
    QWidget,
)

from core.experiments.base import Summary
from gui.plain import plain
from gui.theme import Theme

if TYPE_CHECKING:
    from core.results.records import Note

_MARGIN = 16
_HEADLINES, _DETAILS = 2, 3
_BUTTONS_IN_A_ROW = 5
_MOST_LINES, _LEAST_DETAILS, _MORE = 4, 3, "… and more: hold the pointer here"
_MOST_IN_ALL = 6
_USUAL, _SMALLER = 1.5, 1.25  # of the headline, when it has two lines and when it has more

_NOTES = {
    "load": "other programs use the CPUs",
    "battery": "on battery",
    "power": "saving power",
    "affinity": "fewer CPUs for us than there are",
    "quota": "a limit on CPU time",
    "cpus": "more workers than CPUs",
    "variables": "environment variables that the lab ignores",
}


class Card(QFrame):
    """A panel with a border."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("card", True)
        self.setFrameShape(QFrame.Shape.NoFrame)


class Notice(QWidget):
    """A sentence that wants an answer, or a problem with its details one click away."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._sentence = QLabel()
        self._sentence.setWordWrap(True)
        self._sentence.setTextFormat(Qt.TextFormat.PlainText)
        self._sentence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._buttons = QGridLayout()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._sentence)
        layout.addLayout(self._buttons)
        layout.addStretch(1)
        theme.changed.connect(self._restyle)
        self._restyle()

    def ask(self, sentence: str, is_error: bool, *buttons: QPushButton) -> None:
        """Show a sentence and the buttons that answer it."""
        self._sentence.setText(sentence)
        self._sentence.setProperty("error", is_error)
        self._sentence.style().unpolish(self._sentence)
        self._sentence.style().polish(self._sentence)
        while self._buttons.count():
            item = self._buttons.takeAt(0)
            if item is not None and (widget := item.widget()) is not None:
                widget.deleteLater()
        in_a_row = self._fitting(buttons)
        for place, button in enumerate(buttons):
            self._buttons.addWidget(button, *divmod(place, in_a_row))
        for column in range(_BUTTONS_IN_A_ROW + 1):
            self._buttons.setColumnStretch(column, int(column == in_a_row))

    def _fitting(self, buttons: Sequence[QPushButton]) -> int:
        """How many buttons fit side by side, for whoever reads large type."""
        widest = 1
        for button in buttons:
            button.setParent(self)
            button.ensurePolished()
            widest = max(widest, button.sizeHint().width() + self._buttons.horizontalSpacing())
        parent = self.parentWidget()
        room = (parent.width() if parent is not None else self.width()) - 2 * _MARGIN
        return max(1, min(_BUTTONS_IN_A_ROW, room // widest))

    def say(self, sentence: str) -> None:
        """Change the sentence over the same buttons."""
        self._sentence.setText(sentence)

    def _restyle(self) -> None:
        self._sentence.setFont(self._theme.font(1.15, bold=True))


class ResultPanel(Card):
    """The headline over tabs; a question or a problem takes the headline's place."""

    confirmed = Signal()
    declined = Signal()
    tab_shown = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._headline, self._details = QLabel(), QLabel()
        self._notice = Notice(theme)
        self._words, self._notes = QWidget(), QToolButton()
        self._tabs = QTabWidget()
        self._tabs.setDocumentMode(True)
        self._kept_free = 0
        self._noted = ""
        self._summary = Summary()
        self._build()
        theme.changed.connect(self._restyle)
        self._restyle()

    def set_tabs(self, tabs: Sequence[tuple[str, QWidget]]) -> None:
        """Show these tabs, the first in front."""
        while self._tabs.count():
            self._tabs.removeTab(0)
        for title, widget in tabs:
            self._tabs.addTab(widget, title)

    @property
    def tab(self) -> str:
        """The title of the tab in front."""
        return self._tabs.tabText(self._tabs.currentIndex())

    def set_corner(self, widget: QWidget) -> None:
        """Put something small beside the tabs."""
        self._tabs.setCornerWidget(widget)
        widget.show()

    def show_summary(self, summary: Summary) -> None:
        """Show the result in words."""
        self._summary = summary
        self._show(self._words)

    def show_notes(self, notes: Sequence[Note]) -> None:
        """Show what was seen before the run that may disturb it; none takes no room."""
        sentences = "\n".join(note.sentence for note in notes)
        seen = dict.fromkeys(_NOTES.get(note.kind, note.sentence) for note in notes)
        self._noted = f"Seen before the run: {', '.join(seen)}"
        self._notes.setToolTip(plain(sentences))
        self._notes.setAccessibleDescription(sentences)
        self._notes.setVisible(bool(notes))
        self._fit_words()

    def show_message(self, headline: str, details: str = "") -> None:
        """Show something else in the headline's place."""
        self.show_summary(Summary((headline,), (details,) if details else ()))

    def ask(self, sentence: str, *buttons: QPushButton) -> None:
        """Ask something in the headline's place; the buttons answer it."""
        self._notice.ask(sentence, False, *buttons)
        self._show(self._notice)

    def say(self, sentence: str) -> None:
        """Change the question over the same buttons."""
        self._notice.say(sentence)
        self._fit_words()

    def ask_to_confirm(self, sentence: str) -> None:
        """Ask whether a long run shall begin."""
        go, leave = QPushButton("Run anyway"), QPushButton("Don't run")
        go.clicked.connect(self.confirmed)
        leave.clicked.connect(self.declined)
        self.ask(sentence, go, leave)
        leave.setFocus()

    def show_problem(self, sentence: str, detail: str) -> None:
        """Show what went wrong, with its details one click away."""
        buttons = []
        if detail:
            more = QPushButton("Show details")
            more.clicked.connect(lambda: self._show_detail(sentence, detail))
            buttons.append(more)
        self._notice.ask(sentence, True, *buttons)
        self._show(self._notice)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_words()

    def _fit_words(self) -> None:
        """Keep room for the usual lines, so that nothing jumps, and for more where there are more.

        A splitter asks nobody how high they are at a width, so they are told here.
        """
        width = self.contentsRect().width() - 2 * _MARGIN
        room = width - 2 * self._theme.px(_MARGIN)
        metrics = self._notes.fontMetrics()
        self._notes.setText(metrics.elidedText(self._noted, Qt.TextElideMode.ElideRight, room))
        self._headline.setFont(self._theme.font(_USUAL, bold=True))
        if _fill(self._headline, self._summary.headline, _MOST_LINES, width) > _HEADLINES:
            self._headline.setFont(self._theme.font(_SMALLER, bold=True))
        lines = _fill(self._headline, self._summary.headline, _MOST_LINES, width)
        left = max(_LEAST_DETAILS, _MOST_IN_ALL - lines)
        _fill(self._details, self._summary.details, left, width)
        for widget in (self._words, self._notice):
            needed = widget.heightForWidth(width)
            widget.setMinimumHeight(max(self._kept_free, needed))

    def _show(self, widget: QWidget) -> None:
        self._fit_words()
        for one in (self._words, self._notice):
            one.setVisible(one is widget)

    def _build(self) -> None:
        for label in (self._headline, self._details):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setAlignment(Qt.AlignmentFlag.AlignTop)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._headline.setObjectName("headline")
        self._headline.setAccessibleName("Result")
        self._details.setProperty("muted", True)
        self._details.setObjectName("details")
        column = QVBoxLayout(self._words)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self._headline)
        column.addWidget(self._details)
        column.addStretch(1)
        self._notice.hide()
        self._notes.setObjectName("notes")
        self._notes.setAutoRaise(True)
        self._notes.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self._notes.clicked.connect(self._tell_notes)
        self._notes.hide()
        self._tabs.addTab(QWidget(), " ")
        self._tabs.currentChanged.connect(self.tab_shown)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(_MARGIN, 12, _MARGIN, 8)
        layout.addWidget(self._words)
        layout.addWidget(self._notice)
        layout.addWidget(self._notes, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(self._tabs, 1)

    def _tell_notes(self) -> None:
        """Say it all at once, also to whoever has no pointer to hold anywhere."""
        corner = self._notes.mapToGlobal(self._notes.rect().bottomLeft())
        QToolTip.showText(corner, self._notes.toolTip(), self._notes)

    def _show_detail(self, sentence: str, detail: str) -> None:
        from html import escape

        box = QMessageBox(QMessageBox.Icon.Information, "Details", sentence, parent=self)
        box.setInformativeText(f"<pre>{escape(detail)}</pre>")
        box.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.open()

    def _restyle(self) -> None:
        self._headline.setFont(self._theme.font(_USUAL, bold=True))
        self._details.setFont(self._theme.font(0.95))
        self._notes.setFont(self._theme.font(0.95))
        headline = self._headline.fontMetrics().lineSpacing()
        details = self._details.fontMetrics().lineSpacing()
        self._kept_free = _HEADLINES * headline + _DETAILS * details + self._theme.px(8)
        self._fit_words()


def _fill(label: QLabel, lines: Sequence[str], most: int, width: int) -> int:
    """Show what has room in so many lines of that width; a pointer that rests there gets all.

    Return how many lines that takes.
    """
    lines = [_capital(line) for line in lines]
    each = [_height(label, line, width) for line in lines]
    shown = list(lines)
    if sum(each) > most and len(lines) > 1:
        while len(shown) > 1 and sum(each[: len(shown)]) > most - 1:
            shown.pop()
        shown.append(_MORE)
    label.setText("\n".join(shown))
    label.setToolTip(plain("\n".join(lines)))
    return min(sum(each), most)


def _height(label: QLabel, line: str, width: int) -> int:
    """Count the lines that a sentence takes at a width."""
    metrics = label.fontMetrics()
    flags = Qt.TextFlag.TextWordWrap
    return max(
        1, metrics.boundingRect(0, 0, max(1, width), 9999, flags, line).height() // metrics.height()
    )


def _capital(line: str) -> str:
    """Begin with a capital letter, unless with code such as wait() or with π."""
    first = line.partition(" ")[0]
    return line[:1].upper() + line[1:] if first.isascii() and first.isalpha() else line
