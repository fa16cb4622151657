"""The requirements as a person reads them, with their headings at the side."""

from __future__ import annotations

import re
from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import (
    QColor,
    QTextBlock,
    QTextBlockFormat,
    QTextCursor,
    QTextFrameFormat,
    QTextLength,
    QTextTable,
)
from PySide6.QtWidgets import (
    QListWidget,
    QListWidgetItem,
    QSplitter,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from app.report.theme import Theme, font
from app.window.parts.panel import GRID

HEADING_LEVELS = (2, 3)
"""Levels of the headings in the list: chapters and their sections, not each requirement."""
BLOCK_ROLE = int(Qt.ItemDataRole.UserRole)
INLINE_TAGS = re.compile(r"</?sub>")
"""Qt's Markdown shows these as text."""
HEADING_ABOVE, PARAGRAPH_BELOW, HEADING_ROW = 18, 8, 28
LINE_HEIGHT = 125
"""Percent."""
TABLE_PERCENT = 99
"""Of the page's width; the edges of the cells take the rest."""


class RequirementsView(QWidget):
    """Headings at the left, the document at the right."""

    def __init__(self, theme: Theme) -> None:
        """Start without a document."""
        super().__init__()
        self._theme = theme
        self._text = ""
        self.headings = QListWidget()
        self.headings.setObjectName("outline")
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
        """Show a Markdown file, or say that it is missing."""
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
        document = self.document.document()
        block = document.begin()
        while block.isValid():
            self._dress(block)
            block = block.next()
        for frame in document.rootFrame().childFrames():
            if isinstance(frame, QTextTable):
                self._dress_table(frame)
        self.document.moveCursor(QTextCursor.MoveOperation.Start)

    def _dress(self, block: QTextBlock) -> None:
        """Give a paragraph its room; set a heading in the type scale and list it."""
        look = block.blockFormat()
        level = look.headingLevel()
        cursor = QTextCursor(block)
        if cursor.currentTable() is not None:
            return
        look.setTopMargin(HEADING_ABOVE if level > 1 else 0)
        look.setBottomMargin(0 if block.textList() is not None else PARAGRAPH_BELOW)
        look.setLineHeight(LINE_HEIGHT, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
        cursor.setBlockFormat(look)
        if level in HEADING_LEVELS:
            self._list(block, level)

    def _list(self, block: QTextBlock, level: int) -> None:
        deeper = level > HEADING_LEVELS[0]
        item = QListWidgetItem(f"    {block.text()}" if deeper else block.text())
        item.setFont(font(13, 400 if deeper else 600))
        item.setData(BLOCK_ROLE, block.position())
        item.setToolTip(block.text())
        item.setSizeHint(QSize(0, HEADING_ROW))
        self.headings.addItem(item)

    def _dress_table(self, table: QTextTable) -> None:
        look = table.format()
        look.setBorder(0)
        look.setBorderCollapse(True)
        look.setCellPadding(6)
        look.setTopMargin(4)
        look.setBottomMargin(PARAGRAPH_BELOW)
        look.setWidth(QTextLength(QTextLength.Type.PercentageLength, TABLE_PERCENT))
        table.setFormat(look)
        for row in range(table.rows()):
            for column in range(table.columns()):
                cell = table.cellAt(row, column)
                line = cell.format().toTableCellFormat()
                line.setBottomBorder(1)
                line.setBottomBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
                line.setBottomBorderBrush(QColor(self._theme.line))
                cell.setFormat(line)

    def _go(self, item: QListWidgetItem | None) -> None:
        if item is None:
            return
        cursor = QTextCursor(self.document.document())
        cursor.setPosition(item.data(BLOCK_ROLE))
        self.document.moveCursor(QTextCursor.MoveOperation.End)
        self.document.setTextCursor(cursor)
        self.document.ensureCursorVisible()
