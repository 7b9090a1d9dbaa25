"""Jobs that a view wants done elsewhere, done on the spot; turns of the event loop."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QTimer
from pytestqt.qtbot import QtBot


def do_at_once(job: Callable[[], Any], take: Callable[[Any], None]) -> None:
    """Do a job and hand its result over, before `wanted` returns to the view."""
    take(job())


def turns(qtbot: QtBot, owner: QObject, wanted: int) -> None:
    """Let the event loop have its turn so many times; its timer is `owner`'s."""
    timer, seen = QTimer(owner), list[int]()
    timer.timeout.connect(lambda: seen.append(1))
    timer.start(0)
    qtbot.waitUntil(lambda: len(seen) >= wanted)
    timer.stop()
