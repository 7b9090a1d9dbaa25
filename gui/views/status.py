"""The strip at the bottom: progress, time left, CPU meter, and the window's own pulse."""

import psutil
from PySide6.QtCore import QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QWidget

from gui.heartbeat import Heartbeat
from gui.theme import Theme

_REFRESH_MS = 500
_NEWS_MS = 6000  # long enough to read a path, while a run has its progress to tell
_STEPS = 100  # of a trial, on the progress bar
_SMOOTH_S = 0.05  # up to three missed frames nobody notices
_FULL_S = 0.2


class Bars(QWidget):
    """A row of small bars, each with a share of the height and a colour."""

    def __init__(self, theme: Theme, slots: int, width: int) -> None:
        super().__init__()
        self._theme = theme
        self._slots = slots
        self._width = width
        self._bars: list[tuple[float, str]] = []
        theme.changed.connect(self.updateGeometry)

    def show_bars(self, bars: list[tuple[float, str]]) -> None:
        """Draw these, newest at the right."""
        if bars != self._bars:
            self._bars = bars
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._theme.px(self._width), self._theme.px(18))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self._theme.colours.card))
        step = self.width() / self._slots
        left = self.width() - step * len(self._bars)
        for place, (share, colour) in enumerate(self._bars):
            height = max(1.0, min(share, 1.0) * self.height())
            bar = QRectF(left + place * step, self.height() - height, max(1.0, step - 1), height)
            painter.fillRect(bar, QColor(colour))


class StatusStrip(QWidget):
    """Progress of the run at the left, what the machine and the window do at the right."""

    def __init__(self, heartbeat: Heartbeat, theme: Theme) -> None:
        super().__init__()
        self._heartbeat = heartbeat
        self._theme = theme
        self._message = QLabel("Ready")
        self._message.setObjectName("status-message")
        self._message.setTextFormat(Qt.TextFormat.PlainText)
        self._progress = QProgressBar()
        self._progress.setTextVisible(False)
        self._progress.setAccessibleName("Trials done")
        self._left = QLabel()
        self._cpu_label, self._gap_label = QLabel("CPU"), QLabel()
        cpus = psutil.cpu_count() or 1
        self._cpu = Bars(theme, min(cpus, 64), max(24, min(cpus, 16) * 9))
        self._cpu.setAccessibleName("CPU meter")
        self._gaps = Bars(theme, 40, 120)
        self._gaps.setAccessibleName("Event-loop gaps of the window")
        self._gaps.setToolTip(
            "How long the window's event loop was held up: the worst gap of each quarter second."
            " Under 50 ms nobody notices."
        )
        self._gap_label.setToolTip(self._gaps.toolTip())
        self._lay_out()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._refresh)
        self._timer.start(_REFRESH_MS)
        self._running = ""  # what is done, in words, when no news stands there
        self._news = QTimer(self)
        self._news.setSingleShot(True)
        self._news.setInterval(_NEWS_MS)
        self._news.timeout.connect(lambda: self._message.setText(self._running))
        theme.follow(self, self._restyle)
        self._restyle()
        self._refresh()

    def show_message(self, text: str) -> None:
        """Say what goes on, without progress."""
        self._news.stop()
        self._message.setText(text)
        self._progress.hide()
        self._left.clear()

    def show_news(self, text: str) -> None:
        """Say what came of something else; a run's progress stays, its words come back soon."""
        self._message.setText(text)
        if not self._progress.isHidden():
            self._news.start()

    def show_progress(self, done: float, total: int, left: str) -> None:
        """Show how many trials are done, with the share of the next, and how long is left."""
        running = min(int(done) + 1, total)
        self._running = f"Trial {running} of {total}" if total > 1 else "Running"
        if not self._news.isActive():
            self._message.setText(self._running)
        self._progress.setRange(0, total * _STEPS)
        self._progress.setValue(int(done * _STEPS))
        self._progress.show()
        self._left.setText(left)

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 4, 12, 4)
        row.setSpacing(10)
        row.addWidget(self._message)
        row.addWidget(self._progress)
        row.addWidget(self._left)
        row.addStretch(1)
        for widget in (self._cpu_label, self._cpu, self._gap_label, self._gaps):
            row.addWidget(widget)
        for label in (self._left, self._cpu_label, self._gap_label):
            label.setProperty("muted", True)
        self._progress.hide()

    def _refresh(self) -> None:
        c = self._theme.colours
        loads = psutil.cpu_percent(percpu=True)
        self._cpu.show_bars([(load / 100, c.accent) for load in loads])
        self._cpu.setToolTip("CPU use: " + ", ".join(f"{load:.0f} %" for load in loads))
        gaps = list(self._heartbeat.history)
        worst = max(gaps, default=0.0)
        self._gap_label.setText(f"UI worst gap {worst * 1000:.0f} ms")
        self._gaps.show_bars(
            [(gap / _FULL_S, c.accent if gap < _SMOOTH_S else c.error) for gap in gaps]
        )

    def _restyle(self) -> None:
        for label in (self._message, self._left, self._cpu_label, self._gap_label):
            label.setFont(self._theme.font(0.92))
        widest = self._gap_label.fontMetrics().horizontalAdvance("UI worst gap 0000 ms")
        self._gap_label.setMinimumWidth(widest)
        self._gap_label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._progress.setFixedSize(self._theme.px(180), self._theme.px(6))
        self._refresh()
