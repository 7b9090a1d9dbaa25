"""A bar with a sentence and what can be done about it; it takes nothing away from what is seen."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QToolButton

from gui.theme import Theme


class MessageBar(QFrame):
    """Hidden until it has something to say; `acted` fires for its one action.

    It stays until it is put away: whoever does what was wanted hides it where that was done. `name`
    tells it from others of its kind. GUI thread.
    """

    acted = Signal()

    def __init__(self, name: str, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setProperty("bar", True)
        self.setObjectName(f"{name}-bar")
        self._sentence, self._action, self._close = QLabel(), QPushButton(), QToolButton()
        self._sentence.setObjectName(f"{name}-message")
        self._sentence.setWordWrap(True)
        self._sentence.setTextFormat(Qt.TextFormat.PlainText)
        self._sentence.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._sentence.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._action.setObjectName(f"{name}-action")
        self._close.setObjectName(f"{name}-close")
        self._close.setText("×")
        self._close.setAutoRaise(True)
        self._close.setToolTip("Put this message away")
        self._close.setAccessibleName("Put this message away")
        self._action.clicked.connect(self.acted)
        self._close.clicked.connect(self.hide)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 6, 8, 6)
        row.addWidget(self._sentence, 1)
        row.addWidget(self._action)
        row.addWidget(self._close)
        self.hide()
        theme.follow(self, self._restyle)
        self._restyle()

    def say(self, sentence: str, action: str = "", tip: str = "") -> None:
        """Show a sentence, and a button for its action if it has one."""
        self._sentence.setText(sentence)
        self._action.setText(action)
        self._action.setToolTip(tip)
        self._action.setVisible(bool(action))
        self.show()

    def _restyle(self) -> None:
        self._theme.dress(self)
        for part in (self._sentence, self._action, self._close):
            part.setFont(self._theme.font(0.95))
