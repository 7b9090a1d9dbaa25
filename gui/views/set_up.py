"""The card at the left of a page: its form, and the button for what is seldom changed."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout

from gui.theme import Theme
from gui.views.field import Field
from gui.views.form import Form
from gui.views.result import Card
from gui.views.scrolled import scroll_to, scrolled


class SetUp(Card):
    """A form that scrolls under its title; what More opens is brought into sight. GUI thread."""

    def __init__(self, form: Form, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._form = form
        self._heading = QLabel("Set up")
        self._area = scrolled(form)
        top = QHBoxLayout()
        top.addWidget(self._heading, 1)
        top.addWidget(form.more)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 8, 8)
        column.addLayout(top)
        column.addWidget(self._area, 1)
        form.more.toggled.connect(self._on_more)
        theme.follow(self, self._restyle)
        self._restyle()

    def show_problem(self) -> None:
        """Bring the first field that is wrong into sight, and the focus to it."""
        if (wrong := self._form.wrong) is not None:
            if not wrong.isVisible():
                self._form.more.setChecked(True)
            QTimer.singleShot(0, partial(self._go_to, wrong))  # once it has its place

    def _go_to(self, field: Field) -> None:
        field.take_focus()
        self._area.ensureWidgetVisible(field, 0, 0)

    def _on_more(self, is_open: bool) -> None:
        if is_open:  # once it has its place
            QTimer.singleShot(0, partial(scroll_to, self._area, self._form.opened))

    def _restyle(self) -> None:
        self._heading.setFont(self._theme.font(1.0, bold=True))
