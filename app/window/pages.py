"""The pages of the window: each made when it is first wanted, one shown, one leading to another.

Pages that show results import the scorer; they are imported when they are wanted, so that the
window is there within a second or so.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget

from app.library.preferences import Preferences
from app.report.theme import Theme
from app.window.first_run import FirstRun
from app.window.models.page import ModelsPage
from app.window.models.shelf import Shelf
from app.window.parts.page import Page
from app.window.queue.page import RunPage
from app.window.queue.queue import RunQueue
from app.window.sidebar import Sidebar

if TYPE_CHECKING:
    from app.window.compare.page import ComparePage
    from app.window.history.page import HistoryPage

PLACES = {"models": "Models", "run": "Queue", "history": "Runs", "compare": "Compare"}
"""Key of each page and its title in the sidebar, in order."""
ALWAYS_FRESH = ("models", "run")
"""Pages that follow the shelf and the queue by themselves."""
TEXTS = "requests"
"""Folder in the data folder for requests in a person's own words."""


class Pages(QStackedWidget):
    """Makes and shows the pages, and carries what one wants to another."""

    demo_wanted = Signal()
    folder_wanted = Signal()
    """A person wants to add a folder with models."""
    resume_wanted = Signal(Path)
    """A person wants to continue the stopped run in this folder."""

    def __init__(
        self,
        sidebar: Sidebar,
        shelf: Shelf,
        queue: RunQueue,
        preferences: Preferences,
        data: Path,
        theme: Theme,
    ) -> None:
        """Start without a page; the sidebar marks the one that is shown."""
        super().__init__()
        self._sidebar, self._shelf, self._queue = sidebar, shelf, queue
        self._preferences, self._data, self._theme = preferences, data, theme
        self.made: dict[str, Page] = {}
        """The pages that have been wanted so far, by key."""
        self.first_run: FirstRun | None = None
        self._makers = {
            "models": self._make_models,
            "run": self._make_run,
            "history": self._make_history,
            "compare": self._make_compare,
        }
        sidebar.chosen.connect(self.show_page)

    @property
    def runs(self) -> Path:
        """Folder of the runs that are shown."""
        return self._preferences.runs_below(self._data)

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

    @property
    def compare(self) -> ComparePage:
        """The page that puts models side by side."""
        from app.window.compare.page import ComparePage

        page = self.page("compare")
        assert isinstance(page, ComparePage)
        return page

    def page(self, key: str) -> Page:
        """Return a page, made if it was not wanted before."""
        if key not in self.made:
            page = self._makers[key]()
            page.run_opened.connect(self.open_run)
            self.made[key] = page
            self.addWidget(page)
        return self.made[key]

    def shown_key(self) -> str | None:
        """Return the key of the page that is shown; None for the welcome."""
        shown = (key for key, page in self.made.items() if page is self.currentWidget())
        return next(shown, None)

    def show_page(self, key: str) -> None:
        """Show a page."""
        page = self.page(key)
        self.setCurrentWidget(page)
        self._sidebar.choose(key)
        if page.first is not None and not self._sidebar.places.hasFocus():
            page.first.setFocus()
        if key not in ALWAYS_FRESH:
            page.refresh()

    def show_first_run(self) -> None:
        """Show the welcome."""
        if self.first_run is None:
            self.first_run = FirstRun(self._shelf, self._theme)
            self.first_run.demo_wanted.connect(self.demo_wanted)
            self.first_run.models_wanted.connect(lambda: self.show_page("models"))
            self.first_run.folder_wanted.connect(self.folder_wanted)
            self.addWidget(self.first_run)
        self._sidebar.leave()
        self.setCurrentWidget(self.first_run)
        self.first_run.demo_button.setFocus()

    def show_item(self, run: str) -> None:
        """Show one run of the queue."""
        self.show_page("run")
        self.run_page.list.choose(run)

    def open_run(self, path: Path) -> None:
        """Show the result of a run."""
        self.show_page("history")
        self.history.show_run(path)

    def compose(self) -> None:
        """Show the order form."""
        self.show_page("run")
        self.run_page.compose()

    def export_card(self) -> None:
        """Export the card of the result that is shown; without one, show the list of runs."""
        if self.shown_key() == "history" and self.history.result.isVisible():
            self.history.result.show_tab("Card")
            self.history.result.card_page.export_button.click()
        else:
            self.show_page("history")

    def read_again(self) -> None:
        """Read the folders of models and runs again."""
        self._shelf.scan()
        for page in self.made.values():
            page.refresh()

    def item_ended(self) -> None:
        """Show what a run that has just ended left."""
        self._shelf.scan()
        if "history" in self.made:
            self.history.refresh()

    def apply(self, preferences: Preferences) -> None:
        """Follow other preferences."""
        before, self._preferences = self.runs, preferences
        self._shelf.runs = self.runs
        if "run" in self.made:
            self.run_page.composer.limit_answers(preferences.max_tokens_per_call)
        if self.runs != before:
            for page in self.made.values():
                page.set_folder(self.runs)

    def set_theme(self, theme: Theme) -> None:
        """Draw with another theme."""
        self._theme = theme
        for page in self.made.values():
            page.set_theme(theme)
        if self.first_run is not None:
            self.first_run.set_theme(theme)

    def close_processes(self) -> None:
        """End what runs behind the pages before the window goes."""
        for page in self.made.values():
            page.close_process()

    def _make_models(self) -> Page:
        page = ModelsPage(self.runs, self._theme, self._shelf)
        page.folder_wanted.connect(self.folder_wanted)
        page.run_wanted.connect(self._compose_with)
        return page

    def _make_run(self) -> Page:
        page = RunPage(self.runs, self._theme, self._queue, self._shelf, self._data / TEXTS)
        page.models_wanted.connect(lambda: self.show_page("models"))
        page.composer.limit_answers(self._preferences.max_tokens_per_call)
        return page

    def _make_history(self) -> Page:
        from app.window.history.page import HistoryPage

        page = HistoryPage(self.runs, self._theme)
        page.compare_wanted.connect(self._compare)
        page.resume_wanted.connect(self.resume_wanted)
        return page

    def _make_compare(self) -> Page:
        from app.window.compare.page import ComparePage

        return ComparePage(self.runs, self._theme)

    def _compose_with(self, model: Path) -> None:
        self.compose()
        self.run_page.composer.choose_model(model)

    def _compare(self, runs: list[Path]) -> None:
        self.compare.show_runs(runs)
        self.show_page("compare")
