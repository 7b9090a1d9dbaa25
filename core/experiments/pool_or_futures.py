"""multiprocessing.Pool and ProcessPoolExecutor: what a task costs, and when that matters."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, replace
from statistics import mean, median
from typing import TYPE_CHECKING, Any

from core.experiments.base import (
    Code,
    Experiment,
    Lines,
    Machine,
    Rows,
    SpanWord,
    Summary,
    Trial,
    performed,
)
from core.experiments.common import repeats, workers
from core.experiments.programs import script
from core.lab.told import number, positive
from core.parameters import Choices, Integer, Option, Values
from core.results.statistics import seconds

if TYPE_CHECKING:
    from core.results.records import RunRecord

_MARKS = (
    "pool.apply_async(",
    "executor.submit(",
    "pool.map(",
    "executor.map(",
    "pool.starmap(",
    "pool.imap_unordered(",
    "multiprocessing.connection.wait(",
)
_SWEEP_S = 0.55  # one way, all task sizes
_CHUNKS_S = 0.2
_START_UP_S = 0.05
_START_EACH_S = 0.1  # but for fork
_TERM_S = 7e-8
_LITTLE_PERCENT = 10
_PROVISIONAL_BELOW = 5
_CROWDED_BELOW = 0.9  # of the CPU time that the workers could have had while they computed π
_EMPTY = "Each way appears here with each length of task: what a task costs."


@dataclass(frozen=True)
class _Line:
    """One way with one chunk size: costs and overheads of all repeats, by the work of a task."""

    way: str
    cost_us: dict[int, list[float]]
    percent: dict[int, list[float]]

    @property
    def is_chunked(self) -> bool:
        return "(" in self.way

    @property
    def plain_way(self) -> str:
        return self.way.partition(" ")[0]

    @property
    def smallest(self) -> int:
        return min(self.cost_us)

    @property
    def cost(self) -> float:
        """The median cost of one task, in microseconds, where there is least work in it."""
        return median(self.cost_us[self.smallest])

    @property
    def little_from(self) -> int | None:
        """The work from which on the overhead is little, None when it is not."""
        found = None
        for work in sorted(self.percent, reverse=True):
            if median(self.percent[work]) >= _LITTLE_PERCENT:
                break
            found = work
        return found


def _settings(values: Values) -> dict[str, object]:
    return {name: values[name] for name in ("terms", "workers", "ways", "chunksize", "repeats")}


def _plan(values: Values, machine: Machine | None) -> tuple[Trial, ...]:
    """Make a block for each repeat: every way once, from the second block on in random order."""
    order = random.Random(1)
    ways = list(values["ways"])
    trials: list[Trial] = []
    for block in range(1, values["repeats"] + 1):
        expected_s = [_expected_s(values, way, machine) for way in ways]
        for way, whole_s in zip(ways, expected_s, strict=True):
            trials.append(_trial(values, way, block, len(trials) + 1, whole_s))
        order.shuffle(ways)
    return tuple(trials)


def _trial(values: Values, way: str, block: int, order: int, expected_s: float) -> Trial:
    trial = performed(
        "pool_or_futures",
        _settings(values) | {"ways": (way,), "repeats": 1},
        way,
        executor="processes",
        workers=values["workers"],
        order=order,
        expected_s=expected_s,
        limit_s=30.0 + 5 * expected_s,
    )
    return replace(trial, block=block)


def _expected_s(values: Values, way: str, machine: Machine | None) -> float:
    term_s, cpus = (machine.term_s, machine.cpus) if machine else (_TERM_S, 1)
    pi_s: float = values["terms"] * (term_s or _TERM_S) / min(values["workers"], cpus)
    start_s = _START_UP_S
    if machine is not None and machine.start_method != "fork":
        start_s += values["workers"] * _START_EACH_S
    return start_s + pi_s + _SWEEP_S + _CHUNKS_S * (way not in ("apply_async", "submit"))


def _code(values: Values) -> Code:
    return script("pool_or_futures", _settings(values), _MARKS)


def _summary(record: RunRecord) -> Summary:
    lines, is_noisy = _lines(record), _is_noisy(record)
    singly = [line for line in lines if not line.is_chunked]
    chunked = [line for line in lines if line.is_chunked]
    headline = _range("A short task costs", singly)
    headline += _range(f"In chunks of {record.parameters.get('chunksize')}, it costs", chunked)
    is_over = record.status != "running"
    details = _little("The cost is", singly, is_over) + _little("In chunks it is", chunked, is_over)
    if is_noisy and headline:
        headline = ("What a task costs: too noisy to say",)
        details = ("Other programs took CPU time: close what else is busy and run again.",)
    return Summary(headline, (*details, *_pi(record), *_provisional(record)))


def _is_noisy(record: RunRecord) -> bool:
    """Tell whether the workers got clearly less CPU for π than there was for them."""
    shares = [row["cpu_percent"] / 100 for row in _rows(record) if "cpu_percent" in row]
    cpus = min(record.environment.usable_cpus, record.environment.cpu_quota or math.inf)
    could = min(1.0, cpus / record.parameters["workers"])
    return bool(shares) and mean(shares) < _CROWDED_BELOW * could


def _rows(record: RunRecord) -> list[dict[str, Any]]:
    return [row for trial in record.trials for row in trial.rows]


def _lines(record: RunRecord) -> list[_Line]:
    """Sort the rows of the sweep by way, in the order of the parameter."""
    found: dict[str, _Line] = {}
    for row in _rows(record):
        if "cost_us" in row:
            line = found.setdefault(row["way"], _Line(row["way"], {}, {}))
            line.cost_us.setdefault(row["work_us"], []).append(row["cost_us"])
            line.percent.setdefault(row["work_us"], []).append(row["overhead_percent"])
    return sorted(found.values(), key=lambda line: _ORDER.index(line.plain_way))


def _range(words: str, lines: list[_Line]) -> tuple[str, ...]:
    if not lines:
        return ()
    least, most = min(lines, key=lambda line: line.cost), max(lines, key=lambda line: line.cost)
    first = f"{words} {_time(least.cost)} with {least.plain_way}"
    return (first if least is most else f"{first}, {_time(most.cost)} with {most.plain_way}",)


def _little(words: str, lines: list[_Line], is_over: bool) -> tuple[str, ...]:
    """Say from which length of a task on the cost is little, one length after the other.

    Where it never is can only be said when the run is over: longer tasks come last.
    """
    sizes = sorted({line.little_from for line in lines if line.little_from is not None})
    parts = [
        f"from {_size(size)} on with {_and([o.plain_way for o in lines if o.little_from == size])}"
        for size in sizes
    ]
    never = [line.plain_way for line in lines if is_over and line.little_from is None]
    said = [f"{words} under {_LITTLE_PERCENT} % of a task {', '.join(parts)}."] if parts else []
    said += [f"{words} never under {_LITTLE_PERCENT} % with {_and(never)}."] if never else []
    return tuple(said)


def _and(names: list[str]) -> str:
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def _pi(record: RunRecord) -> tuple[str, ...]:
    """Say how long π itself took in one task for each worker."""
    times: dict[str, list[float]] = {}
    for row in _rows(record):
        if "pi" in row:
            times.setdefault(row["way"], []).append(row["seconds"])
    if not times:
        return ()
    medians = {way: median(taken) for way, taken in times.items()}
    least, most = min(medians, key=medians.__getitem__), max(medians, key=medians.__getitem__)
    text = f"π in one task for each worker: {seconds(medians[least])} with {least}"
    return (f"{text}." if least == most else f"{text}, {seconds(medians[most])} with {most}.",)


def _provisional(record: RunRecord) -> tuple[str, ...]:
    repeats = max((trial.block for trial in record.trials if trial.rows), default=0)
    if not 0 < repeats < _PROVISIONAL_BELOW:
        return ()
    times = "1 repeat" if repeats == 1 else f"{repeats} repeats"
    return (f"Provisional: only {times}, {_PROVISIONAL_BELOW} or more can be trusted.",)


def _time(us: float) -> str:
    return seconds(us / 1e6)


def _size(us: int) -> str:
    return f"{us} µs" if us < 1000 else f"{us / 1000:g} ms"


_OPTIONS = (
    Option("apply_async", "apply_async", "Pool: one call at a time; get() waits for its result."),
    Option("submit", "submit", "Executor: one call at a time; a future brings its result."),
    Option("Pool.map", "Pool.map", "Pool: all arguments at once; a list of results, in order."),
    Option(
        "Executor.map",
        "Executor.map",
        "Executor: all arguments at once; results in order. One future for each chunk.",
    ),
    Option("starmap", "starmap", "Pool: as its map, for functions of several arguments."),
    Option(
        "imap_unordered",
        "imap_unordered",
        "Pool: as its map, but each result comes as soon as it is there, in any order.",
    ),
)
_ORDER = tuple(option.value for option in _OPTIONS)


def _is_way(what: Any) -> bool:
    """Whether it is one of the ways, which may be followed by a size of chunks."""
    return isinstance(what, str) and what.partition(" ")[0] in _ORDER


EXPERIMENT = Experiment(
    name="pool-or-futures",
    title="Pool or futures",
    question="What does one task cost with multiprocessing.Pool, and with futures?",
    parameters=(
        Choices(
            name="ways",
            label="Ways",
            help="How tasks are given to processes: by multiprocessing.Pool, or by the"
            " ProcessPoolExecutor of concurrent.futures.",
            default=_ORDER,
            options=_OPTIONS,
        ),
        Integer(
            name="terms",
            label="Terms",
            help="Terms of the series for π, split into one task for each worker. The sweep over"
            " task lengths has its own work, about a tenth of a second for each length.",
            hint="For π itself, not for the sweep.",
            default=1_000_000,
            minimum=1000,
            maximum=100_000_000,
        ),
        workers(1, 8, "How many processes work."),
        Integer(
            name="chunksize",
            label="Tasks in a chunk",
            help="The maps can send several tasks together. Each is tried with single tasks and"
            " with chunks of this size, where there are enough tasks for all workers.",
            hint="2 to 40. Only for the maps.",
            default=25,
            minimum=2,
            maximum=40,
        ),
        repeats(
            3,
            "Each repeat tries every way once, from the second on in random order. Five or"
            " more can be trusted.",
            "Every repeat in random order.",
        ),
    ),
    calibration=lambda values: ("leibniz", values["terms"]),
    plan=_plan,
    summary=_summary,
    rows={
        "cost_us": {
            "way": _is_way,
            "work_us": positive,
            "cost_us": number,
            "overhead_percent": number,
        },
        "pi": {"pi": number, "way": _is_way, "seconds": number},
        "cpu_percent": {"cpu_percent": number},
    },
    reads=("workers", "chunksize"),
    code=_code,
    span_words={
        "task": SpanWord(
            "at work on π",
            "One task of π, each worker's part. The tasks of the sweep are not drawn: they are too"
            " many, and too short.",
        ),
    },
    shows=(
        Lines(
            "Cost of one task",
            x="work_us",
            y="cost_us",
            by="way",
            x_label="work in a task, µs",
            y_label="cost of a task, µs",
        ),
        Rows("Measured", _EMPTY),
    ),
)
