"""The keys of pages that no menu has: what makes them work, and what tells of them, read these."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class PageKey:
    """What keys do on a page; `keys` are as Qt writes them, any of them will do."""

    does: str
    keys: tuple[str, ...]


SEARCH = PageKey("Search", ("Ctrl+F",))
OPEN = PageKey("Open the chosen run as it was seen", ("Return", "Enter"))
RENAME = PageKey("Give it a name", ("F2",))
DELETE = PageKey("Delete the chosen runs", ("Del",))
UNDO = PageKey("Bring back what was deleted last", ("Ctrl+Z",))
BACK = PageKey("From a comparison back to the list", ("Alt+Left",))
OF_HISTORY = (SEARCH, OPEN, RENAME, DELETE, UNDO, BACK)
