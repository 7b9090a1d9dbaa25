"""A run goes to a file and comes back, a report is taken away, a class is laid over one another."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from core.results.share import dump, load, save
from tests.core.test_gallery import laptop
from tests.realwindow import Desktop, wait_until
from tests.stories.conftest import Person

pytestmark = pytest.mark.window


def answer(person: Person, path: Path) -> None:
    """Type a path into the dialog that is open, and press Enter."""
    desktop = person.desktop
    wait_until(lambda: "Futures Lab" not in active(desktop), "the dialog is open")
    desktop.run("xdotool", "type", "--", str(path))
    desktop.run("xdotool", "key", "Return")


def active(desktop: Desktop) -> str:
    """Return the title of the window that has the keyboard, without the program's part of it."""
    try:
        title = desktop.run("xdotool", "getactivewindow", "getwindowname")
    except subprocess.CalledProcessError:
        title = "Futures Lab"  # none, between one window and the next: the dialog is not there yet
    return title if title == "Futures Lab" else title.replace("Futures Lab", "")


def test_a_run_is_saved_and_opened_again_and_its_report_taken(
    person: Person, tmp_path: Path
) -> None:
    person.fill("field-terms", "200000")
    person.fill("field-blocks", "1")
    person.click("run")
    person.wait_for_text("status-message", "Finished", timeout_s=60)
    headline = person.text("headline")
    person.window.key("ctrl+s")
    answer(person, tmp_path / "mine.futureslab")
    person.wait_for_text("status-message", f"Saved: {tmp_path / 'mine.futureslab'}")
    assert len(load(tmp_path / "mine.futureslab")[0].record.trials) == 13

    person.click("export")
    person.desktop.run("xdotool", "key", "h")
    answer(person, tmp_path / "report.html")
    person.wait_for_text("status-message", f"Saved: {tmp_path / 'report.html'}")
    assert headline.splitlines()[0] in (tmp_path / "report.html").read_text()

    person.open("Race")
    person.window.key("ctrl+o")
    answer(person, tmp_path / "mine.futureslab")
    person.wait_for_text("headline", headline)
    person.wait_for_text("kept-message", "Run 1, ")

    person.window.key("ctrl+s")  # as a friend would, and send it back
    answer(person, tmp_path / "back.futureslab")
    person.wait_for_text("status-message", f"Saved: {tmp_path / 'back.futureslab'}")
    assert load(tmp_path / "back.futureslab") == load(tmp_path / "mine.futureslab")
    person.window.key("ctrl+o")
    answer(person, tmp_path / "back.futureslab")
    person.wait_for_text("status-message", "Opened 1 run")
    person.open("History")
    person.wait_for_text("history-count", "1 run")


def test_a_wrong_file_is_one_sentence_and_nothing_is_lost(person: Person, tmp_path: Path) -> None:
    (tmp_path / "new.futureslab").write_text('{"format": "futureslab", "version": 99, "runs": []}')
    person.window.key("ctrl+o")
    answer(person, tmp_path / "new.futureslab")
    person.wait_for_text("file-message", "“new.futureslab” cannot be opened: it is of version 99")
    assert person.see()["run"]["enabled"]
    person.window.key("ctrl+o")
    person.wait_for(lambda seen: "file-message" not in seen, "what is old is no longer said")


def test_a_class_is_opened_from_the_command_line(desktop: Desktop, tmp_path: Path) -> None:
    save(tmp_path / "class.futureslab", [laptop("Ada", 1.8), laptop("Bob", 3.0, 8)])
    save(tmp_path / "late.futureslab", [laptop("<b>Eve</b>", 2.0, 4)])
    files = [str(path) for path in sorted(tmp_path.glob("*.futureslab"))]
    person = Person(desktop, tmp_path / "seen.json", *files)
    person.wait_for_text("gallery-title", "3 runs")
    person.click("gallery-names")
    person.wait_for(lambda seen: not seen["gallery-names"]["checked"], "names are hidden")
    person.click("gallery-clear")
    person.wait_for_text("gallery-title", "Class gallery")
    assert dump(load(tmp_path / "late.futureslab"))  # the file itself is as it was
