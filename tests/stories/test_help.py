"""A person looks for help: keys, whether the installation is well, and what to tell of it."""

import pytest

from core import __version__
from tests.stories.conftest import Person

pytestmark = pytest.mark.window


def open_help(person: Person, *keys: str) -> None:
    person.window.key(*keys)
    person.wait_for(lambda seen: "help" in seen, "the window of help is open")
    person.window = person.desktop.window("Help", person.program)


def test_the_installation_is_checked_in_the_window_that_goes_on(person: Person) -> None:
    main = person.window
    open_help(person, "F1")
    person.wait_for(lambda seen: "keys" in seen, "the keys are told")
    person.click_tab("Check this installation")
    person.click("check-start")
    person.wait_for_text("check-headline", "Checking")
    person.wait_for_text("check-headline", "All is well", timeout_s=100)
    rows = person.see()["Checks"]["rows"]
    assert rows > 15
    person.click("check-copy")
    person.wait_for_text("check-copy", "Copied")
    person.click_tab("About")
    person.wait_for_text("about-facts", f"Futures Lab {__version__}")
    person.window.key("Escape")
    person.wait_for(lambda seen: "help" not in seen, "the window of help is closed")
    person.window = main
    person.click("run")
    person.wait_for_text("status-message", "Trial")
    person.window.key("Escape")
    person.wait_for_text("status-message", "Stopped")


def test_closing_the_program_in_the_middle_of_a_check_leaves_nothing(person: Person) -> None:
    main = person.window
    open_help(person, "alt+h", "c")
    person.click("check-start")
    person.wait_for(lambda seen: seen["Checks"]["rows"] > 3, "some checks are done")
    person.window = main
    person.window.key("ctrl+q")
    assert person.program.wait(20) == 0
