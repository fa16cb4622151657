"""Fields that show and read options of a run, made from what each option says of itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QCheckBox, QComboBox, QDoubleSpinBox, QLineEdit, QSpinBox, QWidget

from engines.option import BYTES_PER_GB
from engines.options import parse_servers
from pipeline.records.options import Described, describe_options

AUTOMATIC = "Automatic"
MOST = 2**31 - 1
"""The largest number that a field takes."""
DECIMALS, STEP = 2, 0.05

Read = Callable[[], Any]


def described(name: str) -> Described:
    """Return the option of this name. Raises KeyError if there is none."""
    return {each.name: each for each in describe_options()}[name]


def dress(field: QWidget, each: Described) -> None:
    """Give a field the option's label and help as its accessible name and tooltip."""
    field.setAccessibleName(each.option.label)
    field.setToolTip(each.option.whole_help)


def make_field(each: Described, value: Any) -> tuple[QWidget, Read]:
    """Make the field of an option that shows a value, and the function that reads it."""
    field, read = _make_field(each, value)
    dress(field, each)
    return field, read


def number_field(each: Described, value: int | None) -> QSpinBox:
    """Make a field for whole numbers; where it is optional, one below the least is "Automatic"."""
    box = QSpinBox()
    least, most = int(each.option.at_least or 0), min(int(each.option.at_most or MOST), MOST)
    box.setRange(least - each.optional, most)
    box.setSuffix(_suffix(each))
    if each.optional:
        box.setSpecialValueText(AUTOMATIC)
    box.setValue(box.minimum() if value is None else value)
    dress(box, each)
    return box


def _make_field(each: Described, value: Any) -> tuple[QWidget, Read]:
    if each.choices or (each.kind is bool and each.optional):
        return _choice(each, value)
    if each.kind is bool:
        box = QCheckBox()
        box.setChecked(value)
        return box, box.isChecked
    if each.kind is int and each.option.unit != "GB":
        whole = number_field(each, value)
        return whole, lambda: None if _is_automatic(whole, each) else whole.value()
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


def _decimal_number(each: Described, value: float | None) -> tuple[QWidget, Read]:
    """Make a field for decimal numbers; where it is optional, a step below the least is None.

    Bytes are shown in GB.
    """
    in_bytes = each.option.unit == "GB"
    scale, step = (BYTES_PER_GB, 1.0) if in_bytes else (1, STEP)
    least, most = each.option.at_least or 0.0, each.option.at_most
    box = QDoubleSpinBox()
    box.setDecimals(DECIMALS)
    box.setSingleStep(step)
    box.setRange(
        least / scale - step * each.optional, float(MOST) if most is None else most / scale
    )
    box.setSuffix(_suffix(each))
    if each.optional:
        box.setSpecialValueText(AUTOMATIC)
    box.setValue(box.minimum() if value is None else value / scale)

    def read() -> float | None:
        if _is_automatic(box, each):
            return None
        return round(box.value() * scale) if in_bytes else box.value()

    return box, read


def _is_automatic(box: QSpinBox | QDoubleSpinBox, each: Described) -> bool:
    return each.optional and box.value() == box.minimum()


def _suffix(each: Described) -> str:
    return f" {each.option.unit}" if each.option.unit else ""
