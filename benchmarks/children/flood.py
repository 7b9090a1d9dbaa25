"""A job for the lab process that tells very much: spans at a steady rate. Standard library only."""

from __future__ import annotations

import time
from typing import Any

from core.lab.events import Emit, emits

LANES = 4


@emits
def flood(emit: Emit, rate: int, seconds: float) -> dict[str, Any]:
    """Tell `rate` spans a second, as a program would, for so long; return how it went.

    A lab process that cannot keep up with the rate sends as fast as it can.
    """
    count, sent = int(rate * seconds), 0
    began = time.perf_counter()
    while sent < count:
        now = time.perf_counter() - began
        for number in range(sent, min(count, int(now * rate))):
            start = number / rate
            emit(
                {
                    "kind": "span",
                    "t": time.perf_counter() - began,
                    "lane": f"worker {number % LANES + 1}",
                    "start": start,
                    "end": start + 0.9 * LANES / rate,
                    "label": f"task {number % 100}",
                    "state": "task",
                }
            )
        sent = max(sent, min(count, int(now * rate)))
        time.sleep(0.001)
    return {"work_s": time.perf_counter() - began}
