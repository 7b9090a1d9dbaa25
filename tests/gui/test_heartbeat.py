"""The window's pulse sees how long the event loop was held up, at rest and during a run."""

from time import perf_counter

import pytest
from pytestqt.qtbot import QtBot

from gui.heartbeat import AT_REST_MS, PERIOD_MS, Heartbeat

HELD_S = 0.3


@pytest.mark.parametrize("closely", [False, True])
def test_a_block_is_seen_with_its_length(closely: bool, qtbot: QtBot) -> None:
    heartbeat = Heartbeat()
    heartbeat.start(closely)
    qtbot.waitUntil(lambda: len(heartbeat.history) > 0)
    began = perf_counter()
    while perf_counter() - began < HELD_S:
        pass
    held, seen = perf_counter() - began, len(heartbeat.history)
    qtbot.waitUntil(lambda: len(heartbeat.history) > seen + 1)
    longest_period = (PERIOD_MS if closely else AT_REST_MS) / 1000
    assert max(heartbeat.history) >= held - longest_period


def test_another_pace_is_not_taken_for_a_late_beat(qtbot: QtBot) -> None:
    heartbeat = Heartbeat()
    heartbeat.start(closely=True)
    qtbot.waitUntil(lambda: len(heartbeat.history) > 0)
    before = len(heartbeat.history)
    began = perf_counter()
    while perf_counter() - began < HELD_S:
        pass
    heartbeat.start()
    qtbot.waitUntil(lambda: len(heartbeat.history) > before + 1)
    assert max(list(heartbeat.history)[before:]) < HELD_S
