"""What tests of the window share: a theme, pages of experiments, the whole lab."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from pytestqt.qtbot import QtBot

from core.experiments.base import Experiment
from core.results.history.opening import default_folder
from gui.lab import Lab
from gui.theme import Theme
from gui.views.page import ExperimentPage

OpenPage = Callable[..., ExperimentPage]


@pytest.fixture(autouse=True)
def _own_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Give each test settings and a history of its own; Qt asks for its folder only once."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    place = QSettings.Format.IniFormat, QSettings.Scope.UserScope
    QSettings.setPath(*place, str(tmp_path / "config"))
    yield
    QSettings.setPath(*place, os.environ["XDG_CONFIG_HOME"])


@pytest.fixture
def light(qtbot: QtBot) -> Iterator[Theme]:
    """The light theme at its usual size."""
    made = Theme()
    made.choose("light")
    yield made
    made.zoom(0)


@pytest.fixture
def open_page(light: Theme, qtbot: QtBot) -> Iterator[OpenPage]:
    """Open the page of an experiment, with its charts, in the light theme, in the active window.

    They are held until they are closed, as the program holds them. pytest-qt refers to them only
    weakly: once a test has returned, a collection of garbage would delete a page in the middle of
    what its last turn of the event loop runs.
    """
    held: list[ExperimentPage] = []

    def opened(experiment: Experiment, width: int = 1000, height: int = 700) -> ExperimentPage:
        page = ExperimentPage(experiment, light)
        held.append(page)
        qtbot.addWidget(page)
        page.resize(width, height)
        page.show()
        page.finish()
        page.activateWindow()
        qtbot.waitUntil(page.isActiveWindow)
        return page

    yield opened
    held.clear()


@pytest.fixture
def lab(qtbot: QtBot) -> Iterator[Lab]:
    """The whole window, closed when the test is over; not yet opened."""
    made = Lab()
    qtbot.addWidget(made.window)
    yield made
    made.close()
    gc.unfreeze()


@pytest.fixture
def folder() -> Path:
    """The folder of this test's own history."""
    found = default_folder()
    assert found is not None
    return found
