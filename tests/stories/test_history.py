"""The history as a person meets it: a run is cut off, found again, looked at and gone on with."""

from __future__ import annotations

import os
import random
import re
from pathlib import Path

import pytest

from tests.realwindow import Desktop, wait_until
from tests.signals import KILL
from tests.stories.conftest import Person
from tests.stories.killing import check, kill_once
from tests.stories.test_pi_scaling import all_gone

pytestmark = pytest.mark.window


def test_a_run_that_was_cut_off_is_found_opened_and_continued(
    person: Person, desktop: Desktop, tmp_path: Path
) -> None:
    person.fill("field-terms", "1000000")
    person.click("run")
    person.wait_for_text("status-message", "Trial 6 of 39", timeout_s=60)
    labs = person.labs()
    os.kill(person.program.pid, KILL)
    wait_until(all_gone(labs), "nothing of the run is left")

    again = Person(desktop, tmp_path / "again.json")
    again.wait_for_text("field-terms", "1\u202f000\u202f000")  # what was typed is there again
    again.open("History")
    again.wait_for_text("history-count", "1 run")
    again.window.key("ctrl+f", "Down")
    again.wait_for_text("history-words", "the program ended before the run did")
    found = re.search(r"(\d+) of 39 trials", again.text("history-words"))
    assert found is not None
    done = int(found[1])
    assert done >= 4, "at most the trial that was just being written is not there"

    again.window.key("Return")
    again.wait_for_text("kept-message", f"interrupted, {done} of 39 trials")
    again.wait_for(lambda seen: seen["page π scaling"]["current"], "its page is in front")
    again.click("kept-action")
    again.wait_for_text("status-message", "Finished after 39 of 39 trials", timeout_s=60)
    assert "2 processes" in again.text("headline")
    again.open("History")
    again.wait_for_text("history-words", "39 of 39 trials")
    assert again.text("history-count") == "1 run"


def test_where_nothing_can_be_written_a_sentence_says_so_and_the_run_goes_on(
    desktop: Desktop, tmp_path: Path
) -> None:
    home = tmp_path / "data"
    home.write_text("a file where the folder of data should be")
    person = Person(desktop, tmp_path / "seen.json")
    person.wait_for_text("history-message", "cannot be written")
    assert "save it as a file" in person.text("history-message")
    person.fill("field-terms", "200000")
    person.click("run")
    person.wait_for_text("status-message", "Finished after 39 of 39 trials", timeout_s=60)
    person.open("History")
    person.wait_for_text("history-count", "1 run")


def test_a_window_that_is_killed_at_any_moment_leaves_a_whole_history(
    desktop: Desktop, tmp_path: Path
) -> None:
    chance = random.Random(5)
    promised: dict[str, int] = {}
    for _ in range(5):
        promised |= kill_once(desktop, tmp_path, chance)
        check(tmp_path, promised)
    assert promised
