"""Declared parameters: data from which the form, the command line and the checks are made.

Each parameter turns text into a value with `parse` and a value into text with `format`; both front
ends show the same sentence when `parse` raises BadInput, at the field that it names.
"""

import math
import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from core.errors import BadInput

Values = Mapping[str, Any]
_MOST_LISTED = 64
_NOT_THERE = object()
_LONGEST = 200  # letters of a value: it may be a stranger's


@dataclass(frozen=True, kw_only=True)
class Parameter(ABC):
    """What every parameter has: `name` on the command line, `label` and `hint` in the form.

    An `advanced` parameter is out of the way until it is asked for. `option` is its name on the
    command line where records have another, from before; that one goes on to be understood.
    """

    name: str
    label: str
    help: str
    default: Any
    hint: str = ""
    advanced: bool = False
    option: str = ""

    @property
    def flags(self) -> tuple[str, ...]:
        """What it is called on the command line, the name to use first."""
        return tuple(f"--{name}" for name in (self.option, self.name) if name)

    @abstractmethod
    def parse(self, text: str) -> Any:
        """Turn what a person typed into a value; raise BadInput with a sentence and a next step."""

    def parse_kept(self, text: str) -> Any:
        """Turn what a record has into a value: also what can be chosen on another machine only."""
        return self.parse(text)

    @abstractmethod
    def format(self, value: Any) -> str:
        """Write a value as a person would type it.

        What is none, as a stranger's record may have it, is written in some way that `parse` then
        refuses, or raises TypeError, ValueError or AttributeError: these and no other.
        """

    def told(self, value: Any) -> str:
        """Write a value as the form shows it."""
        return self.format(value)

    def refuse(self, sentence: str) -> BadInput:
        """Make the error that stands at this field."""
        return BadInput(sentence, self.name)


@dataclass(frozen=True, kw_only=True)
class Integer(Parameter):
    """A whole number from `minimum` to `maximum`, both included."""

    minimum: int
    maximum: int

    def parse(self, text: str) -> int:
        """Read 10000000, 10 000 000, 10,000,000, 10_000_000, 1e7 or 10^7."""
        value = _whole_number(text)
        if value is None:
            raise self.refuse(
                f"“{_shown(text)}” is not a whole number:"
                f" type one such as {self.format(self.default)}."
                if text.strip()
                else f"Type a whole number, such as {self.format(self.default)}."
            )
        return self.check(value)

    def check(self, value: int) -> int:
        """Return the value when it is in range, raise BadInput when it is not."""
        if not self.minimum <= value <= self.maximum:
            what, _, unit = self.label.partition(", ")
            limits = f"{group(self.minimum)} to {group(self.maximum)} {unit}".rstrip()
            raise self.refuse(f"{what} must be from {limits}.")
        return value

    def format(self, value: int) -> str:
        """Write the number with its thousands apart."""
        return group(value)


@dataclass(frozen=True, kw_only=True)
class Number(Parameter):
    """A number from `minimum` to `maximum`, both included, in `unit`."""

    minimum: float
    maximum: float
    unit: str = ""

    def parse(self, text: str) -> float:
        """Read 0.5, 0,5, .5 or 5e-1, with or without the unit behind it."""
        plain = text.strip().removesuffix(self.unit).strip()
        if re.fullmatch(r"[+-]?[1-9]\d{0,2},\d{3}", plain):
            either = plain.replace(",", ""), plain.replace(",", ".")
            raise self.refuse(
                f"“{_shown(text)}” may mean {' or '.join(either)}: type one of these."
            )
        plain = plain.replace(",", ".")
        if not re.fullmatch(r"[+-]?(\d{1,20}(\.\d{0,20})?|\.\d{1,20})([eE][+-]?\d{1,2})?", plain):
            raise self.refuse(
                f"“{_shown(text)}” is not a number: type one such as {self.format(self.default)}."
                if text.strip()
                else f"Type a number, such as {self.format(self.default)}."
            )
        value = float(plain)
        if not self.minimum <= value <= self.maximum:
            raise self.refuse(
                f"{self.label} must be from {self.format(self.minimum)}"
                f" to {self.format(self.maximum)}."
            )
        return value

    def format(self, value: float) -> str:
        """Write the number with its unit."""
        try:
            written = f"{value:.12g}"
        except OverflowError:  # a whole number of a stranger's record, past any float
            written = f"{value}"
        return f"{written} {self.unit}".strip()


