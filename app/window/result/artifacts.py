"""The six artifacts of a run, each in the view that fits it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from app.report.theme import Theme
from app.window.parts.panel import GRID
from app.window.result.code_view import CodeView
from app.window.result.erd_view import ErdView
from app.window.result.file_tree import FileTree

SCHEMA, DIAGRAM = "prisma/schema.prisma", "docs/erd.svg"
FIRST_FILES = ("src/main.ts", "package.json")


class CodePage(QWidget):
    """The files of the project and the text of the chosen one."""

    def __init__(self, theme: Theme) -> None:
        """Start without a project."""
        super().__init__()
        self._root = Path()
        self.files = FileTree()
        self.code = CodeView(theme)
        self.files.file_chosen.connect(lambda name: self.code.show_file(self._root, name))
        _side_by_side(self, self.files, self.code, (310, 690))

    def show_project(self, root: Path) -> None:
        """Show a project, its first service open."""
        self._root = root
        self.files.show_project(root)
        names = tuple(self.files.names())
        services = [name for name in names if name.endswith(".service.ts") and "modules" in name]
        for name in (*services, *FIRST_FILES, *names):
            if self.show_place(name):
                return
        self.code.show_text("", "The project has no files.\n")

    def show_place(self, name: str, line: int = 0) -> bool:
        """Show a line of a file; False if the project has no such file."""
        if not self.files.choose(name):
            return False
        self.code.show_file(self._root, name, line)
        return True

    def set_theme(self, theme: Theme) -> None:
        """Draw with another theme."""
        self.code.set_theme(theme)


class DatabasePage(QWidget):
    """The diagram above or beside the schema it was drawn from."""

    def __init__(self, theme: Theme) -> None:
        """Start without a project."""
        super().__init__()
        self.diagram = ErdView(theme)
        self.schema = CodeView(theme)
        _side_by_side(self, self.diagram, self.schema, (600, 440))

    def show_project(self, root: Path) -> None:
        """Show the database of a project."""
        self.diagram.show_file(root / DIAGRAM)
        self.schema.show_file(root, SCHEMA)

    def set_theme(self, theme: Theme) -> None:
        """Draw with another theme."""
        self.diagram.set_theme(theme)
        self.schema.set_theme(theme)


def _side_by_side(page: QWidget, left: QWidget, right: QWidget, sizes: tuple[int, int]) -> None:
    split = QSplitter(Qt.Orientation.Horizontal)
    split.setChildrenCollapsible(False)
    split.setHandleWidth(2 * GRID)
    split.addWidget(left)
    split.addWidget(right)
    split.setSizes(list(sizes))
    split.setStretchFactor(0, sizes[0])
    split.setStretchFactor(1, sizes[1])
    column = QVBoxLayout(page)
    column.setContentsMargins(0, 0, 0, 0)
    column.addWidget(split)
