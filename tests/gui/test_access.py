"""Whoever sees little, or hears the window: every control has a name, every text a contrast."""

from __future__ import annotations

import itertools
from functools import partial

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QColor
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QTabWidget,
    QTextBrowser,
    QWidget,
)
from pytestqt.qtbot import QtBot

from gui.lab import Lab
from gui.theme import DARK, LIGHT, Colours

_CONTROLS = (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QTextBrowser,
)
_ENOUGH = 4.5  # WCAG 2.2, 1.4.3, level AA
_GROUNDS = ("window", "card", "field", "accent_soft", "warning_soft")
_ON_GROUNDS = ("text", "muted", "error")


def luminance(name: str) -> float:
    """Return the relative luminance of a colour, as WCAG 2.2 defines it."""
    colour = QColor(name)

    def linear(part: float) -> float:
        return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)

    red, green, blue = map(linear, (colour.redF(), colour.greenF(), colour.blueF()))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, bright = sorted((luminance(one), luminance(other)))
    return (bright + 0.05) / (dark + 0.05)


def test_black_on_white_has_the_greatest_contrast() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), [*itertools.product(_ON_GROUNDS, _GROUNDS)])
def test_every_text_can_be_read_on_every_ground(colours: Colours, ink: str, ground: str) -> None:
    assert contrast(getattr(colours, ink), getattr(colours, ground)) >= _ENOUGH


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_what_is_written_on_the_accent_can_be_read(colours: Colours) -> None:
    assert contrast(colours.on_accent, colours.accent) >= _ENOUGH


def said(widget: QWidget) -> str:
    """Return what a screen reader calls a widget."""
    interface = QAccessible.queryAccessibleInterface(widget)
    return interface.text(QAccessible.Text.Name).strip()


def nameless(window: QWidget) -> tuple[int, list[str]]:
    """Count the controls in sight that keys reach, and list those that have no name."""
    controls = [
        widget
        for widget in window.findChildren(QWidget)
        if isinstance(widget, _CONTROLS)
        and widget.isVisible()
        and widget.focusPolicy() is not Qt.FocusPolicy.NoFocus
    ]
    without = [f"{type(one).__name__} {one.objectName()}" for one in controls if not said(one)]
    return len(controls), without


def has_controls(place: QWidget) -> bool:
    return nameless(place)[0] > 0


def test_every_control_of_every_page_has_a_name(lab: Lab, qtbot: QtBot) -> None:
    lab.open()
    qtbot.waitUntil(lambda: lab.runs is not None, timeout=30_000)
    for number in range(lab.window._stack.count()):
        lab.window.show_page(number)
        place = lab.window._stack.widget(number)
        assert place is not None
        qtbot.waitUntil(partial(has_controls, place))  # it is built when it is seen
        tabs = place.findChild(QTabWidget)
        for tab in range(tabs.count() if isinstance(tabs, QTabWidget) else 1):
            if isinstance(tabs, QTabWidget):
                tabs.setCurrentIndex(tab)
            _, without = nameless(lab.window)
            assert not without, f"on page {number}, tab {tab}"


def test_a_control_without_a_name_would_be_found(qtbot: QtBot) -> None:
    host = QWidget()
    qtbot.addWidget(host)
    edit = QLineEdit(host)
    host.show()
    assert nameless(host) == (1, ["QLineEdit "])
    edit.setAccessibleName("Terms")
    assert nameless(host) == (1, [])
