"""How the time to compute π changes with the number of workers, for threads and for processes."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from core.experiments.base import (
    Code,
    Experiment,
    Machine,
    Scaling,
    Summary,
    Trial,
    measured,
)
from core.experiments.common import offered
from core.experiments.programs import script, with_work
from core.experiments.protocol import MOST_TASKS, MOST_TRIALS, PROTOCOL
from core.lab import kinds, workloads
from core.lab.cpus import usable_cpus
from core.lab.kinds import start_methods
from core.parameters import (
    Choice,
    Choices,
    Integer,
    IntegerSet,
    LateChoices,
    Option,
    Parameter,
    Values,
    group,
)

if TYPE_CHECKING:
    from core.lab.measure import TrialSpec
    from core.results.records import RunRecord

_MOST_WORKERS = 61  # what Windows allows a process pool; enough to see a curve flatten anywhere
_START_S, _START_EACH_S = 0.15, 0.04  # of processes, but for fork; with closing them
_FORK_S, _FORK_EACH_S = 0.02, 0.006
_INTERPRETER_S = 0.04
_ALL_METHODS = ("fork", "forkserver", "spawn")
_MOST_TERMS = 100_000_000_000
_AT_FIRST = ("serial", "threads", "processes", kinds.CEILING)
_MARKS = ("pool.submit(myPi", "future.result()")


def _method_options() -> tuple[Option, ...]:
    here = start_methods()
    helps = {
        "fork": "A copy of the parent process: quickest, but not from a process with threads.",
        "forkserver": "A clean helper process is started once and forks each worker.",
        "spawn": "A fresh interpreter for each worker: slowest, and the same on every system.",
    }
    missing = "this platform does not have it. Choose “default” or “spawn”."
    return (
        Option("default", "default", "What the Python in use does when nothing is said."),
        *(Option(m, m, helps[m], "" if m in here else missing) for m in _ALL_METHODS),
    )


def _parameters() -> tuple[Parameter, ...]:
    twice = 2 * usable_cpus()
    return (
        Choice(
            name="workload",
            label="Work",
            help="What the workers compute. It decides whether threads can help: they take turns"
            " with the GIL, unless the work gives it back while it computes, or waits.",
            hint="Pure Python, C code that gives the GIL back, or waiting.",
            default="leibniz",
            options=offered(workloads.WORKLOADS, workloads.missing()),
        ),
        Integer(
            name="terms",
            label="Terms",
            help="Terms of the Leibniz series in all, split over the workers. The book sums"
            " 10 000 000. Ten times the terms take ten times as long and give one more digit of π."
            " A point counts as one term, a mebibyte hashed or a wait of a millisecond as 20 000.",
            hint="The book sums 10 000 000.",
            default=10_000_000,
            minimum=1,
            maximum=_MOST_TERMS,
        ),
        IntegerSet(
            name="workers",
            label="Workers",
            help="How many workers share the work: numbers and ranges, such as 1, 2, 4 or 1-8."
            " Going past the number of CPUs shows where the curve goes flat.",
            hint=f"This machine lets us use {usable_cpus()} CPU{'s' * (usable_cpus() > 1)}.",
            default=tuple(range(1, max(4, twice) + 1)) if twice <= 8 else (1, 2, 4, 8, twice),
            minimum=1,
            maximum=_MOST_WORKERS,
            usual=max(8, twice),
        ),
        Integer(
            name="tasks",
            label="Tasks per worker",
            help="Into how many tasks each worker's share is cut. More tasks even out workers that"
            " are slow, and cost: each is sent, queued and collected.",
            hint="One, as in the book, to 1000.",
            default=1,
            minimum=1,
            maximum=1000,
        ),
        Choices(
            name="executors",
            label="Executors",
            help="What the workers are.",
            default=tuple(kind for kind in _AT_FIRST if kind not in kinds.missing()),
            options=offered(kinds.ABOUT, kinds.missing()),
        ),
        Choice(
            name="start-method",
            label="Start method",
            help="How worker processes are started. It changes the start-up, not the work.",
            hint="Only for processes.",
            default="default",
            options=_method_options(),
        ),
        LateChoices(
            name="pythons",
            label="Pythons",
            help="Which Pythons of this machine are measured, in turns: names such as 3.11 or 3.13t"
            " (free-threaded; 3.13t+gil with the GIL), paths, this, or all.",
            hint="Several are measured in turns, on one chart.",
            default=(),
            usual="this",
        ),
        Integer(
            name="blocks",
            option="repeats",
            label="Repeats",
            help="Each repeat runs every configuration once, in random order, so that a slow minute"
            " of the machine hits them all alike. Five or more can be trusted.",
            hint="Every repeat in random order.",
            default=3,
            minimum=1,
            maximum=1000,
        ),
        Integer(
            name="seed",
            label="Seed",
            help="Fixes the random order of the trials: the same seed, the same order.",
            hint="The same seed, the same order.",
            advanced=True,
            default=1,
            minimum=0,
            maximum=2**31 - 1,
        ),
        *PROTOCOL.parameters(),
    )


def _check(values: Values) -> Mapping[str, str]:
    problems = {**_not_here(values), **_not_shared(values)}
    known = _work(values)
    for executor in values["executors"]:
        if reason := workloads.conflict(known.name, executor):
            problems["executors"] = f"{reason}: choose other work, or leave {executor} out."
    parallel = set(values["executors"]) - {"serial"}
    times = PROTOCOL.blocks(values) * max(1, len(values.get("pythons", ())))
    count = times * sum(
        1 if executor == "serial" else len(values["workers"]) for executor in values["executors"]
    )
    if count > MOST_TRIALS:
        problems["blocks"] = (
            f"That makes {group(count)} trials, and {group(MOST_TRIALS)} is the most in one run:"
            " choose fewer repeats, workers or Pythons."
        )
    shares = times * len(parallel - {kinds.CEILING}) * sum(values["workers"]) * _tasks(values)
    if shares > MOST_TASKS and not problems:
        problems["tasks"] = (
            f"That makes {group(shares)} tasks, and {group(MOST_TASKS)} is the most in one run:"
            " choose fewer of them, fewer workers or fewer repeats."
        )
    compares = "serial" in values["executors"] or set(values["workers"]) > {1}
    return {**problems, **PROTOCOL.check(values, bool(parallel - {kinds.CEILING}) and compares)}


def _not_here(values: Values) -> dict[str, str]:
    """Refuse what this Python lacks, where no other is chosen that may have it."""
    if values.get("pythons"):
        return {}
    known, lacks, problems = _work(values), kinds.missing(), {}
    if reason := workloads.missing().get(known.name):
        problems["workload"] = (
            f"{known.label} cannot be used here: it {reason}."
            " Choose a Python that has it, or other work."
        )
    for one in kinds.ABOUT:
        if one.name in values["executors"] and one.name in lacks:
            problems["executors"] = (
                f"{one.label} cannot be used here: it {lacks[one.name]}."
                f" Choose a Python that has what it needs, or leave {one.name} out."
            )
    return problems


def _not_shared(values: Values) -> dict[str, str]:
    """Refuse a size that cannot be had, or not be cut into tasks; one that is found will do."""
    if PROTOCOL.serial_s(values) is not None:
        return {}
    parallel = set(values["executors"]) - {"serial"}
    known, size, most = _work(values), _size(values), max(values["workers"])
    tasks = _tasks(values) if parallel - {kinds.CEILING} else 1
    if size > known.most:
        what = f"{known.label} has at most {group(known.most)} {known.units}"
        return {"terms": f"{what}: type that or less."}
    if parallel and most > size:
        return {
            "workers": f"{most} workers cannot share {_amount(known, size)}:"
            f" choose at most {group(size)} workers, or more terms."
        }
    if parallel and most * tasks > size:
        return {
            "tasks": f"{most} workers with {tasks} tasks each cannot share {_amount(known, size)}:"
            f" choose at most {size // most}, or more terms."
        }
    return {}


def _work(values: Values) -> workloads.About:
    """Give the workload that is chosen; values of before there was a choice mean the book's."""
    return workloads.about(values.get("workload", "leibniz"))


