"""How the time to compute π changes with the number of workers, for threads and for processes."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import TYPE_CHECKING

from core.experiments.base import (
    Code,
    Experiment,
    Machine,
    Scaling,
    Summary,
    Trial,
    configuration,
    measured,
)
from core.experiments.programs import script
from core.experiments.protocol import PROTOCOL
from core.lab.cpus import usable_cpus
from core.lab.kinds import KINDS, start_methods
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
from core.results import statistics

if TYPE_CHECKING:
    from core.lab.measure import TrialSpec
    from core.results.records import RunRecord
    from core.results.verdicts import SpeedUp

_MOST_WORKERS = 61  # what Windows allows a process pool; enough to see a curve flatten anywhere
_START_S, _START_EACH_S = 0.15, 0.04  # of processes, but for fork; with closing them
_FORK_S, _FORK_EACH_S = 0.02, 0.006
_ALL_METHODS = ("fork", "forkserver", "spawn")
_MOST_TERMS = 100_000_000_000
_MOST_TRIALS = 10_000
_MARKS = ("pi += s", "pool.submit(myPi", "future.result()")


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
        Integer(
            name="terms",
            label="Terms",
            help="Terms of the Leibniz series in all, split over the workers. The book sums"
            " 10 000 000. Ten times the terms take ten times as long and give one more digit of π.",
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
        Choices(
            name="executors",
            label="Executors",
            help="What the workers are.",
            default=KINDS,
            options=(
                Option(
                    "serial",
                    "Serial",
                    "One plain call, no executor: what every speed-up is measured against.",
                ),
                Option(
                    "threads",
                    "Threads",
                    "ThreadPoolExecutor: with the GIL, one thread at a time runs Python code.",
                ),
                Option(
                    "processes",
                    "Processes",
                    "ProcessPoolExecutor: each worker has an interpreter, and a GIL, of its own.",
                ),
            ),
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
            label="Repeats",
            help="Each repeat is a block that runs every configuration once, in random order, so"
            " that a slow minute of the machine hits them all alike. Five or more can be trusted.",
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
    problems = {}
    parallel = set(values["executors"]) - {"serial"}
    most = max(values["workers"])
    if parallel and most > values["terms"] and PROTOCOL.serial_s(values) is None:
        problems["workers"] = (
            f"{most} workers cannot share {group(values['terms'])} terms:"
            f" choose at most {group(values['terms'])} workers, or more terms."
        )
    count = values["blocks"] * sum(
        1 if executor == "serial" else len(values["workers"]) for executor in values["executors"]
    )
    count *= max(1, len(values.get("pythons", ())))
    if count > _MOST_TRIALS:
        problems["blocks"] = (
            f"That makes {group(count)} trials, and {group(_MOST_TRIALS)} is the most in one run:"
            " choose fewer repeats, workers or Pythons."
        )
    compares = parallel and ("serial" in values["executors"] or set(values["workers"]) > {1})
    return {**problems, **PROTOCOL.check(values, bool(compares))}


def _plan(values: Values, machine: Machine | None) -> tuple[Trial, ...]:
    if machine is not None and machine.size is not None:
        values = {**values, "terms": max(machine.size, *values["workers"])}
    order = random.Random(values["seed"])
    trials: list[Trial] = []
    for block in range(1, PROTOCOL.blocks(values) + 1):
        specs = [
            _spec(values, executor, workers)
            for executor in values["executors"]
            for workers in (values["workers"] if executor != "serial" else (1,))
        ]
        order.shuffle(specs)
        for spec in specs:
            work_s = _expected_work(spec, machine)
            whole_s = work_s + _expected_start(spec, machine)
            trials.append(measured(spec, block, len(trials) + 1, work_s, whole_s))
    return tuple(trials)


def _spec(values: Values, executor: str, workers: int) -> TrialSpec:
    method = values["start-method"]
    return {
        "workload": "leibniz",
        "size": values["terms"],
        "executor": executor,
        "start_method": None if executor != "processes" or method == "default" else method,
        "workers": workers,
        "tasks_per_worker": 1,
    }


def _expected_work(spec: TrialSpec, machine: Machine | None) -> float:
    if machine is None:
        return 0.0
    serial = spec["executor"] == "serial" or (spec["executor"] == "threads" and machine.gil)
    at_once = 1 if serial else min(spec["workers"], machine.cpus)
    return spec["size"] * machine.term_s / at_once


def _expected_start(spec: TrialSpec, machine: Machine | None) -> float:
    """Guess how long starting and closing the workers takes; for the time left, not for results."""
    if spec["executor"] != "processes":
        return 0.01
    method = spec["start_method"] or (machine.start_method if machine else "spawn")
    if method == "fork":
        return _FORK_S + _FORK_EACH_S * spec["workers"]
    return _START_S + _START_EACH_S * spec["workers"]


def _code(values: Values) -> Code:
    method = None if values["start-method"] == "default" else values["start-method"]
    chosen = {name: values[name] for name in ("terms", "workers", "executors", "blocks")}
    return script("pi_scaling", chosen | {"start_method": method}, _MARKS)


def _summary(record: RunRecord) -> Summary:
    from core.results import noise, verdicts  # late: the first paint does not wait for them

    chosen = verdicts.headline(record)
    series = statistics.series(record)
    lines = [one.sentence(*_names(one)) for one in chosen]
    details = [_span(one) for one in chosen]
    if series and not lines:
        one, point = series[0], series[0].points[0]
        name = configuration(one.executor, point.workers)
        lines = [f"π takes {statistics.seconds(point.median)} with {name}"]
        details = ["To compare, choose threads or processes too, and serial or one worker."]
    repeats = max((len(point.times) for one in series for point in one.points), default=0)
    if 0 < repeats < statistics.ENOUGH_BLOCKS:
        times = "1 repeat" if repeats == 1 else f"{repeats} repeats"
        enough = statistics.ENOUGH_BLOCKS
        details.append(f"Provisional: only {times}, {enough} or more can be trusted.")
    details += noise.sentences(record)
    if record.end_reason:
        details.append(record.end_reason)
    return Summary(tuple(lines), tuple(details + _failures(record)))


def _names(one: SpeedUp) -> tuple[str, str]:
    base = "serial" if one.baseline == "serial" else configuration(one.executor, 1)
    return configuration(one.executor, one.workers), base


def _span(one: SpeedUp) -> str:
    who, base = _names(one)
    if len(one.by_block) == 1:
        return f"{who}: {one.reason[0].lower()}{one.reason[1:]}"
    sentence = f"{who}: {one.median:.2f} times as fast as {base}. {one.reason}"
    return f"{sentence} {one.advice}".rstrip()


def _failures(record: RunRecord) -> list[str]:
    failed = [trial for trial in record.trials if trial.status == "failed"]
    if not failed:
        return []
    first = failed[0]
    reason = first.error.message if first.error else "no reason was given"
    count = "1 trial" if len(failed) == 1 else f"{len(failed)} trials"
    name = configuration(first.executor, first.workers)
    return [f"{count} failed; the first, {name}: {reason}."]


EXPERIMENT = Experiment(
    name="pi-scaling",
    title="π scaling",
    question="How does the time to compute π scale with workers?",
    parameters=_parameters(),
    calibration=lambda values: (
        "leibniz",
        values["terms"] if PROTOCOL.serial_s(values) is None else _MOST_TERMS,
    ),
    code=_code,
    shows=(Scaling(),),
    serial_s=PROTOCOL.serial_s,
    budget_s=PROTOCOL.budget_s,
    check=_check,
    plan=_plan,
    grow=PROTOCOL.grow,
    summary=_summary,
)
