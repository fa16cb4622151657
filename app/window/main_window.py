"""The window: a sidebar of pages, the queue that runs in workers, and what belongs to a Mac app."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QSettings, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QHBoxLayout,
    QMainWindow,
    QMessageBox,
    QWidget,
)

from app.library.preferences import Preferences, Scheme, load_preferences, save_preferences
from app.report.theme import DARK, LIGHT, Theme, palette
from app.window.mac import Mac
from app.window.menus import Menus
from app.window.models.shelf import Shelf
from app.window.pages import PLACES, Pages
from app.window.parts.remedies import sentence_of
from app.window.parts.style_sheet import style_sheet
from app.window.preferences_dialog import PreferencesDialog
from app.window.queue.process import WorkerProcess
from app.window.queue.queue import QueueItem, RunQueue
from app.window.run_status import RunStatus
from app.window.sidebar import Sidebar
from app.work.demo import demo_order
from engines.files.mlx_folder import is_model_folder
from pipeline.records.journal import RunFolderError

SIZE, SMALLEST = (1280, 820), (1000, 640)
QUEUE, WINDOW = "queue.json", "window.ini"
"""Files in the data folder."""
QUIT_QUESTION = "A run is in progress. Quit anyway?"
QUIT_DETAIL = (
    "Everything it has made is kept. The run continues when you open Sixfold the next time."
)


class MainWindow(QMainWindow):
    """Composes the pages around one shelf of models and one queue; it never runs a model itself."""

    def __init__(
        self,
        data: Path,
        theme: Theme | None = None,
        mac: Mac | None = None,
        make_worker: Callable[[QObject], WorkerProcess] = WorkerProcess,
    ) -> None:
        """Open on a data folder, which holds choices, queue and, unless moved, the runs.

        Without a theme the preferences and the system choose one.
        """
        super().__init__()
        self.data = data
        self.preferences, problem = load_preferences(data)
        self._fixed_theme = theme
        self.theme = theme or theme_of(self.preferences.scheme)
        self.shelf = Shelf(self.runs, self)
        self.queue = RunQueue(data / QUEUE, self, make_worker)
        self.queue.problem = self.queue.problem or problem
        self.sidebar = Sidebar(PLACES, self.theme)
        self.pages = Pages(self.sidebar, self.shelf, self.queue, self.preferences, data, self.theme)
        self.menus = Menus(self, self.pages, self.queue, data)
        self._status = RunStatus(
            self, self.queue, self.sidebar, mac or Mac(), self.shelf.usable_bytes
        )
        self._lay_out()
        self._connect()
        self._apply_preferences()
        self._set_theme(self.theme)
        self._restore()
        self._status.show()

    @property
    def runs(self) -> Path:
        """Folder of the runs."""
        return self.preferences.runs_below(self.data)

    def start(self) -> None:
        """Look for models, and continue a queue that was left to continue by itself."""
        self.shelf.scan()
        if self.queue.restart and self.queue.open_items:
            self.pages.show_page("run")
            self.queue.go()

    def run_demo(self) -> None:
        """Run the smallest request on the built-in model."""
        order = demo_order(self.runs, self.preferences.max_tokens_per_call)
        title = f"{order.request}, seed {order.seed}"
        self.queue.add([QueueItem(order, title, order.model.stem)])
        self.pages.show_item(order.run)

    def resume(self, path: Path) -> None:
        """Continue a run of the history."""
        try:
            run = self.queue.reopen(path)
        except RunFolderError as error:
            QMessageBox.warning(self, "Sixfold", sentence_of(error))
            return
        self.pages.show_item(run)

    def ask_folder(self) -> None:
        """Let a person choose a folder with models."""
        name = QFileDialog.getExistingDirectory(self, "Add a folder with models")
        if name:
            self.add_models([Path(name)])

    def add_models(self, paths: list[Path]) -> None:
        """Remember folders and files with models, and look into them."""
        folders, files = list(self.preferences.model_folders), list(self.preferences.model_files)
        for path in paths:
            known = files if path.is_file() or is_model_folder(path) else folders
            if path not in known:
                known.append(path)
        changes = {"model_folders": tuple(folders), "model_files": tuple(files)}
        self.prefer(self.preferences.model_copy(update=changes))
        self.pages.show_page("models")

    # --- preferences and theme

    def show_preferences(self) -> None:
        """Open the preferences."""
        dialog = PreferencesDialog(self.preferences, self.data, self)
        dialog.changed.connect(self.prefer)
        dialog.open()

    def prefer(self, preferences: Preferences) -> None:
        """Keep other preferences and follow them."""
        self.preferences = preferences
        try:
            save_preferences(self.data, preferences)
        except RunFolderError as error:
            QMessageBox.warning(self, "Sixfold", sentence_of(error))
        self._apply_preferences()
        self.follow_system()
        self.shelf.scan()

    def choose_scheme(self, scheme: Scheme) -> None:
        """Draw light, dark or as the system does, from now on."""
        self._fixed_theme = None
        self.prefer(self.preferences.model_copy(update={"scheme": scheme}))

    def follow_system(self) -> None:
        """Take the theme that the preferences, or through them the system, ask for now."""
        self._set_theme(self._fixed_theme or theme_of(self.preferences.scheme))

    def _apply_preferences(self) -> None:
        self.shelf.folders = self.preferences.model_folders
        self.shelf.files = self.preferences.model_files
        self.pages.apply(self.preferences)
        self._status.preferences = self.preferences

    def _set_theme(self, theme: Theme) -> None:
        self.theme = theme
        QApplication.setPalette(palette(theme))
        self.setStyleSheet(style_sheet(theme))
        self.sidebar.set_theme(theme)
        self.pages.set_theme(theme)

    # --- Qt's events

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """Ask if a run is in progress; end what was started; keep how the window stands."""
        if self.queue.running is not None:
            if not _may_quit(self):
                event.ignore()
                return
            self.queue.restart = True
        settings = self._settings()
        settings.setValue("geometry", self.saveGeometry())
        settings.setValue("page", self.pages.shown_key() or "models")
        settings.sync()
        self.queue.close()
        self.shelf.wait()
        self.pages.close_processes()
        self._status.close()
        super().closeEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802 - Qt's name
        """Accept model files and folders."""
        if _dropped(event):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802 - Qt's name
        """Add what was dropped."""
        paths = _dropped(event)
        if paths:
            event.acceptProposedAction()
            self.add_models(paths)

    # --- its state

    def _settings(self) -> QSettings:
        return QSettings(str(self.data / WINDOW), QSettings.Format.IniFormat)

    def _restore(self) -> None:
        settings = self._settings()
        self.resize(*SIZE)
        geometry = settings.value("geometry")
        if geometry is not None:
            self.restoreGeometry(geometry)
        if not self.preferences.welcomed:
            self.preferences = self.preferences.model_copy(update={"welcomed": True})
            self.pages.show_first_run()
            QTimer.singleShot(0, self, lambda: self.prefer(self.preferences))
            return
        page = str(settings.value("page", "models"))
        self.pages.show_page(page if page in PLACES else "models")

    def _connect(self) -> None:
        for source in (self.pages, self.menus):
            source.demo_wanted.connect(self.run_demo)
            source.folder_wanted.connect(self.ask_folder)
        self.pages.resume_wanted.connect(self.resume)
        self.menus.preferences_wanted.connect(self.show_preferences)
        self.menus.scheme_chosen.connect(self.choose_scheme)
        self.queue.item_ended.connect(self.pages.item_ended)

    def _lay_out(self) -> None:
        self.setWindowTitle("Sixfold")
        self.setAcceptDrops(True)
        self.setMinimumSize(*SMALLEST)
        centre = QWidget()
        both = QHBoxLayout(centre)
        both.setContentsMargins(0, 0, 0, 0)
        both.setSpacing(0)
        both.addWidget(self.sidebar)
        both.addWidget(self.pages, 1)
        self.setCentralWidget(centre)


def theme_of(scheme: Scheme) -> Theme:
    """Choose the theme of a scheme; the system's is light if the system does not say."""
    if scheme == "system":
        dark = QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark
        return DARK if dark else LIGHT
    return DARK if scheme == "dark" else LIGHT


def _may_quit(window: QWidget) -> bool:
    """Whether the person, who is asked, quits although a run is in progress."""
    box = QMessageBox(window)
    box.setIcon(QMessageBox.Icon.Question)
    box.setText(QUIT_QUESTION)
    box.setInformativeText(QUIT_DETAIL)
    leave = box.addButton("Quit and Resume Later", QMessageBox.ButtonRole.AcceptRole)
    stay = box.addButton("Don't Quit", QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(stay)
    box.setEscapeButton(stay)
    box.exec()
    return box.clickedButton() is leave


def _dropped(event: QDropEvent) -> list[Path]:
    """Return the folders and GGUF files of a drop."""
    paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
    return [path for path in paths if path.is_dir() or path.suffix == ".gguf"]
