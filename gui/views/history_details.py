"""What is known of the run that is chosen in the list, and the note on it."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPlainTextEdit, QVBoxLayout

from core.results.history.listing import RunRow
from gui.models.history import InWords, when
from gui.theme import Theme
from gui.views.result import Card

_LINES = 6
_NO_NOTE = "What should be remembered of this run?"
_NO_RUN = "Choose one run to write a note on it."
_SAVE_MS = 800  # after the last key


class RunDetails(Card):
    """A run in words at the left, its note at the right; `noted` fires when a person wrote it.

    What is typed is saved after a moment, and at once when another run is chosen. GUI thread.
    """

    noted = Signal(int, str)

    def __init__(self, settings_of: InWords, theme: Theme) -> None:
        super().__init__()
        self._settings_of = settings_of
        self._theme = theme
        self._run: RunRow | None = None
        self._words, self._caption, self._note = QLabel(), QLabel("Note"), QPlainTextEdit()
        self._words.setObjectName("history-words")
        self._words.setWordWrap(True)
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._words.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._words.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._note.setObjectName("history-note")
        self._note.setAccessibleName("Note")
        self._note.setToolTip("It is saved as you type, and found by the search")
        self._note.setTabChangesFocus(True)
        self._caption.setBuddy(self._note)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_SAVE_MS)
        self._timer.timeout.connect(self.save)
        self._note.textChanged.connect(self._timer.start)
        right = QVBoxLayout()
        right.addWidget(self._caption)
        right.addWidget(self._note, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 8, 14, 8)
        row.setSpacing(14)
        row.addWidget(self._words, 3)
        row.addLayout(right, 2)
        theme.follow(self, self._restyle)
        self._restyle()
        self.show_run(None)

    def show_run(self, run: RunRow | None, chosen: int = 0) -> None:
        """Show a run; without one, what can be done with as many as are chosen."""
        if run is not None and self._run is not None and run.id == self._run.id:
            if self._note.hasFocus() or self._timer.isActive():  # what is being typed stays
                run = _with_note(run, self._run.note)
        else:
            self.save()
        if run != self._run or run is None:
            self._words.setText(self._told(run) if run is not None else _several(chosen))
        if run is None or self._run is None or run.id != self._run.id or run.note != self._run.note:
            self._note.blockSignals(True)
            self._note.setPlainText("" if run is None else run.note)
            self._note.blockSignals(False)
        self._note.setEnabled(run is not None)
        self._note.setPlaceholderText(_NO_NOTE if run is not None else _NO_RUN)
        self._run = run

    def save(self) -> None:
        """Tell what was typed and is not told yet."""
        self._timer.stop()
        text = self._note.toPlainText()
        if self._run is not None and text != self._run.note:
            self._run = _with_note(self._run, text)
            self.noted.emit(self._run.id, text)

    def _told(self, run: RunRow) -> str:
        """Say what is known of a run, a sentence a line."""
        ended = {
            "interrupted": "the program ended before the run did",
            "running": "goes on",
            "stopped": "stopped",
        }.get(run.status, "")
        whose = run.whose and f"of {run.whose}"
        count = f"{run.done} of {run.planned} trials"
        told = [f"Run {run.id}", run.name, whose, when(run.started_at), count, ended]
        lines = [
            " · ".join(filter(None, told)),
            run.said,
            self._settings_of(run),
            f"Python {run.python} on {run.machine}" if run.python else run.machine,
        ]
        return "\n".join(filter(None, lines))

    def _restyle(self) -> None:
        self._words.setFont(self._theme.font(0.95))
        self._caption.setFont(self._theme.font(0.95, bold=True))
        height = self._words.fontMetrics().lineSpacing() * _LINES
        self.setFixedHeight(height + self._theme.px(34))


def _several(chosen: int) -> str:
    if chosen < 2:
        return "Choose a run to read what it found; choose two or more to compare them."
    return f"{chosen} runs are chosen. Choose one alone to read what it found."


def _with_note(run: RunRow, note: str) -> RunRow:
    from dataclasses import replace

    return replace(run, note=note)
