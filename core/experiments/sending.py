"""What can be an argument of a task: for threads, for processes, for interpreters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.experiments.base import Code, Experiment, Machine, Rows, Summary, Trial, performed
from core.experiments.common import offered, pythons
from core.experiments.programs import script
from core.lab import kinds
from core.lab.told import text
from core.parameters import Choice, Choices, Option, Values

if TYPE_CHECKING:
    from core.results.records import RunRecord

_MARKS = ("pool.submit(receive", "keep, (thing,)", '"a lambda": Thing(')
_SECONDS = {"threads": 0.02, "interpreters": 0.1}
_SECONDS_OF_PROCESSES = {"fork": 0.05, "forkserver": 0.1, "spawn": 0.3}
_THINGS = 19
_LIMIT_S = 180.0
_ALL_METHODS = ("fork", "forkserver", "spawn")
_TARGETS = (
    kinds.About("threads", "Threads", "ThreadPoolExecutor: in the same memory."),
    kinds.About("processes", "Processes", "ProcessPoolExecutor: in another process."),
    kinds.About(
        "interpreters",
        "Interpreters",
        "InterpreterPoolExecutor: the same process, another interpreter.",
    ),
)
_EMPTY = "Each thing appears here: whether it arrives, as what, or with which error."


def _method_options() -> tuple[Option, ...]:
    here = kinds.start_methods()
    helps = {
        "fork": "A worker is a copy of this process: it has everything that was made before.",
        "forkserver": "A worker is a copy of a clean helper, and imports the module anew.",
        "spawn": "A worker is a fresh interpreter, and imports the module anew.",
    }
    missing = "this platform does not have it. Choose “default” or “spawn”."
    return (
        Option("default", "default", "What the Python in use does when nothing is said."),
        *(Option(m, m, helps[m], "" if m in here else missing) for m in _ALL_METHODS),
    )


def _settings(values: Values) -> dict[str, object]:
    return {"targets": tuple(values["targets"]), "start_method": values["start-method"]}


def _plan(values: Values, machine: Machine | None) -> tuple[Trial, ...]:
    method = values["start-method"]
    seconds = _SECONDS | {"processes": _SECONDS_OF_PROCESSES.get(method, 0.1)}
    return (
        performed(
            "sending",
            _settings(values),
            f"to {', '.join(values['targets'])}",
            executor="threads" if "processes" not in values["targets"] else "processes",
            expected_s=0.5 + _THINGS * sum(seconds[target] for target in values["targets"]),
            limit_s=_LIMIT_S,
        ),
    )


def _code(values: Values) -> Code:
    return script("sending", _settings(values), _MARKS)


def _summary(record: RunRecord) -> Summary:
    told = [row for trial in record.trials for row in trial.rows]
    rows = [row for row in told if row["thing"] != "anything"]
    absent = tuple(f"{row['to'].capitalize()}: {row['error']}." for row in told if row not in rows)
    if not rows:
        return Summary(tuple(sentence.rstrip(".") for sentence in absent))
    targets = dict.fromkeys(row["to"] for row in rows)
    is_whole = all(trial.status == "done" for trial in record.trials)
    headline = ", ".join(_count(target, rows, is_whole) for target in targets)
    details = [*_details(rows), *absent]
    return Summary((headline[0].upper() + headline[1:],), tuple(details))


def _count(target: str, rows: list[dict[str, Any]], is_whole: bool) -> str:
    sent = [row["arrives"] != "no" for row in rows if row["to"] == target]
    if all(sent):  # which may be few, where the run ended too soon
        few = "thing" if len(sent) == 1 else f"{len(sent)} things"
        return f"{'everything can' if is_whole else f'the first {few} could'} be sent to {target}"
    return f"{sum(sent)} of {len(sent)} things can be sent to {target}"


def _details(rows: list[dict[str, Any]]) -> list[str]:
    details = []
    if any(row["to"] == "threads" for row in rows):
        details.append("A thread gets the very object: it is in the same memory.")
    there = [row for row in rows if row["to"] == "processes"]
    if there:
        details.append("A process gets bytes, made by pickle: a copy, or a name to look up.")
    one = [row["thing"] for row in there if _as_what(row).startswith(("shared", "a proxy"))]
    if one:
        details.append(f"It shares only what is made for that: {', '.join(one)}.")
    if any("BrokenProcessPool" in row["error"] for row in there):
        details.append(
            "BrokenProcessPool: it was packed, but the worker died of unpacking it, or was killed."
        )
    return details


def _as_what(row: dict[str, Any]) -> str:
    """Tell as what a thing arrives; older records say only "yes" there, and the rest in "as"."""
    return str(row.get("as") or row["arrives"])


EXPERIMENT = Experiment(
    name="sending",
    title="What can be sent",
    question="What can be given to a worker as an argument?",
    parameters=(
        Choices(
            name="targets",
            label="Send to",
            help="What the worker is. Each thing is really sent, to a fresh pool of one worker.",
            default=tuple(one.name for one in _TARGETS),
            options=offered(_TARGETS, kinds.missing()),
        ),
        Choice(
            name="start-method",
            label="Start method",
            help="How worker processes are started. It decides what they already know.",
            hint="Only for processes.",
            default="default",
            options=_method_options(),
        ),
        pythons(),
    ),
    plan=_plan,
    summary=_summary,
    rows={"thing": {"thing": text, "to": text, "arrives": text, "error": text}},
    code=_code,
    shows=(Rows("What arrived", _EMPTY),),
)
