"""The script of an experiment: shown as it runs, its lines that matter marked; copied, saved."""

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from core.experiments.base import Code
from gui.theme import Theme
from gui.views.code_text import CodeText
from gui.views.highlight import Highlight, Runs, runs_of


class CodeView(QWidget):
    """A script in colours, first seen where its first mark is.

    It stays where it was scrolled to when settings change, unless other lines matter now. `wanted`
    carries a pure job for another thread, and the handler of its result: to find the colours takes
    a tenth of a second, at first. `save_requested` is for whoever writes files. GUI thread.
    """

    wanted = Signal(object, object)
    save_requested = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._code = Code("", "")
        self._text = CodeText("Script", theme)
        self._highlight = Highlight(self._text.document())
        self._coloured = ("", "")  # the text and the style whose colours are shown
        self._said = QLabel("This file is what runs. Marked lines matter most.")
        self._said.setProperty("muted", True)
        self._said.setWordWrap(True)
        self._said.setTextFormat(Qt.TextFormat.PlainText)
        copy, save = QPushButton("Copy"), QPushButton("Save as script …")
        copy.setToolTip("Copy the whole script to the clipboard")
        self._save = save
        save.setObjectName("save-script")
        copy.clicked.connect(self._copy)
        save.clicked.connect(self.save_requested)
        row = QHBoxLayout()
        row.setContentsMargins(0, 6, 0, 0)
        row.addWidget(self._said, 1)
        row.addWidget(copy)
        row.addWidget(save)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(row)
        column.addWidget(self._text, 1)
        theme.changed.connect(self.want_colours)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.want_colours()

    def show_code(self, code: Code) -> None:
        """Show a script."""
        if code == self._code:
            return
        others_matter = code.marks != self._code.marks
        self._code = code
        needs = code.needs or "nothing else"
        self._save.setToolTip(f"Save a file that runs alone: it needs Python, and {needs}")
        lines = code.text.split("\n")
        marked = {n for n, line in enumerate(lines) if any(mark in line for mark in code.marks)}
        first = next((n for n in sorted(marked) if code.marks[0] in lines[n]), None)
        self._text.show_text(code.text, marked, first if others_matter else None)
        self.want_colours()

    def want_colours(self) -> None:
        """Ask for the colours of what is seen, if it has none: again, where nobody heard it."""
        wish = self._code.text, _style(self._theme)
        if wish != self._coloured and self.isVisible():
            self.wanted.emit(partial(runs_of, *wish), partial(self._show_colours, *wish))

    def _copy(self) -> None:
        QApplication.clipboard().setText(self._code.text)
        self._said.setText("Copied.")

    def _show_colours(self, text: str, style: str, found: list[Runs]) -> None:
        """Show the colours that were found, unless something else is to be shown by now."""
        if (text, style) == (self._code.text, _style(self._theme)):
            self._coloured = text, style
            self._highlight.show(text, found)


def _style(theme: Theme) -> str:
    """Name the pygments style that reads well on the theme's ground."""
    return "github-dark" if theme.is_dark else "friendly"
