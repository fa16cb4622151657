"""Models side by side: means, axes, paired differences, and AutoBe's figures as a reference."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QProcess, Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.library.index import RunIndex
from app.library.selection import (
    CompareError,
    Report,
    compare_runs,
    needs_scoring_again,
    read_report,
)
from app.report.published import OWN_RUBRIC, PUBLISHED_ON, projects, published_models
from app.report.theme import Theme, label
from app.window.compare.charts import AxisGroups, Differences, Radar, Standings
from app.window.compare.picker import ModelPicker
from app.window.parts.page import GAP, Page
from app.window.parts.panel import GRID, Panel
from app.window.parts.remedies import sentence_of
from app.work.child import child_command
from pipeline.english import counted

PICKER_WIDTH = 248
NARROW = 1000
SETTLE_MS = 150
"""Selecting several models in a row compares once."""
STOP_WAIT_MS = 3000
EMPTY = (
    "Nothing to compare yet. Two models with a scored run each are enough. Running the same "
    "requests with several seeds makes the intervals narrow."
)
TOO_FEW = "Select two models or more on the left."


class ComparePage(Page):
    """A choice of models on the left, their comparison on the right."""

    title = "Compare"

    def __init__(self, runs: Path, theme: Theme) -> None:
        """Offer the models that have scored runs below a folder."""
        super().__init__(runs, theme)
        self._index = RunIndex(runs)
        self._only: tuple[Path, ...] = ()
        self.report: Report | None = None
        self.picker = ModelPicker()
        self.standings = Standings(theme)
        self.bars = AxisGroups(theme)
        self.radar = Radar(theme)
        self.differences = Differences(theme)
        self.all_button = QPushButton("Choose Models")
        self.all_button.clicked.connect(self.show_all)
        self._groups = label("", "body")
        self._method = label("", "muted")
        self._notes = label("", "muted")
        self._message = label(EMPTY, "muted")
        self.area = QScrollArea()
        self._pair = QHBoxLayout()
        self._stack = QStackedWidget()
        self._process = QProcess(self)
        self._process.finished.connect(self._scored_again)
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(SETTLE_MS)
        self._settle.timeout.connect(self._compare)
        self.picker.chosen.connect(self._settle.start)
        self._lay_out()
        self.refresh()

    def refresh(self) -> None:
        """Read the folder again."""
        if self._index.root != self.runs:
            self._index = RunIndex(self.runs)
        self.picker.show_entries(self._index.entries())
        self._settle.stop()
        self._compare()

    def show_runs(self, paths: Sequence[Path]) -> None:
        """Compare these runs and no others."""
        self._only = tuple(paths)
        self._compare()

    def show_all(self) -> None:
        """Compare the ticked models again, by all their runs."""
        self._only = ()
        self._compare()

    def set_theme(self, theme: Theme) -> None:
        """Draw with another theme."""
        super().set_theme(theme)
        for canvas in (self.standings, self.bars, self.radar, self.differences):
            canvas.set_theme(theme)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Put bars and radar below each other where there is no room beside."""
        super().resizeEvent(event)
        narrow = self.width() < NARROW
        way = QHBoxLayout.Direction.TopToBottom if narrow else QHBoxLayout.Direction.LeftToRight
        self._pair.setDirection(way)

    def close_process(self) -> None:
        """End what still runs before the window goes."""
        self._settle.stop()
        if self._process.state() != QProcess.ProcessState.NotRunning:
            self._process.kill()
            self._process.waitForFinished(STOP_WAIT_MS)

    def _compare(self) -> None:
        self.close_process()
        paths = self._only or self.picker.paths()
        self.all_button.setVisible(bool(self._only))
        self._chooser.setVisible(not self._only)
        if not self._only and len(self.picker.keys()) < 2:
            self._say(TOO_FEW if self.picker.count() > 1 else EMPTY)
            return
        old = sum(needs_scoring_again(path) for path in paths)
        if old:
            runs = f"{counted(old, 'run')} {'was' if old == 1 else 'were'}"
            self._say(f"{runs} scored by another rubric; scoring again from the kept artifacts…")
            program, *arguments = child_command("compare", "--json", *map(str, paths))
            self._process.start(program, arguments)
            return
        try:
            self._show(compare_runs(paths))
        except CompareError as error:
            self._say(sentence_of(error))

    def _scored_again(self, code: int, status: QProcess.ExitStatus) -> None:
        if status == QProcess.ExitStatus.CrashExit:
            return
        if code != 0:
            words = bytes(self._process.readAllStandardError().data()).decode("utf-8", "replace")
            self._say(words.strip() or "The runs could not be scored again.")
            return
        try:
            self._show(read_report(bytes(self._process.readAllStandardOutput().data()).decode()))
        except CompareError as error:
            self._say(sentence_of(error))

    def _show(self, report: Report) -> None:
        self.report = report
        comparison = report.comparison
        for canvas in (self.standings, self.bars, self.radar, self.differences):
            canvas.show_comparison(comparison)
        self._groups.setText(group_words(report))
        self._method.setText(comparison.method)
        notes = [f"{note}." for note in report.notes]
        notes += [f"{each.run} does not count: {each.reason}." for each in report.left_out]
        self._notes.setText("\n".join(notes))
        self._notes.setVisible(bool(notes))
        rubric = report.rubric
        self.subtitle.setText(f"Rubric {rubric.id} v{rubric.version}, points of 100")
        self._stack.setCurrentIndex(0)

    def _say(self, sentence: str) -> None:
        self.report = None
        self.subtitle.setText("")
        self._message.setText(sentence)
        self._stack.setCurrentIndex(1)

    def _lay_out(self) -> None:
        self.tools.addWidget(self.all_button)
        means = Panel("Mean score", "bar: mean, line: 95 % interval")
        means.body.addWidget(self.standings)
        apart = Panel("Paired differences", "first minus second, in points")
        apart.body.addWidget(self.differences)
        for words in (self._groups, self._method, self._notes):
            words.setWordWrap(True)
            apart.body.addWidget(words)
        bars = Panel("Axes", "share of the points")
        bars.body.addWidget(self.bars)
        bars.body.addStretch(1)
        radar = Panel("Shape")
        radar.body.addWidget(self.radar, 1)
        self._pair.setSpacing(GAP)
        self._pair.addWidget(bars, 1)
        self._pair.addWidget(radar, 1)
        inner = QWidget()
        inner.setObjectName("plain")
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, GRID, 0)
        column.setSpacing(GAP)
        column.addWidget(means)
        column.addWidget(apart)
        column.addLayout(self._pair)
        column.addWidget(reference_panel())
        column.addStretch(1)
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setAccessibleName("Comparison")
        self.area.setWidget(inner)
        self._message.setWordWrap(True)
        self._message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._stack.addWidget(self.area)
        self._stack.addWidget(self._message)
        self._chooser = QWidget()
        self._chooser.setFixedWidth(PICKER_WIDTH)
        choice = QVBoxLayout(self._chooser)
        choice.setContentsMargins(0, 0, 0, 0)
        choice.setSpacing(GRID)
        choice.addWidget(label("Models", "section"))
        choice.addWidget(self.picker, 1)
        line = QHBoxLayout()
        line.setSpacing(GAP)
        line.addWidget(self._chooser)
        line.addWidget(self._stack, 1)
        self.body.addLayout(line, 1)


