"""The sign over the window while something that can be opened is held over it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from pytestqt.qtbot import QtBot

from gui.main_window import MainWindow
from gui.theme import Theme
from gui.views.drop_sign import DropSign

COPY, LEFT, NO_KEY = (
    Qt.DropAction.CopyAction,
    Qt.MouseButton.LeftButton,
    Qt.KeyboardModifier.NoModifier,
)


def test_a_sign_is_seen_while_files_are_held_over_the_window(
    light: Theme, qtbot: QtBot, tmp_path: Path
) -> None:
    window = MainWindow(["A page"], ["Another"], light)
    qtbot.addWidget(window)
    window.show()
    nothing, files = QMimeData(), QMimeData()
    files.setUrls([QUrl.fromLocalFile(str(tmp_path / "a.futureslab"))])
    window.dragEnterEvent(QDragEnterEvent(QPoint(9, 9), COPY, nothing, LEFT, NO_KEY))
    assert window.findChild(DropSign) is None, "nothing that could be opened"
    for over in (
        lambda: window.dragLeaveEvent(QDragLeaveEvent()),
        lambda: window.dropEvent(QDropEvent(QPointF(9, 9), COPY, files, LEFT, NO_KEY)),
    ):
        window.dragEnterEvent(QDragEnterEvent(QPoint(9, 9), COPY, files, LEFT, NO_KEY))
        sign = window.findChild(DropSign)
        assert isinstance(sign, DropSign)
        assert sign.isVisible()
        assert window.rect().contains(sign.geometry())
        over()
        assert not sign.isVisible()
