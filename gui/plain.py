"""Text that is shown as text where Qt would look for HTML: names come from anybody's file."""

from html import escape

from PySide6.QtGui import Qt


def plain(text: str) -> str:
    """Make a tooltip, or a label, of a text: what looks like HTML is seen, and not obeyed."""
    if not Qt.mightBeRichText(text):
        return text
    return f"<p style='white-space:pre-wrap'>{as_html(text)}</p>"


def as_html(text: str) -> str:
    """Write a text for what always reads HTML, such as pyqtgraph's legends."""
    return escape(text).replace("\n", "<br>")
