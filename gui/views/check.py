"""Check this installation: a table that fills while the self-test runs, to be copied as text."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from core.checks import Check, Report, text, verdict, whole
from gui.models.checks import ChecksModel
from gui.theme import Theme
from gui.views.tables import Table

_QUESTION = "Does this installation do all that it is for?"
_DETAILS = (
    "It starts a lab process, a pool of every kind, and a second window for a moment; it writes to"
    " a temporary folder only. It takes about ten seconds."
)
_MEASURING = "An experiment runs: a check beside it would falsify its times. Stop it first."
_GAVE_WAY = "Stopped, because an experiment was begun."
_WIDEST = ("skipped  ", "processes, forkserver  ", "99.99 s  ", "")
_LINES = 3  # of what is said of the chosen row


class CheckView(QWidget):
    """Tells what a self-test finds, by rows and in a sentence. GUI thread.

    `start_requested` and `stop_requested` are what a person wants; whoever runs the test calls
    `begin`, `add` and `end`.
    """

    start_requested = Signal()
    stop_requested = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("check")
        self._theme = theme
        self._model = ChecksModel(theme)
        self._report: Report | None = None
        self._is_checking = self._is_measuring = self._gave_way = False
        self._headline, self._details = QLabel(_QUESTION), QLabel(_DETAILS)
        self._start, self._stop = QPushButton("Check now"), QPushButton("Stop")
        self._copy = QPushButton("Copy as text")
        self._table = Table(self._model, "Checks", _WIDEST, theme)
        self._chosen = QLabel()
        self._build()
        self._start.clicked.connect(self.start_requested)
        self._stop.clicked.connect(self.stop_requested)
        self._copy.clicked.connect(self._on_copy)
        self._table.row_chosen.connect(self._on_row_chosen)
        theme.follow(self, self._restyle)
        self._restyle()
        self._refresh()

    @Slot()
    def begin(self) -> None:
        """Clear the table for a test that begins."""
        self._is_checking, self._gave_way, self._report = True, False, None
        self._model.clear()
        self._chosen.clear()
        self._headline.setText("Checking …")
        self._refresh()

    @Slot(object)
    def add(self, check: Check) -> None:
        """Show a check that has just ended."""
        self._model.add(check)
        self._table.scrollToBottom()
        failed = sum(one.outcome == "failed" for one in self._model.checks)
        bad = f", {failed} failed" if failed else ""
        self._headline.setText(f"Checking … {len(self._model.checks)} done{bad}")
        self._refresh()

    @Slot(object)
    def end(self, what: Report | str) -> None:
        """Show the verdict; a sentence where there is no report, "" where it was stopped."""
        self._is_checking = False
        self._report = what if isinstance(what, Report) else None
        if isinstance(what, Report):
            self._headline.setText(verdict(what.checks))
            self._choose_first_failure(what)
        else:
            sentence, _, more = what.partition("\n")
            given_up = _GAVE_WAY if self._gave_way else "Stopped."
            self._headline.setText(sentence or given_up)
            self._chosen.setText(more)
        self._refresh()

    @Slot(bool)
    def show_measuring(self, is_measuring: bool) -> None:
        """An experiment begins or ends; while it runs there is no check, as each disturbs."""
        self._is_measuring = is_measuring
        if is_measuring and self._is_checking:
            self._gave_way = True
            self.stop_requested.emit()
        self._refresh()

    def as_text(self) -> str:
        """Give what was found as plain text, the rows alone where there is no report."""
        if self._report is not None:
            return whole(self._report)
        return "\n".join(map(text, self._model.checks)) + "\n"

    def _choose_first_failure(self, report: Report) -> None:
        failed = [row for row, one in enumerate(report.checks) if one.outcome == "failed"]
        if failed:
            self._table.select(failed[0])
            self._on_row_chosen(failed[0])

    def _on_row_chosen(self, row: int) -> None:
        check = self._model.checks[row]
        self._chosen.setText("\n".join(filter(None, [check.said, check.detail])))

    @Slot()
    def _on_copy(self) -> None:
        QApplication.clipboard().setText(self.as_text())
        self._copy.setText("Copied")

    def _refresh(self) -> None:
        self._start.setEnabled(not self._is_checking and not self._is_measuring)
        self._start.setToolTip(_MEASURING if self._is_measuring else "Begin the self-test")
        self._stop.setEnabled(self._is_checking)
        self._copy.setEnabled(bool(self._model.checks) and not self._is_checking)
        self._copy.setText("Copy as text")
        self._details.setText(_MEASURING if self._is_measuring else _DETAILS)

    def _build(self) -> None:
        for label, name in (
            (self._headline, "check-headline"),
            (self._details, "check-details"),
            (self._chosen, "check-chosen"),
        ):
            label.setObjectName(name)
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._details.setProperty("muted", True)
        self._start.setProperty("primary", True)
        for button, name in (
            (self._start, "check-start"),
            (self._stop, "check-stop"),
            (self._copy, "check-copy"),
        ):
            button.setObjectName(name)
        self._stop.setToolTip("End the self-test here")
        self._copy.setToolTip("Copy what was found, to send it to whoever is asked for help")
        row = QHBoxLayout()
        row.addWidget(self._start)
        row.addWidget(self._stop)
        row.addStretch(1)
        row.addWidget(self._copy)
        self._chosen.setAlignment(Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        for part in (self._headline, self._details):
            column.addWidget(part)
        column.addLayout(row)
        column.addWidget(self._table, 1)
        column.addWidget(self._chosen)

    def _restyle(self) -> None:
        self._headline.setFont(self._theme.font(1.25, bold=True))
        self._chosen.setMinimumHeight(_LINES * self._chosen.fontMetrics().lineSpacing())
