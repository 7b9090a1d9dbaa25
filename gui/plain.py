"""Text that is shown as text where Qt would look for HTML: names come from anybody's file."""

from html import escape

from PySide6.QtGui import Qt

_LONG = 100  # letters of a line: as text, Qt wraps none that is narrower than the screen


def plain(text: str) -> str:
    """Make a tooltip of a text: what looks like HTML is seen, and not obeyed; long lines wrap."""
    if not Qt.mightBeRichText(text) and all(len(line) <= _LONG for line in text.splitlines()):
        return text
    return f"<p style='white-space:pre-wrap'>{as_html(text)}</p>"


def as_html(text: str) -> str:
    """Write a text for what always reads HTML, such as pyqtgraph's legends."""
    return escape(text).replace("\n", "<br>")
