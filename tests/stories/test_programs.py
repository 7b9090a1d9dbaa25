"""The pages of the book's programs: run them, answer them, take their script home."""

import subprocess
import sys
from pathlib import Path

import pytest

from core.experiments import catalogue
from tests.realwindow import wait_until
from tests.stories.conftest import Person

pytestmark = pytest.mark.window

OTHERS = [one.title for one in catalogue() if one.name not in ("pi-scaling", "deadlock", "life")]


def open_page(person: Person, title: str) -> None:
    person.open(title)
    person.wait_for(lambda seen: seen.get("run", {}).get("enabled"), f"{title} can be run")


@pytest.mark.parametrize("title", OTHERS)
def test_a_program_runs_to_its_end_and_says_what_came_of_it(person: Person, title: str) -> None:
    open_page(person, title)
    person.click("run")
    person.wait_for_text("status-message", "Finished after", timeout_s=90)
    assert person.text("headline")
    assert not person.labs() or person.see()["run"]["enabled"]


@pytest.mark.parametrize("rescue", ["timeout", "exception", "kill"])
def test_a_deadlock_is_noticed_and_ended_as_chosen(person: Person, rescue: str) -> None:
    open_page(person, "Deadlock")
    person.click("run")
    person.click(f"answer-{rescue}")
    person.wait_for_text("status-message", "Finished after", timeout_s=60)
    assert "Deadlock" in person.text("headline")
    open_page(person, "Race")
    person.click("run")
    person.wait_for_text("status-message", "Finished after", timeout_s=60)


def test_a_deadlock_can_be_stopped_and_the_next_experiment_runs_at_once(person: Person) -> None:
    open_page(person, "Deadlock")
    person.click("run")
    person.wait_for(lambda seen: "answer-kill" in seen, "the lab noticed it")
    person.window.key("Escape")
    person.wait_for_text("status-message", "Stopped after", timeout_s=5)
    open_page(person, "Race")
    person.click("run")
    person.wait_for_text("status-message", "Finished after", timeout_s=60)


def test_a_future_is_lived_through_by_clicking(person: Person) -> None:
    open_page(person, "Life of a future")
    person.click("run")
    for step in ("submit", "submit", "submit", "cancel-waiting", "finish", "read", "done"):
        person.click(f"answer-{step}")
    person.wait_for_text("status-message", "Finished after", timeout_s=60)
    assert "3 futures" in person.text("headline")


def test_while_one_experiment_runs_the_others_say_so(person: Person) -> None:
    open_page(person, "Deadlock")
    person.click("run")
    person.wait_for(lambda seen: "answer-kill" in seen, "it is stuck")
    person.open("Race")
    person.wait_for(lambda seen: "Deadlock" in seen.get("why", {}).get("text", ""), "Race says why")
    assert not person.see()["run"]["enabled"]
    person.window.key("Escape")
    person.wait_for(lambda seen: seen["run"]["enabled"], "Race can be run")


def test_a_script_saved_from_the_page_runs_alone(person: Person, tmp_path: Path) -> None:
    open_page(person, "Race")
    person.click_tab("Code")
    person.click("save-script")
    dialog = person.desktop.window("Save as script", person.program)
    target = tmp_path / "taken home.py"
    dialog.key("ctrl+a")
    dialog.type(str(target))
    dialog.key("Return")
    wait_until(target.exists, "the script is saved")
    done = subprocess.run(
        [sys.executable, "-I", "-S", target], capture_output=True, text=True, timeout=60, check=True
    )
    assert "expected 20000" in done.stdout
