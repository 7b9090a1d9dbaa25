"""Whether the window keeps up with a program that tells 20,000 spans a second.

Each round floods two windows of the lab, one after the other: ours, and one in which each event
crosses the threads by a queued signal of its own. All else is the same program: lab process, pipe,
record, page, and the timeline that is redrawn ten times a second.
"""

from __future__ import annotations

from statistics import median
from typing import Any

from benchmarks import harness
from benchmarks.rows import Row, Target, paired, percentile, spread

RATE = 20_000
GAP = Target(most=50, of="ours")
REACHED = Target(least=0.99)
ALL = Target(least=1, of="ours")
_PEER = "one queued signal each"
_WAYS = ("bridge", "signal")


def measure(quick: bool) -> list[Row]:
    """Flood both windows in turns."""
    rounds, seconds = (1, 3.0) if quick else (5, 8.0)
    got: dict[str, list[dict[str, Any]]] = {way: [] for way in _WAYS}
    with harness.display() as desktop:
        for _ in range(rounds):
            for way in _WAYS:
                timeout_s = 60 + 10 * seconds
                got[way].append(
                    harness.ask(desktop, "events", way, RATE, seconds, timeout_s=timeout_s)
                )
    return _rows(got["bridge"], got["signal"])


def _rows(ours: list[dict[str, Any]], peer: list[dict[str, Any]]) -> list[Row]:
    return [
        Row(
            "events", "rate reached", _median(ours, "rate"), "a second", RATE, "asked for", REACHED
        ),
        _gap("worst", ours, peer, 1.0, GAP),
        _gap("p99", ours, peer, 0.99, None),
        Row(
            "events", "share of what was told that is drawn", min(one["drawn"] for one in ours),
            "", min(one["drawn"] for one in peer), _PEER, ALL,
            note=f"the last {_median(ours, 'behind_s') * 1000:.0f} ms after it was told",
        ),
        Row(
            "events", "memory for each event, record and timeline", _median(ours, "bytes_each"),
            "bytes", _median(peer, "bytes_each"), _PEER,
            note="the record keeps the first 100,000 events",
        ),
    ]  # fmt: skip


def _gap(
    words: str, ours: list[dict[str, Any]], peer: list[dict[str, Any]], share: float, target: Any
) -> Row:
    """Compare the gaps; the worst is the worst of all rounds, ours and theirs."""
    mine = [percentile(one["gaps_ms"], share) for one in ours]
    theirs = [percentile(one["gaps_ms"], share) for one in peer]
    idle = max(percentile(one["idle_ms"], share) for one in ours)
    combine = max if share == 1.0 else median
    return Row(
        "events", f"gap {words}, {RATE:,} events a second", combine(mine), "ms", combine(theirs),
        _PEER, target, f"idle {idle:.0f}; {spread(mine)}", paired(mine, theirs),
    )  # fmt: skip


def _median(answers: list[dict[str, Any]], name: str) -> float:
    return median(float(one[name]) for one in answers)
