"""Python code in colours: found by Pygments in any thread, drawn by Qt in its own.

A script is lexed whole, for what a line means may depend on the line before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

from PySide6.QtGui import QColor, QFont, QSyntaxHighlighter, QTextCharFormat, QTextDocument


@dataclass(frozen=True, slots=True)
class Look:
    """How letters look: a colour as #rrggbb, empty for the usual one, and what else they are."""

    colour: str = ""
    bold: bool = False
    italic: bool = False


Runs: TypeAlias = tuple[tuple[int, int, Look], ...]  # of one line: first letter, length, look


def runs_of(text: str, style: str) -> list[Runs]:
    """Find the looks of each line of a script, in a Pygments style; imports Pygments. Any thread.

    Raises pygments.util.ClassNotFound when there is no such style.
    """
    from pygments.lexers.python import PythonLexer
    from pygments.styles import get_style_by_name

    looks = {
        token: Look(f"#{one['color']}" if one["color"] else "", one["bold"], one["italic"])
        for token, one in get_style_by_name(style)
    }
    lines: list[list[tuple[int, int, Look]]] = [[]]
    at = 0
    for token, value in PythonLexer(stripnl=False, ensurenl=False).get_tokens(text):
        look = looks.get(token, Look())
        for number, part in enumerate(value.split("\n")):
            if number:
                lines.append([])
                at = 0
            if part and look != Look():
                lines[-1].append((at, len(part), look))
            at += len(part)
    return [tuple(line) for line in lines]


class Highlight(QSyntaxHighlighter):
    """Draws a document's lines in the looks that were found for them. GUI thread.

    Lines that stand there again, after something else has changed, keep their looks meanwhile.
    """

    def __init__(self, document: QTextDocument) -> None:
        super().__init__(document)
        self._runs: dict[tuple[str, int], Runs] = {}  # by line, and how often it stood before
        self._seen: dict[str, int] = {}

    def show(self, text: str, found: Sequence[Runs]) -> None:
        """Draw a text's lines as they were found to look."""
        seen: dict[str, int] = {}
        self._runs = {}
        for line, runs in zip(text.split("\n"), found, strict=True):
            seen[line] = seen.get(line, -1) + 1
            self._runs[line, seen[line]] = runs
        self.rehighlight()

    def highlightBlock(self, text: str) -> None:
        if self.currentBlock().blockNumber() == 0:
            self._seen = {}
        self._seen[text] = self._seen.get(text, -1) + 1
        for first, length, look in self._runs.get((text, self._seen[text]), ()):
            self.setFormat(first, length, _format_of(look))


@lru_cache(maxsize=64)
def _format_of(look: Look) -> QTextCharFormat:
    made = QTextCharFormat()
    if look.colour:
        made.setForeground(QColor(look.colour))
    if look.bold:
        made.setFontWeight(QFont.Weight.Bold)
    made.setFontItalic(look.italic)
    return made
