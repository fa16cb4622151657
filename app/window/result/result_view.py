"""A finished run: its score, its artifacts, its findings, its card, each in a tab."""

from __future__ import annotations

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QTabWidget, QVBoxLayout, QWidget

from app.library.result import Result
from app.report.theme import Theme, label
from app.window.parts.panel import GRID
from app.window.parts.remedies import advised
from app.window.result.artifacts import CodePage, DatabasePage
from app.window.result.card_page import CardPage
from app.window.result.findings import FindingsView
from app.window.result.openapi_tree import OpenApiTree
from app.window.result.overview import Overview, rungs_of_run
from app.window.result.requirements_view import RequirementsView
from app.window.result.verify_view import VerifyView
from pipeline.records.journal import RunFolder

REQUIREMENTS, OPENAPI = "docs/requirements.md", "openapi.json"


class ResultView(QWidget):
    """Eight tabs; a finding leads to its line in the code."""

    left = Signal()
    """A person wants to go back to where they came from."""

    def __init__(self, theme: Theme) -> None:
        """Start empty."""
        super().__init__()
        self._folder: RunFolder | None = None
        self._title = label("", "title")
        self._subtitle = label("", "muted")
        self.back_button = QPushButton("‹ Runs")  # noqa: RUF001 - the sign of going back
        self.back_button.setAccessibleName("Back to the runs")
        self.back_button.clicked.connect(self.left)
        self.overview = Overview(theme)
        self.requirements = RequirementsView(theme)
        self.database = DatabasePage(theme)
        self.api = OpenApiTree(theme)
        self.code = CodePage(theme)
        self.lost = FindingsView()
        self.verify = VerifyView(theme)
        self.card_page = CardPage(theme)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.setAccessibleName("Parts of the result")
        for title, page in self._pages().items():
            holder = QWidget()
            box = QVBoxLayout(holder)
            box.setContentsMargins(0, 2 * GRID, 0, 0)
            box.addWidget(page)
            self.tabs.addTab(holder, title)
        self.open_button = QPushButton("Open Folder")
        self.open_button.clicked.connect(self._open_folder)
        self.lost.located.connect(self.show_place)
        self._lay_out()

    def show_result(self, folder: RunFolder, result: Result) -> None:
        """Show a run that has ended. Raises RunFolderError if its events can't be read."""
        self._folder = folder
        rungs = rungs_of_run(folder, result)
        model = result.model
        self._title.setText(f"{result.request}, {model.name}")
        parts = (
            model.format.upper(),
            model.quantization,
            f"seed {result.seed}",
            result.level,
            f"{result.finished_at:%Y-%m-%d %H:%M} UTC",
            advised(result.sentence or "", result.remedies),
        )
        self._subtitle.setText("  ·  ".join(part for part in parts if part))
        self.overview.show_result(folder, result, rungs)
        self.requirements.show_file(folder.artifacts / REQUIREMENTS)
        self.database.show_project(folder.artifacts)
        self.api.show_file(folder.artifacts / OPENAPI)
        self.code.show_project(folder.artifacts)
        self.lost.show_score(result.score)
        self.verify.show_project(folder.artifacts)
        self.card_page.show_result(folder, result)
        self.tabs.setCurrentIndex(0)
        self.tabs.tabBar().setFocus()

    def show_place(self, name: str, line: int) -> None:
        """Show a line of the code, or say below the list that the file is not there."""
        if self.code.show_place(name, line):
            self.show_tab("Code")
            self.code.code.editor.setFocus()
        else:
            self.lost.note.setText(f"The project has no file {name}.")

    def show_tab(self, title: str) -> None:
        """Show the tab with this title. Raises KeyError if there is none."""
        self.tabs.setCurrentIndex(tuple(self._pages()).index(title))

    def set_theme(self, theme: Theme) -> None:
        """Draw with another theme."""
        for page in (self.overview, self.requirements, self.database, self.api, self.code):
            page.set_theme(theme)
        self.verify.set_theme(theme)
        self.card_page.set_theme(theme)

    def close_process(self) -> None:
        """End what still runs before the window goes."""
        self.verify.close_process()

    def _pages(self) -> dict[str, QWidget]:
        return {
            "Overview": self.overview,
            "Requirements": self.requirements,
            "Database": self.database,
            "API": self.api,
            "Code": self.code,
            "Findings": self.lost,
            "Verify": self.verify,
            "Card": self.card_page,
        }

    def _open_folder(self) -> None:
        if self._folder is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._folder.path)))

    def _lay_out(self) -> None:
        for number in range(self.tabs.count()):
            shortcut = QShortcut(QKeySequence(f"Alt+{number + 1}"), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(lambda number=number: self.tabs.setCurrentIndex(number))
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._title)
        words.addWidget(self._subtitle)
        head = QHBoxLayout()
        head.setSpacing(2 * GRID)
        head.addWidget(self.back_button, 0, Qt.AlignmentFlag.AlignTop)
        head.addLayout(words, 1)
        head.addWidget(self.open_button, 0, Qt.AlignmentFlag.AlignTop)
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(GRID + 4)
        page.addLayout(head)
        page.addWidget(self.tabs, 1)
