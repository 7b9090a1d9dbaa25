"""Opening in the window: files, drops and pastes; what is wrong is told, the rest opens."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QUrl
from PySide6.QtWidgets import QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from core.reading import Reader
from core.results.share import Shared, dump, save, shared
from gui.opening import Opener, read_all
from gui.settings import Settings
from tests.core.making import done, record
from tests.gui.jobs import do_at_once


def run(number: int = 1, whose: str = "") -> Shared:
    return shared(record([done("serial", 1, number, 0.5)]), whose=whose)


@pytest.fixture
def opener(qtbot: QtBot) -> Opener:
    """An opener whose jobs are done at once."""
    window = QWidget()
    qtbot.addWidget(window)
    made = Opener(window, Settings(), window)
    made.wanted.connect(do_at_once)
    return made


def dropped(*paths: Path) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return data


def test_dropped_files_open_and_a_wrong_one_is_told(
    opener: Opener, tmp_path: Path, qtbot: QtBot
) -> None:
    for number in (1, 2):
        save(tmp_path / f"{number}.futureslab", [run(number)])
    (tmp_path / "wrong.futureslab").write_text("{")
    failed: list[str] = []
    opener.failed.connect(failed.append)
    with qtbot.waitSignal(opener.opened) as opened:
        opener.take(dropped(*sorted(tmp_path.iterdir()), tmp_path / "none"))
    assert [one.whose for one in opened.args[0]] == ["1", "2"]  # named for their files
    assert failed[0].startswith("“wrong.futureslab” cannot be opened: ")
    assert failed[0].endswith("1 more could not be opened either.")


def test_a_pasted_text_opens(opener: Opener, qtbot: QtBot) -> None:
    data = QMimeData()
    data.setText(dump([run(whose="Ada")]).decode())
    with qtbot.waitSignal(opener.opened) as opened:
        opener.take(data)
    assert [one.whose for one in opened.args[0]] == ["Ada"]


@pytest.mark.parametrize("text", [None, "", "  \n", "hello", "<b>bold</b>", "[1, 2]"])
def test_what_is_no_run_is_one_sentence(opener: Opener, qtbot: QtBot, text: str | None) -> None:
    data = QMimeData()
    if text is not None:
        data.setText(text)
    with qtbot.waitSignal(opener.failed) as failed, qtbot.assertNotEmitted(opener.opened):
        opener.take(data)
    assert failed.args is not None
    assert len(failed.args[0].splitlines()) == 1
    assert "opened" in failed.args[0] or "paste again" in failed.args[0]


def test_files_elsewhere_are_not_fetched(opener: Opener, qtbot: QtBot) -> None:
    data = QMimeData()
    data.setUrls([QUrl("https://example.org/a.futureslab")])
    with qtbot.waitSignal(opener.failed), qtbot.assertNotEmitted(opener.opened):
        opener.take(data)


def test_files_are_chosen_in_a_dialog(opener: Opener, tmp_path: Path, qtbot: QtBot) -> None:
    save(tmp_path / "a.futureslab", [run()])
    opener.ask()
    (dialog,) = opener._window.findChildren(QFileDialog)
    with qtbot.waitSignal(opener.opened):
        dialog.filesSelected.emit([str(tmp_path / "a.futureslab")])
    dialog.close()


def test_too_many_files_are_told(tmp_path: Path) -> None:
    read = read_all(Reader(), [tmp_path / f"{n}" for n in range(201)])
    assert "201 files are too many: open 200 at most at once." in read.problems
