"""The key Esc, which the window has for Stop, and some of its parts for something of their own."""

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent


def asks_for_escape(event: QEvent) -> bool:
    """Tell whether Qt asks, before it looks for a shortcut, who has a use for Esc: accept it then.

    For `event` of a part: the one with the focus is asked first, then those that it stands in.
    """
    is_override = event.type() == QEvent.Type.ShortcutOverride
    return is_override and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape
