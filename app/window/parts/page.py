"""A page of the window: what the sidebar leads to. The window composes pages by this alone."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.report.theme import Theme, label
from app.window.parts.panel import GRID

PAGE_MARGIN = 3 * GRID
GAP = 2 * GRID
"""Outer margin of every page, and the distance of its parts."""


class Page(QWidget):
    """One place of the window; a subclass fills `body` and `tools`.

    `Page(runs, theme)`: every page gets the folder of runs and the theme it starts with.
    """

    title: str = ""
    """Name in the sidebar and in the heading."""
    first: QWidget | None = None
    """What has the focus when the page is opened."""
    run_opened = Signal(Path)
    """A person wants to see this run folder."""

    def __init__(self, runs: Path, theme: Theme) -> None:
        """Lay out the heading; the rest belongs to the subclass."""
        super().__init__()
        self.runs = runs
        self.theme = theme
        self.heading = label(self.title, "title")
        self.subtitle = label("", "muted")
        self.tools = QHBoxLayout()
        self.tools.setSpacing(8)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self.heading)
        words.addWidget(self.subtitle)
        head = QHBoxLayout()
        head.setSpacing(GAP)
        head.addLayout(words, 1)
        head.addLayout(self.tools)
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(PAGE_MARGIN, PAGE_MARGIN - 4, PAGE_MARGIN, PAGE_MARGIN)
        self.body.setSpacing(GAP)
        self.body.addLayout(head)

    def set_theme(self, theme: Theme) -> None:
        """Draw with another theme."""
        self.theme = theme
        self.update()

    def set_folder(self, runs: Path) -> None:
        """Show another folder of runs."""
        self.runs = runs
        self.refresh()

    def refresh(self) -> None:
        """Read again what is on disk; called when a run ends and when the page is opened."""

    def close_process(self) -> None:
        """End what runs behind the page; called when the window closes."""
