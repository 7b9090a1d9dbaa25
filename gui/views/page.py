"""The page of an experiment: set up at the left, the result at the right, the story below it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QContextMenuEvent, QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QVBoxLayout,
    QWidget,
)

from core.experiments.base import Code, Experiment, Summary
from core.lab.told import is_event
from core.parameters import unlike
from core.results.statistics import duration
from gui.models.found import FoundPythons, Offer, Refusal
from gui.models.run_state import BUSY, State
from gui.theme import Theme
from gui.views.answers import Answers
from gui.views.code_tab import CodeTab
from gui.views.form import Form
from gui.views.frame import PageFrame
from gui.views.halves import Halves
from gui.views.late import Late
from gui.views.redraw import Redraw, Step
from gui.views.result import AGAIN, Card, ResultPanel
from gui.views.run_bar import RunBar
from gui.views.scrolled import scrolled
from gui.views.set_up import SetUp
from gui.views.stage import Stage, Teller

if TYPE_CHECKING:
    from core.results.records import RunRecord, TrialRecord

_FORM_WIDTH, _FORM_SHARE = 264, 0.45
_LOWER_HEIGHT = 150
_INVITATION = "Press Run to see"
_INVITATION_DETAILS = (
    "The page fills while it runs, and you can stop at any moment.\n"
    "The tab Lesson tells what to look for, the tab Code shows what runs."
)


class ExperimentPage(PageFrame):
    """One experiment's page; it tells what a person wants and shows what it is given.

    `finish` builds the stage, with its heavy imports: call it after the first paint, and before
    anything is shown. `wanted` carries a pure job for another thread, and the handler of its
    result. GUI thread.
    """

    run_requested = Signal(dict)
    stop_requested = Signal()
    confirmed = Signal()
    answered = Signal(str)
    wanted = Signal(object, object)
    pythons_wanted = Signal()
    export_requested = Signal(str)
    python_added = Signal(str)

    def __init__(self, experiment: Experiment, theme: Theme) -> None:
        super().__init__(theme)
        self._experiment = experiment
        self._state = State.IDLE
        self._busy_elsewhere = ""
        self._record: RunRecord | None = None
        self._key_of: Callable[[], str] = str
        self._summary: Summary | None = None
        self._has_begun = False
        self._trials: list[TrialRecord] = []
        self._stage: Stage | None = None
        self._field = ""  # the name of what had the focus when the form was closed
        self._form = Form(experiment.parameters, experiment.check, theme)
        self._result = ResultPanel(theme)
        self._code = CodeTab(experiment, theme, self)
        self._answers = Answers(experiment.answers, self._result)
        self._bar = RunBar(experiment.question, theme)
        self._lower = Card()
        self._redraw = Redraw(self._steps, self)
        self._build()
        self._connect()
        self._restyle()
        self._result.show_message(_INVITATION, _INVITATION_DETAILS)
        self._form.set_values(dict(experiment.at_the_window))
        self._refresh_buttons()

    @property
    def is_finished(self) -> bool:
        """Whether `finish` was called."""
        return self._stage is not None

    @property
    def is_asking(self) -> bool:
        """Whether the program that runs waits for an answer."""
        return self._answers.are_awaited

    @property
    def experiment(self) -> Experiment:
        """What this page is of."""
        return self._experiment

    @property
    def in_sight(self) -> tuple[RunRecord | None, str, dict[str, Any]]:
        """The run as far as it is seen, the tab in front, and what was chosen about its charts."""
        record = self._record
        if record is not None and len(record.trials) < len(self._trials):
            from msgspec.structs import replace

            record = replace(record, trials=tuple(self._trials))
        options = {} if self._stage is None else self._stage.drawn_with()
        return record, self._result.tab, options

    @property
    def script(self) -> Code:
        """The script that the tab Code shows, or would."""
        return self._code.code

    @property
    def trial_in_sight(self) -> int | None:
        """The order of the trial whose timeline is seen, where it is of one."""
        return None if self._stage is None else self._stage.trial_in_sight

    @property
    def key(self) -> str:
        """What the run in sight is known by in the history; empty where that is not known."""
        return self._key_of()

    def finish(self) -> None:
        """Build what a run needs, once: charts and timeline; from here on it can be started."""
        if self.is_finished:
            return
        from gui.views.stages import make_stage

        self._stage = make_stage(self._experiment, self._theme)
        self._stage.wanted.connect(self.wanted)
        code, lesson = self._code.make_tab(), Late(self._make_lesson)
        self._result.set_tabs([*self._stage.tabs, ("Code", code), ("Lesson", lesson)])
        self._make_export()
        layout = self._lower.layout()
        assert layout is not None
        layout.addWidget(self._stage.lower)

    def begin(
        self,
        record: RunRecord,
        longest_s: float,
        key_of: Callable[[], str] = str,
        kept: int | None = None,
    ) -> None:
        """Clear the page for a run whose record is still without trials.

        `key_of` tells the run's key, which may not be known before something of it is written;
        `kept` is the number of a run of the history, of which nothing is measured now.
        """
        self._record, self._trials, self._summary = record, [], None
        self._key_of = key_of
        self._has_begun = True
        self._answers.forget()
        self._redraw.drop()  # it would draw the run before
        self._result.show_begun(record.environment.notes, kept)
        self._heed_form()  # neither the script nor what is said of settings is the last run's
        if self._stage is not None:
            self._stage.begin(record, longest_s)

    def add_trials(self, trials: list[TrialRecord]) -> None:
        """Show trials that have just ended."""
        self._trials += trials
        if self._stage is not None:
            self._stage.add_trials(trials)
        self._redraw.soon()

    def add_events(self, events: Sequence[tuple[Teller, dict[str, Any]]]) -> None:
        """Show what programs have just told, and pass on what they ask.

        Of a record that is a stranger's, what cannot be drawn is left out; its summary says so.
        """
        events = [one for one in events if is_event(one[1])]
        if not events:
            return
        if self._stage is not None:
            self._stage.add_events(events)
        for _, event in events:
            if event["kind"] == "asks":
                self._ask(event["prompt"])
        self._redraw.soon()

    def _ask(self, prompt: str) -> None:
        """Ask what a program asks; whoever pressed Run, or an answer, has the answers at hand."""
        comes_from_run = self._bar.has_focus and not self._answers.are_seen
        self._answers.ask(prompt)
        if comes_from_run or self._result.is_in_question:
            self._answers.take_focus()

    def show_record(self, record: RunRecord, summary: Summary | None = None) -> None:
        """Show the record as it now stands: the result in words, if need be those given."""
        self._record, self._summary = record, summary
        self._answers.forget()
        self._heed_form()  # what the run found may stand in the script now
        if summary is None:
            summary = self._experiment.summarize_own(record)
        self._result.show_outcome(record, summary)
        if self._stage is not None:
            self._stage.end(record)

    def show_problem(self, sentence: str, detail: str) -> None:
        """Show why the run could not be."""
        self._result.show_problem(sentence, detail)

    def show_state(self, state: State, expected_s: float = 0.0) -> None:
        """Enable what can be done now; `expected_s` is for a run that waits to be confirmed."""
        self._state = state
        if state is State.PREPARING:
            self._has_begun = False
            self._result.show_message("Getting ready …")
        elif state is State.CONFIRMING:
            self._result.ask_to_confirm(
                f"This run would take about {duration(expected_s)}."
                " It can be stopped at any moment, and what was measured stays."
            )
        elif state is State.STOPPED and not self._has_begun:
            self._show_last()
        self._open_form(state not in BUSY)

    def _open_form(self, is_open: bool) -> None:
        """Let the form be changed, or not while it is busy; the focus comes back to its field."""
        focus = self.window().focusWidget()
        if not is_open and self._form.isAncestorOf(focus):
            self._field = focus.objectName()
            self._bar.setFocus()
        self._form.setEnabled(is_open)
        self._refresh_buttons()
        if is_open and self._field:
            name, self._field = self._field, ""
            field = self._form.findChild(QWidget, name)  # a Python may be gone meanwhile
            if field is not None and self._bar.has_focus:
                field.setFocus()

    def _on_stop_wanted(self) -> None:
        self._field = ""  # whoever pressed Stop is at these buttons now
        self.stop_requested.emit()

    def _show_last(self) -> None:
        """Say again what is in sight when a run was not begun: the charts are still of that."""
        if self._record is None:
            self._result.show_message("Stopped before anything was measured", AGAIN)
        else:
            self.show_record(self._record, self._summary)

    def show_busy_elsewhere(self, title: str) -> None:
        """Disable Run while the experiment called `title` runs; empty when none does."""
        self._busy_elsewhere = title
        self._refresh_buttons()

    def typed(self) -> dict[str, str]:
        """Return what stands in the form as text, by parameter; empty while it is wrong."""
        return self._form.typed()

    def restore_typed(self, texts: dict[str, str]) -> None:
        """Fill the form as it was left."""
        self._form.restore_typed(texts)

    def set_values(self, values: dict[str, Any]) -> None:
        """Fill the form."""
        self._form.set_values(values)

    def want_again(self) -> None:
        """Ask again for what nobody heard: in the program's first second nothing computes yet."""
        self._code.want_colours()

    def show_pythons(self, found: FoundPythons) -> None:
        """Offer the Pythons that were found by now."""
        self._form.show_pythons(found)

    def show_added_python(self, what: Offer | Refusal) -> None:
        """Show what came of a Python that a person added here."""
        self._form.show_added_python(what)

    def request_run(self) -> None:
        """Do what a click on Run does."""
        values = self._form.values()
        if values is not None and self._bar.can_run and self.is_finished:
            self.run_requested.emit(values)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_side()

    def _build(self) -> None:
        self._side = SetUp(self._form, self._theme)
        column = QVBoxLayout(self._lower)
        column.setContentsMargins(16, 10, 16, 8)
        body = QHBoxLayout()
        body.setSpacing(12)
        body.addWidget(self._side)
        body.addWidget(scrolled(Halves(self._result, self._lower)), 1)
        layout = self._make_column()
        layout.addWidget(self._bar)
        layout.addLayout(body, 1)

    def _connect(self) -> None:
        self._form.changed.connect(self._refresh_buttons)
        self._form.changed.connect(self._heed_form)
        self._code.wanted.connect(self.wanted)
        self._code.export_requested.connect(self.export_requested)
        self._form.python_added.connect(self.python_added)
        self._form.more.clicked.connect(self.pythons_wanted)
        self._bar.run_wanted.connect(self.request_run)
        self._bar.stop_wanted.connect(self._on_stop_wanted)
        self._bar.problem_chosen.connect(self._side.show_problem)
        self._answers.answered.connect(self.answered)
        self._result.tab_shown.connect(self._on_tab_shown)
        self._result.focus_left.connect(self._bar.take_focus)
        self._result.confirmed.connect(self.confirmed)
        self._result.declined.connect(self.stop_requested)
        self._theme.follow(self, self._restyle)

    def _on_tab_shown(self, number: int) -> None:
        """Give the whole height to who reads code or the lesson; what stands below is kept."""
        self._lower.setVisible(self._stage is None or number < len(self._stage.tabs))

    def _steps(self) -> list[Step]:
        """List what brings everything up to date, in pieces."""
        return [] if self._stage is None else [*self._stage.steps(), self._show_summary_so_far]

    def _show_summary_so_far(self) -> None:
        is_live = self._has_begun and self._state in BUSY
        if self._record is None or not is_live or not self._trials or self._answers.are_seen:
            return
        from msgspec.structs import replace

        so_far = replace(self._record, trials=tuple(self._trials))
        summary = self._experiment.summarize_own(so_far)
        if summary.headline:
            self._result.show_summary(summary)

    def _make_export(self) -> None:
        from gui.views.export_button import ExportButton

        button = ExportButton(self._theme)
        button.asked.connect(self._offer_export)
        button.chosen.connect(self.export_requested)
        self._export = button
        self._result.set_corner(button)

    def _offer_export(self) -> None:
        from core.report.titles import chart_titles

        record, tab, _ = self.in_sight
        has_run = record is not None and bool(record.trials)
        self._export.offer(tab in chart_titles(self._experiment), has_run)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer what can be taken away where a chart, a graph or a timeline was clicked."""
        if self.is_finished and not self._side.geometry().contains(event.pos()):
            self._export.pop_up(event.globalPos())

    def _make_lesson(self) -> QWidget:
        from gui.views.lesson import LessonView

        return LessonView(self._experiment.name, self._theme)

    def _heed_form(self) -> None:
        """Show the script of what the form says now, and what the run in sight had other than it.

        Only where that is nothing does the script have what this run found.
        """
        kept = self._record.parameters if self._record is not None else {}
        others = unlike(self._experiment.parameters, kept, self._form.read)
        self._result.show_unlike(others)
        values = self._form.values()
        if values is not None:
            self._code.show_code(values, None if others else self._record)

    def _refresh_buttons(self) -> None:
        self._bar.show_state(self._state, self._form.problem, self._busy_elsewhere)

    def _restyle(self) -> None:
        self._fit_side()
        self._lower.setMinimumHeight(self._theme.px(_LOWER_HEIGHT))
        self._dress_when_seen()

    def _fit_side(self) -> None:
        """With large type in a small window, leave more than half of the width to the result."""
        width = min(self._theme.px(_FORM_WIDTH), round(_FORM_SHARE * self.width()))
        self._side.setFixedWidth(width)
