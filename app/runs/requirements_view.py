"""The requirements as a person reads them, with their headings at the side."""

from __future__ import annotations

import re
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QTextBlock, QTextCursor
from PySide6.QtWidgets import (
    QListWidget,
    QListWidgetItem,
    QSplitter,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from app.panel import GRID
from app.theme import Theme, font

HEADING_LEVELS = (2, 3)
"""Levels of the headings in the list: chapters and their sections, not each requirement."""
BLOCK_ROLE = int(Qt.ItemDataRole.UserRole)
INLINE_TAGS = re.compile(r"</?sub>")
"""Qt's Markdown shows these as text."""
INDENT = 16


class RequirementsView(QWidget):
    """Headings at the left, the document at the right."""

    def __init__(self, theme: Theme) -> None:
        """Start without a document."""
        super().__init__()
        self._theme = theme
        self._text = ""
        self.headings = QListWidget()
        self.headings.setAccessibleName("Chapters")
        self.headings.setFont(font(13))
        self.headings.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.headings.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.headings.currentItemChanged.connect(self._go)
        self.document = QTextBrowser()
        self.document.setAccessibleName("Requirements")
        self.document.setOpenLinks(False)
        self.document.document().setDocumentMargin(3 * GRID)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setChildrenCollapsible(False)
        split.setHandleWidth(2 * GRID)
        split.addWidget(self.headings)
        split.addWidget(self.document)
        split.setSizes([240, 760])
        split.setStretchFactor(1, 1)
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.addWidget(split)

    def show_file(self, path: Path) -> None:
        """Show a Markdown file; one that is missing is told."""
        try:
            self._text = path.read_text(encoding="utf-8", errors="replace")
        except OSError:
            self._text = "The requirements were not made."
        self._render()

    def set_theme(self, theme: Theme) -> None:
        """Draw with another theme."""
        self._theme = theme
        self._render()

    def _render(self) -> None:
        self.document.setFont(font(14))
        self.document.setMarkdown(INLINE_TAGS.sub("", self._text))
        self.headings.clear()
        block = self.document.document().begin()
        while block.isValid():
            self._dress(block)
            block = block.next()
        self.document.moveCursor(QTextCursor.MoveOperation.Start)

    def _dress(self, block: QTextBlock) -> None:
        """Set a heading in the type scale and list it."""
        level = block.blockFormat().headingLevel()
        if level not in HEADING_LEVELS:
            return
        item = QListWidgetItem(block.text())
        item.setData(BLOCK_ROLE, block.position())
        item.setToolTip(block.text())
        if level == HEADING_LEVELS[0]:
            item.setFont(font(13, 600))
        else:
            item.setText(f"    {block.text()}")
        self.headings.addItem(item)

    def _go(self, item: QListWidgetItem | None) -> None:
        if item is None:
            return
        cursor = QTextCursor(self.document.document())
        cursor.setPosition(item.data(BLOCK_ROLE))
        self.document.moveCursor(QTextCursor.MoveOperation.End)
        self.document.setTextCursor(cursor)
        self.document.ensureCursorVisible()
