"""Bars of what programs told: their values stand beside them as a person would write them."""

from typing import Any

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


def test_what_has_no_figure_has_its_row_and_says_why(qtbot: QtBot) -> None:
    rows: list[dict[str, Any]] = [
        {"way": "bridge", "gap": 20.0, "came_of_it": "π"},
        {"way": "callback touches", "gap": None, "came_of_it": "killed by SIGSEGV"},
    ]
    seen = []
    for why in ("", "came_of_it"):
        bars = BarsView(Bars("Worst gap", "way", "gap", "ms", why), Theme())
        qtbot.addWidget(bars)
        bars.resize(600, 300)
        bars.show_rows(rows)
        seen.append((bars.accessibleDescription(), bars.grab().toImage()))
    assert seen[0][0] == "bridge: 20.0 ms"
    assert seen[1][0] == "bridge: 20.0 ms, callback touches: no figure: killed by SIGSEGV"
    assert seen[0][1] != seen[1][1]


def test_while_no_row_has_a_figure_there_is_no_scale(qtbot: QtBot) -> None:
    bars = BarsView(Bars("Worst gap", "way", "gap", "ms", "why"), Theme())
    qtbot.addWidget(bars)
    bars.show_rows([{"way": "callback touches", "gap": None, "why": "it died"}])
    with qtbot.captureExceptions() as failures:
        bars.grab()
    assert not failures


def test_bars_use_the_height_that_there_is(qtbot: QtBot) -> None:
    theme = Theme()
    bars = BarsView(Bars("Time", "way", "value", "ms"), theme)
    qtbot.addWidget(bars)
    bars.resize(600, 1000)
    bars.show_rows([{"way": f"way {n}", "value": 10.0} for n in range(5)])
    image, colour = bars.grab().toImage(), theme.of_kind("processes").rgb()
    rows = [y for y in range(1000) if image.pixel(200, y) == colour]
    assert rows[0] < 150
    assert rows[-1] > 800
