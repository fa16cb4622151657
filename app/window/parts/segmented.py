"""A row of buttons of which one is down: for a choice of a few."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QWidget


class Segmented(QWidget):
    """One choice of several; the arrow keys move between them."""

    chosen = Signal(str)

    def __init__(self, name: str, choices: Mapping[str, str]) -> None:
        """Take key → words; the first one is down."""
        super().__init__()
        self.setAccessibleName(name)
        self._group = QButtonGroup(self)
        self._buttons: dict[str, QPushButton] = {}
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(0)
        for place, (key, words) in enumerate(choices.items()):
            button = QPushButton(words)
            button.setObjectName("choice")
            button.setCheckable(True)
            button.setAutoDefault(False)
            button.setAccessibleName(f"{name}: {words}")
            if place in (0, len(choices) - 1):
                button.setProperty("place", "last" if place else "first")
            button.clicked.connect(lambda _, key=key: self.chosen.emit(key))
            self._group.addButton(button)
            self._buttons[key] = button
            line.addWidget(button)
        next(iter(self._buttons.values())).setChecked(True)

    def choose(self, key: str) -> None:
        """Press a button without reporting it."""
        self._buttons[key].setChecked(True)

    def button(self, key: str) -> QPushButton:
        """Return one of the buttons."""
        return self._buttons[key]
