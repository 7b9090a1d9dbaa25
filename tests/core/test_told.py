"""What programs told, as a record of anybody's may have it: a summary never fails because of it."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core import experiments
from core.experiments.base import Experiment
from core.lab.perform import perform
from core.lab.told import EVENTS, is_event
from core.results.records import RunRecord
from gui.experiments import keep_alive
from tests.core.history.strategies import PLAIN
from tests.core.making import done, record

STORIES = [
    *(one for one in experiments.catalogue() if one.name != "pi-scaling"),
    keep_alive.EXPERIMENT,
]
each = pytest.mark.parametrize("experiment", STORIES, ids=lambda one: one.name)
KINDS = [*EVENTS, "splendid"]
WORDS = st.sampled_from(["stuck", "threads here", "Manager", "Value", "yes", "submit", "CANCELLED"])
WHAT = PLAIN | WORDS | st.integers() | st.sampled_from([0, 1, -1, 10**400, 1e300, True])


FITTING = [
    *(None, True, 0, 1, -1, 5, 0.5, 1e-300, 1e12, -1e12),
    *("", "yes", "no", "threads", "processes", "gone", "running", "waiting: for F1"),
    *("stuck", "after kill", "at the end", "threads here", "callback touches", "π is 3.14"),
    *("nothing", "Lock", "Value", "Manager", "submit", "Pool.map (25)", "apply_async"),
    *("C (CANCELLED)", "FIRST_COMPLETED", "ALL_COMPLETED", "TimeoutError", "CancelledError"),
    *("MainThread (caller)", "Thread-1 (worker)", "done-callback of F1", "BrokenProcessPool: x"),
]


def of(experiment: Experiment, *rows: dict[str, Any], **more: Any) -> RunRecord:
    values: dict[str, Any] = {"experiment": experiment.name, "parameters": experiment.defaults()}
    trials = [done("threads", 2, 1, 1.0, rows=rows, events=more.pop("events", ()))]
    return record(trials, **{**values, **more})


@each
def test_a_row_of_another_version_is_left_out_and_that_is_said(experiment: Experiment) -> None:
    found = experiment.summarize(of(experiment, {"x": 1}))
    assert found.headline == ("What this run found cannot be said here",)
    assert found.details[-1].startswith("Left out: 1 row that this version does not know.")


@each
def test_parameters_of_another_version_are_named(experiment: Experiment) -> None:
    found = experiment.summarize(of(experiment, {"x": 1}, parameters={}))
    for name in experiment.reads:
        assert name in found.details[0]


@each
@settings(max_examples=40)
@given(data=st.data())
def test_no_record_makes_a_summary_fail(experiment: Experiment, data: st.DataObject) -> None:
    assert experiment.rows is not None
    names = sorted({name for fields in experiment.rows.values() for name in fields} | {"as"})
    rows = st.lists(st.dictionaries(st.sampled_from(names), WHAT), max_size=4)
    events = st.lists(
        st.dictionaries(st.sampled_from(["kind", "future", "state", "t"]), WHAT), max_size=2
    )
    kept = {
        **experiment.defaults(),
        **data.draw(
            st.dictionaries(
                st.sampled_from([one.name for one in experiment.parameters]), WHAT, max_size=2
            )
        ),
    }
    made = of(experiment, *data.draw(rows), events=tuple(data.draw(events)), parameters=kept)
    assert experiment.summarize(made) is not None


@each
@settings(max_examples=60)
@given(data=st.data())
def test_no_rows_that_fit_make_a_summary_fail(experiment: Experiment, data: st.DataObject) -> None:
    assert experiment.rows is not None
    kinds = [
        st.fixed_dictionaries(
            {
                name: st.sampled_from([what for what in FITTING if is_right(what)])
                for name, is_right in fields.items()
            }
        )
        for fields in experiment.rows.values()
    ]
    rows = data.draw(st.lists(st.one_of(kinds), min_size=1, max_size=4))
    found = experiment.summarize(of(experiment, *rows))
    assert not any(line.startswith("Left out") for line in found.details)


@pytest.mark.parametrize(
    "event",
    [
        {"x": 1},
        {"kind": []},
        {"kind": "splendid"},
        {"kind": "span", "start": 1.0, "end": 2.0},
        {"kind": "span", "lane": "a", "start": "1", "end": 2.0},
        {"kind": "span", "lane": "a", "start": 1.0, "end": 2.0, "label": 5},
        {"kind": "state", "future": ["F1"], "state": "PENDING", "t": 0.0},
        {"kind": "row", "got": 10**400},
        {"kind": "code", "line": 1, "source": "a", "instruction": "b"},
        "no event",
    ],
    ids=str,
)
def test_an_event_that_cannot_be_drawn_is_none(event: Any) -> None:
    assert not is_event(event)


@pytest.mark.parametrize(
    "told", [{"kind": "splendid"}, {"kind": "begins", "lane": "F1"}, {"kind": "row", "lost": 1e300}]
)
def test_a_program_cannot_tell_what_nobody_reads(
    told: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def main(tell: Callable[..., None]) -> None:
        tell(**told)

    monkeypatch.setattr("core.lab.perform.import_module", lambda name: SimpleNamespace(main=main))
    heard: list[dict[str, Any]] = []
    with pytest.raises(ValueError, match="told what is no event"):
        perform(heard.append, lambda *_: "", "splendid", {})
    assert heard == []


def test_an_event_as_programs_tell_it_is_one() -> None:
    assert is_event({"kind": "row", "t": 0.1, "thing": None, "lost": 5, "names": ["a"]})
    assert is_event({"kind": "span", "t": 1.0, "lane": "a", "start": 0, "end": 1, "label": ""})
    assert is_event({"kind": "begins", "t": 1.0, "lane": "F1", "start": 1.0, "label": "PENDING"})
    assert is_event({"kind": "asks", "prompt": "Which?"})
