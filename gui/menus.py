"""The menus of the window: what can be done, with its keys."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction, QActionGroup, QKeySequence

if TYPE_CHECKING:
    from PySide6.QtWidgets import QMenu, QMenuBar

_BARS = ("&File", "&Edit", "&View", "&Run", "&Help")
_SIZES = (
    ("&Larger", 1, ("Ctrl++", "Ctrl+=")),
    ("&Smaller", -1, ("Ctrl+-",)),
    ("&Normal size", 0, ("Ctrl+0",)),
)
_THEMES = (("system", "As the s&ystem"), ("light", "L&ight"), ("dark", "&Dark"))
_HELP = (
    ("&Keyboard", "F1", QAction.MenuRole.NoRole),
    ("&Words", "Shift+F1", QAction.MenuRole.NoRole),
    ("&Check this installation", "", QAction.MenuRole.NoRole),
    ("&About Futures Lab", "", QAction.MenuRole.AboutRole),
)
_WITH_NUMBERS = 9  # the first pages, by Ctrl and a digit
_OTHERS = {"History": "Ctrl+Shift+H", "Class gallery": "Ctrl+Shift+G"}


class Menus(QObject):
    """Fills the bar of menus, and tells what was chosen there.

    Only the titles are there at first; `fill` adds the rest, and the keys with it: the first paint
    does not wait for them. `pages` are the titles of all pages. GUI thread.
    """

    opened = Signal()
    saved = Signal()
    exported = Signal()
    closed = Signal()
    copied = Signal()
    pasted = Signal()
    all_selected = Signal()
    sought = Signal()
    zoomed = Signal(int)
    theme_chosen = Signal(str)
    filled_screen = Signal(bool)
    page_wanted = Signal(int)
    page_turned = Signal(int)
    run = Signal()
    stopped = Signal()
    help_wanted = Signal(int)

    def __init__(self, bar: QMenuBar, pages: Sequence[str]) -> None:
        super().__init__(bar)
        self._pages = pages
        self._file, self._edit, self._view, self._run, self._help = map(bar.addMenu, _BARS)
        self._themes: dict[str, QAction] = {}
        self._theme = "system"
        self._looks: list[QAction] = []
        self._stop: QAction | None = None
        self._escape_stops = True

    @property
    def looks(self) -> Sequence[QAction]:
        """What changes size and colours, for other windows of the program to offer too."""
        return self._looks

    def fill(self) -> None:
        """Add what can be chosen, with its keys; once."""
        if self._looks:
            return
        self._fill_file()
        self._fill_edit()
        self._fill_view()
        _add(self._run, "&Run", self.run.emit, "Ctrl+R", "F5")
        self._stop = _add(self._run, "&Stop", self.stopped.emit, "Esc")
        self.let_escape_stop(self._escape_stops)
        for tab, (label, key, role) in enumerate(_HELP):
            action = _add(self._help, label, partial(self.help_wanted.emit, tab), key)
            action.setMenuRole(role)

    def let_escape_stop(self, does: bool) -> None:
        """Have Esc stop a run, or be left to whatever else has a use for it."""
        self._escape_stops = does
        if self._stop is not None:
            _heed_keys(self._stop, does)

    def show_theme(self, choice: str) -> None:
        """Check the entry of the colour scheme in force."""
        self._theme = choice
        if choice in self._themes:
            self._themes[choice].setChecked(True)

    def _fill_file(self) -> None:
        _add(self._file, "&Open runs …", self.opened.emit, "Ctrl+O")
        _add(self._file, "&Save this run as …", self.saved.emit, "Ctrl+S")
        _add(self._file, "&Export …", self.exported.emit, "Ctrl+E")
        self._file.addSeparator()
        leave = _add(self._file, "&Quit", self.closed.emit, "Ctrl+Q")
        leave.setMenuRole(QAction.MenuRole.QuitRole)

    def _fill_edit(self) -> None:
        copy = _add(self._edit, "&Copy", self.copied.emit, "Ctrl+C")
        _add(self._edit, "&Paste text, or runs", self.pasted.emit, "Ctrl+V")
        select = _add(self._edit, "Select &all", self.all_selected.emit, "Ctrl+A")
        for action in (copy, select):  # a label whose text is selected would never see the key
            _heed_keys(action, False)
        self._edit.addSeparator()
        _add(self._edit, "&Find runs …", self.sought.emit, "Ctrl+Shift+F")

    def _fill_view(self) -> None:
        for label, steps, keys in _SIZES:
            action = _add(self._view, label, partial(self.zoomed.emit, steps), *keys)
            self._looks.append(action)
        self._view.addSeparator()
        group = QActionGroup(self)
        for choice, label in _THEMES:
            action = _add(self._view, label, partial(self.theme_chosen.emit, choice))
            action.setCheckable(True)
            group.addAction(action)
            self._themes[choice] = action
            self._looks.append(action)
        self.show_theme(self._theme)
        self._view.addSeparator()
        whole = self._view.addAction("&Full screen")
        whole.setShortcut(QKeySequence.fromString("F11"))
        whole.setCheckable(True)
        whole.toggled.connect(self.filled_screen)
        self._view.addSeparator()
        _add(self._view, "Ne&xt page", partial(self.page_turned.emit, 1), "Ctrl+PgDown")
        _add(self._view, "Pre&vious page", partial(self.page_turned.emit, -1), "Ctrl+PgUp")
        pages = self._view.addMenu("&Go to page")
        for number, title in enumerate(self._pages):
            key = f"Ctrl+{number + 1}" if number < _WITH_NUMBERS else ""
            _add(
                pages,
                title.replace("&", "&&"),
                partial(self.page_wanted.emit, number),
                _OTHERS.get(title, key),
            )


def _add(menu: QMenu, label: str, do: Callable[[], object], *keys: str) -> QAction:
    action = menu.addAction(label)
    action.setShortcuts([QKeySequence.fromString(key) for key in keys if key])
    action.triggered.connect(lambda _checked=False: do())
    return action


def _heed_keys(action: QAction, does: bool) -> None:
    """Have its keys choose an entry; or only be seen there, and left to the part that is in use."""
    from PySide6.QtCore import Qt  # makes all its enumerations: not before the first paint

    context = Qt.ShortcutContext
    action.setShortcutContext(context.WindowShortcut if does else context.WidgetShortcut)
