"""How a timeline looks: colours and font as one frozen value, and what is made of it.

Colours are Okabe-Ito's, but colour never stands alone: each kind has its own pattern
or outline too (see `image.Pattern`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QApplication

from core.report.marks import is_dark, mixed
from gui.models.spans import SpanKind
from gui.views.timeline.image import Pattern, Texture

_PATTERNS: Mapping[SpanKind, Pattern] = {
    SpanKind.STARTUP: Pattern.STRIPES,
    SpanKind.TASK: Pattern.SOLID,
    SpanKind.WAITING: Pattern.DOTS,
    SpanKind.CANCELLED: Pattern.THIN_STRIPES,
    SpanKind.FAILED: Pattern.CROSSES,
    SpanKind.EVENT: Pattern.SOLID,
}
_TINT = 0.25  # how much of its colour is left between the marks of a pattern


@dataclass(frozen=True, slots=True)
class TimelineStyle:
    """Colours (anything QColor reads) and font of a timeline; the default is for light.

    `lane` is the band on which spans lie, `muted` is for ticks and quiet text. An
    empty family means the application's own.
    """

    background: str = "#ffffff"
    lane: str = "#eef1f5"
    grid: str = "#d3d9e0"
    text: str = "#1f2328"
    muted: str = "#57606a"
    selection: str = "#000000"
    startup: str = "#e69f00"
    task: str = "#0072b2"
    waiting: str = "#cc79a7"
    cancelled: str = "#6e7781"
    failed: str = "#d55e00"
    event: str = "#1f2328"
    font_family: str = ""
    font_pt: float = 10.0

    def colour(self, kind: SpanKind) -> QColor:
        """The colour of a kind of span."""
        return QColor(getattr(self, kind.called))

    def font(self) -> QFont:
        """The font for all text of a timeline; needs an application."""
        font = QFont(self.font_family) if self.font_family else QFont(QApplication.font())
        font.setPointSizeF(self.font_pt)
        return font

    def palette(self) -> QPalette:
        """The same colours for the standard widgets inside a timeline."""
        palette = QPalette(QColor(self.lane), QColor(self.background))
        for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.ButtonText):
            palette.setColor(role, QColor(self.text))
        return palette


LIGHT = TimelineStyle()
DARK = TimelineStyle(
    background="#16191d",
    lane="#22272e",
    grid="#3a424c",
    text="#e6edf3",
    muted="#9da7b3",
    selection="#ffffff",
    task="#56b4e9",
    cancelled="#8b949e",
    event="#e6edf3",
)


def textures(style: TimelineStyle) -> dict[SpanKind, Texture]:
    """What each kind of span is filled with."""
    return {kind: _texture(style, kind) for kind in SpanKind}


def blend(colour: QColor, onto: QColor, share: float) -> QColor:
    """A colour laid over another with some transparency: share 1 is the colour itself."""
    return QColor(mixed(onto.name(), colour.name(), share))


def ink_on(colour: QColor) -> QColor:
    """Black or white, whichever reads better on a colour."""
    return QColor("#ffffff" if is_dark(colour.name()) else "#000000")


def _texture(style: TimelineStyle, kind: SpanKind) -> Texture:
    colour, lane, pattern = style.colour(kind), QColor(style.lane), _PATTERNS[kind]
    paper = lane if pattern is Pattern.THIN_STRIPES else blend(colour, lane, _TINT)
    mark = colour
    if pattern is Pattern.CROSSES:  # a full colour, crossed out: failed outweighs the rest
        paper, mark = colour, blend(ink_on(colour), colour, 0.75)
    return Texture(pattern, paper.rgb(), mark.rgb(), colour.rgb())
