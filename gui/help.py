"""The window of help: keys, words, the check of this installation, and what this program is."""

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QDialog, QTabWidget, QVBoxLayout, QWidget

from gui.checking import Checking
from gui.main_window import MainWindow
from gui.theme import Theme
from gui.views.about import AboutView
from gui.views.check import CheckView
from gui.views.keys import KeysView
from gui.views.late import Late
from gui.views.lesson import WordsView

KEYS, WORDS, CHECK, ABOUT = range(4)
_SIZE = QSize(820, 600)


class HelpWindow(QDialog):
    """Stands beside the main window, which goes on meanwhile; one of its tabs is in front.

    A check that runs is stopped when this is closed. Tabs are built when first seen. `wanted`
    carries a pure job for another thread, and the handler of its result. GUI thread.
    """

    wanted = Signal(object, object)

    def __init__(self, window: MainWindow, theme: Theme) -> None:
        super().__init__(window)
        self._main = window
        self._theme = theme
        self._is_measuring = False
        self._check: CheckView | None = None
        self._checking = Checking(self)
        self.setObjectName("help")
        self.setWindowTitle("Help")
        self.addActions(window.menus.looks)
        self._tabs = QTabWidget()
        self._tabs.setDocumentMode(True)
        for title, build in (
            ("Keyboard", self._make_keys),
            ("Words", self._make_words),
            ("Check this installation", self._make_check),
            ("About", self._make_about),
        ):
            self._tabs.addTab(Late(build), title)
        column = QVBoxLayout(self)
        column.addWidget(self._tabs)
        theme.follow(self, self._restyle)
        self._restyle()
        self.resize((_SIZE * theme.scale).boundedTo(self.screen().availableSize() * 0.9))

    def open_at(self, tab: int) -> None:
        """Show a tab, in front of everything."""
        self._tabs.setCurrentIndex(tab)
        self.show()
        self.raise_()
        self.activateWindow()

    def show_measuring(self, is_measuring: bool) -> None:
        """Give way to an experiment: what is checked beside it would falsify its times."""
        self._is_measuring = is_measuring
        if self._check is not None:
            self._check.show_measuring(is_measuring)

    def shut_down(self) -> None:
        """Leave no process behind."""
        self._checking.shut_down()

    def reject(self) -> None:
        """Close, by Escape or by the button in the frame."""
        self._checking.stop()
        super().reject()

    def closeEvent(self, event: QCloseEvent) -> None:
        self._checking.stop()
        super().closeEvent(event)

    def _make_keys(self) -> QWidget:
        return KeysView(self._main.menuBar(), self._theme)

    def _make_words(self) -> QWidget:
        return WordsView(self._theme)

    def _make_check(self) -> QWidget:
        self._check = check = CheckView(self._theme)
        check.show_measuring(self._is_measuring)
        check.start_requested.connect(check.begin)
        check.start_requested.connect(self._checking.start)
        check.stop_requested.connect(self._checking.stop)
        self._checking.arrived.connect(check.add)
        self._checking.ended.connect(check.end)
        return check

    def _make_about(self) -> QWidget:
        about = AboutView(self._theme)
        about.wanted.connect(self.wanted)
        return about

    def _restyle(self) -> None:
        self._theme.dress(self)
