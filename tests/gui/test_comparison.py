"""Runs laid over one another: their curves in one chart, where they differ, how many times."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace
from PySide6.QtWidgets import QLabel, QTableView
from pytestqt.qtbot import QtBot

from core.experiments.base import Experiment
from core.experiments.pi_scaling import EXPERIMENT as PI
from core.experiments.race import EXPERIMENT as RACE
from core.results.records import Calibration, RunRecord
from gui.models.compared import SideBySide, side_by_side
from gui.theme import Theme
from gui.views.comparison import ComparisonView
from gui.views.scaling import RuntimeChart
from gui.views.speedup import SpeedupChart
from gui.views.wrapping_table import WrappingTable
from tests.core.making import done, record
from tests.gui.finding import find, shown
from tests.gui.sweeps import begun, sweep
from tests.gui.test_history_page import row


def run(blocks: int = 6, slower: float = 1.0, **values: Any) -> RunRecord:
    trials = tuple(sweep(blocks, kinds=("serial", "threads", "processes"), slower=slower))
    return replace(begun(**values), status="finished", trials=trials)


def together(*records: RunRecord, is_sweep: bool = True) -> SideBySide:
    pairs = [(row(n, name=f"laptop {n}"), one) for n, one in enumerate(records, 1)]
    known = [PI if one.experiment == PI.name else RACE for one in records]
    return side_by_side(pairs, [f"found {n}" for n, _ in enumerate(records)], is_sweep, known)


@pytest.fixture
def view(light: Theme, qtbot: QtBot) -> ComparisonView:
    return shown(qtbot, ComparisonView(light), 1100, 800)


def text(view: ComparisonView, name: str) -> str:
    label = view.findChild(QLabel, name)
    assert isinstance(label, QLabel)
    return label.text() if label.isVisible() else ""


def cells(view: ComparisonView, name: str) -> list[list[str]]:
    (table,) = [t for t in view.findChildren(QTableView) if t.accessibleName() == name]
    model = table.model()
    return [
        [model.index(r, c).data() for c in range(model.columnCount())]
        for r in range(model.rowCount())
    ]


def is_drawn(chart: RuntimeChart) -> bool:
    curves = [marks.line.getData()[1] for marks in chart.marks.values()]
    return bool(curves) and all(curve is not None for curve in curves)


def test_every_run_has_its_curves_in_one_chart(view: ComparisonView, qtbot: QtBot) -> None:
    view.show_runs(together(run(), run(slower=2.0), run(blocks=3)))
    chart = find(view, RuntimeChart)
    qtbot.waitUntil(lambda: is_drawn(chart))
    names = ["1: laptop 1", "2: laptop 2", "3: laptop 3"]
    drawn = {key: marks.line.getData()[1] for key, marks in chart.marks.items()}
    assert {name for name, _ in drawn} == set(names)
    assert {kind for _, kind in drawn} == {"serial", "threads", "processes"}
    one, two = (drawn[name, "processes"] for name in names[:2])
    assert list(two) == pytest.approx([2 * value for value in one])
    assert chart.isVisible()
    assert "Run 2: the plain call is 0.50 times as fast there" in text(view, "comparison-warnings")
    view.show_runs(together(run(), run()))
    assert not text(view, "comparison-warnings")


def test_ratios_have_their_intervals_and_the_first_run_divides(view: ComparisonView) -> None:
    slow = run(slower=2.0)
    slow = replace(slow, environment=replace(slow.environment, cpu="a slower CPU"))
    view.show_runs(together(slow, run(), run(blocks=2)))
    found = cells(view, "How many times as fast as the first")
    two = next(line for line in found if line[:2] == ["2 processes", "2: laptop 2"])
    assert two[2] == "2.00×"
    low, high = (float(end) for end in two[3].split(" – "))
    assert low < 2.0 < high
    assert two[4] == "faster"
    few = next(line for line in found if line[:2] == ["2 processes", "3: laptop 3"])
    assert few[3:] == ["–", "too few repeats to say"]
    (about,) = [one for one in view.findChildren(QLabel) if "alone" in one.text()]
    assert about.isVisible()


def test_what_is_laid_together_is_read_from_its_first_row(
    view: ComparisonView, qtbot: QtBot
) -> None:
    name = "How many times as fast as the first"
    (table,) = [t for t in view.findChildren(WrappingTable) if t.accessibleName() == name]
    bar = table.verticalScrollBar()
    for height in (800, 780):
        view.resize(1100, height)
        view.show_runs(together(*(run(slower=1 + n / 3) for n in range(5))))
        qtbot.waitUntil(lambda: bar.maximum() > 0 and not table._fit_soon.isActive())
        view.resize(1100, height - 10)
        assert bar.value() == 0
        bar.setValue(5)


def test_what_differs_is_listed_by_run(view: ComparisonView) -> None:
    other = run(terms=777)
    environment = replace(other.environment, cpu="another <b>CPU</b>")
    view.show_runs(together(run(terms=5), replace(other, environment=environment)))
    found = cells(view, "What differs")
    assert ["machine: cpu", "a CPU", "another <b>CPU</b>"] in found
    assert ["settings: Terms", "5", "777"] in found


def test_different_work_is_warned_of_and_the_speed_ups_come_first(view: ComparisonView) -> None:
    view.show_runs(together(run(terms=5), run(terms=777)))
    assert "different work (“Terms”)" in text(view, "comparison-warnings")
    chart = view.findChild(SpeedupChart)
    assert chart is not None
    assert chart.isVisible()
    view.show_runs(together(run(), replace(run(), status="interrupted")))
    assert "Run 2 did not come to its end" in text(view, "comparison-warnings")
    assert not chart.isVisible(), "their times can be compared all the same"


def test_stories_have_no_curves_but_what_each_found(view: ComparisonView) -> None:
    story = record([done("threads", 1, 1, 0.1)], experiment="race", parameters={"way": "call"})
    other = replace(story, parameters={"way": "plain"})
    view.show_runs(together(story, other, is_sweep=False))
    assert "1: laptop 1\nfound 0" in text(view, "comparison-found")
    names = "with a call, no lock", "without the lock"
    assert cells(view, "What differs") == [["settings: Each adds", *names]]


def test_runs_are_told_apart_by_number_and_by_experiment_where_there_are_several() -> None:
    story = record([done("threads", 1, 1, 0.1)], experiment="race", parameters={"way": "call"})
    pairs = [(row(12), story), (row(13), run())]

    def names(*known: Experiment) -> tuple[str, ...]:
        return side_by_side(pairs, ["", ""], False, known).names

    assert names(RACE, PI)[0].startswith("1: Race, No. 12, 01 Jan 2026")
    assert names(RACE, RACE)[1].startswith("2: No. 13, 01 Jan 2026")
    assert names()[1].startswith("2: No. 13, 01 Jan 2026")
    strange = side_by_side(
        [(row(1), replace(story, parameters={"way": "of tomorrow"})), pairs[0]], ["", ""], False, ()
    )
    assert strange.differences[0][""] == "settings: way"
    assert "of tomorrow" in strange.differences[0].values()


def test_runs_of_several_pythons_have_a_curve_for_each(view: ComparisonView, qtbot: QtBot) -> None:
    both = begun(pythons=("3.11", "3.12"))
    trials = (*sweep(2, python="3.11"), *sweep(2, python="3.12", slower=3.0))
    view.show_runs(together(replace(both, trials=trials), run()))
    chart = find(view, RuntimeChart)
    names = {"1: laptop 1, Python 3.11", "1: laptop 1, Python 3.12", "2: laptop 2"}
    qtbot.waitUntil(lambda: {name for name, _ in chart.marks} == names)


def test_of_several_pythons_each_ratio_names_its_own(view: ComparisonView) -> None:
    both = begun(pythons=("3.11", "3.12"))
    trials = (*sweep(2, python="3.11"), *sweep(2, python="3.12", slower=3.0))
    pythons = tuple(replace(one, version=f"{one.name}.0") for one in both.environment.pythons)
    about = replace(both.environment, pythons=pythons)
    view.show_runs(together(*[replace(both, trials=trials, environment=about)] * 2))
    named = [line[0] for line in cells(view, "How many times as fast as the first")]
    assert len(set(named)) == len(named)
    assert {name.partition(", Python ")[2] for name in named} == {"3.11.0", "3.12.0"}


def test_a_strange_record_is_a_sentence(view: ComparisonView) -> None:
    calibrated = replace(run(), calibration=Calibration(seconds=1.0, size=1, calls=()))
    odd = replace(calibrated, trials=(done("threads", 1, 1, 1e10),))
    view.show_runs(together(run(), odd, record([], parameters={"workers": {"a": [None]}})))
    view.grab()
    assert text(view, "comparison-heading") == "3 runs compared"
