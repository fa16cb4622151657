"""The window: a sidebar of pages, the queue that runs in workers, and what belongs to a Mac app.

Pages that show results import the scorer; they are imported when they are wanted, so that the
window is there within a second or so. `open_window` imports them once the window is idle.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSettings, Qt, QTimer, QUrl
from PySide6.QtGui import (
    QAction,
    QCloseEvent,
    QDesktopServices,
    QDragEnterEvent,
    QDropEvent,
    QGuiApplication,
    QKeySequence,
)
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QHBoxLayout,
    QMainWindow,
    QMenu,
    QMessageBox,
    QStackedWidget,
    QWidget,
)

from app.library.preferences import Preferences, Scheme, load_preferences, save_preferences
from app.library.user_data import data_folder
from app.report import numbers
from app.report.card import IN_BRACKETS
from app.report.theme import BODY, DARK, LIGHT, Theme, font, palette
from app.window.edit_menu import fill_edit_menu
from app.window.first_run import FirstRun
from app.window.mac import Mac
from app.window.models.page import ModelsPage
from app.window.models.shelf import Shelf
from app.window.parts.app_icon import app_icon
from app.window.parts.page import Page
from app.window.parts.style_sheet import style_sheet
from app.window.preferences_dialog import SCHEMES, PreferencesDialog
from app.window.queue.page import RunPage
from app.window.queue.process import WorkerProcess
from app.window.queue.queue import QueueItem, RunQueue
from app.window.queue.queue_list import status_of
from app.window.queue.stage_cards import share_done
from app.window.sidebar import Sidebar
from app.work.model_list import BUILTIN_MODEL
from app.work.order import Order
from engines.files.mlx_folder import is_model_folder
from engines.memory.device import describe
from pipeline.records.journal import RunFolderError, new_run_id

if TYPE_CHECKING:
    from app.window.history.page import HistoryPage

LATER = (
    "app.library.selection",
    "app.window.history.page",
    "app.window.compare.page",
    "app.window.about",
)
LATER_MS = 400
"""Between the imports of two of these, so that the window answers."""

SIZE, SMALLEST = (1280, 820), (1000, 640)
QUEUE, WINDOW, TEXTS = "queue.json", "window.ini", "requests"
"""Files and folder in the data folder."""
PLACES = {"models": "Models", "run": "Queue", "history": "Runs", "compare": "Compare"}
DEMO_REQUEST, DEMO_SEED = "todo", 1
QUIT_QUESTION = "A run is going on. Quit all the same?"
QUIT_DETAIL = (
    "What it has made so far is kept. It goes on by itself when Sixfold is opened the next time."
)


class MainWindow(QMainWindow):
    """Composes the pages around one shelf of models and one queue; it never runs a model itself."""

    def __init__(
        self,
        runs: Path,
        data: Path,
        theme: Theme | None = None,
        mac: Mac | None = None,
        make_worker: Callable[[QObject], WorkerProcess] = WorkerProcess,
    ) -> None:
        """Show the runs below a folder; choices and queue are kept in `data`.

        Without a theme the preferences and the system choose one.
        """
        super().__init__()
        self.setWindowTitle("Sixfold")
        self.setAcceptDrops(True)
        self.setMinimumSize(*SMALLEST)
        self.runs, self.data = runs, data
        self.preferences, problem = load_preferences(data)
        self._fixed_theme = theme
        self.theme = theme or self._wanted_theme()
        self._mac = mac or Mac()
        self.shelf = Shelf(runs, self)
        self.queue = RunQueue(data / QUEUE, self, make_worker)
        self.queue.problem = self.queue.problem or problem
        self.sidebar = Sidebar(PLACES, self.theme)
        self.stack = QStackedWidget()
        self.pages: dict[str, Page] = {}
        self.first_run: FirstRun | None = None
        self._makers: dict[str, Callable[[], Page]] = {
            "models": self._make_models,
            "run": self._make_run,
            "history": self._make_history,
            "compare": self._make_compare,
        }
        self._lay_out()
        self._make_menus()
        self._apply_preferences()
        self._set_theme(self.theme)
        self.sidebar.chosen.connect(self.show_page)
        self.queue.changed.connect(self._tell)
        self.queue.progressed.connect(self._tell)
        self.queue.item_ended.connect(self._item_ended)
        self._restore()
        self._tell()

    def show_page(self, key: str) -> None:
        """Show a page; it is made when it is wanted for the first time."""
        page = self.page(key)
        self.stack.setCurrentWidget(page)
        self.sidebar.choose(key)
        if page.first is not None and not self.sidebar.places.hasFocus():
            page.first.setFocus()
        if key not in ("models", "run"):
            page.refresh()

    def page(self, key: str) -> Page:
        """Give a page."""
        if key not in self.pages:
            page = self._makers[key]()
            page.run_opened.connect(self.open_run)
            self.pages[key] = page
            self.stack.addWidget(page)
        return self.pages[key]

    @property
    def run_page(self) -> RunPage:
        """The page of the queue."""
        page = self.page("run")
        assert isinstance(page, RunPage)
        return page

    @property
    def history(self) -> HistoryPage:
        """The page of all runs."""
        from app.window.history.page import HistoryPage

        page = self.page("history")
        assert isinstance(page, HistoryPage)
        return page

    def open_run(self, path: Path) -> None:
        """Show the result of a run."""
        self.show_page("history")
        self.history.show_run(path)

    def run_demo(self) -> None:
        """Run the smallest request on the built-in model."""
        run = new_run_id()
        order = Order(
            request=DEMO_REQUEST,
            model=BUILTIN_MODEL,
            run=run,
            out=self.runs / run,
            seed=DEMO_SEED,
            max_tokens_per_call=self.preferences.max_tokens_per_call,
        )
        self.show_page("run")
        item = QueueItem(order, f"{DEMO_REQUEST}, seed {DEMO_SEED}", BUILTIN_MODEL.stem)
        self.queue.add([item])
        self.run_page.list.choose(run)

    def add_models(self, paths: list[Path]) -> None:
        """Remember folders and files with models, and look into them."""
        folders, files = list(self.preferences.model_folders), list(self.preferences.model_files)
        for path in paths:
            known = files if path.is_file() or is_model_folder(path) else folders
            if path not in known:
                known.append(path)
        self._prefer(
            self.preferences.model_copy(
                update={"model_folders": tuple(folders), "model_files": tuple(files)}
            )
        )
        self.show_page("models")

    def start(self) -> None:
        """Look for models, and go on with a queue that was left to go on."""
        self.shelf.scan()
        if self.queue.restart and self.queue.open_items:
            self.show_page("run")
            self.queue.go()

    # --- Qt's events

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """Ask if a run goes on; end what was started; keep how the window stands."""
        if self.queue.running is not None:
            if not self._confirmed():
                event.ignore()
                return
            self.queue.restart = True
        settings = self._settings()
        settings.setValue("geometry", self.saveGeometry())
        settings.setValue("page", self._shown_page())
        settings.sync()
        self.queue.close()
        self.shelf.wait()
        for page in self.pages.values():
            page.close_process()
        self._mac.show_progress(None)
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

    # --- pages

    def _make_models(self) -> Page:
        page = ModelsPage(self.runs, self.theme, self.shelf)
        page.folder_wanted.connect(self.ask_folder)
        page.run_wanted.connect(self._compose_with)
        return page

    def _make_run(self) -> Page:
        page = RunPage(self.runs, self.theme, self.queue, self.shelf, self.data / TEXTS)
        page.models_wanted.connect(lambda: self.show_page("models"))
        page.composer.limit_answers(self.preferences.max_tokens_per_call)
        return page

    def _make_history(self) -> Page:
        from app.window.history.page import HistoryPage

        page = HistoryPage(self.runs, self.theme)
        page.compare_wanted.connect(self._compare)
        page.resume_wanted.connect(self.resume)
        return page

    def _make_compare(self) -> Page:
        from app.window.compare.page import ComparePage

        return ComparePage(self.runs, self.theme)

    def _compose_with(self, model: Path) -> None:
        self.show_page("run")
        self.run_page.compose()
        self.run_page.composer.choose_model(model)

    def _compare(self, runs: list[Path]) -> None:
        from app.window.compare.page import ComparePage

        page = self.page("compare")
        assert isinstance(page, ComparePage)
        page.show_runs(runs)
        self.show_page("compare")

    def resume(self, path: Path) -> None:
        """Go on with a run of the history."""
        try:
            run = self.queue.reopen(path)
        except RunFolderError as error:
            QMessageBox.warning(self, "Sixfold", str(error))
            return
        self.show_page("run")
        self.run_page.list.choose(run)

    # --- menus

    def _make_menus(self) -> None:
        bar = self.menuBar()
        file = bar.addMenu("&File")
        self._act(file, "New Run", "Ctrl+N", self._new_run)
        self._act(file, "Run Built-in Demo", "", self.run_demo)
        self._act(file, "Add Models Folder…", "Ctrl+O", self.ask_folder)
        file.addSeparator()
        self._act(file, "Export Card…", "Ctrl+E", self._export_card)
        self._act(file, "Show Data Folder", "Ctrl+Shift+D", lambda: _show(self.data))
        self._act(file, "Show Runs Folder", "Ctrl+Shift+R", lambda: _show(self.runs))
        file.addSeparator()
        self._act(file, "Close Window", QKeySequence.StandardKey.Close, self.close)
        preferences = self._act(file, "Preferences…", "Ctrl+,", self.show_preferences)
        preferences.setMenuRole(QAction.MenuRole.PreferencesRole)
        leave = self._act(file, "Quit Sixfold", QKeySequence.StandardKey.Quit, self.close)
        leave.setMenuRole(QAction.MenuRole.QuitRole)
        fill_edit_menu(bar.addMenu("&Edit"))
        run = bar.addMenu("&Run")
        self._pause = self._act(run, "Pause", "Ctrl+P", lambda: self.run_page.pause_or_go())
        self._cancel = self._act(
            run, "Cancel Run", "Ctrl+.", lambda: self.run_page.cancel_running()
        )
        view = bar.addMenu("&View")
        for number, (key, title) in enumerate(PLACES.items(), start=1):
            self._act(view, title, f"Ctrl+{number}", lambda key=key: self.show_page(key))
        view.addSeparator()
        self._act(view, "Read Folders Again", QKeySequence.StandardKey.Refresh, self._refresh)
        view.addSeparator()
        for scheme, words in SCHEMES.items():
            self._act(view, words, "", lambda scheme=scheme: self._choose_scheme(scheme))
        window = bar.addMenu("&Window")
        self._act(window, "Minimize", "Ctrl+M", self.showMinimized)
        self._act(window, "Zoom", "", self._zoom)
        about_menu = bar.addMenu("&Help")
        self._act(about_menu, "Welcome", "", self.show_first_run)
        about = self._act(about_menu, "About Sixfold", "", self._about)
        about.setMenuRole(QAction.MenuRole.AboutRole)

    def _act(
        self,
        menu: QMenu,
        words: str,
        shortcut: str | QKeySequence.StandardKey,
        what: Callable[[], object],
    ) -> QAction:
        action = QAction(words, self)
        action.setShortcut(QKeySequence(shortcut))
        action.triggered.connect(lambda: what())
        menu.addAction(action)
        return action

    def _about(self) -> None:
        from app.window.about import About

        About(self).open()

    def ask_folder(self) -> None:
        """Let a person choose a folder with models."""
        name = QFileDialog.getExistingDirectory(self, "Add a folder with models")
        if name:
            self.add_models([Path(name)])

    def show_first_run(self) -> None:
        """Show the welcome."""
        if self.first_run is None:
            self.first_run = FirstRun(self.shelf, self.theme)
            self.first_run.demo_wanted.connect(self.run_demo)
            self.first_run.models_wanted.connect(lambda: self.show_page("models"))
            self.first_run.folder_wanted.connect(self.ask_folder)
            self.stack.addWidget(self.first_run)
        self.sidebar.leave()
        self.stack.setCurrentWidget(self.first_run)
        self.first_run.demo_button.setFocus()

    def show_preferences(self) -> None:
        """Open the preferences."""
        dialog = PreferencesDialog(self.preferences, self)
        dialog.changed.connect(self._prefer)
        dialog.open()

    def _new_run(self) -> None:
        self.show_page("run")
        self.run_page.compose()

    def _export_card(self) -> None:
        """Export the card of the result that is shown; without one, lead to the results."""
        if self.stack.currentWidget() is self.history and self.history.result.isVisible():
            self.history.result.show_tab("Card")
            self.history.result.card_page.export_button.click()
        else:
            self.show_page("history")

    def _refresh(self) -> None:
        self.shelf.scan()
        for page in self.pages.values():
            page.refresh()

    def _zoom(self) -> None:
        self.showNormal() if self.isMaximized() else self.showMaximized()

    # --- preferences, theme, state

    def _prefer(self, preferences: Preferences) -> None:
        self.preferences = preferences
        try:
            save_preferences(self.data, preferences)
        except RunFolderError as error:
            QMessageBox.warning(self, "Sixfold", str(error))
        self._apply_preferences()
        self._set_theme(self._fixed_theme or self._wanted_theme())
        self.shelf.scan()

    def _apply_preferences(self) -> None:
        self.shelf.folders = self.preferences.model_folders
        self.shelf.files = self.preferences.model_files
        if "run" in self.pages:
            self.run_page.composer.limit_answers(self.preferences.max_tokens_per_call)

    def _choose_scheme(self, scheme: Scheme) -> None:
        self._fixed_theme = None
        self._prefer(self.preferences.model_copy(update={"scheme": scheme}))

    def follow_system(self) -> None:
        """Take the theme that the system has now, if the preferences leave it to the system."""
        self._set_theme(self._fixed_theme or self._wanted_theme())

    def _wanted_theme(self) -> Theme:
        if self.preferences.scheme == "system":
            return theme_for(QGuiApplication.styleHints().colorScheme())
        return DARK if self.preferences.scheme == "dark" else LIGHT

    def _set_theme(self, theme: Theme) -> None:
        self.theme = theme
        QApplication.setPalette(palette(theme))
        self.setStyleSheet(style_sheet(theme))
        self.sidebar.set_theme(theme)
        for page in self.pages.values():
            page.set_theme(theme)
        if self.first_run is not None:
            self.first_run.set_theme(theme)

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
            self.show_first_run()
            QTimer.singleShot(0, self, lambda: self._prefer(self.preferences))
            return
        page = str(settings.value("page", "models"))
        self.show_page(page if page in PLACES else "models")

    def _shown_page(self) -> str:
        shown = (key for key, page in self.pages.items() if page is self.stack.currentWidget())
        return next(shown, "models")

    # --- what goes on

    def _tell(self) -> None:
        """Say at the foot of the sidebar, in the Dock and in the menus what goes on."""
        running, waiting = self.queue.running, len(self.queue.open_items)
        self._cancel.setEnabled(running is not None)
        self._pause.setEnabled(waiting > 0)
        self._pause.setText("Pause" if running is not None and not self.queue.paused else "Go On")
        if running is None:
            here = f"{numbers.size(self.shelf.usable_bytes)} for a model"
            self.sidebar.tell("Offline", f"{_chip()}\n{here}", None)
            self._mac.show_progress(None)
            return
        live = self.queue.live[running.order.run]
        stages = live.progress.stages.values()
        share = sum(share_done(stage) for stage in stages) / len(stages)
        left = f", {numbers.count(waiting - 1)} more waiting" if waiting > 1 else ""
        self.sidebar.tell(running.title, f"{status_of(running, share)} done{left}", share)
        self._mac.show_progress(share)
        pid = self.queue.worker.pid()
        if self.preferences.keep_awake and pid and pid != self._awake_for:
            self._awake_for = pid
            self._mac.keep_awake(pid)

    _awake_for = 0
    """Process the machine is kept awake for."""

    def _item_ended(self, item: QueueItem) -> None:
        self.shelf.scan()
        if "history" in self.pages:
            self.history.refresh()
        if self.queue.open_items or not self.preferences.notify:
            return
        QApplication.alert(self)
        score = f", {numbers.points(item.score)} of 100" if item.score is not None else ""
        self._mac.notify("Sixfold: the queue is done", f"{item.title}: {item.state}{score}")

    def _confirmed(self) -> bool:
        box = QMessageBox(self)
        box.setIcon(QMessageBox.Icon.Question)
        box.setText(QUIT_QUESTION)
        box.setInformativeText(QUIT_DETAIL)
        leave = box.addButton("Quit and Resume Later", QMessageBox.ButtonRole.AcceptRole)
        stay = box.addButton("Don't Quit", QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(stay)
        box.setEscapeButton(stay)
        box.exec()
        return box.clickedButton() is leave

    def _lay_out(self) -> None:
        centre = QWidget()
        both = QHBoxLayout(centre)
        both.setContentsMargins(0, 0, 0, 0)
        both.setSpacing(0)
        both.addWidget(self.sidebar)
        both.addWidget(self.stack, 1)
        self.setCentralWidget(centre)


def make_application() -> QApplication:
    """Start Qt with the program's name, icon and type; once a process."""
    application = QApplication(sys.argv[:1])
    application.setApplicationName("Sixfold")
    application.setApplicationDisplayName("Sixfold")
    application.setWindowIcon(app_icon())
    application.setFont(font(BODY))
    if sys.platform != "darwin":
        application.setStyle("Fusion")
    # modules live as long as we do: going through them again and again stops the window
    gc.freeze()
    return application


def open_window(runs: Path) -> int:
    """Open the window on a folder of runs and stay until it is closed."""
    application = make_application()
    window = MainWindow(runs, data_folder())
    QGuiApplication.styleHints().colorSchemeChanged.connect(window.follow_system)
    window.show()
    QTimer.singleShot(0, window, window.start)
    for number, name in enumerate(LATER, start=1):
        QTimer.singleShot(number * LATER_MS, window, lambda name=name: import_module(name))
    return application.exec()


def theme_for(scheme: Qt.ColorScheme) -> Theme:
    """Choose the theme that the system asks for; light if it does not say."""
    return DARK if scheme == Qt.ColorScheme.Dark else LIGHT


def _dropped(event: QDropEvent) -> list[Path]:
    """Give the folders and GGUF files of a drop."""
    paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
    return [path for path in paths if path.is_dir() or path.suffix == ".gguf"]


def _show(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))


def _chip() -> str:
    return IN_BRACKETS.sub("", describe().chip) or "This machine"
