"""What all pages of the window have in common: margins, and a style sheet put on when seen."""

from __future__ import annotations

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gui.theme import Theme


class PageFrame(QWidget):
    """One page of the window; what stands on it is its heirs' part. GUI thread.

    Heirs lay themselves out in `_make_column`'s layout, and end each change of style with
    `_dress_when_seen` (docs/decisions/0015-a-sheet-for-each-part.md).
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("page")
        self._theme = theme
        self._is_dressed = False

    def showEvent(self, event: QShowEvent) -> None:
        if not self._is_dressed:
            self._dress()
        super().showEvent(event)

    def _make_column(self) -> QVBoxLayout:
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 14, 12)
        column.setSpacing(10)
        return column

    def _dress_when_seen(self) -> None:
        """Put the theme's sheet on: now, or before it is next seen."""
        self._is_dressed = False
        if self.isVisible():
            self._dress()

    def _dress(self) -> None:
        self._is_dressed = True
        self._theme.dress(self)
