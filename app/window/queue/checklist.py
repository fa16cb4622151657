"""Lists whose rows can be ticked, each with a note at its right."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QListWidget,
    QListWidgetItem,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from app.report.theme import BODY, SMALL, font
from app.window.parts.panel import GRID, draw_text

Index = QModelIndex | QPersistentModelIndex
SIGNS_WIDTH = 64
"""Check box, icon and margins of a row."""
NOTE_ROLE = int(Qt.ItemDataRole.UserRole) + 1


class _NotedRows(QStyledItemDelegate):
    """Rows with a note at the right, before which the text is cut."""

    def initStyleOption(  # noqa: N802 - Qt's name
        self, option: QStyleOptionViewItem, index: Index
    ) -> None:
        super().initStyleOption(option, index)
        note = index.data(NOTE_ROLE)
        if not note:
            return
        row: QRect = option.rect  # pyright: ignore[reportAttributeAccessIssue] - stub lacks it
        room = row.width() - SIGNS_WIDTH - QFontMetrics(font(SMALL)).horizontalAdvance(note)
        metrics = QFontMetrics(font(BODY))
        text = metrics.elidedText(str(index.data()), Qt.TextElideMode.ElideMiddle, room)
        option.text = text  # pyright: ignore[reportAttributeAccessIssue] - stub lacks it

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        super().paint(painter, option, index)
        note = index.data(NOTE_ROLE)
        if note:
            area = QRectF(option.rect)  # pyright: ignore[reportAttributeAccessIssue] - stub
            widget = self.parent()
            assert isinstance(widget, QListWidget)
            colour = widget.palette().placeholderText().color().name()
            draw_text(painter, area.adjusted(0, 0, -GRID, 0), note, font(SMALL, tabular=True),
                      colour, Qt.AlignmentFlag.AlignRight)  # fmt: skip


def checklist(name: str) -> QListWidget:
    """Make an empty list whose rows can be ticked; `name` is read aloud."""
    made = QListWidget()
    made.setObjectName("bare")
    made.setItemDelegate(_NotedRows(made))
    made.setAccessibleName(name)
    made.setIconSize(QSize(16, 16))
    made.setUniformItemSizes(True)
    made.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    return made


def items_of(listed: QListWidget) -> list[QListWidgetItem]:
    """Return all rows of a list."""
    return [listed.item(row) for row in range(listed.count())]


def ticked(listed: QListWidget) -> list[QListWidgetItem]:
    """Return the rows that are ticked."""
    return [item for item in items_of(listed) if item.checkState() == Qt.CheckState.Checked]
