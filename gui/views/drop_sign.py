"""What is seen over the window while files are dragged over it."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QLabel, QWidget

from gui.theme import Theme

_EDGE = 12
_SOLID = 225  # of 255: what is under it shimmers through


class DropSign(QLabel):
    """Covers its parent while something that can be opened is held over it. GUI thread."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__("Drop to open", parent)
        self._theme = theme
        self.setObjectName("drop-sign")
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def cover(self) -> None:
        """Show it over all of the window."""
        window = self.parentWidget()
        assert window is not None
        colours, edge = self._theme.colours, self._theme.px(_EDGE)
        ground = QColor(colours.accent_soft)
        ground.setAlpha(_SOLID)
        fill = ground.name(QColor.NameFormat.HexArgb)
        self.setStyleSheet(
            f"QLabel {{ background: {fill}; color: {colours.text}; border-radius: {edge}px;"
            f" border: {edge // 4}px dashed {colours.accent}; }}"
        )
        self.setFont(self._theme.font(1.6, bold=True))
        self.setGeometry(window.rect().adjusted(edge, edge, -edge, -edge))
        self.raise_()
        self.show()
