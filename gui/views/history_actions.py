"""What can be done with the runs that are chosen: a row of buttons, and the same as a menu."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QWidget

from core.results.history.listing import RunRow
from gui.models.history import CAN_GO_ON

MOST_COMPARED = 5  # as many lines as can be told apart
STILL_READ = "These runs are still being read: try again in a moment"
_BUTTONS = ("Open", "Continue", "Compare", "Gallery", "Rename", "Pin", "Delete")


class RunActions(QWidget):
    """Buttons for chosen runs; one that cannot be pressed says why. GUI thread.

    `chosen` are these runs. `restored` is for runs of the list of deleted ones, in the place of
    `deleted`. `rename_wanted` asks for an editor.
    """

    opened = Signal(object)
    continued = Signal(object)
    compared = Signal(list)
    gathered = Signal(list)
    rename_wanted = Signal()
    pinned = Signal(list, bool)
    deleted = Signal(list)
    restored = Signal(list)

    def __init__(self) -> None:
        super().__init__()
        self.chosen: list[RunRow] = []
        self._are_deleted = False
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._buttons: dict[str, QPushButton] = {}
        for name in _BUTTONS:
            button = self._buttons[name] = QPushButton(name)
            button.setObjectName(f"history-{name.lower()}")
            self._row.addWidget(button)
        self._row.addStretch(1)
        self._buttons["Open"].setProperty("primary", True)
        for name, do in (
            ("Open", self.open),
            ("Continue", lambda: self.continued.emit(self.chosen[0])),
            ("Compare", lambda: self.compared.emit(self.chosen)),
            ("Gallery", lambda: self.gathered.emit(self.chosen)),
            ("Rename", self.rename),
            ("Pin", self._pin),
            ("Delete", self.delete),
        ):
            self._buttons[name].clicked.connect(do)

    def show_chosen(
        self, runs: Sequence[RunRow], is_read: bool, are_deleted: bool, busy: str
    ) -> None:
        """Enable what can be done with these runs, once all that are chosen are read.

        `busy` is the title of what runs now.
        """
        self.chosen, self._are_deleted = list(runs), are_deleted
        pins = bool(runs) and all(run.is_pinned for run in runs)
        self._buttons["Pin"].setText("Unpin" if pins else "Pin")
        self._buttons["Delete"].setText("Restore" if are_deleted else "Delete")
        for name, (why, tip) in self._tips(is_read, busy).items():
            self._buttons[name].setEnabled(not why)
            self._buttons[name].setToolTip(why or tip)

    def add_to(self, menu: QMenu) -> None:
        """Offer the same in a menu, on top."""
        first = menu.actions()[0]
        for at in range(self._row.count()):
            item = self._row.itemAt(at)
            button = item.widget() if item is not None else None
            if isinstance(button, QPushButton):
                entry = QAction(button.text(), menu)
                entry.setEnabled(button.isEnabled())
                entry.triggered.connect(button.click)
                menu.insertAction(first, entry)
        menu.insertSeparator(first)

    def open(self) -> None:
        """Do what a click on Open does."""
        if self._buttons["Open"].isEnabled():
            self.opened.emit(self.chosen[0])

    def rename(self) -> None:
        """Do what a click on Rename does."""
        if self._buttons["Rename"].isEnabled():
            self.rename_wanted.emit()

    def delete(self) -> None:
        """Do what a click on Delete does, which is Restore among deleted runs."""
        if self._buttons["Delete"].isEnabled():
            (self.restored if self._are_deleted else self.deleted).emit(
                [run.id for run in self.chosen]
            )

    def _pin(self) -> None:
        on = not all(run.is_pinned for run in self.chosen)
        self.pinned.emit([run.id for run in self.chosen], on)

    def _tips(self, is_read: bool, busy: str) -> dict[str, tuple[str, str]]:
        """Say for each button why it cannot be pressed, if so, and what it does."""
        runs, count = self.chosen, len(self.chosen)
        none = "" if runs else "Choose a run first" if is_read else STILL_READ
        one = none or ("" if count == 1 else "Choose one run alone")
        here = one or ("Bring it back first: press Restore" if self._are_deleted else "")
        goes_on = here or ("" if runs[0].status in CAN_GO_ON else "It came to its end")
        goes_on = goes_on or (f"“{busy}” is running" if busy else "")
        more = "Choose two runs or more, with Ctrl or Shift" if is_read else STILL_READ
        several = "" if count >= 2 else more
        if count > MOST_COMPARED:
            several = f"At most {MOST_COMPARED} can be told apart in one chart"
        running = any(run.status == "running" for run in runs)
        busy_run = none or ("A run that goes on cannot be deleted" if running else "")
        undo = "Bring it back" if self._are_deleted else "Delete it; there is an undo (Del)"
        return {
            "Open": (here, "Show the run as it was seen (Enter)"),
            "Continue": (goes_on, "Measure what is left of it"),
            "Compare": (several, "Lay these runs over one another"),
            "Gallery": (none, "Lay the curves of these runs over one another, and the class's"),
            "Rename": (here, "Give it a name (F2)"),
            "Pin": (none, "Keep it on top of the list"),
            "Delete": (busy_run, undo),
        }
