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


def run_race(person: Person) -> None:
    """Have the lab show that it still runs experiments."""
    open_page(person, "Race")
    person.click("run")
    person.wait_for_text("status-message", "Race · Finished", timeout_s=60)


@pytest.mark.parametrize("title", OTHERS)
def test_a_program_runs_to_its_end_and_says_what_came_of_it(person: Person, title: str) -> None:
    open_page(person, title)
    person.click("run")
    person.wait_for_text("status-message", "Finished", timeout_s=90)
    assert person.text("headline")
    assert not person.labs() or person.see()["run"]["enabled"]


@pytest.mark.parametrize("rescue", ["timeout", "exception", "kill"])
def test_a_deadlock_is_noticed_and_ended_as_chosen(person: Person, rescue: str) -> None:
    open_page(person, "Deadlock")
    person.click("run")
    person.click(f"answer-{rescue}")
    person.wait_for_text("status-message", "Finished", timeout_s=60)
    assert "Deadlock" in person.text("headline")
    run_race(person)


def test_a_deadlock_can_be_stopped_and_the_next_experiment_runs_at_once(person: Person) -> None:
    open_page(person, "Deadlock")
    person.click("run")
    person.wait_for(lambda seen: "answer-kill" in seen, "the lab noticed it")
    person.window.key("Escape")
    person.wait_for_text("status-message", "Stopped", timeout_s=5)
    run_race(person)


@pytest.mark.parametrize(
    ("victim", "says"),
    [("the lab", "Ended with failures"), ("the stuck", "Finished")],
    ids=["lab", "stuck"],
)
def test_a_process_killed_from_outside_takes_the_question_back(
    person: Person, victim: str, says: str
) -> None:
    open_page(person, "Deadlock")
    person.click("run")
    person.wait_for(lambda seen: "answer-kill" in seen, "the lab noticed it")
    (lab,) = [one for one in person.labs() if one.ppid() == person.program.pid]
    children = [one for one in lab.children() if "resource_tracker" not in str(one.cmdline())]
    (lab if victim == "the lab" else children[0]).kill()
    person.wait_for_text("status-message", says, timeout_s=10)
    assert "answer-kill" not in person.see()
    person.wait_for(lambda seen: seen["run"]["enabled"], "Deadlock can be run again")
    run_race(person)


def test_a_future_is_lived_through_by_clicking(person: Person) -> None:
    open_page(person, "Life of a future")
    person.click("run")
    for step in ("submit", "submit", "submit", "cancel-waiting", "finish", "read", "done"):
        person.click(f"answer-{step}")
    person.wait_for_text("status-message", "Finished", timeout_s=60)
    assert "3 futures" in person.text("headline")


def test_ways_to_wait_are_tried_in_this_window_and_it_is_well_afterwards(person: Person) -> None:
    open_page(person, "Keep the UI alive")
    person.fill(
        "field-terms", "3e6"
    )  # far from the 3 s at which it gives up, also when all is slow
    person.click("run")
    person.wait_for_text("status-message", "Trial 2")
    person.open("Race")  # clicked before, while or after it stands still: it is answered
    person.wait_for(
        lambda seen: "Keep the UI" in seen.get("why", {}).get("text", ""), "Race says what runs"
    )
    person.open("Keep the UI alive")
    person.wait_for_text("status-message", "Finished after 7 of 7 trials", timeout_s=60)
    assert "future.result() held the window up for" in person.text("headline")
    assert "callbacks that touched a widget" in person.text("details")
    wait_until(lambda: not person.labs(), "no process of it is left")
    run_race(person)


def test_ways_to_wait_can_be_stopped_and_run_again(person: Person) -> None:
    open_page(person, "Keep the UI alive")
    person.click("run")
    person.wait_for_text("status-message", "Trial 3")
    person.window.key("Escape")
    person.wait_for_text("status-message", "Stopped", timeout_s=5)
    assert "future.result() held the window up for" in person.text("headline")
    wait_until(lambda: not person.labs(), "no process of it is left")
    for way in ("nothing", "result", "events", "timer", "callback", "bridge"):
        person.click(f"field-ways-{way}")
    person.fill("field-terms", "1e9")
    person.wait_for(lambda seen: not seen["run"]["enabled"], "so many are refused")
    person.fill("field-terms", "1e6")
    person.click("run")
    person.wait_for_text("status-message", "Finished")


def test_closing_the_window_in_the_middle_of_a_way_leaves_nothing(person: Person) -> None:
    open_page(person, "Keep the UI alive")
    person.click("run")
    person.wait_for_text("status-message", "Trial 3")
    person.window.close()
    assert person.program.wait(10) == 0


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
    assert "expected: 20000" in done.stdout
