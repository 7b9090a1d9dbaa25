"""What tests of views share: a theme, and runs of a sweep with known times."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from gui.theme import Theme


@pytest.fixture
def light(qtbot: QtBot) -> Iterator[Theme]:
    """The light theme at its usual size."""
    made = Theme()
    made.choose("light")
    yield made
    made.zoom(0)
