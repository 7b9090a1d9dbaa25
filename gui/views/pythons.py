"""The form's field for Pythons: a check box for each that was found, and a way to add one."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSizePolicy,
    QStyle,
    QStyleOptionButton,
    QStylePainter,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.parameters import LateChoices
from gui.models.found import FoundPythons, Offer, Refusal
from gui.views.disclosure import Disclosure
from gui.views.field import Field

_SEEKING = "Looking for the Pythons of this machine …"
_PATIENCE_MS = 3000  # a Python that hangs is given up after much longer
_MOST_IN_SIGHT = 10
_LEAST_LETTERS = 10  # of a check box's label, where there is little room


class PythonsField(Field):
    """Check boxes, one for each Python; those that cannot be used are folded away, and say why.

    They appear in one go when the search is over, so that nothing moves under the pointer; where
    that takes long, what is known by then. `python_added` carries a path to look at. Until Pythons
    were found there is only our own. GUI thread.
    """

    python_added = Signal(str)
    _lines = 1

    def _build(self) -> None:
        assert isinstance(self.parameter, LateChoices)
        self._found = self._latest = FoundPythons()
        self._wanted: tuple[str, ...] = ()
        self._boxes: dict[str, QCheckBox] = {}
        self._lacks: dict[str, dict[str, str]] = {}  # of each box, what its Python cannot open
        self._broken: list[QWidget] = []
        self._told = self._refused = ""
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.timeout.connect(self._on_impatient)
        self._list = QVBoxLayout()
        self._list.setSpacing(4)
        self._more = _Fold("pythons-more", "Show more Pythons, or hide them again")
        self._useless = _Fold("pythons-useless", "Show them, each with what is wrong with it")
        self._adding = self._make_adding()
        self._layout.addLayout(self._list)
        for part in (self._more, self._useless, self._adding):
            self._layout.addWidget(part)

    def _make_adding(self) -> QWidget:
        self._path = QLineEdit()
        self._path.setPlaceholderText("Path of a Python")
        self._path.returnPressed.connect(self._on_typed)
        self._name(self._path)
        self._path.setToolTip("Type where another Python is, then press Enter.")
        self._add = QToolButton()
        self._add.setText("Add …")
        self._add.setObjectName("add-python")
        self._add.setToolTip("Add a Python: what is typed at the left, or choose its program")
        self._add.setAccessibleName("Add a Python")
        self._add.clicked.connect(self._on_add)
        adding = QWidget()
        row = QHBoxLayout(adding)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._path, 1)
        row.addWidget(self._add)
        return adding

    @property
    def has_several(self) -> bool:
        """Whether there is anything to choose."""
        return len(self._boxes) > 1

    @property
    def is_looking(self) -> bool:
        """Whether the search goes on."""
        return self._latest.is_looking

    def has_elsewhere(self, what: str) -> bool:
        """Tell whether a Python beside our own is chosen that may have what ours lacks."""
        others = list(self._boxes.items())[1:]
        return any(box.isChecked() and what not in self._lacks[name] for name, box in others)

    def left_out(self, what: str) -> str:
        """Say on which of the chosen Pythons this cannot be run, and why; empty where on none."""
        chosen = [name for name, box in self._boxes.items() if box.isChecked()]
        without = {name: self._lacks[name][what] for name in chosen if what in self._lacks[name]}
        names, reasons = ", ".join(without), list(without.values())
        return f"left out on {names}: it {reasons[0]}." if without else ""

    @property
    def kept(self) -> str:
        """What is to be chosen the next time: also what the search has not come to."""
        return self.parameter.format(self._wanted)

    def text(self) -> str:
        if not self._boxes:  # while they are looked for, our own serves
            return "" if self.is_looking else ",".join(self._wanted)
        return self.parameter.format(self._chosen())

    def problem(self) -> str:
        """Say what is wrong with what is checked; empty when nothing is."""
        if self._boxes and not any(box.isChecked() for box in self._boxes.values()):
            return "Choose at least one Python."
        return ""

    def set_value(self, value: Any) -> None:
        """Check these; one that is not found yet is checked when it is, and till then our own."""
        self._wanted = tuple(value)
        here = [name for name in self._wanted if name in self._boxes] or [self._own()]
        for name, box in self._boxes.items():
            box.setChecked(name in here)

    def show_problem(self, sentence: str) -> None:
        super().show_problem(sentence or self._refused)
        if not (sentence or self._refused):
            looking = _SEEKING if self.is_looking else ""
            self._note.setText(self._told or looking or self._hint)

    def show_found(self, found: FoundPythons) -> None:
        """Take the Pythons that are known by now, and show them once that is enough."""
        has_begun = found.is_looking and not self._latest.is_looking
        self._latest = found
        if has_begun and not self._boxes:
            self._patience.start(_PATIENCE_MS)
        if not found.is_looking:
            self._patience.stop()
        self._adding.setVisible(not self._patience.isActive())
        if not self._patience.isActive():
            self._show_latest()
        self.edited.emit()

    def show_added(self, what: Offer | Refusal) -> None:
        """Choose what was added, or say at the field why it cannot be used."""
        self._told = self._refused = ""
        if isinstance(what, Refusal):
            self._refused = f"“{what.path}” cannot be used. {what.problem}"
        else:
            self._path.clear()
            self._show_latest()
            self._boxes[what.name].setChecked(True)
            self._note_wanted()
        self.edited.emit()

    def _on_impatient(self) -> None:
        self._adding.show()
        self._show_latest()
        self.edited.emit()

    def _show_latest(self) -> None:
        """Show what is known, if it is not shown yet; what is checked stays so."""
        found = self._latest
        if (found.offers, found.refusals) != (self._found.offers, self._found.refusals):
            self._wanted = self._renamed(self._wanted, found)
            self._rebuild(found)
            self.set_value(self._wanted)
        self._found = found

    def _renamed(self, chosen: Sequence[str], found: FoundPythons) -> tuple[str, ...]:
        """Name what is chosen as it is called by now: 3.13 is 3.13.0 once there is a 3.13.5 too."""
        before = {offer.name: offer for offer in self._found.offers}
        names = {(path, one.gil): one.name for one in found.offers for path in one.paths}
        return tuple(
            names.get((before[name].paths[0], before[name].gil), name) if name in before else name
            for name in chosen
        )

    def _chosen(self) -> tuple[str, ...]:
        """Name what is checked; our own alone goes without saying."""
        chosen = tuple(name for name, box in self._boxes.items() if box.isChecked())
        return () if chosen == (self._own(),) else chosen

    def _own(self) -> str:
        return next(iter(self._boxes), "")

    def _rebuild(self, found: FoundPythons) -> None:
        """Have a box for each that can be chosen; one that was there stays, and keeps the focus."""
        names = self._renamed(tuple(self._boxes), found)
        before = dict(zip(names, self._boxes.values(), strict=True))
        old = {*self._boxes.values(), *self._broken}
        self._boxes, self._broken = {}, []
        self._lacks = {offer.name: dict(offer.lacks) for offer in found.offers}
        for place, offer in enumerate(found.offers):
            box = self._boxes[offer.name] = before.get(offer.name) or self._make_box()
            self._describe(box, offer)
            in_sight = place < _MOST_IN_SIGHT or offer.name in self._wanted
            (self._list if in_sight else self._more.inside).addWidget(box)
        for widget in old.difference(self._boxes.values()):
            widget.hide()
            widget.setParent(None)
            widget.deleteLater()
        for refusal in found.refusals:
            self._add_broken(refusal)
        self._more.name(f"{self._more.inside.count()} more")
        self._useless.name(f"{len(found.refusals)} that cannot be used")
        self._order_for_tab()
        self._restyle()

    def _order_for_tab(self) -> None:
        """Let Tab go through the field as it is seen; Qt gives boxes that are new the last turn."""
        before = self.previousInFocusChain()
        while before is not None and before.focusPolicy() is Qt.FocusPolicy.NoFocus:
            before = before.previousInFocusChain()
        boxes = list(self._boxes.values())
        in_sight = [box for box in boxes if box.parentWidget() is self]
        folded = [box for box in boxes if box not in in_sight]
        last = (self._useless.button, self._path, self._add)
        turns = [*in_sight, self._more.button, *folded, *last]
        for one, following in pairwise([*([before] if before is not None else []), *turns]):
            self.setTabOrder(one, following)

    def _make_box(self) -> QCheckBox:
        box = _Box()
        box.toggled.connect(self.edited)
        box.clicked.connect(self._on_clicked)
        return box

    def _describe(self, box: QCheckBox, offer: Offer) -> None:
        box.setText(offer.label)
        box.setToolTip(f"{offer.label}\n{offer.tip}")
        box.setAccessibleName(f"{self.parameter.label}: {offer.label}")
        box.setAccessibleDescription(offer.tip)
        box.setObjectName(f"field-{self.parameter.name}-{offer.name}")

    def _add_broken(self, one: Refusal) -> None:
        box = _Box()
        box.setText(_short(one.path))
        box.setEnabled(False)
        why = QLabel(one.problem)
        why.setWordWrap(True)
        why.setProperty("muted", True)
        words = "\n".join(filter(None, [one.path, one.problem, one.detail]))
        for widget in (box, why):
            widget.setToolTip(words)
            widget.setAccessibleName(f"{one.path} cannot be used: {one.problem}")
            self._useless.inside.addWidget(widget)
            self._broken.append(widget)

    def _restyle(self) -> None:
        super()._restyle()
        for widget in self._broken:
            widget.setFont(self._theme.font(0.88))

    def _note_wanted(self) -> None:
        """From now on what is checked is wanted, and nothing that is not found yet."""
        self._wanted = self._chosen()

    def _on_clicked(self) -> None:
        self._note_wanted()
        self._told = self._refused = ""
        self.edited.emit()

    def _on_typed(self) -> None:
        if text := self._path.text().strip():
            self._refused = ""
            self._told = f"Asking {_short(text)} who it is …"
            self.edited.emit()
            self.python_added.emit(text)

    def _on_add(self) -> None:
        if self._path.text().strip():
            self._on_typed()
            return
        dialog = QFileDialog(self, "Add a Python: choose its program")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self._path.setText)
        dialog.fileSelected.connect(self._on_typed)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()


class _Box(QCheckBox):
    """A check box whose label ends in dots where there is no room; the tip has all of it."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def minimumSizeHint(self) -> QSize:
        full, letter = self.sizeHint(), self.fontMetrics().averageCharWidth()
        return QSize(min(full.width(), _LEAST_LETTERS * letter), full.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, option = QStylePainter(self), QStyleOptionButton()
        self.initStyleOption(option)
        contents = QStyle.SubElement.SE_CheckBoxContents
        room = self.style().subElementRect(contents, option, self).width()
        dots = Qt.TextElideMode.ElideRight
        option.text = option.fontMetrics.elidedText(self.text(), dots, room)
        painter.drawControl(QStyle.ControlElement.CE_CheckBox, option)


class _Fold(QWidget):
    """What is seldom wanted, behind a button that tells how much there is; nothing, without any."""

    def __init__(self, name: str, tip: str) -> None:
        super().__init__()
        self.button, self._body = Disclosure(name, "", tip), QWidget()
        self.button.toggled.connect(self._body.setVisible)
        self._body.hide()
        self.inside = QVBoxLayout(self._body)
        self.inside.setContentsMargins(0, 0, 0, 0)
        self.inside.setSpacing(4)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.button)
        column.addWidget(self._body)
        self.hide()

    def name(self, text: str) -> None:
        """Say on the button what is in it, and be seen where there is anything."""
        self.button.setText(text)
        self.setVisible(self.inside.count() > 0)


def _short(path: str) -> str:
    """Keep the end of a long path: it is what tells programs apart."""
    return path if len(path) <= 30 else f"…{path[-29:]}"
