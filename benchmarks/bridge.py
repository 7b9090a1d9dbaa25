"""How fast the bridge carries finished futures to the GUI thread, beside other ways of doing it.

Every way runs in a process of its own, in turns, in a window on a display. All futures are made
and watched beforehand; the clock runs from the moment at which their producers are let go (one
thread, or a pool of threads) to the return of the last call of the slot. The peers get the kindest
use that they have: one signal, one watcher or one wrapped future for each; superqt's generators and
QRunnables, which bring no futures, yield or emit at once, with no work before it. Orange's watcher
runs over PySide6, as everything else here; over PyQt6, which it is made for, it was seen to be one
and a half times as fast, far from the best peer all the same.

The limit is the least that reaches a GUI thread at all: `SimpleQueue.put` itself as done-callback,
and a timer of 0 ms that takes off what is there. A plain thread in the GUI's place is shown, too,
which is no target: nothing of it arrives where a window could show it.
"""

from __future__ import annotations

from statistics import median
from typing import Any

from benchmarks import harness
from benchmarks.rows import Row, Target, paired, spread
from tests.realwindow import Desktop

OURS, LIMIT, THREAD = "bridge", "queue to timer", "queue to thread"
PEERS = {
    "queued signal": "one queued signal each",
    "Orange": "Orange's FutureWatcher, over PySide6",
    "superqt": "superqt's create_worker",
    "QRunnable": "QThreadPool + QRunnable",
    "qasync": "qasync",
    "QtAsyncio": "QtAsyncio",
}
LIMITS = {LIMIT: "SimpleQueue to a 0 ms timer", THREAD: "SimpleQueue to a plain thread"}
RATE = Target(least=3)
OF_LIMIT = Target(least=0.75)
GAP = Target(most=33, of="ours")
CLICK = Target(most=100, of="ours")
_POOL = 4
_BUSY_US = 50
_SLOW_S = 5.0

Answers = dict[str, list[dict[str, Any]]]


def measure(quick: bool) -> list[Row]:
    """Carry a flood in every way, from one thread and from a pool, to a free and to a busy slot."""
    count, cap_s, rounds = (20_000, 5.0, 1) if quick else (100_000, 20.0, 9)
    rows: list[Row] = []
    with harness.display() as desktop:
        for workers in (1, _POOL):
            for busy_us in (0, _BUSY_US):
                often = rounds if not busy_us else min(rounds, 2)
                flood = _Flood(desktop, workers, count, busy_us, cap_s)
                rows += _rows(flood, flood.in_turns(often))
    return rows


class _Flood:
    """One kind of flood, and how each way carries it."""

    def __init__(
        self, desktop: Desktop, workers: int, count: int, busy_us: int, cap_s: float
    ) -> None:
        self.count = count
        self.busy_us = busy_us
        self.missing: dict[str, str] = {}
        self._desktop = desktop
        self._arguments = (workers, count, busy_us, cap_s, int(busy_us > 0))
        self._cap_s = cap_s
        self.name = (
            f"{'one thread' if workers == 1 else f'a pool of {workers} threads'}, "
            f"{f'slot of {busy_us} µs' if busy_us else 'free slot'}"
        )

    def in_turns(self, rounds: int) -> Answers:
        """Measure all ways, round after round; those that are slow anyway only once."""
        answers: Answers = {}
        for number in range(rounds):
            for way in (OURS, *LIMITS, *PEERS):
                if number and (way not in answers or self._is_slow(answers[way][0])):
                    continue
                try:
                    answer = harness.ask(
                        self._desktop, "carry", way, *self._arguments, timeout_s=self._cap_s + 60
                    )
                except harness.NotMeasured as reason:
                    self.missing[way] = str(reason)
                except (RuntimeError, TimeoutError) as error:
                    self.missing[way] = f"gave no answer: {error}"[:200]
                else:
                    answers.setdefault(way, []).append(answer)
        return answers

    def _is_slow(self, answer: dict[str, Any]) -> bool:
        own_s = answer["delivered"] * self.busy_us / 1e6
        took_s = answer["delivered"] / max(answer["rate"], 1e-9)
        return bool(took_s - own_s > _SLOW_S or answer["delivered"] < self.count)


