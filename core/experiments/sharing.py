"""What sharing a counter costs: with a lock between threads, in shared memory, by a manager."""

from __future__ import annotations

import random
from dataclasses import replace
from statistics import median
from typing import TYPE_CHECKING

from core.experiments.base import Bars, Code, Experiment, Machine, Rows, Summary, Trial, performed
from core.experiments.common import increments, repeats, workers
from core.experiments.programs import script
from core.lab.told import number, one_of, positive
from core.parameters import Choices, Option, Values
from core.results.statistics import seconds

if TYPE_CHECKING:
    from core.results.records import RunRecord, RunStatus

_MARKS = ("with lock:", "threading.Lock()", "multiprocessing.Value(", "multiprocessing.Manager()")
_SECONDS_EACH = {"nothing": 1e-7, "Lock": 4e-7, "Value": 2e-6, "Manager": 1.5e-4}
_START_UP_S = {"nothing": 0.05, "Lock": 0.03, "Value": 0.05, "Manager": 0.08}
_START_EACH_S = 0.1  # of processes, but for fork
_NAMES = {
    "nothing": "nothing shared",
    "Lock": "a Lock",
    "Value": "a shared Value",
    "Manager": "a manager",
}
_THE_BOOKS = 10  # “more than ten times as long”
_PROVISIONAL_BELOW = 5
_EMPTY = "Each way appears here in each repeat: how long it took, and one increment."


def _settings(values: Values) -> dict[str, object]:
    return {name: values[name] for name in ("workers", "increments", "ways", "repeats")}


def _plan(values: Values, machine: Machine | None) -> tuple[Trial, ...]:
    """Make a block for each repeat: every way once, from the second block on in random order."""
    order = random.Random(1)
    ways = list(values["ways"])
    trials: list[Trial] = []
    for block in range(1, values["repeats"] + 1):
        for way in ways:
            trials.append(_trial(values, way, block, len(trials) + 1, machine))
        order.shuffle(ways)
    return tuple(trials)


def _trial(values: Values, way: str, block: int, order: int, machine: Machine | None) -> Trial:
    executor = "threads" if way == "Lock" else "processes"
    expected_s = values["workers"] * values["increments"] * _SECONDS_EACH[way] + _START_UP_S[way]
    if executor == "processes" and machine is not None and machine.start_method != "fork":
        expected_s += values["workers"] * _START_EACH_S
    trial = performed(
        "sharing",
        _settings(values) | {"ways": (way,), "repeats": 1},
        f"{way}, {values['workers']} {executor}",
        executor=executor,
        workers=values["workers"],
        order=order,
        expected_s=expected_s,
        limit_s=60.0 + 5 * expected_s,
    )
    return replace(trial, block=block)


def _code(values: Values) -> Code:
    return script("sharing", _settings(values), _MARKS)


def _summary(record: RunRecord) -> Summary:
    costs = _costs(record)
    if not costs:
        return Summary()
    ratios = [
        cost / costs["Value"][block]
        for block, cost in costs.get("Manager", {}).items()
        if block in costs.get("Value", {})
    ]
    each = {way: median(blocks.values()) for way, blocks in costs.items()}
    ways = [way for way in _NAMES if way in each]
    listed = ", ".join(f"{_NAMES[way]} {_time(each[way])}" for way in ways)
    details = (*_span(ratios, each, record.status), f"One increment: {listed}.", *_wrong(record))
    repeats = max(map(len, costs.values()))
    if repeats < _PROVISIONAL_BELOW:
        times = "1 repeat" if repeats == 1 else f"{repeats} repeats"
        details += (f"Provisional: only {times}, {_PROVISIONAL_BELOW} or more can be trusted.",)
    if ratios:
        headline = f"The manager takes {_times(median(ratios))} as long as the shared Value"
    else:
        headline = f"One increment takes {_time(each[ways[0]])} with {_NAMES[ways[0]]}"
    return Summary((headline,), details)


def _costs(record: RunRecord) -> dict[str, dict[int, float]]:
    """Return the microseconds of one increment, by way and block."""
    costs: dict[str, dict[int, float]] = {}
    for trial in record.trials:
        for row in trial.rows:
            costs.setdefault(row["way"], {})[trial.block] = row["per_increment_us"]
    return costs


def _span(ratios: list[float], each: dict[str, float], status: RunStatus) -> tuple[str, ...]:
    """Say what the headline's figure is, for whoever divides the bars too, and judge the claim."""
    if not ratios and status == "running":  # there may be some to come
        return ()
    if not ratios:
        return ("The book's “more than ten times” was not checked: it takes Value and Manager.",)
    held = sum(ratio > _THE_BOOKS for ratio in ratios)
    if held == len(ratios):
        verdict = "the book's “more than ten times as long” held here"
    elif not held:
        verdict = "the book's “more than ten times as long” did not hold here"
    else:
        verdict = f"the book's “more than ten times as long” held in {held} of {len(ratios)}"
    if len(ratios) == 1:
        return (f"{_times(ratios[0])}, measured once: {verdict}.",)
    low, high = _number(min(ratios)), _number(max(ratios))
    bars = _number(each["Manager"] / each["Value"])
    return (
        f"The median of the ratios within {len(ratios)} repeats, {low} to {high}; the bars"
        f" themselves give {bars}: {verdict}.",
    )


def _wrong(record: RunRecord) -> tuple[str, ...]:
    rows = [row for trial in record.trials for row in trial.rows]
    wrong = sum(row["total"] != row["expected"] for row in rows)
    return (f"{wrong} of {len(rows)} totals are wrong: do not trust this run.",) if wrong else ()


def _number(ratio: float) -> str:
    return f"{ratio:.0f}" if ratio >= 20 else f"{ratio:.1f}"


def _times(ratio: float) -> str:
    return f"{_number(ratio)} times"


def _time(us: float) -> str:
    return seconds(us / 1e6)


EXPERIMENT = Experiment(
    name="sharing",
    title="Cost of sharing",
    question="What does it cost to share a counter?",
    parameters=(
        Choices(
            name="ways",
            label="Share",
            help="What the workers share, and how. Value and Manager together check the book's"
            " “more than ten times as long”.",
            default=("nothing", "Lock", "Value", "Manager"),
            options=(
                Option(
                    "nothing",
                    "Nothing",
                    "Processes: each counts alone, and the sum is made at the end.",
                ),
                Option(
                    "Lock",
                    "Lock",
                    "Threads: they share every object, a plain counter and a threading.Lock.",
                ),
                Option(
                    "Value",
                    "Value",
                    "Processes: shared memory with a lock, which the initializer hands over.",
                ),
                Option(
                    "Manager",
                    "Manager",
                    "Processes: one more process has the value and the lock; the others ask it.",
                ),
            ),
        ),
        workers(2, 8, "How many add at the same time."),
        increments(
            100_000,
            "How often each worker adds one. With a manager each one asks another process four"
            " times: 100 000 take a while.",
        ),
        repeats(
            5,
            "Each repeat runs every way once, from the second on in random order, and the"
            " ratio is taken within a repeat. Five or more can be trusted.",
            "Every repeat in random order.",
        ),
    ),
    plan=_plan,
    summary=_summary,
    rows={
        "way": {
            "way": one_of(_NAMES),
            "per_increment_us": positive,
            "total": number,
            "expected": number,
        }
    },
    code=_code,
    shows=(
        Bars("Time for one increment", "way", "per_increment_us", "µs"),
        Rows("Repeats", _EMPTY),
    ),
)
