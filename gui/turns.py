"""To build much without holding a person up: each step in a turn of the event loop of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from PySide6.QtCore import QObject, QTimer, Slot

Step = Callable[[], object]


class Turns(QObject):
    """Takes one step after another; between two, the loop paints and answers. GUI thread."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._steps: Iterator[Step] = iter(())
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._take_step)

    def take(self, steps: Iterable[Step]) -> None:
        """Take these from the next turn on, in place of those not taken yet.

        They are listed as they are taken: what a step leaves may decide which come after it.
        """
        self._steps = iter(steps)
        self._timer.start()

    def drop(self) -> None:
        """Leave out the steps that were not taken."""
        self._timer.stop()

    @Slot()
    def finish(self) -> None:
        """Take all steps that are left, now."""
        while self._timer.isActive():
            self._take_step()

    @Slot()
    def _take_step(self) -> None:
        step = next(self._steps, None)
        if step is None:
            self._timer.stop()
        else:
            step()
