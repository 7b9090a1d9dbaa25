"""What a person finds again at the next start: the page, its settings, the window."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from PySide6.QtCore import QRect
from PySide6.QtWidgets import QCheckBox, QLineEdit
from pytestqt.qtbot import QtBot

from core.experiments.base import nothing_wrong
from core.parameters import Choices, LateChoices, Option
from gui import experiments
from gui.lab import Lab
from gui.models.found import FoundPythons, Offer
from gui.settings import Settings
from gui.theme import Theme
from gui.views.form import Form
from gui.views.pythons import PythonsField
from tests.gui.finding import find

MakeLab = Callable[[], Lab]


@pytest.fixture
def make_lab(qtbot: QtBot) -> Iterator[MakeLab]:
    with ExitStack() as stack:

        def make() -> Lab:
            lab = Lab()
            qtbot.addWidget(lab.window)
            stack.callback(gc.unfreeze)
            stack.callback(lab.close)
            lab.open()
            qtbot.waitUntil(lambda: lab.runs is not None, timeout=30_000)
            return lab

        yield make


def test_the_last_page_and_what_was_typed_are_there_again(make_lab: MakeLab) -> None:
    first = make_lab()
    first.window.show_page(1)
    first._pages[1].set_values({"increments": 1234, "kind": "processes"})
    first.close()
    second = make_lab()
    assert second.window.page == 1
    assert list(second._pages) == [1]
    values = second._pages[1]._form.values()
    assert values is not None
    assert (values["increments"], values["kind"]) == (1234, "processes")


def test_the_history_may_be_the_last_page_too(make_lab: MakeLab, qtbot: QtBot) -> None:
    first = make_lab()
    first.window.show_page(len(experiments.TITLES))
    first.close()
    second = make_lab()
    assert second.window.page == len(experiments.TITLES)
    page = second._history
    assert page is not None
    qtbot.waitUntil(lambda: page.model.is_known)
    second.window.show_page(0)
    qtbot.waitUntil(lambda: second._pages[0].is_finished)


@pytest.mark.parametrize(
    "texts",
    ["no JSON", "[1]", '{"terms": 7, "workers": "0", "blocks": "4"}', '{"gone": "x"}', "[" * 9999],
    ids=lambda text: text[:20],
)
def test_settings_that_make_no_sense_do_no_harm(make_lab: MakeLab, texts: str) -> None:
    settings = Settings()
    settings.page = "of yesterday"
    settings._store.setValue("typed/pi-scaling", texts)
    lab = make_lab()
    assert lab.window.page == 0
    values = lab._pages[0]._form.values()
    assert values is not None
    assert values["workers"] == experiments.at(0).defaults()["workers"]
    assert values["blocks"] == (4 if "blocks" in texts else experiments.at(0).defaults()["blocks"])


def test_what_is_wrong_in_the_form_does_not_replace_what_was_right(make_lab: MakeLab) -> None:
    first = make_lab()
    first._pages[0].set_values({"terms": 4321})
    first._remember()
    find(first._pages[0], QLineEdit, "field-workers").setText("none")
    first.close()
    assert Settings().typed("pi-scaling")["terms"] in ("4321", "4 321")


def test_the_window_is_never_out_of_sight(make_lab: MakeLab) -> None:
    first = make_lab()
    first.window.setGeometry(QRect(-5000, 9000, 4000, 3000))
    first.close()
    second = make_lab()
    screen = second.window.screen().availableGeometry()
    assert screen.intersects(second.window.geometry())
    assert screen.contains(second.window.geometry().topLeft())
    assert second.window.width() <= screen.width()
    assert second.window.height() <= max(screen.height(), second.window.minimumHeight())


def test_pythons_that_were_chosen_are_checked_once_they_are_found(
    light: Theme, qtbot: QtBot
) -> None:
    experiment = experiments.at(0)
    form = Form(experiment.parameters, experiment.check, light)
    qtbot.addWidget(form)
    offers = [Offer(name, name, "", (f"/{name}",)) for name in ("3.11", "3.12", "3.13")]
    form.set_values({"pythons": ("3.11", "3.13")})
    seen = []
    for known in (1, 2, 3):
        form.show_pythons(FoundPythons(tuple(offers[:known]), (), known < 3))
        values = form.values()
        seen.append(values and values["pythons"])
        assert values is not None, "until it is found, our own serves"
        assert form.typed()["pythons"] == "3.11, 3.13", "and it is not forgotten"
    assert seen == [(), (), ("3.11", "3.13")]


def test_a_python_that_is_not_found_in_time_is_not_forgotten(light: Theme, qtbot: QtBot) -> None:
    experiment = experiments.at(0)
    form = Form(experiment.parameters, experiment.check, light)
    qtbot.addWidget(form)
    form.restore_typed({"pythons": "3.12, 3.13"})
    offers = [Offer(name, name, "", (f"/{name}",)) for name in ("3.11", "3.12")]
    form.show_pythons(FoundPythons(tuple(offers), is_looking=True))
    find(form, PythonsField)._on_impatient()
    assert (form.values() or {})["pythons"] == ("3.12",)
    assert form.typed()["pythons"] == "3.12, 3.13"
    find(form, QCheckBox, "field-pythons-3.11").click()  # now this is what is wanted
    assert form.typed()["pythons"] == "3.11, 3.12"
    find(form, QCheckBox, "field-pythons-3.12").click()
    assert form.typed()["pythons"] == "this"


def test_what_is_greyed_until_another_python_is_found_is_not_forgotten(
    light: Theme, qtbot: QtBot
) -> None:
    kinds = (Option("here", "Here"), Option("there", "There", "", "it needs more.", elsewhere=True))
    parameters = (
        Choices(name="kinds", label="Kinds", help="", default=("here",), options=kinds),
        LateChoices(name="pythons", label="Pythons", help="", default=(), usual="this"),
    )
    form = Form(parameters, nothing_wrong, light)
    qtbot.addWidget(form)
    form.restore_typed({"kinds": "there,here", "pythons": "3.14"})
    assert (form.values() or {})["kinds"] == ("here",)
    assert form.typed() == {"kinds": "here,there", "pythons": "3.14"}
