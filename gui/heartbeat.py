"""The window's own pulse: how long its event loop was ever held up."""

from collections import deque
from time import perf_counter

from PySide6.QtCore import QObject, Qt, QTimer, Slot

PERIOD_MS, AT_REST_MS = 16, 50  # three of four beats saved are half of what an idle window uses
_KEPT_S = 10.0
_BUCKET_S = 0.25


class Heartbeat(QObject):
    """Measure how late the beats of a timer in the GUI thread come: every 16 ms during a run.

    `history` holds how late the latest beat of each quarter of a second came, in seconds, newest
    last, for the last ten seconds.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.history: deque[float] = deque(maxlen=int(_KEPT_S / _BUCKET_S))
        self._bucket = 0.0
        self._due = 0.0
        self._bucket_ends = 0.0
        self._period_s = AT_REST_MS / 1000
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)

    def start(self, closely: bool = False) -> None:
        """Begin to measure, or go on: closely during a run, with fewer beats at rest."""
        period_ms = PERIOD_MS if closely else AT_REST_MS
        self._period_s = period_ms / 1000
        self._due = perf_counter() + self._period_s
        self._timer.start(period_ms)

    @Slot()
    def _beat(self) -> None:
        now = perf_counter()
        self._bucket = max(self._bucket, now - self._due)
        self._due = now + self._period_s
        if now >= self._bucket_ends:
            self.history.append(self._bucket)
            self._bucket, self._bucket_ends = 0.0, now + _BUCKET_S
