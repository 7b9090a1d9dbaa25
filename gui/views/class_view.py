"""What is seen of a class: curves beside the list of its laptops, and what of them is chosen."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLabel, QSplitter, QVBoxLayout

from core.results.gallery import Gallery, Laptop, Measure, nameless, sort_key
from gui.models.headed import NOWHERE, HeadedTable, Heading, Index
from gui.plain import plain
from gui.theme import Theme
from gui.views.gallery_chart import Choice, GalleryChart
from gui.views.result import Card
from gui.views.tables import Table

_HEADINGS = (Heading("Whose"), Heading("CPUs"), Heading("Python"))
_WIDEST = ("student 30 of us", "CPUs", "")
_HINT = "Point at a curve to see whose it is."


class ClassView(Card):
    """The curves of a class. GUI thread."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._gallery = Gallery(())
        self.chart = GalleryChart(theme)
        self.laptops = Laptops()
        self._table = Table(self.laptops, "Runs of the class", _WIDEST, theme)
        self._said, self._warned = QLabel(), QLabel()
        self._kind, self._measure, self._by = QComboBox(), QComboBox(), QComboBox()
        self._names = QCheckBox("Names")
        self._told: tuple[Laptop | None, str] = None, ""  # whose curve is told of below
        self._wanted = "processes"  # the kind that a person chose, also while no laptop has it
        self._build()
        self._connect()
        self._restyle()

    @property
    def choice(self) -> Choice:
        """What is shown of the class."""
        measure: Measure = self._measure.currentData()
        return Choice(self._kind.currentData() or "", measure, self._by.currentData())

    def show_gallery(self, gallery: Gallery) -> None:
        """Show these runs in place of all others."""
        self._gallery = gallery
        self._kind.blockSignals(True)
        self._kind.clear()
        kinds = [kind for kind in gallery.kinds if kind != "serial"]
        for kind in kinds:
            self._kind.addItem(kind, kind)
        self._kind.addItem("all kinds", "")
        self._kind.setCurrentIndex(max(0, self._kind.findData(self._wanted)))
        self._kind.blockSignals(False)
        self._show()

    def _warn(self) -> None:
        """Say what to know before reading; who is left out only while names may be seen."""
        left_out = self._gallery.left_out
        if left_out and not self._names.isChecked():
            left_out = (f"Left out, all or in part: {len(left_out)}.",)
        lines = (*self.chart.behind, *self._gallery.warnings, *left_out)
        self._warned.setText("\n".join(lines[:4]))
        self._warned.setToolTip(plain("\n".join(lines)))
        self._warned.setVisible(bool(lines))

    def _build(self) -> None:
        for label, measure in (("speed-up", "speed-up"), ("work time", "seconds")):
            self._measure.addItem(label, measure)
        for label, by in (("CPUs", "cores"), ("Python", "python"), ("executor", "kind")):
            self._by.addItem(label, by)
        self._names.setChecked(True)
        self._names.setToolTip("Uncheck to show numbers in place of names, before the class")
        names = ("gallery-kind", "gallery-measure", "gallery-by", "gallery-names")
        for widget, name in zip(
            (self._kind, self._measure, self._by, self._names), names, strict=True
        ):
            widget.setObjectName(name)
        self._said.setObjectName("gallery-said")
        self._warned.setObjectName("gallery-warned")
        self._table.setObjectName("gallery-table")
        for words in (self._said, self._warned):
            words.setTextFormat(Qt.TextFormat.PlainText)
            words.setWordWrap(True)
            words.setProperty("muted", True)
        row = QHBoxLayout()
        row.setSpacing(10)
        for caption, box in (
            ("Workers are", self._kind),
            ("Show", self._measure),
            ("Colours and order tell", self._by),
        ):
            before = QLabel(caption)
            before.setBuddy(box)
            box.setAccessibleName(caption)
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
            row.addWidget(before)
            row.addWidget(box)
        row.addWidget(self._names)
        row.addStretch(1)
        inside = QVBoxLayout(self)
        inside.setContentsMargins(16, 12, 16, 8)
        inside.addLayout(row)
        inside.addWidget(self._warned)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.addWidget(self.chart)
        split.addWidget(self._table)
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 1)
        split.setSizes([740, 300])
        split.setChildrenCollapsible(False)
        inside.addWidget(split, 1)
        inside.addWidget(self._said)

    def _connect(self) -> None:
        self._kind.currentIndexChanged.connect(self._note_kind)
        for box in (self._kind, self._measure, self._by):
            box.currentIndexChanged.connect(self._show)
        self._names.toggled.connect(self._show_names)
        self._table.row_chosen.connect(self._on_row_chosen)
        self.chart.pointed.connect(self._on_pointed)
        self._theme.follow(self, self._restyle)

    def _note_kind(self) -> None:
        self._wanted = self._kind.currentData()

    def _show(self) -> None:
        choice = self.choice
        self.chart.show_gallery(self._gallery, choice)
        self._warn()
        ordered = sorted(self._gallery.laptops, key=lambda one: sort_key(one, choice.by))
        self.laptops.show(ordered, self._names.isChecked())
        self._say(None, "")

    def _show_names(self, shown: bool) -> None:
        self.laptops.show_names(shown)
        self._warn()
        self._say(*self._told)

    def _on_pointed(self, laptop: Laptop | None, words: str) -> None:
        self.chart.point_at(laptop)
        if laptop is not None:
            self._table.select(self.laptops.rows.index(laptop))
        self._say(laptop, words)

    def _on_row_chosen(self, row: int) -> None:
        self.chart.point_at(self.laptops.rows[row])
        self._say(self.laptops.rows[row], "")

    def _say(self, laptop: Laptop | None, words: str) -> None:
        self._told = laptop, words
        if laptop is None:
            self._said.setText(_HINT)
            return
        cores = "1 CPU" if laptop.cores == 1 else f"{laptop.cores} CPUs"
        parts = (self.laptops.name_of(laptop), words, cores, f"Python {laptop.python}", laptop.cpu)
        self._said.setText(" · ".join(filter(None, parts)))

    def _restyle(self) -> None:
        self._said.setMinimumHeight(2 * self._said.fontMetrics().lineSpacing())


class Laptops(HeadedTable):
    """The laptops in their order, with their names or with numbers. GUI thread."""

    def __init__(self) -> None:
        super().__init__(_HEADINGS)
        self.rows: list[Laptop] = []
        self._has_names = True
        self._runs = 0

    def show(self, laptops: list[Laptop], names: bool) -> None:
        """Show these."""
        self.beginResetModel()
        self.rows, self._has_names = laptops, names
        self._runs = max((one.number for one in laptops), default=0)
        self.endResetModel()

    def show_names(self, names: bool) -> None:
        """Show names or numbers; whichever row is chosen stays so."""
        self._has_names = names
        last = max(0, len(self.rows) - 1)
        self.dataChanged.emit(self.index(0, 0), self.index(last, 0))

    def name_of(self, laptop: Laptop) -> str:
        """Give a run's name, or its number where names are hidden."""
        return laptop.name if self._has_names else nameless(laptop.number, self._runs)

    def rowCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> str | None:
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        one = self.rows[index.row()]
        cell = (self.name_of(one), f"{one.cores}", one.python)[index.column()]
        return plain(cell) if role == Qt.ItemDataRole.ToolTipRole else cell
