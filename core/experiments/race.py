"""Two workers and one counter: what is lost without the lock, and for whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.experiments.base import (
    Code,
    Experiment,
    Listing,
    Machine,
    Rows,
    SpanWord,
    Summary,
    Trial,
    performed,
)
from core.experiments.common import increments, kind, pythons, repeats, workers
from core.experiments.programs import script
from core.lab.told import number
from core.parameters import Choice, Integer, Option, Values, group

if TYPE_CHECKING:
    from core.results.records import RunRecord

_MARKS = ("temp = ", "count.value = temp", "with count.get_lock()")
_SECONDS_EACH = {  # on two CPUs; how long it really takes, the first repeat tells
    "threads": {"plain": 0.4e-7, "call": 0.6e-7, "lock": 1.7e-7},
    "processes": {"plain": 4e-7, "call": 4e-7, "lock": 6e-7},
}
_START_UP_S = {"threads": 0.01, "processes": 0.05}
_START_EACH_S = 0.1  # of processes, but for fork
_WAYS = {
    "plain": "without the lock",
    "call": "with a call, no lock",
    "lock": "with the lock",
}
_EMPTY = "Each repeat appears here: what was expected, what the counter says, what was lost."


def _settings(values: Values) -> dict[str, object]:
    return {name.replace("-", "_"): values[name] for name in _NAMES} | {
        "switch_ms": values["switch-us"] / 1000
    }


def _plan(values: Values, machine: Machine | None) -> tuple[Trial, ...]:
    workers, kind = values["workers"], values["kind"]
    repeat_s = _START_UP_S[kind] + (
        workers * values["increments"] * _SECONDS_EACH[kind][values["way"]]
    )
    if kind == "processes" and machine is not None and machine.start_method != "fork":
        repeat_s += workers * _START_EACH_S
    expected_s = values["repeats"] * repeat_s
    return (
        performed(
            "race",
            _settings(values),
            f"{workers} {kind}, {_WAYS[values['way']]}",
            executor=kind,
            workers=workers,
            expected_s=expected_s,
            limit_s=120.0 + 5 * expected_s,
            rows=values["repeats"],
        ),
    )


def _code(values: Values) -> Code:
    return script("race", _settings(values), _MARKS)


def _summary(record: RunRecord) -> Summary:
    rows = [row for trial in record.trials for row in trial.rows]
    if not rows:
        return Summary()
    lost, expected = sum(row["lost"] for row in rows), sum(row["expected"] for row in rows)
    values = record.parameters
    who = f"{values['workers']} {values['kind']}"
    if lost:
        line = f"{who} lost {group(lost)} of {group(expected)} increments"
    elif values["way"] == "lock":
        line = f"{who} with the lock lost nothing"
    else:
        line = f"{who} lost nothing this time, though nothing protects the counter"
    return Summary((line,), _why(record, lost))


def _why(record: RunRecord, lost: int) -> tuple[str, ...]:
    values, python = record.parameters, record.environment.python
    if values["way"] == "lock":
        return ("Only one worker at a time is between reading and writing; that costs time.",)
    is_free = python is not None and not python.gil
    if values["kind"] == "processes" or is_free:
        return _side_by_side(values["kind"], lost)
    if lost:
        return ("A thread was made to give way between reading and writing.",)
    version = f"Python {python.version}" if python else "This Python"
    if values["way"] == "plain":
        return (
            f"{version} lets another thread in only where a loop goes round or a call begins.",
            "Neither happens between reading and writing. That is luck, not a promise.",
        )
    more = "add more often" if values.get("switch_us") == 1 else "make the interval smaller"
    return (f"A switch can happen in the call, but seldom does: {more}.",)


def _side_by_side(kind: str, lost: int) -> tuple[str, ...]:
    """Say why workers that need not take turns lost something, or by chance nothing."""
    first: tuple[str, ...] = ()
    if kind == "threads":
        first = ("This Python has no GIL: threads run side by side, as processes do.",)
    if lost:
        return (*first, f"Two {kind} read the same value, and both write it back, one higher.")
    return (
        *first,
        "They hardly ran at the same time, even where their bars overlap: a bar has in it what a"
        " worker waits for a CPU. More increments make a loss likelier.",
    )


EXPERIMENT = Experiment(
    name="race",
    title="Race",
    question="What happens when two workers add to one counter?",
    parameters=(
        kind(
            "processes",
            "Threads share every object. Processes share only what is made to be shared: here"
            " a multiprocessing.Value, handed over by the pool's initializer.",
        ),
        Choice(
            name="way",
            label="Each adds",
            help="How one is added: read, add, write back; the same with a function call in"
            " between; or with the counter's lock held.",
            default="plain",
            options=(*(Option(way, label) for way, label in _WAYS.items()),),
        ),
        workers(2, 8, "How many add at the same time."),
        increments(1_000_000, "How often each worker adds one."),
        repeats(5, "How often the whole is done: a race is lost differently each time."),
        Integer(
            name="switch-us",
            label="Switch interval, µs",
            help="How long a thread may run before it is asked to give way: sys.setswitchinterval."
            " Only for threads; Python's own is 5000.",
            hint="Only for threads. Python's own is 5000.",
            default=5000,
            minimum=1,
            maximum=1_000_000,
        ),
        pythons(),
    ),
    plan=_plan,
    summary=_summary,
    rows={"lost": {"lost": number, "expected": number}},
    reads=("kind", "way", "workers"),
    code=_code,
    shows=(Rows("Repeats", _EMPTY), Listing("Where a switch can happen")),
    span_words={
        "waiting": SpanWord(
            "waits for the others",
            "The worker is there, and waits until all of them begin to add at the same moment.",
        ),
    },
)
_NAMES = ("kind", "way", "workers", "increments", "repeats")
