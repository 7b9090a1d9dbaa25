"""The caption over a trial's timeline: what came out, whatever the work was."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from core.results.records import TrialRecord
from gui.theme import Theme
from gui.views.trial_timeline import TrialTimeline
from tests.core.making import done


@pytest.fixture
def timeline(light: Theme, qtbot: QtBot) -> TrialTimeline:
    made = TrialTimeline(light)
    qtbot.addWidget(made)
    return made


def caption(timeline: TrialTimeline, trial: TrialRecord) -> str:
    """Show a trial, and return what stands over it."""
    timeline.show_trial(trial)
    label = timeline.findChild(QLabel)
    assert label is not None
    return label.text()


@pytest.mark.parametrize(
    ("work", "value", "says"),
    [
        ("", 3.14159, "π ≈ 3.1415900000, off by"),
        ("monte-carlo", 3.1416, "π ≈ 3.1416000000, off by"),
        ("hashing", 500.0, "Hashing: 500, off by"),
        ("of a newer lab", 2.0, "of a newer lab: 2, off by"),
    ],
)
def test_only_what_is_an_estimate_of_pi_is_called_so(
    timeline: TrialTimeline, work: str, value: float, says: str
) -> None:
    trial = done("threads", 2, 1, 0.5, workload=work, value=value, abs_error=0.0)
    assert says in caption(timeline, trial)


def test_what_a_file_tells_is_shown_as_it_stands(timeline: TrialTimeline) -> None:
    trial = done("<b>x</b>", 2, 1, 0.5, workload="<i>y</i>", value=1.0, abs_error=0.0)
    assert "&lt;b&gt;x" in caption(timeline, trial)
    assert "&lt;i&gt;y" in caption(timeline, trial)
