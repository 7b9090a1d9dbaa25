"""All keys on one page: those of the menus as they are, and those of charts and timelines."""

from collections.abc import Iterator, Sequence
from html import escape

from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar

from gui.page_keys import OF_HISTORY
from gui.theme import Theme
from gui.views.reading_page import ReadingPage

Group = tuple[str, Sequence[tuple[str, str]]]

_ELSEWHERE: tuple[Group, ...] = (
    (
        "Everywhere",
        (
            ("Tab, Shift+Tab", "To the next field or button, or back"),
            ("Space", "Press a button, check a box"),
            ("Up, Down", "Another experiment, in the list at the left"),
            ("Menu, Shift+F10", "What can be done with a chart, or with the rows of a table"),
            ("Left, Right", "Another tab, on a row of tabs"),
        ),
    ),
    ("In the history", tuple((", ".join(one.keys), one.does) for one in OF_HISTORY)),
    (
        "In a chart",
        (
            ("Left, Right, Up, Down", "Move the view"),
            ("+, -", "Zoom in, zoom out"),
            ("Home", "Show everything again"),
        ),
    ),
    (
        "In a timeline",
        (
            ("Left, Right", "The task before, the task after"),
            ("Up, Down", "A task of the worker above, below"),
            ("Enter", "Do what a click on the task does"),
            ("Esc", "Choose none"),
            ("Shift+Left, Shift+Right", "Move the view in time"),
            ("Shift+Up, Shift+Down", "Scroll the workers"),
            ("+, -", "Zoom in, zoom out"),
            ("Home", "Show everything, and follow new tasks again"),
        ),
    ),
)


class KeysView(ReadingPage):
    """The keys of `bar`'s menus, and of what no menu has. GUI thread."""

    def __init__(self, bar: QMenuBar, theme: Theme) -> None:
        text = "".join(map(_as_html, (*_of_menus(bar), *_ELSEWHERE)))
        super().__init__("keys", "Keyboard", lambda view: view.setHtml(text), theme)


def _of_menus(bar: QMenuBar) -> Iterator[Group]:
    """Read the keys off the menus, so that what is told is what holds."""
    native = QKeySequence.SequenceFormat.NativeText
    for menu in bar.findChildren(QMenu):
        rows = [
            (", ".join(key.toString(native) for key in one.shortcuts()), _plain(one.text()))
            for one in menu.actions()
            if one.shortcuts()
        ]
        if rows:
            yield f"{_plain(menu.title())} menu", rows


def _plain(label: str) -> str:
    """Take out the mark of the letter that chooses it."""
    return label.replace("&", "")


def _as_html(group: Group) -> str:
    title, rows = group
    lines = "".join(
        f"<tr><td width='34%'><b>{escape(keys)}</b></td><td>{escape(what)}</td></tr>"
        for keys, what in rows
    )
    return f"<h3>{escape(title)}</h3><table width='100%' cellpadding='3'>{lines}</table>"
