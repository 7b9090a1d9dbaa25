"""One computation, several ways to wait for it, and what each does to this window."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.experiments.base import Bars, Code, Experiment, Machine, Rows, SpanWord, Summary, Trial
from core.experiments.programs import script
from core.lab.told import maybe, number, text
from core.parameters import Choices, Integer, Option, Values
from core.results.statistics import seconds

if TYPE_CHECKING:
    from core.results.records import RunRecord

_FOLDER = Path(__file__).resolve().parents[1] / "programs"
_LIMIT_S = 3.0  # the program's own; a test holds the two together
_TRIAL_LIMIT_S = 20.0
_NOTICED_MS = 50.0
_WAYS = {  # name: label, what it is, and where the computation runs
    "nothing": ("nothing", "The window at rest, to compare with.", "nothing"),
    "result": (
        "future.result()",
        "The click's handler waits for the result. A child process computes.",
        "child process",
    ),
    "events": (
        "processEvents()",
        "The handler asks again and again, and lets events be handled in between."
        " A child process computes.",
        "child process",
    ),
    "timer": (
        "QTimer looks",
        "The handler starts a timer that asks every 50 ms. A child process computes.",
        "child process",
    ),
    "callback": (
        "callback touches",
        "A done-callback writes into a widget, from the wrong thread."
        " That happens in a child process with a window of its own, which nobody sees.",
        "child process",
    ),
    "threads": (
        "threads here",
        "Nobody waits, but the computation is done by threads of this window's process.",
        "threads",
    ),
    "bridge": (
        "bridge",
        "Nobody waits; the result is carried to the window's thread. A child process computes.",
        "child process",
    ),
}
_MARKS = (
    "(future.result())",
    "QCoreApplication.processEvents()",
    "timeout.connect(look)",
    "appendPlainText(",
    "ThreadPoolExecutor(click",
    "watch(future, click.take)",
    "self.arrived.emit(",
)
_EMPTY = "Each way appears here: the gaps in the window's beat, and when a click was answered."


def _settings(values: Values) -> dict[str, object]:
    return {name: values[name] for name in ("terms", "threads", "touches")}


def _plan(values: Values, machine: Machine | None) -> tuple[Trial, ...]:
    from gui.perform import perform_here

    return tuple(
        Trial(
            job=perform_here,
            arguments=("keep_alive", {"way": way, **_settings(values)}),
            name=_WAYS[way][0],
            executor=_WAYS[way][2],
            workers=values["threads"] if way in ("threads", "callback") else 1,
            block=1,
            order=order,
            expected_s=2.0,
            limit_s=_TRIAL_LIMIT_S,
        )
        for order, way in enumerate(values["ways"], start=1)
    )


def _code(values: Values) -> Code:
    settings = {**_settings(values), "ways": values["ways"]}
    return script("keep_alive", settings, _MARKS, _FOLDER, "PySide6-Essentials")


def _summary(record: RunRecord) -> Summary:
    rows = {row["way"]: row for trial in record.trials for row in trial.rows}
    gaps = {
        way: seconds(row["worst_gap_ms"] / 1000) for way, row in rows.items() if row["worst_gap_ms"]
    }
    if not rows:
        return Summary()
    told = [sentence.format(gaps[way]) for way, sentence in _HEADLINE.items() if way in gaps]
    first = next((f"{way}: {gap} at most" for way, gap in gaps.items()), "The child process ended")
    details = (*_threads(rows), *_failed(rows), *_child(rows))
    return Summary(tuple(told) or (first,), details)


_HEADLINE = {
    "future.result()": "future.result() held the window up for {}",
    "bridge": "Through the bridge: {} at most",
}


def _threads(rows: dict[str, dict[str, Any]]) -> tuple[str, ...]:
    gap_ms = (rows["threads here"]["worst_gap_ms"] if "threads here" in rows else None) or 0.0
    if gap_ms < _NOTICED_MS:
        return ()
    gap = seconds(gap_ms / 1000)
    return (f"Threads of this window's process held it up for {gap}, and nobody waited for them.",)


def _failed(rows: dict[str, dict[str, Any]]) -> tuple[str, ...]:
    """Say which ways brought no result, and why: they gave up, or had to be ended."""
    return tuple(
        f"{way}: {row['came_of_it']}."
        for way, row in rows.items()
        if way not in ("nothing", "callback touches") and not row["came_of_it"].startswith("π")
    )


def _child(rows: dict[str, dict[str, Any]]) -> tuple[str, ...]:
    """Tell how the child process ended whose callbacks touched its window."""
    row = rows.get("callback touches")
    if row is None:
        return ()
    ended, _, stderr = row["came_of_it"].partition("; stderr: ")
    said = f"The callbacks that touched a widget: {ended}."
    return (said, f"Its last words: {stderr}.") if stderr else (said,)


EXPERIMENT = Experiment(
    name="keep-alive",
    title="Keep the UI alive",
    question="What does waiting for a result do to the window?",
    parameters=(
        Choices(
            name="ways",
            label="Ways to wait",
            help="Each is tried once, in this order.",
            default=tuple(_WAYS),
            options=tuple(Option(way, label, tip) for way, (label, tip, _) in _WAYS.items()),
        ),
        Integer(
            name="terms",
            label="Terms",
            help=f"How many terms of the series for π are added up. So that this window is never"
            f" held up for long, a computation that has taken {_LIMIT_S:g} s gives up.",
            hint=f"Up to 20 000 000. What takes over {_LIMIT_S:g} s gives up.",
            default=15_000_000,
            minimum=10_000,
            maximum=20_000_000,
        ),
        Integer(
            name="threads",
            label="Threads",
            help="How many threads share the computation where it is done by threads: in this"
            " window's process, and in the child's.",
            hint="1 to 8. For “threads here” and “callback touches”.",
            default=4,
            minimum=1,
            maximum=8,
        ),
        Integer(
            name="touches",
            label="Touches",
            help="How many callbacks write into the child's widget: the computation is cut into as"
            " many parts.",
            hint="1 to 5000. For “callback touches”.",
            default=3000,
            minimum=1,
            maximum=5000,
        ),
    ),
    plan=_plan,
    summary=_summary,
    rows={"way": {"way": text, "worst_gap_ms": maybe(number), "came_of_it": text}},
    code=_code,
    shows=(Bars("Worst gap", "way", "worst_gap_ms", "ms", "came_of_it"), Rows("Ways", _EMPTY)),
    in_window=True,
    span_words={
        "task": SpanWord("alive", "The event loop went round: a click was answered at once."),
        "waiting": SpanWord("held up", "The event loop did not go round: no click was answered."),
        "the handler begins": SpanWord("event", "The button was pressed: its handler is called."),
        "the click is answered": SpanWord("event", "The event loop came to the click only now."),
        "a click": SpanWord("event", "A thread clicked, as a person would, while it computed."),
    },
)
