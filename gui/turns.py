"""To build much without holding a person up: each step in a turn of the event loop of its own."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, QTimer, Slot

Step = Callable[[], object]


class Turns(QObject):
    """Takes one step after another; between two, the loop paints and answers. GUI thread."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._steps: deque[Step] = deque()
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._take_step)

    def take(self, steps: Sequence[Step]) -> None:
        """Take these from the next turn on, in place of those not taken yet."""
        self._steps = deque(steps)
        self._timer.start()

    def drop(self) -> None:
        """Leave out the steps that were not taken."""
        self._steps.clear()

    @Slot()
    def _take_step(self) -> None:
        if self._steps:
            self._steps.popleft()()
        if not self._steps:
            self._timer.stop()
