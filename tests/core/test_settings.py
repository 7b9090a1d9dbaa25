"""The settings of a run in words: those that are not as others, as the form shows them."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import experiments
from core.continuing import values_of
from core.errors import BadInput
from core.experiments import pi_scaling, race
from core.experiments.base import Experiment
from core.parameters import unlike
from tests.core.history.strategies import PLAIN
from tests.core.making import record

ANYTHING = PLAIN | st.sampled_from([10**400, -(10**400), [10**400], 1e300])


def settings_of(experiment: Experiment) -> st.SearchStrategy[dict[str, Any]]:
    """Make settings of a stranger's record, each of any kind."""
    names = [one.name for one in experiment.parameters]
    return st.dictionaries(st.sampled_from(names), ANYTHING)


@pytest.mark.parametrize("experiment", experiments.catalogue(), ids=lambda one: one.name)
def test_a_run_of_the_usual_settings_has_none_that_differ(experiment: Experiment) -> None:
    kept = json.loads(json.dumps(experiment.defaults()))
    assert unlike(experiment.parameters, kept, experiment.defaults()) == ()


def test_what_differs_is_said_as_the_form_shows_it() -> None:
    usual = race.EXPERIMENT.defaults()
    kept = {**usual, "way": "lock", "increments": 20_000, "pythons": ["3.13", "3.13t"]}
    assert unlike(race.EXPERIMENT.parameters, kept, usual) == (
        "Each adds: with the lock",
        "Increments of each: 20\u202f000",
        "Pythons: 3.13, 3.13t",
    )


def test_what_the_record_is_too_old_for_is_not_told_and_what_the_form_lacks_is() -> None:
    known = pi_scaling.EXPERIMENT.parameters
    assert unlike(known, {"terms": 5}, {"terms": 5, "tasks": 7}) == ()
    assert unlike(known, {"terms": 5, "executors": ["threads", "x"]}, {}) == (
        "Terms: 5",
        "Executors: Threads, x",
    )


@pytest.mark.parametrize("experiment", experiments.catalogue(), ids=lambda one: one.name)
@given(data=st.data())
def test_the_settings_of_a_stranger_are_told_whatever_they_are(
    experiment: Experiment, data: st.DataObject
) -> None:
    kept = data.draw(settings_of(experiment))
    for line in unlike(experiment.parameters, kept, {}):
        assert len(line) < 300
    values: dict[str, Any] = {}
    with suppress(BadInput):
        values = values_of(experiment, record([], parameters=kept))
    for parameter in experiment.parameters if values else ():
        value = values[parameter.name]
        assert parameter.parse_kept(parameter.format(value)) == value
