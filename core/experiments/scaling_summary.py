"""What a run of π scaling says in words: a line for each kind of workers, and how sure it is.

Apart from the experiment, because it needs the figures, which take time to import: the form and
the first paint do without.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.experiments.base import Summary
from core.experiments.common import swept
from core.lab import workloads
from core.lab.kinds import CEILING, configuration
from core.results import statistics, verdicts

if TYPE_CHECKING:
    from core.results.records import RunRecord
    from core.results.verdicts import SpeedUp


def summary(record: RunRecord) -> Summary:
    """Sum up what is measured by now. Pure; as quick as `verdicts` is."""
    chosen = verdicts.headline(record)
    series = statistics.series(record)
    is_over = record.status != "running"
    lines = [one.told(*_names(one)) for one in chosen]
    details = [_brackets({len(one.by_block) for one in chosen}, is_over)] if lines else []
    details += [_why_unclear(one, is_over) for one in chosen if one.advice and _is_news(one)]
    if series and not lines:
        one, point = series[0], series[0].points[0]
        name = configuration(one.executor, point.workers)
        what = workloads.named(str(record.parameters.get("workload", "leibniz")))
        lines = [f"{what} takes {statistics.seconds(point.median)} with {name}"]
        details = [_why_alone(record)]
    if record.end_reason:
        details.append(record.end_reason)
    return Summary(tuple(lines), tuple(details))


def _why_alone(record: RunRecord) -> str:
    """Say why there is a time and no comparison, and what to do where that was never asked for."""
    kinds, workers = swept(record)
    others = set(kinds) - {CEILING, "serial"}
    if not (others and ("serial" in kinds or set(workers) > {1})):
        return "To compare, choose threads or processes too, and serial or one worker."
    if record.status == "running":
        return "A comparison comes with the next trials."
    return "The run ended before one of its repeats had both times to compare."


def _names(one: SpeedUp) -> tuple[str, str]:
    base = "serial" if one.baseline == "serial" else configuration(one.executor, 1)
    return configuration(one.executor, one.workers), base


def _brackets(counts: set[int], is_over: bool) -> str:
    """Say what stands in brackets in the headline, and how far it can be trusted.

    `counts` are the repeats behind its lines; they differ where a run was stopped or trials failed.
    """
    enough = statistics.ENOUGH_BLOCKS
    if counts == {1}:
        return (
            "Provisional: one measurement cannot show how much it varies;"
            f" {enough} repeats or more can be trusted."
        )
    repeats = _span({count for count in counts if count >= enough} or counts)
    if max(counts) < enough:
        count = f"only {repeats} repeats" if is_over else f"{repeats} repeats so far"
        return (
            f"Provisional: {count}, with their range in brackets; {enough} or more can be trusted."
        )
    rest = "." if min(counts) >= enough else "; with fewer, the range, which is provisional."
    return f"In brackets: 95 % intervals, over {repeats} repeats{rest}"


def _span(counts: set[int]) -> str:
    low, high = min(counts), max(counts)
    return f"{low}" if low == high else f"{low} to {high}"


def _is_news(one: SpeedUp) -> bool:
    """Tell whether there is more to say of an unclear verdict than that it is provisional."""
    return not one.provisional or bool(one.flagged)


def _why_unclear(one: SpeedUp, is_over: bool) -> str:
    """Say why, and what to do; what else was busy is told of the whole run."""
    who, _ = _names(one)
    advice = one.advice if is_over and not one.flagged else ""
    return f"{who}: {one.reason} {advice}".rstrip()
