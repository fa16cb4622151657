"""A finished run: its card as it would be shared, and every lost point with its finding."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QRectF, QSize, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QSizePolicy,
    QSplitter,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.report import numbers
from app.report.card import AXIS_TITLES, Card, axis_label, card_of
from app.report.paint import HEIGHT, WIDTH, paint
from app.theme import Theme, label
from pipeline.journal import RunFolder
from pipeline.records import Result

EXPECTED = 3
COLUMNS = ("Lost", "Check", "Where", "Expected", "Found")


class CardView(QWidget):
    """The card, as large as there is room, never cropped."""

    def __init__(self, theme: Theme) -> None:
        """Start without a card."""
        super().__init__()
        self._card: Card | None = None
        self._theme = theme
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(220)

    def set_theme(self, theme: Theme) -> None:
        """Draw with another theme."""
        self._theme = theme
        self.update()

    def show_card(self, card: Card) -> None:
        """Show a card; its words are the widget's accessible description."""
        self._card = card
        self.setAccessibleName(f"Card of {card.model}, {card.request}")
        axes = ", ".join(f"{axis.title} {axis.label}" for axis in card.axes)
        self.setAccessibleDescription(f"Score {card.score or 'none'} of 100; {axes}")
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Give the card's shape."""
        return QSize(WIDTH * 3 // 4, HEIGHT * 3 // 4)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Paint the card into the middle."""
        if self._card is None:
            return
        scale = min(self.width() / WIDTH, self.height() / HEIGHT)
        painter = QPainter(self)
        area = QRectF(0, 0, WIDTH * scale, HEIGHT * scale)
        area.moveCenter(QRectF(self.rect()).center())
        painter.translate(area.topLeft())
        painter.scale(scale, scale)
        paint(painter, self._card, self._theme)


class ResultView(QWidget):
    """Card above, findings below."""

    def __init__(self, theme: Theme) -> None:
        """Start empty."""
        super().__init__()
        self.card = CardView(theme)
        self.findings = QTreeWidget()
        self.findings.setColumnCount(len(COLUMNS))
        self.findings.setHeaderLabels(COLUMNS)
        self.findings.setAlternatingRowColors(False)
        self.findings.setUniformRowHeights(True)
        self.findings.setAccessibleName("Lost points")
        self.findings.header().setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self._note = label("", "muted")
        self._note.setWordWrap(True)
        self._open = QPushButton("Open folder")
        self._open.clicked.connect(self._open_folder)
        self._folder: RunFolder | None = None
        self._lay_out()

    def show_result(self, folder: RunFolder, result: Result) -> None:
        """Show a run that has ended."""
        self._folder = folder
        self.card.show_card(card_of(result))
        self.findings.clear()
        axes: dict[str, Any] = result.score["axes"] if result.score else {}
        for name, title in AXIS_TITLES.items():
            if name in axes:
                self._add_axis(title, axes[name])
        for column in range(EXPECTED):
            self.findings.resizeColumnToContents(column)
        self.findings.setColumnWidth(EXPECTED, max(240, self.findings.width() // 3))
        found = sum(len(axis["findings"]) for axis in axes.values())
        costs = "1 finding costs points" if found == 1 else f"{found} findings cost points"
        self._note.setText(result.sentence or f"{costs}. The project is in {folder.artifacts}")

    def set_theme(self, theme: Theme) -> None:
        """Draw with another theme."""
        self.card.set_theme(theme)

    def _add_axis(self, title: str, axis: dict[str, Any]) -> None:
        lost = axis["max"] - axis["points"] if axis["points"] is not None else 0
        head = QTreeWidgetItem(
            [f"-{numbers.points(lost)}" if lost else "", f"{title}, {axis_label(axis)}"]
        )
        for finding in axis["findings"]:
            place = finding["file"] or ""
            if place and finding["line"]:
                place = f"{place}:{finding['line']}"
            row = QTreeWidgetItem(
                [
                    f"-{numbers.points(finding['points'])}",
                    str(finding["check"]),
                    place,
                    str(finding["expected"]),
                    str(finding["found"]),
                ]
            )
            for column in (EXPECTED, EXPECTED + 1):
                row.setToolTip(column, row.text(column))
            head.addChild(row)
        self.findings.addTopLevelItem(head)
        head.setExpanded(True)

    def _open_folder(self) -> None:
        if self._folder is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._folder.path)))

    def _lay_out(self) -> None:
        foot = QWidget()
        below = QVBoxLayout(foot)
        below.setSpacing(8)
        below.setContentsMargins(24, 8, 24, 16)
        line = QHBoxLayout()
        line.addWidget(self._note, 1)
        line.addWidget(self._open)
        below.addLayout(line)
        below.addWidget(self.findings)
        split = QSplitter(Qt.Orientation.Vertical)
        split.setChildrenCollapsible(False)
        split.addWidget(self.card)
        split.addWidget(foot)
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 2)
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.addWidget(split)
