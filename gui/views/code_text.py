"""Code to read: in the reader's size, never wrapped, with the lines that matter marked."""

from collections.abc import Container

from PySide6.QtGui import QColor, QTextCursor, QTextFormat
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit

from gui.theme import Theme


class CodeText(QPlainTextEdit):
    """Text that can be read and copied; it stays where it was scrolled to. GUI thread."""

    def __init__(self, name: str, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._marked: Container[int] = ()
        self.setObjectName("code")
        self.setReadOnly(True)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setAccessibleName(name)
        theme.changed.connect(self._restyle)
        self._restyle()

    def show_text(self, text: str, marked: Container[int]) -> None:
        """Show other text, with the lines of these numbers, from 0, marked."""
        place = self.verticalScrollBar().value()
        self._marked = marked
        self.setPlainText(text)
        self.verticalScrollBar().setValue(place)
        self._mark()

    def _mark(self) -> None:
        selections = []
        block = self.document().begin()
        while block.isValid():
            if block.blockNumber() in self._marked:
                one = QTextEdit.ExtraSelection()
                one.format.setBackground(QColor(self._theme.colours.accent_soft))
                one.format.setProperty(QTextFormat.Property.FullWidthSelection, True)
                one.cursor = QTextCursor(block)
                selections.append(one)
            block = block.next()
        self.setExtraSelections(selections)

    def _restyle(self) -> None:
        self.setFont(self._theme.mono(0.95))
        self._mark()
