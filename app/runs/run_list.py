"""The list of runs at the window's left: request, model, and how each stands."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app.report import numbers
from app.runs.library import RunEntry, list_runs
from app.theme import Theme, font

Index = QModelIndex | QPersistentModelIndex
WIDTH, ROW_HEIGHT, PADDING = 264, 62, 16
ENTRY_ROLE = int(Qt.ItemDataRole.UserRole)


class RunListModel(QAbstractListModel):
    """The runs below one folder."""

    def __init__(self, root: Path, parent: QObject | None = None) -> None:
        """Read the folder once; `reload` reads it again."""
        super().__init__(parent)
        self._root = root
        self.entries = list_runs(root)

    def reload(self) -> None:
        """Read the folder again."""
        self.beginResetModel()
        self.entries = list_runs(self._root)
        self.endResetModel()

    def row_of(self, path: Path) -> int | None:
        """Find the row of a run folder."""
        rows = (row for row, entry in enumerate(self.entries) if entry.path == path)
        return next(rows, None)

    def rowCount(self, parent: Index | None = None) -> int:  # noqa: N802 - Qt's name
        """Count the runs."""
        return 0 if parent is not None and parent.isValid() else len(self.entries)

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> object:
        """Give the entry, or its words for screen readers."""
        entry = self.entries[index.row()]
        if role == ENTRY_ROLE:
            return entry
        words = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole)
        if role in words:
            return f"{entry.request}, {entry.model}, {status_of(entry)}"
        if role == Qt.ItemDataRole.ToolTipRole:
            return entry.problem or str(entry.path)
        return None


class RunList(QListView):
    """The list itself; tells which run was chosen."""

    chosen = Signal(object)
    """The chosen RunEntry."""

    def __init__(self, root: Path, theme: Theme) -> None:
        """List the runs below `root`."""
        super().__init__()
        self.runs = RunListModel(root, self)
        self.setModel(self.runs)
        self._delegate = _RunDelegate(theme, self)
        self.setItemDelegate(self._delegate)
        self.setFixedWidth(WIDTH)
        self.setAccessibleName("Runs")
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.selectionModel().currentChanged.connect(self._changed)

    def choose(self, path: Path) -> None:
        """Read the folder again and choose one run, without telling so if it is chosen already."""
        self.runs.reload()
        row = self.runs.row_of(path)
        if row is not None:
            self.setCurrentIndex(self.runs.index(row))

    def set_theme(self, theme: Theme) -> None:
        """Draw with another theme."""
        self._delegate.theme = theme
        self.viewport().update()

    def _changed(self, current: QModelIndex) -> None:
        if current.isValid():
            self.chosen.emit(self.runs.entries[current.row()])


class _RunDelegate(QStyledItemDelegate):
    def __init__(self, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self.theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802
        return QSize(WIDTH, ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        theme, entry = self.theme, index.data(ENTRY_ROLE)
        area: QRect = option.rect  # pyright: ignore[reportAttributeAccessIssue] - stub lacks it
        state: QStyle.StateFlag = option.state  # pyright: ignore[reportAttributeAccessIssue]
        painter.save()
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(area, QColor(theme.track))
            painter.fillRect(QRect(area.left(), area.top(), 3, area.height()), theme.accent)
        inner = area.adjusted(PADDING, 11, -PADDING, -11)
        status = status_of(entry)
        plain = entry.state in ("finished", "running")
        painter.setFont(font(14, 600))
        painter.setPen(QColor(theme.accent if plain else theme.muted))
        room = QFontMetrics(painter.font()).horizontalAdvance(status)
        painter.drawText(inner, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop, status)
        painter.setPen(QColor(theme.ink))
        _line(painter, inner.adjusted(0, 0, -room - 8, 0), entry.request, Qt.AlignmentFlag.AlignTop)
        painter.setFont(font(13))
        painter.setPen(QColor(theme.muted))
        _line(painter, inner, entry.model, Qt.AlignmentFlag.AlignBottom)
        painter.restore()


def status_of(entry: RunEntry) -> str:
    """Say how a run stands: its score, or the word for its state."""
    if entry.state == "finished" and entry.score is not None:
        return numbers.points(entry.score)
    return entry.state


def _line(painter: QPainter, area: QRect, text: str, align: Qt.AlignmentFlag) -> None:
    shown = QFontMetrics(painter.font()).elidedText(text, Qt.TextElideMode.ElideRight, area.width())
    painter.drawText(area, align | Qt.AlignmentFlag.AlignLeft, shown)
