"""The report: what stands in it, that it is only text, and that any record makes one."""

from __future__ import annotations

import dataclasses
import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from msgspec.structs import replace

from core import experiments
from core.experiments.base import Summary
from core.report.charts import charts, speedups
from core.report.html import html
from core.report.plot import Axis, Bar, Bars, Curve, Middle, Plot
from core.report.report import report_of
from core.report.svg import PAPER, SLIDE, Look
from core.report.table import table_of
from core.report.titles import RUNTIME, SPEEDUP, WHERE
from core.results.records import RunRecord
from tests.core.history.strategies import RECORDS
from tests.core.making import done, record
from tests.gui.sweeps import ASLEEP, begun, sweep, trial

_NS = "{http://www.w3.org/2000/svg}"
_NASTY = "<script>alert(1)</script>\"'&\u202e\x00=1+1"


def run(blocks: int = 5, **more: Any) -> RunRecord:
    trials = tuple(sweep(blocks, **more))
    return replace(begun(blocks=blocks), trials=trials, status="finished", planned_trials=9)


class Reader(HTMLParser):
    """Gathers tags, attributes and text."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.names: list[str] = []
        self.words = ""
        self.feed(page.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.names += [name for name, _ in attrs]

    def handle_data(self, data: str) -> None:
        self.words += data


def texts(svg: str) -> list[str]:
    return [one.text or "" for one in ET.fromstring(svg).iter(f"{_NS}text")]


def test_the_report_says_what_the_page_says() -> None:
    page = Reader(html(report_of(run(), "my run", "Ada"))).words
    assert "How does the time to compute π scale with workers?" in page
    assert "2 processes are 1.90 times as fast as serial" in page
    for part in ("my run", "Ada", "Settings", "Machine and Python", "3.11.7", "no difference"):
        assert part in page
    assert "pool.submit(myPi" in page  # the script
    assert "TERMS = 10000000" in page
    assert list(report_of(run()).charts) == [RUNTIME, SPEEDUP, WHERE]


def test_names_are_text_whoever_gave_them() -> None:
    machine = replace(begun().environment, cpu=_NASTY, system=_NASTY)
    trials = [*sweep(2), trial("threads", 2, 3, 1.0), done(_NASTY, 2, 1, 1.0)]
    nasty = replace(
        run(), experiment=_NASTY, environment=machine, parameters={_NASTY: _NASTY},
        trials=(*trials, replace(done("threads", 1, 9, 1.0), rows=({_NASTY: _NASTY},))),
    )  # fmt: skip
    for one in (nasty, replace(nasty, experiment="pi-scaling", trials=tuple(trials))):
        page = Reader(html(report_of(one, _NASTY, _NASTY)))
        assert "script" not in page.tags
        assert not {"href", "src", "onload", "onclick"} & set(page.names)
        assert "<script>alert(1)</script>" in page.words
        assert "\u202e" not in page.words


def test_a_chart_has_real_text_and_is_small() -> None:
    for look in (PAPER, SLIDE):
        drawn = charts(run(workers=(1, 2, 3, 4)), experiments.find("pi-scaling"))
        for chart in drawn.values():
            svg = chart.svg(look)
            assert len(svg) < 60_000
            assert ET.fromstring(svg).get("width") == f"{look.width:g}"
        assert {"threads", "processes", "measured ceiling", "workers"} <= set(
            texts(drawn[RUNTIME].svg(look))
        )
        assert "2 processes" in texts(drawn[WHERE].svg(look))


def test_the_chart_shows_the_figures_of_the_verdicts() -> None:
    drawn = charts(run(), experiments.find("pi-scaling"))[SPEEDUP]
    assert isinstance(drawn, Plot)
    (curve,) = (one for one in drawn.curves if one.name == "processes")
    assert [round(one.y, 2) for one in curve.middles] == [1.0, 1.9]
    assert all(one.is_sure for one in curve.middles)
    assert "95 % intervals over 5 repeats" in drawn.note


def test_a_disturbed_repeat_is_a_cross() -> None:
    made = replace(run(2), trials=(*sweep(2), trial("threads", 2, 3, 1.0, ASLEEP)))
    drawn = charts(made, experiments.find("pi-scaling"))[RUNTIME]
    assert isinstance(drawn, Plot)
    (curve,) = (one for one in drawn.curves if one.name == "threads")
    assert [y for _, y in curve.grey] == [1.0]


def test_laws_and_another_baseline_are_drawn_where_they_are_asked_for() -> None:
    made = run(workers=(1, 2, 3, 4, 5, 6), kinds=("serial", "processes"))
    drawn = charts(made, experiments.find("pi-scaling"), "one", laws=True)[SPEEDUP]
    assert isinstance(drawn, Plot)
    assert {"Amdahl's law, processes", "Gunther's law (USL), processes"} <= {
        one.name for one in drawn.curves
    }
    assert drawn.up.label == "× one worker"


def test_no_law_is_drawn_of_what_has_no_plain_call_on_an_axis_of_plain_calls() -> None:
    whole = run(workers=(1, 2, 3, 4, 5, 6), kinds=("serial", "processes"))
    trials = tuple(one for one in whole.trials if one.executor != "serial")
    drawn = speedups([("a", whole), ("b", replace(whole, trials=trials))], laws=True)
    assert drawn.up.label == "× one plain call"
    assert [one.name for one in drawn.curves].count("Amdahl's law, processes") == 1


def test_rows_make_bars_lines_and_a_table() -> None:
    whole = {"total": 1, "expected": 1, "odd": [1, {"a": None}]}
    rows = tuple(
        {"way": way, "per_increment_us": value, **whole}
        for way, value in (("Lock", 0.2), ("Manager", 200.0), ("Manager", 220), ("none", None))
    )
    made = record([replace(done("threads", 2, 1, 1.0), rows=rows)], experiment="sharing")
    report = report_of(made)
    (chart,) = report.charts.values()
    drawn = set(texts(chart.svg(PAPER)))
    assert {"Lock", "Manager", "210 µs"} <= drawn
    assert "none" not in drawn, "no way of this experiment"
    assert report.table.headings == ("way", "per increment, µs", "total", "expected", "odd")
    assert len(report.table.rows) == 4


def test_too_many_rows_are_told_and_left_out() -> None:
    rows = tuple({"n": n} for n in range(100))
    report = report_of(record([replace(done("x", 1, 1, 1.0), rows=rows)], experiment="race"))
    assert len(report.table.rows) + 60 == 100
    assert "60 more rows" in Reader(html(report)).words


def test_what_is_not_known_here_is_said_and_the_rest_is_there() -> None:
    made = replace(run(), experiment="of the year 3000")
    page = Reader(html(report_of(made))).words
    assert "cannot be said by this program" in page
    assert "no difference" in page
    assert "not its script" in page


def test_a_summary_that_fails_leaves_the_rest() -> None:
    def broken(record: RunRecord) -> Summary:
        raise ZeroDivisionError

    known = experiments.find("pi-scaling")
    report = report_of(run(), experiment=dataclasses.replace(known, summary=broken))
    assert report.charts
    assert "cannot be said" in report.headline[0]


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(RECORDS)
def test_every_record_makes_a_report(made: RunRecord) -> None:
    for one in (made, replace(made, experiment="pi-scaling"), replace(made, experiment="sharing")):
        report = report_of(one, made.experiment)
        page = html(report)
        if one.experiment in ("pi-scaling", "sharing"):  # nothing was left out for an error
            assert report.charts == charts(one, experiments.find(one.experiment))
            assert report.table.rows == table_of(one).rows[:40]
        for chart in report.charts.values():
            ET.fromstring(chart.svg(PAPER))
        assert b"</html>" in page
        assert "script" not in Reader(page).tags


@pytest.mark.parametrize("look", [PAPER, SLIDE, Look(60, 40, 13)], ids=["paper", "slide", "tiny"])
@pytest.mark.parametrize("log", [False, True])
@pytest.mark.parametrize("values", [(), (0.0,), (1e10,), (-5.0, 3.0), (1e-300, 1e10), (2.0, 2.0)])
def test_whatever_the_values_a_chart_can_be_drawn(
    look: Look, log: bool, values: tuple[float, ...]
) -> None:
    middles = tuple(Middle(abs(v) + 1, v, v - 1, v + 1) for v in values)
    curve = Curve("a long name of a curve " * 9, "#000000", "star", "6 3", middles, ((1, 1),))
    plot = Plot("t", Axis("x", log=log), Axis("y", log=log), (curve, curve), "note " * 99)
    bars = Bars("t", tuple(Bar("n" * 99, ((v, "#fff"),), "w") for v in values), log=log)
    for chart in (plot, bars):
        ET.fromstring(chart.svg(look))
