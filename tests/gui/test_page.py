"""The page of an experiment: what it shows and what it asks for, without a lab behind it."""

from itertools import pairwise
from typing import Any

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QLabel,
    QLineEdit,
    QPushButton,
    QSlider,
    QTabWidget,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from core.experiments import pi_scaling
from core.results import noise
from core.results.records import Calibration, RunRecord, TrialError, TrialRecord
from gui.models.measured import Measured
from gui.models.run_state import State
from gui.theme import Theme
from gui.views.code_text import CodeText
from gui.views.field import Field
from gui.views.form import Form
from gui.views.page import ExperimentPage
from gui.views.scaling import RuntimeChart
from gui.views.speedup import SpeedupChart
from gui.views.sweep import SweepStage
from gui.views.timeline.widget import Timeline
from tests.core.making import done, environment
from tests.core.making import record as made
from tests.gui.conftest import OpenPage
from tests.gui.finding import find, open_tab


def trial(executor: str, workers: int, block: int, work_s: float, order: int = 1) -> TrialRecord:
    return done(
        executor,
        workers,
        block,
        work_s,
        cpu_s=work_s * (workers if executor == "processes" else 1),
        value=3.14159,
        abs_error=2.7e-6,
        order=order,
    )


TRIALS = [
    trial("serial", 1, 1, 1.0, 1),
    trial("threads", 2, 1, 1.01, 2),
    trial("processes", 2, 1, 0.52, 3),
    trial("serial", 1, 2, 1.1, 4),
    trial("threads", 2, 2, 1.1, 5),
    trial("processes", 2, 2, 0.56, 6),
]


def record(trials: list[TrialRecord], **changes: Any) -> RunRecord:
    values = pi_scaling.EXPERIMENT.defaults()
    return made(trials, **{"parameters": values, "status": "running", **changes})


def measured(trials: list[TrialRecord]) -> Measured:
    return Measured(record(trials))


@pytest.fixture
def page(open_page: OpenPage) -> ExperimentPage:
    return open_page(pi_scaling.EXPERIMENT)


def speedup(page: QWidget) -> SpeedupChart:
    """Go to the tab of the speed-up, which is built only then."""
    open_tab(page, "Speed-up")
    chart = find(page, SpeedupChart)
    return chart


def fill(page: QWidget, name: str, text: str) -> None:
    find(page, QLineEdit, name).setText(text)


def test_run_asks_with_the_values_of_the_form(page: ExperimentPage, qtbot: QtBot) -> None:
    fill(page, "field-terms", "1e6")
    fill(page, "field-workers", "1, 3-4")
    find(page, QCheckBox, "field-executors-threads").setChecked(False)
    with qtbot.waitSignal(page.run_requested) as asked:
        qtbot.mouseClick(find(page, QPushButton, "run"), Qt.MouseButton.LeftButton)
    (values,) = asked.args
    assert values["terms"] == 1_000_000
    assert values["workers"] == (1, 3, 4)
    assert values["executors"] == ("serial", "processes", "ceiling")


def test_without_any_executor_run_says_why_it_is_disabled(page: ExperimentPage) -> None:
    for kind in ("serial", "threads", "processes", "ceiling"):
        find(page, QCheckBox, f"field-executors-{kind}").setChecked(False)
    run = find(page, QPushButton, "run")
    assert not run.isEnabled()
    assert "Executors" in run.toolTip()
    assert find(page, QLabel, "note-executors").text() == "Choose at least one."


def test_a_number_is_written_as_the_program_writes_it_when_its_field_is_left(
    page: ExperimentPage, qtbot: QtBot
) -> None:
    terms = find(page, QLineEdit, "field-terms")
    terms.setFocus()
    terms.selectAll()
    qtbot.keyClicks(terms, "2500000")
    assert terms.text() == "2500000"
    find(page, QLineEdit, "field-workers").setFocus()
    assert terms.text() == "2\u202f500\u202f000"
    terms.setFocus()
    terms.selectAll()
    qtbot.keyClicks(terms, "many")
    find(page, QLineEdit, "field-workers").setFocus()
    assert terms.text() == "many"


