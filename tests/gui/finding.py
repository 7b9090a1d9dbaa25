"""How tests of views find what a person would look for, and ask for it to be there."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

_Kind = TypeVar("_Kind", bound=QObject)


def find(parent: QWidget, kind: type[_Kind], name: str = "") -> _Kind:
    """Return the widget of a kind, and of a name if one is given; fail the test without it."""
    found = parent.findChild(kind, name) if name else parent.findChild(kind)
    assert isinstance(found, kind), name or kind.__name__
    return found
