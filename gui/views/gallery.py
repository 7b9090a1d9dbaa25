"""The page "Class gallery": thirty laptops over one another, and which is whose."""

from __future__ import annotations

from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QStackedWidget, QVBoxLayout

from gui.theme import Theme
from gui.turns import Turns
from gui.views.export_button import ExportButton
from gui.views.frame import PageFrame
from gui.views.result import Card

if TYPE_CHECKING:
    from core.results.gallery import Gallery
    from gui.views.class_view import ClassView
    from gui.views.gallery_chart import Choice

_TITLE = "Class gallery"
_NO_RUNS = "There are no runs yet: open the files of a class first."
_NO_CURVES = "No run here has a curve"
_INVITATION = "The runs of thirty laptops over one another"
_STEPS = (
    "1.  Each student runs the same experiment, saves it as .futureslab (Ctrl+S) and sends it.\n"
    "2.  Drop all their files here, or open them at once (Ctrl+O).\n"
    "3.  All curves are laid over one another: point at one to see whose it is.\n\n"
    "Your own runs come here from the History: choose some, then press Gallery."
)


class GalleryPage(PageFrame):
    """What to do while there are no runs, then those of a class. GUI thread.

    `open_requested` asks for files; `cleared` says that a person took all away; `export_requested`
    what shall be taken away of what is seen. What laptops are seen on, and its heavy imports, come
    with the first of them.
    """

    open_requested = Signal()
    cleared = Signal()
    export_requested = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self._count, self._has_something = 0, False
        self._class: ClassView | None = None
        self._turns = Turns(self)
        self._title, self._invitation, self._steps = QLabel(), QLabel(_INVITATION), QLabel(_STEPS)
        self._clear, self._export = QPushButton("Clear"), ExportButton(theme, of_run=False)
        self._open, self._begin = QPushButton("Open files …"), QPushButton("Open files …")
        self._places = QStackedWidget()
        self._build()
        self._connect()
        self._restyle()
        self._show_count(0)

    @property
    def view(self) -> ClassView:
        """What is seen of the class; built now, if need be."""
        if self._class is None:
            from gui.views.class_view import ClassView

            self._class = ClassView(self._theme)
            self._places.addWidget(self._class)
        return self._class

    @property
    def choice(self) -> Choice | None:
        """What is shown of the class; None while nothing is."""
        return None if self._class is None else self._class.choice

    def show_soon(self, gallery: Gallery) -> None:
        """Show these runs in place of all others, a part in each turn of the event loop."""
        self._turns.take(
            (
                partial(import_module, "gui.views.class_view"),
                lambda: self.view,
                partial(self._draw, gallery),
                partial(self._count_runs, gallery),
            )
        )

    def show_gallery(self, gallery: Gallery) -> None:
        """Show these runs in place of all others, at once."""
        self._turns.drop()
        self._draw(gallery)
        self._count_runs(gallery)

    def _draw(self, gallery: Gallery) -> None:
        self.view.show_gallery(gallery)

    def _count_runs(self, gallery: Gallery) -> None:
        self._show_count(gallery.runs, bool(gallery.laptops or gallery.left_out))

    def _show_count(self, count: int, has_something: bool = False) -> None:
        self._count, self._has_something = count, has_something
        counted = "1 run" if count == 1 else f"{count} runs" if count else _NO_CURVES
        self._title.setText(counted if has_something else _TITLE)
        self._places.setCurrentIndex(int(has_something))
        for button in (self._clear, self._open):
            button.setVisible(has_something)

    def _build(self) -> None:
        self._open.setToolTip("Choose the files of a class (Ctrl+O)")
        self._begin.setToolTip("Choose the files of a class (Ctrl+O)")
        self._clear.setToolTip("Take all runs away; they stay in the history")
        self._begin.setProperty("primary", True)
        for widget, name in (
            (self._open, "open"),
            (self._begin, "begin"),
            (self._clear, "clear"),
            (self._export, "export"),
            (self._title, "title"),
            (self._steps, "steps"),
        ):
            widget.setObjectName(f"gallery-{name}")
        self._title.setTextFormat(Qt.TextFormat.PlainText)
        self._steps.setWordWrap(True)
        empty = Card()
        column = QVBoxLayout(empty)
        column.setContentsMargins(32, 24, 32, 24)
        column.setSpacing(14)
        column.addStretch(1)
        column.addWidget(self._invitation)
        column.addWidget(self._steps)
        column.addWidget(self._begin, 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch(2)
        self._places.addWidget(empty)
        header = QHBoxLayout()
        header.addWidget(self._title, 1)
        header.addWidget(self._export)
        header.addWidget(self._clear)
        header.addWidget(self._open)
        layout = self._make_column()
        layout.addLayout(header)
        layout.addWidget(self._places, 1)

    def _connect(self) -> None:
        for button in (self._open, self._begin):
            button.clicked.connect(self.open_requested)
        self._clear.clicked.connect(self._on_clear)
        self._export.asked.connect(self._offer_export)
        self._export.chosen.connect(self.export_requested)
        self._theme.follow(self, self._restyle)

    def _on_clear(self) -> None:
        self._turns.drop()
        self.cleared.emit()
        self._show_count(0)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer what can be taken away where the chart was clicked too."""
        self._export.pop_up(event.globalPos())

    def _offer_export(self) -> None:
        self._export.offer(bool(self._count), self._has_something, _NO_RUNS, f"{_NO_CURVES}.")

    def _restyle(self) -> None:
        self._title.setFont(self._theme.font(1.2, bold=True))
        self._invitation.setFont(self._theme.font(1.4, bold=True))
        self._steps.setFont(self._theme.font(1.05))
        self._dress_when_seen()
