"""The queue as a list: what waits, what runs and how far it is, how the rest ended."""

from __future__ import annotations

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFontMetricsF, QPainter
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app.report import numbers
from app.report.theme import BODY, SMALL, Theme, font
from app.window.parts.icons import paint_icon
from app.window.parts.panel import GRID, draw_bar, draw_text
from app.window.queue.queue import ItemState, QueueItem, RunQueue
from app.window.queue.stage_cards import share_done

Index = QModelIndex | QPersistentModelIndex
ROW_HEIGHT, ICON, BAR_HEIGHT = 48, 16, 3
ITEM_ROLE = int(Qt.ItemDataRole.UserRole)
SHARE_ROLE = ITEM_ROLE + 1
SIGNS: dict[ItemState, str] = {
    "waiting": "wait",
    "running": "run",
    "paused": "pause",
    "finished": "check",
    "cancelled": "stop",
    "failed": "cross",
    "crashed": "caution",
}


class QueueModel(QAbstractListModel):
    """The rows of the queue."""

    def __init__(self, queue: RunQueue, parent: QObject | None = None) -> None:
        """Follow a queue."""
        super().__init__(parent)
        self._queue = queue
        self._items = queue.items
        queue.changed.connect(self._changed)
        queue.progressed.connect(self._progressed)

    def item(self, row: int) -> QueueItem:
        """Return the item of a row."""
        return self._items[row]

    def row_of(self, run: str) -> int:
        """Find a run's row, -1 if it is not there."""
        return next((row for row, item in enumerate(self._items) if item.order.run == run), -1)

    def rowCount(self, parent: Index | None = None) -> int:  # noqa: N802 - Qt's name
        """Count the items."""
        return 0 if parent is not None and parent.isValid() else len(self._items)

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> object:
        """Return the item, how far it is, or its words for screen readers."""
        item = self._items[index.row()]
        if role == ITEM_ROLE:
            return item
        if role == SHARE_ROLE:
            return self._share(item)
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return f"{item.title}, {item.model}, {status_of(item, self._share(item))}"
        if role == Qt.ItemDataRole.ToolTipRole:
            return item.sentence or None
        return None

    def _share(self, item: QueueItem) -> float | None:
        live = self._queue.live.get(item.order.run)
        if item.state != "running" or live is None:
            return None
        stages = live.progress.stages.values()
        return sum(share_done(stage) for stage in stages) / len(stages)

    def _changed(self) -> None:
        before, self._items = self._items, self._queue.items
        if [item.order.run for item in before] == [item.order.run for item in self._items]:
            self._progressed()
        else:
            self._items = before
            self.beginResetModel()
            self._items = self._queue.items
            self.endResetModel()

    def _progressed(self) -> None:
        if self._items:
            self.dataChanged.emit(self.index(0), self.index(len(self._items) - 1))


class QueueList(QListView):
    """The list itself; a signal names the item that was chosen."""

    chosen = Signal(str)
    """The run id."""

    def __init__(self, queue: RunQueue, theme: Theme) -> None:
        """Follow a queue."""
        super().__init__()
        self.rows = QueueModel(queue, self)
        self.setModel(self.rows)
        self._delegate = _Row(theme, self)
        self.setItemDelegate(self._delegate)
        self.setAccessibleName("Queue")
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.selectionModel().currentChanged.connect(self._changed)

    def choose(self, run: str) -> None:
        """Choose an item."""
        row = self.rows.row_of(run)
        if row >= 0:
            self.setCurrentIndex(self.rows.index(row))

    def set_theme(self, theme: Theme) -> None:
        """Draw with another theme."""
        self._delegate.theme = theme
        self.viewport().update()

    def _changed(self, current: QModelIndex) -> None:
        if current.isValid():
            self.chosen.emit(self.rows.item(current.row()).order.run)


class _Row(QStyledItemDelegate):
    def __init__(self, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self.theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802
        return QSize(200, ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        theme, item = self.theme, index.data(ITEM_ROLE)
        share = index.data(SHARE_ROLE)
        area = QRectF(option.rect)  # pyright: ignore[reportAttributeAccessIssue] - stub lacks it
        state: QStyle.StateFlag = option.state  # pyright: ignore[reportAttributeAccessIssue]
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if state & QStyle.StateFlag.State_Selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.selection))
            painter.drawRoundedRect(area.adjusted(4, 2, -4, -2), 6, 6)
        inner = area.adjusted(12, 6, -12, -6)
        colour = state_colour(item.state, theme)
        paint_icon(
            painter, SIGNS[item.state], colour, QRectF(inner.left(), inner.top() + 1, 16, 16)
        )
        status, face = status_of(item, share), font(SMALL, 500, tabular=True)
        wide = QFontMetricsF(face).horizontalAdvance(status)
        head = QRectF(inner.left() + 24, inner.top(), inner.width() - 24, 18)
        draw_text(painter, head, status, face, colour, Qt.AlignmentFlag.AlignRight)
        head.setRight(head.right() - wide - GRID)
        draw_text(painter, head, item.title, font(BODY, 500), theme.ink)
        below = QRectF(inner.left() + 24, inner.top() + 18, inner.width() - 24, 16)
        draw_text(painter, below, item.model, font(SMALL), theme.muted)
        if share is not None:
            track = QRectF(below.left(), area.bottom() - 7, below.width(), BAR_HEIGHT)
            draw_bar(painter, track, share, theme.track, theme.accent)
        painter.restore()


def status_of(item: QueueItem, share: float | None) -> str:
    """Return how an item stands: its score, how far it is, or the word for its state."""
    if item.state == "finished" and item.score is not None:
        return numbers.points(item.score)
    if item.state == "finished" and item.well_formed is not None:
        return numbers.well_formed(item.well_formed)
    if share is not None:
        return f"{round(100 * share)}{numbers.THIN_SPACE}%"
    return item.state


def state_colour(state: ItemState, theme: Theme) -> str:
    """Choose the colour of a state's sign and word."""
    if state in ("failed", "crashed"):
        return theme.danger
    if state == "paused":
        return theme.caution
    return theme.accent if state in ("running", "finished") else theme.muted
