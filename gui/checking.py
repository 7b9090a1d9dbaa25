"""The self-test as the window starts it: a child that tells line by line, and can be ended."""

from PySide6.QtCore import QObject, QProcess, QTimer, Signal, Slot

from core import installed
from core.checks import LINES_FLAG, Check, Report, from_line

_PATIENCE_MS = 3000
_MOST_WORDS = 2000  # letters of what it said to standard error


class Checking(QObject):
    """Runs one self-test at a time and tells what it finds. GUI thread; never blocks it.

    `arrived` carries each Check as it ends, `ended` at last the Report, or a sentence on why there
    is none; "" means that it was stopped.
    """

    arrived = Signal(object)
    ended = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._child: QProcess | None = None
        self._rest = b""
        self._report: Report | None = None
        self._stopping = False
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(_PATIENCE_MS)
        self._patience.timeout.connect(self._kill)

    @property
    def is_busy(self) -> bool:
        """Whether a self-test runs."""
        return self._child is not None

    def start(self) -> None:
        """Begin; does nothing while one runs."""
        if self._child is not None:
            return
        self._rest, self._report, self._stopping = b"", None, False
        self._child = child = QProcess(self)
        child.readyReadStandardOutput.connect(self._read)
        child.finished.connect(self._on_finished)
        child.errorOccurred.connect(self._on_error)
        program, *arguments = installed.program()
        child.start(program, [*arguments, LINES_FLAG])

    @Slot()
    def stop(self) -> None:
        """Have it end: at once if it heeds the end of its input, else by force."""
        if self._child is not None:
            self._stopping = True
            self._child.closeWriteChannel()
            self._patience.start()

    def shut_down(self) -> None:
        """End it and wait until it is gone, for at most a few seconds."""
        if (child := self._child) is not None:
            self.stop()
            if not child.waitForFinished(_PATIENCE_MS):
                child.kill()
                child.waitForFinished(_PATIENCE_MS)

    @Slot()
    def _kill(self) -> None:
        if self._child is not None:
            self._child.kill()  # its lab processes end with it

    @Slot()
    def _read(self) -> None:
        assert self._child is not None
        *lines, self._rest = (self._rest + self._child.readAllStandardOutput().data()).split(b"\n")
        for told in map(from_line, lines):
            if isinstance(told, Check):
                self.arrived.emit(told)
            elif isinstance(told, Report):
                self._report = told

    @Slot(QProcess.ProcessError)
    def _on_error(self, error: QProcess.ProcessError) -> None:
        if error is QProcess.ProcessError.FailedToStart and self._child is not None:
            self._end(f"The self-test cannot be started: {self._child.errorString()}.")

    @Slot(int, QProcess.ExitStatus)
    def _on_finished(self, code: int, _status: QProcess.ExitStatus) -> None:
        assert self._child is not None
        self._read()
        words = bytes(self._child.readAllStandardError().data()).decode("utf-8", "replace").strip()
        sentence = f"The self-test ended with exit code {code}, before it was done."
        self._end(f"{sentence}\n{words[-_MOST_WORDS:]}".strip())

    def _end(self, otherwise: str) -> None:
        child, self._child = self._child, None
        self._patience.stop()
        if child is not None:
            child.deleteLater()
        self.ended.emit(self._report or ("" if self._stopping else otherwise))
