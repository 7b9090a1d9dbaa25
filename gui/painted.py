"""To go on when a person has seen what there is."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QWidget


def when_painted(widget: QWidget, then: Callable[[], None]) -> None:
    """Call `then` once, when the event loop is free after the widget's next paint. GUI thread."""
    widget.installEventFilter(_Eye(widget, then))
    widget.update()


class _Eye(QObject):
    def __init__(self, widget: QWidget, then: Callable[[], None]) -> None:
        super().__init__(widget)
        self._then = then

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            watched.removeEventFilter(self)
            QTimer.singleShot(0, self._go_on)
        return False

    def _go_on(self) -> None:
        self.deleteLater()
        self._then()
