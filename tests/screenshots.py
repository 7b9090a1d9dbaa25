"""Pictures of every page and state in a real window: `python -m tests.screenshots [NAME...]`.

Each picture is taken from the program itself, driven as a person would; a name on the command line
takes only the pictures whose file name contains it.
"""

import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.realwindow import ROOT, Desktop, missing_tools, wait_until
from tests.stories.conftest import Person

FOLDER = ROOT / "docs" / "screenshots"
USUAL = (1280, 800)
SIZES = ((1024, 700), USUAL, (2560, 1440))
THEMES = ("light", "dark")
SETTLE_S = 60.0


def empty(person: Person) -> None:
    """Show the page as it is at first."""


def running(person: Person) -> None:
    """Show a run after a third of its trials."""
    person.fill("field-terms", "3000000")
    person.click("run")
    person.wait_for_text("status-message", "Trial 10 ", SETTLE_S)


def finished(person: Person) -> None:
    """Show a run to its end."""
    person.fill("field-terms", "2000000")
    person.fill("field-blocks", "5")
    person.click("run")
    person.wait_for_text("status-message", "Finished", 2 * SETTLE_S)


def stopped(person: Person) -> None:
    """Stop a run in the middle."""
    running(person)
    person.click("stop")
    person.wait_for_text("status-message", "Stopped", SETTLE_S)


def failed(person: Person) -> None:
    """Kill the lab process in the middle of a run."""
    person.fill("field-terms", "3000000")
    person.fill("field-blocks", "1")
    person.click("run")
    person.wait_for_text("status-message", "Trial 3 ", SETTLE_S)
    wait_until(person.labs, "a lab process runs")[0].kill()
    person.wait_for_text("status-message", "Ended with failures", SETTLE_S)


def wrong(person: Person) -> None:
    """Type what cannot be."""
    person.fill("field-terms", "many")
    person.fill("field-workers", "0-9")
    person.wait_for(lambda seen: not seen["run"]["enabled"], "Run is disabled")


def confirming(person: Person) -> None:
    """Ask for a run of days."""
    person.fill("field-terms", "1e11")
    person.click("run")
    person.wait_for_text("status-message", "Waiting for your answer", SETTLE_S)


def speedup(person: Person) -> None:
    """Show the speed-up of a run."""
    finished(person)
    person.click_tab("Speed-up")


def laws(person: Person) -> None:
    """Show the laws fitted to a run of six numbers of workers."""
    person.fill("field-workers", "1-6")
    finished(person)
    person.click_tab("Speed-up")
    person.click("fit-laws")
    person.wait_for_text("laws", "σ", SETTLE_S)


def provisional(person: Person) -> None:
    """Show ranges of few repeats, lighter, while a run goes on."""
    person.click_tab("Speed-up")
    running(person)


def where(person: Person) -> None:
    """Show where the time of each configuration went, one of them chosen."""
    finished(person)
    person.click_tab("Where it went")
    person.click("Where the time went")


def pythons(person: Person) -> None:
    """Show a run over two Pythons, and the field where they were chosen."""
    note = "note-pythons"  # till the search is over the list grows, and what is aimed at moves
    person.wait_for(
        lambda seen: len(_pythons(seen)) > 1 and seen[note]["text"].startswith("Several"),
        "Pythons were found",
        SETTLE_S,
    )
    person.click(_pythons(person.see())[1])
    finished(person)
    person.click_tab("Speed-up")


def more(person: Person) -> None:
    """Show what is behind More, with a path that is no Python."""
    person.click("more")
    person.fill("field-pythons", "/etc/passwd")
    person.window.key("Return")
    person.wait_for_text("note-pythons", "cannot be used", SETTLE_S)


def _pythons(seen: dict[str, Any]) -> list[str]:
    return [name for name in seen if name.startswith("field-pythons-")]


def trials(person: Person) -> None:
    """Show the table of trials."""
    finished(person)
    person.click_tab("Trials")


def large(person: Person) -> None:
    """Show everything one and a half times as large, as on a projector."""
    finished(person)
    person.window.key("ctrl+equal", "ctrl+equal", "ctrl+equal")
    person.wait_for(lambda seen: seen["run"]["height"] > 40, "everything is larger")


def told(title: str, seconds: float = 60) -> Callable[[Person], None]:
    """Make the picture of another experiment's page after a run."""

    def show(person: Person) -> None:
        person.open(title)
        person.wait_for(lambda seen: seen["run"]["enabled"], "the page is built")
        person.click("run")
        person.wait_for_text("status-message", "Finished", seconds)

    show.__name__ = title.lower().replace(" ", "-")
    return show