def group_words(report: Report) -> str:
    """Name the models that can't be separated."""
    groups = report.comparison.groups
    if not groups:
        return "Every pair is separated."
    return "\n".join(f"Can't be separated: {', '.join(group)}." for group in groups)


def reference_panel() -> Panel:
    """Make the table of AutoBe's published figures, apart from everything of ours."""
    made = Panel("AutoBe's published models", f"{OWN_RUBRIC}, {PUBLISHED_ON:%Y-%m-%d}")
    words = label(
        "A dated reference with another rubric, other projects and another harness: these points "
        "can't be compared with the scores above.",
        "muted",
    )
    words.setWordWrap(True)
    made.body.addWidget(words)
    names = projects()
    models = published_models()
    table = QTableWidget(len(models), 2 + len(names))
    table.setObjectName("runs")
    table.setAccessibleName("AutoBe's published models")
    table.setHorizontalHeaderLabels(["Model", "Mean", *names])
    table.verticalHeader().hide()
    table.horizontalHeader().setDefaultAlignment(
        Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
    )
    table.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
    table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
    table.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
    table.setShowGrid(False)
    for row, each in enumerate(models):
        cells = [each.model, f"{each.mean:.2f}", *(f"{each.points[name]:.0f}" for name in names)]
        for column, text in enumerate(cells):
            table.setItem(row, column, QTableWidgetItem(text))
    table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
    table.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
    row_height = 28
    table.verticalHeader().setDefaultSectionSize(row_height)
    table.setFixedHeight(row_height * (len(models) + 1) + 8)
    made.body.addWidget(table)
    return made
