"""About the program: its versions, and the licences of all that travels inside it."""

import platform
import sys
from collections.abc import Sequence
from html import escape
from pathlib import Path

import PySide6
from PySide6.QtCore import Qt, Signal, qVersion
from PySide6.QtGui import QIcon, QShowEvent
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QPushButton,
    QSplitter,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from core import __version__, installed, shipped
from gui.theme import Theme

_ROOT = Path(__file__).resolve().parents[2]
_ICON = _ROOT / "resources" / "icons" / "futures-lab.svg"
_SIZE = 56
_WHAT = "A lab in which you see how Python runs work at the same time."
_TERMS = "Free software under the MIT licence. Below is what travels with it, and its licences."


def facts() -> str:
    """Say which versions of what run here, a line each; this is what to tell with a problem."""
    where = f"installed in {Path(sys.executable).parent}"
    return "\n".join(
        (
            f"Futures Lab {__version__}, "
            + (where if installed.is_installed() else f"run from source in {_ROOT}"),
            f"{platform.python_implementation()} {platform.python_version()}",
            f"Qt {qVersion()}, PySide6 {PySide6.__version__}",
            platform.platform(),
        )
    )


class AboutView(QWidget):
    """Name, versions, and a list of parts whose licences can be read.

    `wanted` carries a pure job for another thread, and the handler of its result: the list is made
    of files, which takes a while. It is asked for at first sight. GUI thread.
    """

    wanted = Signal(object, object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("about")
        self._theme = theme
        self._parts: Sequence[shipped.Part] = ()
        self._has_asked = False
        self._icon, self._name, self._what = QLabel(), QLabel("Futures Lab"), QLabel(_WHAT)
        self._facts, self._terms = QLabel(facts()), QLabel(_TERMS)
        self._copy = QPushButton("Copy")
        self._list, self._text = QListWidget(), QTextBrowser()
        self._build()
        self._copy.clicked.connect(self._on_copy)
        self._list.currentRowChanged.connect(self._show_part)
        theme.follow(self, self._restyle)
        self._restyle()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._has_asked:
            self._has_asked = True
            self.wanted.emit(shipped.parts, self._show_parts)

    def _show_parts(self, parts: Sequence[shipped.Part]) -> None:
        self._parts = parts
        self._list.addItems([f"{part.name} {part.version}" for part in parts])
        self._list.setCurrentRow(0)
        self._fit_list()

    def _build(self) -> None:
        for label, name in (
            (self._what, "about-what"),
            (self._facts, "about-facts"),
            (self._terms, "about-terms"),
        ):
            label.setObjectName(name)
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
        self._facts.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._facts.setProperty("muted", True)
        self._copy.setObjectName("about-copy")
        self._copy.setToolTip("Copy these lines, to send them along with a question")
        self._list.setObjectName("parts")
        self._list.setAccessibleName("What travels along")
        self._text.setObjectName("licence")
        self._text.setAccessibleName("Licence")
        self._text.setOpenExternalLinks(True)
        words = QVBoxLayout()
        for label in (self._name, self._what, self._facts):
            words.addWidget(label)
        top = QHBoxLayout()
        top.setSpacing(16)
        top.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        top.addLayout(words, 1)
        top.addWidget(self._copy, 0, Qt.AlignmentFlag.AlignTop)
        both = QSplitter()
        both.addWidget(self._list)
        both.addWidget(self._text)
        both.setStretchFactor(1, 1)
        both.setChildrenCollapsible(False)
        column = QVBoxLayout(self)
        column.addLayout(top)
        column.addWidget(self._terms)
        column.addWidget(both, 1)

    def _on_copy(self) -> None:
        QApplication.clipboard().setText(facts() + "\n")
        self._copy.setText("Copied")

    def _show_part(self, row: int) -> None:
        part = self._parts[row]
        home = escape(part.home)
        self._text.setHtml(
            f"<p><b>{escape(part.name)} {escape(part.version)}</b>, {escape(part.terms)}</p>"
            f"<p><a href='{home}'>{home}</a></p>"
            f"<pre style='white-space: pre-wrap'>{escape(part.text)}</pre>"
        )

    def _restyle(self) -> None:
        size = self._theme.px(_SIZE)
        self._icon.setPixmap(QIcon(str(_ICON)).pixmap(size, size))
        self._name.setFont(self._theme.font(1.5, bold=True))
        self._text.document().setDefaultFont(self._theme.mono(0.9))
        self._fit_list()

    def _fit_list(self) -> None:
        self._list.setMinimumWidth(self._list.sizeHintForColumn(0) + self._theme.px(24))
