"""The fonts that travel along: for a system that has none, where every letter would be a box."""

from pathlib import Path

from PySide6.QtGui import QFont, QFontDatabase, QFontInfo
from PySide6.QtWidgets import QApplication

_FOLDER = Path(__file__).resolve().parents[1] / "resources" / "fonts"
_SANS, _MONO = "DejaVu Sans", "DejaVu Sans Mono"


def ensure_fonts() -> bool:
    """Load our own fonts if the system has none that draws letters; tell whether it was so.

    GUI thread, once, with an application and before the first widget. Where the system has fonts
    this only opens the one that the first widget needs. What draws boxes has no family; Qt's list
    of families would not tell, nor does asking for letters: it has "Sans Serif", and all letters.
    """
    if QFontInfo(QApplication.font()).family():
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
