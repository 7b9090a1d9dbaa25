"""The theme takes the system's light or dark from the palette that it finds."""

from collections.abc import Iterator

import pytest
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication

from gui.theme import Theme


@pytest.fixture
def palette(qapp: QApplication) -> Iterator[QPalette]:
    before = QPalette(qapp.palette())
    yield QPalette(before)
    qapp.setPalette(before)


@pytest.mark.parametrize(("ground", "dark"), [("#202326", True), ("#efefef", False)])
def test_a_choice_of_the_system_is_followed(
    ground: str, dark: bool, palette: QPalette, qapp: QApplication
) -> None:
    palette.setColor(QPalette.ColorRole.Window, QColor(ground))
    qapp.setPalette(palette)
    theme = Theme()
    theme.choose("system")
    assert theme.is_dark is dark
    theme.choose("light")
    assert not theme.is_dark
    theme.choose("system")
    assert theme.is_dark is dark
