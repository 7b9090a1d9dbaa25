"""The looks of several parts of one chart: told apart, and in the colour of their kind."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.report.marks import KINDS, LineLooks, beside, look_of, mixed

_TEXT = "#16202c"
colours = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


def test_any_two_of_four_parts_differ_in_two_ways() -> None:
    for one, other in combinations([look_of(place) for place in range(4)], 2):
        assert sum(a != b for a, b in zip(one, other, strict=True)) >= 2


def test_there_is_a_look_for_any_number_of_parts_the_first_as_where_there_is_one() -> None:
    assert len({look_of(place) for place in range(5)}) == 5
    assert look_of(5) == look_of(0)
    assert look_of(0).of("#d55e00", _TEXT) == "#d55e00"


def test_no_two_lines_look_alike_and_what_stands_in_brackets_is_a_variant() -> None:
    names = [f"way {n}{chunk}" for chunk in ("", " (5)", " (25)") for n in range(9)]
    given_out = LineLooks()
    looks = {name: given_out.of(name) for name in names}

    assert len(set(looks.values())) == len(names)
    assert looks["way 3 (5)"] == (looks["way 3"].colour, looks["way 3"].place, 1)
    assert looks["way 3 (25)"].variant == 2
    assert {name: given_out.of(name) for name in reversed(names)} == looks


@given(colours, colours)
def test_to_mix_begins_at_one_colour_and_ends_at_the_other(one: str, other: str) -> None:
    assert (mixed(one, other, 0), mixed(one, other, 1)) == (one, other)


@pytest.mark.parametrize("parts", [1, 2, 3, 4])
def test_no_two_marks_of_as_many_workers_stand_in_one_place(parts: int) -> None:
    kinds = [kind for kind in KINDS if kind != "ceiling"]  # it shares the middle with serial
    places = [beside(kind, place, parts) for kind in kinds for place in range(parts)]
    assert all(abs(one - other) > 0.02 for one, other in combinations(places, 2))
    assert all(abs(one) < 0.4 for one in places)
