"""The script of an experiment: its colours, found elsewhere, and where it is first seen."""

import pytest
from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot

from core.experiments import catalogue
from core.experiments import find as find_experiment
from core.experiments.base import Code, Experiment
from gui import experiments
from gui.lab import Lab
from gui.theme import Theme
from gui.views.code import CodeView
from gui.views.highlight import Look, runs_of
from tests.gui.conftest import OpenPage
from tests.gui.finding import find, open_tab
from tests.gui.jobs import do_at_once

TEXT = '"""Says\nmore."""\n\nimport time\n\n\ndef work(n):\n    return n + 1  # one more\n'
LONG = "\n".join(f"line_{number} = {number}" for number in range(400))


@pytest.fixture
def view(light: Theme, qtbot: QtBot) -> CodeView:
    made = CodeView(light)
    made.wanted.connect(do_at_once)
    qtbot.addWidget(made)
    made.resize(600, 400)
    return made


def colours(view: CodeView, line: int) -> list[str]:
    layout = view._text.document().findBlockByNumber(line).layout()
    return [one.format.foreground().color().name() for one in layout.formats()]


def top(view: CodeView) -> int:
    return view._text.firstVisibleBlock().blockNumber()


def test_a_line_has_the_looks_that_the_whole_script_gives_it() -> None:
    found = runs_of(TEXT, "friendly")
    assert len(found) == len(TEXT.split("\n"))
    assert all(look.italic for line in found[:2] for _, _, look in line)  # one docstring, two lines
    assert found[3][0] == (0, 6, Look("#007020", True, False))  # import
    assert found[2] == ()
    for line, runs in zip(TEXT.split("\n"), found, strict=True):
        assert all(first >= 0 and first + length <= len(line) for first, length, _ in runs)


@pytest.mark.parametrize("experiment", catalogue(), ids=lambda one: one.name)
def test_every_script_has_looks_for_each_of_its_lines(experiment: Experiment) -> None:
    text = experiment.code(experiment.defaults()).text
    assert len(runs_of(text, "github-dark")) == len(text.split("\n"))


def test_colours_come_when_the_script_is_seen_and_change_with_the_theme(
    view: CodeView, light: Theme
) -> None:
    view.show_code(Code("a.py", TEXT))
    assert colours(view, 3) == []
    view.show()
    assert "#007020" in colours(view, 3)
    light.choose("dark")
    assert colours(view, 3)
    assert "#007020" not in colours(view, 3)


def test_a_script_is_first_seen_where_its_first_mark_is(view: CodeView) -> None:
    view.show_code(Code("a.py", LONG, ("line_200 =", "line_30 =")))
    view.show()
    first = top(view)
    assert 180 < first < 200
    view.show_code(Code("a.py", LONG + "\n", ("line_200 =", "line_30 =")))
    assert top(view) == first


def test_other_settings_leave_a_script_where_it_was_scrolled_to(
    view: CodeView, qtbot: QtBot
) -> None:
    view.show_code(Code("a.py", LONG, ("line_200 =",)))
    with qtbot.waitExposed(view):
        view.show()
    qtbot.waitUntil(lambda: view._text._line is None)
    view._text.verticalScrollBar().setValue(300)
    view.show_code(Code("a.py", LONG.replace("line_5 = 5", "line_5 = 6"), ("line_200 =",)))
    assert top(view) == 300
    view.show_code(Code("a.py", LONG, ("line_20 =",)))  # now something else matters
    assert top(view) < 20


def test_a_wish_that_nobody_heard_is_said_again_when_the_page_is_served(
    open_page: OpenPage, lab: Lab, qtbot: QtBot
) -> None:
    page = open_page(find_experiment("race"))
    open_tab(page, "Code")
    view = find(page, CodeView)
    assert colours(view, first_import(view)) == []
    lab._need_runs().attach(page)
    qtbot.waitUntil(lambda: colours(view, first_import(view)) != [])


def first_import(view: CodeView) -> int:
    lines = view._text.toPlainText().split("\n")
    return next(place for place, line in enumerate(lines) if line.startswith("import "))


def test_colours_that_take_long_are_asked_for_once(light: Theme, qtbot: QtBot) -> None:
    view = CodeView(light)
    qtbot.addWidget(view)
    asked: list[object] = []
    view.wanted.connect(lambda job, take: asked.append(job))
    view.show_code(Code("a.py", TEXT))
    view.show()
    assert len(asked) == 1
    assert not [timer for timer in view.findChildren(QTimer) if timer.isActive()]


@pytest.mark.parametrize("place", range(len(experiments.TITLES)))
def test_the_first_mark_is_a_line_of_each_script(place: int) -> None:
    experiment = experiments.at(place)
    code = experiment.code(experiment.defaults())
    assert any(code.marks[0] in line for line in code.text.split("\n"))
