"""The page of the models: what is on this machine, and whether it fits."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSignalBlocker, Qt, QUrl, Signal
from PySide6.QtGui import QAction, QDesktopServices, QGuiApplication
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QSlider,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.report import numbers
from app.report.theme import Theme, label
from app.window.models.details import ModelDetails
from app.window.models.shelf import Shelf
from app.window.models.table import Kind, ModelTable
from app.window.parts.icons import icon
from app.window.parts.page import Page
from app.window.parts.panel import GRID
from app.window.parts.segmented import Segmented
from engines.context import DEFAULT_CONTEXT_TOKENS
from pipeline.english import counted

KILO = 1024
CONTEXTS = tuple(KILO * k for k in (4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256))
"""Stops of the slider."""
KINDS: dict[Kind, str] = {
    "all": "All",
    "fits": "Fits",
    "gguf": "GGUF",
    "mlx": "MLX",
    "other": "Other Files",
}
SEARCHING = "Looking for models…"
NOTHING = (
    "No models found on this machine.\n\nAdd a folder, or drag a GGUF file or an MLX folder "
    "onto this window."
)
NO_MATCH = "No models match. Clear the search or choose another filter."


class ModelsPage(Page):
    """Table above, the chosen model below."""

    title = "Models"
    folder_wanted = Signal()
    run_wanted = Signal(Path)
    context_chosen = Signal(int)

    def __init__(self, runs: Path, theme: Theme, shelf: Shelf) -> None:
        """Show a shelf; it is scanned by the window."""
        super().__init__(runs, theme)
        self._shelf = shelf
        self.table = ModelTable(theme)
        self.details = ModelDetails(theme)
        self.search = QLineEdit()
        self.search.setObjectName("search")
        self.search.setPlaceholderText("Search")
        self.search.setClearButtonEnabled(True)
        self.search.setAccessibleName("Search models")
        self.search.setFixedWidth(200)
        self._lens = self.search.addAction(
            icon("search", theme.muted, 16), QLineEdit.ActionPosition.LeadingPosition
        )
        self.kind = Segmented("Show", {str(key): words for key, words in KINDS.items()})
        self.add_button = QPushButton("Add Folder…")
        self.context = QSlider(Qt.Orientation.Horizontal)
        self.context.setRange(0, len(CONTEXTS) - 1)
        self.context.setPageStep(1)
        self.context.setFixedWidth(160)
        self.context.setAccessibleName("Context")
        self._context_words = label("", "body")
        self._context_words.setMinimumWidth(104)
        self._nothing = label(SEARCHING, "muted")
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._nothing.setWordWrap(True)
        self._stack = QStackedWidget()
        self._lay_out()
        self.search.textChanged.connect(self._filter)
        self.kind.chosen.connect(self._filter)
        self.context.valueChanged.connect(self._slide)
        self.context.setValue(CONTEXTS.index(DEFAULT_CONTEXT_TOKENS))
        self.add_button.clicked.connect(self.folder_wanted)
        self.table.chosen.connect(self.details.show_model)
        self.table.doubleClicked.connect(lambda _: self.details.run_button.click())
        self.details.run_wanted.connect(self.run_wanted)
        self.details.judged.connect(self.show_models)
        shelf.changed.connect(self.show_models)
        self.first = self.table
        self._offer_actions()
        self.set_theme(theme)

    @property
    def context_tokens(self) -> int:
        """The context that the models are judged for."""
        return CONTEXTS[self.context.value()]

    def show_models(self) -> None:
        """Show the shelf as it is now."""
        rows = self._shelf.shelved(self.context_tokens)
        self.table.show_rows(rows)
        models = [each for each in rows if each.fit is not None]
        fitting = sum(1 for each in models if each.fit is not None and each.fit.verdict != "no")
        self.subtitle.setText(
            f"{counted(len(models), 'model')} on this machine, {fitting} of them "
            f"{'fits' if fitting == 1 else 'fit'} into the "
            f"{numbers.size(self._shelf.usable_bytes)} that a model may take"
            if self._shelf.scanned
            else SEARCHING
        )
        self._show_what_is_there()

    def refresh(self) -> None:
        """Look at the disk again."""
        self._shelf.scan()

    def close_process(self) -> None:
        """Let a hash that is being computed end."""
        self.details.close_threads()

    def set_theme(self, theme: Theme) -> None:
        """Draw with another theme."""
        super().set_theme(theme)
        self.table.set_theme(theme)
        self.details.set_theme(theme)
        self.add_button.setIcon(icon("folder", theme.ink, 16))
        self._lens.setIcon(icon("search", theme.muted, 16))

    def _offer_actions(self) -> None:
        """Put what can be done with a model into the menu of its row."""
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        for words, slot in (
            ("Run with This Model…", self.details.run_button.click),
            ("Show in Folder", self._show_folder),
            ("Copy Path", self._copy_path),
        ):
            action = QAction(words, self.table)
            action.triggered.connect(slot)
            self.table.addAction(action)

    def _show_folder(self) -> None:
        if self.table.current is not None:
            folder = self.table.current.entry.path.parent
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))

    def _copy_path(self) -> None:
        if self.table.current is not None:
            QGuiApplication.clipboard().setText(str(self.table.current.entry.path))

    def _filter(self) -> None:
        kinds: list[Kind] = [kind for kind in KINDS if self.kind.button(kind).isChecked()]
        self.table.filter.choose(kinds[0])
        self.table.filter.search(self.search.text())
        current = self.table.current
        self.table.select(current.entry.path if current is not None else None)
        self._show_what_is_there()

    def _slide(self) -> None:
        tokens = numbers.count(self.context_tokens)
        self._context_words.setText(f"{tokens} tokens")
        self.context.setAccessibleDescription(f"{tokens} tokens")
        with QSignalBlocker(self.context):
            self.show_models()
        self.context_chosen.emit(self.context_tokens)

    def _show_what_is_there(self) -> None:
        if not self._shelf.entries:
            self._nothing.setText(NOTHING if self._shelf.scanned else SEARCHING)
        else:
            self._nothing.setText(NO_MATCH)
        self._stack.setCurrentIndex(1 if self.table.filter.rowCount() else 0)

    def _lay_out(self) -> None:
        self.tools.addWidget(self.search)
        self.tools.addWidget(self.add_button)
        line = QHBoxLayout()
        line.setSpacing(GRID)
        line.addWidget(self.kind)
        line.addStretch(1)
        line.addWidget(label("Fit for a context of", "muted"))
        line.addWidget(self.context)
        line.addWidget(self._context_words)
        split = QSplitter(Qt.Orientation.Vertical)
        split.setHandleWidth(2 * GRID)
        split.setChildrenCollapsible(False)
        empty = QWidget()
        inside = QVBoxLayout(empty)
        inside.addWidget(self._nothing)
        self._stack.addWidget(empty)
        self._stack.addWidget(self.table)
        split.addWidget(self._stack)
        split.addWidget(self.details)
        split.setStretchFactor(0, 1)
        split.setStretchFactor(1, 0)
        self.body.addLayout(line)
        self.body.addWidget(split, 1)