def _rows(flood: _Flood, answers: Answers) -> list[Row]:
    rows: list[Row] = []
    found = [way for way in PEERS if way in answers]
    best = max(found, key=lambda way: _rate(answers[way]), default=None)
    for way, words in PEERS.items():
        if way not in answers:
            rows.append(Row("bridge", f"{flood.name}: {words}", note=flood.missing[way]))
            continue
        target = RATE if way == best and not flood.busy_us else None
        rows.append(_rate_row(flood, answers, way, words, target))
    for way, words in LIMITS.items():
        if way in answers:
            target = OF_LIMIT if way == LIMIT else None
            rows.append(_rate_row(flood, answers, way, words, target))
    rows.append(_gap_row(flood, answers, best))
    if flood.busy_us:
        rows += _click_rows(flood, answers, found)
    return rows


def _rate_row(flood: _Flood, answers: Answers, way: str, words: str, target: Target | None) -> Row:
    ours, theirs = _rates(answers[OURS]), _rates(answers[way])
    both = min(len(ours), len(theirs))
    short = answers[way][0]["delivered"]
    note = f"delivered {short} of {flood.count}; " if short < flood.count else ""
    note += f"gap there {_gap(answers[way]):.0f} ms"
    if both > 1:
        ratios = [a / b for a, b in zip(ours[:both], theirs[:both], strict=True)]
        note += f"; {spread(ratios)}"
    return Row(
        "bridge",
        f"rate, {flood.name}",
        median(ours),
        "/s",
        median(theirs),
        words,
        target,
        note,
        paired(ours[:both], theirs[:both]),
    )


def _gap_row(flood: _Flood, answers: Answers, best: str | None) -> Row:
    gaps = [answer["gap_ms"] for answer in answers[OURS]]
    beside = _gap(answers[best]) if best else None
    words = PEERS[best] if best else ""
    note = f"of {len(gaps)} runs, median {median(gaps):.0f}"
    return Row("bridge", f"worst gap, {flood.name}", max(gaps), "ms", beside, words, GAP, note)


def _click_rows(flood: _Flood, answers: Answers, peers: list[str]) -> list[Row]:
    """Say how late a real click came during the flood, beside the calm before and the best peer."""
    ours, calm = _clicks(answers[OURS], "flood_ms"), _clicks(answers[OURS], "calm_ms")
    if not ours or not calm:
        return [Row("bridge", f"click, {flood.name}", note="no click came during the flood")]
    theirs = {way: max(_clicks(answers[way], "flood_ms"), default=None) for way in peers}
    worst = {PEERS[way]: late for way, late in theirs.items() if late is not None}
    note = "; ".join(f"{words} {late:.0f}" for words, late in worst.items())
    best = min(worst, key=worst.__getitem__, default="")
    what, count = f"click, {flood.name}", f"of {len(ours)} clicks"
    return [
        Row("bridge", f"median {what}", median(ours), "ms", median(calm), "calm", note=count),
        Row("bridge", f"worst {what}", max(ours), "ms", max(calm), "calm", CLICK, count),
        Row("bridge", f"worst {what}", max(ours), "ms", worst.get(best), best, note=note),
    ]


def _rates(answers: list[dict[str, Any]]) -> list[float]:
    return [answer["rate"] for answer in answers]


def _rate(answers: list[dict[str, Any]]) -> float:
    return median(_rates(answers))


def _gap(answers: list[dict[str, Any]]) -> float:
    return max(float(answer["gap_ms"]) for answer in answers)


def _clicks(answers: list[dict[str, Any]], when: str) -> list[float]:
    return [late for answer in answers for late in answer[when]]
