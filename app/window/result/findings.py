"""Every lost point with its finding, by axis, and the place it speaks of."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.report import numbers
from app.report.card import AXIS_TITLES, NO_BRIEF, WRITE_ONE, axis_label
from app.report.theme import font, label
from app.window.parts.panel import GRID
from app.window.parts.tree_items import children, top_items
from pipeline.english import counted
from scoring.report import AxisScore, CompileDiagnostic, Scorecard, WellFormed

COLUMNS = ("Lost", "Check", "Where", "Expected", "Found")
LOST, CHECK, WHERE, EXPECTED, FOUND = range(len(COLUMNS))
LOST_WIDTH, CHECK_WIDTH, MARGINS = 64, 224, 24
WHERE_SHARE, EXPECTED_SHARE = 0.26, 0.46
"""Shares of what those two leave."""
PLACE = int(Qt.ItemDataRole.UserRole)
COMPILE_TITLE = "Type errors"


class FindingsView(QWidget):
    """The list, a filter, and a button that opens the file at the line."""

    located = Signal(str, int)
    """A person wants to see this file at this line, 0 for no line."""

    def __init__(self) -> None:
        """Start empty."""
        super().__init__()
        self.tree = QTreeWidget()
        self.tree.setColumnCount(len(COLUMNS))
        self.tree.setHeaderLabels(COLUMNS)
        self.tree.setUniformRowHeights(True)
        self.tree.setAccessibleName("Lost points")
        self.tree.setAllColumnsShowFocus(True)
        header = self.tree.header()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self.tree.setTreePosition(CHECK)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        self.tree.headerItem().setTextAlignment(LOST, right)
        self.tree.itemActivated.connect(self._open)
        self.tree.currentItemChanged.connect(self._describe)
        self.search = QLineEdit()
        self.search.setPlaceholderText("Filter by check, file or words")
        self.search.setAccessibleName("Filter findings")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._filter)
        self.open_button = QPushButton("Open File")
        self.open_button.clicked.connect(lambda: self._open(self.tree.currentItem()))
        self.note = label("", "muted")
        self._detail = label("", "body")
        self._detail.setWordWrap(True)
        self._detail.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._lay_out()

    def show_score(self, score: Scorecard | None) -> None:
        """Show what a score says; None clears the list."""
        self.tree.clear()
        self.search.clear()
        axes = score.axes if score else {}
        if score and score.compile and score.compile.diagnostics:
            self._add_errors(score.compile.diagnostics)
        if score and score.well_formed:
            self._add_oddities(score.well_formed)
        for name, title in AXIS_TITLES.items():
            if name in axes:
                scored = score is not None and score.well_formed is None
                self._add_axis(title, axes[name], scored=scored)
        found = sum(len(axis.findings) for axis in axes.values())
        if score is None:
            self.note.setText("This run has no score.")
        elif score.well_formed is not None:
            self.note.setText(f"{NO_BRIEF} {WRITE_ONE}")
        else:
            costs = f"{counted(found, 'finding')} {'costs' if found == 1 else 'cost'} points"
            self.note.setText(f"{costs}. Enter or a double click opens the file at the line.")
        self._describe(None)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Deal the width out to the columns."""
        super().resizeEvent(event)
        room = self.width() - LOST_WIDTH - CHECK_WIDTH - MARGINS
        widths = (LOST_WIDTH, CHECK_WIDTH, room * WHERE_SHARE, room * EXPECTED_SHARE)
        for column, width in enumerate(widths):
            self.tree.setColumnWidth(column, round(width))

    def _add_oddities(self, found: WellFormed) -> None:
        for part in found.parts:
            if not part.looked_at:
                continue
            head = self._head("", f"{part.title}, {part.right} of {part.looked_at}")
            for each in found.oddities:
                if each.part == part.name:
                    row = self._row("", "well-formed", each.file, each.line, part.asks, each.found)
                    head.addChild(row)
            head.setExpanded(True)

    def _add_axis(self, title: str, axis: AxisScore, *, scored: bool) -> None:
        """Add an axis; without a brief, the findings of its checks that need none."""
        if not scored and not axis.findings:
            return
        lost = axis.max - axis.points if axis.max is not None and axis.points is not None else 0
        text = f"-{numbers.points(lost)}" if round(lost, 2) else ""
        head = self._head(text, f"{title}, {axis_label(axis)}") if scored else self._head("", title)
        for finding in axis.findings:
            row = self._row(
                f"-{_cost(finding.points)}" if scored else "",
                finding.check,
                finding.file,
                finding.line,
                finding.expected,
                finding.found,
            )
            head.addChild(row)
        head.setExpanded(True)

    def _add_errors(self, diagnostics: Sequence[CompileDiagnostic]) -> None:
        head = self._head("", f"{COMPILE_TITLE}, {len(diagnostics)}")
        for each in diagnostics:
            kind = "not installed" if each.environment else "lowers the compile share"
            head.addChild(self._row("", f"TS{each.code}", each.file, each.line, kind, each.message))
        head.setExpanded(True)

    def _head(self, lost: str, title: str) -> QTreeWidgetItem:
        head = QTreeWidgetItem([lost, title])
        for column in (LOST, CHECK):
            head.setFont(column, font(13, 600))
        head.setTextAlignment(LOST, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.tree.addTopLevelItem(head)
        return head

    def _row(
        self, lost: str, check: str, file: str, line: int, expected: str, found: str
    ) -> QTreeWidgetItem:
        place = f"{file}:{line}" if file and line else file
        row = QTreeWidgetItem([lost, check, place, _flat(expected), _flat(found)])
        row.setTextAlignment(LOST, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row.setData(LOST, PLACE, (file, line))
        for column, text in ((WHERE, place), (EXPECTED, expected), (FOUND, found)):
            row.setToolTip(column, text)
        return row

    def _filter(self, wanted: str) -> None:
        words = wanted.lower().split()
        for head in top_items(self.tree):
            shown = 0
            for child in children(head):
                text = " ".join(child.text(column) for column in range(len(COLUMNS))).lower()
                hidden = not all(word in text for word in words)
                child.setHidden(hidden)
                shown += not hidden
            head.setHidden(bool(words) and shown == 0)

    def _describe(self, item: QTreeWidgetItem | None) -> None:
        place = item.data(LOST, PLACE) if item is not None else None
        self.open_button.setEnabled(bool(place and place[0]))
        if item is None or place is None:
            self._detail.setText("Choose a finding to read all of it.")
            return
        expected, found = item.toolTip(EXPECTED), item.toolTip(FOUND)
        self._detail.setText(f"Expected: {expected}\nFound: {found}")

    def _open(self, item: QTreeWidgetItem | None) -> None:
        place = item.data(LOST, PLACE) if item is not None else None
        if place and place[0]:
            self.located.emit(place[0], place[1])

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(GRID)
        head.addWidget(self.note, 1)
        self.search.setMinimumWidth(240)
        head.addWidget(self.search)
        foot = QHBoxLayout()
        foot.setSpacing(2 * GRID)
        foot.addWidget(self._detail, 1)
        foot.addWidget(self.open_button, 0, Qt.AlignmentFlag.AlignTop)
        self._detail.setMinimumHeight(40)
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(GRID + 4)
        page.addLayout(head)
        page.addWidget(self.tree, 1)
        page.addLayout(foot)


def _cost(points: float) -> str:
    """Return points with the two decimals that findings are dealt out in."""
    return f"{points:.2f}".rstrip("0").rstrip(".")


def _flat(text: str) -> str:
    return " ".join(text.split())
