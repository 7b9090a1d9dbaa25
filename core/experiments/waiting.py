"""Three tasks, five ways to wait for them, each with and without a timeout."""

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
    performed,
)
from core.experiments.common import death, kind, workers
from core.experiments.programs import script
from core.lab.told import maybe, number, text
from core.parameters import Choice, Integer, Option, Parameter, Values

if TYPE_CHECKING:
    from core.results.records import RunRecord

_MARKS = (
    "concurrent.futures.wait(",
    "concurrent.futures.as_completed(",
    ".result(timeout_s)",
    "error = None if future.cancelled()",
    "].cancel()",
    "cancel_futures=True)",
    "set_running_or_notify_cancel()",
)
_TASKS = ("a", "b", "c")
_CALLS = 10
_START_S = {"threads": 0.02, "processes": 0.15}
_RESCUE_S = 0.3
_WAIT_MODES = ("FIRST_COMPLETED", "FIRST_EXCEPTION", "ALL_COMPLETED")
_EMPTY = "Each wait appears here: when it came back, and what was done by then."


def _settings(values: Values) -> dict[str, object]:
    seconds = {f"{task}_s": values[f"{task}-ms"] / 1000 for task in _TASKS}
    return {
        "kind": values["kind"],
        "workers": values["workers"],
        **seconds,
        "ends": values["ends"],
        "timeout_s": values["timeout-ms"] / 1000,
    }


def _plan(values: Values, machine: Machine | None) -> tuple[Trial, ...]:
    each_s = _last_end_s(values) + _START_S[values["kind"]]
    if values["ends"] == "shutdown":
        each_s += _RESCUE_S
    return (
        performed(
            "waiting",
            _settings(values),
            f"3 tasks on {values['workers']} {values['kind']}",
            executor=values["kind"],
            workers=values["workers"],
            expected_s=_CALLS * each_s,
            limit_s=120.0,
            rows=_CALLS,
        ),
    )


def _last_end_s(values: Values) -> float:
    """Say when the last task ends, each taken by the first worker that is free."""
    free_at = [0.0] * values["workers"]
    for task in _TASKS:
        free_at[free_at.index(min(free_at))] += values[f"{task}-ms"] / 1000
    return max(free_at)


def _code(values: Values) -> Code:
    return script("waiting", _settings(values), _MARKS)


def _summary(record: RunRecord) -> Summary:
    rows = [row for trial in record.trials for row in trial.rows]
    waits = {row["mode"]: row for row in rows if row["timeout_s"] is None}
    told = [waits[mode] for mode in _WAIT_MODES if mode in waits]
    if not told:
        return Summary()
    died = death(what for row in rows for what in (row["done"], row["not_done"], row["raised"]))
    details = (*died, *_timeouts(rows), *_dropped(record, rows))
    return Summary((_headline(told),), details)


def _headline(waits: list[dict[str, Any]]) -> str:
    """Say when each wait() came back, and which would not have if nobody had rescued it."""
    back = [f"{w['mode']} after {w['returned_after_s']:.2f} s" for w in waits if not _rescued(w)]
    rescued = [wait["mode"] for wait in waits if _rescued(wait)]
    came = f"wait() came back: {', '.join(back)}" if back else ""
    were = "was" if len(rescued) == 1 else "were"
    never = f"{_and(rescued)} would have waited for ever, and {were} rescued" if rescued else ""
    return "; ".join(filter(None, (came, never)))


def _rescued(row: dict[str, Any]) -> bool:
    return row.get("rescued") == "yes"


def _timeouts(rows: list[dict[str, Any]]) -> tuple[str, ...]:
    """Tell what the timeout did, where it did anything."""
    late = [row for row in rows if row["timeout_s"] and row["returned_after_s"] >= row["timeout_s"]]
    quiet = [row["mode"] for row in late if row["mode"] in _WAIT_MODES and row["not_done"]]
    loud = [row["mode"] for row in late if row["raised"] == "TimeoutError"]
    with_it = f"With a timeout of {late[0]['timeout_s']:g} s," if late else ""
    lines = []
    if quiet:
        lines.append(f"{with_it} {_and(quiet)} came back when it was over, and raised nothing.")
    if loud:
        lines.append(f"{with_it} {_and(loud)} raised TimeoutError.")
    if late:
        lines.append("A timeout ends the waiting only: the tasks went on.")
    return tuple(lines)


