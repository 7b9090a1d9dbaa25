"""Taking things away: every kind of file, the clipboard, and what cannot be."""

from __future__ import annotations

import dataclasses
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QCursor, QImage
from PySide6.QtWidgets import QApplication, QFileDialog, QMenu, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from core import experiments
from core.experiments.programs import saved
from core.report.svg import PAPER, SLIDE
from core.report.titles import chart_titles
from core.results.records import to_json
from core.results.share import load, shared
from gui.export.exports import Exports, Seen, script_of, seen_of, timeline_of, write
from gui.settings import Settings
from gui.theme import Theme
from gui.views.export_button import NO_CHART, NO_RUN, ExportButton
from tests.gui.conftest import OpenPage
from tests.gui.finding import find, open_tab
from tests.gui.jobs import do_at_once
from tests.gui.sweeps import begun, sweep

PI = experiments.find("pi-scaling")
RUN = replace(begun(blocks=3), trials=tuple(sweep(3)), status="finished")


def seen(tab: str = "Runtime", **options: Any) -> Seen:
    kept = shared(RUN, "its own", "<b>=1+1")
    return dataclasses.replace(seen_of(PI, RUN, "its own", tab, options), kept=kept)


@pytest.fixture
def exports(qtbot: QtBot) -> Exports:
    """Exports whose jobs are done at once, and their results taken."""
    window = QWidget()
    qtbot.addWidget(window)
    made = Exports(window, Settings(), lambda key, take: take(None), window)
    made.wanted.connect(do_at_once)
    return made


@pytest.mark.parametrize(
    ("what", "begins"),
    [
        ("paper", b"\x89PNG"),
        ("slide", b"\x89PNG"),
        ("svg", b"<svg "),
        ("csv", b'"run","run_name"'),
        ("tasks", b'"run","run_name"'),
        ("json", b"["),
        ("html", b"<!DOCTYPE html>"),
        ("pdf", b"%PDF"),
        ("futureslab", b"{"),
    ],
)
def test_each_kind_of_file(
    what: str, begins: bytes, tmp_path: Path, exports: Exports, qtbot: QtBot
) -> None:
    exports.export(what, seen())
    (dialog,) = exports._window.findChildren(QFileDialog)
    assert Path(dialog.selectedFiles()[0]).name.startswith("pi-scaling-20260101T0000")
    with qtbot.waitSignal(exports.told) as told:
        dialog.fileSelected.emit(str(tmp_path / "file"))
    assert told.args == [f"Saved: {tmp_path / 'file'}"]
    assert (tmp_path / "file").read_bytes().startswith(begins)
    dialog.close()


def test_a_script_is_written_elsewhere_and_where_the_last_file_was(
    open_page: OpenPage, exports: Exports, qtbot: QtBot, tmp_path: Path
) -> None:
    page = open_page(experiments.find("race"))
    open_tab(page, "Code")
    with qtbot.waitSignal(page.export_requested) as asked:
        find(page, QPushButton, "save-script").click()
    assert asked.args == ["script"]

    exports._settings.folder = str(tmp_path)
    jobs: list[Any] = []
    exports.wanted.disconnect(do_at_once)
    exports.wanted.connect(lambda *job: jobs.append(job))
    exports.export("script", script_of(page.script))
    (dialog,) = exports._window.findChildren(QFileDialog)
    assert dialog.selectedFiles() == [str(tmp_path / page.script.name)]
    (tmp_path / "home").mkdir()
    target = tmp_path / "home" / "mine.py"
    dialog.fileSelected.emit(str(target))
    dialog.close()
    assert not target.exists()
    with qtbot.waitSignal(exports.told) as told:
        do_at_once(*jobs[0])
    assert target.read_text() == page.script.text
    assert told.args == [saved(page.script, target)]
    assert exports._settings.folder == str(tmp_path / "home")


def test_a_file_of_runs_opens_again(tmp_path: Path) -> None:
    assert write("futureslab", seen(), tmp_path / "a.futureslab").problem == ""
    (run,) = load(tmp_path / "a.futureslab")
    assert to_json(run.record) == to_json(RUN)
    assert (run.key, run.name) == ("its own", "<b>=1+1")


def test_a_run_that_the_history_is_behind_with_is_written_as_it_is_seen(tmp_path: Path) -> None:
    behind = replace(RUN, trials=RUN.trials[:2])
    one = dataclasses.replace(seen(), kept=shared(behind, "its own", "named"))
    assert write("futureslab", one, tmp_path / "a").problem == ""
    (run,) = load(tmp_path / "a")
    assert (to_json(run.record), run.key, run.name) == (to_json(RUN), "its own", "named")
    assert write("futureslab", dataclasses.replace(one, kept=None), tmp_path / "b").problem == ""
    (run,) = load(tmp_path / "b")
    assert (to_json(run.record), run.key, run.name) == (to_json(RUN), "its own", "")


@pytest.mark.parametrize("what", ["csv", "pdf", "paper"])
def test_what_cannot_be_written_is_a_sentence_with_a_next_step(what: str, tmp_path: Path) -> None:
    (tmp_path / "file").mkdir()
    for path in (tmp_path / "no folder" / "a", tmp_path / "file"):
        problem = write(what, seen(), path).problem
        assert problem.startswith(f"“{path}” cannot be written: ")
        assert problem.endswith("Choose another place.")


def test_a_chart_without_anything_in_it_is_a_sentence(tmp_path: Path) -> None:
    empty = replace(RUN, trials=())
    one = seen_of(PI, empty, "", "Speed-up", {})
    assert "Wait for the first trials" in write("svg", one, tmp_path / "a").problem
    assert not (tmp_path / "a").exists()


