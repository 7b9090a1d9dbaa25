"""A text to read, as Qt's rich text: a lesson, the list of all keys."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QTextBrowser

from gui.theme import Theme


class ReadingPage(QTextBrowser):
    """A text in the reader's size, which stays where it was scrolled to. GUI thread.

    `fill` puts the text in; it is called again at each change of size or colours.
    """

    def __init__(
        self, name: str, title: str, fill: Callable[[QTextBrowser], None], theme: Theme
    ) -> None:
        super().__init__()
        self._fill = fill
        self._theme = theme
        self.setObjectName(name)
        self.setAccessibleName(title)
        self.setOpenExternalLinks(False)
        self.document().setDocumentMargin(12)
        theme.follow(self, self._restyle)
        self._restyle()

    def _restyle(self) -> None:
        place = self.verticalScrollBar().value()
        self.document().setDefaultFont(self._theme.font(1.05))
        self._fill(self)
        self.verticalScrollBar().setValue(place)
