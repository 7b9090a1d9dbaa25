"""A form made from declared parameters; each field says what is wrong with it, where it is."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontMetrics, QStandardItemModel
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QGridLayout,
    QLineEdit,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from core.errors import BadInput
from core.parameters import Choice, Choices, IntegerSet, LateChoices, Option, Parameter
from core.report.sentences import capital
from gui.models.found import FoundPythons, Offer, Refusal
from gui.theme import Theme
from gui.views.disclosure import Disclosure
from gui.views.elided import ElidedBox
from gui.views.field import Field, repolish
from gui.views.pythons import PythonsField

Elsewhere = Callable[[str], bool]  # whether another Python that is chosen may have an option
_FITS_TWICE = 12  # letters of a check box's label
_BETWEEN = 7  # pixels: more than within a field, so that a hint is read with what it is about


class Form(QWidget):
    """Fields for `parameters`; `values()` is None while something is wrong.

    `check` finds problems of values that are each right but do not go together. `more` shows and
    hides what is seldom changed, at the end; it is for whoever has the form to place. GUI thread.
    """

    changed = Signal()
    python_added = Signal(str)

    def __init__(
        self,
        parameters: tuple[Parameter, ...],
        check: Callable[[dict[str, Any]], Any],
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._check = check
        self._fields = {parameter.name: _make_field(parameter, theme) for parameter in parameters}
        pythons = (field for field in self._fields.values() if isinstance(field, PythonsField))
        self._pythons: PythonsField | None = next(pythons, None)
        self._values: dict[str, Any] | None = None
        self._read: dict[str, Any] = {}
        self._wrong: Field | None = None
        self.more = Disclosure("more", "More", "Settings that are seldom changed")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(_BETWEEN)
        for field in self._fields.values():
            if not field.parameter.advanced and field is not self._pythons:
                layout.addWidget(field)
        self._add_pythons(layout)
        self._add_advanced(layout)
        layout.addStretch(1)
        for field in self._fields.values():
            field.edited.connect(self._on_edited)
        self._on_edited()

    def values(self) -> dict[str, Any] | None:
        """Return the values by parameter name, or None while a field is wrong."""
        return None if self._values is None else dict(self._values)

    @property
    def read(self) -> dict[str, Any]:
        """The values by parameter name of those fields that are each right."""
        return dict(self._read)

    @property
    def problem(self) -> str:
        """The label of the first field that is wrong; empty when none is."""
        return "" if self._wrong is None else self._wrong.parameter.label

    @property
    def wrong(self) -> Field | None:
        """The first field that is wrong."""
        return self._wrong

    def set_values(self, values: dict[str, Any]) -> None:
        """Fill the fields."""
        for name, value in values.items():
            if name in self._fields:
                self._fields[name].set_value(value)
        self._on_edited()

    def typed(self) -> dict[str, str]:
        """Return what to restore the fields from, by parameter; empty while one is wrong."""
        fields = {} if self._values is None else self._fields
        return {name: field.kept for name, field in fields.items()}

    def restore_typed(self, texts: dict[str, str]) -> None:
        """Fill the fields as they were left; what can no longer be stays as it is at first."""
        values = {}
        for name, field in self._fields.items():
            with suppress(BadInput):
                if name in texts:
                    values[name] = field.parameter.parse(texts[name])
        self.set_values(values)

    @property
    def opened(self) -> QWidget:
        """The first field that More has shown."""
        mine = [field for field in self._fields.values() if field.parameter.advanced]
        pythons = self._pythons
        if pythons is None or pythons.has_several or pythons.is_looking:  # it was there before
            return mine[0]
        return pythons

    def show_pythons(self, found: FoundPythons) -> None:
        """Offer the Pythons that were found; only our own, after the search, is out of the way."""
        if self._pythons is not None:
            self._pythons.show_found(found)
            self._place_pythons()

    def show_added_python(self, what: Offer | Refusal) -> None:
        """Show what came of a Python that was added by hand."""
        if self._pythons is not None:
            self._pythons.show_added(what)

    def _add_pythons(self, layout: QVBoxLayout) -> None:
        if self._pythons is not None:
            layout.addWidget(self._pythons)
            self._pythons.hide()
            self._pythons.python_added.connect(self.python_added)
            self.more.toggled.connect(self._place_pythons)

    def _place_pythons(self) -> None:
        assert self._pythons is not None
        is_wanted = self._pythons.has_several or self._pythons.is_looking
        self._pythons.setVisible(is_wanted or self.more.isChecked())

    def _add_advanced(self, layout: QVBoxLayout) -> None:
        advanced = [field for field in self._fields.values() if field.parameter.advanced]
        more = self.more
        if not advanced:  # but never show it here: without a place it would be a window
            more.hide()
        for field in advanced:
            field.hide()
            layout.addWidget(field)
            more.toggled.connect(field.setVisible)

    def _on_edited(self) -> None:
        values: dict[str, Any] = {}
        problems: dict[str, str] = {}
        for name, field in self._fields.items():
            if isinstance(field, _ChoiceField | _ChoicesField):
                field.show_elsewhere(self._has_elsewhere)
            try:
                values[name] = field.read()
            except BadInput as error:
                problems[name] = str(error)
        if self._pythons is not None and (wrong := self._pythons.problem()):
            problems[self._pythons.parameter.name] = wrong
        if not problems:
            problems = dict(self._check(values))
        for name, field in self._fields.items():
            if isinstance(field, _ChoicesField):
                field.remark(self._left_out(field))
            field.show_problem(problems.get(name, ""))
        self._values, self._read = None if problems else values, values
        self._wrong = next(
            (field for name, field in self._fields.items() if name in problems), None
        )
        self.changed.emit()

    def _has_elsewhere(self, what: str) -> bool:
        """Tell whether another Python is chosen that may have what ours lacks."""
        return self._pythons is not None and self._pythons.has_elsewhere(what)

    def _left_out(self, field: _ChoicesField) -> str:
        """Say what of a field some of the chosen Pythons leave out: before the run, not after."""
        if self._pythons is None:
            return ""
        found = ((one.label, self._pythons.left_out(one.value)) for one in field.chosen)
        return " ".join(f"{label}, {why}" for label, why in found if why)


class _TextField(Field):
    def _build(self) -> None:
        self._edit = QLineEdit(self.parameter.format(self.parameter.default))
        self._edit.textChanged.connect(self.edited)
        self._edit.editingFinished.connect(self._tidy)
        self._name(self._edit)
        self._layout.addWidget(self._edit)

    def text(self) -> str:
        return self._edit.text()

    def set_value(self, value: Any) -> None:
        self._edit.setText(self.parameter.format(value))

    def _tidy(self) -> None:
        """Write what was typed as the program writes it, its thousands apart."""
        with suppress(BadInput):
            tidy = self.parameter.format(self.parameter.parse(self._edit.text()))
            if tidy != self._edit.text():  # or what could be undone would be lost for nothing
                self._edit.setText(tidy)

    def show_problem(self, sentence: str) -> None:
        super().show_problem(sentence)
        if self._edit.property("wrong") != bool(sentence):
            self._edit.setProperty("wrong", bool(sentence))
            repolish(self._edit)


class _RangeField(_TextField):
    """Numbers typed, or dragged from the least up to one: each follows the other."""

    def _build(self) -> None:
        super()._build()
        assert isinstance(self.parameter, IntegerSet)
        low, high = self.parameter.minimum, self.parameter.usual
        self._slider = QSlider(Qt.Orientation.Horizontal)
        self._slider.setRange(low, high)
        self._slider.setPageStep(1)
        self._slider.setToolTip(f"Drag: {low} up to this many, at most {high}. Type for more.")
        self._slider.setObjectName(f"slider-{self.parameter.name}")
        self._slider.setAccessibleName(f"{self.parameter.label}, up to")
        self._layout.addWidget(self._slider)
        self._theme.follow(self, self._fit_slider)
        self._fit_slider()
        self._follow_text()
        self._edit.textChanged.connect(self._follow_text)
        self._slider.valueChanged.connect(self._follow_slider)

    def _fit_slider(self) -> None:
        self._slider.setMinimumHeight(self._theme.px(17))  # its handle, and a little

    def _follow_text(self) -> None:
        try:
            numbers = self.parameter.parse(self._edit.text())
        except BadInput:
            return
        self._slider.blockSignals(True)
        self._slider.setValue(numbers[-1])
        self._slider.blockSignals(False)

    def _follow_slider(self, most: int) -> None:
        numbers = tuple(range(self._slider.minimum(), most + 1))
        self._edit.blockSignals(True)
        self._edit.setText(self.parameter.format(numbers))
        self._edit.blockSignals(False)
        self.edited.emit()


class _ChoiceField(Field):
    _lines = 1

    def _build(self) -> None:
        assert isinstance(self.parameter, Choice)
        self._box = ElidedBox()
        fit = QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        self._box.setSizeAdjustPolicy(fit)
        self._box.setMinimumContentsLength(8)
        for row, option in enumerate(self.parameter.options):
            self._box.addItem(option.label, option.value)
            self._box.setItemData(row, option.missing or option.help, Qt.ItemDataRole.ToolTipRole)
        self.show_elsewhere(lambda _: False)
        self.set_value(self.parameter.default)
        self._box.currentIndexChanged.connect(self.edited)
        self._name(self._box)
        self._box.currentTextChanged.connect(self._tell_all)
        self._tell_all(self._box.currentText())
        self._layout.addWidget(self._box)

    def _tell_all(self, chosen: str) -> None:
        """Show on the field what may be too long for it."""
        self._box.setToolTip(f"{chosen}\n\n{self.parameter.help}")

    def _restyle(self) -> None:
        super()._restyle()
        assert isinstance(self.parameter, Choice)
        metrics = QFontMetrics(self._theme.font())
        widest = max(metrics.horizontalAdvance(one.label) for one in self.parameter.options)
        self._box.view().setMinimumWidth(widest + self._theme.px(24))

    def show_elsewhere(self, elsewhere: Elsewhere) -> None:
        """Grey what our Python lacks, unless another is chosen and may have it."""
        model = self._box.model()
        assert isinstance(model, QStandardItemModel)
        for row, option in enumerate(_options(self.parameter)):
            model.item(row).setEnabled(_can(option, elsewhere))

    def text(self) -> str:
        return str(self._box.currentData())

    def set_value(self, value: Any) -> None:
        self._box.setCurrentIndex(max(0, self._box.findData(value)))


class _ChoicesField(Field):
    _lines = 1

    def _build(self) -> None:
        assert isinstance(self.parameter, Choices)
        self._boxes: dict[str, QCheckBox] = {}
        self._wanted = set(self.parameter.default)
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        longest = max(len(option.label) for option in self.parameter.options)
        columns = 2 if longest <= _FITS_TWICE else 1
        for place, option in enumerate(self.parameter.options):
            box = QCheckBox(option.label)
            box.setEnabled(not option.missing)
            box.setChecked(box.isEnabled() and option.value in self._wanted)
            box.setToolTip("\n".join(filter(None, [option.help, capital(option.missing)])))
            box.setAccessibleName(f"{self.parameter.label}: {option.label}")
            box.setObjectName(f"field-{self.parameter.name}-{option.value}")
            box.clicked.connect(self._on_clicked)
            box.toggled.connect(self.edited)
            grid.addWidget(box, *divmod(place, columns))
            self._boxes[option.value] = box
        grid.setColumnStretch(1, 1)
        self._layout.addLayout(grid)

    def read(self) -> Any:
        if not self.chosen:  # the boxes are here to be seen: no need to list what can be typed
            raise self.parameter.refuse("Choose at least one.")
        return super().read()

    @property
    def chosen(self) -> list[Option]:
        """The options that are checked."""
        return [one for one in _options(self.parameter) if self._boxes[one.value].isChecked()]

    def show_elsewhere(self, elsewhere: Elsewhere) -> None:
        """Grey what our Python lacks, unless another is chosen and may have it."""
        for option in _options(self.parameter):
            box = self._boxes[option.value]
            if box.isEnabledTo(self) != _can(option, elsewhere):
                box.setEnabled(_can(option, elsewhere))
                self._check(option.value)

    def _check(self, name: str) -> None:
        """Show the check of a box that is wanted; what is greyed has none, and is kept in mind."""
        box = self._boxes[name]
        was = box.blockSignals(True)
        box.setChecked(box.isEnabledTo(self) and name in self._wanted)
        box.blockSignals(was)

    def _on_clicked(self) -> None:
        greyed = {name for name, box in self._boxes.items() if not box.isEnabledTo(self)}
        checked = {name for name, box in self._boxes.items() if box.isChecked()}
        self._wanted = checked | (self._wanted & greyed)

    @property
    def kept(self) -> str:
        """What is to be chosen the next time: what is greyed for now, too."""
        return self.parameter.format(tuple(name for name in self._boxes if name in self._wanted))

    def text(self) -> str:
        boxes = self._boxes.items()
        return ",".join(value for value, box in boxes if box.isChecked() and box.isEnabledTo(self))

    def set_value(self, value: Any) -> None:
        self._wanted = set(value)
        for name in self._boxes:
            self._check(name)
        self.edited.emit()


def _options(parameter: Parameter) -> tuple[Option, ...]:
    assert isinstance(parameter, Choice | Choices)
    return parameter.options


def _can(option: Option, elsewhere: Elsewhere) -> bool:
    return not option.missing or (option.elsewhere and elsewhere(option.value))


def _make_field(parameter: Parameter, theme: Theme) -> Field:
    if isinstance(parameter, LateChoices):
        return PythonsField(parameter, theme)
    if isinstance(parameter, Choices):
        return _ChoicesField(parameter, theme)
    if isinstance(parameter, Choice):
        return _ChoiceField(parameter, theme)
    return (_RangeField if isinstance(parameter, IntegerSet) else _TextField)(parameter, theme)
