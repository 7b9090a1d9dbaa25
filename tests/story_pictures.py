"""Every state of a program's page: `python -m tests.story_pictures FOLDER [NAME...]`.

One window for each page, theme and size goes through them all: empty, finished, running, stopped,
failed. These are to be looked at, in a folder of your own; `tests.screenshots` takes those of docs.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import psutil

from tests.realwindow import wait_until
from tests.screenshots import THEMES, person_in_front
from tests.stories.conftest import Person

SETTLE_S = 120.0
SIZES = ((1024, 700), (1280, 800), (2560, 1440))


class Story(NamedTuple):
    """A page, what makes its run last long enough to be looked at, and how it is led to an end."""

    title: str
    lasts: tuple[tuple[str, str], ...] = ()
    asks: bool = False
    steps: tuple[str, ...] = ()  # answers: with them it is in the middle
    end: str = ""  # the last answer
    grows: str = ""  # the table in front, which has rows when there is something to be seen,
    trial: int = 6  # or the first trial that may run then
    killed: str = "Ended with failures"  # what is said when its lab process is killed

    @property
    def name(self) -> str:
        """What the pictures' names begin with."""
        return self.title.lower().replace(" ", "-")


STORIES = (
    Story("Race", (("field-increments", "400000"),), grows="Repeats"),
    Story("Cost of sharing", (("field-increments", "20000"),)),
    Story("Deadlock", asks=True, end="exception"),
    Story("Waiting", (("field-c-ms", "2000"),), grows="What each wait returned"),
    Story(
        "Life of a future",
        asks=True,
        steps=("submit", "submit", "submit", "callback", "cancel-waiting", "finish"),
        end="done",
    ),
    Story("What can be sent", (("field-start-method", "spawn"),), grows="What arrived"),
    Story("Pool or futures", (("field-terms", "10000000"),)),
    Story("Keep the UI alive", trial=3, killed="Finished"),  # a row of it tells of a dead child
)


def states(person: Person, story: Story) -> Iterator[str]:
    """Lead the page into one state after another, and yield the name of each when it is seen."""
    person.open(story.title)
    person.wait_for(lambda seen: seen["run"]["enabled"], "the page is built")
    person.rest()
    yield "empty"
    _begin(person, story)
    if story.end:
        person.click(f"answer-{story.end}")
    person.wait_for_text("status-message", "Finished", SETTLE_S)
    person.rest()
    yield "finished"
    for field, text in story.lasts:
        _set(person, field, text)
    _run(person, story)
    if story.asks:
        person.rest()  # it waits for a person
    yield "running"
    person.window.key("Escape")
    person.wait_for_text("status-message", "Stopped", SETTLE_S)
    person.rest()
    yield "stopped"
    _run(person, story)
    wait_until(lambda: _lab(person), "a lab process runs")[0].kill()
    person.wait_for_text("status-message", story.killed, SETTLE_S)
    person.rest()
    yield "failed"


def _set(person: Person, field: str, text: str) -> None:
    if not person.see()[field]["rows"]:
        person.fill(field, text)
        return
    person.click(field)  # a list, of which typing chooses
    person.window.type(text)
    person.window.key("Return")


def _begin(person: Person, story: Story) -> None:
    person.click("run")
    if story.asks:
        person.wait_for(lambda seen: any(name.startswith("answer-") for name in seen), "it asks")
    for step in story.steps:
        person.click(f"answer-{step}")


def _run(person: Person, story: Story) -> None:
    _begin(person, story)
    if not story.asks:
        person.wait_for(lambda seen: _is_under_way(story, seen), "there is something", SETTLE_S)


def _is_under_way(story: Story, seen: dict[str, Any]) -> bool:
    """Whether a trial runs, so that it can be stopped or fail, and something of it is seen."""
    said = str(seen["status-message"]["text"])
    if story.grows:
        return said == "Running" and int(seen.get(story.grows, {}).get("rows", 0)) > 1
    found = re.match(r"Trial (\d+) of", said)  # the very trial may have been too short to be seen
    return found is not None and int(found[1]) >= story.trial


def _lab(person: Person) -> list[psutil.Process]:
    """Return the lab process, and not what looks for Pythons meanwhile."""
    return [one for one in person.labs() if "core.lab" in one.cmdline()]


def main(folder: Path, names: list[str]) -> None:
    """Take the pictures of all pages, or of those whose name contains one of `names`."""
    folder.mkdir(parents=True, exist_ok=True)
    for story in STORIES:
        if names and not any(name in story.name for name in names):
            continue
        for theme in THEMES:
            for size in SIZES:
                with person_in_front(theme, size) as person:
                    for state in states(person, story):
                        file = f"{story.name}-{state}-{theme}-{size[0]}x{size[1]}.png"
                        person.window.screenshot(folder / file)
                        print(file, flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
