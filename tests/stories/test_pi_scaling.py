"""π scaling: run, watch, stop, run again, go wrong, leave."""

import os
import re
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.realwindow import wait_until
from tests.signals import KILL
from tests.stories.conftest import Person

pytestmark = pytest.mark.window

SHORT, LONG = "200000", "60000000"


def all_gone(processes: list[psutil.Process]) -> Callable[[], bool]:
    """Make a look that is true when none of the processes runs any more."""

    def look() -> bool:
        return not [
            process
            for process in processes
            if process.is_running() and process.status() != psutil.STATUS_ZOMBIE
        ]

    return look


def test_a_run_fills_the_page(person: Person) -> None:
    person.fill("field-terms", SHORT)
    person.click("run")
    person.wait_for_text("status-message", "Trial")
    person.wait_for_text("status-message", "Finished after 39 of 39 trials", timeout_s=60)
    assert "2 processes" in person.text("headline")
    assert "2 threads" in person.text("headline")
    assert person.see()["run"]["enabled"]
    assert not person.see()["stop"]["enabled"]


def test_stop_keeps_what_was_measured_and_the_next_run_starts(person: Person) -> None:
    person.fill("field-terms", "3000000")
    person.click("run")
    person.wait_for_text("status-message", "Trial 3")
    person.click("stop")
    person.wait_for_text("status-message", "Stopped ")
    wait_until(all_gone(person.labs()), "nothing of the run is left")
    person.fill("field-terms", SHORT)
    person.click("run")
    person.wait_for_text("status-message", "Finished after 39 of 39 trials", timeout_s=60)


def test_a_long_run_asks_first(person: Person) -> None:
    person.fill("field-terms", "100000000000")
    person.window.key("ctrl+r")
    person.wait_for_text("status-message", "Waiting for your answer")
    person.window.key("Escape")
    person.wait_for_text("status-message", "Stopped after 0 of 39 trials")
    assert person.see()["run"]["enabled"]


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("terms", "0"),
        ("terms", "-5"),
        ("terms", "many"),
        ("terms", "10^30"),
        ("workers", "0"),
        ("workers", "100000"),
        ("blocks", "1e9"),
    ],
)
def test_bad_input_is_told_at_its_field_and_starts_nothing(
    person: Person, field: str, wrong: str
) -> None:
    person.fill(f"field-{field}", wrong)
    person.wait_for(lambda seen: not seen["run"]["enabled"], "Run is disabled")
    label = {"terms": "Terms", "workers": "Workers", "blocks": "Repeats"}[field]
    assert label in person.text("why")
    assert person.see()["run"]["tip"] == person.text("why")
    assert person.text(f"note-{field}").endswith(".")
    person.window.key("ctrl+r")
    assert not person.labs()
    person.fill(f"field-{field}", "5")
    person.wait_for(lambda seen: seen["run"]["enabled"], "Run is enabled again")


def test_more_workers_than_terms_is_told_at_workers(person: Person) -> None:
    person.fill("field-terms", "3")
    person.wait_for(lambda seen: not seen["run"]["enabled"], "Run is disabled")
    assert "4 workers cannot share 3 terms" in person.text("note-workers")


def test_a_killed_lab_process_fails_one_trial_and_the_run_goes_on(person: Person) -> None:
    person.fill("field-terms", "6000000")
    person.click("run")
    person.wait_for_text("status-message", "Trial 2")
    wait_until(person.labs, "a lab process runs")[0].kill()
    person.wait_for_text("status-message", "Trial 4", timeout_s=60)
    person.click("stop")
    person.wait_for_text("status-message", "Stopped ")
    assert "failed" in person.text("details")
    assert "SIGKILL" in person.text("details")


@pytest.mark.parametrize("number", [KILL, signal.SIGINT, signal.SIGTERM])
def test_when_the_window_dies_nothing_is_left(person: Person, number: int) -> None:
    person.fill("field-terms", LONG)
    person.click("run")
    person.wait_for(lambda seen: len(person.labs()) > 0, "a lab process runs")
    person.wait_for_text("status-message", "Trial 1")
    family = person.labs()
    os.kill(person.program.pid, number)
    person.program.wait(5)
    wait_until(all_gone(family), "no process is left", 2)


