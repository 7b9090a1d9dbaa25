"""Who takes on each new look: what is seen at once, the rest in turns of the event loop."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from PySide6.QtCore import QEvent, QObject, Signal, Slot
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from gui.turns import Step, Turns


class Followers(QObject):
    """Views with what restyles each, in the order in which they came. GUI thread.

    A view out of sight takes the look on in a turn of its own, or before it is next seen if that
    comes first: nobody waits for what nobody sees, nor sees what was left behind.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._all: list[_Follower] = []
        self._turns = Turns(self)

    def add(self, view: QWidget, restyle: Callable[[], None]) -> None:
        """Have `restyle` called at each change of the look, for as long as the view lives."""
        self._all.append(_Follower(view, restyle))

    @Slot()
    def follow(self) -> None:
        """Restyle what is seen now, and all else later; a change before that begins anew."""
        self._all = [one for one in self._all if isValid(one)]
        for one in tuple(self._all):
            one.follow()
        self._turns.take(self._late())

    def _late(self) -> Iterator[Step]:
        """List those who are still to be restyled: a view may be seen, or gone, before its turn."""
        for one in tuple(self._all):
            if isValid(one) and one.is_behind:
                yield one.catch_up


class _Follower(QObject):
    """One view that follows; a signal holds no method, and so nobody keeps the view alive."""

    _due = Signal()

    def __init__(self, view: QWidget, restyle: Callable[[], None]) -> None:
        super().__init__(view)
        self.is_behind = False
        self._due.connect(restyle)

    def follow(self) -> None:
        if self._view.isVisible():
            self.catch_up()
        elif not self.is_behind:
            self.is_behind = True
            self._view.installEventFilter(self)

    def catch_up(self) -> None:
        if self.is_behind:
            self.is_behind = False
            self._view.removeEventFilter(self)
        self._due.emit()

    @property
    def _view(self) -> QWidget:
        view = self.parent()
        assert isinstance(view, QWidget)
        return view

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show:
            self.catch_up()
        return False
