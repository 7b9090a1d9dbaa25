"""Whether the window stays alive while eight workers compute on all cores."""

from __future__ import annotations

from benchmarks import harness
from benchmarks.rows import Row, Target, percentile

P99 = Target(most=1.25)
WORST = Target(most=100, of="ours")
_LOADS = (("threads", "8 threads in the lab"), ("processes", "8 processes in the lab"))
_HERE = "8 threads in the window's own process"


def measure(quick: bool) -> list[Row]:
    """Compare the gaps of the same window under each load, in turns, with those when it is idle."""
    rounds, seconds = (2, 3.0) if quick else (6, 5.0)
    with harness.display() as desktop:
        got = harness.ask(desktop, "alive", rounds, seconds, timeout_s=rounds * seconds * 20)
    gaps: dict[str, list[float]] = got["gaps_ms"]
    rows = [_p99(gaps, name, words) for name, words in _LOADS]
    rows += [_worst(gaps, name, words) for name, words in _LOADS]
    rows += [_against(gaps, name, words) for name, words in _LOADS]
    return rows


def _p99(gaps: dict[str, list[float]], name: str, words: str) -> Row:
    ours, idle = percentile(gaps[name], 0.99), percentile(gaps["idle"], 0.99)
    note = f"p50 {_p50(gaps, name)}, idle {_p50(gaps, 'idle')}; {len(gaps[name])} gaps"
    return Row("alive", f"gap p99, {words}", ours, "ms", idle, "idle", P99, note)


def _worst(gaps: dict[str, list[float]], name: str, words: str) -> Row:
    return Row(
        "alive", f"gap worst, {words}", max(gaps[name]), "ms", max(gaps["idle"]), "idle", WORST
    )


def _against(gaps: dict[str, list[float]], name: str, words: str) -> Row:
    ours, here = percentile(gaps[name], 0.99), percentile(gaps["here"], 0.99)
    note = f"there p50 {_p50(gaps, 'here')}, worst {max(gaps['here']):.0f}"
    return Row("alive", f"gap p99, {words}", ours, "ms", here, _HERE, None, note)


def _p50(gaps: dict[str, list[float]], name: str) -> str:
    return f"{percentile(gaps[name], 0.5):.0f}"
