"""How tests show a view, and find in it what a person would look for."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QTabWidget, QWidget
from pytestqt.qtbot import QtBot

_Kind = TypeVar("_Kind", bound=QObject)
_View = TypeVar("_View", bound=QWidget)


def shown(qtbot: QtBot, view: _View, width: int, height: int) -> _View:
    """Show a view of that size, which is closed after the test, and return it."""
    qtbot.addWidget(view)
    view.resize(width, height)
    view.show()
    return view


def find(parent: QWidget, kind: type[_Kind], name: str = "") -> _Kind:
    """Return the widget of a kind, and of a name if one is given; fail the test without it."""
    found = parent.findChild(kind, name) if name else parent.findChild(kind)
    assert isinstance(found, kind), name or kind.__name__
    return found


def open_tab(page: QWidget, title: str) -> None:
    """Bring a tab of a page to the front, by its title; fail the test without it."""
    tabs = find(page, QTabWidget)
    tabs.setCurrentIndex([tabs.tabText(at) for at in range(tabs.count())].index(title))
