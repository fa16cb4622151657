"""The preferences as a dialog; it gives back new ones and keeps nothing itself."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QListWidget,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from app.library.preferences import Preferences, Scheme
from app.report.theme import label
from app.window.parts.panel import GRID
from pipeline.records.options import MIN_MAX_TOKENS_PER_CALL

SCHEMES: dict[Scheme, str] = {"system": "As the system", "light": "Light", "dark": "Dark"}
MOST_TOKENS_PER_CALL = 32_768
WIDTH = 520


class PreferencesDialog(QDialog):
    """Shows the preferences; each change holds at once."""

    changed = Signal(Preferences)

    def __init__(self, preferences: Preferences, parent: QWidget | None = None) -> None:
        """Show these."""
        super().__init__(parent)
        self.setWindowTitle("Preferences")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(WIDTH)
        self._preferences = preferences
        self.scheme = QComboBox()
        for key, words in SCHEMES.items():
            self.scheme.addItem(words, key)
        self.scheme.setCurrentIndex(list(SCHEMES).index(preferences.scheme))
        self.scheme.setAccessibleName("Appearance")
        self.folders = QListWidget()
        self.folders.addItems([str(each) for each in preferences.model_folders])
        self.folders.setAccessibleName("Folders with models")
        self.folders.setFixedHeight(96)
        self.tokens = QSpinBox()
        self.tokens.setRange(MIN_MAX_TOKENS_PER_CALL, MOST_TOKENS_PER_CALL)
        self.tokens.setValue(preferences.max_tokens_per_call)
        self.tokens.setSingleStep(256)
        self.tokens.setSuffix(" tokens")
        self.tokens.setAccessibleName("Longest answer to a form")
        self.awake = QCheckBox("Keep this machine awake while runs go on (macOS)")
        self.awake.setChecked(preferences.keep_awake)
        self.notify = QCheckBox("Tell when the queue is done (macOS)")
        self.notify.setChecked(preferences.notify)
        self._add, self._remove = QPushButton("Add Folder…"), QPushButton("Remove")
        self._lay_out()
        self.scheme.currentIndexChanged.connect(self._change)
        self.tokens.valueChanged.connect(self._change)
        self.awake.toggled.connect(self._change)
        self.notify.toggled.connect(self._change)
        self._add.clicked.connect(self._ask_folder)
        self._remove.clicked.connect(self._remove_folder)

    def _change(self) -> None:
        folders = [self.folders.item(row).text() for row in range(self.folders.count())]
        self._preferences = self._preferences.model_copy(
            update={
                "scheme": self.scheme.currentData(),
                "model_folders": tuple(Path(folder) for folder in folders),
                "max_tokens_per_call": self.tokens.value(),
                "keep_awake": self.awake.isChecked(),
                "notify": self.notify.isChecked(),
            }
        )
        self.changed.emit(self._preferences)

    def _ask_folder(self) -> None:
        name = QFileDialog.getExistingDirectory(self, "Add a folder with models")
        if name and not self.folders.findItems(name, Qt.MatchFlag.MatchExactly):
            self.folders.addItem(name)
            self._change()

    def _remove_folder(self) -> None:
        if self.folders.currentRow() >= 0:
            self.folders.takeItem(self.folders.currentRow())
            self._change()

    def _lay_out(self) -> None:
        folders = QVBoxLayout()
        folders.setSpacing(GRID)
        folders.addWidget(self.folders)
        line = QHBoxLayout()
        line.setSpacing(GRID)
        line.addWidget(self._add)
        line.addWidget(self._remove)
        line.addStretch(1)
        folders.addLayout(line)
        form = QFormLayout()
        form.setHorizontalSpacing(2 * GRID)
        form.setVerticalSpacing(12)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
        form.addRow("Appearance", self.scheme)
        form.addRow("Folders with models", folders)
        form.addRow("Longest answer to a form", self.tokens)
        form.addRow("", label("What would be longer is closed the shortest way.", "muted"))
        form.addRow("", self.awake)
        form.addRow("", self.notify)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        page = QVBoxLayout(self)
        page.setContentsMargins(3 * GRID, 3 * GRID, 3 * GRID, 2 * GRID)
        page.setSpacing(2 * GRID)
        page.addLayout(form)
        page.addWidget(buttons)
