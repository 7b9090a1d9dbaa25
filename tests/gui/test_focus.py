"""The keyboard's focus stays where a person expects it, whatever a run disables."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from core.experiments import deadlock, life, pi_scaling
from core.experiments.base import Trial
from core.results.records import RunRecord
from gui.models.found import FoundPythons, Offer
from gui.models.run_state import State
from gui.theme import Theme
from gui.views.form import Form
from gui.views.page import ExperimentPage
from gui.views.set_up import SetUp
from tests.core.making import record
from tests.gui.conftest import OpenPage
from tests.gui.finding import find

ASKS: dict[str, Any] = {"kind": "asks", "prompt": "What next?", "t": 0.1}
TRIAL = Trial(print, (), "a story", "threads", 1, 1, 1)


@pytest.fixture
def page(open_page: OpenPage) -> ExperimentPage:
    return open_page(deadlock.EXPERIMENT, 900, 650)


def press(qtbot: QtBot, button: QWidget) -> None:
    button.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(button, Qt.Key.Key_Space)


def focus(page: ExperimentPage) -> str:
    """Name what has the focus; empty where a key would do nothing."""
    widget = page.window().focusWidget()
    return widget.objectName() if widget.isEnabled() else ""


def begun(page: ExperimentPage) -> RunRecord:
    run = record([], experiment=page.experiment.name, parameters=page.experiment.defaults())
    page.show_state(State.PREPARING)
    page.begin(run, 1.0)
    page.show_state(State.RUNNING)
    return run


def ended(page: ExperimentPage, state: State) -> None:
    page.show_state(State.STOPPING)
    page.show_state(state)
    page.show_record(record([], experiment=page.experiment.name, parameters={}, status=state.value))


def test_stop_hands_the_focus_to_run(page: ExperimentPage, qtbot: QtBot) -> None:
    find(page, QPushButton, "run").setFocus()
    begun(page)
    assert focus(page) == "stop"
    page.show_state(State.STOPPING)  # neither can be pressed now
    assert focus(page) not in ("more", "read-more")
    ended(page, State.STOPPED)
    assert focus(page) == "run"


def test_whoever_went_elsewhere_meanwhile_stays_there(page: ExperimentPage) -> None:
    find(page, QPushButton, "run").setFocus()
    begun(page)
    page.show_state(State.STOPPING)
    tabs = page._result._tabs
    tabs.setFocus()
    ended(page, State.STOPPED)
    assert page.window().focusWidget() is tabs.tabBar()


def test_a_field_has_the_focus_again_when_a_run_is_over(page: ExperimentPage, qtbot: QtBot) -> None:
    field = find(page, QLineEdit)
    field.setFocus()
    begun(page)
    assert focus(page) == "stop"
    ended(page, State.FINISHED)
    assert focus(page) == field.objectName()
    begun(page)
    press(qtbot, find(page, QPushButton, "stop"))
    ended(page, State.STOPPED)
    assert focus(page) == "run"  # who pressed Stop is there now


def pythons(*names: str) -> FoundPythons:
    return FoundPythons(tuple(Offer(name, name, "", (f"/{name}",)) for name in names))


@pytest.mark.parametrize(
    ("found", "at_last"),
    [
        (("3.11", "3.12", "3.13"), "field-pythons-3.13"),  # another has answered
        (("3.11", "3.12"), "run"),  # this one is gone
    ],
)
def test_the_field_of_a_python_has_the_focus_again_though_others_were_found(
    open_page: OpenPage, qtbot: QtBot, found: tuple[str, ...], at_last: str
) -> None:
    page = open_page(pi_scaling.EXPERIMENT)
    page.show_pythons(pythons("3.11", "3.13"))
    find(page, QCheckBox, "field-pythons-3.13").setFocus()
    begun(page)
    page.show_pythons(pythons(*found))
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    ended(page, State.FINISHED)
    assert focus(page) == at_last


def test_a_question_is_answered_again_and_again_by_the_same_key(
    open_page: OpenPage, qtbot: QtBot
) -> None:
    page = open_page(life.EXPERIMENT, 900, 650)
    find(page, QPushButton, "run").setFocus()
    begun(page)
    page.add_events([(TRIAL, ASKS)])
    first = f"answer-{life.EXPERIMENT.answers[0].value}"
    assert focus(page) == first  # who pressed Run answers by the next key
    finish = find(page, QPushButton, "answer-finish")
    for _ in range(3):
        with qtbot.waitSignal(page.answered) as answered:
            press(qtbot, finish)
        assert answered.args == ["finish"]
        assert page._result.is_in_question
        page.add_events([(TRIAL, ASKS)])
        assert focus(page) == "answer-finish"
    ended(page, State.STOPPED)
    assert focus(page) == "run"


def test_a_question_takes_no_focus_from_who_is_elsewhere(page: ExperimentPage) -> None:
    begun(page)
    page._result._tabs.setFocus()
    page.add_events([(TRIAL, ASKS)])
    assert page.window().focusWidget() is page._result._tabs.tabBar()


def test_a_long_run_that_is_confirmed_can_be_stopped_by_the_next_key(
    page: ExperimentPage, qtbot: QtBot
) -> None:
    find(page, QPushButton, "run").setFocus()
    page.show_state(State.PREPARING)
    page.show_state(State.CONFIRMING, 7200)
    go = next(one for one in page.findChildren(QPushButton) if one.text() == "Run anyway")
    page.confirmed.connect(lambda: begun(page))
    press(qtbot, go)
    assert focus(page) == "stop"


def test_more_brings_what_it_opens_into_sight(open_page: OpenPage, qtbot: QtBot) -> None:
    page = open_page(pi_scaling.EXPERIMENT, 1000, 600)
    form = find(page, Form)
    opened = [name for name, one in form._fields.items() if one.parameter.advanced]
    area = next(one for one in page.findChildren(QScrollArea) if one.widget() is form)
    assert area.verticalScrollBar().value() == 0
    qtbot.mouseClick(find(page, QToolButton, "more"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: area.verticalScrollBar().value() > 0)
    first = form._fields[opened[0]]
    top = first.mapTo(area.viewport(), first.rect().topLeft()).y()
    assert top >= 0
    assert top + first.height() <= area.viewport().height()


def test_tab_goes_through_the_pythons_as_they_are_seen(open_page: OpenPage, qtbot: QtBot) -> None:
    page = open_page(pi_scaling.EXPERIMENT)
    page.show_pythons(pythons("3.11", "3.13"))
    page.show_pythons(pythons(*(f"3.{n}" for n in range(11, 24))))  # the last of them are folded
    find(page, QToolButton, "pythons-more").click()
    boxes = [f"field-pythons-3.{n}" for n in range(11, 24)]
    qtbot.waitUntil(lambda: all(find(page, QCheckBox, name).isVisible() for name in boxes))
    find(page, QCheckBox, boxes[0]).setFocus()
    seen = [focus(page)]
    while seen[-1] != "add-python" and len(seen) < 50:
        qtbot.keyClick(page.window().focusWidget(), Qt.Key.Key_Tab)
        seen.append(focus(page))
    assert seen == [*boxes[:10], "pythons-more", *boxes[10:], "field-pythons", "add-python"]


@pytest.mark.parametrize("is_looking", [True, False])
def test_more_leads_to_the_first_field_that_was_not_seen_before(
    open_page: OpenPage, is_looking: bool
) -> None:
    page = open_page(pi_scaling.EXPERIMENT)
    form = find(page, Form)
    page.show_pythons(replace(pythons("3.11"), is_looking=is_looking))
    seen_before = {name for name, field in form._fields.items() if field.isVisible()}
    find(page, QToolButton, "more").click()
    assert ("pythons" in seen_before) is is_looking
    new = [field for name, field in form._fields.items() if name not in seen_before]
    assert form.opened is min(new, key=QWidget.y)


def in_sight(page: ExperimentPage, name: str) -> bool:
    """Tell whether a part of the form is seen whole."""
    part = find(page, QWidget, name)
    return part.isVisible() and part.visibleRegion().boundingRect() == part.rect()


@pytest.mark.parametrize("wrong", ["field-terms", "field-blocks", "field-seed"])
@pytest.mark.parametrize("by_key", [False, True], ids=["mouse", "key"])
def test_why_run_is_not_to_be_had_leads_to_the_field(
    open_page: OpenPage, qtbot: QtBot, wrong: str, by_key: bool
) -> None:
    page = open_page(pi_scaling.EXPERIMENT, 850, 420)
    find(page, QLineEdit, wrong).setText("many")
    area = find(find(page, SetUp), QScrollArea)
    bar = area.verticalScrollBar()
    bar.setValue(bar.maximum() if wrong == "field-terms" else 0)
    assert not in_sight(page, wrong)
    why = find(page, QLabel, "why")
    if by_key:
        why.setFocus(Qt.FocusReason.TabFocusReason)
        qtbot.keyClick(why, Qt.Key.Key_Return)
    else:
        end = QPoint(why.width() - 12, why.height() // 2)
        qtbot.mouseClick(why, Qt.MouseButton.LeftButton, pos=end)
    qtbot.waitUntil(lambda: focus(page) == wrong)
    assert in_sight(page, wrong)
    assert in_sight(page, wrong.replace("field", "note"))


def test_why_run_is_not_to_be_had_leads_to_the_first_of_several_boxes(
    open_page: OpenPage, qtbot: QtBot
) -> None:
    page = open_page(pi_scaling.EXPERIMENT, 850, 420)
    for kind in ("serial", "threads", "processes", "ceiling"):
        find(page, QCheckBox, f"field-executors-{kind}").setChecked(False)
    why = find(page, QLabel, "why")
    why.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(why, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: focus(page) == "field-executors-serial")


def test_another_run_that_goes_on_leads_nowhere(page: ExperimentPage) -> None:
    page.show_busy_elsewhere("A <b>title</b>")
    why = find(page, QLabel, "why")
    assert "<a " not in why.text()
    assert "&lt;b&gt;" in why.text()
    assert why.focusPolicy() is Qt.FocusPolicy.NoFocus


def test_why_run_is_not_to_be_had_is_in_the_colours_of_the_theme(
    page: ExperimentPage, light: Theme
) -> None:
    find(page, QLineEdit, "field-timeout-s").setText("long")
    why = find(page, QLabel, "why")
    for choice in ("dark", "light"):
        light.choose(choice)
        assert QColor(light.colours.accent).rgb() in colours(why)


def colours(widget: QWidget) -> set[int]:
    image = widget.grab().toImage()
    return {image.pixel(x, y) for x in range(image.width()) for y in range(image.height())}
