"""The window: runs at the left, the chosen one at the right, orders at the top."""

from __future__ import annotations

import sys
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent, QGuiApplication
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QMainWindow,
    QMessageBox,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.order import Order
from app.report.export import WRITERS, ExportError, export_card
from app.runs.library import RunEntry
from app.runs.live_view import LiveView
from app.runs.order_bar import OrderBar
from app.runs.process import Ended, WorkerProcess
from app.runs.result_view import ResultView
from app.runs.run_list import RunList
from app.style_sheet import style_sheet
from app.theme import BODY, DARK, LIGHT, Theme, font, palette
from pipeline.journal import RunFolderError, open_run
from pipeline.records import Event, Result, RunStarted

SIZE = (1280, 860)
WELCOME = "Choose a model and a request, then press Run."


class MainWindow(QMainWindow):
    """Views of run folders, and of one worker at a time; it never runs a model itself."""

    def __init__(self, runs: Path, theme: Theme = LIGHT) -> None:
        """Show the runs below a folder."""
        super().__init__()
        self.setWindowTitle("Sixfold")
        self.resize(*SIZE)
        self._theme = theme
        self.bar = OrderBar(runs)
        self.list = RunList(runs, theme)
        self.live = LiveView(theme)
        self.result = ResultView(theme)
        self.worker = WorkerProcess(self)
        self._message = QLabel(WELCOME)
        self._message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._message.setWordWrap(True)
        self._pages = QStackedWidget()
        for page in (self._message, self.live, self.result):
            self._pages.addWidget(page)
        self._shown: Result | None = None
        self._running: Path | None = None
        self._lay_out()
        self.bar.ordered.connect(self.start)
        self.bar.cancelled.connect(self.worker.cancel)
        self.bar.export_wanted.connect(self._export)
        self.list.chosen.connect(self.show_run)
        self.worker.happened.connect(self._event)
        self.worker.ended.connect(self._ended)
        self.set_theme(theme)

    def start(self, order: Order) -> None:
        """Start a worker for an order and show it."""
        self._running = order.out
        self._shown = None
        self.bar.set_running(True)
        self.bar.set_exportable(False)
        self.live.begin(order.request, order.model.name)
        self._pages.setCurrentWidget(self.live)
        self.statusBar().clearMessage()
        self.worker.start(order)

    def show_run(self, entry: RunEntry) -> None:
        """Show one run of the list: live, finished, or how far it got."""
        self._shown = None
        if self._running is not None and entry.path == self._running:
            self._pages.setCurrentWidget(self.live)
        else:
            self._show_folder(entry)
        self.bar.set_exportable(self._shown is not None)

    def set_theme(self, theme: Theme) -> None:
        """Draw everything in another theme."""
        self._theme = theme
        QApplication.setPalette(palette(theme))
        self.setStyleSheet(style_sheet(theme))
        for view in (self.list, self.live, self.result):
            view.set_theme(theme)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """End the worker before the window goes."""
        self.worker.close()
        super().closeEvent(event)

    def _show_folder(self, entry: RunEntry) -> None:
        try:
            folder = open_run(entry.path)
            result = folder.result()
            if result is not None:
                self._shown = result
                self.result.show_result(folder, result)
                self._pages.setCurrentWidget(self.result)
                return
            text = f"This run is {entry.state}: it has no result yet.\n{entry.path}"
        except RunFolderError as error:
            text = str(error)
        self._message.setText(text)
        self._pages.setCurrentWidget(self._message)

    def _event(self, event: Event) -> None:
        self.live.show_event(event)
        if isinstance(event, RunStarted) and self._running is not None:
            self.list.choose(self._running)

    def _ended(self, ended: Ended) -> None:
        path, self._running = self._running, None
        self.bar.set_running(False)
        self.live.end()
        self.statusBar().showMessage(ended.sentence)
        self.list.runs.reload()
        if path is None or self.list.runs.row_of(path) is None:
            self._message.setText(ended.sentence or WELCOME)
            self._pages.setCurrentWidget(self._message)
        else:
            self.list.choose(path)

    def _export(self) -> None:
        if self._shown is None:
            return
        kinds = " ".join(f"*{ending}" for ending in WRITERS)
        suggested = f"sixfold-{self._shown.request}-{self._shown.run[-6:].lower()}.png"
        name, _ = QFileDialog.getSaveFileName(self, "Export card", suggested, f"Card ({kinds})")
        if name:
            self.export_to(Path(name))

    def export_to(self, path: Path) -> None:
        """Write the card of the run that is shown."""
        if self._shown is None:
            return
        try:
            export_card(self._shown, path, self._theme)
        except (ExportError, RunFolderError) as error:
            QMessageBox.warning(self, "Sixfold", str(error))
            return
        self.statusBar().showMessage(f"Wrote {path}")

    def _lay_out(self) -> None:
        below = QHBoxLayout()
        below.setSpacing(0)
        below.addWidget(self.list)
        below.addWidget(self._pages, 1)
        centre = QWidget()
        page = QVBoxLayout(centre)
        page.setSpacing(0)
        page.setContentsMargins(0, 0, 0, 0)
        page.addWidget(self.bar)
        page.addLayout(below, 1)
        self.setCentralWidget(centre)


def open_window(runs: Path) -> int:
    """Open the window on a folder of runs and stay until it is closed."""
    application = QApplication(sys.argv[:1])
    application.setApplicationName("Sixfold")
    application.setFont(font(BODY))
    if sys.platform != "darwin":
        application.setStyle("Fusion")
    hints = QGuiApplication.styleHints()
    window = MainWindow(runs, theme_for(hints.colorScheme()))
    hints.colorSchemeChanged.connect(lambda scheme: window.set_theme(theme_for(scheme)))
    window.show()
    return application.exec()


def theme_for(scheme: Qt.ColorScheme) -> Theme:
    """Choose the theme that the system asks for; light if it does not say."""
    return DARK if scheme == Qt.ColorScheme.Dark else LIGHT