def deadlock(person: Person) -> None:
    """Show tasks that are stuck, and the question what to do."""
    person.open("Deadlock")
    person.wait_for(lambda seen: seen["run"]["enabled"], "the page is built")
    person.click("run")
    person.wait_for(lambda seen: "answer-kill" in seen, "the lab noticed it")


def life(person: Person) -> None:
    """Show some steps in the life of futures."""
    person.open("Life of a future")
    person.wait_for(lambda seen: seen["run"]["enabled"], "the page is built")
    person.click("run")
    for step in ("submit", "submit", "submit", "callback", "cancel-waiting", "finish"):
        person.click(f"answer-{step}")


def code(person: Person) -> None:
    """Show the script of the race."""
    person.open("Race")
    person.click_tab("Code")


def lesson(person: Person) -> None:
    """Show the lesson of the race."""
    person.open("Race")
    person.click_tab("Lesson")


keep_alive = told("Keep the UI alive")
keep_alive.__name__ = "keep_alive"


def keep_alive_ways(person: Person) -> None:
    """Show the table of what each way did to the window."""
    keep_alive(person)
    person.click_tab("Ways")


def keep_alive_stopped(person: Person) -> None:
    """Stop between two ways."""
    person.open("Keep the UI alive")
    person.wait_for(lambda seen: seen["run"]["enabled"], "the page is built")
    person.click("run")
    person.wait_for_text("status-message", "Trial 3 ", SETTLE_S)
    person.click("stop")
    person.wait_for_text("status-message", "Stopped", SETTLE_S)


def keep_alive_wrong(person: Person) -> None:
    """Type more terms than the window may be held up for."""
    person.open("Keep the UI alive")
    person.fill("field-terms", "1e9")
    person.wait_for(lambda seen: not seen["run"]["enabled"], "Run is disabled")


def keep_alive_code(person: Person) -> None:
    """Show the script that needs a window."""
    person.open("Keep the UI alive")
    person.click_tab("Code")


def keep_alive_lesson(person: Person) -> None:
    """Show the lesson on what holds a window up."""
    person.open("Keep the UI alive")
    person.click_tab("Lesson")


def help_at(tab: str, then: Callable[[Person], None]) -> Callable[[Person], None]:
    """Make the picture of the window of help, as it opens, or as large as the other was made."""

    def show(person: Person) -> None:
        size = person.window.size()
        person.window.key("F1")
        person.wait_for(lambda seen: "help" in seen, "help is open")
        person.window = person.desktop.window("Help", person.program)
        if size != USUAL:
            person.window.resize(*size)
        person.click_tab(tab)
        then(person)

    return show


def _check(person: Person) -> None:
    person.click("check-start")
    person.wait_for_text("check-headline", "All is well", 2 * SETTLE_S)


help_keys = help_at("Keyboard", lambda person: None)
help_keys.__name__ = "help-keys"
help_check = help_at("Check this installation", _check)
help_check.__name__ = "help-check"
help_about = help_at("About", lambda person: None)
help_about.__name__ = "help-about"


def history_empty(person: Person) -> None:
    """Show the list before there is any run."""
    person.rest()  # it has just been given its size
    person.open("History")
    person.wait_for_text("history-count", "0 runs")


def history(person: Person) -> None:
    """Show runs of several kinds, one of them cut off, one with a name, chosen."""
    sweep = ("pi-scaling", "--terms", "300000", "--workers", "1,2")
    for words in (sweep, (*sweep, "--seed", "2"), ("race",), ("sharing",)):
        person.desktop.start("main.py", "run", *words).wait(SETTLE_S)
    cut_off = person.desktop.start("main.py", "run", "pi-scaling", "--terms", "3000000")
    person.rest()
    person.open("History")
    person.wait_for_text("history-count", "5 runs")
    some = {f"{done}/39" for done in range(5, 39)}
    wait_until(lambda: some & set(_listed(person).split()), "some trials are done", SETTLE_S)
    cut_off.process.kill()
    person.window.key("ctrl+f", "Down", "F2")
    person.window.type("lid closed")
    person.window.key("Return")
    person.wait_for_text("history-words", "lid closed")
    person.wait_for_text("history-words", "the program ended before the run did")


def _listed(person: Person) -> str:
    """Read the list of runs as the command line tells it."""
    program = person.desktop.start("main.py", "history", "list")
    program.wait(SETTLE_S)
    return program.output()


