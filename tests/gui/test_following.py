"""A new look is taken on at once by what is seen, by all else later, but before it is seen."""

import gc

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QApplication, QTabWidget, QWidget
from pytestqt.qtbot import QtBot

from gui.theme import Theme


class Painted(QWidget):
    """Notes the grounds on which it was restyled, and those on which it was painted."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.restyled: list[bool] = []
        self.painted: list[bool] = []  # whether it had the theme in force by then
        self._is_dark = theme.is_dark
        theme.follow(self, self._restyle)

    def paintEvent(self, event: QPaintEvent) -> None:
        self.painted.append(self._is_dark == self._theme.is_dark)

    def _restyle(self) -> None:
        self._is_dark = self._theme.is_dark
        self.restyled.append(self._is_dark)


def _tabs(theme: Theme, qtbot: QtBot, count: int) -> tuple[QTabWidget, list[Painted]]:
    tabs = QTabWidget()
    qtbot.addWidget(tabs)
    views = [Painted(theme) for _ in range(count)]
    for view in views:
        tabs.addTab(view, "view")
    tabs.show()
    qtbot.waitUntil(lambda: bool(views[0].painted))
    return tabs, views


def test_only_what_is_seen_is_restyled_at_once(light: Theme, qtbot: QtBot) -> None:
    _, (seen, *others) = _tabs(light, qtbot, 4)
    light.choose("dark")
    assert seen.restyled == [True]
    assert not any(view.restyled for view in others)
    turns = 0
    while not others[-1].restyled:
        QApplication.processEvents()
        turns += 1
    assert [view.restyled for view in others] == [[True]] * 3
    assert turns >= len(others)  # one in each turn at most


def test_what_is_shown_before_its_turn_is_painted_in_the_new_look(
    light: Theme, qtbot: QtBot
) -> None:
    tabs, views = _tabs(light, qtbot, 3)
    light.choose("dark")
    tabs.setCurrentIndex(2)
    assert views[2].restyled == [True]
    qtbot.waitUntil(lambda: bool(views[2].painted and views[1].restyled))
    assert all(views[2].painted)
    assert views[2].restyled == [True]  # once


def test_two_changes_in_a_row_restyle_what_is_out_of_sight_once(light: Theme, qtbot: QtBot) -> None:
    _, (seen, other) = _tabs(light, qtbot, 2)
    light.choose("dark")
    light.choose("light")
    assert seen.restyled == [True, False]
    qtbot.waitUntil(lambda: bool(other.restyled))
    assert other.restyled == [False]


def test_a_view_that_is_gone_before_its_turn_is_passed_over(light: Theme, qtbot: QtBot) -> None:
    tabs, (_, gone, last) = _tabs(light, qtbot, 3)
    light.choose("dark")
    tabs.removeTab(1)
    gone.deleteLater()
    QCoreApplication.sendPostedEvents(gone, QEvent.Type.DeferredDelete)
    with qtbot.captureExceptions() as failures:
        qtbot.waitUntil(lambda: bool(last.restyled))
    assert not failures


def test_nobody_is_kept_alive_by_following(light: Theme) -> None:
    view = Painted(light)
    gone: list[bool] = []
    view.destroyed.connect(lambda: gone.append(True))
    light.choose("dark")  # it is out of sight, and so waits for its turn
    gc.disable()
    try:
        del view
        assert gone
    finally:
        gc.enable()
