"""What a program tells is on the timeline while it happens, waits without an end too."""

from dataclasses import replace
from itertools import pairwise
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from core.experiments import find
from core.experiments.base import Trial
from core.lab.told import EVENTS
from core.lab_python import LabPython
from gui import experiments
from gui.models.kept import made_ready
from gui.models.spans import Span, SpanKind
from gui.theme import Theme
from gui.views.lines import LinesView, LogAxis
from gui.views.replay import Replay, whole_run
from gui.views.story import StoryStage
from gui.views.timeline.widget import Timeline
from gui.views.wait_graph import WaitGraphView
from tests.core.making import done
from tests.gui.conftest import OpenPage
from tests.gui.finding import find as find_widget
from tests.gui.test_history_page import row
from tests.gui.test_page import record

TRIAL = Trial(
    job=print, arguments=(), name="a deadlock", executor="threads", workers=2, block=1, order=1
)


@pytest.fixture
def stage(qtbot: QtBot) -> StoryStage:
    return make_stage("deadlock", qtbot)


def make_stage(name: str, qtbot: QtBot) -> StoryStage:
    titles = list(experiments.TITLES)
    known = find(name) if name != "keep-alive" else experiments.at(len(titles) - 1)
    stage = StoryStage(known, Theme())
    for _, widget in stage.tabs:
        qtbot.addWidget(widget)
    qtbot.addWidget(stage.lower)
    return stage


def tell(stage: StoryStage, *events: dict[str, Any]) -> Timeline:
    stage.add_events([(TRIAL, event) for event in events])
    for step in stage.steps():
        step()
    return stage._timeline._timeline


def test_every_kind_that_may_be_told_is_shown(stage: StoryStage) -> None:
    by_the_page = {"row", "asks"}  # the stage takes rows by their trial, and the page asks
    assert stage._takers.keys() | by_the_page == EVENTS.keys()


WAITS = {"kind": "waits", "t": 0.4, "who": "worker 1", "whom": "f2"}


def test_a_wait_grows_from_where_it_begins_though_it_never_ends(
    stage: StoryStage, qtbot: QtBot
) -> None:
    timeline = tell(stage, WAITS)
    span = timeline._growing.nearest(0, 0.4)
    assert span is not None
    assert (span.kind, span.start_s, span.label) == (SpanKind.WAITING, 0.4, "waits for f2")
    assert timeline._lane_name(0) == "worker 1"
    assert timeline._store.count == 0
    begin = timeline._growing.end_s
    qtbot.waitUntil(lambda: timeline._growing.end_s > begin)
    assert timeline._growing.count == 1


def test_a_wait_that_ends_is_a_span_like_any_other(stage: StoryStage) -> None:
    timeline = tell(stage, WAITS, {"kind": "goes_on", "t": 2.5, "who": "worker 1"})
    assert timeline._growing.count == 0
    span = timeline._store.nearest(0, 0.4)
    assert span is not None
    assert (span.kind, span.start_s, span.end_s) == (SpanKind.WAITING, 0.4, 2.5)
    assert not stage._timeline._growth.isActive()


def test_who_still_waits_when_the_trial_is_over_waited_till_then(stage: StoryStage) -> None:
    timeline = tell(stage, WAITS)
    stage._timeline.end()
    span = timeline._store.nearest(0, 0.4)
    assert span is not None
    assert span.kind is SpanKind.WAITING
    assert span.end_s >= 0.4
    assert timeline._growing.count == 0
    assert not stage._timeline._growth.isActive()


@pytest.mark.parametrize(("over_s", "seen_s"), [(3.4, 3.4), (None, 0.9)])
def test_a_kept_wait_without_an_end_lasts_as_long_as_it_was_seen(
    open_page: OpenPage, over_s: float | None, seen_s: float, qtbot: QtBot
) -> None:
    deadlock = find("deadlock")
    page = open_page(deadlock)
    noticed = {"kind": "mark", "t": 0.9, "lane": "worker 1", "at": 0.9, "label": "noticed"}
    stopped = done("threads", 2, 1, 0.0, events=(WAITS, noticed), wall_s=over_s)
    stopped = msgspec.structs.replace(stopped, status="stopped", work_s=None)
    kept = made_ready(row(1), 0, deadlock, record([stopped], experiment="deadlock"))
    with qtbot.waitSignal(Replay(page, whole_run(page, kept)).finished):
        pass
    span = find_widget(page, Timeline)._store.nearest(0, 0.4)
    assert span is not None
    assert (span.kind, span.start_s, span.end_s) == (SpanKind.WAITING, 0.4, seen_s)
    said = find_widget(page, QLabel, "told").text()
    assert ("does not tell when" in said) == (over_s is None)


