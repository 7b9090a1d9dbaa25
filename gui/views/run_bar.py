"""The top of an experiment's page: its question, Run and Stop, and why Run is not to be had."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from gui.models.run_state import BUSY, CAN_STOP, State
from gui.plain import as_html
from gui.theme import Theme


class RunBar(QWidget):
    """Starts and stops; it enables what can be done in the state that it is shown. GUI thread.

    `problem_chosen` fires when a person follows why Run is not to be had to what is wrong.
    """

    run_wanted = Signal()
    stop_wanted = Signal()
    problem_chosen = Signal()

    def __init__(self, question: str, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._question, self._why = QLabel(question), _Linked()
        self._run, self._stop = QPushButton("Run"), QPushButton("Stop")
        self._build()
        self._run.clicked.connect(self.run_wanted)
        self._stop.clicked.connect(self.stop_wanted)
        theme.follow(self, self._restyle)
        self._restyle()

    @property
    def can_run(self) -> bool:
        """Whether a click on Run would start a run."""
        return self._run.isEnabled()

    @property
    def has_focus(self) -> bool:
        """Whether a key would press one of these buttons, or would once it can be pressed."""
        return self.window().focusWidget() in (self, self._run, self._stop)

    def take_focus(self) -> None:
        """Put the keyboard's focus on what can be pressed, or keep it here till something can."""
        able = (button for button in (self._stop, self._run) if button.isEnabled())
        next(able, self).setFocus()

    def show_state(self, state: State, problem: str, elsewhere: str) -> None:
        """Enable what can be done now, and say why Run cannot.

        `problem` names a field that is wrong, `elsewhere` another experiment that runs; empty when
        there is none.
        """
        busy = state in BUSY
        why = f"Check “{problem}” at the left" if problem else ""
        if elsewhere:
            why = f"“{elsewhere}” is running"
        has_focus = self.has_focus
        if has_focus:  # what is disabled would hand it to whatever comes next
            self.setFocus()
        self._run.setEnabled(not busy and not why)
        self._stop.setEnabled(state in CAN_STOP)
        if has_focus:
            self.take_focus()
        self._say(why, leads=bool(problem) and not elsewhere)
        self._run.setToolTip(
            why or ("A run is going on" if busy else "Start the run (Ctrl+R or F5)")
        )
        self._stop.setToolTip(
            "Stop at once and keep what was measured (Esc)" if busy else "Nothing is running"
        )

    def _say(self, why: str, leads: bool) -> None:
        """Say why Run is not to be had, as a link where it leads to a field."""
        flags = Qt.TextInteractionFlag
        links = flags.LinksAccessibleByMouse | flags.LinksAccessibleByKeyboard
        self._why.setTextInteractionFlags(links if leads else flags.NoTextInteraction)
        self._why.setText(f'<a href="#">{as_html(why)}</a>' if leads else as_html(why))
        self._why.setToolTip("Go to this field" if leads else "")
        self._why.setVisible(bool(why))

    def _build(self) -> None:
        self._run.setProperty("primary", True)
        self._run.setObjectName("run")
        self._stop.setObjectName("stop")
        self._why.setProperty("muted", True)
        self._why.setObjectName("why")
        self._why.setWordWrap(True)
        self._why.setTextFormat(Qt.TextFormat.RichText)
        self._why.linkActivated.connect(lambda _: self.problem_chosen.emit())
        self._why.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._question.setWordWrap(True)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        row.addWidget(self._question, 2)
        row.addWidget(self._why, 1)
        for button in (self._run, self._stop):
            row.addWidget(button)

    def _restyle(self) -> None:
        self._question.setFont(self._theme.font(1.2, bold=True))
        self._run.setIcon(self._theme.icon("play"))
        self._stop.setIcon(self._theme.icon("stop"))


class _Linked(QLabel):
    """A text whose link is chosen as soon as the focus comes here, so that Enter follows it."""

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason):
            self.focusNextPrevChild(True)

    def changeEvent(self, event: QEvent) -> None:
        """Take the colour of links anew: a text in which a link was laid out keeps the old one."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and (text := self.text()):
            self.clear()  # the same text would be left as it is
            self.setText(text)
