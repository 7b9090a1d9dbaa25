"""What there is to say about the history and files: a bar for each, above the status strip."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from gui.main_window import MainWindow
from gui.theme import Theme

if TYPE_CHECKING:
    from gui.views.message_bar import MessageBar


class Notices(QObject):
    """Shows sentences until a person puts them away; a bar is built when it first has one.

    GUI thread.
    """

    def __init__(self, window: MainWindow, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self._window = window
        self._theme = theme
        self._bars: dict[str, MessageBar] = {}

    @Slot(str)
    def say_of_history(self, sentence: str) -> None:
        """Say what is wrong with the history."""
        self._bar("history").say(sentence)

    @Slot()
    def say_history_is_mended(self) -> None:
        """Say that it is no more, where that was said."""
        if "history" in self._bars:
            self._bar("history").say(
                "The history is up to date again: what was missing is written."
            )

    @Slot(str)
    def say_of_files(self, sentence: str) -> None:
        """Say why a file could not be opened or written."""
        self._bar("file").say(sentence)

    @Slot()
    def forget_files(self) -> None:
        """Put away what was said of files."""
        if "file" in self._bars:
            self._bar("file").hide()

    def _bar(self, about: str) -> MessageBar:
        if about not in self._bars:
            from gui.views.message_bar import MessageBar

            bar = self._bars[about] = MessageBar(about, self._theme)
            bar.setProperty("outer", True)
            self._window.install_bar(bar)
        return self._bars[about]
