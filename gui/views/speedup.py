"""How many times as fast: the chart with its intervals, and what can be chosen about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import pyqtgraph as pg
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from core.report.marks import PartLook, look_of
from core.results.statistics import ENOUGH_BLOCKS
from gui.models.measured import Figures
from gui.theme import Theme
from gui.views.marks import Dot, Middle, shade
from gui.views.scaling import Content, ScalingChart, reasons_of, who

if TYPE_CHECKING:
    from core.results.fits import Fits, Law
    from core.results.records import RunRecord, TrialRecord
    from core.results.verdicts import SpeedUp

FitsByPython = Mapping[str, Sequence["Fits"]]
_LAWS = {"amdahl": Qt.PenStyle.DashLine, "usl": Qt.PenStyle.DotLine}
_NAMES = {"amdahl": "Amdahl's law", "usl": "Gunther's law (USL)"}
_LAW_ALPHA = 190
_LINES = 4  # of words on the laws; more can be scrolled to


class SpeedupChart(ScalingChart):
    """Speed-ups over one plain call, or over one worker, with the textbook line y = x.

    A bar is the 95 % interval of the median or, lighter, the range while that is provisional;
    `said` tells which. GUI thread.
    """

    said = Signal(str)

    def __init__(self, theme: Theme) -> None:
        self._baseline = "serial"
        self._known_fits: FitsByPython = {}
        self.laws: list[Any] = []
        self._samples: dict[str, Any] = {}
        super().__init__("Speed-up over workers", "× one plain call", theme)

    @property
    def baseline(self) -> str:
        """What divides: "serial", a plain call, or "one", one worker of the same kind."""
        return self._baseline

    def set_baseline(self, baseline: str) -> None:
        """Divide by "serial" or by "one"."""
        self._baseline = baseline
        self._known_fits = {}
        self._name_axis()
        self._restyle()

    def steps(self, measured: Figures) -> list[Callable[[], None]]:
        """List what draws all that is measured; without a serial trial one worker divides."""
        return [*super().steps(measured), self._name_axis]

    def show_fits(self, fits: FitsByPython) -> None:
        """Draw the laws that were fitted, as curves up to the most workers that were measured."""
        for item in self.laws:
            self.getPlotItem().removeItem(item)
        for item in self._samples.values():
            self._legend.removeItem(item)
        self._known_fits, self.laws, self._samples = fits, [], {}
        for name, found in fits.items():
            look = look_of(self._pythons.index(name) if name in self._pythons else 0)
            for one in found:
                for law in filter(None, (one.amdahl, one.usl)):
                    self._draw_law(one.executor, law, look)

    def expect(self, record: RunRecord, longest_s: float) -> None:
        self._known_fits = {}
        super().expect(record, longest_s)

    def _expected_kinds(self, kinds: Sequence[str]) -> tuple[str, ...]:
        return tuple(kind for kind in kinds if kind != "serial")  # it is what others divide by

    def _expected_top(self, longest_s: float) -> float:
        return 2.0

    def _name_axis(self) -> None:
        trials = self._measured.trials if self._measured is not None else ()
        done = [trial.executor for trial in trials if trial.status == "done"]
        plain = self._baseline == "serial" and ("serial" in done or not done)
        label = f"× {'one plain call' if plain else 'one worker'}"
        if label != self._y_label:
            self._y_label = label
            self._restyle()

    def _frame(self) -> None:
        pen = pg.mkPen(self._theme.colours.muted, width=1.5, style=Qt.PenStyle.DotLine)
        self._ideal = self.getPlotItem().plot(pen=pen)
        self._draw_ideal()
        self._legend.addItem(self._ideal, "textbook: y = x")
        self._explain("The textbook line: p workers are p times as fast, with nothing lost.")

    def _fit(self) -> None:
        super()._fit()
        self._draw_ideal()

    def _on_touched(self, *what: Any) -> None:
        super()._on_touched(*what)
        self._draw_ideal()

    def _draw_ideal(self) -> None:
        """Draw y = x up to the legend: what came out on its other side would be a stray piece."""
        end = self._most_workers + 0.5
        if self._shown_range is not None and not self._touched:
            end = min(end, self._shown_range[1] * self._share_below_legend())
        self._ideal.setData([0, end], [0, end])

    def _rebuild(self) -> None:
        self.laws, self._samples = [], {}
        super()._rebuild()
        self.show_fits(self._known_fits)

    def _content(self, measured: Figures, python: str, part: RunRecord) -> Content:
        content: Content = {}
        flags = {
            (trial.executor, trial.workers, trial.block): reasons_of(measured, trial)
            for trial in part.trials
        }
        found, where = measured.speedups(python, self._baseline), measured.where(python)
        for kind in dict.fromkeys(one.executor for one in found):
            ours = [one for one in found if one.executor == kind]
            middles = [_middle(one, where) for one in ours]
            content[python, kind] = (middles, _dots(part, kind, ours, flags, where))
        return content

    def _top_of(self, content: Content) -> None:
        super()._top_of(content)
        middles = [one for drawn, _ in content.values() for one in drawn]
        self.said.emit(_what_bars_are([one.repeats for one in middles]))

    def _draw_law(self, executor: str, law: Law, look: PartLook) -> None:
        colour = shade(self._theme.of_kind(executor), look, self._theme)
        colour.setAlpha(_LAW_ALPHA)
        pen = pg.mkPen(colour, width=1.5 * self._theme.scale, style=_LAWS[law.name])
        x = [point.workers for point in law.curve]
        item = self.getPlotItem().plot(x, [point.speedup for point in law.curve], pen=pen)
        if law.name not in self._samples:
            grey = pg.mkPen(self._theme.colours.text, width=1.5, style=_LAWS[law.name])
            sample = self._samples[law.name] = pg.PlotDataItem(pen=grey)
            self._legend.addItem(sample, _NAMES[law.name])
        self.laws.append(item)


_Flags = Mapping[tuple[str, int, int], tuple[str, ...]]  # by kind, workers and block


def _dots(
    part: RunRecord, kind: str, speedups: Sequence[SpeedUp], flags: _Flags, where: str
) -> list[Dot]:
    """Make a dot for each repeat that has its baseline; either may have been disturbed."""
    trials = {
        (trial.workers, trial.block): trial
        for trial in part.trials
        if trial.executor == kind and trial.status == "done"
    }
    dots = []
    for one in speedups:
        base = ("serial" if one.baseline == "serial" else kind, 1)
        called = "its plain call" if one.baseline == "serial" else "its one worker"
        for block, value in one.by_block.items():
            trial = trials[one.workers, block]
            theirs = [f"({called}) {reason}" for reason in flags.get((*base, block), ())]
            reasons = (*flags[kind, one.workers, block], *theirs)
            dots.append(Dot(trial, value, _within, where, reasons))
    return dots


def _within(trial: TrialRecord, value: float, where: str) -> str:
    name = who(trial.executor, trial.workers, where)
    return f"{name}, repeat {trial.block}\n{value:.2f} times as fast, within this repeat"


def _middle(one: SpeedUp, where: str) -> Middle:
    name = who(one.executor, one.workers, where)
    words = "\n".join(filter(None, [f"{name}: {one.figure}", one.reason, one.advice]))
    return Middle(
        one.workers, one.median, one.low, one.high, not one.provisional, words, len(one.by_block)
    )


def _what_bars_are(counts: Sequence[int]) -> str:
    """Say what a bar is, for so many repeats of each configuration."""
    if not counts:
        return ""
    few, many = min(counts), max(counts)
    repeats = f"{few}" if few == many else f"{few} to {many}"
    repeats += " repeat" if many == 1 else " repeats"
    if many < ENOUGH_BLOCKS:
        return f"Provisional: ranges of {repeats}"
    if few < ENOUGH_BLOCKS:
        return f"95 % intervals, light ones provisional ({repeats})"
    return f"95 % intervals over {repeats}"


class SpeedupPanel(QWidget):
    """The chart with what it divides by, the laws, and what its bars are.

    `wanted` carries a job for another thread, and who takes its result. GUI thread.
    """

    wanted = Signal(object, object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._record: RunRecord | None = None
        self._asked = 0
        self.chart = SpeedupChart(theme)
        self._baseline, self._laws = QComboBox(), QCheckBox("Fit laws")
        self._bars, self._words, self._area = QLabel(), QLabel(), QScrollArea()
        self._build()
        theme.follow(self, self._restyle)
        self._restyle()

    def clear(self, record: RunRecord, longest_s: float) -> None:
        """Make ready for a run."""
        self._record = None
        self._asked += 1
        self.chart.expect(record, longest_s)
        self._bars.clear()
        self._fit()

    def end(self, record: RunRecord) -> None:
        """Take the record of a run that is over: its laws can be fitted now."""
        self._record = record
        self._fit()

    def drawn_with(self) -> dict[str, Any]:
        """Say what a person has chosen, as `core.report.charts` names it."""
        return {"baseline": self.chart.baseline, "laws": self._laws.isChecked()}

    def _build(self) -> None:
        for name, label, tip in (
            ("serial", "one plain call", "The time of the same work without any executor."),
            ("one", "one worker of its kind", "The time of the same executor with one worker."),
        ):
            self._baseline.addItem(label, name)
            self._baseline.setItemData(self._baseline.count() - 1, tip, Qt.ItemDataRole.ToolTipRole)
        self._baseline.setAccessibleName("Compared with")
        self._baseline.currentIndexChanged.connect(self._on_baseline)
        caption = QLabel("Compared with")
        caption.setBuddy(self._baseline)
        self._laws.setObjectName("fit-laws")
        self._laws.setToolTip(
            "Fit Amdahl's and Gunther's laws when the run is over, and draw them as curves.\n"
            "Amdahl's law tells what share of the work cannot be split (σ); Gunther's Universal\n"
            "Scalability Law also what each pair of workers costs (κ). From six numbers of workers."
        )
        self._laws.toggled.connect(self._fit)
        self._bars.setProperty("muted", True)
        self._bars.setObjectName("bars")
        self._bars.setWordWrap(True)
        self._bars.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._bars.setToolTip(
            "What the bars are. The truth is within a 95 % interval in 95 of 100 runs.\n"
            "Below five repeats a bar is only their range, and lighter."
        )
        self.chart.said.connect(self._bars.setText)
        self._words.setObjectName("laws")
        self._words.setWordWrap(True)
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._words.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._words.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._area.setWidget(self._words)
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.hide()
        row = QHBoxLayout()
        row.setContentsMargins(8, 6, 8, 0)
        row.setSpacing(10)
        for widget in (caption, self._baseline, self._laws):
            row.addWidget(widget)
        row.addWidget(self._bars, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(self.chart, 1)
        column.addWidget(self._area)

    def _on_baseline(self) -> None:
        self.chart.set_baseline(self._baseline.currentData())
        self._fit()

    def _fit(self) -> None:
        """Ask for the laws of the run that is over; during a run nothing is fitted."""
        self._area.setVisible(self._laws.isChecked())
        self._asked += 1
        self.chart.show_fits({})
        if self._record is None:
            self._words.setText("The laws are fitted when the run is over: it takes computing.")
        elif self._laws.isChecked():
            self._words.setText("Fitting …")
            job = partial(fitted, self._record, self.chart.baseline)
            self.wanted.emit(job, partial(self._take, self._asked))

    def _take(self, asked: int, found: FitsByPython | str) -> None:
        """Show the laws, or why there are none, unless something else was asked for since."""
        if asked != self._asked:
            return
        if isinstance(found, str):
            self._words.setText(found)
        else:
            self.chart.show_fits(found)
            self._words.setText("\n".join(_sentences(found)))

    def _restyle(self) -> None:
        self._words.setFont(self._theme.font(0.92))
        self._area.setFixedHeight(_LINES * self._words.fontMetrics().lineSpacing())
        self._words.setContentsMargins(self._theme.px(8), 0, self._theme.px(8), self._theme.px(4))


def fitted(record: RunRecord, baseline: str) -> FitsByPython | str:
    """Fit the laws for each Python of a record, or say why not; takes a while, in any thread."""
    from core.results.fits import fits
    from core.results.pythons import by_python

    try:
        return {name: fits(part, baseline) for name, part in by_python(record)}
    except Exception as error:  # whoever waits for the laws must hear that there will be none
        return f"The laws could not be fitted to this run: {type(error).__name__}: {error}."


def _sentences(found: FitsByPython) -> list[str]:
    """Say what the laws say, each sentence once."""
    sentences = []
    for name, fits in found.items():
        for one in fits:
            line = one.sentence[:1].upper() + one.sentence[1:]
            sentences.append(f"Python {name}: {line}" if len(found) > 1 else line)
    return list(dict.fromkeys(sentences)) or ["There is nothing to fit a law to."]