def test_the_slider_and_the_text_follow_each_other(page: ExperimentPage) -> None:
    slider = find(page, QSlider, "slider-workers")
    fill(page, "field-workers", "2-5")
    assert slider.value() == 5
    slider.setValue(3)
    assert find(page, QLineEdit, "field-workers").text() == "1-3"


def test_the_summary_appears_with_the_trials(page: ExperimentPage, qtbot: QtBot) -> None:
    page.begin(record([]), 1.0)
    page.show_state(State.RUNNING)
    page.add_trials(TRIALS)
    headline = find(page, QLabel, "headline")
    qtbot.waitUntil(lambda: "processes" in headline.text())
    assert "2 processes are 1.94 times as fast as serial" in headline.text()
    assert "2 threads are no faster than serial" in headline.text()


def test_a_failed_trial_is_told_with_its_reason(page: ExperimentPage) -> None:
    failed = TrialRecord(
        executor="processes",
        start_method="fork",
        workers=2,
        block=1,
        order=7,
        status="failed",
        error=TrialError("BrokenProcessPool", "pool process 7 was killed by SIGKILL"),
    )
    page.begin(record([]), 1.0)
    page.add_trials([*TRIALS, failed])
    page.show_record(record([*TRIALS, failed], status="failed"))
    assert "killed by SIGKILL" in find(page, QLabel, "details").text()


def test_a_touched_chart_does_not_move_when_trials_arrive(
    page: ExperimentPage, qtbot: QtBot
) -> None:
    page.begin(record([]), 1.0)
    chart = find(page, RuntimeChart)
    chart.setFocus()
    qtbot.keyClick(chart, Qt.Key.Key_Plus)
    touched = chart.getPlotItem().getViewBox().viewRange()
    chart.show_measured(measured([trial("serial", 1, 1, 50.0)]))
    assert chart.getPlotItem().getViewBox().viewRange() == touched
    qtbot.keyClick(chart, Qt.Key.Key_Home)
    assert chart.getPlotItem().getViewBox().viewRange()[1][1] > 50


def test_an_untouched_chart_shows_every_dot(page: ExperimentPage) -> None:
    page.begin(record([]), 0.1)
    page.add_trials(TRIALS)
    runtime = find(page, RuntimeChart)
    runtime.show_measured(measured(TRIALS))
    for chart in (runtime, speedup(page)):
        (left, right), (bottom, top) = chart.getPlotItem().getViewBox().viewRange()
        assert left < 1
        assert right > 4
        assert bottom <= 0
        assert top > 1.1


def test_the_speed_up_says_what_it_divides_by(page: ExperimentPage) -> None:
    chart = speedup(page)
    chart.show_measured(measured(TRIALS))
    assert "one plain call" in chart.getPlotItem().getAxis("left").labelText
    chart.set_baseline("one")
    assert "one worker" in chart.getPlotItem().getAxis("left").labelText
    chart.set_baseline("serial")
    chart.show_measured(measured([t for t in TRIALS if t.executor != "serial"]))
    assert "one worker" in chart.getPlotItem().getAxis("left").labelText


def test_everything_survives_dark_and_large(
    page: ExperimentPage, light: Theme, qtbot: QtBot
) -> None:
    qtbot.waitUntil(lambda: page.findChild(Timeline) is not None)
    page.begin(record([]), 1.0)
    page.add_trials(TRIALS)
    before = find(page, QLabel, "headline").font().pointSizeF()
    light.choose("dark")
    for _ in range(3):
        light.zoom(1)
    timeline = find(page, Timeline)
    assert find(page, QLabel, "headline").font().pointSizeF() > before
    assert timeline.font().pointSizeF() > 9.2
    page.grab()


