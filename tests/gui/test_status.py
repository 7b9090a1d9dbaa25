"""The strip at the bottom: progress and news, which do not take each other's place."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QLabel, QProgressBar
from pytestqt.qtbot import QtBot

from gui.heartbeat import Heartbeat
from gui.theme import Theme
from gui.views.status import StatusStrip
from tests.gui.finding import find, shown

SAVED = "Saved: /home/x/report.pdf"


@pytest.fixture
def strip(light: Theme, qtbot: QtBot) -> StatusStrip:
    return shown(qtbot, StatusStrip(Heartbeat(), light), 900, 40)


def words(strip: StatusStrip) -> str:
    return find(strip, QLabel, "status-message").text()


def test_news_can_be_read_while_a_run_shows_its_progress(strip: StatusStrip) -> None:
    bar = find(strip, QProgressBar)
    strip.show_progress(3, 20, "about 9 s left")
    strip.show_news(SAVED)
    strip.show_progress(4, 20, "about 8 s left")
    assert (words(strip), bar.isVisible()) == (SAVED, True)
    assert bar.value() / bar.maximum() == 4 / 20
    strip._news.timeout.emit()  # its time is over
    assert (words(strip), bar.isVisible()) == ("Trial 5 of 20", True)


def test_the_bar_goes_on_within_a_trial(strip: StatusStrip) -> None:
    bar = find(strip, QProgressBar)
    strip.show_progress(0.25, 1, "about 9 s left")
    assert (words(strip), bar.value() / bar.maximum()) == ("Running", 0.25)
    strip.show_progress(3.5, 20, "about 9 s left")
    assert (words(strip), bar.value() / bar.maximum()) == ("Trial 4 of 20", 3.5 / 20)


def test_the_end_of_a_run_comes_before_news(strip: StatusStrip, qtbot: QtBot) -> None:
    strip._news.setInterval(10)
    strip.show_progress(3, 20, "about 9 s left")
    strip.show_news(SAVED)
    strip.show_message("Finished")
    assert not strip._news.isActive()
    assert words(strip) == "Finished"


def test_news_stay_where_nothing_runs(strip: StatusStrip) -> None:
    strip.show_message("Ready")
    strip.show_news(SAVED)
    assert not strip._news.isActive()
    assert words(strip) == SAVED
