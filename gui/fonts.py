"""The fonts that travel along: for a system that has none, where every letter would be a box."""

from pathlib import Path

from PySide6.QtGui import QFont, QFontDatabase
from PySide6.QtWidgets import QApplication

_FOLDER = Path(__file__).resolve().parents[1] / "resources" / "fonts"
_SANS, _MONO = "DejaVu Sans", "DejaVu Sans Mono"


def ensure_fonts() -> bool:
    """Load our own fonts if the system has none with Latin letters; tell whether it was so.

    GUI thread, once, with an application and before the first widget. Where the system has fonts
    this costs one look at its list, which Qt needs anyway.
    """
    if QFontDatabase.families(QFontDatabase.WritingSystem.Latin):
        return False
    load_fonts()
    QApplication.setFont(QFont(_SANS))
    QFont.insertSubstitutions("monospace", [_MONO])
    return True


def load_fonts() -> list[str]:
    """Add our fonts to the application's, and name their families."""
    families: set[str] = set()
    for file in sorted(_FOLDER.glob("*.ttf")):
        number = QFontDatabase.addApplicationFont(str(file))
        families.update(QFontDatabase.applicationFontFamilies(number))
    return sorted(families)
