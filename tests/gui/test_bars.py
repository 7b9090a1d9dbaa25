"""Bars of what programs told: their values stand beside them as a person would write them."""

import pytest
from pytestqt.qtbot import QtBot

from core.experiments.base import Bars
from gui.theme import Theme
from gui.views.bars import BarsView


@pytest.mark.parametrize(
    ("unit", "value", "words"),
    [("ms", 1040.0, "1.04 s"), ("µs", 0.0804, "80.4 ns"), ("times", 12.3456, "12.3 times")],
)
def test_a_value_is_told_with_the_unit_that_fits(
    unit: str, value: float, words: str, qtbot: QtBot
) -> None:
    bars = BarsView(Bars("Time", "way", "value", unit), Theme())
    qtbot.addWidget(bars)
    bars.show_rows([{"way": "bridge", "value": value}])
    assert bars.accessibleDescription() == f"bridge: {words}"
