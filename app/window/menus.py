"""The menus of the window."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtGui import QAction, QDesktopServices, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu

from app.window.edit_menu import fill_edit_menu
from app.window.pages import PLACES, Pages
from app.window.preferences_dialog import SCHEMES
from app.window.queue.queue import RunQueue

Role = QAction.MenuRole
StandardKey = QKeySequence.StandardKey


class Menus(QObject):
    """Fills the menu bar; the menu Run follows the queue."""

    demo_wanted = Signal()
    folder_wanted = Signal()
    """A person wants to add a folder with models."""
    preferences_wanted = Signal()
    scheme_chosen = Signal(str)
    """A `Scheme`."""

    def __init__(self, window: QMainWindow, pages: Pages, queue: RunQueue, data: Path) -> None:
        """Fill the bar of a window."""
        super().__init__(window)
        self._window, self._pages, self._queue = window, pages, queue
        bar = window.menuBar()
        self._fill_file(bar.addMenu("&File"), data)
        fill_edit_menu(bar.addMenu("&Edit"))
        run = bar.addMenu("&Run")
        self._pause = self._act(run, "Pause", lambda: pages.run_page.pause_or_go(), "Ctrl+P")
        self._cancel = self._act(
            run, "Cancel Run", lambda: pages.run_page.cancel_running(), "Ctrl+."
        )
        self._fill_view(bar.addMenu("&View"))
        menu = bar.addMenu("&Window")
        self._act(menu, "Minimize", window.showMinimized, "Ctrl+M")
        self._act(menu, "Zoom", self._zoom)
        menu = bar.addMenu("&Help")
        self._act(menu, "Welcome", pages.show_first_run)
        self._act(menu, "About Sixfold", self._about, role=Role.AboutRole)
        queue.changed.connect(self._follow)
        self._follow()

    def _fill_file(self, menu: QMenu, data: Path) -> None:
        pages = self._pages
        self._act(menu, "New Run", pages.compose, "Ctrl+N")
        self._act(menu, "Run Built-in Demo", self.demo_wanted.emit)
        self._act(menu, "Add Models Folder…", self.folder_wanted.emit, "Ctrl+O")
        menu.addSeparator()
        self._act(menu, "Export Card…", pages.export_card, "Ctrl+E")
        self._act(menu, "Show Data Folder", lambda: _show(data), "Ctrl+Shift+D")
        self._act(menu, "Show Runs Folder", lambda: _show(pages.runs), "Ctrl+Shift+R")
        menu.addSeparator()
        self._act(menu, "Close Window", self._window.close, StandardKey.Close)
        self._act(
            menu, "Preferences…", self.preferences_wanted.emit, "Ctrl+,", Role.PreferencesRole
        )
        self._act(menu, "Quit Sixfold", self._window.close, StandardKey.Quit, Role.QuitRole)

    def _fill_view(self, menu: QMenu) -> None:
        pages = self._pages
        for number, (key, title) in enumerate(PLACES.items(), start=1):
            self._act(menu, title, lambda key=key: pages.show_page(key), f"Ctrl+{number}")
        menu.addSeparator()
        self._act(menu, "Refresh", pages.read_again, StandardKey.Refresh)
        menu.addSeparator()
        for scheme, words in SCHEMES.items():
            self._act(menu, words, lambda scheme=scheme: self.scheme_chosen.emit(scheme))

    def _act(
        self,
        menu: QMenu,
        words: str,
        what: Callable[[], object],
        shortcut: str | QKeySequence.StandardKey = "",
        role: QAction.MenuRole = Role.TextHeuristicRole,
    ) -> QAction:
        action = QAction(words, self._window)
        action.setShortcut(QKeySequence(shortcut))
        action.setMenuRole(role)
        action.triggered.connect(lambda: what())
        menu.addAction(action)
        return action

    def _follow(self) -> None:
        queue = self._queue
        running = queue.running is not None
        self._cancel.setEnabled(running)
        self._pause.setEnabled(bool(queue.open_items))
        self._pause.setText("Pause" if running and not queue.paused else "Resume")

    def _about(self) -> None:
        from app.window.about import About

        About(self._window).open()

    def _zoom(self) -> None:
        window = self._window
        window.showNormal() if window.isMaximized() else window.showMaximized()


def _show(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))
