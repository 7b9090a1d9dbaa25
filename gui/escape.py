"""The key Esc, which the window has for Stop, and some of its parts for something of their own."""

from PySide6.QtCore import QEvent
from PySide6.QtGui import QKeyEvent


def asks_for_escape(event: QEvent) -> bool:
    """Tell whether Qt asks, before it looks for a shortcut, who has a use for Esc: accept it then.

    For `event` of a part: the one with the focus is asked first, then those that it stands in.
    """
    if event.type() != QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent):
        return False
    from PySide6.QtCore import Qt  # its enumerations take 10 ms: not before the first paint

    return event.key() == Qt.Key.Key_Escape
