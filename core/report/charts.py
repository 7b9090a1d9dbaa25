"""The charts of a run, as its page shows them: from a record alone, without a window.

Pure, any thread; takes some milliseconds for each hundred trials.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import median
from typing import TYPE_CHECKING, Any

from core.experiments import base
from core.experiments.base import Experiment, Scaling, Show
from core.lab.kinds import CEILING, called, configuration
from core.report.graph import Graph, graph_of
from core.report.marks import KINDS, MARKS, OTHER, PHASES, LineLooks, beside, look_of
from core.report.plot import DASHES, Axis, Bar, Bars, Chart, Curve, Middle, Plot
from core.report.svg import MUTED, TEXT
from core.report.titles import RUNTIME, SPEEDUP, WHERE
from core.results import fits, noise, statistics, verdicts
from core.results.phases import PARTS, Phases, phases
from core.results.pythons import by_python
from core.results.statistics import seconds

if TYPE_CHECKING:
    from core.results.records import RunRecord, TrialRecord

Part = tuple[str, "RunRecord"]  # a name, and what it is of: a Python of a run, or a whole run
_SHAPES = ("circle", "square", "triangle", "diamond", "star", "plus")
_MOST_BARS = 24
_MOST = 1e15  # of what a program told; more is no measurement
_SECONDS = {"s": 1.0, "ms": 1e-3, "µs": 1e-6, "ns": 1e-9}


def charts(
    record: RunRecord, experiment: Experiment, baseline: str = "serial", laws: bool = False
) -> dict[str, Chart | Graph]:
    """Make the charts of a run, by the titles of their tabs; empty ones are left out.

    Of a story the record is as `Experiment.known` gives it.
    `baseline` and `laws` are what the speed-up is divided by, and whether laws are drawn into it.
    """
    found: dict[str, Chart | Graph] = {}
    for show in experiment.shows:
        if isinstance(show, Scaling):
            found |= {
                RUNTIME: runtime(record),
                SPEEDUP: speedup(record, baseline, laws),
                WHERE: where(record),
            }
        elif (chart := _told(record, show)) is not None:
            found[show.title] = chart
    return {title: chart for title, chart in found.items() if _has_something(chart)}


def _has_something(chart: Chart | Graph) -> bool:
    if isinstance(chart, Graph):
        return bool(chart.names)
    if isinstance(chart, Bars):
        return bool(chart.bars)
    return any(curve.mark and (curve.middles or curve.dots) for curve in chart.curves)


# ------------------------------------------------------------------------------------ of a sweep


def runtime(record: RunRecord) -> Plot:
    """Draw seconds of work over workers, from zero up; a bar is the range of the repeats."""
    return runtimes(by_python(record))


def runtimes(parts: Sequence[Part], called: str = "Python {}") -> Plot:
    """Draw the same for the parts of a run, or for several runs; `called` names each of several."""
    curves: list[Curve] = []
    for place, (_, part) in enumerate(parts):
        flags = _disturbed(part)
        for one in statistics.series_with_ceiling(part):
            aside = beside(one.executor, place, len(parts))
            middles = [Middle(p.workers + aside, p.median, p.low, p.high) for p in one.points]
            dots, grey = _dots(part, one.executor, aside, flags)
            curves.append(_curve(one.executor, place, middles, dots, grey))
    return Plot(
        "Runtime over workers",
        _workers(parts),
        Axis("work time, seconds", least=0.0),
        (*curves, *_named(parts, called)),
        "Dots: repeats; marks: medians; bars: ranges. Grey crosses: disturbed.",
    )


def speedup(record: RunRecord, baseline: str = "serial", laws: bool = False) -> Plot:
    """Draw how many times as fast each configuration is, with its interval, and the line y = x."""
    return speedups(by_python(record), baseline, laws)


def speedups(
    parts: Sequence[Part], baseline: str = "serial", laws: bool = False, called: str = "Python {}"
) -> Plot:
    """Draw the same for the parts of a run, or for several runs, each divided by its own."""
    axis = _workers(parts)
    ideal = Curve(
        "textbook: y = x",
        MUTED,
        dash=DASHES[-1],
        middles=tuple(Middle(x, x, x, x) for x in (axis.least, axis.most)),
        weight=0.7,
    )
    curves: list[Curve] = []
    counts = []
    every = [
        (*verdicts.speedups(part, baseline), *verdicts.ceiling(part, baseline)) for _, part in parts
    ]
    is_plain = any(one.baseline == "serial" for found in every for one in found)
    for place, ((_, part), both) in enumerate(zip(parts, every, strict=True)):
        flags = _disturbed(part)
        # What has no plain call to be divided by has no place on an axis of plain calls.
        found = [one for one in both if (one.baseline == "serial") == is_plain]
        for kind in dict.fromkeys(one.executor for one in found):
            ours = [one for one in found if one.executor == kind]
            aside = beside(kind, place, len(parts))
            middles = [
                Middle(s.workers + aside, s.median, s.low, s.high, not s.provisional) for s in ours
            ]
            dots, grey = _ratio_dots(ours, aside, flags)
            curves.append(_curve(kind, place, middles, dots, grey))
        counts += [len(one.by_block) for one in found]
        curves += _laws(part, baseline) if laws and found else []
    top = max((m.high for curve in curves for m in curve.middles), default=2.0)
    plain = "one plain call" if is_plain else "one worker"
    axis_up = Axis(f"× {plain}", least=0.0, most=max(2.0, min(axis.most, 1.5 * top)))
    if axis_up.most < axis.most:  # the textbook line ends where the picture does
        ends = [Middle(x, x, x, x) for x in (axis.least, axis_up.most)]
        ideal = Curve(ideal.name, MUTED, dash=DASHES[-1], middles=tuple(ends), weight=0.7)
    return Plot(
        "Speed-up over workers",
        axis,
        axis_up,
        (ideal, *curves, *_named(parts, called)),
        _what_bars_are(counts),
    )


def where(record: RunRecord) -> Bars:
    """Draw where the time of each configuration went: of its repeats the one in the middle."""
    bars = []
    several = len(record.environment.pythons) > 1
    for (python, kind, workers), (_, found) in _middle_trials(record).items():
        name = configuration(kind, workers) + (f" on {python}" if several and python else "")
        parts = tuple((max(0.0, value), PHASES[part.field]) for part, value in found.parts)
        bars.append(Bar(name, parts, seconds(found.wall_s)))
    left = f" The first {_MOST_BARS} of {len(bars)}." if len(bars) > _MOST_BARS else ""
    return Bars(
        "Where the time went",
        tuple(bars[:_MOST_BARS]),
        key=tuple((part.label, PHASES[part.field]) for part in PARTS),
        note=f"Of each configuration the repeat whose time is the median.{left}",
    )


_Which = tuple[str, str, int]  # Python, kind, number of workers


def _middle_trials(record: RunRecord) -> dict[_Which, tuple[TrialRecord, Phases]]:
    gathered: dict[_Which, list[tuple[TrialRecord, Phases]]] = {}
    for trial in record.trials:
        found = phases(trial) if trial.status == "done" else None
        if found is not None:
            key = (trial.python, trial.executor, trial.workers)
            gathered.setdefault(key, []).append((trial, found))
    places = {one.executor: place for place, one in enumerate(statistics.series(record))}
    ordered = sorted(gathered, key=lambda key: (key[0], places.get(key[1], len(places)), key[2]))
    return {
        key: sorted(gathered[key], key=lambda one: one[1].wall_s)[(len(gathered[key]) - 1) // 2]
        for key in ordered
    }


def _curve(
    kind: str,
    place: int,
    middles: Sequence[Middle],
    dots: Sequence[tuple[float, float]],
    grey: Sequence[tuple[float, float]],
) -> Curve:
    look = look_of(place)
    return Curve(
        called(kind) if place == 0 else "",
        look.of(KINDS.get(kind, OTHER), TEXT),
        MARKS.get(kind, "circle"),
        DASHES[look.line],
        tuple(middles),
        tuple(dots),
        tuple(grey),
        0.6 if kind == CEILING else 1.0,
        look.is_hollow,
    )


def _named(parts: Sequence[Part], called: str) -> tuple[Curve, ...]:
    """Tell which line and which marks are which part's, where there are several."""
    if len(parts) < 2:
        return ()
    looks = [(name, look_of(place)) for place, (name, _) in enumerate(parts)]
    return tuple(
        Curve(
            called.format(name),
            look.of(MUTED, TEXT),
            "circle",
            DASHES[look.line],
            hollow=look.is_hollow,
        )
        for name, look in looks
    )


