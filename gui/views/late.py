"""A tab whose contents are built when it is first looked at."""

from collections.abc import Callable

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget


class Late(QWidget):
    """An empty place that `build` fills at its first sight. GUI thread."""

    def __init__(self, build: Callable[[], QWidget]) -> None:
        super().__init__()
        self._build: Callable[[], QWidget] | None = build
        QVBoxLayout(self).setContentsMargins(0, 0, 0, 0)

    def showEvent(self, event: QShowEvent) -> None:
        if self._build is not None:
            build, self._build = self._build, None
            layout = self.layout()
            assert layout is not None
            layout.addWidget(build())
        super().showEvent(event)
