"""The result over the timeline, each with the height that it needs."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QWidget

_USUAL, _MOST = 0.3, 0.42  # of the height, for what is below
_HANDLE = 10


class Halves(QSplitter):
    """Gives what is below more than usual where it asks for that, until a person moves the handle.

    GUI thread.
    """

    def __init__(self, upper: QWidget, lower: QWidget) -> None:
        super().__init__(Qt.Orientation.Vertical)
        self._lower = lower
        self._is_moved = False
        self.addWidget(upper)
        self.addWidget(lower)
        self.setStretchFactor(0, 2)
        self.setStretchFactor(1, 1)
        self.setChildrenCollapsible(False)
        self.setHandleWidth(_HANDLE)
        self.splitterMoved.connect(self._on_moved)

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            self._share()
        return done

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share()

    def _share(self) -> None:
        height = self.height() - self.handleWidth()
        wanted = min(self._lower.sizeHint().height(), round(_MOST * height))
        below = max(wanted, round(_USUAL * height))
        if not self._is_moved and self._lower.isVisibleTo(self) and self.sizes()[1] != below:
            self.setSizes([height - below, below])

    def _on_moved(self) -> None:
        self._is_moved = True
