"""Code that is read, not written: monospaced, never wrapped, with the lines that matter marked."""

from collections.abc import Container

from PySide6.QtGui import QColor, QPaintEvent, QResizeEvent, QTextCursor, QTextFormat
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit

from gui.theme import Theme

_ABOVE = 0.25  # of what is in sight: shown above the line that matters most


class CodeText(QPlainTextEdit):
    """Text that can be read and copied; it stays where it was scrolled to. GUI thread."""

    def __init__(self, name: str, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._marked: Container[int] = ()
        self._line: int | None = None  # to be brought into sight
        self.setObjectName("code")
        self.setReadOnly(True)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setAccessibleName(name)
        theme.follow(self, self._restyle)
        self._restyle()

    def show_text(self, text: str, marked: Container[int], line: int | None = None) -> None:
        """Show other text, with the lines of these numbers, from 0, marked.

        It is scrolled to `line`; without one it stays where it is.
        """
        place = self.verticalScrollBar().value()
        self._marked = marked
        self.setPlainText(text)
        self.verticalScrollBar().setValue(place)
        if line is not None:
            self._line = line
        self._come_to_line()
        self._mark()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._come_to_line()

    def paintEvent(self, event: QPaintEvent) -> None:
        self._line = None  # it was seen: from here on it stays
        super().paintEvent(event)

    def _come_to_line(self) -> None:
        if self._line is not None:
            in_sight = self.viewport().height() // self.fontMetrics().lineSpacing()
            self.verticalScrollBar().setValue(max(0, self._line - round(_ABOVE * in_sight)))

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
