"""A run over several Pythons, taken apart: one record for each, and what they say together.

Standard library only at import, and pure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.results import statistics

if TYPE_CHECKING:
    from core.results.records import RunRecord


def by_python(record: RunRecord) -> tuple[tuple[str, RunRecord], ...]:
    """Return the record of each Python: its own trials, with it as the environment's Python.

    A run of one Python is itself. Trials of several must never be put together otherwise: their
    times are of different programs.
    """
    if len(record.environment.pythons) < 2:
        name = record.environment.pythons[0].name if record.environment.pythons else ""
        return ((name, record),)
    from msgspec.structs import replace

    return tuple(
        (
            python.name,
            replace(
                record,
                environment=replace(record.environment, python=python, pythons=(python,)),
                trials=tuple(trial for trial in record.trials if trial.python == python.name),
                skipped=tuple(skip for skip in record.skipped if skip.python == python.name),
            ),
        )
        for python in record.environment.pythons
    )


def between(
    parts: tuple[tuple[str, RunRecord], ...], executor: str, workers: int
) -> tuple[tuple[str, statistics.Ratios], ...]:
    """Divide the first Python's time by each other's, within each block, for one configuration.

    Left out is who did not run it in any block that the first did; empty when the first did not.
    Times of zero tell nothing.
    """
    times = []
    for name, part in parts:
        found = (one.at(workers) for one in statistics.series(part) if one.executor == executor)
        point = next(found, None)
        times.append((name, point.times if point else {}))
    (first, base), *others = times
    ratios = []
    for name, theirs in others:
        values = {
            block: base[block] / time
            for block, time in theirs.items()
            if time > 0 and base.get(block, 0) > 0
        }
        if values:
            ratios.append((name, statistics.Ratios(first, values)))
    return tuple(ratios)
