"""The answer as it is written: what the model chose in ink, what the grammar forced in grey."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from PySide6.QtGui import QColor, QFontMetricsF, QTextCharFormat, QTextCursor, QTextOption
from PySide6.QtWidgets import QPlainTextEdit

from app.report.theme import SMALL, Theme
from app.window.parts.panel import code_font

SHOWN_LINES = 200
"""What was before is in the run's folder."""
FEWEST_COLUMNS = 20


class StreamText(QPlainTextEdit):
    """The last few thousand characters of the answer.

    An answer is one long line of JSON. It is broken here, where it reaches the edge, because Qt
    would lay out the whole of a line again with every piece that is added.
    """

    def __init__(self, theme: Theme) -> None:
        """Start empty."""
        super().__init__()
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        self.setMaximumBlockCount(SHOWN_LINES)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAnywhere)
        self.setFont(code_font(SMALL))
        self.setAccessibleName("Text that the model writes")
        self.setAccessibleDescription("What the grammar forced is grey")
        self._chosen, self._forced = QTextCharFormat(), QTextCharFormat()
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Write with another theme from now on."""
        self._chosen.setForeground(QColor(theme.ink))
        self._forced.setForeground(QColor(theme.muted))

    def add(self, parts: Iterable[tuple[str, bool]]) -> None:
        """Add pieces of text, each with whether the grammar forced it, and show the end."""
        cursor = QTextCursor(self.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        columns = self._columns()
        cursor.beginEditBlock()
        for forced, same in groupby(parts, key=lambda part: part[1]):
            style = self._forced if forced else self._chosen
            lines = "".join(text for text, _ in same).split("\n")
            for number, line in enumerate(lines):
                if number:
                    cursor.insertBlock()
                self._insert(cursor, line, style, columns)
        cursor.endEditBlock()
        self.moveCursor(QTextCursor.MoveOperation.End)

    def _insert(self, cursor: QTextCursor, text: str, style: QTextCharFormat, columns: int) -> None:
        while text:
            room = columns - cursor.positionInBlock()
            if room <= 0:
                cursor.insertBlock()
                continue
            cursor.insertText(text[:room], style)
            text = text[room:]

    def _columns(self) -> int:
        """Count the characters of a line beside a scroll bar; all are of one width."""
        edges = 2 * self.document().documentMargin() + self.verticalScrollBar().sizeHint().width()
        width = QFontMetricsF(self.font()).horizontalAdvance("0")
        return max(FEWEST_COLUMNS, int((self.maximumViewportSize().width() - edges) / width))
