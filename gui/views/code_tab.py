"""The tab "Code" of an experiment's page: its script, as the form and the run in sight have it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from core.experiments.base import Code, Experiment
from gui.theme import Theme
from gui.views.late import Late

if TYPE_CHECKING:
    from core.parameters import Values
    from core.results.records import RunRecord
    from gui.views.code import CodeView


class CodeTab(QObject):
    """Shows the script of what it was given last; `tab` is built when it is first seen.

    `wanted` carries a pure job for another thread, and the handler of its result;
    `export_requested` says that a person wants the script as a file. GUI thread.
    """

    wanted = Signal(object, object)
    export_requested = Signal(str)

    def __init__(self, experiment: Experiment, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self._experiment = experiment
        self._theme = theme
        self._given: tuple[Values, RunRecord | None] = (experiment.defaults(), None)
        self._view: CodeView | None = None

    def make_tab(self) -> QWidget:
        """Make the tab, once."""
        return Late(self._make_view)

    def show_code(self, values: dict[str, Any], record: RunRecord | None) -> None:
        """Show the script of these values, with what a run of them found, such as its size."""
        self._given = (values, record)
        self._fill()

    @property
    def code(self) -> Code:
        """The script of what was given last; at first, of the values that all have then."""
        values, record = self._given
        if record is not None:
            values = self._experiment.as_run(values, record)
        return self._experiment.code(values)

    def want_colours(self) -> None:
        """Ask again for what nobody heard."""
        if self._view is not None:
            self._view.want_colours()

    def _make_view(self) -> QWidget:
        from gui.views.code import CodeView

        self._view = view = CodeView(self._theme)
        view.wanted.connect(self.wanted)
        view.save_requested.connect(partial(self.export_requested.emit, "script"))
        self._fill()
        return view

    def _fill(self) -> None:
        if self._view is not None:
            self._view.show_code(self.code)
