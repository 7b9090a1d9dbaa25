"""The theme takes the system's light or dark from the palette that it finds."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QImage, QPalette
from PySide6.QtWidgets import QApplication, QCheckBox
from pytestqt.qtbot import QtBot

from gui import theme as theme_module
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


@pytest.mark.parametrize("name", ["Änn Müller's π", 'a "b" (c)', "{d}; #e"])
def test_the_style_holds_wherever_the_program_lies(
    name: str, tmp_path: Path, qtbot: QtBot, palette: QPalette, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The style names pictures by their paths, such as the tick in a box."""
    plain = _ticked_box(qtbot, None)
    theme = Theme()
    theme.choose("light")
    here = _ticked_box(qtbot, theme)
    assert here != plain
    shutil.copytree(theme_module._ICONS, tmp_path / name)
    monkeypatch.setattr(theme_module, "_ICONS", tmp_path / name)
    theme.choose("dark")
    theme.choose("light")
    assert _ticked_box(qtbot, theme) == here


def _ticked_box(qtbot: QtBot, theme: Theme | None) -> QImage:
    box = QCheckBox()
    qtbot.addWidget(box)
    box.setChecked(True)
    if theme is not None:
        theme.dress(box)
    return box.grab().toImage()
