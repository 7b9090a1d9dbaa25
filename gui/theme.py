"""Colours, fonts and scale: the one place that knows how things look.

The colours and marks of what is measured are those of `core.report.marks`, lighter on dark ground.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QIcon, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from core.report.marks import KINDS, MARKS
from gui.following import Followers

SCALES = (0.8, 0.9, 1.0, 1.15, 1.3, 1.5, 1.75, 2.0, 2.5, 3.0)
CELL_PADDING = 5  # pixels, at the usual size, to each side of a text in a table
_BASE_PT = 10.0
_MIDDLE = 128  # of a colour's lightness, from 0 to 255
_ICONS = Path(__file__).resolve().parents[1] / "resources" / "icons"


@dataclass(frozen=True)
class Colours:
    """One colour scheme; every pair that carries text has a contrast of at least 4.5 to 1."""

    window: str
    card: str
    field: str
    text: str
    muted: str
    line: str
    accent: str
    on_accent: str
    accent_soft: str
    error: str
    warning_soft: str
    serial: str
    threads: str
    processes: str
    pool: str
    interpreters: str
    ceiling: str
    waiting: str


LIGHT = Colours(
    window="#f3f4f6",
    card="#ffffff",
    field="#ffffff",
    text="#16202c",
    muted="#566170",
    line="#d5dae1",
    accent="#0067a8",
    on_accent="#ffffff",
    accent_soft="#e1eef8",
    error="#b3261e",
    warning_soft="#fff3d6",
    serial=KINDS["serial"],
    threads=KINDS["threads"],
    processes=KINDS["processes"],
    pool=KINDS["pool"],
    interpreters=KINDS["interpreters"],
    ceiling=KINDS["ceiling"],
    waiting="#a3457d",
)
DARK = Colours(
    window="#14181d",
    card="#1d2329",
    field="#14181d",
    text="#e8ecf1",
    muted="#a3adb9",
    line="#38414b",
    accent="#56b4e9",
    on_accent="#08131c",
    accent_soft="#1f3445",
    error="#ff8a80",
    warning_soft="#3d3216",
    serial="#b4bcc6",
    threads="#e69f00",
    processes="#56b4e9",
    pool="#009e73",
    interpreters="#cc79a7",
    ceiling="#e8ecf1",
    waiting="#cc79a7",
)
_SHAPES = {  # pyqtgraph's names
    "square": "s",
    "triangle": "t1",
    "circle": "o",
    "diamond": "d",
    "star": "star",
    "plus": "+",
}
SYMBOLS = {kind: _SHAPES[shape] for kind, shape in MARKS.items()}


class Theme(QObject):
    """The look in force; views `follow` it, `changed` is for what only paints. GUI thread."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._choice = "system"
        self._step = SCALES.index(1.0)
        self._sheet = ""
        self._followers = Followers(self)
        self.changed.connect(self._followers.follow)
        self.colours = LIGHT
        # Not yet ours, the palette tells; asking for the scheme loads 1900 enums of Qt's, 13 ms.
        self._system_is_dark = QGuiApplication.palette().window().color().lightness() < _MIDDLE
        hints = QGuiApplication.styleHints()
        hints.colorSchemeChanged.connect(self._on_system_changed)

    @property
    def choice(self) -> str:
        """What was chosen: "system", "light" or "dark"."""
        return self._choice

    @property
    def scale(self) -> float:
        """The size of everything, 1.0 at first."""
        return SCALES[self._step]

    @property
    def is_dark(self) -> bool:
        """Whether the dark scheme is in force."""
        return self.colours is DARK

    def follow(self, view: QWidget, restyle: Callable[[], None]) -> None:
        """Have a view restyled at each change: at once if it is seen, else before it is next seen.

        With every page filled, to restyle them all in one turn of the event loop took 110 to 170
        ms; with what is seen alone it takes less than half (docs/decisions/0015).
        """
        self._followers.add(view, restyle)

    def choose(self, choice: str) -> None:
        """Follow the system, or be light or dark."""
        self._choice = choice if choice in ("light", "dark") else "system"
        self.apply()

    def zoom(self, steps: int) -> None:
        """Make everything larger (positive) or smaller; 0 goes back to normal."""
        self._step = (
            SCALES.index(1.0) if steps == 0 else min(max(self._step + steps, 0), len(SCALES) - 1)
        )
        self.apply()

    def set_scale(self, scale: float) -> None:
        """Take the step nearest to `scale`, without telling anyone: for start-up."""
        self._step = min(range(len(SCALES)), key=lambda step: abs(SCALES[step] - scale))

    def of_kind(self, executor: str) -> QColor:
        """Return the colour of an executor kind."""
        return QColor(getattr(self.colours, executor, self.colours.muted))

    def font(self, factor: float = 1.0, bold: bool = False) -> QFont:
        """Return the interface font, `factor` times the normal size."""
        font = QFont(QApplication.font())
        font.setPointSizeF(_BASE_PT * self.scale * factor)
        font.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
        return font

    def mono(self, factor: float = 1.0) -> QFont:
        """Return the font for code and figures in columns."""
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setPointSizeF(_BASE_PT * self.scale * factor)
        return font

    def icon(self, name: str) -> QIcon:
        """Return the icon of that name for the ground in force, greyed where it is disabled."""
        ground = "on-dark" if self.is_dark else "on-light"
        icon = QIcon(str(_ICONS / f"{name}-{ground}.svg"))
        off = str(_ICONS / f"{name}-off-{ground}.svg")
        icon.addFile(off, mode=QIcon.Mode.Disabled)
        return icon

    def px(self, pixels: float) -> int:
        """Scale a length."""
        return round(pixels * self.scale)

    def dress(self, part: QWidget) -> None:
        """Put the style sheet on a part of the window, and on all that is in it.

        Each part has it by itself, and one out of sight is dressed when it is next seen: to change
        a sheet of the whole application takes 330 ms when every page is built, and a page's 5.
        """
        part.setStyleSheet(self._sheet)

    def apply(self) -> None:
        """Put palette and font on the application, then tell the views, which dress themselves."""
        dark = self._choice == "dark" or (self._choice == "system" and self._system_is_dark)
        self.colours = DARK if dark else LIGHT
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.setPalette(_palette(self.colours))
        app.setFont(self.font())
        self._sheet = _style_sheet(self.colours, self)
        self.changed.emit()

    @Slot()
    def _on_system_changed(self) -> None:
        from PySide6.QtCore import Qt

        scheme = QGuiApplication.styleHints().colorScheme()
        self._system_is_dark = scheme == Qt.ColorScheme.Dark
        if self._choice == "system":
            self.apply()


