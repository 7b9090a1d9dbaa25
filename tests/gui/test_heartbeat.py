"""The window's pulse sees how long the event loop was held up, at rest and during a run."""

from time import perf_counter

import pytest
from pytestqt.qtbot import QtBot

from gui import heartbeat
from gui.heartbeat import AT_REST_MS, PERIOD_MS, Heartbeat

HELD_S = 0.3


@pytest.mark.parametrize("closely", [False, True])
def test_a_block_is_seen_with_its_length(closely: bool, qtbot: QtBot) -> None:
    pulse = Heartbeat()
    pulse.start(closely)
    qtbot.waitUntil(lambda: len(pulse.history) > 0)
    began = perf_counter()
    while perf_counter() - began < HELD_S:
        pass
    held, seen = perf_counter() - began, len(pulse.history)
    qtbot.waitUntil(lambda: len(pulse.history) > seen + 1)
    longest_period = (PERIOD_MS if closely else AT_REST_MS) / 1000
    assert max(pulse.history) >= held - longest_period


def test_another_pace_is_not_taken_for_a_late_beat(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr(heartbeat, "perf_counter", lambda: now[0])
    pulse = Heartbeat()  # nothing lets it beat by itself here
    pulse.start(closely=True)
    now[0] += HELD_S
    pulse.start()
    now[0] += AT_REST_MS / 1000
    pulse._beat()
    assert list(pulse.history) == [pytest.approx(0.0)]
    now[0] += AT_REST_MS / 1000 + HELD_S
    pulse._beat()
    assert list(pulse.history)[1:] == [pytest.approx(HELD_S)]
