"""A person at the program: eyes that read the window, hands that click and type."""

import json
import os
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.realwindow import PATIENCE_S, Desktop, Program, Window, wait_until

_RESTLESS = {"CPU meter", "Event-loop gaps of the window"}


class Person:
    """Reads what the window shows, and uses it with real clicks and keys."""

    def __init__(self, desktop: Desktop, notes: Path, *arguments: str) -> None:
        self._notes = notes
        self.desktop = desktop
        self.program: Program = desktop.start(
            "-m", "tests.stories.observed", str(notes), *arguments
        )
        self.window: Window = desktop.window("Futures Lab", self.program)
        self.wait_for(lambda seen: "status-message" in seen, "the window is complete")

    def see(self) -> dict[str, Any]:
        """Return every named widget in sight."""
        return self._look()[1]

    def _look(self) -> tuple[int, dict[str, Any]]:
        """Return when the window was written down, and what was in sight then."""
        if not self._notes.exists():
            return 0, {}
        with self._notes.open() as notes:
            return os.fstat(notes.fileno()).st_mtime_ns, json.load(notes)

    def text(self, name: str) -> str:
        """Read a widget; empty while it is not in sight."""
        return str(self.see().get(name, {}).get("text", ""))

    def wait_for(
        self, look: Callable[[dict[str, Any]], object], what: str, timeout_s: float = PATIENCE_S
    ) -> None:
        """Look until `look` is content with what is seen; else tell all that was to be read."""
        try:
            wait_until(lambda: look(self.see()), what, timeout_s)
        except TimeoutError as error:
            texts = {name: one["text"] for name, one in self.see().items() if one.get("text")}
            raise TimeoutError(f"{error} What was to be read: {texts}") from None

    def wait_for_text(self, name: str, part: str, timeout_s: float = PATIENCE_S) -> None:
        """Look until a widget's text has `part` in it."""
        self.wait_for(
            lambda seen: part in seen.get(name, {}).get("text", ""),
            f"{name} says {part!r}",
            timeout_s,
        )

    def click(self, name: str) -> None:
        """Click in the middle of a widget, once it can be clicked; scroll to it first."""
        self.wait_for(lambda seen: seen.get(name, {}).get("enabled"), f"{name} can be clicked")
        while wheel := (place := self._at_rest(name)).get("wheel"):
            self.window.click(wheel["x"], wheel["y"], wheel["button"])
            self.wait_for(partial(_has_moved, name, place["y"]), f"{name} comes into sight")
        self.window.click(place["x"] + place["width"] // 2, place["y"] + place["height"] // 2)

    def _at_rest(self, name: str) -> dict[str, Any]:
        """Return a widget's place once it stays there.

        What was clicked before may still move it: where it was is then another widget's place. The
        first look from now on may have begun before that click arrived, the next before the layout
        followed it.
        """
        looks = [self._look()]

        def stays() -> bool:
            look = self._look()
            if look[0] != looks[-1][0]:
                looks.append(look)
            places = [seen.get(name) for _, seen in looks[2:][-2:]]
            return len(places) == 2 and places[0] == places[1] is not None

        wait_until(stays, f"{name} stays in its place")
        place: dict[str, Any] = looks[-1][1][name]
        return place

    def fill(self, name: str, text: str) -> None:
        """Replace the text of a field; type again, as a person would, when keys went astray."""
        for patience_s in (3.0, 3.0, PATIENCE_S):
            self.click(name)
            self.window.key("ctrl+a")
            self.window.type(text)
            with suppress(TimeoutError):
                self.wait_for(
                    lambda seen: seen[name]["text"] == text, f"{name} holds {text!r}", patience_s
                )
                return
        raise TimeoutError(f"{name} never held {text!r}, but {self.text(name)!r}.")

    def open(self, title: str) -> None:
        """Go to an experiment's page."""
        page = f"page {title}"
        self.click(page)
        self.wait_for(lambda seen: seen[page]["current"], f"the page {title} is in front")

    def click_tab(self, title: str) -> None:
        """Click on a tab."""
        tab = f"tab {title}"
        self.click(tab)
        self.wait_for(lambda seen: seen[tab]["current"], f"the tab {title} is in front")

    def rest(self) -> None:
        """Take the pointer away and wait until what is seen has not changed for some looks."""
        self.desktop.run("xdotool", "mousemove", "2", "2")
        last: list[dict[str, Any]] = []

        def is_quiet() -> bool:
            last.append(
                {name: place for name, place in self.see().items() if name not in _RESTLESS}
            )
            return len(last) > 25 and all(one == last[-1] for one in last[-25:])

        try:
            wait_until(is_quiet, "nothing moves any more")
        except TimeoutError as error:
            moved = [name for name in last[-1] if last[-1][name] != last[-20].get(name)]
            raise TimeoutError(f"{error} What moved last: {moved}") from None

    def labs(self) -> list[psutil.Process]:
        """Return the lab process and all that runs below it."""
        family = psutil.Process(self.program.pid).children(recursive=True)
        return [process for process in family if process.status() != psutil.STATUS_ZOMBIE]


def _has_moved(name: str, y: int, seen: dict[str, Any]) -> bool:
    return bool(seen[name]["y"] != y)


@pytest.fixture
def person(desktop: Desktop, tmp_path: Path) -> Person:
    """A person in front of the open window."""
    return Person(desktop, tmp_path / "seen.json")
