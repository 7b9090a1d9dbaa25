"""The window: navigation, pages, menus and the strip; layout and actions, no logic."""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QEvent, QSize, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QGuiApplication,
    QKeyEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QMainWindow,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from gui.menus import Menus
from gui.theme import Theme

if TYPE_CHECKING:
    from gui.views.drop_sign import DropSign

_NAV_WIDTH, _NAV_SHARE, _NAV_ROW, _NAV_PADDING = 160, 0.24, 34, 6
_USUAL, _FRAME = (1280, 800), (16, 48)


class MainWindow(QMainWindow):
    """The lab's only window; `menus` tell what is chosen there, what this window cannot do itself.

    `brought` has what was dropped or pasted. GUI thread.
    """

    page_shown = Signal(int)
    closing = Signal()
    brought = Signal(object)

    def __init__(self, titles: Sequence[str], others: Sequence[str], theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setWindowTitle("Futures Lab")
        self.setAcceptDrops(True)
        self.setMinimumSize(800, 560)
        self.resize(self._usual_size())
        self._drop_sign: DropSign | None = None
        self._stack = QStackedWidget()
        self._nav = self._make_list("Experiments", titles)
        self._others = self._make_list("Other pages", others)
        self._nav.setCurrentRow(0)
        for chosen, other, first in (
            (self._nav, self._others, 0),
            (self._others, self._nav, self._nav.count()),
        ):
            chosen.itemSelectionChanged.connect(partial(self._on_chosen, chosen, other, first))
        self._build()
        self.menus = Menus(self.menuBar(), (*titles, *others))
        self._heed_menus()
        self._stack.currentChanged.connect(self._on_page_changed)
        theme.follow(self, self._restyle)
        self._restyle()

    @property
    def page(self) -> int:
        """The number of the page in front."""
        return self._stack.currentIndex()

    def show_page(self, number: int) -> None:
        """Bring a page to the front."""
        other = number - self._nav.count()
        pages, row = (self._nav, number) if other < 0 else (self._others, other)
        pages.setCurrentRow(row)
        pages.item(row).setSelected(True)  # it may have been the current one already

    def install_above(self, number: int, bar: QWidget) -> None:
        """Put a bar above a page."""
        place = self._stack.widget(number)
        layout = place.layout() if place is not None else None
        assert isinstance(layout, QVBoxLayout)
        layout.insertWidget(0, bar)

    def install_page(self, number: int, page: QWidget) -> None:
        """Put a page in the place that was kept for it."""
        place = self._stack.widget(number)
        layout = place.layout() if place is not None else None
        assert layout is not None
        layout.addWidget(page)

    def install_strip(self, strip: QWidget) -> None:
        """Put the status strip in the place that was kept for it."""
        layout = self._strip.layout()
        assert layout is not None
        layout.addWidget(strip)

    def install_bar(self, bar: QWidget) -> None:
        """Put a bar with messages between the pages and the status strip."""
        self._column.insertWidget(self._column.count() - 1, bar)

    def closeEvent(self, event: QCloseEvent) -> None:
        self.closing.emit()
        super().closeEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls() or event.mimeData().hasText():
            event.acceptProposedAction()
            self._need_drop_sign().cover()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._need_drop_sign().hide()

    def dropEvent(self, event: QDropEvent) -> None:
        self._need_drop_sign().hide()
        event.acceptProposedAction()
        self.brought.emit(event.mimeData())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_nav()

    def sizeHint(self) -> QSize:
        return self._usual_size()

    def _usual_size(self) -> QSize:
        """The size at first: all of it, its frame too, has to be seen on a small screen."""
        screen = self.screen().availableSize() - QSize(*_FRAME)
        return QSize(*_USUAL).boundedTo(screen).expandedTo(self.minimumSize())

    def _make_list(self, name: str, titles: Sequence[str]) -> QListWidget:
        """Make a list of pages, and keep a place for each."""
        made = QListWidget()
        made.setObjectName("nav")
        made.setAccessibleName(name)
        for title in titles:
            made.addItem(QListWidgetItem(title))
            made.item(made.count() - 1).setToolTip(title)
            place = QWidget()
            QVBoxLayout(place).setContentsMargins(0, 0, 0, 0)
            self._stack.addWidget(place)
        return made

    def _on_chosen(self, chosen: QListWidget, other: QListWidget, first: int) -> None:
        """Show the page that was selected; the current row would move with the mere focus."""
        if items := chosen.selectedItems():
            other.clearSelection()
            self._stack.setCurrentIndex(first + chosen.row(items[0]))

    def _build(self) -> None:
        self._strip = QWidget()
        self._strip.setObjectName("strip")
        strip = QVBoxLayout(self._strip)
        strip.setContentsMargins(0, 0, 0, 0)
        middle = QHBoxLayout()
        middle.setSpacing(0)
        pages = QVBoxLayout()
        pages.setSpacing(0)
        pages.addWidget(self._nav, 1)
        pages.addWidget(self._others)
        middle.addLayout(pages)
        middle.addWidget(self._stack, 1)
        central = QWidget()
        self._column = column = QVBoxLayout(central)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(middle, 1)
        column.addWidget(self._strip)
        self.setCentralWidget(central)

    def _heed_menus(self) -> None:
        """Do what is done by the window itself."""
        menus = self.menus
        menus.closed.connect(self.close)
        menus.copied.connect(partial(self._press_there, "C"))
        menus.all_selected.connect(partial(self._press_there, "A"))
        menus.pasted.connect(self._paste)
        menus.filled_screen.connect(self._fill_screen)
        menus.page_wanted.connect(self.show_page)
        menus.page_turned.connect(self._turn_page)

    def _press_there(self, letter: str) -> None:
        """Do what Ctrl and a letter do where the keyboard's focus is: each part knows it best."""
        from PySide6.QtCore import Qt  # makes all its enumerations: not before the first paint

        if (part := self.focusWidget()) is not None:
            control = Qt.KeyboardModifier.ControlModifier
            QCoreApplication.sendEvent(part, QKeyEvent(QEvent.Type.KeyPress, ord(letter), control))

    def _need_drop_sign(self) -> "DropSign":
        if self._drop_sign is None:
            from gui.views.drop_sign import DropSign

            self._drop_sign = DropSign(self._theme, self)
        return self._drop_sign

    def _paste(self) -> None:
        """Paste into the text that has the focus; else take what was copied for runs."""
        part = self.focusWidget()
        paste = getattr(part, "paste", None)
        if callable(paste) and not getattr(part, "isReadOnly", bool)():
            paste()
        else:
            self.brought.emit(QGuiApplication.clipboard().mimeData())

    def _fill_screen(self, on: bool) -> None:
        from PySide6.QtCore import Qt  # makes all its enumerations: not before the first paint

        full = Qt.WindowState.WindowFullScreen
        state = self.windowState()
        self.setWindowState(state | full if on else state & ~full)

    def _on_page_changed(self, number: int) -> None:
        self.menus.let_escape_stop(number < self._nav.count())
        self.page_shown.emit(number)

    def _turn_page(self, steps: int) -> None:
        self.show_page((self.page + steps) % self._stack.count())

    def _restyle(self) -> None:
        for part in (self.menuBar(), self._nav, self._others, self._strip):
            self._theme.dress(part)
        self._fit_nav()
        for pages in (self._nav, self._others):
            for row in range(pages.count()):
                pages.item(row).setSizeHint(QSize(0, self._theme.px(_NAV_ROW)))
        height = self._others.count() * self._theme.px(_NAV_ROW) + 2 * self._theme.px(_NAV_PADDING)
        self._others.setFixedHeight(height + 2)
        self._strip.setMinimumHeight(self._theme.px(32))

    def _fit_nav(self) -> None:
        """With large type in a small window, leave most of the width to the page."""
        width = min(self._theme.px(_NAV_WIDTH), round(_NAV_SHARE * self.width()))
        for pages in (self._nav, self._others):
            pages.setFixedWidth(width)
