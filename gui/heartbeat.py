"""The window's own pulse: how long its event loop was ever held up."""

from collections import deque
from time import perf_counter

from PySide6.QtCore import QObject, Qt, QTimer, Slot

PERIOD_MS = 16
_KEPT_S = 10.0
_BUCKET_S = 0.25


class Heartbeat(QObject):
    """Measure the gaps between the beats of a 16 ms timer in the GUI thread.

    `history` holds the worst gap, in seconds, of each quarter of a second, newest last, for the
    last ten seconds.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.history: deque[float] = deque(maxlen=int(_KEPT_S / _BUCKET_S))
        self._bucket = 0.0
        self._last = 0.0
        self._bucket_ends = 0.0
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(PERIOD_MS)
        self._timer.timeout.connect(self._beat)

    def start(self) -> None:
        """Begin to measure."""
        self._last = perf_counter()
        self._bucket_ends = self._last + _BUCKET_S
        self._timer.start()

    @Slot()
    def _beat(self) -> None:
        now = perf_counter()
        gap, self._last = now - self._last, now
        self._bucket = max(self._bucket, gap)
        if now >= self._bucket_ends:
            self.history.append(self._bucket)
            self._bucket, self._bucket_ends = 0.0, now + _BUCKET_S