def test_a_kept_row_names_its_repeat(open_page: OpenPage, qtbot: QtBot) -> None:
    pools = find("pool-or-futures")
    page = open_page(pools)
    told = {"way": "submit", "work_us": 1, "cost_us": 2.0, "overhead_percent": 50.0}
    trial = done("processes", 2, 3, 0.0, rows=(told,))
    kept = made_ready(row(1), 0, pools, record([trial], experiment="pool-or-futures"))
    with qtbot.waitSignal(Replay(page, whole_run(page, kept)).finished):
        pass
    stage = page._stage
    assert isinstance(stage, StoryStage)
    assert stage._rows.rows == [{"repeat": 3, **told}]


def waits(who: str, whom: str) -> dict[str, Any]:
    return WAITS | {"who": who, "whom": whom}


def test_a_deadlock_that_is_over_is_still_seen_and_is_told_as_past(stage: StoryStage) -> None:
    (graph,) = stage._graphs
    graph.resize(500, 200)
    tell(stage, waits("worker 1", "f2"), waits("f2", "worker 2"))
    assert graph.accessibleDescription() == "worker 1 waits for f2, f2 waits for worker 2"
    tell(stage, waits("worker 2", "worker 1"))
    now = graph.grab().toImage()
    assert graph.accessibleDescription().startswith("Deadlock: nobody in this ring can go on.")
    assert "worker 2 waits for worker 1" in graph.accessibleDescription()

    for who in ("worker 2", "worker 1", "f2"):
        tell(stage, {"kind": "goes_on", "t": 2.5, "who": who})
    assert graph.accessibleDescription() == (
        "Past: this ring was the deadlock. Nobody waits any more."
        " worker 2 waited for worker 1, worker 1 waited for f2, f2 waited for worker 2"
    )
    then = graph.grab().toImage()
    nobody = WaitGraphView(graph._theme)
    for who, whom in (("worker 1", "f2"), ("f2", "worker 2")):  # without a circle
        nobody.wait(who, whom)
    for who in ("worker 1", "f2"):
        nobody.go_on(who)
    nobody.resize(graph.size())
    assert then not in (now, nobody.grab().toImage())
    assert nobody.accessibleDescription() == "Nobody waits any more"

    stage.begin(record([]), 1.0)
    assert graph.accessibleDescription() == "Nobody waits"


def test_a_play_after_a_deadlock_has_the_graph_for_itself(stage: StoryStage) -> None:
    (graph,) = stage._graphs
    tell(stage, waits("a", "b"), waits("b", "a"))
    tell(stage, *({"kind": "goes_on", "t": 2.5, "who": who} for who in "ab"))
    tell(stage, waits("c", "d"))
    assert list(graph._names) == ["c", "d"]
    assert graph.accessibleDescription() == "c waits for d"


def test_lanes_are_in_the_order_of_who_waits_for_whom(stage: StoryStage) -> None:
    tell(stage, waits("f1", "worker 1"), waits("f2", "worker 2"))
    tell(
        stage,
        *(
            {"kind": "span", "lane": lane, "start": 1.0, "end": 2.0, "label": "", "t": 2.0}
            for lane in ("worker 2", "worker 1")
        ),
    )
    assert list(stage._timeline._told.lanes) == ["f1", "worker 1", "f2", "worker 2"]


def test_those_who_were_stuck_when_the_run_ended_are_told_as_past(stage: StoryStage) -> None:
    (graph,) = stage._graphs
    tell(stage, waits("a", "b"), waits("b", "a"))
    stage.end(record([]))
    assert graph.accessibleDescription() == (
        "They were still stuck in this ring when the run ended. a waits for b, b waits for a"
    )


def test_trials_on_the_same_workers_follow_one_another(qtbot: QtBot) -> None:
    stage = make_stage("sharing", qtbot)
    told = {"kind": "span", "t": 2.0, "start": 0.5, "end": 2.0, "label": "Lock", "state": "task"}
    for order in (1, 2):
        trial = replace(TRIAL, order=order)
        stage.add_events([(trial, told | {"lane": f"worker {n}"}) for n in (2, 1)])
    timeline = stage._timeline._timeline
    for step in stage.steps():
        step()
    assert [timeline._lane_name(lane) for lane in range(timeline._lane_count())] == [
        "worker 2",
        "worker 1",
    ]
    starts = timeline._store.visible(0, SpanKind.TASK, 0, 10)[0]
    assert starts.tolist() == [0.5, 2.5]


