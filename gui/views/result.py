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
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from core.experiments.base import Summary
from gui.theme import Theme
from gui.views.words import Words

if TYPE_CHECKING:
    from core.results.records import Note, RunRecord

AGAIN = "Press Run to begin again."
_MARGIN = 16
_BUTTONS_IN_A_ROW = 5

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
    """The headline over tabs; a question or a problem takes the headline's place.

    `focus_left` fires when a question goes away that had the keyboard's focus.
    """

    confirmed = Signal()
    declined = Signal()
    tab_shown = Signal(int)
    focus_left = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._words, self._notice = Words(theme), Notice(theme)
        self._has_problem = False
        self._tabs = QTabWidget()
        self._tabs.setDocumentMode(True)
        self._tabs.setElideMode(Qt.TextElideMode.ElideRight)  # narrower, before any is hidden
        self._build()
        theme.follow(self, self._restyle)
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
        self._words.show_summary(summary)
        self._show(self._words)

    def show_notes(self, notes: Sequence[Note]) -> None:
        """Show what was seen before the run that may disturb it; none takes no room."""
        seen = dict.fromkeys(_NOTES.get(note.kind, note.sentence) for note in notes)
        short = f"Seen before the run: {', '.join(seen)}" if seen else ""
        self._words.show_notes(short, [note.sentence for note in notes])

    def show_unlike(self, settings: Sequence[str]) -> None:
        """Show the settings of the run in sight that the form no longer has; none takes no room."""
        sentence = f"This run had other settings: {'; '.join(settings)}"
        self._words.show_doubt(sentence if settings else "")

    def show_begun(self, notes: Sequence[Note], kept: int | None = None) -> None:
        """Say that a run has begun, and what of the machine a person can do something about.

        Of a run of the history, which is only shown again, say its number: that is `kept`.
        """
        if kept is not None:
            self.show_message(f"Showing run {kept} …")
        else:
            from core.results.noise import CAN_BE_MENDED

            in_the_way = (note.sentence for note in notes if note.kind in CAN_BE_MENDED)
            self.show_message("Measuring …", "\n".join(in_the_way))
        self.show_notes(notes)

    def show_outcome(self, record: RunRecord, summary: Summary) -> None:
        """Say what a run found, or why it found nothing, if no problem was told meanwhile."""
        if self._has_problem:
            return
        if summary.headline:
            self.show_summary(summary)
        elif record.status in ("stopped", "interrupted"):
            how = record.status.capitalize()
            self.show_message(f"{how} before anything was measured", AGAIN)
        elif record.status == "failed":
            errors = [trial.error.sentence for trial in record.trials if trial.error]
            details = summary.details or tuple(errors[:1])
            self.show_message("No trial was done", "\n".join(details))

    def show_message(self, headline: str, details: str = "") -> None:
        """Show something else in the headline's place."""
        self.show_summary(Summary((headline,), (details,) if details else ()))

    def ask(self, sentence: str, *buttons: QPushButton) -> None:
        """Ask something in the headline's place; the buttons answer it."""
        self._notice.ask(sentence, False, *buttons)
        self._show(self._notice)

    @property
    def is_in_question(self) -> bool:
        """Whether the keyboard's focus is on the question, or on a button that answers it."""
        focus = self.window().focusWidget()
        return focus is self._notice or self._notice.isAncestorOf(focus)

    def hold_focus(self) -> None:
        """Keep the focus at the question while none of its buttons can be pressed."""
        if self.is_in_question:
            self._notice.setFocus()

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
        self._has_problem = True

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_words()

    def _fit_words(self) -> None:
        """Give a question the room of the words, so that nothing jumps, and more if it needs it."""
        width = self.contentsRect().width() - 2 * _MARGIN
        kept = self._words.fit(width)
        self._notice.setMinimumHeight(max(kept, self._notice.heightForWidth(width)))

    def _show(self, widget: QWidget) -> None:
        self._fit_words()
        if widget is self._words and self.is_in_question:
            self.focus_left.emit()
        for one in (self._words, self._notice):
            one.setVisible(one is widget)
        self._has_problem = False

    def _build(self) -> None:
        self._notice.hide()
        self._tabs.addTab(QWidget(), " ")
        self._tabs.currentChanged.connect(self.tab_shown)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(_MARGIN, 12, _MARGIN, 8)
        layout.addWidget(self._words)
        layout.addWidget(self._notice)
        layout.addWidget(self._tabs, 1)

    def _show_detail(self, sentence: str, detail: str) -> None:
        from html import escape

        box = QMessageBox(QMessageBox.Icon.Information, "Details", sentence, parent=self)
        box.setInformativeText(f"<pre>{escape(detail)}</pre>")
        box.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.open()

    def _restyle(self) -> None:
        self._words.restyle()
        self._fit_words()
