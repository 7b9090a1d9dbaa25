"""What a form shows of the Pythons that were found: plain words, no interpreter behind them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Offer:
    """One thing that can be chosen: the name that a run knows it by, what it is, and the rest.

    It is the same as long as it has one of these `paths`, and the GIL or not; names may change.
    `lacks` pairs each executor kind that it cannot open with what that needs.
    """

    name: str
    label: str
    tip: str
    paths: tuple[str, ...]
    gil: bool = True
    lacks: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Refusal:
    """What cannot be used: its path, the sentence why, and what it wrote to stderr, if anything."""

    path: str
    problem: str
    detail: str = ""


@dataclass(frozen=True)
class FoundPythons:
    """All that is known by now; the first offer is our own Python."""

    offers: tuple[Offer, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    is_looking: bool = False
