"""Options of a run in a dialog: a field for each, made from what the option says of itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from pydantic import ValidationError
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFormLayout,
    QLineEdit,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from app.report.theme import label
from app.window.parts.panel import GRID
from app.window.parts.remedies import advised
from engines.option import BYTES_PER_GB
from engines.options import parse_servers
from engines.remedy import UserError
from pipeline.records.options import Described, RunOptions, make_options

WIDTH = 460
AUTOMATIC = "Automatic"
MOST = 2**31 - 1
"""The largest number that a field takes."""
DECIMALS, STEP = 2, 0.05

Read = Callable[[], Any]


class OptionsDialog(QDialog):
    """Shows options with their values; gives new ones back when they are confirmed."""

    chosen = Signal(RunOptions)

    def __init__(
        self, options: RunOptions, offered: Sequence[Described], parent: QWidget | None = None
    ) -> None:
        """Show the values of the offered options; all others stay as they are."""
        super().__init__(parent)
        self.setWindowTitle("Options")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(WIDTH)
        self._options = options
        self._reads: dict[str, Read] = {}
        self.fields: dict[str, QWidget] = {}
        form = QFormLayout()
        form.setVerticalSpacing(GRID)
        for each in offered:
            field, self._reads[each.name] = make_field(each, each.of(options))
            field.setAccessibleName(each.option.label)
            field.setToolTip(each.option.whole_help)
            self.fields[each.name] = field
            form.addRow(each.option.label, field)
        self.problem = label("", "muted")
        self.problem.setWordWrap(True)
        buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok
            | QDialogButtonBox.StandardButton.Cancel
            | QDialogButtonBox.StandardButton.RestoreDefaults
        )
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        defaults = buttons.button(QDialogButtonBox.StandardButton.RestoreDefaults)
        defaults.clicked.connect(self._restore)
        page = QVBoxLayout(self)
        page.addLayout(form)
        page.addWidget(self.problem)
        page.addWidget(buttons)

    def accept(self) -> None:
        """Give the options back, or say why they can't be used and stay open."""
        values = self._options.by_name() | {name: read() for name, read in self._reads.items()}
        try:
            made = make_options(values)
        except UserError as error:
            self.problem.setText(advised(str(error), error.remedies))
            return
        except ValidationError as error:
            self.problem.setText(error.errors()[0]["msg"].removeprefix("Value error, "))
            return
        self.chosen.emit(made)
        super().accept()

    def _restore(self) -> None:
        usual = RunOptions().by_name()
        restored = {name: usual[name] for name in self._reads}
        self.chosen.emit(make_options(self._options.by_name() | restored))
        super().accept()


def make_field(each: Described, value: Any) -> tuple[QWidget, Read]:
    """Make the field of an option that shows a value, and the function that reads it."""
    if each.choices or (each.kind is bool and each.optional):
        return _choice(each, value)
    if each.kind is bool:
        box = QCheckBox()
        box.setChecked(value)
        return box, box.isChecked
    if each.kind is int and each.option.unit != "GB":
        return _whole_number(each, value)
    if each.kind in (int, float):
        return _decimal_number(each, value)
    line = QLineEdit(", ".join(value))
    line.setPlaceholderText("host:port, host:port")
    return line, lambda: parse_servers(line.text())


def _choice(each: Described, value: Any) -> tuple[QWidget, Read]:
    box = QComboBox()
    if each.optional:
        box.addItem(AUTOMATIC, None)
    if each.kind is bool:
        box.addItem("On", True)
        box.addItem("Off", False)
    for choice in each.choices:
        box.addItem(choice, choice)
    box.setCurrentIndex(box.findData(value))
    return box, box.currentData


def _whole_number(each: Described, value: int | None) -> tuple[QWidget, Read]:
    """Make a field for whole numbers; where it is optional, one below the least is "Automatic"."""
    box = QSpinBox()
    least, most = int(each.option.at_least or 0), min(int(each.option.at_most or MOST), MOST)
    none = least - 1
    box.setRange(none if each.optional else least, most)
    box.setSuffix(f" {each.option.unit}" if each.option.unit else "")
    if each.optional:
        box.setSpecialValueText(AUTOMATIC)
    box.setValue(none if value is None else value)
    return box, lambda: None if each.optional and box.value() == none else box.value()


def _decimal_number(each: Described, value: float | None) -> tuple[QWidget, Read]:
    """Make a field for decimal numbers; bytes are shown in GB, and 0 of them is "Automatic"."""
    in_bytes = each.option.unit == "GB"
    box = QDoubleSpinBox()
    box.setDecimals(DECIMALS)
    box.setSingleStep(1.0 if in_bytes else STEP)
    box.setRange(each.option.at_least or 0.0, each.option.at_most or float(MOST))
    box.setSuffix(f" {each.option.unit}" if each.option.unit else "")
    if not in_bytes:
        box.setValue(value or 0.0)
        return box, box.value
    box.setSpecialValueText(AUTOMATIC)
    box.setValue((value or 0) / BYTES_PER_GB)
    return box, lambda: round(box.value() * BYTES_PER_GB) or None
