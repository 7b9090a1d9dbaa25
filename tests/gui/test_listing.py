"""The listing: source beside bytecode, as programs tell it."""

from pytestqt.qtbot import QtBot

from gui.theme import Theme
from gui.views.listing import ListingView


def test_a_listing_shows_what_was_told_with_its_marks(light: Theme, qtbot: QtBot) -> None:
    listing = ListingView("Where a switch can happen", light)
    qtbot.addWidget(listing)
    for line, source, instruction, marked in (
        (None, "A rule.", "", False),
        (7, "    go()", "LOAD_NAME go", False),
        (7, "", "CALL", True),
    ):
        listing.add({"line": line, "source": source, "instruction": instruction, "marked": marked})
    listing.draw()

    assert listing._said.text() == "A rule."
    first, call = listing._text.toPlainText().splitlines()
    assert first.split() == ["7", "go()", "LOAD_NAME", "go"]
    assert call.split() == ["↔", "CALL"]
    assert [one.cursor.blockNumber() for one in listing._text.extraSelections()] == [1]


def test_a_new_run_tells_a_listing_anew(light: Theme, qtbot: QtBot) -> None:
    listing = ListingView("Where a switch can happen", light)
    qtbot.addWidget(listing)
    for instruction in ("CALL", "RESUME"):
        listing.clear()
        listing.add({"line": 1, "source": "f()", "instruction": instruction, "marked": False})
        listing.draw()

    assert "RESUME" in listing._text.toPlainText()
    assert "CALL" not in listing._text.toPlainText()


def test_a_rule_that_was_told_before_any_code_is_shown(light: Theme, qtbot: QtBot) -> None:
    listing = ListingView("Where a switch can happen", light)
    qtbot.addWidget(listing)
    rule = (
        "Python 3.14: another thread may go on after a marked instruction only, and nowhere else."
    )
    listing.add({"line": None, "source": rule, "instruction": "", "marked": False})
    listing.draw()

    assert listing._said.text() == rule


def test_another_pythons_rule_stands_above_its_own_instructions(light: Theme, qtbot: QtBot) -> None:
    listing = ListingView("Where a switch can happen", light)
    qtbot.addWidget(listing)
    for version in ("3.11", "3.13"):
        rule = {"line": None, "source": f"Python {version}.", "instruction": "", "marked": False}
        listing.add(rule)
        listing.add({"line": 7, "source": "go()", "instruction": "CALL", "marked": True})
    listing.draw()

    assert listing._said.text() == "Python 3.11."
    assert listing._text.toPlainText().splitlines()[1] == "Python 3.13."
    assert [one.cursor.blockNumber() for one in listing._text.extraSelections()] == [0, 2]
