"""The models that have scored runs, to choose which are compared."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QListWidget, QListWidgetItem

from app.library.runs import RunEntry
from app.window.parts.series import MOST
from pipeline.english import counted

KEY = int(Qt.ItemDataRole.UserRole)
CHOSEN_AT_FIRST, ROW = 4, 48

Key = tuple[str, str, str]
"""The model's name and hash, and the level it was led at."""


class ModelPicker(QListWidget):
    """Select two or more; the newest are selected at first."""

    chosen = Signal()

    def __init__(self) -> None:
        """Start empty."""
        super().__init__()
        self.setObjectName("outline")
        self.setAccessibleName("Models to compare")
        self._runs: dict[Key, list[RunEntry]] = {}
        self.itemChanged.connect(self._changed)

    def show_entries(self, entries: Sequence[RunEntry]) -> None:
        """List the models of scored runs; what was ticked stays ticked."""
        runs: dict[Key, list[RunEntry]] = {}
        for entry in entries:
            if entry.comparable:
                runs.setdefault((entry.model, entry.model_sha256, entry.level), []).append(entry)
        if runs == self._runs:
            return
        ticked = set(self.keys()) or set(list(runs)[:CHOSEN_AT_FIRST])
        self._runs = runs
        self.blockSignals(True)
        self.clear()
        for key, made in runs.items():
            first = made[0]
            words = ", ".join(part for part in (first.model, first.quantization) if part)
            item = QListWidgetItem(f"{words}\n{_counts(made)}")
            item.setSizeHint(QSize(0, ROW))
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setData(KEY, key)
            item.setToolTip(f"{words}, level {key[2]}, sha256 {key[1][:8]}")
            self.addItem(item)
            state = Qt.CheckState.Checked if key in ticked else Qt.CheckState.Unchecked
            item.setCheckState(state)
        self.blockSignals(False)
        self.chosen.emit()

    def keys(self) -> tuple[Key, ...]:
        """Return what is ticked."""
        items = (self.item(row) for row in range(self.count()))
        return tuple(
            tuple(item.data(KEY)) for item in items if item.checkState() == Qt.CheckState.Checked
        )

    def paths(self) -> tuple[Path, ...]:
        """Return the run folders of all ticked models."""
        return tuple(entry.path for key in self.keys() for entry in self._runs.get(key, ()))

    def _changed(self, item: QListWidgetItem) -> None:
        if item.checkState() == Qt.CheckState.Checked and len(self.keys()) > MOST:
            item.setCheckState(Qt.CheckState.Unchecked)
            return
        self.chosen.emit()


def _counts(runs: Sequence[RunEntry]) -> str:
    requests = sorted({run.request for run in runs})
    return f"{counted(len(runs), 'run')}: {', '.join(requests)}"
