"""The timeline's figures as rows; `benchmarks.timeline` takes them, in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

from benchmarks.rows import Row, Target

_MOST_S = 1200
_SIXTY_A_SECOND = Target(most=1000 / 60, of="ours")
_BUILD = Target(most=100, of="ours")
_BYTES_BUILT, _BYTES_GROWN = Target(most=1.5), Target(most=64, of="ours")  # grown has spare room
_NO_GAP = Target(most=50, of="ours")


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
    return rows(json.loads(done.stdout))


def rows(figures: dict[str, Any]) -> list[Row]:
    """Make rows of what `benchmarks.timeline` has measured, with what was asked for."""
    of_lanes = [name for name in figures if name.endswith("lanes")]
    live = figures["live"]
    return [
        *(row for lanes in of_lanes for row in _frames(figures, lanes)),
        *(row for lanes in of_lanes for row in _making(figures, lanes)),
        *(row for name in live if name.startswith("gap, ") for row in _live(live, name)),
        _bytes("grown live", live["bytes per task, grown"]),
    ]


def _frames(figures: dict[str, Any], lanes: str) -> list[Row]:
    frame = figures[lanes]["frame"]
    ours = frame["timeline"]
    many = _many(figures, lanes)
    return [
        Row("timeline", f"frame, worst, {many}", ours["worst"], "ms", target=_SIXTY_A_SECOND),
        *(
            Row(
                "timeline",
                f"frame, median, {many}",
                ours["median"],
                "ms",
                frame[peer]["median"],
                f"BarGraphItem, {peer}",
                note=f"p99 {ours['p99']:.0f}, worst {ours['worst']:.0f}",
            )
            for peer in frame
            if peer != "timeline"
        ),
    ]


def _making(figures: dict[str, Any], lanes: str) -> list[Row]:
    many, build = _many(figures, lanes), figures[lanes]["build"]
    return [
        Row(
            "timeline",
            f"build, median, {many}",
            build["timeline"]["median"],
            "ms",
            build["one brush"]["median"],
            "BarGraphItem, one brush",
            _BUILD,
            f"worst {build['timeline']['worst']:.0f}",
        ),
        _bytes(
            many, figures[lanes]["bytes per task"], figures[lanes]["bytes per task, as they came"]
        ),
    ]


def _many(figures: dict[str, Any], lanes: str) -> str:
    return f"{figures['tasks']:,} tasks on {lanes}"


def _bytes(what: str, ours: float, came: float | None = None) -> Row:
    peer = "lane, start, end as they came" if came else ""
    target = _BYTES_BUILT if came else _BYTES_GROWN
    return Row("timeline", f"memory per task, {what}", ours, "bytes", came, peer, target)


def _live(live: dict[str, Any], name: str) -> list[Row]:
    ours, idle = live[name], live["gap, an idle window"]
    what = f"{name.replace('gap,', 'gap p99, live')}, {live['rate per s']:,} spans a second"
    note = f"worst {ours['worst']:.0f}"
    found = [Row("timeline", what, ours["p99"], "ms", idle["p99"], "an idle window", note=note)]
    if ours is not idle:
        what = what.replace("p99", "worst", 1)
        found.append(Row("timeline", what, ours["worst"], "ms", target=_NO_GAP))
    return found
