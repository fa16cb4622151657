"""All runs: search, filter, sort, open one, put several side by side."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QFile, QItemSelectionModel, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QMessageBox,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.library.result import read_result
from app.library.runs import read_entry
from app.report import numbers
from app.report.theme import Theme, label
from app.window.history.other_version import OtherVersionView
from app.window.history.table import RunFilter, RunTable
from app.window.history.view import RunView
from app.window.parts.page import GAP, Page
from app.window.parts.panel import GRID
from app.window.parts.remedies import sentence_of
from app.window.result.result_view import ResultView
from pipeline.english import counted
from pipeline.records.journal import OtherVersionError, RunFolderError, open_run

ALL = {"request": "All requests", "model": "All models", "state": "All states"}
EMPTY = (
    "No runs yet. Choose a model and a request, and press Run. The run appears here with its "
    "score when it is done."
)
NOTHING_FOUND = "No runs match. Clear the search or choose another filter."


class HistoryPage(Page):
    """The table of all runs, and the result of the opened one in its place."""

    title = "Runs"
    compare_wanted = Signal(list)
    """Run folders that a person wants to see side by side."""
    resume_wanted = Signal(Path)
    """A stopped run that a person wants to continue."""

    def __init__(self, runs: Path, theme: Theme) -> None:
        """List the runs below a folder."""
        super().__init__(runs, theme)
        self.table = RunTable(self)
        self.filter = RunFilter(self.table, self)
        self.view = RunView(self.filter, theme)
        self._result: ResultView | None = None
        self._other_version: OtherVersionView | None = None
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search runs")
        self.search.setAccessibleName("Search runs")
        self.search.setClearButtonEnabled(True)
        self._choices = {field: QComboBox() for field in ALL}
        self.open_button = QPushButton("Open")
        self.compare_button = QPushButton("Compare")
        self.resume_button = QPushButton("Resume")
        self._message = label(EMPTY, "muted")
        self._stack = QStackedWidget()
        self._below = QStackedWidget()
        self._lay_out()
        self._connect()
        self.refresh()

    @property
    def result(self) -> ResultView:
        """The view of the opened run, made when one is opened for the first time."""
        if self._result is None:
            self._result = ResultView(self.theme)
            self._result.left.connect(self.show_list)
            self._stack.addWidget(self._result)
        return self._result

    @property
    def other_version(self) -> OtherVersionView:
        """The view of an opened run of another version."""
        if self._other_version is None:
            self._other_version = OtherVersionView()
            self._other_version.left.connect(self.show_list)
            self._stack.addWidget(self._other_version)
        return self._other_version

    def refresh(self) -> None:
        """Read the folder again; what was selected stays selected."""
        chosen = {entry.path for entry in self.view.selected()}
        self.table.read(self.runs)
        for field, box in self._choices.items():
            self._offer(field, box)
        self._select(chosen)
        self._tell()

    def show_run(self, path: Path) -> bool:
        """Show what is left of a run; False, with a sentence, if there is nothing to show."""
        try:
            folder = open_run(path)
            result = read_result(folder)
            if result is not None:
                self.result.show_result(folder, result)
        except OtherVersionError:
            self._show(self.other_version)
            self.other_version.show_run(read_entry(path))
            return True
        except RunFolderError as error:
            return self._refuse(sentence_of(error))
        if result is None:
            return self._refuse("This run has no result yet: it is in progress or was interrupted.")
        self._show(self.result)
        return True

    def show_list(self) -> None:
        """Show the table again."""
        self._stack.setCurrentIndex(0)
        self._show_head(True)
        self.view.setFocus()

    def set_theme(self, theme: Theme) -> None:
        """Draw with another theme."""
        super().set_theme(theme)
        if self._result is not None:
            self._result.set_theme(theme)
        self.view.set_theme(theme)

    def close_process(self) -> None:
        """End what still runs before the window goes."""
        for view in (self._result, self._other_version):
            if view is not None:
                view.close_process()

    def _show(self, view: QWidget) -> None:
        self._stack.setCurrentWidget(view)
        self._show_head(False)

    def _refuse(self, sentence: str) -> bool:
        self.show_list()
        self.subtitle.setText(sentence)
        return False

    def _show_head(self, shown: bool) -> None:
        """Show the page's own heading; a result brings its own."""
        buttons = (self.resume_button, self.open_button, self.compare_button)
        for widget in (self.heading, self.subtitle, *buttons):
            widget.setVisible(shown)

    def _open(self) -> None:
        entries = self.view.selected()
        if entries:
            self.show_run(entries[0].path)

    def _compare(self) -> None:
        self.compare_wanted.emit([entry.path for entry in self.view.selected() if entry.comparable])

    def _resume(self) -> None:
        entries = self.view.selected()
        if entries:
            self.resume_wanted.emit(entries[0].path)

    def _show_folder(self) -> None:
        for entry in self.view.selected()[:1]:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(entry.path)))

    def _to_trash(self) -> None:
        entries = self.view.selected()
        if not entries:
            return
        what = "this run" if len(entries) == 1 else f"these {counted(len(entries), 'run')}"
        answer = QMessageBox.question(self, "Sixfold", f"Move {what} to the Trash?")
        if answer != QMessageBox.StandardButton.Yes:
            return
        kept = [entry.path.name for entry in entries if not _trash(entry.path)]
        self.refresh()
        if kept:
            self.subtitle.setText(f"These runs could not be moved to the Trash: {', '.join(kept)}")

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
        chosen = self.view.selected()
        ready = sum(entry.comparable for entry in chosen)
        self.open_button.setEnabled(len(chosen) == 1)
        self.compare_button.setEnabled(ready > 1)
        self.compare_button.setText(f"Compare {ready}" if ready > 1 else "Compare")
        self.resume_button.setEnabled(len(chosen) == 1 and chosen[0].resumable)
        all_ = f"{numbers.count(total)} runs" if total != 1 else "1 run"
        some = f"{numbers.count(shown)} of {all_}" if shown != total else all_
        old = chosen[0].problem if len(chosen) == 1 and chosen[0].rescorable else None
        self.subtitle.setText(old or (f"{some}, {len(chosen)} selected" if chosen else some))

    def _connect(self) -> None:
        self.view.opened.connect(self._open)
        self.view.compare_wanted.connect(self._compare)
        self.view.resume_wanted.connect(self._resume)
        self.view.folder_wanted.connect(self._show_folder)
        self.view.trash_wanted.connect(self._to_trash)
        self.view.selectionModel().selectionChanged.connect(self._tell)
        self.search.textChanged.connect(self.filter.search)
        self.search.textChanged.connect(self._tell)
        for field, box in self._choices.items():
            box.currentIndexChanged.connect(
                lambda _row, field=field, box=box: self._choose(field, box)
            )
        self.open_button.clicked.connect(self._open)
        self.compare_button.clicked.connect(self._compare)
        self.resume_button.clicked.connect(self._resume)

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
        for field, box in self._choices.items():
            box.setAccessibleName(f"Filter by {field}")
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


def _trash(path: Path) -> bool:
    return QFile.moveToTrash(str(path))  # pyright: ignore[reportReturnType] - a bool here
