"""What a person types becomes a value, or a sentence that stands at the field."""

from __future__ import annotations

import tracemalloc
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from core.errors import BadInput
from core.parameters import (
    Choice,
    Choices,
    Integer,
    IntegerSet,
    LateChoices,
    Number,
    Option,
    Parameter,
)

terms = Integer(
    name="terms", label="Terms", help="", default=10_000_000, minimum=1, maximum=100_000_000_000
)
workers = IntegerSet(
    name="workers", label="Workers", help="", default=(1, 2), minimum=1, maximum=61, usual=8
)
method = Choice(
    name="method",
    label="Method",
    help="",
    default="spawn",
    options=(
        Option("fork", "fork", missing="this platform does not have it. Choose spawn."),
        Option("spawn", "spawn"),
        Option("forkserver", "forkserver"),
    ),
)
executors = Choices(
    name="executors",
    label="Executors",
    help="",
    default=("serial",),
    options=(
        Option("serial", "Serial"),
        Option("threads", "Threads"),
        Option("cluster", "Cluster", missing="dask is not installed."),
    ),
)
PARAMETERS: tuple[Parameter, ...] = (terms, workers, method, executors)


def problem(parameter: Parameter, text: str) -> str:
    """Return the sentence with which the parameter refuses the text."""
    with pytest.raises(BadInput) as refusal:
        parameter.parse(text)
    assert refusal.value.field == parameter.name
    return str(refusal.value)


# --------------------------------------------------------------------------------- round trips


@given(st.integers(terms.minimum, terms.maximum))
def test_a_number_survives_being_written_and_read(value: int) -> None:
    assert terms.parse(terms.format(value)) == value


@given(st.integers())
def test_a_number_of_any_size_and_sign_survives_being_written_and_read(value: int) -> None:
    anything = Integer(name="n", label="N", help="", default=0, minimum=-(10**40), maximum=10**40)
    assume(abs(value) <= 10**40)

    assert anything.parse(anything.format(value)) == value


@given(st.sets(st.integers(workers.minimum, workers.maximum), min_size=1))
def test_a_set_of_numbers_survives_being_written_and_read(value: set[int]) -> None:
    numbers = tuple(sorted(value))

    assert workers.parse(workers.format(numbers)) == numbers


@pytest.mark.parametrize("value", ["spawn", "forkserver"])
def test_a_choice_survives_being_written_and_read(value: str) -> None:
    assert method.parse(method.format(value)) == value


@pytest.mark.parametrize("value", [("serial",), ("threads",), ("serial", "threads")], ids=",".join)
def test_choices_survive_being_written_and_read(value: tuple[str, ...]) -> None:
    assert executors.parse(executors.format(value)) == value


# -------------------------------------------------------------------------------- arbitrary text

near_misses = st.text(alphabet="0123456789 ,._-–+^*eE'’\u202f٣²abc", max_size=30)


@given(st.text() | near_misses)
def test_any_text_is_a_number_in_range_or_refused_with_a_sentence(text: str) -> None:
    try:
        value = terms.parse(text)
    except BadInput as refusal:
        assert_is_a_sentence(refusal, terms)
    else:
        assert terms.minimum <= value <= terms.maximum


@given(st.text() | near_misses)
def test_any_text_is_a_sorted_set_in_range_or_refused_with_a_sentence(text: str) -> None:
    try:
        value = workers.parse(text)
    except BadInput as refusal:
        assert_is_a_sentence(refusal, workers)
    else:
        assert value
        assert list(value) == sorted(set(value))
        assert workers.minimum <= value[0] <= value[-1] <= workers.maximum


@given(st.text() | st.sampled_from(["spawn ", "Spawn", "fork,spawn", "serial threads"]))
def test_any_text_is_an_option_or_refused_with_a_sentence(text: str) -> None:
    for parameter, allowed in (
        (method, {"spawn", "forkserver"}),
        (executors, {"serial", "threads"}),
    ):
        try:
            value: Any = parameter.parse(text)
        except BadInput as refusal:
            assert_is_a_sentence(refusal, parameter)
        else:
            assert ({value} if isinstance(value, str) else set(value)) <= allowed


def assert_is_a_sentence(refusal: BadInput, parameter: Parameter) -> None:
    sentence = str(refusal)
    assert refusal.field == parameter.name
    assert sentence.endswith(".")
    assert len(sentence) < 250
    assert len(sentence.splitlines()) == 1


# ------------------------------------------------------------------------------- ways to write it


@pytest.mark.parametrize(
    "text",
    [
        "10000000",
        "10 000 000",
        "10,000,000",
        "10_000_000",
        "10'000'000",
        "10\u202f000\u202f000",
        "10\u00a0000\u00a0000",
        " 10000000 ",
        "+10000000",
        "1e7",
        "1E7",
        "1e+7",
        "1.0e7",
        "10^7",
        "10**7",
    ],
)
def test_ten_million_may_be_written_as_people_write_it(text: str) -> None:
    assert terms.parse(text) == 10_000_000


@pytest.mark.parametrize(
    "text", ["1.5", "1,5", "1 2", "1.234e2", "1e-3", "1e", "^7", "0x10", "1-2"]
)
def test_what_is_no_whole_number_is_refused(text: str) -> None:
    assert "is not a whole number" in problem(terms, text)


@pytest.mark.parametrize("text", ["0", "-5", "10^30", "1e12", "9" * 60])
def test_a_number_out_of_range_is_told_the_range(text: str) -> None:
    assert problem(terms, text) == "Terms must be from 1 to 100\u202f000\u202f000\u202f000."


def test_a_word_is_quoted_and_a_number_proposed() -> None:
    assert problem(terms, "abc") == (
        "“abc” is not a whole number: type one such as 10\u202f000\u202f000."
    )


