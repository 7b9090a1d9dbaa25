"""A person without a pointer: pages, runs, answers, all sentences, tables, and the way out."""

from functools import partial

import pytest

from tests.realwindow import wait_until
from tests.stories.conftest import Person

pytestmark = pytest.mark.window


def with_focus(person: Person) -> list[str]:
    return [name for name, one in person.see().items() if one.get("focus")]


def is_at(person: Person, name: str) -> None:
    wait_until(lambda: name in with_focus(person), f"{name} has the focus", 10)


def tab_to(person: Person, name: str) -> None:
    """Press Tab until something has the focus; fail when it is not among the first thirty."""
    for _ in range(30):
        before = with_focus(person)
        if name in before:
            return
        person.window.key("Tab")
        wait_until(partial(_has_left, person, before), f"the focus leaves {before}")
    raise TimeoutError(f"Tab does not lead to {name}.")


def _has_left(person: Person, before: list[str]) -> bool:
    return with_focus(person) != before


def in_front(person: Person, title: str) -> None:
    person.wait_for(lambda seen: seen[f"page {title}"]["current"], f"{title} is in front")


def clipboard(person: Person) -> str:
    return person.text("clipboard")


def test_a_deadlock_is_brought_about_and_ended_with_keys_alone(person: Person) -> None:
    person.window.key("ctrl+4")
    in_front(person, "Deadlock")
    person.wait_for(lambda seen: seen["run"]["enabled"], "the page is built")
    tab_to(person, "run")
    person.window.key("space")
    is_at(person, "answer-timeout")
    person.window.key("Tab", "Tab", "space")
    person.wait_for_text("status-message", "Finished", 60)
    is_at(person, "run")
    person.window.key("space")
    is_at(person, "answer-timeout")
    person.window.key("Escape")
    person.wait_for_text("status-message", "Stopped")
    is_at(person, "run")


def test_a_life_is_lived_with_one_key_and_ends_at_run(person: Person) -> None:
    person.window.key("ctrl+6")
    person.wait_for(lambda seen: seen.get("run", {}).get("enabled"), "the page is built")
    person.click("run")
    for step in ("submit", "submit", "finish"):
        person.click(f"answer-{step}")
        is_at(person, f"answer-{step}")
    person.window.key("space")  # the same step again
    is_at(person, "answer-finish")
    person.click("stop")
    person.wait_for_text("status-message", "Stopped")
    is_at(person, "run")


def windows_seen(person: Person) -> set[str]:
    return set(person.desktop.ask("search", "--onlyvisible", "--class", ".").split())


def test_every_page_is_reached_by_its_keys(person: Person) -> None:
    person.window.key("ctrl+2")
    in_front(person, "Race")
    person.window.key("ctrl+Next")
    in_front(person, "Cost of sharing")
    person.window.key("ctrl+Prior", "ctrl+Prior", "ctrl+Prior")
    in_front(person, "Class gallery")
    person.window.key("ctrl+shift+f")
    in_front(person, "History")
    is_at(person, "history-search")
    person.window.type("nothing")
    person.wait_for_text("history-search", "nothing")
    person.window.key("Escape")
    person.wait_for(lambda seen: not seen["history-search"]["text"], "the search is empty again")
    before = windows_seen(person)
    person.window.key("alt+f")
    wait_until(lambda: windows_seen(person) - before, "a menu opens")
    person.window.key("q")
    assert person.program.wait(10) == 0


def test_the_rest_of_a_result_and_its_rows_need_no_pointer(person: Person) -> None:
    person.fill("field-terms", "1e6")
    person.fill("field-workers", "1-2")
    tabs = set()

    def is_over() -> bool:
        seen = person.see()
        tabs.add(seen["tab Runtime"]["y"])
        return "Finished" in seen["status-message"]["text"]

    person.window.key("F5")
    wait_until(is_over, "it is finished", 60)
    assert len(tabs) == 1  # nothing has jumped
    tab_to(person, "read-more")
    person.window.key("space")
    person.wait_for(lambda seen: seen.get("rest", {}).get("text"), "all is told")
    person.window.key("space")
    person.wait_for(lambda seen: "rest" not in seen, "the rest is gone")
    person.click_tab("Trials")
    person.click("Trials")
    person.window.key("ctrl+a", "ctrl+c")
    wait_until(lambda: "Repeat\tWorkers" in clipboard(person), "rows are copied")
    assert len(clipboard(person).splitlines()) > 10