@dataclass(frozen=True, kw_only=True)
class IntegerSet(Parameter):
    """Several whole numbers, such as 1, 2, 4 or 1-4; a sorted tuple without repeats."""

    minimum: int
    maximum: int
    usual: int

    def parse(self, text: str) -> tuple[int, ...]:
        """Read numbers and ranges, separated by commas or spaces."""
        found: set[int] = set()
        for part in re.sub(r"\s*(-|–|\.\.)\s*", "-", text).replace(",", " ").split():
            low, dash, high = part.partition("-")
            first, last = _whole_number(low), _whole_number(high if dash else low)
            if first is None or last is None:
                raise self.refuse(
                    f"“{_shown(part)}” is not a number or a range:"
                    f" type numbers such as {self.format(self.default)}."
                )
            if first > last:
                raise self.refuse(f"“{_shown(part)}” runs backwards: type {last}-{first}.")
            if first < self.minimum or last > self.maximum:
                raise self.refuse(
                    f"{self.label} must be from {self.minimum} to {self.maximum}"
                    f" each, and {_shown(part)} is not."
                )
            if last - first >= _MOST_LISTED:
                raise self._too_many(last - first + 1)
            found.update(range(first, last + 1))
        if not found:
            raise self.refuse(f"Type at least one number, such as {self.format(self.default)}.")
        if len(found) > _MOST_LISTED:
            raise self._too_many(len(found))
        return tuple(sorted(found))

    def _too_many(self, count: int) -> BadInput:
        return self.refuse(
            f"{count} different numbers are too many for one run: choose at most {_MOST_LISTED}."
        )

    def format(self, value: tuple[int, ...]) -> str:
        """Write runs of three or more as ranges: 1-4, 8."""
        return ", ".join(
            f"{low}-{high}" if high - low > 1 else ", ".join(map(str, range(low, high + 1)))
            for low, high in _runs(value)
        )


@dataclass(frozen=True)
class Option:
    """One thing that can be chosen; `missing` says why it cannot be here, empty when it can.

    What is missing here but may be there on `elsewhere`, another Python that is chosen, can be
    typed; the experiment's `check` refuses it where none is.
    """

    value: str
    label: str
    help: str = ""
    missing: str = ""
    elsewhere: bool = False


@dataclass(frozen=True, kw_only=True)
class Choice(Parameter):
    """One of several options."""

    options: tuple[Option, ...] = field(default=())

    def parse(self, text: str) -> str:
        """Read an option's value."""
        return _pick(self, self.options, text.strip())

    def parse_kept(self, text: str) -> str:
        """Read an option's value, also of one that is missing here."""
        return _pick(self, _nowhere_missing(self.options), text.strip())

    def format(self, value: str) -> str:
        """Write the option's value."""
        return value

    def told(self, value: str) -> str:
        """Write the option's label."""
        return _label(self.options, value)


@dataclass(frozen=True, kw_only=True)
class Choices(Parameter):
    """Any of several options, at least one; a tuple in the options' order."""

    options: tuple[Option, ...] = field(default=())

    def parse(self, text: str) -> tuple[str, ...]:
        """Read options' values, separated by commas or spaces."""
        return self._among(self.options, text)

    def parse_kept(self, text: str) -> tuple[str, ...]:
        """Read options' values, also of those that are missing here."""
        return self._among(_nowhere_missing(self.options), text)

    def _among(self, options: tuple[Option, ...], text: str) -> tuple[str, ...]:
        wanted = {_pick(self, options, part) for part in text.replace(",", " ").split()}
        if not wanted:
            raise self.refuse(f"Choose at least one: {_list(self.options)}.")
        return tuple(option.value for option in self.options if option.value in wanted)

    def format(self, value: tuple[str, ...]) -> str:
        """Write the options' values."""
        return ",".join(value)

    def told(self, value: tuple[str, ...]) -> str:
        """Write the options' labels."""
        return ", ".join(_label(self.options, one) for one in value)


