"""The timeline's figures as rows; `benchmarks.timeline` takes them, in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

from benchmarks.rows import Row

_MOST_S = 1200


def measure(quick: bool) -> list[Row]:
    """Run `python -m benchmarks.timeline`, which knows no short cut, offscreen."""
    if quick:
        return [Row("timeline", "not measured", note="takes minutes: leave out --quick")]
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.timeline", "--json"],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=_MOST_S,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"benchmarks.timeline ended with {done.returncode}: {done.stderr}")
    figures: dict[str, Any] = json.loads(done.stdout)
    return [row for name in figures if name.endswith("lanes") for row in _frames(figures, name)] + [
        _live(figures["live"], name) for name in figures["live"] if name.startswith("gap, ")
    ]


def _frames(figures: dict[str, Any], lanes: str) -> list[Row]:
    frame = figures[lanes]["frame"]
    ours = frame["timeline"]
    return [
        Row(
            "timeline",
            f"frame, median, {figures['tasks']:,} tasks on {lanes}",
            ours["median"],
            "ms",
            frame[peer]["median"],
            f"BarGraphItem, {peer}",
            note=f"p99 {ours['p99']:.0f}, worst {ours['worst']:.0f}",
        )
        for peer in frame
        if peer != "timeline"
    ]


def _live(live: dict[str, Any], name: str) -> Row:
    ours, idle = live[name], live["gap, an idle window"]
    what = f"{name.replace('gap,', 'gap p99, live')}, {live['rate per s']:,} spans a second"
    note = f"worst {ours['worst']:.0f}"
    return Row("timeline", what, ours["p99"], "ms", idle["p99"], "an idle window", note=note)
