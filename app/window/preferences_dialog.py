"""The preferences as a dialog; it hands out new ones and keeps nothing itself."""

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
    QVBoxLayout,
    QWidget,
)

from app.library.preferences import Preferences, Scheme
from app.report.theme import label
from app.window.parts.option_field import described, number_field
from app.window.parts.panel import GRID, ElidedLabel

SCHEMES: dict[Scheme, str] = {"system": "Match System", "light": "Light", "dark": "Dark"}
ANSWER_LIMIT = "max_tokens_per_call"
"""The option of a run that has its default here."""
WIDTH = 520


class PreferencesDialog(QDialog):
    """Shows the preferences; each change applies at once."""

    changed = Signal(Preferences)

    def __init__(self, preferences: Preferences, data: Path, parent: QWidget | None = None) -> None:
        """Show these; `data` is the folder that holds the runs unless another is chosen."""
        super().__init__(parent)
        self.setWindowTitle("Preferences")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(WIDTH)
        self._preferences, self._data = preferences, data
        self.scheme = QComboBox()
        for key, words in SCHEMES.items():
            self.scheme.addItem(words, key)
        self.scheme.setCurrentIndex(list(SCHEMES).index(preferences.scheme))
        self.scheme.setAccessibleName("Appearance")
        self.runs = ElidedLabel("body")
        self.runs.mode = Qt.TextElideMode.ElideMiddle
        self.choose_runs, self.default_runs = QPushButton("Choose…"), QPushButton("Use Default")
        self.folders = QListWidget()
        self.folders.addItems([str(each) for each in preferences.model_folders])
        self.folders.setAccessibleName("Folders with models")
        self.folders.setFixedHeight(96)
        self._add, self._remove = QPushButton("Add Folder…"), QPushButton("Remove")
        self.tokens = number_field(described(ANSWER_LIMIT), preferences.max_tokens_per_call)
        self.tokens.setSingleStep(256)
        self.awake = QCheckBox("Keep this Mac awake during runs")
        self.awake.setChecked(preferences.keep_awake)
        self.notify = QCheckBox("Notify me when the queue is done")
        self.notify.setChecked(preferences.notify)
        self._show_runs()
        self._lay_out()
        self._connect()

    def _connect(self) -> None:
        self.scheme.currentIndexChanged.connect(self._change)
        self.tokens.valueChanged.connect(self._change)
        self.awake.toggled.connect(self._change)
        self.notify.toggled.connect(self._change)
        self.choose_runs.clicked.connect(self._ask_runs)
        self.default_runs.clicked.connect(lambda: self._move_runs(None))
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

    def _ask_runs(self) -> None:
        name = QFileDialog.getExistingDirectory(self, "Choose a folder for runs", self.runs.whole)
        if name:
            self._move_runs(Path(name))

    def _move_runs(self, folder: Path | None) -> None:
        self._preferences = self._preferences.model_copy(update={"runs": folder})
        self._show_runs()
        self.changed.emit(self._preferences)

    def _show_runs(self) -> None:
        self.runs.say(str(self._preferences.runs_below(self._data)))
        self.default_runs.setEnabled(self._preferences.runs is not None)

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
        runs = QVBoxLayout()
        runs.setSpacing(GRID)
        runs.addWidget(self.runs)
        runs.addLayout(_line(self.choose_runs, self.default_runs))
        folders = QVBoxLayout()
        folders.setSpacing(GRID)
        folders.addWidget(self.folders)
        folders.addLayout(_line(self._add, self._remove))
        form = QFormLayout()
        form.setHorizontalSpacing(2 * GRID)
        form.setVerticalSpacing(12)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
        form.addRow("Appearance", self.scheme)
        form.addRow("Folder for runs", runs)
        form.addRow("", label("Earlier runs stay where they are.", "muted"))
        form.addRow("Folders with models", folders)
        limit = described(ANSWER_LIMIT).option
        form.addRow(limit.label, self.tokens)
        about = label(limit.whole_help, "muted")
        about.setWordWrap(True)
        form.addRow("", about)
        form.addRow("", self.awake)
        form.addRow("", self.notify)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        page = QVBoxLayout(self)
        page.setContentsMargins(3 * GRID, 3 * GRID, 3 * GRID, 2 * GRID)
        page.setSpacing(2 * GRID)
        page.addLayout(form)
        page.addWidget(buttons)


def _line(*buttons: QPushButton) -> QHBoxLayout:
    line = QHBoxLayout()
    line.setSpacing(GRID)
    for button in buttons:
        line.addWidget(button)
    line.addStretch(1)
    return line
