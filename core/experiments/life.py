"""One future after the other, step by step: its states, its callbacks, its end."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from core.experiments.base import (
    Code,
    Experiment,
    Machine,
    Rows,
    States,
    Summary,
    Trial,
    performed,
)
from core.experiments.common import death, kind, workers
from core.experiments.programs import script
from core.lab.told import number, text
from core.parameters import Choice, Integer, Option, Values

if TYPE_CHECKING:
    from core.results.records import RunRecord, TrialRecord

_MARKS = (
    "future = self.pool.submit(",
    ".cancel()",
    ".add_done_callback(",
    ".result(timeout=0.2)",
    "error.__cause__ is None",
    "if future._state == state]",
)
_CLICKING_S = 600.0
_THREADS = {
    "caller": "the caller's own thread",
    "worker": "workers",
    "manager": "the pool's manager",
}
_EMPTY = "Each step appears here: what happened, in which thread, and how the futures stand."


def _settings(values: Values) -> dict[str, object]:
    return {name: values[name] for name in ("kind", "workers", "play")} | {
        "pause_s": values["pause-ms"] / 1000
    }


def _plan(values: Values, machine: Machine | None) -> tuple[Trial, ...]:
    clicking = values["play"] == "clicking"
    steps = 14 + 2 * values["workers"]
    return (
        performed(
            "life",
            _settings(values),
            f"futures on {values['workers']} {values['kind']}",
            executor=values["kind"],
            workers=values["workers"],
            expected_s=60.0 if clicking else steps * (values["pause-ms"] / 1000 + 0.05),
            limit_s=_CLICKING_S if clicking else 60.0,
        ),
    )


def _code(values: Values) -> Code:
    return script("life", _settings(values), _MARKS)


def _summary(record: RunRecord) -> Summary:
    told = [trial for trial in record.trials if trial.rows]
    if not told:
        return Summary()
    last = _last_states(told[0]).values()
    ends = Counter(event["state"] for event in last)
    failed = Counter(event["state"] for event in last if "error" in event)
    lived = [f"{count} {state}{_with_exceptions(failed[state])}" for state, count in ends.items()]
    total = ends.total()
    died = death(row["what_happened"] for row in told[0].rows)
    if not total:
        return Summary(("No future was born: nothing was submitted",), died)
    futures = "future" if total == 1 else "futures"
    return Summary(
        (f"{total} {futures} lived: {', '.join(lived)}",),
        (*died, *_callbacks(told[0]), *_running(record)),
    )


def _last_states(trial: TrialRecord) -> dict[str, dict[str, Any]]:
    """Return what was told last of each future's state."""
    return {event["future"]: event for event in trial.events if event["kind"] == "state"}


def _with_exceptions(count: int) -> str:
    return f" ({count} with an exception)" if count else ""


def _callbacks(trial: TrialRecord) -> tuple[str, ...]:
    """Count the done-callbacks by the thread that called them."""
    threads = Counter(
        row["thread"].partition(" (")[2].rstrip(")")
        for row in trial.rows
        if row["what_happened"].startswith("done-callback")
    )
    where = [f"{_THREADS[who]} ({count})" for who, count in threads.items()]
    return (f"Done-callbacks were called by {', '.join(where)}.",) if where else ()


def _running(record: RunRecord) -> tuple[str, ...]:
    """Tell of futures that were RUNNING although nobody worked on them."""
    values = record.parameters
    most = max(row["running"] for trial in record.trials for row in trial.rows)
    if most <= values["workers"]:
        return ()
    return (
        f"{most} were RUNNING at once, on {values['workers']} processes: the others were in the"
        " pool's call queue, where nobody works on them yet.",
    )


def _is_thread(what: Any) -> bool:
    """Whether it names a thread with the part that it plays, as the program does."""
    return isinstance(what, str) and what.partition(" (")[2].rstrip(")") in _THREADS


EXPERIMENT = Experiment(
    name="life",
    title="Life of a future",
    question="What becomes of a future, from submit() to its end?",
    parameters=(
        kind(
            "threads",
            "Both give the same futures; who calls their done-callbacks, and when they are"
            " called RUNNING, differs.",
        ),
        workers(1, 4, "How many tasks can be worked on at the same time."),
        Choice(
            name="play",
            label="Steps are taken",
            help="A fixed sequence shows everything once, without a person. By clicking, you choose"
            " each step, for ten minutes at most.",
            hint="By clicking, a run ends with “Done”, or after ten minutes.",
            default="scripted",
            options=(
                Option("scripted", "in a fixed sequence"),
                Option("clicking", "by clicking"),
            ),
        ),
        Integer(
            name="pause-ms",
            label="Pause before each step, ms",
            help="How long to wait before each step of the fixed sequence, so that it can be"
            " followed.",
            hint="0 to 1000. Only for the fixed sequence.",
            default=250,
            minimum=0,
            maximum=1000,
        ),
    ),
    plan=_plan,
    summary=_summary,
    rows={"running": {"running": number, "what_happened": text, "thread": _is_thread}},
    reads=("workers",),
    code=_code,
    shows=(Rows("What happened", _EMPTY), States()),
    at_the_window={"play": "clicking"},
    answers=(
        Option("submit", "Submit", "A task, which is at work until you let it end."),
        Option("submit-raising", "Submit raising", "A task that will end with ValueError."),
        Option("finish", "Finish one", "The oldest that is RUNNING goes to its end."),
        Option("callback", "Add callbacks", "A done-callback for each future that has none."),
        Option("cancel-running", "Cancel running", "Try it on the newest that is RUNNING."),
        Option("cancel-waiting", "Cancel waiting", "The oldest that is PENDING."),
        Option("read", "Read", "Call result() of the oldest that was not read yet."),
        Option("shutdown", "Shut down", "What was submitted goes on, and nothing new comes in."),
        Option("done", "Done", "Let all tasks end, and with them the run."),
    ),
)