def test_a_long_run_is_confirmed_or_declined(page: ExperimentPage, qtbot: QtBot) -> None:
    page.begin(record([]), 1.0)
    page.show_state(State.CONFIRMING, expected_s=7200)
    buttons = {b.text(): b for b in page.findChildren(QPushButton) if b.isVisible()}
    with qtbot.waitSignal(page.confirmed):
        buttons["Run anyway"].click()
    with qtbot.waitSignal(page.stop_requested):
        buttons["Don't run"].click()
    assert any("2 h" in label.text() for label in page.findChildren(QLabel))


def test_a_run_that_is_declined_leaves_what_is_seen_as_it_was(page: ExperimentPage) -> None:
    headline = find(page, QLabel, "headline")
    page.show_state(State.PREPARING)
    page.show_state(State.STOPPED)
    assert headline.text() == "Stopped before anything was measured"
    page.begin(record([]), 1.0)
    page.add_trials(TRIALS)
    ended = record(TRIALS)
    page.show_record(ended)
    said = headline.text()
    page.request_run()
    page.show_state(State.PREPARING)
    page.show_state(State.CONFIRMING, expected_s=7200)
    page.show_state(State.STOPPED)
    assert headline.text() == said
    assert page.in_sight[0] == ended


def test_a_problem_is_told_where_the_result_stands(page: ExperimentPage) -> None:
    page.show_problem("Python cannot be started. Choose another.", "Traceback …")
    shown = [label.text() for label in page.findChildren(QLabel) if label.isVisible()]
    assert "Python cannot be started. Choose another." in shown
    assert not any("Traceback" in text for text in shown)


def test_before_a_run_the_axis_counts_whole_workers(page: ExperimentPage) -> None:
    chart = find(page, RuntimeChart)
    axis = chart.getPlotItem().getAxis("bottom")

    ticks = [value for _, values in axis.tickValues(0.5, 4.5, 600) for value in values]

    assert sorted(ticks) == [1, 2, 3, 4]


def test_what_is_seldom_changed_is_shown_and_hidden(page: ExperimentPage, qtbot: QtBot) -> None:
    more = next(button for button in page.findChildren(QToolButton) if button.text() == "More")
    advanced = [p.name for p in pi_scaling.EXPERIMENT.parameters if p.advanced]
    assert advanced
    fields = [find(page, QLabel, f"note-{name}") for name in advanced]
    assert not any(field.isVisible() for field in fields)

    qtbot.mouseClick(more, Qt.MouseButton.LeftButton)
    assert all(field.isVisible() for field in fields)
    qtbot.mouseClick(more, Qt.MouseButton.LeftButton)
    assert not any(field.isVisible() for field in fields)


def test_no_part_of_a_page_is_ever_a_window_of_its_own(light: Theme, qtbot: QtBot) -> None:
    form = Form(pi_scaling.EXPERIMENT.parameters, pi_scaling.EXPERIMENT.check, light)
    qtbot.addWidget(form)
    assert form.more.isWindow()  # until somebody places it
    assert not form.more.isVisible()


def test_a_page_out_of_sight_is_dressed_when_it_is_next_seen(
    page: ExperimentPage, light: Theme
) -> None:
    assert light.colours.card in page.styleSheet()
    page.hide()
    light.choose("dark")
    assert light.colours.card not in page.styleSheet()
    page.show()
    assert light.colours.card in page.styleSheet()


