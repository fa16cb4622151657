"""The table of runs as a widget: columns that fit, keys, a menu, the score as a bar."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRectF, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QMenu,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from app.library.runs import RunEntry
from app.report.theme import Theme
from app.window.history.table import (
    COLUMNS,
    ENTRY_ROLE,
    MODEL,
    SCORE,
    STARTED,
    Index,
    RunFilter,
)
from app.window.parts.panel import draw_bar

ROW_HEIGHT = 32
BAR_WIDTH, BAR_HEIGHT, SCORE_PADDING = 44, 6, 8


class RunView(QTableView):
    """Shows the runs that a filter lets through; Enter and a double click open one."""

    opened = Signal()
    compare_wanted = Signal()
    resume_wanted = Signal()
    folder_wanted = Signal()
    """A person wants to see the folder of the selected run."""
    trash_wanted = Signal()

    def __init__(self, filtered: RunFilter, theme: Theme) -> None:
        """Show the runs, the newest first."""
        super().__init__()
        self._filtered = filtered
        self.setModel(filtered)
        self._scores = _ScoreDelegate(theme, self)
        self.setItemDelegateForColumn(SCORE, self._scores)
        self.setAccessibleName("Runs")
        self.setObjectName("runs")
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setSortingEnabled(True)
        self.sortByColumn(STARTED, Qt.SortOrder.DescendingOrder)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        for number, column in enumerate(COLUMNS):
            self.setColumnWidth(number, column.width)
        header.setSectionResizeMode(MODEL, QHeaderView.ResizeMode.Stretch)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._menu)
        self.doubleClicked.connect(self.opened)
        self._add_actions()

    def selected(self) -> tuple[RunEntry, ...]:
        """Return the selected runs, in the order of the table."""
        rows = sorted(index.row() for index in self.selectionModel().selectedRows())
        return tuple(self._filtered.entry(row) for row in rows)

    def set_theme(self, theme: Theme) -> None:
        """Draw with another theme."""
        self._scores.theme = theme
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Leave out what can be spared where not all columns fit."""
        super().resizeEvent(event)
        room = self.viewport().width() - sum(column.width for column in COLUMNS)
        spare = sorted(range(len(COLUMNS)), key=lambda number: -COLUMNS[number].spare)
        for number in spare:
            hidden = room < 0 and COLUMNS[number].spare > 0
            self.setColumnHidden(number, hidden)
            room += COLUMNS[number].width if hidden else 0

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Open with Enter."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit()
        else:
            super().keyPressEvent(event)

    def _add_actions(self) -> None:
        for text, keys, wanted in (
            ("Open", "", self.opened),
            ("Compare", "Ctrl+Shift+C", self.compare_wanted),
            ("Resume", "", self.resume_wanted),
            ("Show Folder", "Ctrl+Shift+O", self.folder_wanted),
            ("Move to Trash…", "Del", self.trash_wanted),
        ):
            action = QAction(text, self)
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            action.setShortcut(QKeySequence(keys))
            action.triggered.connect(wanted)
            self.addAction(action)

    def _menu(self, at: QPoint) -> None:
        menu = QMenu(self)
        menu.addActions(self.actions())
        menu.exec(self.viewport().mapToGlobal(at))


class _ScoreDelegate(QStyledItemDelegate):
    """A score as a bar and a number."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.theme = theme

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        super().paint(painter, option, index)
        entry: RunEntry = index.data(ENTRY_ROLE)
        if entry.score is None:
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(option.rect)  # pyright: ignore[reportAttributeAccessIssue] - stub lacks it
        track = QRectF(
            area.left() + SCORE_PADDING,
            area.center().y() - BAR_HEIGHT / 2,
            BAR_WIDTH,
            BAR_HEIGHT,
        )
        draw_bar(painter, track, entry.score / 100, self.theme.track, self.theme.accent)
        painter.restore()
