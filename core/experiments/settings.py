"""The settings of a run in words, as far as they are not the usual ones, or not the form's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from core.parameters import Parameter, Values, value_of

_NOT_THERE = object()
_LONGEST = 200  # letters of a value: it may be a stranger's


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
