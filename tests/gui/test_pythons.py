"""The Pythons of this machine in the window: found in the background, offered, added by hand."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QLabel, QLineEdit, QToolButton
from pytestqt.qtbot import QtBot

from core.engines.interpreters import Search
from core.engines.places import OWN, Candidate
from core.errors import BadInput
from core.experiments import pi_scaling
from core.experiments.base import nothing_wrong
from core.lab import kinds
from core.parameters import Choices, LateChoices, Option
from gui.bridge import FutureBridge
from gui.lab import Lab
from gui.models.found import FoundPythons, Offer, Refusal
from gui.pythons import Pythons
from gui.theme import Theme
from gui.views import pythons as pythons_view
from gui.views.form import Form
from gui.views.pythons import PythonsField
from tests.gui.finding import find

OWN_OFFER = Offer("3.11", "3.11 · GIL on · this program", "CPython 3.11.7", ("/usr/bin/python3",))
FREE = Offer(
    "3.13t", "3.13t · GIL off · free-threaded", "CPython 3.13.0", ("/opt/python3.13t",), gil=False
)
BROKEN = Refusal("/opt/python3.4", "It is Python 3.4, and the lab needs 3.10 or newer.")


@pytest.fixture
def form(light: Theme, qtbot: QtBot) -> Form:
    made = Form(pi_scaling.EXPERIMENT.parameters, pi_scaling.EXPERIMENT.check, light)
    qtbot.addWidget(made)
    made.show()
    return made


def field(form: Form) -> PythonsField:
    return find(form, PythonsField)


def value(form: Form) -> Any:
    values = form.values()
    assert values is not None, form.problem
    return values["pythons"]


# ------------------------------------------------------------------------------------ the field


def test_with_one_python_the_field_is_behind_more(form: Form, qtbot: QtBot) -> None:
    form.show_pythons(FoundPythons((OWN_OFFER,)))
    assert not field(form).isVisible()
    qtbot.addWidget(form.more)
    form.more.setChecked(True)
    assert field(form).isVisible()
    assert value(form) == ()


def test_with_several_pythons_the_field_is_in_sight(form: Form) -> None:
    form.show_pythons(FoundPythons((OWN_OFFER, FREE)))
    assert field(form).isVisible()
    assert value(form) == ()
    box = find(form, QCheckBox, "field-pythons-3.13t")
    assert "GIL off" in box.text()
    assert FREE.tip in box.toolTip()
    box.click()
    assert value(form) == ("3.11", "3.13t")


def test_what_is_chosen_stays_when_more_are_found(form: Form) -> None:
    form.show_pythons(FoundPythons((OWN_OFFER, FREE)))
    find(form, QCheckBox, "field-pythons-3.13t").click()
    another = Offer("3.14", "3.14 · GIL on · uv", "", ("/opt/python3.14",))
    form.show_pythons(FoundPythons((OWN_OFFER, another, FREE)))
    assert value(form) == ("3.11", "3.13t")


def test_what_is_chosen_stays_when_another_takes_its_short_name(form: Form) -> None:
    form.show_pythons(FoundPythons((OWN_OFFER, FREE)))
    find(form, QCheckBox, "field-pythons-3.13t").click()
    later = (
        Offer("3.11.7", "", "", ("/opt/python3.11", *OWN_OFFER.paths)),
        Offer("3.13.5t", "", "", ("/opt/python3.13.5t",), gil=False),
        Offer("3.13.0t", "", "", ("/by/hand", *FREE.paths), gil=False),
        Offer("3.13.0t+gil", "", "", ("/by/hand", *FREE.paths)),
        Offer("3.11.2", "", "", ("/usr/bin/python3.11",)),
    )
    form.show_pythons(FoundPythons(later))
    assert value(form) == ("3.11.7", "3.13.0t")


def test_whoever_is_at_a_python_stays_there_when_more_are_found(form: Form, qtbot: QtBot) -> None:
    form.show_pythons(FoundPythons((OWN_OFFER, FREE), is_looking=True))
    find(form, PythonsField)._on_impatient()
    box = find(form, QCheckBox, "field-pythons-3.13t")
    form.activateWindow()
    box.setFocus()
    qtbot.waitUntil(box.hasFocus)
    named_in_full = Offer("3.13.0t", "3.13.0t", "", FREE.paths, gil=False)
    newer = Offer("3.13.5t", "3.13.5t", "", ("/opt/python3.13.5t",), gil=False)
    form.show_pythons(FoundPythons((OWN_OFFER, newer, named_in_full)))
    assert box.hasFocus()
    assert box.text() == "3.13.0t"
    boxes = [one for one in form.findChildren(QCheckBox) if "pythons" in one.objectName()]
    in_order = [OWN_OFFER.label, "3.13.5t", "3.13.0t"]
    qtbot.waitUntil(lambda: [b.text() for b in sorted(boxes, key=QCheckBox.y)] == in_order)


def test_values_from_before_the_search_are_kept_for_it(form: Form) -> None:
    form.set_values({"pythons": ("3.11", "3.13t")})
    assert value(form) == ("3.11", "3.13t")
    form.show_pythons(FoundPythons((OWN_OFFER, FREE)))
    assert value(form) == ("3.11", "3.13t")


def test_without_any_python_the_field_says_so(form: Form) -> None:
    form.show_pythons(FoundPythons((OWN_OFFER, FREE)))
    find(form, QCheckBox, "field-pythons-3.11").click()
    assert form.values() is None
    assert find(form, QLabel, "note-pythons").text() == "Choose at least one Python."
    assert form.problem == "Pythons"


def test_a_broken_python_is_folded_away_greyed_with_what_is_wrong(form: Form) -> None:
    form.show_pythons(FoundPythons((OWN_OFFER, FREE), (BROKEN,)))
    (box,) = [box for box in form.findChildren(QCheckBox) if box.text() == BROKEN.path]
    (why,) = [label for label in form.findChildren(QLabel) if label.text() == BROKEN.problem]
    fold = find(form, QToolButton, "pythons-useless")
    assert fold.text() == "1 that cannot be used"
    assert not box.isVisible()

    fold.click()

    assert box.isVisible()
    assert why.isVisible()
    assert not box.isEnabled()


def test_without_a_broken_python_there_is_no_fold(form: Form) -> None:
    form.show_pythons(FoundPythons((OWN_OFFER, FREE), (BROKEN,)))
    form.show_pythons(FoundPythons((OWN_OFFER, FREE)))
    assert not find(form, QToolButton, "pythons-useless").isVisible()
    assert not find(form, QToolButton, "pythons-more").isVisible()


def test_pythons_appear_in_one_go_when_the_search_is_over(form: Form) -> None:
    form.show_pythons(FoundPythons(is_looking=True))
    assert field(form).isVisible()
    assert "Looking for the Pythons" in find(form, QLabel, "note-pythons").text()
    for offers in ((OWN_OFFER,), (OWN_OFFER, FREE)):
        form.show_pythons(FoundPythons(offers, is_looking=True))
        assert not field(form).has_several
        assert not find(form, QLineEdit, "field-pythons").isVisible()

    form.show_pythons(FoundPythons((OWN_OFFER, FREE)))

    assert field(form).has_several
    assert find(form, QLineEdit, "field-pythons").isVisible()
    assert "Looking" not in find(form, QLabel, "note-pythons").text()


def test_a_search_that_takes_long_does_not_keep_back_what_is_known(
    form: Form, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pythons_view, "_PATIENCE_MS", 1)
    form.show_pythons(FoundPythons((OWN_OFFER, FREE), is_looking=True))
    qtbot.waitUntil(lambda: field(form).has_several)
    assert find(form, QLineEdit, "field-pythons").isVisible()
    assert "Looking for the Pythons" in find(form, QLabel, "note-pythons").text()


def test_of_very_many_pythons_the_last_are_folded_away_but_for_those_chosen(form: Form) -> None:
    many = [Offer(f"3.{n}", f"3.{n} · GIL on", "", (f"/opt/{n}",)) for n in range(10, 25)]
    form.set_values({"pythons": ("3.10", "3.23")})
    form.show_pythons(FoundPythons(tuple(many)))
    boxes = form.findChildren(QCheckBox)
    seen = [box.text() for box in boxes if box.text().startswith("3.") and box.isVisible()]
    assert len(seen) == 11
    assert "3.23 · GIL on" in seen
    assert find(form, QToolButton, "pythons-more").text() == "4 more"
    assert value(form) == ("3.10", "3.23")


def test_a_long_name_does_not_widen_the_form(form: Form, qtbot: QtBot) -> None:
    form.show_pythons(FoundPythons((OWN_OFFER, FREE)))
    qtbot.waitUntil(find(form, QCheckBox, "field-pythons-3.11").isVisible)
    before = form.minimumSizeHint().width()
    far = Offer("/opt/" + "very" * 20, "/opt/" + "very" * 20, "", ("/opt/" + "very" * 20,))
    form.show_pythons(FoundPythons((OWN_OFFER, FREE, far)))
    qtbot.waitUntil(find(form, QCheckBox, f"field-pythons-{far.name}").isVisible)
    assert form.minimumSizeHint().width() == before


def test_a_typed_path_is_asked_and_its_answer_told(form: Form, qtbot: QtBot) -> None:
    form.show_pythons(FoundPythons((OWN_OFFER, FREE)))
    edit = find(form, QLineEdit, "field-pythons")
    edit.setText("/opt/python3.4")
    with qtbot.waitSignal(form.python_added) as added:
        qtbot.keyClick(edit, Qt.Key.Key_Return)
    assert added.args == ["/opt/python3.4"]
    assert "Asking" in find(form, QLabel, "note-pythons").text()

    form.show_added_python(BROKEN)
    assert BROKEN.problem in find(form, QLabel, "note-pythons").text()
    assert find(form, QLabel, "note-pythons").property("error")
    form.show_pythons(FoundPythons((OWN_OFFER, FREE), (BROKEN,)))
    assert BROKEN.problem in find(form, QLabel, "note-pythons").text()
    assert form.values() is not None

    edit.setText("/opt/python3.13t")
    find(form, QToolButton, "add-python").click()
    form.show_added_python(FREE)
    assert value(form) == ("3.11", "3.13t")
    assert edit.text() == ""


@pytest.fixture
def lacking(light: Theme, qtbot: QtBot) -> Form:
    """A form whose second kind our Python cannot open."""
    options = (
        Option("here", "Here"),
        Option("there", "There", "", "it needs more.", elsewhere=True),
    )
    parameters = (
        Choices(name="kinds", label="Kinds", help="", default=("here",), options=options),
        LateChoices(name="pythons", label="Pythons", help="", default=(), usual="this"),
    )
    form = Form(parameters, nothing_wrong, light)
    qtbot.addWidget(form)
    return form


def test_what_our_python_lacks_is_greyed_until_another_is_chosen(lacking: Form) -> None:
    form = lacking
    box = find(form, QCheckBox, "field-kinds-there")
    assert not box.isEnabled()
    assert "It needs more." in box.toolTip()
    assert "There: it needs more." in find(form, QLabel, "note-kinds").text()

    form.show_pythons(FoundPythons((OWN_OFFER, FREE)))
    find(form, QCheckBox, "field-pythons-3.13t").click()
    assert box.isEnabled()
    box.click()
    assert (form.values() or {})["kinds"] == ("here", "there")
    find(form, QCheckBox, "field-pythons-3.13t").click()
    assert not box.isEnabled()
    assert not box.isChecked()
    assert (form.values() or {})["kinds"] == ("here",)
    find(form, QCheckBox, "field-kinds-here").click()
    find(form, QCheckBox, "field-kinds-here").click()
    find(form, QCheckBox, "field-pythons-3.13t").click()
    assert (form.values() or {})["kinds"] == ("here", "there")


# ----------------------------------------------------------------------------------- the search


class Counting(Search):
    """The real search, over few candidates, that tells how many it was asked about."""

    def __init__(self, *paths: str) -> None:
        super().__init__(self._listed)
        self._paths = paths
        self.probes = 0

    def _listed(self, added: Iterable[str]) -> tuple[Candidate, ...]:
        own = Candidate(sys.executable, OWN)
        return (own, *(Candidate(path, "PATH") for path in (*self._paths, *added)))

    def probe(self, *args: Any, **kwargs: Any) -> Future[Any]:
        self.probes += 1
        return super().probe(*args, **kwargs)


@pytest.fixture
def search(tmp_path: Path) -> Counting:
    liar = tmp_path / "python3.12"
    liar.write_text("#!/bin/sh\necho hello\n")
    liar.chmod(0o755)
    return Counting(str(liar))


@pytest.fixture
def makers() -> list[threading.Thread]:
    """Give the threads in which a search was made, once it is."""
    return []


@pytest.fixture
def pythons(qtbot: QtBot, search: Counting, makers: list[threading.Thread]) -> Iterator[Pythons]:
    def make() -> Counting:
        makers.append(threading.current_thread())
        return search

    bridge = FutureBridge()
    with ThreadPoolExecutor(1) as loader:
        made = Pythons(bridge, make, loader)
        yield made
        bridge.close()
        made.shut_down()


def test_the_search_is_made_once_and_not_in_the_thread_of_the_window(
    pythons: Pythons, makers: list[threading.Thread], qtbot: QtBot
) -> None:
    with qtbot.waitSignal(pythons.added, timeout=9000):
        pythons.begin()
        pythons.add("/nowhere/python")
    qtbot.waitUntil(lambda: not pythons.found.is_looking, timeout=9000)

    (maker,) = makers
    assert maker is not threading.current_thread()


def test_nothing_is_looked_for_before_it_is_told_to(pythons: Pythons, search: Counting) -> None:
    assert search.probes == 0
    assert pythons.found == FoundPythons()


def test_our_own_comes_first_and_a_liar_is_refused(pythons: Pythons, qtbot: QtBot) -> None:
    pythons.begin()
    pythons.begin()
    qtbot.waitUntil(
        lambda: not pythons.found.is_looking and bool(pythons.found.offers), timeout=9000
    )
    version = ".".join(map(str, sys.version_info[:2]))
    assert pythons.found.offers[0].label.startswith(version)
    assert sys.executable in pythons.found.offers[0].paths
    assert [Path(one.path).name for one in pythons.found.refusals] == ["python3.12"]


def test_nobody_is_asked_while_something_is_measured(
    pythons: Pythons, search: Counting, qtbot: QtBot
) -> None:
    pythons.hold(True)
    pythons.begin()
    qtbot.waitUntil(lambda: pythons.is_listed)
    assert search.probes == 0
    pythons.hold(False)
    qtbot.waitUntil(
        lambda: not pythons.found.is_looking and bool(pythons.found.offers), timeout=9000
    )


def test_one_is_added_by_its_path(pythons: Pythons, qtbot: QtBot, tmp_path: Path) -> None:
    with qtbot.waitSignal(pythons.added, timeout=9000) as added:
        pythons.add(str(tmp_path / "nothing"))
    assert isinstance(added.args[0], Refusal)
    assert "no such file" in added.args[0].problem
    with qtbot.waitSignal(pythons.added, timeout=9000) as added:
        pythons.add(sys.executable)
    assert isinstance(added.args[0], Offer)
    assert pythons.resolve([added.args[0].name])[0].lab.command == (sys.executable,)
    with pytest.raises(BadInput, match="no Python"):
        pythons.resolve(["2.7"])


def test_who_did_not_ask_is_not_answered(lab: Lab, qtbot: QtBot, tmp_path: Path) -> None:
    lab.open()
    qtbot.waitUntil(lambda: lab.runs is not None, timeout=30_000)
    assert lab.runs is not None
    pythons = lab.runs.pythons
    lab.window.show_page(1)
    asked, other = (find(lab._pages[place], PythonsField) for place in (0, 1))
    typed, half = (find(one, QLineEdit) for one in (asked, other))
    half.setText("/half/typed")
    for path in (str(tmp_path / "nothing"), sys.executable):
        typed.setText(path)
        with qtbot.waitSignal(pythons.added, timeout=30_000) as added:
            qtbot.keyClick(typed, Qt.Key.Key_Return)
        is_refused = isinstance(added.args[0], Refusal)
        assert ("cannot be used" in asked._note.text()) == is_refused
        assert (typed.text() == "") != is_refused
        assert "cannot be used" not in other._note.text()
        assert half.text() == "/half/typed"


def test_of_two_names_of_one_the_newer_is_run_for_the_older_may_be_gone(
    pythons: Pythons, qtbot: QtBot, tmp_path: Path
) -> None:
    for name in ("soon-gone", "still-here"):
        wrapper = tmp_path / name
        wrapper.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
        wrapper.chmod(0o755)
        with qtbot.waitSignal(pythons.added, timeout=9000) as added:
            pythons.add(str(wrapper))

    (choice,) = pythons.resolve([added.args[0].name])
    assert choice.lab.command == (str(tmp_path / "still-here"),)


# ------------------------------------------------------------------- what a Python cannot open


def offer_three(form: Form) -> None:
    needs = (("there", "needs more"),)
    old = Offer("3.13", "3.13", "", ("/3.13",), lacks=needs)
    new = Offer("3.14", "3.14", "", ("/3.14",))
    form.show_pythons(FoundPythons((replace(OWN_OFFER, lacks=needs), old, new)))


def test_what_no_chosen_python_has_cannot_be_chosen(lacking: Form) -> None:
    offer_three(lacking)
    box = find(lacking, QCheckBox, "field-kinds-there")
    find(lacking, QCheckBox, "field-pythons-3.13").setChecked(True)
    assert not box.isEnabled()
    find(lacking, QCheckBox, "field-pythons-3.14").setChecked(True)
    assert box.isEnabled()


def test_what_some_chosen_pythons_leave_out_is_said_before_the_run(lacking: Form) -> None:
    offer_three(lacking)
    for name in ("3.13", "3.14"):
        find(lacking, QCheckBox, f"field-pythons-{name}").setChecked(True)
    note, box = find(lacking, QLabel, "note-kinds"), find(lacking, QCheckBox, "field-kinds-there")
    before = note.text()
    box.click()
    assert note.text() == "There, left out on 3.11, 3.13: it needs more."
    assert not lacking.problem
    find(lacking, QCheckBox, "field-pythons-3.13").setChecked(False)
    assert note.text() == "There, left out on 3.11: it needs more."
    box.click()
    assert note.text() == before


def test_an_offer_says_what_its_python_cannot_open(pythons: Pythons, qtbot: QtBot) -> None:
    pythons.begin()
    qtbot.waitUntil(
        lambda: not pythons.found.is_looking and bool(pythons.found.offers), timeout=9000
    )
    own = dict(pythons.found.offers[0].lacks)
    assert ("interpreters" in own) == ("interpreters" in kinds.missing())
