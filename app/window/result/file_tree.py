"""The generated project's files as a tree, the six artifacts named."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QTreeWidget, QTreeWidgetItem

from app.report.theme import font

FILE_ROLE = int(Qt.ItemDataRole.UserRole)
ARTIFACT_NAMES = {
    "src": "implementation",
    "test": "tests",
    "sdk": "SDK",
    "docs": "requirements and diagram",
    "prisma": "database",
    "openapi.json": "API",
}
"""What the entries at the top of a generated project are."""
SKIPPED_FOLDERS = {"node_modules", ".git"}


class FileTree(QTreeWidget):
    """Folders first, then files, by name; reports which file was chosen."""

    file_chosen = Signal(str)
    """Path of the file, relative to the project."""

    def __init__(self) -> None:
        """Start without a project."""
        super().__init__()
        self.setHeaderHidden(True)
        self.setUniformRowHeights(True)
        self.setObjectName("outline")
        self.setAccessibleName("Files")
        self._files: dict[str, QTreeWidgetItem] = {}
        self.currentItemChanged.connect(self._report)

    def show_project(self, root: Path) -> int:
        """Show the files below a folder; return how many there are."""
        self.clear()
        self._files = {}
        self._add(self.invisibleRootItem(), root, "")
        for name in ("src", "src/modules"):
            item = self._folder(name)
            if item is not None:
                item.setExpanded(True)
        return len(self._files)

    def choose(self, name: str) -> bool:
        """Choose a file by its path without reporting it; False if there is no such file."""
        item = self._files.get(name)
        if item is None:
            return False
        self.blockSignals(True)
        self.setCurrentItem(item)
        self.blockSignals(False)
        self.scrollToItem(item)
        return True

    def names(self) -> Iterator[str]:
        """Return the paths of all files."""
        return iter(self._files)

    def _add(self, parent: QTreeWidgetItem, folder: Path, prefix: str) -> None:
        try:
            entries = sorted(os.scandir(folder), key=lambda each: (each.is_file(), each.name))
        except OSError:
            return
        for entry in entries:
            if entry.name in SKIPPED_FOLDERS or entry.is_symlink():
                continue
            name = f"{prefix}{entry.name}"
            item = QTreeWidgetItem([entry.name])
            if not prefix and entry.name in ARTIFACT_NAMES:
                item.setText(0, f"{entry.name}   {ARTIFACT_NAMES[entry.name]}")
                item.setFont(0, font(13, 600))
            parent.addChild(item)
            if entry.is_dir():
                self._add(item, Path(entry.path), f"{name}/")
            else:
                item.setData(0, FILE_ROLE, name)
                self._files[name] = item

    def _folder(self, name: str) -> QTreeWidgetItem | None:
        inside = next((file for file in self._files if file.startswith(f"{name}/")), None)
        if inside is None:
            return None
        item: QTreeWidgetItem | None = self._files[inside]
        for _ in range(inside.count("/") - name.count("/")):
            item = item.parent() if item is not None else None
        return item

    def _report(self, item: QTreeWidgetItem | None) -> None:
        name = item.data(0, FILE_ROLE) if item is not None else None
        if name is not None:
            self.file_chosen.emit(name)