def test_closing_the_window_ends_the_run(person: Person) -> None:
    person.fill("field-terms", LONG)
    person.click("run")
    person.wait_for_text("status-message", "Trial 1")
    family = wait_until(person.labs, "a lab process runs")
    person.window.close()
    assert person.program.wait(5) == 0
    wait_until(all_gone(family), "no process is left", 2)


def test_speed_ups_have_intervals_and_laws_say_why_not(person: Person) -> None:
    person.fill("field-terms", SHORT)
    person.fill("field-blocks", "5")
    person.click("run")
    person.wait_for_text("status-message", "Finished after 65 of 65 trials", timeout_s=60)
    assert re.search(r"\d\.\d\d\s–\s\d\.\d\d", person.text("headline"))
    assert "95 % intervals, over 5 repeats" in person.text("details")
    person.click_tab("Speed-up")
    person.wait_for_text("bars", "95 % intervals over 5 repeats")
    person.click("fit-laws")
    person.wait_for_text("laws", "need 6 or more")


def test_where_the_time_went_is_told_for_a_chosen_bar(person: Person) -> None:
    person.fill("field-terms", SHORT)
    person.fill("field-blocks", "1")
    person.click("run")
    person.wait_for_text("status-message", "Finished after 13 of 13 trials", timeout_s=60)
    person.click_tab("Where it went")
    person.wait_for(
        lambda seen: seen.get("Where the time went", {}).get("rows") == 13, "a bar for each"
    )
    person.click("Where the time went")
    person.wait_for_text("breakdown-words", "Waiting for the slowest")
    assert "Opening" in person.text("breakdown-words")


@pytest.fixture
def another_python() -> str:
    """Return a Python that is not ours."""
    ours = Path(sys.executable).resolve()
    names = (f"python3.{minor}" for minor in range(10, 16))
    folders = os.environ["PATH"].split(os.pathsep)
    search = os.pathsep.join(folder for folder in folders if Path(folder).name != "shims")
    found = (path for name in names if (path := shutil.which(name, path=search)))
    other = next((path for path in found if Path(path).resolve() != ours), None)
    if other is None:
        # CI brings them all, and counts a skip as a failure.
        pytest.skip("needs a second Python; .ci/pythons brings some")
    return other


def test_one_run_measures_our_python_and_another(person: Person, another_python: str) -> None:
    def chosen(seen: dict[str, Any]) -> list[str]:
        start = "field-pythons-"
        names = [name for name in seen if name.startswith(start) and seen[name]["checked"]]
        return [name.removeprefix(start) for name in names]

    def is_found(seen: dict[str, Any]) -> bool:
        note = seen.get("note-pythons", {}).get("text", "")
        boxes = [name for name in seen if name.startswith("field-pythons-")]
        return len(boxes) > 1 and note.startswith("Several")

    person.click("more")
    # Till then the list grows, and what stands below it moves away from under the pointer.
    person.wait_for(is_found, "the search for Pythons is over")
    person.fill("field-pythons", another_python)
    person.window.key("Return")
    person.wait_for(lambda seen: len(chosen(seen)) == 2, "both are chosen")
    person.click("more")
    person.fill("field-terms", SHORT)
    person.fill("field-blocks", "1")
    person.click("run")
    person.wait_for_text("status-message", "Finished after 26 of 26 trials", timeout_s=60)
    for name in chosen(person.see()):
        assert f"Python {name}: " in person.text("headline")


def test_a_path_that_is_no_python_is_told_at_its_field(person: Person, tmp_path: Path) -> None:
    person.click("more")
    person.fill("field-pythons", str(tmp_path / "nothing"))
    person.window.key("Return")
    person.wait_for_text("note-pythons", "There is no such file")
    assert person.see()["run"]["enabled"]