def _palette(colours: Colours) -> QPalette:
    roles = QPalette.ColorRole
    palette = QPalette()
    for role, colour in {
        roles.Window: colours.window,
        roles.Base: colours.field,
        roles.AlternateBase: colours.window,
        roles.Button: colours.card,
        roles.WindowText: colours.text,
        roles.Text: colours.text,
        roles.ButtonText: colours.text,
        roles.PlaceholderText: colours.muted,
        roles.ToolTipBase: colours.card,
        roles.ToolTipText: colours.text,
        roles.Highlight: colours.accent,
        roles.HighlightedText: colours.on_accent,
        roles.Link: colours.accent,
        roles.Accent: colours.accent,
        roles.Light: colours.card,
        roles.Midlight: colours.line,
        roles.Mid: colours.line,
        roles.Dark: colours.line,
    }.items():
        palette.setColor(role, QColor(colour))
    for role in (roles.WindowText, roles.Text, roles.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(colours.muted))
    return palette


def _style_sheet(c: Colours, theme: Theme) -> str:
    px = theme.px
    ground = "on-dark" if theme.is_dark else "on-light"

    def icon(name: str) -> str:
        file = (_ICONS / f"{name}-{ground}.svg").as_posix().replace('"', '\\"')
        return f'url("{file}")'  # unquoted, one space would leave the whole window unstyled

    return f"""
    QMainWindow, QWidget#page {{ background: {c.window}; }}
    QFrame[card="true"] {{ background: {c.card}; border: 1px solid {c.line};
        border-radius: {px(8)}px; }}
    QFrame[bar="true"] {{ background: {c.warning_soft}; border: 1px solid {c.line};
        border-radius: {px(6)}px; }}
    QFrame[outer="true"] {{ margin: {px(8)}px {px(14)}px 0 {px(12)}px; }}
    QLabel[muted="true"] {{ color: {c.muted}; }}
    QLabel[marked="true"] {{ background: {c.warning_soft};
        border-radius: {px(4)}px; }}
    QLabel[error="true"] {{ color: {c.error}; }}
    QToolTip {{ background: {c.card}; color: {c.text}; border: 1px solid {c.line};
        padding: {px(4)}px; }}
    QLineEdit, QComboBox {{ background: {c.field}; border: 1px solid {c.line};
        border-radius: {px(5)}px; padding: {px(4)}px {px(7)}px;
        selection-background-color: {c.accent}; selection-color: {c.on_accent}; }}
    QLineEdit:focus, QComboBox:focus {{ border: 1px solid {c.accent}; }}
    QLineEdit[wrong="true"] {{ border: 1px solid {c.error}; }}
    QLineEdit:disabled, QComboBox:disabled {{ color: {c.muted}; background: {c.window}; }}
    QComboBox::drop-down {{ border: 0; width: {px(20)}px; }}
    QComboBox::down-arrow {{ image: {icon("down")}; width: {px(12)}px; height: {px(12)}px; }}
    QCheckBox {{ spacing: {px(6)}px; }}
    QCheckBox::indicator {{ width: {px(15)}px; height: {px(15)}px; border: 1px solid {c.muted};
        background: {c.field}; border-radius: {px(4)}px; }}
    QCheckBox::indicator:checked {{ background: {c.accent}; border-color: {c.accent};
        image: {icon("check")}; }}
    QCheckBox::indicator:disabled {{ border-color: {c.line}; }}
    QCheckBox::indicator:checked:disabled {{ background: {c.muted}; border-color: {c.muted}; }}
    QCheckBox:focus, QToolButton:focus {{ color: {c.text}; background: {c.accent_soft};
        border-radius: {px(4)}px; }}
    QComboBox QAbstractItemView {{ background: {c.card}; border: 1px solid {c.line};
        selection-background-color: {c.accent_soft}; selection-color: {c.text}; }}
    QToolButton[disclosure="true"] {{ border: 0; border-radius: {px(4)}px;
        padding: {px(3)}px {px(6)}px {px(3)}px 0; }}
    QToolButton[disclosure="true"]:hover, QToolButton[disclosure="true"]:focus {{
        background: {c.accent_soft}; }}
    QToolButton[export="true"] {{ border: 0; padding: {px(3)}px {px(6)}px; }}
    QTabWidget > QToolButton[export="true"] {{ padding: {px(1)}px {px(6)}px {px(6)}px; }}
    QToolButton[export="true"]:hover {{ background: {c.accent_soft}; border-radius: {px(4)}px; }}
    QToolButton[export="true"]::menu-indicator {{ image: none; width: 0; }}
    QMenu::item:disabled {{ color: {c.muted}; }}
    QMenu::separator {{ height: 1px; background: {c.line}; margin: {px(4)}px {px(8)}px; }}
    QPushButton {{ background: {c.card}; border: 1px solid {c.line}; border-radius: {px(6)}px;
        padding: {px(6)}px {px(14)}px; }}
    QPushButton:hover {{ border-color: {c.accent}; }}
    QPushButton:focus {{ border: 2px solid {c.accent};
        padding: {px(6) - 1}px {px(14) - 1}px; }}
    QPushButton:disabled {{ color: {c.muted}; background: {c.window}; }}
    QPushButton[primary="true"] {{ background: {c.accent}; color: {c.on_accent};
        border-color: {c.accent}; font-weight: 600; }}
    QPushButton[primary="true"]:focus {{ border-color: {c.text}; }}
    QPushButton[primary="true"]:hover {{ border-color: {c.text}; }}
    QPushButton[primary="true"]:disabled {{ background: {c.window}; color: {c.muted};
        border-color: {c.line}; }}
    QListWidget#nav {{ background: {c.window}; border: 0; outline: 0;
        padding: {px(6)}px; }}
    QListWidget#nav::item {{ padding: {px(8) - 2}px {px(10) - 2}px; border-radius: {px(6)}px;
        border: 2px solid transparent; color: {c.text}; }}
    QListWidget#nav::item:selected {{ background: {c.accent_soft}; color: {c.text}; }}
    QListWidget#nav::item:selected:focus {{ border-color: {c.accent}; }}
    QListWidget#nav::item:hover:!selected {{ background: {c.card}; }}
    QListWidget#parts {{ background: {c.card}; border: 1px solid transparent; outline: 0; }}
    QListWidget#parts:focus {{ border-color: {c.accent}; }}
    QListWidget#parts::item {{ padding: {px(3)}px {px(6)}px; color: {c.text}; }}
    QListWidget#parts::item:selected {{ background: {c.accent_soft}; }}
    QTabBar {{ background: transparent; }}
    QTabBar::tab {{ background: transparent; color: {c.muted}; border: 0;
        padding: {px(6)}px {px(9)}px; border-bottom: {px(2)}px solid transparent; }}
    QTabBar::tab:selected {{ color: {c.text}; border-bottom-color: {c.accent}; }}
    QTabBar::tab:hover:!selected {{ color: {c.text}; }}
    QTabBar::tab:focus {{ color: {c.text}; background: {c.accent_soft}; }}
    QTabWidget::pane {{ border: 0; border-top: 1px solid {c.line}; }}
    QTableView {{ background: {c.card}; border: 1px solid transparent; gridline-color: {c.line};
        alternate-background-color: {c.window};
        selection-background-color: {c.accent_soft}; selection-color: {c.text}; }}
    QTableView::item {{ padding: 0 {px(CELL_PADDING)}px; }}
    QPlainTextEdit, QTextBrowser {{ background: {c.card}; border: 1px solid transparent; }}
    QPlainTextEdit#history-note {{ background: {c.field}; border: 1px solid {c.line};
        border-radius: {px(5)}px; }}
    QPlainTextEdit#history-note:focus {{ border-color: {c.accent}; }}
    QPlainTextEdit#history-note:disabled {{ background: {c.window}; }}
    QTableView:focus, QPlainTextEdit:focus, QTextBrowser:focus {{ border-color: {c.accent}; }}
    QHeaderView {{ background: {c.card}; border: 0; }}
    QHeaderView::section {{ background: {c.card}; color: {c.muted}; border: 0;
        border-bottom: 1px solid {c.line}; padding: {px(5)}px {px(8)}px; }}
    QTableCornerButton::section {{ background: {c.card}; border: 0; }}
    QProgressBar {{ background: {c.line}; border: 0; border-radius: {px(3)}px; }}
    QProgressBar::chunk {{ background: {c.accent}; border-radius: {px(3)}px; }}
    QWidget#strip {{ background: {c.card}; border-top: 1px solid {c.line}; }}
    QSplitter::handle {{ background: transparent; }}
    QScrollArea {{ background: transparent; border: 0; }}
    QAbstractScrollArea::corner {{ background: transparent; border: 0; }}
    QScrollArea#words {{ border: 1px solid transparent; }}
    QScrollArea#words:focus {{ border-color: {c.accent}; }}
    QScrollArea > QWidget > QWidget {{ background: transparent; }}
    QSlider::groove:horizontal {{ background: {c.line}; height: {2 * px(2)}px;
        border-radius: {px(2)}px; }}
    QSlider::sub-page:horizontal {{ background: {c.accent}; border-radius: {px(2)}px; }}
    QSlider::handle:horizontal {{ background: {c.accent}; width: {2 * px(2) + 2 * px(5)}px;
        margin: -{px(5)}px 0; border-radius: {px(2) + px(5)}px; }}
    QSlider::handle:horizontal:focus {{ background: {c.text}; }}
    QSlider::sub-page:horizontal:disabled, QSlider::handle:horizontal:disabled {{
        background: {c.muted}; }}
    QScrollBar {{ background: transparent; border: 0; }}
    QScrollBar:vertical {{ width: {px(10)}px; }}
    QScrollBar:horizontal {{ height: {px(10)}px; }}
    QScrollBar::handle {{ background: {c.line}; border-radius: {px(4)}px; margin: {px(1)}px;
        min-height: {px(24)}px; min-width: {px(24)}px; }}
    QScrollBar::handle:hover {{ background: {c.muted}; }}
    QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
    QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
    QMenuBar {{ background: {c.window}; }}
    QMenuBar::item:selected {{ background: {c.accent_soft}; }}
    QMenu {{ background: {c.card}; border: 1px solid {c.line}; padding: {px(4)}px; }}
    QMenu::item {{ padding: {px(5)}px {px(24)}px; }}
    QMenu::item:selected {{ background: {c.accent_soft}; color: {c.text}; }}
    """
