"""Tasks that wait for one another for ever: the ring, the ways out, and how never to need one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.experiments.base import (
    Code,
    Experiment,
    Machine,
    Rows,
    SpanWord,
    States,
    Summary,
    Trial,
    WaitGraph,
    performed,
)
from core.experiments.programs import script
from core.lab.told import text
from core.parameters import Choice, Integer, Option, Values

if TYPE_CHECKING:
    from core.results.records import RunRecord

_MARKS = {
    "futures": ("f2.result(patience)", "f1.result(patience)"),
    "pool": ("inner = submit(", "inner.result(patience)"),
    "locks": ('"lock A", "lock B", both)', '"lock B", "lock A", both)', "].acquire("),
    "callbacks": ("add_done_callback(then",),
    "second-worker": ('"second-worker": (', "inner.result(patience)"),
    "one-order": ('"lock A", "lock B", nobody)',),
}
_MARKS_OF_RESCUE = {
    "timeout": ("patience = timeout_s if",),
    "exception": (".set_exception(", '["lock B"].release()'),
    "kill": ("player.kill()",),
    "ask": ("answer := ask(",),
}
_WORKERS = {"pool": 1}
_LIMIT_S = 60.0
_LIMIT_WITH_A_PERSON_S = 600.0
_ENDS = {
    "after timeout": "The timeout ended the wait. It was there from the beginning: a wait without"
    " one cannot be given one later.",
    "after exception": "The exception was set from outside, on a future that belongs to a worker.",
    "after kill": "Their process was killed: no thread, no lock and no future is left of it.",
}
_LOCK_OPENED = (
    "An exception was set on f1 from outside, and freed nobody: they waited for locks, not for f1."
    " Then lock B was opened by force, which did."
)
_PLAYED_TWICE = (
    "Played twice. A timeout came too late for the first play, and its process was killed. In the"
    " second each waited with a timeout from the beginning, which ended the wait."
)
_SECOND = " (2nd play)"
_ENDED_BY_OTHERS = (
    "Their process was ended from elsewhere, before a way out was taken: no thread, no lock and no"
    " future is left of it."
)
_MENDED = {
    "callbacks": "No task waits: each is submitted by the callback of the one that it needs.",
    "second-worker": "A second worker was free to run the task that the first one waited for.",
    "one-order": "Both take lock A first, so nobody holds B who still wants A.",
}
_STORIES = (
    Option(
        "futures",
        "Two wait for each other",
        "The book's: taskA waits for f2.result(), taskB for f1.result().",
    ),
    Option(
        "pool",
        "One worker, a task in a task",
        "A task waits for one that it submitted, which only its own worker could run.",
    ),
    Option(
        "locks",
        "Two locks, opposite order",
        "One worker takes lock A, then B; the other B, then A.",
    ),
    Option(
        "callbacks",
        "Mended: callbacks",
        "Nobody waits: each task begins when what it needs is there, as its argument.",
    ),
    Option(
        "second-worker",
        "Mended: a second worker",
        "The task that was submitted finds a worker of its own.",
    ),
    Option(
        "one-order",
        "Mended: two locks, one order",
        "Both workers take lock A first.",
    ),
)
_EMPTY = "Who is stuck appears here, and then what the way out has left."


def _settings(values: Values) -> dict[str, object]:
    return {name.replace("-", "_"): values[name] for name in ("story", "rescue", "timeout-s")}


def _plan(values: Values, machine: Machine | None) -> tuple[Trial, ...]:
    asks = values["rescue"] == "ask"
    return (
        performed(
            "deadlock",
            _settings(values),
            next(one for one in _STORIES if one.value == values["story"]).label,
            workers=_WORKERS.get(values["story"], 2),
            expected_s=2.0 + (values["timeout-s"] if values["rescue"] == "timeout" else 2.0),
            limit_s=_LIMIT_WITH_A_PERSON_S if asks else _LIMIT_S,
        ),
    )


def _code(values: Values) -> Code:
    marks = _MARKS[values["story"]]
    if values["story"] not in _MENDED:
        marks += _MARKS_OF_RESCUE[values["rescue"]]
    return script("deadlock", _settings(values), marks)


def _summary(record: RunRecord) -> Summary:
    rows = [row for trial in record.trials for row in trial.rows]
    if not rows:
        return Summary()
    moment = rows[-1]["moment"]
    left = {_plain(row["who"]): row["is_now"] for row in rows if row["moment"] == moment}
    ring = _ring(rows)
    if ring:
        steps = [f"{who} waited for {whom}" for who, whom in ring.items()]
        end = _ENDS.get(moment, "They were still stuck when the run ended.")
        if moment == "after exception" and record.parameters["story"] == "locks":
            end = _LOCK_OPENED
        if moment == "after timeout" and any(row["moment"] == "after kill" for row in rows):
            end = _PLAYED_TWICE
        if "gone" in left.values() and moment != "after kill":
            end = _ENDED_BY_OTHERS
        return Summary((f"Deadlock: {', '.join(steps)}",), (end, *_left(left)))
    if "gone" in left.values():
        return Summary(("Their process ended before the story did",), _left(left))
    mended = _MENDED.get(record.parameters["story"], "That is not how this story ends.")
    return Summary(("Nobody was ever stuck",), (mended,))


def _ring(rows: list[dict[str, Any]]) -> dict[str, str]:
    """Return who waited for whom when they were stuck, in the last performance."""
    ring: dict[str, str] = {}
    for row in rows:
        if row["moment"] == "stuck" and isinstance(row.get("waits_for"), str):
            who = _plain(row["who"])
            if who in ring:
                ring = {}
            ring[who] = _plain(row["waits_for"])
    return ring


def _plain(name: str) -> str:
    """Name somebody of a second play as in the first one."""
    return name.removesuffix(_SECOND)


def _left(left: dict[str, str]) -> tuple[str, ...]:
    """Say what became of the futures, the workers and the pool."""
    said = [
        f"{who} {is_now.partition(':')[0]}"
        for who, is_now in left.items()
        if is_now != "waiting" and who != "their process"
    ]
    return (f"What is left: {', '.join(said)}.",) if said else ()


EXPERIMENT = Experiment(
    name="deadlock",
    title="Deadlock",
    question="What happens when tasks wait for one another?",
    parameters=(
        Choice(
            name="story",
            label="Story",
            help="Who waits for whom. The first three end in a deadlock; the last three are the"
            " same, mended.",
            hint="Three that get stuck, and the same three mended.",
            default="futures",
            options=_STORIES,
        ),
        Choice(
            name="rescue",
            label="Way out",
            help="What is done when they are stuck. “Ask me” waits for you, at most ten minutes;"
            " everything else is stopped after one minute, whatever happens.",
            hint="Stop works at any moment, too.",
            default="timeout",
            options=(
                Option(
                    "timeout",
                    "A timeout",
                    "Each waits with a timeout from the beginning, and gives up.",
                ),
                Option(
                    "exception",
                    "An exception from outside",
                    "Another thread sets an exception on a future of the ring.",
                ),
                Option("kill", "Kill the process", "The process in which they are is ended."),
                Option("ask", "Ask me when they are stuck", "Buttons appear, and you choose."),
            ),
        ),
        Integer(
            name="timeout-s",
            label="Timeout, s",
            help="How long a task waits before it gives up.",
            hint="Only for the timeout. 1 to 20 seconds.",
            default=2,
            minimum=1,
            maximum=20,
        ),
    ),
    plan=_plan,
    summary=_summary,
    rows={"moment": {"moment": text, "who": text, "is_now": text}},
    reads=("story",),
    code=_code,
    shows=(WaitGraph(), States(), Rows("What is left", _EMPTY)),
    at_the_window={"rescue": "ask"},
    span_words={
        "deadlock noticed": SpanWord(
            "event", "Whoever follows the waits from here comes back here: none of them can go on."
        ),
        "TimeoutError": SpanWord(
            "event", "It had waited as long as its timeout allows, and its task ends with this."
        ),
        "SetFromOutside": SpanWord(
            "event", "Another thread set this on the future that it waited for, and its task ends."
        ),
        "RuntimeError": SpanWord(
            "event", "The lock was opened by force meanwhile: who held it cannot give it back."
        ),
    },
    answers=(
        Option("timeout", "Timeout", "Too late for these; the story is played again with one."),
        Option("exception", "Set an exception", "On a future of the ring, from outside."),
        Option("kill", "Kill the process", "Ends everything in it, whatever it does."),
    ),
)
