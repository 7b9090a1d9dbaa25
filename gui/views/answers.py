"""What a program asks in mid-run, and the buttons that answer it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QPushButton

from core.parameters import Option
from gui.views.result import ResultPanel


class Answers(QObject):
    """Asks in the result's place, with a button for each option. GUI thread.

    The buttons stay till the run's end, disabled while nothing is asked. `result` owns them.
    """

    answered = Signal(str)

    def __init__(self, options: Sequence[Option], result: ResultPanel) -> None:
        super().__init__(result)
        self._options = options
        self._result = result
        self._buttons: list[QPushButton] = []
        self._pressed: QPushButton | None = None

    @property
    def are_seen(self) -> bool:
        """Whether the run that is seen has asked, also when it was answered since."""
        return bool(self._buttons)

    @property
    def are_awaited(self) -> bool:
        """Whether the program waits for an answer now."""
        return any(button.isEnabled() for button in self._buttons)

    def forget(self) -> None:
        """Begin with a run that has not asked; the result shows something else by now, or soon."""
        self._buttons, self._pressed = [], None

    def take_focus(self) -> None:
        """Let the next key press the answer that was given last, or the first one."""
        (self._pressed or self._buttons[0]).setFocus()

    def ask(self, prompt: str) -> None:
        """Show a program's question; the same buttons serve for all of a run."""
        if self._buttons:
            self._result.say(prompt)
            for button in self._buttons:
                button.setEnabled(True)
            return
        for option in self._options:
            button = QPushButton(option.label)
            button.setObjectName(f"answer-{option.value}")
            button.setToolTip(option.help)
            button.clicked.connect(partial(self._answer, button, option.value))
            self._buttons.append(button)
        self._result.ask(prompt, *self._buttons)

    def _answer(self, pressed: QPushButton, answer: str) -> None:
        self._pressed = pressed
        self._result.hold_focus()  # what is disabled would hand it to whatever comes next
        for button in self._buttons:
            button.setEnabled(False)
        self.answered.emit(answer)