def _tasks(values: Values) -> int:
    return int(values.get("tasks", 1))


def _size(values: Values, machine: Machine | None = None) -> int:
    """Give the size in the workload's own units: what was found, else the terms that were typed.

    Terms are what all workloads are typed in. What was found may be too little for every task.
    """
    terms: int = values["terms"]
    typed = max(1, terms // _work(values).terms_each)
    found = None if machine is None else machine.size
    if found is None and PROTOCOL.serial_s(values) is None:
        return typed
    tasks: int = _tasks(values) * max(values["workers"])
    return max(typed if found is None else found, tasks)


def _amount(known: workloads.About, size: int) -> str:
    """Name a size in its units, and where terms were typed for it how they come to it."""
    if known.terms_each == 1:
        return f"{group(size)} {known.units}"
    words = known.unit if size == 1 else known.units
    return f"{group(size)} {words} ({group(known.terms_each)} terms are one)"


def _plan(values: Values, machine: Machine | None) -> tuple[Trial, ...]:
    size = _size(values, machine)
    order = random.Random(values["seed"])
    trials: list[Trial] = []
    for block in range(1, PROTOCOL.blocks(values) + 1):
        specs = [
            _spec(values, size, executor, workers)
            for executor in values["executors"]
            for workers in (values["workers"] if executor != "serial" else (1,))
        ]
        order.shuffle(specs)
        for spec in specs:
            work_s = _expected_work(spec, machine)
            whole_s = work_s + _expected_start(spec, machine)
            trials.append(measured(spec, block, len(trials) + 1, work_s, whole_s))
    return tuple(trials)


def _spec(values: Values, size: int, executor: str, workers: int) -> TrialSpec:
    method = values["start-method"]
    return {
        "workload": _work(values).name,
        "size": size,
        "executor": executor,
        "start_method": None if executor not in kinds.STARTED or method == "default" else method,
        "workers": workers,
        "tasks_per_worker": 1 if executor in ("serial", kinds.CEILING) else _tasks(values),
    }


def _expected_work(spec: TrialSpec, machine: Machine | None) -> float:
    if machine is None:
        return 0.0
    known = workloads.about(spec["workload"])
    in_turns = spec["executor"] == "threads" and machine.gil and known.holds_gil
    at_once = 1 if spec["executor"] == "serial" or in_turns else spec["workers"]
    if known.computes:
        at_once = min(at_once, machine.cpus)
    return spec["size"] * machine.term_s / at_once


def _expected_start(spec: TrialSpec, machine: Machine | None) -> float:
    """Guess how long starting and closing the workers takes; for the time left, not for results."""
    if spec["executor"] == "interpreters":
        return _INTERPRETER_S * spec["workers"]
    if spec["executor"] not in kinds.STARTED:
        return 0.01
    method = spec["start_method"] or (machine.start_method if machine else "spawn")
    if method == "fork":
        return _FORK_S + _FORK_EACH_S * spec["workers"]
    return _START_S + _START_EACH_S * spec["workers"]


def _code(values: Values) -> Code:
    method = None if values["start-method"] == "default" else values["start-method"]
    chosen = {name: values[name] for name in ("workers", "executors", "seed")}
    chosen |= {"terms": _size(values), "tasks_per_worker": _tasks(values), "start_method": method}
    chosen["repeats"] = values["blocks"]
    known = _work(values)
    code = with_work(script("pi_scaling", chosen, _MARKS), known)
    return replace(code, marks=(known.mark, *code.marks))


def _as_run(values: Values, record: RunRecord) -> Values:
    """Put the size and the repeats that a run found in place of how they were to be found."""
    fixed = PROTOCOL.as_run(values, record)
    found = record.calibration
    if found is None or PROTOCOL.serial_s(values) is None:
        return fixed
    size = max(found.size, _tasks(values) * max(values["workers"]))
    return {**fixed, "terms": size * _work(values).terms_each}


def _summary(record: RunRecord) -> Summary:
    from core.experiments import scaling_summary  # late: the first paint does not wait for it

    return scaling_summary.summary(record)


EXPERIMENT = Experiment(
    name="pi-scaling",
    title="π scaling",
    question="How does the time to compute π scale with workers?",
    parameters=_parameters(),
    calibration=lambda values: (
        _work(values).name,
        _size(values) if PROTOCOL.serial_s(values) is None else _work(values).most,
    ),
    code=_code,
    shows=(Scaling(),),
    serial_s=PROTOCOL.serial_s,
    budget_s=PROTOCOL.budget_s,
    check=_check,
    plan=_plan,
    grow=PROTOCOL.grow,
    as_run=_as_run,
    summary=_summary,
)
