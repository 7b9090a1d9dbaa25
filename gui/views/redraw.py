"""To draw much without holding a person up: by steps, and with rests."""

from collections import deque
from collections.abc import Callable, Sequence
from time import perf_counter

from PySide6.QtCore import QObject, QTimer, Slot

Step = Callable[[], None]
_REST_MS, _REST_SHARE = 100, 20
_STEP_MS = 25  # so that what each step changes is painted in a frame of its own


class Redraw(QObject):
    """Takes the steps of one drawing after another, each in a turn of the event loop. GUI thread.

    `steps` lists those of a whole drawing, when one begins. A drawing begins ten times a second at
    most, and drawing uses 5 % of the time at most.
    """

    def __init__(self, steps: Callable[[], Sequence[Step]], parent: QObject) -> None:
        super().__init__(parent)
        self._list_steps = steps
        self._steps: deque[Step] = deque()
        self._took_s = 0.0
        self._rest = self._timer(_REST_MS, self._begin)
        self._next_step = self._timer(_STEP_MS, self._take_step)

    def soon(self) -> None:
        """Draw what there is by then; to be asked as often as something comes."""
        if not self._rest.isActive():
            self._rest.start()

    def drop(self) -> None:
        """Leave out the steps that were not taken: what they would draw is gone."""
        self._steps.clear()
        self._next_step.stop()

    def _timer(self, wait_ms: int, then: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(wait_ms)
        timer.timeout.connect(then)
        return timer

    @Slot()
    def _begin(self) -> None:
        if self._steps:
            self._rest.start()
            return
        self._steps = deque(self._list_steps())
        self._took_s = 0.0
        if self._steps:
            self._take_step()

    @Slot()
    def _take_step(self) -> None:
        """Take one step; after the last, rest. One that fails does not keep others from theirs."""
        began = perf_counter()
        try:
            self._steps.popleft()()
        finally:
            self._took_s += perf_counter() - began
            if self._steps:
                self._next_step.start()
            else:
                rest_ms = round(_REST_SHARE * self._took_s * 1000)
                self._rest.setInterval(max(_REST_MS, rest_ms))
