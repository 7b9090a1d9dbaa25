"""The small menu of what can be taken away from a page: pictures, its run or runs, its report."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QAction, QCursor
from PySide6.QtWidgets import QMenu, QToolButton

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
_TIMELINE = (
    ("timeline-paper", "For &paper (PNG) …", _CHART[0][2]),
    ("timeline-slide", "For a &slide (PNG) …", _CHART[1][2]),
    ("timeline-svg", "As S&VG …", _CHART[2][2]),
    ("timeline-copy-paper", "&Copy for paper", _CHART[3][2]),
    ("timeline-copy-slide", "C&opy for a slide", _CHART[4][2]),
)
_RUN = (
    ("csv", "&Trials as CSV …", "A table with a row for each trial"),
    ("tasks", "T&asks as CSV …", "A table with a row for each task"),
    ("json", "Records as &JSON …", "All that was recorded, for other programs"),
)
_REPORT = (
    ("html", "Report as &HTML …", "One page with everything, for any browser; it works offline"),
    ("pdf", "Report as P&DF …", "One page with everything, and the script"),
)
_FILE = ("futureslab", "Run as .&futureslab …", "A file that Futures Lab opens elsewhere")
_FILE_OF_ALL = ("futureslab", "Runs as one .&futureslab …", "All of them, to be opened elsewhere")
_TIP_OF_RUN = "Take the chart, the run or a report away (Ctrl+E)"
_TIP_OF_RUNS = "Take these runs away, or a chart of them (Ctrl+E)"


class ExportButton(QToolButton):
    """A button with a menu; `chosen` says what, `asked` comes before the menu is seen. GUI thread.

    Who hears `asked` calls `offer`. `of_run` is for a page of one run, which has a timeline and a
    report too; else the menu is of several runs: laid over one another, if it `has_charts`.
    """

    asked = Signal()
    chosen = Signal(str)

    def __init__(self, theme: Theme, of_run: bool = True, has_charts: bool = True) -> None:
        super().__init__()
        self._theme = theme
        self.setText("Export ▾")
        self.setObjectName("export")
        self.setProperty("export", True)
        self.setAccessibleName("Export")
        self.setToolTip(_TIP_OF_RUN if of_run else _TIP_OF_RUNS)
        self.setAutoRaise(True)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._menu = QMenu(self)
        self._menu.setToolTipsVisible(True)
        self._charts = [self._add(self._menu, *one) for one in _CHART if has_charts]
        self._menus = [self._menu]
        self._timelines = self._add_timeline() if of_run else []
        self._menu.addSeparator()
        self._runs = [self._add(self._menu, *one) for one in _RUN]
        self._menu.addSeparator()
        last = (*_REPORT, _FILE) if of_run else (_FILE_OF_ALL,)
        self._runs += [self._add(self._menu, *one) for one in last]
        self._menu.aboutToShow.connect(self.asked)
        self._menu.aboutToHide.connect(self._notice_pointer)
        self.setMenu(self._menu)
        theme.follow(self, self._restyle)
        self._restyle()

    def offer(
        self, has_chart: bool, has_run: bool, why_none: str = NO_RUN, no_chart: str = NO_CHART
    ) -> None:
        """Enable what there is something for; the rest says why not."""
        for actions, is_there, why in (
            (self._charts, has_chart and has_run, no_chart if has_run else why_none),
            (self._timelines, has_run, why_none),
            (self._runs, has_run, why_none),
        ):
            for action in actions:
                action.setEnabled(is_there)
                action.setToolTip(str(action.data()) if is_there else why)

    def pop_up(self, place: QPoint) -> None:
        """Show the menu at a place of the screen."""
        self._menu.popup(place)

    def _add(self, menu: QMenu, what: str, label: str, tip: str) -> QAction:
        action = menu.addAction(label)
        action.setObjectName(f"export-{what}")
        action.setData(tip)
        action.setToolTip(tip)
        action.triggered.connect(partial(self._choose, what))
        return action

    def _add_timeline(self) -> list[QAction]:
        """Add the menu of the timeline; return its entries, and the one that it is itself."""
        menu = self._menu.addMenu("T&imeline")
        menu.setToolTipsVisible(True)
        menu.menuAction().setData("The timeline below as a picture, all of it")
        self._menus.append(menu)
        return [*(self._add(menu, *one) for one in _TIMELINE), menu.menuAction()]

    def _choose(self, what: str, _checked: bool = False) -> None:
        self.chosen.emit(what)

    def _notice_pointer(self) -> None:
        """Look lit only if the pointer is here: Qt does not tell that it left under the menu."""
        is_here = self.rect().contains(self.mapFromGlobal(QCursor.pos()))
        self.setAttribute(Qt.WidgetAttribute.WA_UnderMouse, is_here)

    def _restyle(self) -> None:
        self.setFont(self._theme.font(0.95))
        for menu in self._menus:
            menu.setFont(self._theme.font())
            self._theme.dress(menu)