def test_a_picture_has_the_size_of_its_use(exports: Exports, qtbot: QtBot) -> None:
    for what, size in (("copy-slide", (1920, 1080)), ("copy-paper", (2000, 1250))):
        with qtbot.waitSignal(exports.told):
            exports.export(what, seen())
        image = QApplication.clipboard().image()
        assert (image.width(), image.height()) == size
        places = [(x, y) for x in range(0, size[0], 3) for y in range(0, size[1], 9)]
        assert len({image.pixel(*place) for place in places}) > 5


def test_pictures_are_of_what_was_chosen(tmp_path: Path) -> None:
    files = []
    for number, one in enumerate((seen("Speed-up"), seen("Speed-up", baseline="one"))):
        files.append(tmp_path / f"{number}")
        assert not write("svg", one, files[-1]).problem
    assert "× one plain call" in files[0].read_text()
    assert "× one worker" in files[1].read_text()


def test_the_timeline_is_a_picture_too(tmp_path: Path) -> None:
    trial = next(one for one in reversed(RUN.trials) if one.tasks)
    for order, name in ((trial.order, "a"), (None, "b")):
        assert not write("svg", timeline_of(PI, RUN, order), tmp_path / name).problem
    assert f"Trial {trial.order}:" in (tmp_path / "a").read_text()
    told = "Wait for the first trials"
    assert told in write("svg", timeline_of(PI, RUN, 10**6), tmp_path / "c").problem


def test_several_runs_go_into_one_file(tmp_path: Path) -> None:
    runs = tuple(shared(RUN, key) for key in ("one", "two"))
    seen = Seen(None, "class", runs=runs)
    assert not write("futureslab", seen, tmp_path / "a").problem
    assert [run.key for run in load(tmp_path / "a")] == ["one", "two"]
    assert not write("csv", seen, tmp_path / "b").problem
    assert len((tmp_path / "b").read_text().splitlines()) == 1 + 2 * len(RUN.trials)


def test_dots_are_fine_enough_for_paper(tmp_path: Path) -> None:
    write("paper", seen(), tmp_path / "a.png")
    assert QImage(str(tmp_path / "a.png")).dotsPerMeterX() * 0.0254 > 300
    assert SLIDE.width / SLIDE.letters < PAPER.width / PAPER.letters


# -------------------------------------------------------------------------------- the menu


def actions(button: ExportButton) -> dict[str, QAction]:
    menu = button.menu()
    return {one.objectName(): one for one in menu.actions() if not one.isSeparator()}


def test_the_menu_says_why_it_has_nothing(light: Theme, qtbot: QtBot) -> None:
    button = ExportButton(light)
    qtbot.addWidget(button)
    button.offer(has_chart=True, has_run=False)
    assert {one.toolTip() for one in actions(button).values()} == {NO_RUN}
    button.offer(has_chart=False, has_run=True)
    assert actions(button)["export-svg"].toolTip() == NO_CHART
    assert not actions(button)["export-svg"].isEnabled()
    assert actions(button)["export-pdf"].isEnabled()
    with qtbot.waitSignal(button.chosen) as chosen:
        actions(button)["export-pdf"].trigger()
    assert chosen.args == ["pdf"]


@pytest.mark.parametrize("of_run", [True, False])
def test_only_a_run_has_a_menu_of_its_timeline(light: Theme, qtbot: QtBot, of_run: bool) -> None:
    button = ExportButton(light, of_run=of_run)
    qtbot.addWidget(button)
    button.show()
    names = [one.objectName() for one in button.findChildren(QAction)]
    assert sum(name.startswith("export-timeline") for name in names) == (5 if of_run else 0)
    button.offer(has_chart=True, has_run=True)
    light.zoom(1)
    menus = button.findChildren(QMenu)
    assert [menu.font() for menu in menus] == [light.font()] * (2 if of_run else 1)


def test_a_button_is_not_lit_when_the_pointer_left_under_its_menu(
    light: Theme, qtbot: QtBot
) -> None:
    button = ExportButton(light)
    qtbot.addWidget(button)
    button.show()
    button.move(QCursor.pos() + QPoint(100, 100))
    button.setAttribute(Qt.WidgetAttribute.WA_UnderMouse, True)
    button.menu().aboutToHide.emit()
    assert not button.underMouse()


def test_a_page_offers_its_chart_and_tells_what_is_in_sight(open_page: OpenPage) -> None:
    page = open_page(PI)
    button = page.findChild(ExportButton)
    assert isinstance(button, ExportButton)
    button.asked.emit()
    assert not actions(button)["export-csv"].isEnabled()
    page.begin(replace(RUN, trials=()), 1.0)
    page.add_trials(list(RUN.trials[:4]))
    button.asked.emit()
    assert actions(button)["export-csv"].isEnabled()
    assert actions(button)["export-paper"].isEnabled()
    record, tab, options = page.in_sight
    assert record is not None
    assert (len(record.trials), tab, options) == (4, "Runtime", {})
    page.show_record(RUN)
    assert page.in_sight[0] == RUN


def test_titles_are_those_of_the_charts() -> None:
    from core.report.charts import charts

    assert tuple(charts(RUN, PI)) == chart_titles(PI)
    for one in experiments.catalogue():
        seen = map(partial(seen_of, one, RUN, "", options={}), chart_titles(one))
        assert all(one.drawing is not None for one in seen)
