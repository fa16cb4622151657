"""The answer as it is written: what the model chose in ink, what the grammar forced in grey."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtGui import QColor, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit

from app.panel import code_font
from app.theme import SMALL, Theme

SHOWN_CHARACTERS = 6000
"""What is longer costs time to lay out and is out of sight; it is in the run's folder."""
SPARE_CHARACTERS = 2000


class StreamText(QPlainTextEdit):
    """The last few thousand characters of the answer."""

    def __init__(self, theme: Theme) -> None:
        """Start empty."""
        super().__init__()
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
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
        for text, forced in _joined(parts):
            cursor.insertText(text, self._forced if forced else self._chosen)
        length = self.document().characterCount()
        if length > SHOWN_CHARACTERS + SPARE_CHARACTERS:
            cursor.setPosition(0)
            cursor.setPosition(length - SHOWN_CHARACTERS, QTextCursor.MoveMode.KeepAnchor)
            cursor.removeSelectedText()
        self.moveCursor(QTextCursor.MoveOperation.End)


def _joined(parts: Iterable[tuple[str, bool]]) -> Iterable[tuple[str, bool]]:
    """Join neighbours of one kind; of very many only the end, since no more is shown."""
    runs: list[tuple[str, bool]] = []
    for text, forced in parts:
        if runs and runs[-1][1] == forced:
            runs[-1] = (runs[-1][0] + text, forced)
        else:
            runs.append((text, forced))
    kept, length = [], 0
    for text, forced in reversed(runs):
        kept.append((text[-SHOWN_CHARACTERS:], forced))
        length += len(text)
        if length >= SHOWN_CHARACTERS:
            break
    return reversed(kept)
