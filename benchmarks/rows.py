"""What a benchmark reports: rows of our figure, the figure beside it, and what was asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any, Literal


@dataclass(frozen=True)
class Target:
    """Bounds, both included, of our figure over the one beside it, or of our figure itself."""

    least: float | None = None
    most: float | None = None
    of: Literal["ratio", "ours"] = "ratio"

    def is_met(self, value: float) -> bool:
        """Tell whether a value lies within the bounds."""
        return (self.least is None or value >= self.least) and (
            self.most is None or value <= self.most
        )

    def __str__(self) -> str:
        what = "ratio" if self.of == "ratio" else "itself"
        if self.least is not None and self.most is not None:
            return f"{what} {self.least:g} to {self.most:g}"
        bound = f"≥ {self.least:g}" if self.least is not None else f"≤ {self.most:g}"
        return f"{what} {bound}"


@dataclass(frozen=True)
class Row:
    """One line of the table; figures are None where nothing was measured, and `note` says why.

    `paired_ratio` is given where the ratio is a median of ratios taken pair by pair, which is not
    the ratio of the medians; otherwise it follows from the two figures.
    """

    benchmark: str
    what: str
    ours: float | None = None
    unit: str = ""
    beside: float | None = None
    beside_is: str = ""
    target: Target | None = None
    note: str = ""
    paired_ratio: float | None = None

    @property
    def ratio(self) -> float | None:
        """Our figure over the one beside it."""
        if self.paired_ratio is not None:
            return self.paired_ratio
        return self.ours / self.beside if self.ours is not None and self.beside else None

    @property
    def met(self) -> bool | None:
        """Whether the target was met; None where there is none, or nothing to judge by."""
        value = self.ratio if self.target and self.target.of == "ratio" else self.ours
        return None if self.target is None or value is None else self.target.is_met(value)

    def to_json(self) -> dict[str, Any]:
        """Give what JSON can carry."""
        return {
            "name": self.benchmark,
            "what": self.what,
            "ours": self.ours,
            "unit": self.unit,
            "beside": self.beside,
            "beside_is": self.beside_is,
            "ratio": self.ratio,
            "target": str(self.target) if self.target else None,
            "met": self.met,
            "note": self.note,
        }


def paired(ours: Sequence[float], beside: Sequence[float]) -> float:
    """Return the median of the ratios of what was measured side by side."""
    return median(one / other for one, other in zip(ours, beside, strict=True))


def percentile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that `share` (0 to 1) of all values do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, -int(-len(ordered) * share // 1) - 1)]


def spread(values: Sequence[float]) -> str:
    """Say between which values the median lies, 19 times in 20, however the values are spread.

    Few values tell less than that: of five or fewer the bounds are the least and the greatest.
    """
    if len(values) == 1:
        return "1 repeat"
    ordered = sorted(values)
    outside = max(0, int(len(ordered) / 2 - 0.98 * len(ordered) ** 0.5))
    low, high = ordered[outside], ordered[-1 - outside]
    return f"median between {low:.3g} and {high:.3g}, {len(ordered)} repeats"