def test_trials_with_lanes_of_their_own_begin_together(qtbot: QtBot) -> None:
    stage = make_stage("keep-alive", qtbot)
    for order, lane in ((1, "nothing"), (2, "bridge")):
        told = {"kind": "span", "t": 2.0, "lane": lane, "start": 0.5, "end": 2.0}
        stage.add_events([(replace(TRIAL, order=order), told)])
    for step in stage.steps():
        step()
    store = stage._timeline._timeline._store
    assert [store.visible(lane, SpanKind.TASK, 0, 10)[0].tolist() for lane in (0, 1)] == [
        [0.5],
        [0.5],
    ]


def test_what_has_begun_grows_until_its_span_is_told(stage: StoryStage) -> None:
    begins = {"kind": "begins", "t": 0.1, "lane": "F1", "start": 0.1, "label": "PENDING"}
    timeline = tell(stage, begins | {"state": "waiting"})
    assert timeline._growing.count == 1
    span = {"kind": "span", "t": 0.5, "lane": "F1", "start": 0.1, "end": 0.5, "state": "waiting"}
    timeline = tell(stage, span)
    assert (timeline._growing.count, timeline._store.count) == (0, 1)


def test_all_rows_are_there_when_the_run_is_over(stage: StoryStage) -> None:
    stage.add_events([(TRIAL, {"kind": "row", "t": 0.1, "who": "f1", "is_now": "gone"})])
    assert stage._rows.rowCount() == 0  # drawing takes its rests
    stage.end(record([]))
    assert stage._rows.rowCount() == 1


def test_a_row_names_the_python_that_was_chosen(qtbot: QtBot) -> None:
    stage = make_stage("race", qtbot)
    told = {"kind": "row", "t": 0.1, "repeat": 1}
    for order, name in ((1, "3.11"), (2, "3.13")):
        python = LabPython(("python",), name=name)
        stage.add_events([(replace(TRIAL, order=order, python=python), told)])
    stage.end(record([]))
    assert stage._rows.rows == [{"python": "3.11", "repeat": 1}, {"python": "3.13", "repeat": 1}]


@pytest.mark.parametrize("name", ["pool-or-futures", "sharing", "waiting", "race"])
def test_a_row_names_its_repeat_where_trials_are_repeats(name: str, qtbot: QtBot) -> None:
    stage = make_stage(name, qtbot)
    own = {"repeat": 7} if name == "race" else {}
    event = {"kind": "row", "t": 0.1, "way": "submit", **own}
    stage.add_events([(replace(TRIAL, block=3), event)])
    for step in stage.steps():
        step()

    repeat = {"pool-or-futures": 3, "sharing": 3, "race": 7}.get(name)
    assert stage._rows.rows[0].get("repeat") == repeat


def test_a_future_that_ended_with_an_exception_says_with_which(qtbot: QtBot) -> None:
    stage = make_stage("life", qtbot)
    state = {"kind": "state", "future": "F5", "t": 0.5}
    tell(stage, {**state, "state": "RUNNING"})
    tell(stage, {**state, "state": "FINISHED", "error": "ValueError"})

    assert stage._states.index(0, 1).data() == "FINISHED (ValueError)"
    assert stage._states.index(0, 2).data().endswith("FINISHED (ValueError) at 0.500 s")


def test_lines_have_no_numbers_before_there_is_anything(qtbot: QtBot) -> None:
    stage = make_stage("pool-or-futures", qtbot)
    (lines,) = stage._charts
    assert isinstance(lines, LinesView)
    axis = lines.getPlotItem().getAxis("bottom")
    assert (axis.style["showValues"], lines._empty.isHidden()) == (False, False)
    lines.show_rows([{"way": "submit", "work_us": 1, "cost_us": 2.0}])
    assert (axis.style["showValues"], lines._empty.isHidden()) == (True, True)


