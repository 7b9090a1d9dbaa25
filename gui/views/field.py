"""One field of a form: a label, a way to type or choose, and a line of words below."""

from abc import abstractmethod
from typing import Any

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from core.parameters import Parameter
from gui.theme import Theme


class Field(QWidget):
    """A label, a way to type or choose, and a line that hints or says what is wrong.

    Like `Stage` abstract for mypy alone. GUI thread.
    """

    edited = Signal()
    _lines = 2

    def __init__(self, parameter: Parameter, theme: Theme) -> None:
        super().__init__()
        self.parameter = parameter
        self._theme = theme
        self._remark = ""
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(3)
        self._label = QLabel(parameter.label)
        self._label.setToolTip(parameter.help)
        self._note = QLabel(self._hint)
        self._note.setWordWrap(True)
        self._note.setTextFormat(Qt.TextFormat.PlainText)
        self._note.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._note.setProperty("muted", True)
        self._note.setObjectName(f"note-{parameter.name}")
        self._layout.addWidget(self._label)
        self._build()
        self._layout.addWidget(self._note)
        theme.follow(self, self._restyle)
        self._restyle()

    @abstractmethod
    def text(self) -> str:
        """Return what stands in the field, for `Parameter.parse`."""

    @abstractmethod
    def set_value(self, value: Any) -> None:
        """Show a value."""

    def read(self) -> Any:
        """Return the value; raise BadInput where what stands in the field is none."""
        return self.parameter.parse(self.text())

    def take_focus(self) -> None:
        """Put the keyboard's focus on the first of what can be typed or chosen."""
        able = [
            one
            for one in self.findChildren(QWidget)
            if one.isVisible() and one.isEnabled() and one.focusPolicy() & Qt.FocusPolicy.TabFocus
        ]
        if able:
            first = min(able, key=lambda one: one.mapTo(self, QPoint(0, 0)).toTuple()[::-1])
            first.setFocus(Qt.FocusReason.TabFocusReason)

    @property
    def kept(self) -> str:
        """What is to stand in the field the next time, as text; ask only while nothing is wrong."""
        return self.parameter.format(self.read())

    def remark(self, sentence: str) -> None:
        """Have this said in the hint's place, while nothing is wrong, from `show_problem` on."""
        self._remark = sentence

    def show_problem(self, sentence: str) -> None:
        """Say what is wrong in the line below, or give the hint again when `sentence` is empty."""
        self._note.setText(sentence or self._remark or self._hint)
        if self._note.property("muted") != (not sentence):
            self._note.setProperty("error", bool(sentence))
            self._note.setProperty("muted", not sentence)
            repolish(self._note)

    @property
    def _hint(self) -> str:
        """What stands there while nothing is wrong: the hint, and what is missing here and why."""
        options = getattr(self.parameter, "options", ())
        missing = [f"{one.label}: {one.missing}" for one in options if one.missing]
        return " ".join(filter(None, [self.parameter.hint, *missing]))

    @abstractmethod
    def _build(self) -> None:
        """Add the way to type or choose to the layout."""

    def _name(self, widget: QWidget) -> None:
        widget.setObjectName(f"field-{self.parameter.name}")
        widget.setAccessibleName(self.parameter.label)
        widget.setAccessibleDescription(self.parameter.help)
        widget.setToolTip(self.parameter.help)
        self._label.setBuddy(widget)

    def _restyle(self) -> None:
        self._label.setFont(self._theme.font(0.95, bold=True))
        self._note.setFont(self._theme.font(0.88))
        height = self._note.fontMetrics().lineSpacing() * self._lines
        self._note.setMinimumHeight(height + self._theme.px(4))


def repolish(widget: QWidget) -> None:
    widget.style().unpolish(widget)
    widget.style().polish(widget)
