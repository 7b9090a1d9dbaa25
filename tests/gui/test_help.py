"""The window of help: keys that hold, a check that can be watched and ended, and what this is."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from importlib import metadata
from typing import Any

import PySide6
import pytest
from PySide6.QtCore import qVersion
from PySide6.QtGui import QAction, QShortcut
from PySide6.QtWidgets import QApplication, QListWidget, QMenu, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from core import __version__, installed
from core.checks import Check, Report, to_line
from core.lab.kinds import CEILING, called
from core.results.verdicts import DOUBTS
from gui import experiments
from gui.checking import Checking
from gui.help import ABOUT, CHECK, KEYS, WORDS, HelpWindow
from gui.lab import Lab
from gui.main_window import MainWindow
from gui.theme import Theme
from gui.views.about import AboutView, facts
from gui.views.check import CheckView
from gui.views.comparison import ComparisonView
from gui.views.keys import KeysView
from gui.views.lesson import WordsView
from tests.gui.finding import find, shown

FINE = Check("threads", "ok", "π = 3.1415", 0.1)
BAD = Check("fonts", "failed", "no font", 0.2, "more about it")


def report(*checks: Check) -> Report:
    return Report(
        version=__version__,
        installed=True,
        program=("futures-lab",),
        python="CPython 3.11.7",
        system="Linux",
        passed=all(check.outcome != "failed" for check in checks),
        checks=checks,
    )


def button(view: CheckView, name: str) -> QPushButton:
    found = view.findChild(QPushButton, f"check-{name}")
    assert isinstance(found, QPushButton)
    return found


@pytest.fixture
def check(qtbot: QtBot, light: Theme) -> CheckView:
    view = CheckView(light)
    qtbot.addWidget(view)
    return view


def test_every_key_of_every_menu_is_told(qtbot: QtBot, light: Theme) -> None:
    window = MainWindow(["one"], (), light)
    qtbot.addWidget(window)
    window.menus.fill()
    view = KeysView(window.menuBar(), light)
    qtbot.addWidget(view)
    told = view.toPlainText()
    menus = window.menuBar().findChildren(QMenu)
    actions = [action for menu in menus for action in menu.actions()]
    keys = [key.toString() for action in actions for key in action.shortcuts()]
    assert {"F1", "F5", "Ctrl+Q"} <= set(keys)
    assert not [key for key in keys if key not in told]
    assert "timeline" in told


def keys_of(*parts: QWidget) -> set[str]:
    """Ask what there is in a window, whoever made it, which keys it heeds."""
    actions = [one for part in parts for one in part.findChildren(QAction)]
    shortcuts = [one for part in parts for one in part.findChildren(QShortcut)]
    found = [key for action in actions for key in action.shortcuts()]
    found += [shortcut.key() for shortcut in shortcuts]
    return {key.toString() for key in found}


def test_every_key_that_any_page_heeds_is_told_and_no_other(
    lab: Lab, light: Theme, qtbot: QtBot
) -> None:
    lab.open()
    qtbot.waitUntil(lambda: lab.runs is not None, timeout=30_000)
    for page in range(len(experiments.TITLES), len(experiments.TITLES) + 2):
        lab.window.show_page(page)
    comparison = ComparisonView(light)
    qtbot.addWidget(comparison)
    view = KeysView(lab.window.menuBar(), light)
    qtbot.addWidget(view)
    heeded = keys_of(lab.window, comparison)
    told = set(re.split(r"[\s,]+", view.toPlainText()))
    assert {"Ctrl+E", "Alt+Left", "Ctrl+F", "F2", "Return", "Ctrl+Z"} <= heeded
    assert not heeded - told
    assert not {word for word in told if re.match(r"(Ctrl|Alt)\+|F\d+$", word)} - heeded


def test_a_check_is_seen_as_it_goes_and_copied_as_text(check: CheckView) -> None:
    assert not button(check, "copy").isEnabled()
    check.begin()
    assert not button(check, "start").isEnabled()
    check.add(FINE)
    check.add(BAD)
    assert "2 done, 1 failed" in check._headline.text()
    check.end(report(FINE, BAD))
    assert check._headline.text() == "1 of 2 checks failed: fonts."
    assert check._chosen.text() == "no font\nmore about it"  # the failure is in front
    button(check, "copy").click()
    words = QApplication.clipboard().text()
    assert f"Futures Lab {__version__}, installed" in words
    assert "more about it" in words
    assert button(check, "start").isEnabled()


def test_a_check_gives_way_to_an_experiment(check: CheckView, qtbot: QtBot) -> None:
    check.begin()
    with qtbot.waitSignal(check.stop_requested):
        check.show_measuring(True)
    check.end("")
    assert "because an experiment" in check._headline.text()
    assert not button(check, "start").isEnabled()
    assert "falsify" in button(check, "start").toolTip()
    check.show_measuring(False)
    assert button(check, "start").isEnabled()


def test_a_check_that_broke_off_says_why_and_its_rows_can_be_copied(check: CheckView) -> None:
    check.begin()
    check.add(FINE)
    check.end("It ended with exit code 1.\nTraceback")
    assert check._headline.text() == "It ended with exit code 1."
    assert check._chosen.text() == "Traceback"
    assert "threads" in check.as_text()


# ------------------------------------------------------------------------------ the child


@pytest.fixture
def checking(qtbot: QtBot) -> Iterator[Checking]:
    made = Checking()
    yield made
    made.shut_down()


def child(monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    monkeypatch.setattr(installed, "program", lambda: (sys.executable, "-c", script))


def test_lines_become_checks_whatever_else_is_printed(
    checking: Checking, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = (to_line(FINE), b"Qt: something\n", to_line(report(FINE)))
    child(monkeypatch, f"import sys; sys.stdout.buffer.write({b''.join(lines)!r})")
    arrived: list[Check] = []
    checking.arrived.connect(arrived.append)
    with qtbot.waitSignal(checking.ended, timeout=30_000) as ended:
        checking.start()
        assert checking.is_busy
    assert arrived == [FINE]
    assert ended.args == [report(FINE)]
    assert not checking.is_busy


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("import sys; sys.exit('no core here')", "exit code 1, before it was done.\nno core here"),
        ("import os; os.abort()", "before it was done"),
    ],
)
def test_a_child_that_breaks_off_is_quoted(
    checking: Checking, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, script: str, said: str
) -> None:
    child(monkeypatch, script)
    with qtbot.waitSignal(checking.ended, timeout=30_000) as ended:
        checking.start()
    assert said in ended.args[0]


def test_a_program_that_is_gone_is_said(
    checking: Checking, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(installed, "program", lambda: ("/nonexistent/futures-lab",))
    with qtbot.waitSignal(checking.ended, timeout=30_000) as ended:
        checking.start()
    assert "cannot be started" in ended.args[0]
    assert not checking.is_busy


@pytest.mark.parametrize("heeds", [True, False])
def test_a_child_is_ended_whether_it_heeds_its_input_or_not(
    checking: Checking, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, heeds: bool
) -> None:
    wait = "sys.stdin.read()" if heeds else "threading.Event().wait()"
    line = to_line(FINE)
    child(
        monkeypatch,
        f"import sys, threading; sys.stdout.buffer.write({line!r}); sys.stdout.flush(); {wait}",
    )
    checking._patience.setInterval(30_000 if heeds else 10)
    with qtbot.waitSignal(checking.arrived, timeout=30_000):
        checking.start()
    with qtbot.waitSignal(checking.ended, timeout=20_000) as ended:
        checking.stop()
    assert ended.args == [""]


# ------------------------------------------------------------------------------ the whole


def test_about_tells_versions_and_every_licence(qtbot: QtBot, light: Theme) -> None:
    words = facts()
    for version in (__version__, sys.version.split()[0], qVersion(), PySide6.__version__):
        assert version in words
    view = AboutView(light)
    jobs: list[tuple[Callable[[], Any], Callable[[Any], None]]] = []
    view.wanted.connect(lambda job, take: jobs.append((job, take)))
    qtbot.addWidget(view)
    assert not jobs
    for _ in range(2):
        view.show()
        view.hide()
    ((job, take),) = jobs  # nothing is read here, and it is asked for once
    assert view._list.count() == 0
    take(job())
    names = [view._list.item(row).text() for row in range(view._list.count())]
    numpy = names.index(f"numpy {metadata.version('numpy')}")
    view._list.setCurrentRow(numpy)
    shown = view._text.toPlainText()
    assert "NumPy Developers" in shown
    assert "https://numpy.org" in shown


def test_the_words_of_headlines_and_tables_are_explained(qtbot: QtBot, light: Theme) -> None:
    view = shown(qtbot, WordsView(light), 600, 400)
    text = view.toPlainText().lower()
    doubts = (words.removesuffix(" to say") for name, words in DOUBTS.items() if name != "once")
    for word in (
        *doubts,
        "start-up",
        "opening",
        "work",
        "speed-up",
        "provisional",
        called(CEILING),
    ):
        assert word in text, word


def checks_now(opened: HelpWindow) -> bool:
    return opened._checking.is_busy


def test_help_opens_at_what_was_asked_for_and_ends_with_the_lab(
    lab: Lab, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    child(monkeypatch, "import sys; sys.stdin.read()")
    lab.open()
    qtbot.waitUntil(lambda: lab.runs is not None, timeout=30_000)
    for tab in (ABOUT, KEYS, WORDS, CHECK):
        lab.window.menus.help_wanted.emit(tab)
        assert isinstance(lab._help, HelpWindow)
        assert lab._help._tabs.currentIndex() == tab
        assert lab._help.isVisible()
    lab.window.menus.help_wanted.emit(ABOUT)
    parts = find(lab.window, QListWidget, "parts")
    qtbot.waitUntil(lambda: parts.count() > 0, timeout=30_000)
    lab.window.menus.help_wanted.emit(CHECK)
    opened: HelpWindow | None = lab._help
    assert opened is not None
    assert opened._check is not None
    button(opened._check, "start").click()
    assert checks_now(opened)
    lab.close()
    assert not checks_now(opened)
    opened.close()


def test_closing_help_ends_a_check(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    child(monkeypatch, "import sys; sys.stdin.read()")
    theme = Theme()
    window = MainWindow(["one"], (), theme)
    qtbot.addWidget(window)
    help_window = HelpWindow(window, theme)
    help_window.open_at(CHECK)
    view = help_window._check
    assert view is not None
    button(view, "start").click()
    with qtbot.waitSignal(help_window._checking.ended, timeout=30_000):
        help_window.close()
