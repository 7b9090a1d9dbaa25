"""Jobs that a view wants done elsewhere, done on the spot."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def do_at_once(job: Callable[[], Any], take: Callable[[Any], None]) -> None:
    """Do a job and hand its result over, before `wanted` returns to the view."""
    take(job())