def test_a_long_text_is_quoted_in_part() -> None:
    assert "“" + "a" * 23 + "…”" in problem(terms, "a" * 10_000)


@pytest.mark.parametrize("text", ["", "   "])
def test_nothing_is_told_what_to_type(text: str) -> None:
    assert problem(terms, text) == "Type a whole number, such as 10\u202f000\u202f000."
    assert problem(workers, text) == "Type at least one number, such as 1, 2."
    assert problem(executors, text) == "Choose at least one: serial or threads."


# ------------------------------------------------------------------------------- sets of numbers


@pytest.mark.parametrize(
    "text", ["1,2,3,4,8", "1-4,8", "1-4 8", "8, 1 - 4", "1–4, 8", "1..4 8", "2-4,1-3,8,8"]
)
def test_numbers_and_ranges_make_a_sorted_set_without_repeats(text: str) -> None:
    assert workers.parse(text) == (1, 2, 3, 4, 8)


def test_a_range_that_runs_backwards_is_turned_round_in_the_answer() -> None:
    assert problem(workers, "4-1") == "“4-1” runs backwards: type 1-4."


@pytest.mark.parametrize("text", ["0", "62", "100000", "0-4", "1-100000", "1,2,100000"])
def test_one_number_out_of_range_refuses_the_set(text: str) -> None:
    assert "must be from 1 to 61 each" in problem(workers, text)


@pytest.mark.parametrize("text", ["abc", "1,abc", "-5", "1-", "1-2-3", "1.5"])
def test_one_word_among_numbers_refuses_the_set(text: str) -> None:
    assert "is not a number or a range: type numbers such as 1, 2." in problem(workers, text)


def test_a_huge_range_is_refused_without_being_counted_out() -> None:
    anything = IntegerSet(
        name="n", label="N", help="", default=(1,), minimum=1, maximum=10**6, usual=8
    )
    tracemalloc.start()
    try:
        assert "at most 64" in problem(anything, "1-10^6")
        most_bytes = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert most_bytes < 1_000_000


# -------------------------------------------------------------------------------------- options


def test_an_unknown_option_is_told_those_that_there_are() -> None:
    assert problem(method, "frok") == "“frok” is not known here: choose spawn or forkserver."


def test_an_option_that_this_machine_lacks_is_told_why() -> None:
    assert problem(method, "fork") == (
        "fork cannot be used here: this platform does not have it. Choose spawn."
    )
    assert problem(executors, "serial,cluster") == (
        "Cluster cannot be used here: dask is not installed."
    )


def test_choices_come_once_each_and_in_the_order_of_the_options() -> None:
    assert executors.parse("threads, serial threads") == ("serial", "threads")


# ----------------------------------------------------------------------------- any number

SECONDS = Number(
    name="seconds", label="Time", help="", default=0.5, minimum=0.02, maximum=60.0, unit="s"
)


@given(st.floats(0.02, 60.0))
def test_any_number_survives_being_written_and_read(value: float) -> None:
    assert SECONDS.parse(SECONDS.format(value)) == pytest.approx(value, rel=1e-9)


@pytest.mark.parametrize("text", ["0.5", "0,5", ".5", "5e-1", " 0.5 s ", "0.5s", "+0.50"])
def test_half_a_second_may_be_written_as_people_write_it(text: str) -> None:
    assert SECONDS.parse(text) == 0.5


@given(st.text() | st.sampled_from(["nan", "inf", "-inf", "1e999", "0x10", "1_0", "٣", "1.2.3"]))
def test_any_text_is_a_number_within_its_ends_or_refused_with_a_sentence(text: str) -> None:
    try:
        value = SECONDS.parse(text)
    except BadInput:
        assert problem(SECONDS, text).endswith(".")
    else:
        assert 0.02 <= value <= 60


def test_a_comma_that_may_part_thousands_or_decimals_is_asked_about() -> None:
    budget = replace(SECONDS, maximum=86_400.0)
    assert problem(budget, "1,000 s") == "“1,000 s” may mean 1000 or 1.000: type one of these."
    assert [budget.parse(text) for text in ("1000", "1.000", "0,125", "1,25")] == [
        1000,
        1,
        0.125,
        1.25,
    ]


def test_a_number_beyond_its_ends_is_told_them_with_the_unit() -> None:
    assert problem(SECONDS, "61") == "Time must be from 0.02 s to 60 s."
    assert problem(SECONDS, "  ") == "Type a number, such as 0.5 s."


# -------------------------------------------------------------- what is known only at run time

pythons = LateChoices(
    name="pythons", label="Pythons", help="Which Pythons.", default=(), usual="this"
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", ()),
        ("this", ()),
        (" 3.11 , 3.13t+gil", ("3.11", "3.13t+gil")),
        ("3.11,3.11,,this", ("3.11", "this")),
        ("/opt/my env/bin/python", ("/opt/my env/bin/python",)),
    ],
)
def test_late_choices_are_taken_as_they_are_typed(text: str, value: tuple[str, ...]) -> None:
    assert pythons.parse(text) == value
    assert pythons.parse(pythons.format(value)) == value


def test_too_many_late_choices_are_refused() -> None:
    with pytest.raises(BadInput, match="100 are too many for one run") as raised:
        pythons.parse(",".join(map(str, range(100))))
    assert raised.value.field == "pythons"


def test_what_another_python_may_have_can_be_typed() -> None:
    here = Option("here", "Here", missing="it is not.")
    elsewhere = Option("there", "There", missing="it is not here.", elsewhere=True)
    kinds = Choices(name="kinds", label="K", help="H", default=(), options=(here, elsewhere))

    assert kinds.parse("there") == ("there",)
    with pytest.raises(BadInput):
        kinds.parse("here")
