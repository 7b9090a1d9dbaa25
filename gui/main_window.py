"""The window: navigation, pages, menus and the strip; layout and actions, no logic."""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Signal, SignalInstance
from PySide6.QtGui import (
    QAction,
    QActionGroup,
    QCloseEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QGuiApplication,
    QKeySequence,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QMainWindow,
    QMenu,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from gui.escape import asks_for_escape
from gui.theme import Theme

if TYPE_CHECKING:
    from gui.views.drop_sign import DropSign

_NAV_WIDTH, _NAV_SHARE, _NAV_ROW, _NAV_PADDING = 160, 0.24, 34, 6
_USUAL, _FRAME = (1280, 800), (16, 48)
_HELP = (("&Keyboard", "F1"), ("&Check this installation", ""), ("&About Futures Lab", ""))


class MainWindow(QMainWindow):
    """The lab's only window; `brought` has what was dropped or pasted."""

    page_shown = Signal(int)
    closing = Signal()
    run_triggered = Signal()
    stop_triggered = Signal()
    open_triggered = Signal()
    save_triggered = Signal()
    brought = Signal(object)
    theme_chosen = Signal(str)
    zoomed = Signal(int)
    help_wanted = Signal(int)

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
        self._stack.currentChanged.connect(self.page_shown)
        self._build()
        self._make_menus()
        theme.changed.connect(self._restyle)
        self._restyle()

    @property
    def page(self) -> int:
        """The number of the page in front."""
        return self._stack.currentIndex()

    @property
    def looks(self) -> Sequence[QAction]:
        """What changes size and colours, for other windows of the program to offer too."""
        return self._view.actions()

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

    def show_theme(self, choice: str) -> None:
        """Check the menu entry of the colour scheme in force."""
        self._themes[choice].setChecked(True)

    def event(self, event: QEvent) -> bool:
        """Let Esc stop a run only from a page of an experiment, where what it stops is seen."""
        if asks_for_escape(event) and self.page >= self._nav.count():
            event.accept()
            return True
        return super().event(event)

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

    def _make_menus(self) -> None:
        file = self.menuBar().addMenu("&File")
        self._add(file, "&Open runs …", self.open_triggered, "Ctrl+O")
        self._add(file, "&Save this run as …", self.save_triggered, "Ctrl+S")
        paste = file.addAction("&Paste runs")
        paste.setShortcuts(_keys("Ctrl+V"))
        paste.triggered.connect(self._paste)
        run = self.menuBar().addMenu("&Run")
        self._add(run, "&Run", self.run_triggered, "Ctrl+R", "F5")
        self._add(run, "&Stop", self.stop_triggered, "Esc")
        run.addSeparator()
        quit_action = run.addAction("&Quit")
        quit_action.setShortcuts(_keys("Ctrl+Q"))
        quit_action.triggered.connect(self.close)
        self._view = view = self.menuBar().addMenu("&View")
        for label, steps, keys in (
            ("&Larger", 1, ("Ctrl++", "Ctrl+=")),
            ("&Smaller", -1, ("Ctrl+-",)),
            ("&Normal size", 0, ("Ctrl+0",)),
        ):
            action = view.addAction(label)
            action.setShortcuts(_keys(*keys))
            action.triggered.connect(lambda _=False, steps=steps: self.zoomed.emit(steps))
        view.addSeparator()
        group = QActionGroup(self)
        self._themes: dict[str, QAction] = {}
        for choice, label in (("system", "As the s&ystem"), ("light", "L&ight"), ("dark", "&Dark")):
            action = view.addAction(label)
            action.setCheckable(True)
            action.triggered.connect(lambda _=False, choice=choice: self.theme_chosen.emit(choice))
            group.addAction(action)
            self._themes[choice] = action
        help_menu = self.menuBar().addMenu("&Help")
        for tab, (label, key) in enumerate(_HELP):
            action = help_menu.addAction(label)
            action.setShortcuts(_keys(*filter(None, [key])))
            action.triggered.connect(lambda _=False, tab=tab: self.help_wanted.emit(tab))

    def _need_drop_sign(self) -> "DropSign":
        if self._drop_sign is None:
            from gui.views.drop_sign import DropSign

            self._drop_sign = DropSign(self._theme, self)
        return self._drop_sign

    def _paste(self) -> None:
        self.brought.emit(QGuiApplication.clipboard().mimeData())

    def _add(self, menu: QMenu, label: str, signal: SignalInstance, *keys: str) -> None:
        action = menu.addAction(label)
        action.setShortcuts(_keys(*keys))
        action.triggered.connect(signal)

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


def _keys(*names: str) -> list[QKeySequence]:
    return [QKeySequence.fromString(name) for name in names]
