"""To go on when a person has seen what there is."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer, Slot
from PySide6.QtWidgets import QWidget


def when_painted(widget: QWidget, then: Callable[[], None], patience_ms: int | None = None) -> None:
    """Call `then` once, when the event loop is free after the widget's next paint. GUI thread.

    What is out of sight is not painted: `then` waits, but no longer than `patience_ms`, if given.
    It is never called when the widget is deleted before.
    """
    widget.installEventFilter(_Eye(widget, then, patience_ms))
    widget.update()


class _Eye(QObject):
    """Holds no reference to its widget: freed with the last one, a child would end its parent."""

    def __init__(self, widget: QWidget, then: Callable[[], None], patience_ms: int | None) -> None:
        super().__init__(widget)
        self._then: Callable[[], None] | None = then
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.timeout.connect(self._go_on)
        if patience_ms is not None:
            self._patience.start(patience_ms)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            watched.removeEventFilter(self)
            self._patience.start(0)
        return False

    @Slot()
    def _go_on(self) -> None:
        if (watched := self.parent()) is not None:
            watched.removeEventFilter(self)
        then, self._then = self._then, None
        self.deleteLater()
        if then is not None:
            then()
