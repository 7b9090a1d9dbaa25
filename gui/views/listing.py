"""A listing: what programs told of their own code, source at the left, bytecode beside it."""

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from gui.theme import Theme
from gui.views.code_text import CodeText

_MARK = "↔"
_WIDEST = 60  # characters of source; a longer line pushes its bytecode aside


class ListingView(QWidget):
    """Instructions beside their lines of source, as they were told, under what is said of all.

    What another Python says of its own stands above its instructions, in the text. GUI thread.
    """

    def __init__(self, title: str, theme: Theme) -> None:
        super().__init__()
        self._said = QLabel()
        self._said.setWordWrap(True)
        self._said.setTextFormat(Qt.TextFormat.PlainText)
        self._said.setObjectName("listing-rule")
        self._said.hide()
        self._text = CodeText(title, theme)
        self._text.setPlaceholderText("The Python that runs tells its bytecode here.")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 6, 0, 0)
        column.addWidget(self._said)
        column.addWidget(self._text, 1)
        self._told: list[dict[str, Any]] = []
        self._shown = 0

    def clear(self) -> None:
        """Forget what was told; what is seen stays until something else is told."""
        self._told, self._shown = [], 0

    def add(self, event: dict[str, Any]) -> None:
        """Take one instruction; `draw` shows it."""
        self._told.append(event)

    def draw(self) -> None:
        """Show what was added since."""
        if len(self._told) == self._shown:
            return
        self._shown = len(self._told)
        first = next((n for n, event in enumerate(self._told) if event["line"]), len(self._told))
        self._said.setText(" ".join(event["source"] for event in self._told[:first]))
        self._said.setVisible(bool(self._said.text()))
        steps = self._told[first:]
        sources = [_source(event) for event in steps]
        room = max((len(text) for text in sources if len(text) <= _WIDEST), default=0)
        lines = [
            f"{source:<{room}}  {_MARK if event['marked'] else ' '} {event['instruction']}".rstrip()
            for source, event in zip(sources, steps, strict=True)
        ]
        marked = {place for place, event in enumerate(steps) if event["marked"]}
        self._text.show_text("\n".join(lines), marked)


def _source(event: dict[str, Any]) -> str:
    """Write a line of source after its number; a sentence on the whole has no number."""
    text = str(event["source"])
    return f"{event['line']:>4}  {text}" if text and event["line"] else text
