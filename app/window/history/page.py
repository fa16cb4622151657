"""All runs: search, filter, sort, open one, put several side by side."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QFile, QItemSelectionModel, QPoint, QRectF, Qt, QUrl, Signal
from PySide6.QtGui import QAction, QDesktopServices, QKeyEvent, QKeySequence, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QMenu,
    QMessageBox,
    QPushButton,
    QStackedWidget,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from app.library.result import read_result
from app.library.runs import RunEntry
from app.report import numbers
from app.report.theme import Theme, label
from app.window.history.table import (
    COLUMNS,
    ENTRY_ROLE,
    MODEL,
    SCORE,
    STARTED,
    Index,
    RunFilter,
    RunTable,
)
from app.window.parts.page import GAP, Page
from app.window.parts.panel import GRID, draw_bar
from app.window.result.result_view import ResultView
from pipeline.records.journal import RunFolderError, open_run

ROW_HEIGHT = 32
BAR_WIDTH, BAR_HEIGHT, SCORE_PADDING = 44, 6, 8
ALL = {"request": "All requests", "model": "All models", "state": "All states"}
EMPTY = (
    "No run yet. Choose a model, choose a request and press Run: the run appears here with its "
    "score as soon as it is done."
)
NOTHING_FOUND = "No run matches. Clear the search or choose another filter."


class RunView(QTableView):
    """The table; Enter opens, as a double click does."""

    opened = Signal()

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


class HistoryPage(Page):
    """The table of all runs, and the result of the opened one in its place."""

    title = "Runs"
    compare_wanted = Signal(list)
    """Run folders that a person wants to see side by side."""
    resume_wanted = Signal(Path)
    """A stopped run that shall go on."""

    def __init__(self, runs: Path, theme: Theme) -> None:
        """List the runs below a folder."""
        super().__init__(runs, theme)
        self.table = RunTable(self)
        self.filter = RunFilter(self.table, self)
        self.view = RunView()
        self._result: ResultView | None = None
        self.search = QLineEdit()
        self._choices = {field: QComboBox() for field in ALL}
        self.open_button = QPushButton("Open")
        self.compare_button = QPushButton("Compare")
        self.resume_button = QPushButton("Resume")
        self._message = label(EMPTY, "muted")
        self._stack = QStackedWidget()
        self._below = QStackedWidget()
        self._set_up()
        self._lay_out()
        self.refresh()

    @property
    def result(self) -> ResultView:
        """The view of the opened run, made when one is opened for the first time."""
        if self._result is None:
            self._result = ResultView(self.theme)
            self._result.left.connect(self.show_list)
            self._stack.addWidget(self._result)
        return self._result

    def refresh(self) -> None:
        """Read the folder again; what was selected stays selected."""
        chosen = {entry.path for entry in self.selected()}
        self.table.read(self.runs)
        for field, box in self._choices.items():
            self._offer(field, box)
        self._select(chosen)
        self._tell()

    def selected(self) -> tuple[RunEntry, ...]:
        """Give the selected runs, as they stand in the table."""
        rows = sorted(index.row() for index in self.view.selectionModel().selectedRows())
        return tuple(self.filter.entry(row) for row in rows)

    def show_run(self, path: Path) -> bool:
        """Show the result of a run; False, with a sentence, if it has none."""
        try:
            folder = open_run(path)
            result = read_result(folder)
            if result is None:
                self.show_list()
                self.subtitle.setText(
                    "This run has no result yet: it is going on, or was interrupted."
                )
                return False
            self.result.show_result(folder, result)
        except RunFolderError as error:
            self.show_list()
            self.subtitle.setText(str(error))
            return False
        self._stack.setCurrentWidget(self.result)
        self._show_head(False)
        return True

    def show_list(self) -> None:
        """Go back to the table."""
        self._stack.setCurrentIndex(0)
        self._show_head(True)
        self.view.setFocus()

    def set_theme(self, theme: Theme) -> None:
        """Draw with another theme."""
        super().set_theme(theme)
        if self._result is not None:
            self._result.set_theme(theme)
        self._delegate.theme = theme
        self.view.viewport().update()

    def close_process(self) -> None:
        """End what still runs before the window goes."""
        if self._result is not None:
            self._result.close_process()

    def _show_head(self, shown: bool) -> None:
        """Show the page's own heading; a result brings its own."""
        buttons = (self.resume_button, self.open_button, self.compare_button)
        for widget in (self.heading, self.subtitle, *buttons):
            widget.setVisible(shown)

    def _open(self) -> None:
        entries = self.selected()
        if entries:
            self.show_run(entries[0].path)

    def _compare(self) -> None:
        self.compare_wanted.emit([entry.path for entry in self.selected() if entry.comparable])

    def _resume(self) -> None:
        entries = self.selected()
        if entries:
            self.resume_wanted.emit(entries[0].path)

    def _show_folder(self) -> None:
        for entry in self.selected()[:1]:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(entry.path)))

    def _to_trash(self) -> None:
        entries = self.selected()
        if not entries:
            return
        what = "this run" if len(entries) == 1 else f"these {len(entries)} runs"
        answer = QMessageBox.question(self, "Sixfold", f"Move {what} to the trash?")
        if answer != QMessageBox.StandardButton.Yes:
            return
        kept = [entry.path.name for entry in entries if not _trash(entry.path)]
        self.refresh()
        if kept:
            self.subtitle.setText(f"These runs could not be moved to the trash: {', '.join(kept)}")

    def _offer(self, field: str, box: QComboBox) -> None:
        values = sorted({getattr(entry, field) for entry in self.table.entries} - {""})
        if [box.itemData(row) for row in range(1, box.count())] == values:
            return
        before = box.currentData()
        box.blockSignals(True)
        box.clear()
        box.addItem(ALL[field], "")
        for value in values:
            box.addItem(value, value)
        box.setCurrentIndex(max(0, box.findData(before)))
        box.blockSignals(False)
        self.filter.choose(field, box.currentData())

    def _select(self, paths: set[Path]) -> None:
        flags = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
        for row in range(self.filter.rowCount()):
            if self.filter.entry(row).path in paths:
                self.view.selectionModel().select(self.filter.index(row, 0), flags)

    def _tell(self) -> None:
        shown, total = self.filter.rowCount(), len(self.table.entries)
        self._message.setText(NOTHING_FOUND if total else EMPTY)
        self._below.setCurrentIndex(0 if shown else 1)
        chosen = self.selected()
        ready = sum(entry.comparable for entry in chosen)
        self.open_button.setEnabled(len(chosen) == 1)
        self.compare_button.setEnabled(ready > 1)
        self.compare_button.setText(f"Compare {ready}" if ready > 1 else "Compare")
        states = ("interrupted", "cancelled", "failed")
        self.resume_button.setEnabled(len(chosen) == 1 and chosen[0].state in states)
        all_ = f"{numbers.count(total)} runs" if total != 1 else "1 run"
        some = f"{numbers.count(shown)} of {all_}" if shown != total else all_
        self.subtitle.setText(f"{some}, {len(chosen)} selected" if chosen else some)

    def _menu(self, at: QPoint) -> None:
        menu = QMenu(self)
        menu.addActions(self.view.actions())
        menu.exec(self.view.viewport().mapToGlobal(at))

    def _set_up(self) -> None:
        self.view.setModel(self.filter)
        self._delegate = _ScoreDelegate(self.theme, self.view)
        self.view.setItemDelegateForColumn(SCORE, self._delegate)
        self.view.setAccessibleName("Runs")
        self.view.setObjectName("runs")
        self.view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.view.setShowGrid(False)
        self.view.setWordWrap(False)
        self.view.setTabKeyNavigation(False)
        self.view.setSortingEnabled(True)
        self.view.sortByColumn(STARTED, Qt.SortOrder.DescendingOrder)
        self.view.verticalHeader().hide()
        self.view.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
        header = self.view.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        for number, column in enumerate(COLUMNS):
            self.view.setColumnWidth(number, column.width)
        header.setSectionResizeMode(MODEL, QHeaderView.ResizeMode.Stretch)
        self.view.opened.connect(self._open)
        self.view.doubleClicked.connect(self._open)
        self.view.selectionModel().selectionChanged.connect(self._tell)
        self.view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.view.customContextMenuRequested.connect(self._menu)
        self.search.setPlaceholderText("Search runs")
        self.search.setAccessibleName("Search runs")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self.filter.search)
        self.search.textChanged.connect(self._tell)
        for field, box in self._choices.items():
            box.setAccessibleName(f"Filter by {field}")
            box.currentIndexChanged.connect(
                lambda _row, field=field, box=box: self._choose(field, box)
            )
        self.open_button.clicked.connect(self._open)
        self.compare_button.clicked.connect(self._compare)
        self.resume_button.clicked.connect(self._resume)
        for text, keys, slot in (
            ("Open", "", self._open),
            ("Compare", "Ctrl+Shift+C", self._compare),
            ("Resume", "", self._resume),
            ("Show Folder", "Ctrl+Shift+O", self._show_folder),
            ("Move to Trash…", "Del", self._to_trash),
        ):
            action = QAction(text, self.view)
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            action.setShortcut(QKeySequence(keys))
            action.triggered.connect(slot)
            self.view.addAction(action)

    def _choose(self, field: str, box: QComboBox) -> None:
        self.filter.choose(field, box.currentData())
        self._tell()

    def _lay_out(self) -> None:
        for button in (self.resume_button, self.open_button, self.compare_button):
            self.tools.addWidget(button)
        self.compare_button.setObjectName("run")
        line = QHBoxLayout()
        line.setSpacing(GRID)
        line.addWidget(self.search, 1)
        for box in self._choices.values():
            box.setMinimumWidth(132)
            box.setSizeAdjustPolicy(
                QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
            )
            line.addWidget(box)
        self._message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._message.setWordWrap(True)
        self._below.addWidget(self.view)
        self._below.addWidget(self._message)
        listing = QWidget()
        column = QVBoxLayout(listing)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        column.addLayout(line)
        column.addWidget(self._below, 1)
        self._stack.addWidget(listing)
        self.body.addWidget(self._stack, 1)


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


def _trash(path: Path) -> bool:
    return QFile.moveToTrash(str(path))  # pyright: ignore[reportReturnType] - a bool here
