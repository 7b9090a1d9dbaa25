"""The window as a person meets it first: in stages, with keys that come too soon, closed early."""

import gc
from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui.lab import Lab


@pytest.fixture
def lab(qtbot: QtBot) -> Iterator[Lab]:
    made = Lab()
    qtbot.addWidget(made.window)
    yield made
    made.close()
    gc.unfreeze()


def test_a_key_for_run_that_comes_before_the_first_page_does_nothing(
    lab: Lab, qtbot: QtBot
) -> None:
    with qtbot.captureExceptions() as failures:
        lab.open()
        lab.window.run_triggered.emit()
        lab.window.stop_triggered.emit()
    assert not failures
    qtbot.waitUntil(lambda: lab.runs is not None, timeout=30_000)


def test_a_page_chosen_before_the_first_one_is_there_is_the_one_that_is_built(
    lab: Lab, qtbot: QtBot
) -> None:
    lab.open()
    lab.window._nav.setCurrentRow(3)
    qtbot.waitUntil(lambda: lab.runs is not None, timeout=30_000)
    assert list(lab._pages) == [3]
    assert lab._pages[3].is_finished


def test_a_window_that_was_closed_before_its_first_paint_builds_nothing(
    lab: Lab, qtbot: QtBot
) -> None:
    lab.open()
    lab.window.close()
    for _ in range(20):
        QApplication.processEvents()
    assert not lab._pages
    assert lab.runs is None