@dataclass(frozen=True, kw_only=True)
class LateChoices(Parameter):
    """Any of several things that are known only once they have been looked for; names, in order.

    The value is what was typed: whoever looks checks it, and refuses it at this field. Nothing, or
    `usual` alone, is the empty tuple.
    """

    usual: str

    def parse(self, text: str) -> tuple[str, ...]:
        """Read names separated by commas; each counts once, and a name may have spaces."""
        names = tuple(dict.fromkeys(filter(None, map(str.strip, text.split(",")))))
        if len(names) > _MOST_LISTED:
            raise self.refuse(
                f"{len(names)} are too many for one run: choose at most {_MOST_LISTED}."
            )
        return () if names == (self.usual,) else names

    def format(self, value: tuple[str, ...]) -> str:
        """Write the names as they are typed."""
        return ", ".join(value) or self.usual


def group(number: int) -> str:
    """Write a whole number with a thin gap between thousands, from five digits on."""
    return f"{number:,}".replace(",", "\u202f") if abs(number) >= 10_000 else str(number)


def value_of(kept: Any) -> Any:
    """Give a value of a record as parameters have it: JSON has lists in place of tuples."""
    return tuple(kept) if isinstance(kept, list) else kept


def unlike(
    parameters: Iterable[Parameter], kept: Mapping[str, Any], others: Values
) -> tuple[str, ...]:
    """Say which settings of a run are not these others: "Terms: 5000", "Each adds: with the lock".

    `kept` are the parameters of a record; it may be anybody's. What it has not is not told, and
    what `others` lacks is unlike it. Pure.
    """
    return tuple(
        f"{one.label}: {_told(one, value)}"
        for one in parameters
        if one.name in kept
        and (value := value_of(kept[one.name])) != others.get(one.name, _NOT_THERE)
    )


def _told(parameter: Parameter, value: Any) -> str:
    try:
        text = parameter.told(value)
    except (TypeError, ValueError, AttributeError):
        text = f"{value}"
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _whole_number(text: str) -> int | None:
    """Read a whole number as people write it; None for anything else, or over 60 digits."""
    plain = text.strip()
    if re.fullmatch(r"[+-]?\d{1,3}([\s_,'’]\d{3})+", plain):
        plain = re.sub(r"[\s_,'’]", "", plain)
    if re.fullmatch(r"[+-]?\d{1,60}", plain):
        return int(plain)
    if power := re.fullmatch(r"(\d{1,9})(?:\.(\d{1,9}))?[eE]\+?(\d{1,2})", plain):
        whole, fraction, exponent = power[1], (power[2] or "").rstrip("0"), int(power[3])
        if len(fraction) <= exponent:
            return int(whole + fraction + "0" * (exponent - len(fraction)))
    if power := re.fullmatch(r"(\d{1,4})(?:\^|\*\*)(\d{1,2})", plain):
        return math.prod([int(power[1])] * int(power[2]))
    return None


def _pick(parameter: Parameter, options: tuple[Option, ...], text: str) -> str:
    for option in options:
        if option.value == text:
            if option.missing and not option.elsewhere:
                raise parameter.refuse(f"{option.label} cannot be used here: {option.missing}")
            return text
    raise parameter.refuse(f"“{_shown(text)}” is not known here: choose {_list(options)}.")


def _label(options: tuple[Option, ...], value: str) -> str:
    """Give an option's label; of a value that is not known here, the value."""
    return next((option.label for option in options if option.value == value), f"{value}")


def _nowhere_missing(options: tuple[Option, ...]) -> tuple[Option, ...]:
    return tuple(replace(option, missing="") for option in options)


def _list(options: tuple[Option, ...]) -> str:
    names = [option.value for option in options if not option.missing]
    return " or ".join(filter(None, [", ".join(names[:-1]), names[-1]])) if names else "nothing"


def _shown(text: str) -> str:
    text = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return text if len(text) <= 24 else text[:23] + "…"


def _runs(numbers: tuple[int, ...]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return runs