@given(st.floats(-4, 6), st.floats(0.05, 8), st.sampled_from([90, 210, 700]))
def test_numbers_of_a_log_axis_have_room(
    qapp: QApplication, low: float, decades: float, pixels: int
) -> None:
    axis = LogAxis("left")
    axis.setLogMode(x=True, y=True)
    high = low + decades
    named = [
        value
        for spacing, values in axis.tickValues(low, high, pixels)
        for value, name in zip(values, axis.tickStrings(values, 1.0, spacing), strict=True)
        if name
    ]
    apart = [b - a for a, b in pairwise(sorted({round(value, 3) for value in named}))]
    assert all(gap / decades * pixels >= 10 for gap in apart)
    assert named or decades < 0.4 or pixels / decades < 20


def test_numbers_of_a_log_axis_are_written_in_full(qapp: QApplication) -> None:
    axis = LogAxis("left")
    axis.setLogMode(x=True, y=True)
    values = [value for _, some in axis.tickValues(-1, 5, 300) for value in some]
    written = axis.tickStrings(values, 1.0, 1.0)
    names = dict(zip((round(value, 2) for value in values), written, strict=True))
    assert [names[at] for at in (0, 1, 4)] == ["1", "10", "10\u202f000"]
    assert names[-1] == "0.1"


def test_waits_keep_still_under_the_hand(stage: StoryStage, qtbot: QtBot) -> None:
    timeline = tell(stage, WAITS)
    timeline._zoom(2.0, 0.5)
    window, begin = timeline.window_s, timeline._growing.end_s
    qtbot.waitUntil(lambda: timeline._growing.end_s > begin + 0.3)
    assert timeline.window_s == window


def test_a_state_of_spans_is_called_what_its_experiment_calls_it(qtbot: QtBot) -> None:
    usual = make_stage("deadlock", qtbot)._timeline._timeline._words
    alive = make_stage("keep-alive", qtbot)._timeline._timeline._words
    assert usual.name(SpanKind.TASK) == "at work"
    assert (alive.name(SpanKind.TASK), alive.name(SpanKind.WAITING)) == ("alive", "held up")
    assert alive.name(SpanKind.FAILED) == usual.name(SpanKind.FAILED)


def test_events_that_no_view_could_show_are_left_out_even_where_they_are_all(
    open_page: OpenPage,
) -> None:
    page = open_page(find("deadlock"))
    page.begin(record([], experiment="deadlock"), 1.0)
    page.add_events([(TRIAL, {"kind": "of tomorrow", "t": 0.1}), (TRIAL, {"kind": "goes_on"})])
    assert find_widget(page, Timeline)._lane_count() == 0
    page.add_events([(TRIAL, {"kind": "of tomorrow", "t": 0.1}), (TRIAL, WAITS)])
    assert page._stage is not None
    for step in page._stage.steps():
        step()
    assert find_widget(page, Timeline)._lane_count() == 2, "who waits, and for whom"


_EVENTS = {
    "deadlock": ["deadlock noticed", "f1: TimeoutError", "f2: SetFromOutside", "f2: RuntimeError"],
    "waiting": [
        "C.cancel() returned True",
        "C.cancel() returned False",
        "shutdown(cancel_futures=True)",
        "rescue",
        "3 as_completed TimeoutError",
        "9 C.result() CancelledError",
        "1 ALL_COMPLETED returned",
    ],
    "keep-alive": ["the handler begins", "a click", "the click is answered"],
}


@pytest.mark.parametrize("name", _EVENTS)
def test_each_event_is_explained_in_words_of_its_own(name: str, qtbot: QtBot) -> None:
    stage = make_stage(name, qtbot)
    timeline = tell(stage, {"kind": "mark", "t": 0.2, "lane": "x", "at": 0.1, "label": "of nobody"})
    words = timeline._words

    def tip(label: str) -> str:
        return words.lesson(Span(0, SpanKind.EVENT, 0.1, 0.1, label=label))

    said = {tip(label) for label in _EVENTS[name]}
    assert len(said) == len(_EVENTS[name])
    assert all(sentence.endswith(".") for sentence in said)
    assert tip("of nobody") == ""


def test_the_tip_of_work_says_that_a_bar_is_not_cpu_time(qtbot: QtBot) -> None:
    stage = make_stage("race", qtbot)
    span = {"kind": "span", "t": 0.5, "lane": "worker 1", "start": 0.1, "end": 0.4}
    timeline = tell(stage, {**span, "state": "task", "label": "repeat 1"})

    said = timeline._words.lesson(Span(0, SpanKind.TASK, 0.1, 0.4))
    assert "from its beginning to its end, with whatever it waits for a CPU or the GIL" in said