def opened(person: Person) -> None:
    """Show a run of the history that was cut off, on its experiment's page."""
    history(person)
    person.click("history-open")
    person.wait_for(lambda seen: "kept-message" in seen, "it is opened")


def comparison(person: Person) -> None:
    """Show three runs laid over one another."""
    history(person)
    person.fill("history-search", "scaling")
    person.wait_for_text("history-count", "3 runs")
    person.window.key("Down", "ctrl+a")
    person.click("history-compare")
    person.wait_for_text("comparison-heading", "3 runs compared")
    person.click_tab("Runtime")


def gallery(person: Person) -> None:
    """Show a class of thirty laptops, one of them under the pointer."""
    _open_class(person)
    chart = person.see()["Curves of the class"]
    x, y = chart["x"] + chart["width"] - 56, chart["y"] + chart["height"] // 2
    person.window.click(x, y)


def gallery_hidden(person: Person) -> None:
    """Show the class with numbers in place of names."""
    _open_class(person)
    person.click("gallery-names")


def export(person: Person) -> None:
    """Show the menu of what can be taken away."""
    finished(person)
    person.click("export")


def _open_class(person: Person) -> None:
    """Open a file with the runs of a class, as it lies over one another."""
    from core.results.share import save
    from tests.gui.classes import students

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "class.futureslab"
        save(file, students())
        person.window.key("ctrl+o")
        wait_until(lambda: "Open runs" in _active(person), "the dialog is open")
        person.desktop.run("xdotool", "type", "--", str(file))
        person.desktop.run("xdotool", "key", "Return")
        person.wait_for_text("gallery-title", "30 runs", SETTLE_S)


def _active(person: Person) -> str:
    return person.desktop.run("xdotool", "getactivewindow", "getwindowname")


STATES: tuple[Callable[[Person], None], ...] = (
    empty,
    running,
    finished,
    stopped,
    failed,
    wrong,
    confirming,
    speedup,
    provisional,
    laws,
    where,
    trials,
    pythons,
    more,
    large,
    told("Race"),
    told("Cost of sharing"),
    deadlock,
    told("Waiting"),
    life,
    told("What can be sent"),
    told("Pool or futures", 120),
    keep_alive,
    keep_alive_ways,
    keep_alive_stopped,
    keep_alive_wrong,
    code,
    lesson,
    keep_alive_code,
    keep_alive_lesson,
    help_keys,
    help_check,
    help_about,
    history_empty,
    history,
    opened,
    comparison,
    gallery,
    gallery_hidden,
    export,
)
EVERY_SIZE = (
    empty,
    finished,
    speedup,
    where,
    keep_alive,
    help_check,
    history,
    comparison,
    gallery,
)


def plan() -> Iterator[tuple[Callable[[Person], None], str, tuple[int, int]]]:
    """Yield every state in both themes, and the finished one in every size too."""
    for state in STATES:
        for theme in THEMES:
            for size in SIZES if state in EVERY_SIZE else (USUAL,):
                yield state, theme, size


@contextmanager
def person_in_front(theme: str, size: tuple[int, int]) -> Iterator[Person]:
    """Open the program in that theme and size, with settings of its own."""
    with tempfile.TemporaryDirectory() as home, Desktop(*_with_frame(size)) as desktop:
        settings = Path(home) / "futures-lab" / "futures-lab.ini"
        settings.parent.mkdir()
        settings.write_text(f"[look]\ntheme={theme}\n")
        desktop.environment |= {"XDG_CONFIG_HOME": home, "XDG_DATA_HOME": home}
        person = Person(desktop, Path(home) / "seen.json")
        person.window.resize(*size)
        yield person


def _with_frame(size: tuple[int, int]) -> tuple[int, int]:
    return size[0] + 100, size[1] + 100


def main() -> int:
    """Take the pictures and name them."""
    if missing := missing_tools():
        print(f"Screenshots need {missing}; see .ci/run for the Debian packages.", file=sys.stderr)
        return 2
    FOLDER.mkdir(parents=True, exist_ok=True)
    for state, theme, size in plan():
        target = FOLDER / f"{state.__name__.replace('_', '-')}-{theme}-{size[0]}x{size[1]}.png"
        if len(sys.argv) > 1 and not any(name in target.name for name in sys.argv[1:]):
            continue
        with person_in_front(theme, size) as person:
            state(person)
            if state not in (running, provisional):
                person.rest()
            if state is export:
                person.desktop.screenshot(target)  # a menu is a window of its own
            else:
                person.window.screenshot(target)
        print(target.relative_to(ROOT))
    return 0


if __name__ == "__main__":
    sys.exit(main())