def _laws(part: RunRecord, baseline: str) -> list[Curve]:
    found = []
    names = {"amdahl": ("Amdahl's law", DASHES[1]), "usl": ("Gunther's law (USL)", DASHES[-1])}
    for one in fits.fits(part, baseline):
        for law in filter(None, (one.amdahl, one.usl)):
            name, dash = names[law.name]
            middles = tuple(Middle(p.workers, p.speedup, p.speedup, p.speedup) for p in law.curve)
            label = f"{name}, {one.executor}"
            colour = KINDS.get(one.executor, OTHER)
            found.append(Curve(label, colour, dash=dash, middles=middles, weight=0.7))
    return found


def _workers(parts: Sequence[Part]) -> Axis:
    most = max((trial.workers for _, part in parts for trial in part.trials), default=1)
    return Axis("workers", 0.5, max(2, most) + 0.5, whole=True)


_Flags = Mapping[tuple[str, int, int], bool]  # by kind, number of workers and block
_Dots = tuple[list[tuple[float, float]], list[tuple[float, float]]]  # quiet ones, disturbed ones


def _disturbed(record: RunRecord) -> _Flags:
    """Tell of each trial whether something disturbed it."""
    return {
        (trial.executor, trial.workers, trial.block): bool(flags)
        for trial, flags in zip(record.trials, noise.flags(record), strict=True)
    }


