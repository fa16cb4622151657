"""Everything out of the ordinary in a run, as a list that grows with it."""

from __future__ import annotations

from PySide6.QtGui import QBrush, QColor
from PySide6.QtWidgets import QHeaderView, QTreeWidget, QTreeWidgetItem

from app.library.live import LiveRun, Note, NoteKind
from app.report import numbers
from app.report.theme import Theme
from app.window.parts.icons import icon

WORDS: dict[NoteKind, tuple[str, str]] = {
    "invalid": ("Invalid", "caution"),
    "retry": ("Asked again", "run"),
    "adjusted": ("Mended", "check"),
    "lost": ("Dropped", "cross"),
    "looped": ("Looped", "caution"),
    "cut": ("Cut", "caution"),
    "resumed": ("Resumed", "history"),
}
"""What a kind of note is called, and its icon."""
ICON = 14


class NoteList(QTreeWidget):
    """Retries, diagnostics and what was mended or dropped, the latest at the end."""

    def __init__(self, theme: Theme) -> None:
        """Start empty."""
        super().__init__()
        self._theme = theme
        self._run: LiveRun | None = None
        self._shown = 0
        self.setColumnCount(4)
        self.setHeaderLabels(("Time", "What", "Form", "Why"))
        self.setHeaderHidden(True)
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setAccessibleName("Notes on the run")
        self.header().setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        for column, width in enumerate((60, 108, 128)):
            self.setColumnWidth(column, width)

    def set_theme(self, theme: Theme) -> None:
        """Draw with another theme."""
        self._theme = theme
        self._shown = 0
        if self._run is not None:
            self.show_notes(self._run)

    def show_notes(self, run: LiveRun) -> None:
        """Add what is new; start over for another run."""
        if run is not self._run or self._shown > run.noted or not self._shown:
            self.clear()
            self._run, self._shown = run, max(0, run.noted - len(run.notes))
        new = run.noted - self._shown
        if not new:
            return
        notes = list(run.notes)[-new:]
        self.addTopLevelItems([self._row(note) for note in notes])
        while self.topLevelItemCount() > (run.notes.maxlen or 0):
            self.takeTopLevelItem(0)
        self._shown = run.noted
        self.scrollToBottom()

    def _row(self, note: Note) -> QTreeWidgetItem:
        word, sign = WORDS[note.kind]
        row = QTreeWidgetItem([numbers.duration(note.t_s), word, note.form, note.text])
        serious = note.kind in ("invalid", "lost")
        colour = self._theme.danger if serious else self._theme.muted
        row.setIcon(1, icon(sign, colour, ICON))
        row.setForeground(0, QBrush(QColor(self._theme.muted)))
        row.setToolTip(3, note.text)
        return row
