"""What a program tells is on the timeline while it happens, waits without an end too."""

from pytestqt.qtbot import QtBot

from core.experiments import find
from core.experiments.base import Trial
from gui.models.spans import SpanKind
from gui.theme import Theme
from gui.views.story import StoryStage

TRIAL = Trial(
    job=print, arguments=(), name="a deadlock", executor="threads", workers=2, block=1, order=1
)


def test_a_wait_is_marked_where_it_begins_though_it_never_ends(qtbot: QtBot) -> None:
    stage = StoryStage(find("deadlock"), Theme())
    for _, widget in stage.tabs:
        qtbot.addWidget(widget)
    qtbot.addWidget(stage.lower)
    waits = {"kind": "waits", "t": 0.4, "who": "taskA", "whom": "f2"}

    stage.add_events([(TRIAL, waits)])
    for step in stage.steps():
        step()

    store = stage._timeline._timeline._store
    span = store.nearest(0, 0.4)
    assert span is not None
    assert (span.kind, span.start_s, span.label) == (SpanKind.EVENT, 0.4, "begins to wait for f2")
    assert stage._timeline._timeline._lane_name(0) == "taskA"
