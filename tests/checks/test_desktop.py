"""The desktop of realwindow.py sees and does what it says."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import realwindow
from tests.realwindow import Desktop, wait_until

PROGRAM = """
from PySide6.QtWidgets import (
    QApplication, QLineEdit, QPushButton, QSizePolicy, QVBoxLayout, QWidget
)
app = QApplication([])
window, button, field = QWidget(windowTitle="Try me"), QPushButton("Press"), QLineEdit()
button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
layout = QVBoxLayout(window)
layout.addWidget(button)
layout.addWidget(field)
button.clicked.connect(lambda: (field.setFocus(), print("clicked", flush=True)))
field.textChanged.connect(lambda text: print("typed", text, flush=True))
window.show()
print("on", app.platformName(), flush=True)
app.exec()
print("closed", flush=True)
"""

DEAF = PROGRAM.replace(
    "window.show()",
    """
def ask_again(event, asked=[]):
    print("asked to close", flush=True)
    event.setAccepted(bool(asked))
    asked.append(event)
window.closeEvent = ask_again
window.show()
""",
)


@pytest.mark.window
def test_a_window_is_used_as_by_a_person(desktop: Desktop, tmp_path: Path) -> None:
    program = desktop.start("-c", PROGRAM)
    window = desktop.window("Try me", program)
    assert "on xcb" in program.output()
    window.resize(400, 200)
    window.click(200, 60)
    wait_until(lambda: "clicked" in program.output(), "the button is pressed")
    window.type("-5 is typed")
    wait_until(lambda: "typed -5 is typed" in program.output(), "the text is typed")
    window.key("ctrl+a", "Delete")
    wait_until(lambda: "typed \n" in program.output(), "the text is deleted")
    assert window.screenshot(tmp_path / "window.png").stat().st_size > 0
    assert desktop.screenshot(tmp_path / "desktop.png").stat().st_size > 0
    window.close()
    assert program.wait() == 0
    assert program.output().endswith("closed\n")


@pytest.mark.window
def test_a_program_that_does_not_heed_its_closing_at_once_is_found_out(
    desktop: Desktop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(realwindow, "CLOSING_S", 0.3)
    program = desktop.start("-c", DEAF)
    window = desktop.window("Try me", program)
    with pytest.raises(TimeoutError, match="window is gone"):
        window.close()
    wait_until(lambda: "asked to close" in program.output(), "it is asked")
    assert program.output().count("asked to close") == 1


@pytest.mark.window
def test_a_program_that_ends_early_is_quoted(desktop: Desktop) -> None:
    program = desktop.start("-c", "raise SystemExit('no window today')")
    with pytest.raises(RuntimeError, match="no window today"):
        desktop.window("Try me", program)
