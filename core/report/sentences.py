"""How what a summary says is written, on a page as in a report."""

from __future__ import annotations


def capital(line: str) -> str:
    """Begin with a capital letter, unless with code such as wait() or with π."""
    first = line.partition(" ")[0]
    return line[:1].upper() + line[1:] if first.isascii() and first.isalpha() else line
