"""The real program, which also tells a test what its window shows.

`python -m tests.stories.observed FILE` starts it as always; a timer in its GUI thread writes every
visible widget that has a name, with its place, text and state, to FILE. Nothing of the program is
changed or replaced.
"""

import faulthandler
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.signals import STACKS

if TYPE_CHECKING:
    from PySide6.QtCore import QObject

_PERIOD_MS = 50


def main() -> int:
    """Run the program as `main.py` does, observed."""
    target = Path(sys.argv.pop(1))
    if sys.platform != "win32":
        faulthandler.register(STACKS)
    from gui.app import main as window

    def watch(lab: "QObject") -> None:
        from PySide6.QtCore import QTimer  # not before the program has seen to its own imports

        timer = QTimer(lab)
        timer.timeout.connect(lambda: _write(target, _look()))
        timer.start(_PERIOD_MS)

    return window(sys.argv[1:], watch)


def _look() -> dict[str, Any]:
    from PySide6.QtWidgets import QApplication, QListWidget, QTabBar

    seen: dict[str, Any] = {"clipboard": {"text": QApplication.clipboard().text()}}
    for widget in QApplication.allWidgets():
        name = widget.objectName() or widget.accessibleName()
        if isinstance(widget, QTabBar) and widget.isVisible():
            seen |= _tabs(widget)
        if isinstance(widget, QListWidget) and widget.isVisible():
            seen |= _items(widget)
        if name and widget.isVisible():
            corner = widget.mapTo(widget.window(), widget.rect().topLeft())
            model = getattr(widget, "model", None)
            seen[name] = {
                "x": corner.x(),
                "y": corner.y(),
                "width": widget.width(),
                "height": widget.height(),
                "enabled": widget.isEnabled(),
                "checked": bool(getattr(widget, "isChecked", bool)()),
                "text": _text(widget),
                "rows": model().rowCount() if callable(model) and model() else 0,
                "tip": widget.toolTip(),
                "focus": widget.hasFocus(),
                **_out_of_sight(widget),
            }
    return seen


def _text(widget: Any) -> str:
    """Read a widget as a person does: of rich text the words."""
    from PySide6.QtCore import Qt
    from PySide6.QtGui import QTextDocumentFragment
    from PySide6.QtWidgets import QLabel

    text = getattr(widget, "text", None)
    found = text() if callable(text) else ""
    if isinstance(widget, QLabel) and widget.textFormat() is Qt.TextFormat.RichText:
        return QTextDocumentFragment.fromHtml(found).toPlainText()
    return str(found)


def _out_of_sight(widget: Any) -> dict[str, Any]:
    """Tell of a widget whose middle is scrolled away which wheel turn brings it, and where."""
    from PySide6.QtWidgets import QAbstractScrollArea

    middle, area = widget.rect().center(), widget.parentWidget()
    while area is not None and not isinstance(area, QAbstractScrollArea):
        area = area.parentWidget()
    if area is None or widget.visibleRegion().boundingRect().contains(middle):
        return {}
    viewport = area.viewport()
    place = widget.mapTo(area, middle).y() - viewport.mapTo(area, viewport.rect().topLeft()).y()
    if 0 <= place < viewport.height():
        return {}
    bar = area.verticalScrollBar()
    at = bar.mapTo(bar.window(), bar.rect().center())
    return {"wheel": {"button": 4 if place < 0 else 5, "x": at.x(), "y": at.y()}}


def _items(items: Any) -> dict[str, Any]:
    corner = items.viewport().mapTo(items.window(), items.viewport().rect().topLeft())
    seen = {}
    for row in range(items.count()):
        place = items.visualItemRect(items.item(row))
        seen[f"page {items.item(row).text()}"] = {
            "x": corner.x() + place.x(),
            "y": corner.y() + place.y(),
            "width": place.width(),
            "height": place.height(),
            "enabled": True,
            "current": items.item(row).isSelected(),
        }
    return seen


def _tabs(bar: Any) -> dict[str, Any]:
    corner = bar.mapTo(bar.window(), bar.rect().topLeft())
    return {
        f"tab {bar.tabText(at)}": {
            "x": corner.x() + bar.tabRect(at).x(),
            "y": corner.y() + bar.tabRect(at).y(),
            "width": bar.tabRect(at).width(),
            "height": bar.tabRect(at).height(),
            "enabled": bar.isTabEnabled(at),
            "current": at == bar.currentIndex(),
        }
        for at in range(bar.count())
    }


def _write(target: Path, seen: dict[str, Any]) -> None:
    partial = target.with_suffix(".partial")
    partial.write_text(json.dumps(seen))
    partial.replace(target)


if __name__ == "__main__":
    sys.exit(main())