def test_a_step_of_the_drawing_that_fails_does_not_stop_the_drawing(
    page: ExperimentPage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    page.begin(record([]), 1.0)
    page.show_state(State.RUNNING)
    monkeypatch.setattr(SweepStage, "steps", lambda stage: [[].pop])
    with qtbot.captureExceptions() as failures:
        page.add_trials(TRIALS)
        headline = find(page, QLabel, "headline")
        qtbot.waitUntil(lambda: "processes" in headline.text())
    assert [kind for kind, _, _ in failures] == [IndexError]


def test_what_is_left_to_draw_of_a_run_is_not_drawn_into_the_next(
    page: ExperimentPage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[int] = []

    def begin() -> None:
        page.begin(record([]), 1.0)
        page.add_trials(TRIALS)

    def first() -> None:
        drawn.append(1)
        if len(drawn) == 1:
            begin()  # while the second step of this run is left

    monkeypatch.setattr(SweepStage, "steps", lambda stage: [first, lambda: drawn.append(2)])
    begin()
    qtbot.waitUntil(lambda: 2 in drawn)
    assert drawn == [1, 1, 2]


def test_the_code_of_a_run_has_the_size_that_it_found_until_the_form_is_changed(
    page: ExperimentPage,
) -> None:
    def text() -> str:
        assert find(page, CodeText).toPlainText() == page.script.text
        return page.script.text

    values = {**pi_scaling.EXPERIMENT.defaults(), "size": "calibrated", "until": "time"}
    page.set_values(values)
    open_tab(page, "Code")
    kept = {name: list(v) if isinstance(v, tuple) else v for name, v in values.items()}
    found = Calibration(seconds=0.5, size=4321, calls=())
    page.begin(record([], parameters=kept, calibration=found), 1.0)

    page.show_record(record(TRIALS, parameters=kept, calibration=found, status="finished"))

    assert "TERMS = 4321\n" in text()
    assert "REPEATS = 2\n" in text()
    page.begin(record([], parameters=kept, calibration=replace(found, size=9999)), 1.0)
    assert "TERMS = 9999\n" in text()
    fill(page, "field-seed", "77")
    assert "TERMS = 10000000\n" in text()


def test_what_a_person_can_mend_is_said_while_the_first_trial_runs(page: ExperimentPage) -> None:
    busy = replace(environment(), other_cpus=1.6, left_out=("PYTHONHASHSEED",))
    busy = replace(busy, notes=noise.before(busy, most_workers=2))

    page.begin(record([], environment=busy), 1.0)

    assert find(page, QLabel, "headline").text() == "Measuring …"
    assert find(page, QLabel, "details").text().startswith("Other programs are using 1.6")
    assert "PYTHONHASHSEED" not in find(page, QLabel, "details").text()


def test_a_result_beside_a_changed_form_says_which_settings_it_is_of(page: ExperimentPage) -> None:
    kept = {**pi_scaling.EXPERIMENT.defaults(), "workers": [1, 2], "start-method": "spawn"}
    page.set_values({**kept, "workers": (1, 2)})
    page.begin(record([], parameters=kept), 1.0)
    page.add_trials(TRIALS)
    page.show_record(record(TRIALS, parameters=kept))
    notes, tabs = find(page, QLabel, "notes"), find(page, QTabWidget)
    assert not notes.text()
    place = tabs.mapTo(page, tabs.rect().topLeft())
    fill(page, "field-terms", "5000")
    assert notes.text() == "This run had other settings: Terms: 10\u202f000\u202f000"
    fill(page, "field-terms", "many")
    assert "Terms: 10\u202f000\u202f000" in notes.text()
    fill(page, "field-terms", "1e7")
    assert not notes.text()
    fill(page, "field-workers", "1-3")
    assert notes.text() == "This run had other settings: Workers: 1, 2"
    assert tabs.mapTo(page, tabs.rect().topLeft()) == place
    page.begin(record([], parameters={**kept, "workers": [1, 2, 3]}), 1.0)
    assert not notes.text()


def test_a_hint_stands_nearer_to_its_field_than_to_the_next(open_page: OpenPage) -> None:
    page = open_page(pi_scaling.EXPERIMENT)
    fields = [
        one for one in page.findChildren(QWidget) if isinstance(one, Field) and one.isVisible()
    ]
    for one, following in pairwise(sorted(fields, key=Field.y)):
        note = find(one, QLabel, f"note-{one.parameter.name}")
        box = note.contentsRect().translated(note.mapTo(page, QPoint(0, 0)))
        text = note.fontMetrics().boundingRect(box, Qt.TextFlag.TextWordWrap, note.text())
        next_label = find(following, QLabel).mapTo(page, QPoint(0, 0)).y()
        assert next_label - text.bottom() >= 7, one.parameter.name
