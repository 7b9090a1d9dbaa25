"""Runs side by side on a terminal: what differs, how many times as fast, or what each found."""

from collections.abc import Callable, Iterator, Sequence

from rich.table import Table

from core.headless_output import cell
from core.lab.kinds import configuration
from core.results import statistics, verdicts
from core.results.compare import ABOUT_INTERVALS, Comparison
from core.results.pythons import by_python
from core.results.records import RunRecord
from core.results.verdicts import SpeedUp


def side_by_side(
    found: Comparison,
    records: Sequence[RunRecord],
    names: Sequence[str],
    say: Callable[[RunRecord], str],
) -> Iterator[str | Table]:
    """Lay out a comparison of runs, but for its warnings; `say` puts what one found into a line."""
    figures = _ratios(found, names) if found.did_the_same else _speedups(records, names)
    yield from (one for one in (_differences(found, names), figures) if one.row_count)
    if any(one.low is not None for one in found.ratios):
        yield ABOUT_INTERVALS
    if not any(map(statistics.series, records)):
        yield "These runs have no curves over workers. What each found:"
        for name, record in zip(names, records, strict=True):
            yield f"{name}: {say(record) or 'Nothing was found.'}"


def _differences(found: Comparison, names: Sequence[str]) -> Table:
    shown = Table("", *map(cell, names), box=None, pad_edge=False)
    for one in found.differences:
        cells = (f"{one.area}: {one.name}", *one.values)
        shown.add_row(*map(cell, cells))
    return shown


def _ratios(found: Comparison, names: Sequence[str]) -> Table:
    shown = Table(box=None, pad_edge=False)
    for heading in ("configuration", "", "times as fast", "95 % interval", "verdict"):
        shown.add_column(heading)
    for one in found.ratios:
        ends = "" if one.low is None or one.high is None else f"{one.low:.2f} – {one.high:.2f}"
        shown.add_row(
            cell(_name(one.executor, one.workers, one.python)),
            cell(f"{names[one.run]} against {names[0]}"),
            f"{one.median:.2f}×",
            ends,
            one.told,
        )
    return shown


def _speedups(records: Sequence[RunRecord], names: Sequence[str]) -> Table:
    """Lay out what each run found of itself, a column for each."""
    cells: dict[str, dict[int, str]] = {}
    for place, record in enumerate(records):
        parts = by_python(record)
        for python, part in parts:
            for one in verdicts.speedups(part):
                which = python if len(parts) > 1 else ""
                cells.setdefault(_name(one.executor, one.workers, which), {})[place] = _figure(one)
    shown = Table("speed-up within each run", *map(cell, names), box=None, pad_edge=False)
    for name, figures in cells.items():
        shown.add_row(cell(name), *(figures.get(place, "") for place in range(len(names))))
    return shown


def _figure(one: SpeedUp) -> str:
    """Write a speed-up with how far it can be trusted, and what it is over if not serial."""
    over = "" if one.baseline == "serial" else " over one worker"
    return ", ".join(filter(None, (f"{one.figure}{over}", one.reserve)))


def _name(executor: str, workers: int, python: str) -> str:
    name = configuration(executor, workers)
    return f"{name}, Python {python}" if python else name
