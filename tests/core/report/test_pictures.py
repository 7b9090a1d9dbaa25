"""Pictures of timelines, wait graphs, classes and comparisons: what is in them, and no more."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from core import experiments
from core.report.charts import charts, runtimes, speedups
from core.report.graph import Graph, circle, circle_through, graph_of
from core.report.lanes import Lanes
from core.report.marks import SCALE, SPANS, along
from core.report.report import report_of
from core.report.stretches import Stretch
from core.report.svg import PAPER, SLIDE, Picture
from core.report.timeline import of_story, of_trial, timeline
from core.report.together import gallery_chart
from core.results.gallery import gallery
from core.results.records import RunRecord, TaskRecord
from tests.core.history.strategies import RECORDS
from tests.core.making import done, record
from tests.core.test_gallery import laptop

DEADLOCK = experiments.find("deadlock")
WAITS = (
    {"kind": "waits", "who": "A", "whom": "B", "t": 0.1},
    {"kind": "waits", "who": "B", "whom": "A", "t": 0.2},
    {"kind": "waits", "who": "C", "whom": "A", "t": 0.3},
)
FREED = tuple({"kind": "goes_on", "who": who, "t": 0.4} for who in "ABC")


def told(*events: dict[str, Any], trials: int = 1) -> RunRecord:
    one = replace(done("processes", 1, 1, 1.0), events=events)
    return record([one] * trials, experiment="deadlock")


def texts(picture: Picture) -> list[str]:
    root = ElementTree.fromstring(picture.svg(PAPER))
    return [one.text or "" for one in root.iter("{http://www.w3.org/2000/svg}text")]


def test_a_trial_has_a_lane_for_each_worker_and_its_start_up() -> None:
    tasks = (TaskRecord(1, 0.5, 0.5, 1.5, 1.0), TaskRecord(2, 0.5, 0.6, 2.0, 1.0))
    lanes = of_trial(replace(done("threads", 2, 3, 1.5), startup_s=0.5, tasks=tasks, order=7))
    assert lanes.names == ("worker 1", "worker 2")
    spans = [(one.lane, one.kind, one.start, one.end) for one in lanes.stretches]
    assert spans == [
        (0, "startup", 0.0, 0.5),
        (1, "startup", 0.0, 0.5),
        (0, "task", 0.5, 1.5),
        (1, "task", 0.6, 2.0),
    ]
    assert {"worker 2", "task 1", "at work", "start-up", "s"} <= set(texts(lanes))
    assert any("Trial 7: 2 threads, repeat 3" in text for text in texts(lanes))


def test_a_sweep_shows_the_trial_that_is_chosen_or_its_last() -> None:
    task = (TaskRecord(1, 0.0, 0.0, 1.0, 1.0),)
    trials = [replace(done("serial", 1, n, 1.0), tasks=task, order=n) for n in (1, 2)]
    pi, run = experiments.find("pi-scaling"), record(trials)
    for order, said in ((1, "Trial 1:"), (2, "Trial 2:"), (None, "Trial 2:")):
        found = timeline(run, pi, order)
        assert found is not None
        assert found.note.startswith(said)
    assert timeline(run, pi, 3) is None


def test_a_story_is_one_timeline_of_all_its_trials() -> None:
    events = (
        {"kind": "begins", "lane": "A", "start": 0.0, "label": "first"},
        {"kind": "waits", "who": "A", "whom": "B", "t": 1.0},
        {"kind": "goes_on", "who": "A", "t": 3.0},
        {"kind": "span", "lane": "B", "start": 0.5, "end": 2.0, "state": "failed"},
        {"kind": "mark", "lane": "B", "at": 4.0},
    )
    found = of_story(told(*events, trials=2), {})
    assert found is not None
    assert found.names == ("A", "B")
    spans = [(one.lane, one.kind, one.start, one.end, one.words) for one in found.stretches]
    assert spans[:4] == [
        (0, "task", 0.0, 1.0, "first"),
        (0, "waiting", 1.0, 3.0, "waits for B"),
        (1, "failed", 0.5, 2.0, ""),
        (1, "event", 4.0, 4.0, ""),
    ]
    assert [one.start for one in found.stretches[4:]] == [4.0, 5.0, 4.5, 8.0], "the second behind"


def test_what_never_ended_goes_on_to_the_last_that_was_told() -> None:
    found = of_story(told(*WAITS), {})
    assert found is not None
    assert [(one.start, one.end) for one in found.stretches] == [(0.1, 0.3), (0.2, 0.3), (0.3, 0.3)]
    assert of_story(told(), {}) is None
    stopped = replace(told(*WAITS).trials[0], wall_s=2.5)
    found = of_story(record([stopped], experiment="deadlock"), {})
    assert found is not None
    assert {one.end for one in found.stretches} == {2.5}


def test_a_report_draws_only_what_its_programs_could_tell() -> None:
    strange = (
        {"kind": "span", "lane": "A", "start": 0.0, "end": 1e11, "label": 7},
        {"kind": "waits", "who": "C", "whom": ["D"], "t": 0.2},
        {"kind": "waits", "who": "D", "whom": "C", "t": "soon"},
        {"kind": "goes_on", "who": "B"},
        {"kind": ["mark"]},
    )
    found = report_of(replace(told(*strange, *WAITS[:2]), parameters=DEADLOCK.defaults()))
    assert "Left out: 5 events that this version does not know" in found.details[-1]
    clean = report_of(told(*WAITS[:2]))
    assert found.charts == clean.charts
    assert set(clean.charts) == {"Who waits for whom", "Timeline"}


def test_a_hundred_thousand_tasks_are_few_rectangles() -> None:
    many = tuple(Stretch(n % 2, "task", n / 1e5, (n + 0.9) / 1e5) for n in range(100_000))
    assert Lanes("t", ("a", "b"), many, {"task": "at work"}, {}).svg(PAPER).count("<rect") < 2000


def test_stretches_are_looked_through_as_often_however_many_lanes_there_are() -> None:
    class Counted(tuple[Stretch, ...]):
        passes = 0

        def __iter__(self) -> Iterator[Stretch]:
            Counted.passes += 1
            return super().__iter__()

    def passes(lanes: int) -> int:
        Counted.passes = 0
        stretches = Counted(Stretch(lane, "task", 0.0, 1.0) for lane in range(lanes))
        Lanes("t", tuple("a" * lanes), stretches, {"task": "at work"}, {}).svg(PAPER)
        return Counted.passes

    assert passes(40) == passes(2)


def test_very_many_lanes_are_told_and_left_out() -> None:
    names = tuple(f"worker {n}" for n in range(200))
    lanes = Lanes("t", names, (Stretch(199, "task", 0.0, 1.0),), {}, {})
    assert "The first 64 of 200 lanes." in texts(lanes)
    assert "worker 64" not in texts(lanes)


def test_a_graph_is_of_the_end_or_of_when_most_waited() -> None:
    at_end = graph_of(told(*WAITS), "Waits")
    assert at_end is not None
    assert at_end.waits == {"A": "B", "B": "A", "C": "A"}
    assert at_end.note == "As it was at the end."
    freed = graph_of(told(*WAITS, *FREED), "Waits")
    assert freed is not None
    assert freed.waits == at_end.waits
    assert "300 ms after" in freed.note
    assert graph_of(told(), "Waits") is None
    assert set(circle(at_end.waits)) == {"A", "B"}


def test_a_play_after_a_deadlock_has_the_graph_for_itself() -> None:
    def waits(who: str, whom: str, t: float) -> dict[str, Any]:
        return {"kind": "waits", "who": who, "whom": whom, "t": t}

    first = [waits("A", "B", 0.1), waits("B", "A", 0.2)]
    gone = [{"kind": "goes_on", "who": who, "t": 0.3} for who in "AB"]
    found = graph_of(told(*first, *gone, waits("C", "D", 0.4), waits("D", "C", 0.5)), "Waits")
    assert found is not None
    assert (found.names, found.waits) == (("C", "D"), {"C": "D", "D": "C"})
    again = graph_of(told(*first, *gone, waits("C", "A", 0.4)), "Waits")
    assert again is not None
    assert again.names == ("A", "B", "C"), "one of them is there still"
    calm = graph_of(told(first[0], gone[0], waits("C", "D", 0.4)), "Waits")
    assert calm is not None
    assert calm.names == ("A", "B", "C", "D"), "nobody was stuck: it is the same play"


def test_a_graph_has_its_names_as_text_and_the_cycle_in_red() -> None:
    nasty = "<script>alert(1)</script>"
    graph = Graph("Waits", ("A", "B", nasty), {"A": "B", "B": "A", nasty: "A"})
    assert {"A", "B"} <= set(texts(graph))
    assert "<script" not in graph.svg(SLIDE)
    assert graph.svg(PAPER).count(f'fill="{SPANS["failed"]}"') == 2, "two arrows"
    assert charts(told(*WAITS), DEADLOCK).keys() >= {"Who waits for whom"}


def test_very_many_names_of_a_graph_are_told_and_left_out() -> None:
    names = tuple(f"f{number}" for number in range(50))
    assert "The first 40 of 50 names." in texts(Graph("Waits", names, {"f1": "f2"}))
    note = "As it was at the end."
    assert f"{note} The first 40 of 50 names." in texts(Graph("Waits", names, {}, note))
    assert not any("names" in text for text in texts(Graph("Waits", names[:40], {})))


@pytest.mark.parametrize("by", ["cores", "python", "kind"])
@pytest.mark.parametrize("measure", ["speed-up", "seconds"])
def test_a_class_has_a_curve_for_each_laptop_and_no_name(by: str, measure: Any) -> None:
    found = gallery([laptop("Ada", 1.8, 2), laptop("Bob", 3.0, 8), laptop("<b>Eve</b>", 2.0, 4)])
    picture = gallery_chart(found, "processes", measure, by)
    assert picture is not None
    said = " ".join(texts(picture))
    assert "median of the class: processes" in said
    assert "Ada" not in said
    assert picture.svg(PAPER).count("fill-opacity") >= 1, "the quartiles"
    assert sum(bool(curve.dots) for curve in picture.curves) == 3
    assert gallery_chart(gallery([]), "", measure, by) is None


def test_colours_along_a_scale_begin_and_end_with_it() -> None:
    assert along(SCALE, 2) == [SCALE[0], SCALE[-1]]
    assert along(SCALE, 1) == [SCALE[0]]
    assert len(set(along(SCALE, 9))) == 9


def test_a_comparison_names_its_runs() -> None:
    trials = [
        done(kind, n, b, 1.0 / n)
        for kind in ("serial", "processes")
        for n in (1, 2)
        for b in (1, 2, 3)
        if kind != "serial" or n == 1
    ]
    parts = [("1: mine", record(trials)), ("2: <b>yours</b>", record(trials))]
    for picture in (runtimes(parts, called="{}"), speedups(parts, called="{}")):
        assert {"1: mine", "2: <b>yours</b>"} <= set(texts(picture))
        assert len({curve.dash for curve in picture.curves if curve.mark}) == 2


@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow])
@given(RECORDS, st.sampled_from(experiments.catalogue()))
def test_whatever_a_record_has_its_pictures_can_be_drawn(made: RunRecord, of: Any) -> None:
    known, _ = of.known(made)
    for picture in (timeline(known, of), *charts(known, of).values()):
        if picture is not None:
            assert not re.search(
                "nan|inf", re.sub("<text.*?</text>|<title.*", "", picture.svg(PAPER))
            )
            ElementTree.fromstring(picture.svg(SLIDE))


def leads_to_itself(name: str, waits: dict[str, str]) -> bool:
    reached = {name}
    while (following := waits.get(name)) is not None and following not in reached:
        reached.add(following)
        name = following
    return following is not None


@given(st.dictionaries(st.sampled_from("abcdefg"), st.sampled_from("abcdefgh")))
def test_a_circle_is_one_and_is_found_where_there_is_any(waits: dict[str, str]) -> None:
    found = circle(waits)
    assert bool(found) == any(leads_to_itself(name, waits) for name in waits)
    assert all(waits[a] == b for a, b in zip(found, (*found[1:], *found[:1]), strict=True))
    for name in "abcdefgh":
        through = circle_through(waits, name)
        assert bool(through) == comes_back(name, waits)
        assert list(through[:1]) == [name] * bool(through)
        assert all(
            waits[a] == b for a, b in zip(through, (*through[1:], *through[:1]), strict=True)
        )


def comes_back(name: str, waits: dict[str, str]) -> bool:
    at = name
    for _ in waits:
        at = waits.get(at, "")
        if at == name:
            return True
    return False


def test_a_chain_of_very_many_waits_is_looked_through_once() -> None:
    waits = {str(number): str(number + 1) for number in range(100_000)}
    assert not circle(waits)
    last = {**waits, "100000": "99999"}
    assert circle(last) == ["99999", "100000"]
