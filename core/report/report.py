"""The report of a run: everything that a page of paper tells, gathered from its record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from core import experiments
from core.continuing import values_of
from core.errors import BadInput
from core.experiments.base import Code, Experiment, Summary
from core.parameters import value_of
from core.report.charts import charts
from core.report.svg import Picture
from core.report.table import Table, table_of
from core.report.timeline import of_story

if TYPE_CHECKING:
    from core.results.records import Environment, PythonRecord, RunRecord

Pairs = tuple[tuple[str, str], ...]
_MOST_ROWS = 40
_STATUS = {
    "running": "still running",
    "finished": "finished",
    "stopped": "stopped before its end",
    "failed": "ended with failures",
    "interrupted": "cut off before its end",
}


@dataclass(frozen=True)
class Report:
    """What a report has, in its order; all text is as it was told, to be escaped by who writes it.

    `script` is what gives these numbers without the lab; None where `no_script` says why not.
    """

    title: str
    question: str
    name: str
    about: tuple[str, ...]
    headline: tuple[str, ...]
    details: tuple[str, ...]
    charts: Mapping[str, Picture]
    table: Table
    left_out: str
    settings: Pairs
    environment: Pairs
    script: Code | None
    no_script: str


def report_of(
    record: RunRecord, name: str = "", whose: str = "", experiment: Experiment | None = None
) -> Report:
    """Gather the report of a run; `experiment` is for one that only a window has.

    Pure, any thread; takes about a tenth of a second. A record from anybody's file may hold what no
    run of ours could: what cannot be said of it is left out, with a sentence.
    """
    known = experiment or _find(record.experiment)
    said = _said(record, known)
    table = _tried(lambda: table_of(record), Table((), (), ()))
    more = len(table.rows) - _MOST_ROWS
    script, no_script = _script(record, known)
    return Report(
        title=known.title if known else record.experiment,
        question=known.question if known else "",
        name=name,
        about=_about(record, whose),
        headline=said.headline or ("Nothing was measured.",),
        details=said.details,
        charts=_tried(lambda: _pictures(record, known) if known else {}, {}),
        table=Table(table.headings, table.figures, table.rows[:_MOST_ROWS]),
        left_out=f"{more} more rows are in the CSV of this run." if more > 0 else "",
        settings=_settings(record, known),
        environment=_tried(lambda: _environment(record.environment, said.details), ()),
        script=script,
        no_script=no_script,
    )


def _pictures(record: RunRecord, known: Experiment) -> dict[str, Picture]:
    """Draw the charts; of a story also its timeline, which has no room beside those of a sweep."""
    told, _ = known.known(record)
    found: dict[str, Picture] = {**charts(told, known)}
    if known.rows is None:
        return found
    story = of_story(told, known.span_words)
    return found if story is None else {**found, story.title: story}


def _find(name: str) -> Experiment | None:
    try:
        return experiments.find(name)
    except BadInput:
        return None


def _tried(make: Any, otherwise: Any) -> Any:
    try:
        return make()
    except Exception:  # a stranger's record; the rest of the page is not lost for it
        return otherwise


def _said(record: RunRecord, known: Experiment | None) -> Summary:
    nothing = Summary(("What this run found cannot be said by this program.",))
    found: Summary = _tried(lambda: known.summarize(record) if known else nothing, nothing)
    return found


def _about(record: RunRecord, whose: str) -> tuple[str, ...]:
    at = record.started_at[:16].replace("T", " ")
    count = f"{len(record.trials)} of {record.planned_trials} trials"
    return tuple(filter(None, (whose, at, f"{_STATUS[record.status]}, {count}")))


def _settings(record: RunRecord, known: Experiment | None) -> Pairs:
    """Write the settings as the form does, those of an unknown experiment as they are.

    What stands behind “More” in the form, and was left as it was there, takes no room here.
    """
    labels = {one.name: one for one in known.parameters} if known else {}
    found = []
    for name, value in record.parameters.items():
        one = labels.get(name)
        kept = value_of(value)
        if one is not None and one.advanced and kept == one.default:
            continue
        text = _tried(partial(one.told if one else str, kept), str(kept))
        wrapped = str(text).replace(",", ", ").replace(",  ", ", ")
        found.append((one.label if one else name, wrapped or "–"))
    if record.calibration is not None:
        found.append(("Size found", f"{record.calibration.size}"))
    return tuple(found)


def _environment(about: Environment, said: Sequence[str]) -> Pairs:
    pythons = about.pythons or ((about.python,) if about.python else ())
    memory = f"{about.memory_bytes / 2**30:.1f} GB"
    cpus = f"{about.usable_cpus} of {about.logical_cpus} usable"
    limit = f", limited to {about.cpu_quota:g}" if about.cpu_quota else ""
    found = [
        ("CPU", about.cpu),
        ("CPUs", cpus + limit),
        ("Memory", memory if about.memory_bytes > 2**20 else ""),
        ("System", f"{about.system}, {about.machine}"),
        *(("Python", _python(one)) for one in pythons),
        ("Power", _power(about)),
        ("Futures Lab", about.app_version),
        *(("Seen before", note.sentence) for note in about.notes if note.sentence not in said),
    ]
    return tuple((name, what) for name, what in found if what)


def _python(one: PythonRecord) -> str:
    gil = "with the GIL" if one.gil else "without the GIL"
    called = f" ({one.name})" if one.name and one.name != one.version else ""
    return f"{one.implementation} {one.version}{called}, {gil}, {one.default_start_method}"


def _power(about: Environment) -> str:
    battery = {True: "on battery", False: "plugged in"}.get(about.on_battery or False, "")
    known = battery if about.on_battery is not None else ""
    return ", ".join(filter(None, (known, about.power_profile, about.governor)))


def _script(record: RunRecord, known: Experiment | None) -> tuple[Code | None, str]:
    if known is None:
        return None, "This program does not know the experiment, and so not its script."
    try:
        return known.code(known.as_run(values_of(known, record), record)), ""
    except Exception as error:  # values that are of another version, or another machine's
        return None, f"The script cannot be made here: {error}"