def _dropped(record: RunRecord, rows: list[dict[str, Any]]) -> tuple[str, ...]:
    """Tell what became of C, where it was to be dropped."""
    if record.parameters["ends"] not in ("cancel", "shutdown"):
        return ()
    if not any("C (CANCELLED" in f"{row['done']} {row['not_done']}" for row in rows):
        return (f"C was not dropped: it was RUNNING before.{_more_waiting(record)}",)
    at_once = [row["returned_after_s"] for row in rows if row["raised"] == "CancelledError"]
    rescued = [row["mode"] for row in rows if _rescued(row)]
    if rescued:
        python = record.environment.python
        version = f"Python {python.version}" if python else "This Python"
        return (
            f"{_and(rescued)} had to be rescued: {version} cancelled C, but told nobody who was"
            " waiting for it.",
        )
    if at_once:
        return (
            f"C.result() knew after {at_once[0]:.2f} s that C was cancelled; wait() knows it only"
            " when a free worker finds C in the queue and throws it away.",
        )
    return ()


def _more_waiting(record: RunRecord) -> str:
    if record.parameters["kind"] == "processes":
        return " A process pool calls a future RUNNING before a worker is free for it."
    return " Choose fewer workers." if record.parameters["workers"] > 1 else ""


def _and(names: list[str]) -> str:
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def _duration(task: str, default: int) -> Parameter:
    return Integer(
        name=f"{task}-ms",
        label=f"Task {task.upper()} takes, ms",
        help=f"How long task {task.upper()} sleeps before it ends.",
        hint="10 to 2000.",
        default=default,
        minimum=10,
        maximum=2000,
    )


EXPERIMENT = Experiment(
    name="waiting",
    title="Waiting",
    question="When does waiting for several futures come back, and with what?",
    parameters=(
        kind("threads", "Waiting is the same for both; what can still be cancelled is not."),
        workers(
            1,
            4,
            "With fewer workers than tasks, C waits until one is free.",
            "With 2, task C has to wait for its turn.",
        ),
        _duration("a", 150),
        _duration("b", 300),
        _duration("c", 450),
        Choice(
            name="ends",
            label="What becomes of them",
            help="All three end with a result; B ends with an exception; or C is dropped 50 ms"
            " after the start, by its own cancel() or by the pool's shutdown. Only a task that"
            " still waits for a worker can be dropped.",
            hint="C can be dropped only while it waits for a worker.",
            default="raise",
            options=(
                Option("finish", "all three finish"),
                Option("raise", "B raises an exception"),
                Option("cancel", "C is cancelled before it starts"),
                Option("shutdown", "C is dropped by shutdown(cancel_futures=True)"),
            ),
        ),
        Integer(
            name="timeout-ms",
            label="Timeout, ms",
            help="Each way to wait is tried twice: without a timeout, and with this one.",
            hint="10 to 5000.",
            default=400,
            minimum=10,
            maximum=5000,
        ),
    ),
    plan=_plan,
    summary=_summary,
    rows={
        "mode": {
            "mode": text,
            "timeout_s": maybe(number),
            "returned_after_s": number,
            "done": maybe(text),
            "not_done": maybe(text),
            "raised": maybe(text),
        }
    },
    reads=("ends", "kind", "workers"),
    code=_code,
    shows=(Rows("What each wait returned", _EMPTY), States()),
    span_words={
        "cancel() returned True": SpanWord(
            "event", "C was PENDING, so it could be cancelled: no worker will begin it."
        ),
        "cancel() returned False": SpanWord(
            "event", "C was not PENDING any more, so it could not be cancelled."
        ),
        "cancel_futures": SpanWord(
            "event", "The pool takes no more tasks, and cancels those that it has not handed out."
        ),
        "rescue": SpanWord(
            "event", "All had ended, but somebody still waited for C: now the script tells them."
        ),
        "TimeoutError": SpanWord(
            "event", "The timeout was over, and this wait raised: the tasks go on."
        ),
        "CancelledError": SpanWord("event", "C was cancelled, and asking for its result raised."),
        "returned": SpanWord("event", "This wait came back, and the main thread went on."),
    },
)
