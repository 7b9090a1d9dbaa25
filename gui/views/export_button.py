"""The small menu of what can be taken away from a page: its chart, its run, its report."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QPoint, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from gui.theme import Theme

NO_CHART = "This tab has no chart: choose one that has."
NO_RUN = "There is no run yet: press Run first."

_CHART = (
    ("paper", "Chart for &paper (PNG) …", "As large as a column of text, with fine dots"),
    ("slide", "Chart for a &slide (PNG) …", "1920 x 1080, with letters for the last row"),
    ("svg", "Chart as S&VG …", "Lines and real text, to be made larger or changed"),
    ("copy-paper", "&Copy chart for paper", "Put it on the clipboard, to be pasted into a text"),
    ("copy-slide", "C&opy chart for a slide", "Put it on the clipboard, to be pasted on a slide"),
)
_RUN = (
    ("csv", "&Trials as CSV …", "A table with a row for each trial"),
    ("tasks", "T&asks as CSV …", "A table with a row for each task"),
    ("json", "Run as &JSON …", "The whole record, for other programs"),
)
_REPORT = (
    ("html", "Report as &HTML …", "One page with everything, for any browser; it works offline"),
    ("pdf", "Report as P&DF …", "One page with everything, and the script"),
    ("futureslab", "Run as .&futureslab …", "A file that Futures Lab opens elsewhere"),
)


class ExportButton(QToolButton):
    """A button with a menu; `chosen` says what, `asked` comes before the menu is seen. GUI thread.

    Who hears `asked` calls `offer`.
    """

    asked = Signal()
    chosen = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setText("Export ▾")
        self.setObjectName("export")
        self.setAccessibleName("Export")
        self.setToolTip("Take the chart, the run or a report away (Ctrl+E)")
        self.setAutoRaise(True)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._menu = QMenu(self)
        self._menu.setToolTipsVisible(True)
        self._charts = [self._add(*one) for one in _CHART]
        self._menu.addSeparator()
        self._runs = [self._add(*one) for one in _RUN]
        self._menu.addSeparator()
        self._runs += [self._add(*one) for one in _REPORT]
        self._menu.aboutToShow.connect(self.asked)
        self.setMenu(self._menu)
        theme.changed.connect(self._restyle)
        self._restyle()

    def offer(self, has_chart: bool, has_run: bool) -> None:
        """Enable what there is something for; the rest says why not."""
        for actions, is_there, why in (
            (self._charts, has_chart and has_run, NO_CHART if has_run else NO_RUN),
            (self._runs, has_run, NO_RUN),
        ):
            for action in actions:
                action.setEnabled(is_there)
                action.setToolTip(str(action.data()) if is_there else why)

    def pop_up(self, place: QPoint) -> None:
        """Show the menu at a place of the screen."""
        self._menu.popup(place)

    def _add(self, what: str, label: str, tip: str) -> QAction:
        action = self._menu.addAction(label)
        action.setObjectName(f"export-{what}")
        action.setData(tip)
        action.setToolTip(tip)
        action.triggered.connect(partial(self._choose, what))
        return action

    def _choose(self, what: str, _checked: bool = False) -> None:
        self.chosen.emit(what)

    def _restyle(self) -> None:
        self.setFont(self._theme.font(0.95))
        self._menu.setFont(self._theme.font())
        self._theme.dress(self._menu)