def _dots(record: RunRecord, kind: str, aside: float, flags: _Flags) -> _Dots:
    dots: list[tuple[float, float]] = []
    grey: list[tuple[float, float]] = []
    for trial in record.trials:
        if trial.executor == kind and statistics.is_timed(trial) and trial.work_s is not None:
            is_grey = flags[kind, trial.workers, trial.block]
            (grey if is_grey else dots).append((trial.workers + aside, trial.work_s))
    return dots, grey


def _ratio_dots(found: Sequence[verdicts.SpeedUp], aside: float, flags: _Flags) -> _Dots:
    dots: list[tuple[float, float]] = []
    grey: list[tuple[float, float]] = []
    for one in found:
        base = "serial" if one.baseline == "serial" else one.executor
        for block, value in one.by_block.items():
            both = ((one.executor, one.workers, block), (base, 1, block))
            is_grey = any(flags.get(key) for key in both)
            (grey if is_grey else dots).append((one.workers + aside, value))
    return dots, grey


def _what_bars_are(counts: Sequence[int]) -> str:
    if not counts or max(counts) < 2:
        return "Each was measured once: nothing tells how much it varies."
    few, many = min(counts), max(counts)
    repeats = f"{few} repeats" if few == many else f"{few} to {many} repeats"
    if many < statistics.ENOUGH_BLOCKS:
        return f"Provisional: bars are the ranges of {repeats}. Grey crosses: disturbed."
    light = "" if few >= statistics.ENOUGH_BLOCKS else "; light ones are provisional"
    return f"Bars are 95 % intervals over {repeats}{light}. Grey crosses: disturbed."


# ------------------------------------------------------------------------------------ of a story


def _told(record: RunRecord, show: Show) -> Chart | Graph | None:
    if isinstance(show, base.WaitGraph):
        return graph_of(record, show.title)
    rows = [row for trial in record.trials for row in trial.rows]
    if isinstance(show, base.Bars):
        return _bars_of(rows, show)
    return _lines_of(rows, show) if isinstance(show, base.Lines) else None


def _bars_of(rows: Sequence[Mapping[str, Any]], show: base.Bars) -> Bars:
    values: dict[str, list[float]] = {}
    names: dict[str, None] = {}
    for row in rows:
        names[str(row.get(show.label))] = None
        if (value := _drawn(row.get(show.value))) is not None:
            values.setdefault(str(row.get(show.label)), []).append(value)
    without = [name for name in names if name not in values] if show.why_none else []

    def words(value: float) -> str:
        if (in_seconds := _SECONDS.get(show.unit)) is not None:
            return seconds(value * in_seconds)
        return f"{value:.3g} {show.unit}"

    bars = tuple(
        Bar(name, ((median(those), KINDS["processes"]),), words(median(those)), tuple(those))
        for name, those in list(values.items())[:_MOST_BARS]
    )
    note = "A dot is one repeat, the bar their median; the scale is logarithmic."
    if without:
        note += f" Without a figure: {', '.join(without[:_MOST_BARS])}."
    return Bars(show.title, bars, log=True, note=note, tick=words)


def _lines_of(rows: Sequence[Mapping[str, Any]], show: base.Lines) -> Plot:
    points: dict[str, dict[float, list[float]]] = {}
    for row in rows:
        x, y = _drawn(row.get(show.x)), _drawn(row.get(show.y))
        if x is not None and y is not None:
            points.setdefault(str(row.get(show.by)), {}).setdefault(x, []).append(y)
    looks = LineLooks()
    points = dict(list(points.items())[:_MOST_BARS])
    look_of_line = {name: looks.of(name) for name in points}
    curves = tuple(
        Curve(
            name,
            look_of_line[name].colour,
            _SHAPES[look_of_line[name].place % len(_SHAPES)],
            DASHES[look_of_line[name].variant % len(DASHES)],
            middles=tuple(
                Middle(x, median(line[x]), min(line[x]), max(line[x]), is_sure=False)
                for x in sorted(line)
            ),
            hollow=look_of_line[name].variant > 0,
        )
        for name, line in points.items()
    )
    across, up = Axis(show.x_label, log=True), Axis(show.y_label, log=True)
    note = "Marks are medians, bars hold all repeats; both scales are logarithmic."
    return Plot(show.title, across, up, curves, note)


def _drawn(value: object) -> float | None:
    """Give a number that has a place on a log scale; None for all else that a row may hold."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < _MOST:
        return None
    return float(value)
