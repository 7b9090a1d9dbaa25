"""The window's part of the self-test, in a process of its own: what breaks here breaks no more.

It opens the real window, on the display that there is or on none, waits until it has painted, and
looks at the picture. Checks go to standard output as JSON, for `core.selftest`.
"""

import gc
import os
import sys
import time
from functools import partial
from typing import TYPE_CHECKING

from gui.display import display_problem

if TYPE_CHECKING:
    from PySide6.QtGui import QFont, QImage

    from core.checks import Check

_LIMIT_S = 30.0
_NOWHERE = "\u0378"  # no letter has this number, so a font draws what it draws for lack of one
_LETTERS = "AaBgQ019%πµσ×±√≈→…–“”éßłя"
_SIZE = 48


def main() -> int:
    """Try everything in the GUI thread and print the checks; the exit code is 0 in any case."""
    import msgspec

    problem = display_problem()
    if problem and not _is_headless():
        _hand_over([_failure("display", problem)], msgspec.json.encode)
        return 0
    if problem:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    _hand_over(_checks(problem), msgspec.json.encode)
    return 0


def _is_headless() -> bool:
    """Tell whether there is no display at all: then Qt paints into memory."""
    return not os.environ.get("DISPLAY") and not os.environ.get("WAYLAND_DISPLAY")


def _failure(name: str, said: str) -> "Check":
    from core.checks import Check

    return Check(name, "failed", said, 0.0)


def _hand_over(checks: "list[Check]", encode: object) -> None:
    assert callable(encode)
    sys.stdout.buffer.write(encode(checks))
    sys.stdout.buffer.flush()


def _checks(problem: str) -> "list[Check]":
    from PySide6.QtCore import QSettings, qVersion
    from PySide6.QtWidgets import QApplication

    from core.selftest import attempt
    from gui.fonts import ensure_fonts, load_fonts

    if folder := os.environ.get("FUTURES_LAB_SETTINGS"):
        scope = QSettings.Scope.UserScope
        QSettings.setPath(QSettings.Format.IniFormat, scope, folder)
    QApplication.setStyle("Fusion")
    app = QApplication(sys.argv[:1])
    ours = ensure_fonts()

    def display() -> str:
        where = "no display, so painted into memory" if problem else app.platformName()
        return f"Qt {qVersion()}, {where}"

    def fonts() -> str:
        families = load_fonts()
        if len(families) < 2:
            raise FileNotFoundError(f"our own fonts cannot be loaded, but {families}")
        used = "ours are used: the system has none" if ours else "the system's are used"
        return f"{', '.join(families)} can be loaded; {used}"

    found = [
        attempt("display", display),
        attempt("window", _window),
        attempt("letters", partial(_letters, False)),
        attempt("letters of code", partial(_letters, True)),
        attempt("pictures", _pictures),
        attempt("fonts", fonts),
    ]
    app.quit()
    return found


def _window() -> str:
    """Open the lab's window, wait until charts and all are there, and look at it."""
    from PySide6.QtCore import QCoreApplication, QEventLoop

    from gui.lab import Lab
    from gui.painted import when_painted

    began = time.perf_counter()
    painted: list[float] = []
    lab = Lab()
    try:
        lab.open()
        when_painted(lab.window, lambda: painted.append(time.perf_counter() - began))
        while not painted or lab.runs is None:
            if time.perf_counter() - began > _LIMIT_S:
                raise TimeoutError(f"nothing was painted within {_LIMIT_S:g} s")
            QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 50)
        picture = lab.window.grab().toImage()
    finally:
        lab.close()
        lab.window.close()
        gc.enable()
    colours = len(_colours(picture))
    if colours < 3:
        raise RuntimeError(f"the window's picture has only {colours} colours")
    size = f"{picture.width()}x{picture.height()}"
    return f"painted {painted[0] * 1000:.0f} ms after its code began, {size}, {colours} colours"


def _colours(picture: "QImage") -> set[int]:
    step = 3
    return {
        picture.pixel(x, y)
        for x in range(0, picture.width(), step)
        for y in range(0, picture.height(), step)
    }


def _letters(code: bool) -> str:
    """Draw each letter: they must differ from one another, and from what is drawn for lack."""
    from PySide6.QtGui import QFontInfo
    from PySide6.QtWidgets import QApplication

    from gui.theme import Theme

    theme = Theme()
    font = theme.mono() if code else QApplication.font()
    drawn = {letter: _drawn(letter, font) for letter in _LETTERS}
    boxes = [letter for letter in _LETTERS if drawn[letter] == _drawn(_NOWHERE, font)]
    empty = [letter for letter in _LETTERS if drawn[letter] == _drawn(" ", font)]
    name = QFontInfo(font).family()
    if boxes or empty or len(set(drawn.values())) < len(_LETTERS):
        wrong = "".join(boxes or empty) or "some are the same"
        raise RuntimeError(f"{name or 'no font'} cannot draw all letters: {wrong}")
    return f"{len(_LETTERS)} letters of {name} differ, and none is a box"


def _drawn(letter: str, font: "QFont") -> bytes:
    from PySide6.QtCore import Qt
    from PySide6.QtGui import QImage, QPainter

    image = QImage(_SIZE, _SIZE, QImage.Format.Format_Grayscale8)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    painter.setFont(font)
    painter.drawText(image.rect(), Qt.AlignmentFlag.AlignCenter, letter)
    painter.end()
    return bytes(image.constBits())


def _pictures() -> str:
    """Draw every icon by Qt's plugin for SVG, which travels as a file of its own."""
    from pathlib import Path

    from PySide6.QtGui import QIcon

    files = sorted((Path(__file__).resolve().parents[1] / "resources" / "icons").glob("*.svg"))
    for file in files:
        if len(_colours(QIcon(str(file)).pixmap(_SIZE, _SIZE).toImage())) < 2:
            raise RuntimeError(f"{file} was drawn empty")
    if not files:
        raise FileNotFoundError("there are no icons: install again")
    return f"{len(files)} icons drawn"
