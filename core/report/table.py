"""The one table that says what a run found: medians with their verdicts, or what was told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.lab.kinds import called
from core.report.titles import heading
from core.results import statistics, verdicts
from core.results.pythons import by_python

if TYPE_CHECKING:
    from core.results.records import RunRecord, TrialRecord
    from core.results.verdicts import SpeedUp

_VERDICTS = {"faster": "faster", "slower": "slower", "same": "no difference"}


@dataclass(frozen=True)
class Table:
    """Headings, whether what stands below each are figures, and rows of text."""

    headings: tuple[str, ...]
    figures: tuple[bool, ...]
    rows: tuple[tuple[str, ...], ...]


def table_of(record: RunRecord) -> Table:
    """Lay out what a run found, in the way that belongs to it."""
    told = any(trial.rows for trial in record.trials)
    return rows(record) if told else medians(record)


def medians(record: RunRecord) -> Table:
    """Give one row for each configuration, with its speed-up and verdict."""
    parts = by_python(record)
    found = [one for _, part in parts for one in verdicts.speedups(part)]
    ends = "95 % interval" if any(not one.provisional for one in found) else "range"
    headings = ("executor", "workers", "median", "start-up", "speed-up", ends, "verdict")
    figures = (False, True, True, True, True, True, False)
    cells = [((name,), row) for name, part in parts for row in _medians(part)]
    if len(parts) < 2:
        return Table(headings, figures, tuple(row for _, row in cells))
    named = tuple((*name, *row) for name, row in cells)
    return Table(("Python", *headings), (False, *figures), named)


def rows(record: RunRecord) -> Table:
    """Give what programs told: a column for each name, in the order of appearance.

    Of several Pythons each row names its own, and of several repeats.
    """
    several = len(record.environment.pythons) > 1
    told = [
        {**({"python": trial.python} if several else {}), **_repeat(record, trial, row), **row}
        for trial in record.trials
        for row in trial.rows
    ]
    names = tuple(dict.fromkeys(name for row in told for name in row))
    return Table(
        tuple(map(heading, names)),
        tuple(all(isinstance(row.get(name), int | float | None) for row in told) for name in names),
        tuple(tuple(cell(row.get(name)) for name in names) for row in told),
    )


def _repeat(record: RunRecord, trial: TrialRecord, row: Mapping[str, Any]) -> dict[str, Any]:
    """Give the repeat that a trial belongs to, where its rows do not tell it themselves."""
    of_trial = "repeats" in record.parameters and "repeat" not in row
    return {"repeat": trial.block} if of_trial else {}


def cell(what: Any) -> str:
    """Write a value that a program told."""
    if isinstance(what, float):
        return f"{what:.4g}"
    return "" if what is None else str(what)


def _medians(record: RunRecord) -> Iterator[tuple[str, ...]]:
    compared = (*verdicts.speedups(record), *verdicts.ceiling(record))
    found = {(one.executor, one.workers): one for one in compared}
    for one in statistics.series_with_ceiling(record):
        for point in one.points:
            yield (
                called(one.executor),
                str(point.workers),
                statistics.seconds(point.median),
                _startup(record, one.executor, point.workers),
                *_compared(found.get((one.executor, point.workers))),
            )


def _startup(record: RunRecord, executor: str, workers: int) -> str:
    try:
        return statistics.seconds(statistics.startup(record, executor, workers))
    except ValueError:  # a stranger's record need not have told it
        return "–"


def _compared(one: SpeedUp | None) -> tuple[str, str, str]:
    """Write the speed-up, its interval or range, and the verdict."""
    if one is None:
        return "", "", ""
    ends = "" if len(one.by_block) == 1 else f"{one.low:.2f} – {one.high:.2f}"
    said = ", ".join(filter(None, (_VERDICTS.get(one.verdict, ""), one.reserve)))
    return f"{one.median:.2f}×", ends, said
