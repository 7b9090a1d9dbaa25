"""A run over several Pythons: each described and timed first, then all measured in turns.

Within a block the trials of every Python are mixed at random, each Python's in its own order, so
that a slow minute of the machine hits them all alike.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass, replace
from threading import Lock
from typing import TYPE_CHECKING, Any

from core.engines.engine import Engine
from core.errors import LabError, LabStopped
from core.experiments.base import Experiment, Machine, Trial
from core.parameters import Values
from core.results.records import PythonRecord, SkippedRecord

if TYPE_CHECKING:
    from core.engines.interpreters import Choice


_NEXT = "Choose another Python, or other work and workers."


@dataclass(frozen=True)
class Prepared:
    """A Python before its trials: as it described itself, and the seconds that one term takes.

    The description of one that could not is the search's, with its `problem`; its trials will fail
    and tell the same. `lacks` are executor kinds, with what each needs; `lacks_work` workloads.
    """

    choice: Choice
    python: PythonRecord
    term_s: float
    lacks: dict[str, str]
    lacks_work: dict[str, str]


def prepare_each(
    engine: Engine,
    pythons: Sequence[Choice],
    job: Callable[..., Any],
    arguments: Sequence[Any],
) -> Future[dict[str, Any]]:
    """Run `job`, which describes an interpreter, on each; the future has what `Run` is made of.

    It fails only where no Python could be prepared, with the first's reason, or was stopped.
    """
    whole: Future[dict[str, Any]] = Future()
    whole.set_running_or_notify_cancel()
    turn, waiting = Lock(), len(pythons)

    def one_is_done(_: Future[Any]) -> None:
        nonlocal waiting
        with turn:
            waiting -= 1
            is_last = waiting == 0
        if is_last:
            _settle(whole, pythons, futures)

    futures = [engine.submit_on(choice.lab, None, job, *arguments) for choice in pythons]
    for future in futures:
        future.add_done_callback(one_is_done)
    return whole


def _settle(
    whole: Future[dict[str, Any]], pythons: Sequence[Choice], futures: list[Future[Any]]
) -> None:
    if any(future.cancelled() for future in futures):
        whole.set_exception(CancelledError())
        return
    errors = [error for future in futures if (error := future.exception()) is not None]
    stops = [error for error in errors if isinstance(error, LabStopped)]
    if stops or len(errors) == len(futures):
        whole.set_exception((stops or errors)[0])
        return
    try:
        whole.set_result(_gathered(pythons, futures))
    except Exception as error:  # a Python that tells nonsense of itself
        whole.set_exception(error)


def _gathered(pythons: Sequence[Choice], futures: list[Future[Any]]) -> dict[str, Any]:
    """Put together what the Pythons told; at least one has."""
    told = [None if future.exception() else future.result() for future in futures]
    usual = next((one["term_s"] for one in told if one and one["term_s"]), 0.0)
    each = [
        _prepared(choice, one, usual) if one else _not_prepared(choice, future, usual)
        for choice, one, future in zip(pythons, told, futures, strict=True)
    ]
    first = next(one for one in told if one is not None)
    timed = next((one for one in told if one and one["term_s"]), first)
    return {**timed, "python": first["python"], "each": each}


def _prepared(choice: Choice, told: dict[str, Any], usual_s: float) -> Prepared:
    import msgspec

    described = told["python"]
    record = msgspec.convert({**described, "name": choice.name}, PythonRecord)
    lacks = {**choice.lacks, **described.get("lacks", {})}
    lacks_work = described.get("lacks_work", {})
    return Prepared(choice, record, told["term_s"] or usual_s, lacks, lacks_work)


def _not_prepared(choice: Choice, future: Future[Any], usual_s: float) -> Prepared:
    identity, abilities = choice.interpreter.facts
    record = PythonRecord(
        name=choice.name,
        version=identity.version,
        implementation=identity.implementation,
        executable=choice.interpreter.path,
        build=abilities.build,
        gil=choice.gil,
        start_methods=abilities.start_methods,
        default_start_method=abilities.default_start_method,
        problem=str(future.exception()),
    )
    return Prepared(choice, record, usual_s, choice.lacks, {})


def plan(
    experiment: Experiment,
    values: Values,
    each: Sequence[Prepared],
    machines: Sequence[Machine],
) -> tuple[tuple[Trial, ...], tuple[SkippedRecord, ...]]:
    """Plan the trials of every Python, interleaved; also tell what is left out, and why.

    Raises LabError when nothing is left.
    """
    plans: list[list[Trial]] = []
    skipped: dict[SkippedRecord, None] = {}
    for one, machine in zip(each, machines, strict=True):
        kept = []
        for trial in experiment.plan(values, machine):
            skip = _skip(trial, one)
            if skip is not None:
                skipped[skip] = None
            else:
                kept.append(replace(trial, python=one.choice.lab))
        plans.append(kept)
    trials = interleaved(plans, values.get("seed", 1))
    if not trials:
        reasons = "; ".join(dict.fromkeys(f"{skip.what} {skip.reason}" for skip in skipped))
        raise LabError(f"No Python that was chosen can run any of this: {reasons}. {_NEXT}")
    return trials, tuple(skipped)


def _skip(trial: Trial, one: Prepared) -> SkippedRecord | None:
    """Tell what a Python lacks for a trial; None where it can run it."""
    name = one.python.name
    spec = trial.arguments[0] if trial.arguments else None
    work = spec.get("workload") if isinstance(spec, dict) else None
    if work in one.lacks_work:
        return SkippedRecord(name, "", one.lacks_work[work], work)
    if trial.executor in one.lacks:
        return SkippedRecord(name, trial.executor, one.lacks[trial.executor])
    if trial.start_method and trial.start_method not in one.python.start_methods:
        method = trial.start_method
        reason = f"needs the start method “{method}”, which this Python has not"
        return SkippedRecord(name, trial.executor, reason)
    return None


def interleaved(plans: Sequence[Sequence[Trial]], seed: int) -> tuple[Trial, ...]:
    """Merge plans block by block, at random, each plan's trials in their order; number them anew.

    Each order that keeps the plans' own is as likely as another, and the same seed gives the same.
    """
    chance = random.Random(seed)
    merged: list[Trial] = []
    for block in sorted({trial.block for plan in plans for trial in plan}):
        waiting = [[trial for trial in plan if trial.block == block] for plan in plans]
        while any(waiting):
            turn = chance.choices(waiting, [len(trials) for trials in waiting])[0]
            merged.append(turn.pop(0))
    return tuple(replace(trial, order=order) for order, trial in enumerate(merged, start=1))
