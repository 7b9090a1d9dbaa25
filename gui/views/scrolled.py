"""What scrolls when it does not fit, and how a part of it is brought into sight."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget


def scroll_to(area: QScrollArea, part: QWidget) -> None:
    """Scroll till a part of what is in it stands at the top, as far as there is more below it."""
    area.verticalScrollBar().setValue(part.y())


def scrolled(widget: QWidget) -> QScrollArea:
    """Let a widget scroll when it does not fit, as on a projector with large type."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # it follows the focus of what is in it
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidget(widget)
    return area
