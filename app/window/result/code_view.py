"""One file of the generated project, with line numbers, colours and a marked line."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
)
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
    QVBoxLayout,
    QWidget,
)

from app.report import numbers
from app.report.theme import Theme, font, label
from app.window.parts.panel import GRID, code_font
from app.window.result.highlight import Highlighter, language_of

MAX_SHOWN_BYTES = 2_000_000
"""A longer file is cut: no generated source is, and a window must stay alive."""
GUTTER_PADDING = 12


class Editor(QPlainTextEdit):
    """Read-only text with a gutter of line numbers."""

    def __init__(self, theme: Theme) -> None:
        """Start empty."""
        super().__init__()
        self.theme = theme
        self.setReadOnly(True)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setFont(code_font())
        self.setObjectName("code")
        self.setAccessibleName("Code")
        self.setTabStopDistance(2 * self.fontMetrics().horizontalAdvance(" "))
        self._gutter = _Gutter(self)
        self._marked = 0
        self.blockCountChanged.connect(self._fit_gutter)
        self.updateRequest.connect(self._scroll_gutter)
        self._fit_gutter()

    def gutter_width(self) -> int:
        """Return the width that the line numbers need."""
        digits = max(3, len(str(self.blockCount())))
        return 2 * GUTTER_PADDING + digits * self.fontMetrics().horizontalAdvance("9")

    def mark_line(self, line: int) -> None:
        """Mark a line, counted from 1, and scroll it into the middle; 0 marks none."""
        self._marked = line
        block = self.document().findBlockByNumber(line - 1)
        if line > 0 and block.isValid():
            self.setTextCursor(QTextCursor(block))
            self.centerCursor()
        else:
            self.moveCursor(QTextCursor.MoveOperation.Start)
        self.show_mark()

    def marked_line(self) -> int:
        """Return the marked line, 0 if there is none."""
        return self._marked

    def show_mark(self) -> None:
        """Draw the mark in the theme's colour."""
        marks: list[QTextEdit.ExtraSelection] = []
        block = self.document().findBlockByNumber(self._marked - 1)
        if self._marked > 0 and block.isValid():
            look = QTextCharFormat()
            look.setBackground(QColor(self.theme.selection))
            look.setProperty(QTextFormat.Property.FullWidthSelection, True)
            mark = QTextEdit.ExtraSelection()
            # The stubs lack the attributes of this structure.
            mark.format = look  # pyright: ignore[reportAttributeAccessIssue]
            mark.cursor = QTextCursor(block)  # pyright: ignore[reportAttributeAccessIssue]
            marks.append(mark)
        self.setExtraSelections(marks)

    def paint_gutter(self, event: QPaintEvent) -> None:
        """Draw the numbers of the visible lines."""
        painter = QPainter(self._gutter)
        painter.fillRect(event.rect(), QColor(self.theme.raised))
        painter.setFont(font(11, tabular=True))
        block = self.firstVisibleBlock()
        top = self.blockBoundingGeometry(block).translated(self.contentOffset()).top()
        room = self._gutter.width() - GUTTER_PADDING
        while block.isValid() and top <= event.rect().bottom():
            height = self.blockBoundingRect(block).height()
            line = block.blockNumber() + 1
            painter.setPen(QColor(self.theme.ink if line == self._marked else self.theme.muted))
            area = QRect(0, round(top), room, round(height))
            painter.drawText(
                area, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, str(line)
            )
            block = block.next()
            top += height

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Keep the gutter as high as the text."""
        super().resizeEvent(event)
        left, text = self.contentsRect().left(), self.viewport().geometry()
        self._gutter.setGeometry(QRect(left, text.top(), self.gutter_width(), text.height()))

    def _fit_gutter(self) -> None:
        self.setViewportMargins(self.gutter_width(), 0, 0, 0)
        self._gutter.resize(self.gutter_width(), self._gutter.height())

    def _scroll_gutter(self, area: QRect, dy: int) -> None:
        if dy:
            self._gutter.scroll(0, dy)
        else:
            self._gutter.update(0, area.y(), self._gutter.width(), area.height())


class _Gutter(QWidget):
    def __init__(self, editor: Editor) -> None:
        super().__init__(editor)
        self._editor = editor

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(self._editor.gutter_width(), 0)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        self._editor.paint_gutter(event)


class CodeView(QWidget):
    """A file with its name above and a field to search in it."""

    def __init__(self, theme: Theme) -> None:
        """Start without a file."""
        super().__init__()
        self.editor = Editor(theme)
        self._highlighter = Highlighter(self.editor.document(), theme)
        self._name = label("", "body")
        self._size = label("", "muted")
        self.search = QLineEdit()
        self.search.setPlaceholderText("Find in file")
        self.search.setAccessibleName("Find in file")
        self.search.setClearButtonEnabled(True)
        self.search.setFixedWidth(200)
        self.search.textChanged.connect(lambda: self.find_next(restart=True))
        self.search.returnPressed.connect(self.find_next)
        self._hits = label("", "muted")
        self._lay_out()

    def show_text(self, name: str, text: str, line: int = 0) -> None:
        """Show a text under a name whose ending names the language; mark a line."""
        self._name.setText(name)
        lines = text.count("\n") + (not text.endswith("\n"))
        self._size.setText(f"{numbers.count(lines)} {'line' if lines == 1 else 'lines'}")
        self._highlighter.set_language(language_of(name))
        self.editor.setPlainText(text)
        self.editor.setAccessibleDescription(name)
        self.editor.mark_line(line)

    def show_file(self, root: Path, name: str, line: int = 0) -> None:
        """Show a file below `root`; one that can't be read says why."""
        try:
            with (root / name).open("rb") as file:
                data = file.read(MAX_SHOWN_BYTES)
        except OSError as error:
            self.show_text(name, f"{name} can't be read: {error.strerror}.\n")
            return
        self.show_text(name, data.decode("utf-8", "replace"), line)

    def find_next(self, *, restart: bool = False) -> bool:
        """Go to the next place of the searched text, from the top after the last one."""
        wanted = self.search.text()
        self._hits.setText("")
        if not wanted:
            return False
        if restart:
            cursor = self.editor.textCursor()
            cursor.setPosition(cursor.selectionStart())
            self.editor.setTextCursor(cursor)
        if self.editor.find(wanted):
            return True
        self.editor.moveCursor(QTextCursor.MoveOperation.Start)
        found = self.editor.find(wanted, QTextDocument.FindFlag(0))
        if not found:
            self._hits.setText("not found")
        return found

    def set_theme(self, theme: Theme) -> None:
        """Draw with another theme."""
        self.editor.theme = theme
        self._highlighter.set_theme(theme)
        self.editor.show_mark()
        self.editor.viewport().update()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(GRID)
        head.addWidget(self._name)
        head.addWidget(self._size)
        head.addStretch(1)
        head.addWidget(self._hits)
        head.addWidget(self.search)
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(GRID)
        page.addLayout(head)
        page.addWidget(self.editor, 1)
