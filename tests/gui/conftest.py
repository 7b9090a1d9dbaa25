"""What tests of views share: a theme, and the pages of experiments."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from pytestqt.qtbot import QtBot

from core.experiments.base import Experiment
from gui.theme import Theme
from gui.views.page import ExperimentPage

OpenPage = Callable[..., ExperimentPage]


@pytest.fixture
def light(qtbot: QtBot) -> Iterator[Theme]:
    """The light theme at its usual size."""
    made = Theme()
    made.choose("light")
    yield made
    made.zoom(0)


@pytest.fixture
def open_page(light: Theme, qtbot: QtBot) -> OpenPage:
    """Open the page of an experiment, with its charts, in the light theme."""

    def opened(experiment: Experiment, width: int = 1000, height: int = 700) -> ExperimentPage:
        page = ExperimentPage(experiment, light)
        qtbot.addWidget(page)
        page.resize(width, height)
        page.show()
        page.finish()
        qtbot.waitUntil(page.isVisible)
        return page

    return opened
