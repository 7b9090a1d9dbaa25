"""The table of trials: what its cells say."""

from __future__ import annotations

import math

import pytest
from PySide6.QtCore import Qt

from gui.models.trials import TrialTable
from gui.theme import Theme
from tests.core.making import done

_ANSWER = 8


@pytest.mark.parametrize(
    ("value", "said"), [(math.pi, "3.1415926536"), (500.0, "500"), (None, "–")]
)
def test_an_answer_is_written_as_what_it_is(light: Theme, value: float | None, said: str) -> None:
    table = TrialTable(light)
    table.append([done("serial", 1, 1, 1.0, value=value)], [()])
    heading = table.headerData(_ANSWER, Qt.Orientation.Horizontal)
    assert (heading, table.data(table.index(0, _ANSWER))) == ("Answer", said)
