"""The result in words: it keeps its height, and every sentence can be read without a pointer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QLabel, QScrollArea, QTabBar, QToolButton
from pytestqt.qtbot import QtBot

from core.experiments.base import Summary
from core.results.records import Note
from gui.theme import Theme
from gui.views.result import ResultPanel
from gui.views.words import cut
from tests.gui.finding import find

SHORT = Summary(("Measuring …",))
USUAL = Summary(("2 threads are no faster", "2 processes are faster"), ("over 5 repeats",))
LONG = Summary(
    tuple(f"{n} processes are 1.87 times as fast as serial (1.80 - 1.93)" for n in range(2, 7)),
    tuple(f"Of {n} processes there is a sentence as long as this one is. " * 3 for n in range(9)),
)
FULL = Summary(USUAL.headline, ("a sentence as long as this one is, and then some. " * 4,) * 3)
NOTES = (Note("load", "Other programs use 1.4 CPUs: close what can be closed."),)


@pytest.fixture
def panel(light: Theme, qtbot: QtBot) -> ResultPanel:
    made = ResultPanel(light)
    light.dress(made)  # its border takes room too
    qtbot.addWidget(made)
    made.resize(700, 600)
    made.show()
    made.activateWindow()
    return made


def read(panel: ResultPanel) -> str:
    """All that is seen."""
    labels = (find(panel, QLabel, name) for name in ("headline", "details", "rest"))
    return "\n".join(label.text() for label in labels if label.isVisible())


def tabs_at(panel: ResultPanel) -> int:
    layout = panel.layout()
    assert layout is not None
    layout.activate()
    return panel._tabs.y()


@pytest.mark.parametrize("width", [420, 700, 1800])
@pytest.mark.parametrize("is_open", [False, True], ids=["few", "all"])
def test_tabs_hold_still_whatever_is_said_of_a_run(
    panel: ResultPanel, width: int, is_open: bool
) -> None:
    panel.resize(width, 600)
    panel.show_summary(LONG)
    if is_open:
        find(panel, QToolButton, "read-more").click()
    place = tabs_at(panel)
    for summary in (SHORT, USUAL, LONG, SHORT):
        for notes in ((), NOTES):
            panel.show_summary(summary)
            panel.show_notes(notes)
            assert tabs_at(panel) == place
    panel.ask_to_confirm("This run would take about 2 h.")
    assert tabs_at(panel) == place


def test_tabs_hold_still_under_sentences_that_become_more(panel: ResultPanel, qtbot: QtBot) -> None:
    panel.show_summary(USUAL)
    panel.show_notes(NOTES)
    more = find(panel, QToolButton, "read-more")
    more.click()
    place = tabs_at(panel)
    for count in (1, 4, 9):  # as trials arrive
        panel.show_summary(Summary(LONG.headline, LONG.details[:count]))
        assert tabs_at(panel) == place
    bar = find(panel, QScrollArea, "words").verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 0)  # the rest is scrolled to
    more.click()
    more.click()
    assert tabs_at(panel) > place, "whoever asks again is given what it takes"


def test_every_sentence_is_read_with_keys_alone(panel: ResultPanel, qtbot: QtBot) -> None:
    panel.show_summary(LONG)
    panel.show_notes(NOTES)
    more = find(panel, QToolButton, "read-more")
    assert LONG.headline[-1] not in read(panel)
    assert LONG.details[-1] not in read(panel)
    below = tabs_at(panel)
    more.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(more, Qt.Key.Key_Space)
    for sentence in (*LONG.headline, *LONG.details, NOTES[0].sentence):
        assert sentence in read(panel)
    assert tabs_at(panel) > below
    area = find(panel, QScrollArea, "words")
    bar = area.verticalScrollBar()
    assert bar.maximum() > 0
    area.setFocus(Qt.FocusReason.TabFocusReason)
    for _ in range(200):
        qtbot.keyClick(area, Qt.Key.Key_Down)
    assert bar.value() == bar.maximum()
    qtbot.keyClick(more, Qt.Key.Key_Space)
    assert tabs_at(panel) == below
    assert not area.isVisible()


def test_what_is_all_in_sight_offers_no_more(panel: ResultPanel) -> None:
    panel.show_summary(USUAL)
    more = find(panel, QToolButton, "read-more")
    assert not more.isVisible()
    panel.show_notes(NOTES)
    assert more.isVisible()
    assert "other programs use the CPUs" in find(panel, QLabel, "notes").text()


@pytest.mark.parametrize("zoom", [-2, 0, 1, 2, 4])
@pytest.mark.parametrize("summary", [USUAL, LONG, FULL], ids=["usual", "long", "full"])
def test_every_line_that_is_shown_is_whole(
    panel: ResultPanel, light: Theme, summary: Summary, zoom: int
) -> None:
    light.zoom(zoom)
    light.dress(panel)
    panel.show_summary(summary)
    room, layout = find(panel, QLabel, "headline").parentWidget(), panel.layout()
    assert layout is not None
    layout.activate()
    assert room is not None
    assert room.heightForWidth(room.width()) <= room.height()


def test_whoever_hears_the_page_hears_all_of_it(panel: ResultPanel) -> None:
    panel.show_summary(LONG)
    heard = find(panel, QLabel, "headline").accessibleDescription()
    assert LONG.headline[-1] in heard
    assert LONG.details[-1] in heard


@given(
    st.lists(st.text("ab cdefgh", max_size=120), max_size=6),
    st.integers(1, 400),
    st.integers(0, 5),
)
def test_what_is_cut_says_so_and_the_rest_is_whole(
    sentences: list[str], width: int, most: int
) -> None:
    shown, is_cut = cut(sentences, QFont(), width, most)
    assert len(shown) <= min(most, len(sentences))
    if not is_cut:
        assert shown == sentences
    for before, after in zip(sentences, shown, strict=False):
        assert after == before or (is_cut and after == shown[-1])
    assert cut(shown, QFont(), width, 10_000) == (shown, False)


def test_what_is_said_is_laid_out_once(panel: ResultPanel, monkeypatch: pytest.MonkeyPatch) -> None:
    laid_out: list[int] = []

    def counted(sentences: Sequence[str], font: QFont, width: int, most: int) -> Any:
        laid_out.append(width)
        return cut(sentences, font, width, most)

    panel.show_summary(USUAL)
    monkeypatch.setattr("gui.views.words.cut", counted)
    panel.show_summary(LONG)
    assert len(laid_out) == 2, "its headline, and its details"


def test_a_result_in_figures_has_room_in_a_small_window(panel: ResultPanel, light: Theme) -> None:
    found = tuple(f"{n} workers: too few repeats to say, 1.54x (1.23 – 1.92)" for n in (2, 3))
    panel.resize(480, 500)
    light.zoom(2)
    panel.show_summary(Summary(found, ("a detail",)))
    said = find(panel, QLabel, "headline").text()
    assert "…" not in said
    assert said.count("(1.23\u00a0–\u00a01.92)") == 2  # on one line each


def test_with_large_type_no_tab_is_hidden(panel: ResultPanel, light: Theme, qtbot: QtBot) -> None:
    titles = ("Runtime", "Speed-up", "Where it went", "Trials", "Code", "Lesson")
    panel.set_tabs([(title, QLabel()) for title in titles])
    panel.resize(500, 500)
    light.zoom(3)
    light.dress(panel)
    bar = find(panel, QTabBar)
    qtbot.waitUntil(lambda: bar.tabRect(0).width() > 0)
    assert all(bar.rect().contains(bar.tabRect(at)) for at in range(len(titles)))
    assert not any(button.isVisible() for button in bar.findChildren(QToolButton))


def test_read_more_is_pressed_again_where_it_was_pressed(panel: ResultPanel, qtbot: QtBot) -> None:
    panel.show_summary(LONG)
    more = find(panel, QToolButton, "read-more")
    qtbot.waitUntil(more.isVisible)
    place = more.mapTo(panel, QPoint(5, 5))
    for is_open in (True, False):
        assert panel.childAt(place) is more
        qtbot.mouseClick(more, Qt.MouseButton.LeftButton)
        tabs_at(panel)
        assert more.isChecked() is is_open
        assert (LONG.details[-1] in read(panel)) is is_open
    assert panel.childAt(place) is more
