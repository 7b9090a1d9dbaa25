"""The catalogue of experiments: every module is in it, under its own title and with its lesson."""

from __future__ import annotations

from pathlib import Path

import pytest

from core import experiments
from core.errors import BadInput
from tests.realwindow import ROOT

NO_EXPERIMENTS = {"__init__", "base", "common", "programs", "protocol", "scaling_summary"}


def test_the_titles_are_the_experiments_own() -> None:
    assert tuple(one.title for one in experiments.catalogue()) == experiments.TITLES


def test_what_needs_a_window_is_not_found_without_one() -> None:
    for name, title in experiments.IN_WINDOW.items():
        with pytest.raises(BadInput, match=title):
            experiments.find(name)


def test_every_module_is_in_the_catalogue() -> None:
    folder = Path(experiments.__file__).parent
    modules = {path.stem for path in folder.glob("*.py")} - NO_EXPERIMENTS
    assert {one.name.replace("-", "_") for one in experiments.catalogue()} == modules


def test_every_experiment_has_its_lesson_and_its_script() -> None:
    for one in experiments.catalogue():
        lesson = (ROOT / "resources" / "lessons" / f"{one.name}.md").read_text(encoding="utf-8")
        assert lesson.startswith("# "), one.name
        compile(one.code(one.defaults()).text, one.name, "exec")


def test_defaults_and_what_the_window_begins_with_are_good_values() -> None:
    for one in experiments.catalogue():
        values = one.defaults() | dict(one.at_the_window)
        for parameter in one.parameters:
            assert (
                parameter.parse(parameter.format(values[parameter.name]))
                == (values[parameter.name])
            ), (one.name, parameter.name)
        assert not one.check(values)
