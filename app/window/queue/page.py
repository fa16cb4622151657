"""The page of the runs to do and the run in progress: the queue, and what is chosen of it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from app.library.live import LiveRun
from app.report.theme import Theme, label
from app.window.models.shelf import Shelf
from app.window.parts.icons import icon
from app.window.parts.notice import Notice
from app.window.parts.page import Page
from app.window.parts.panel import GRID
from app.window.parts.remedies import sentence_of
from app.window.queue.composer import Composer
from app.window.queue.live_view import LiveView
from app.window.queue.queue import OPEN, STOPPED, QueueItem, RunQueue
from app.window.queue.queue_list import QueueList
from pipeline.english import counted
from pipeline.records.journal import RunFolderError, open_run

QUEUE_WIDTH = 216
NEW_RUN = "Choose models, requests and seeds. The runs follow one another."
SILENT = "The worker has been silent for some seconds. It may be busy, or it may hang."
NOTHING_QUEUED = "Nothing is queued.\nOrder runs on the right."


class RunPage(Page):
    """Queue at the left; at the right the order form, or the run that is chosen."""

    title = "Queue"
    models_wanted = Signal()

    def __init__(
        self, runs: Path, theme: Theme, queue: RunQueue, shelf: Shelf, texts: Path
    ) -> None:
        """Follow a queue; orders are made from a shelf of models."""
        super().__init__(runs, theme)
        self.queue = queue
        self.list = QueueList(queue, theme)
        self.composer = Composer(runs, theme, shelf, texts)
        self.live = LiveView(theme)
        self.notice = Notice(theme)
        self.new_button = QPushButton("New Run")
        self.pause_button = QPushButton("Pause")
        self.clear_button = QPushButton("Clear Ended")
        self.cancel_button = QPushButton("Cancel Run")
        self.retry_button = QPushButton("Resume Run")
        self.result_button = QPushButton("Show Result")
        self._nothing = label(NOTHING_QUEUED, "muted")
        self._stack = QStackedWidget()
        self._chosen = ""
        self._lay_out()
        self.new_button.clicked.connect(self.compose)
        self.pause_button.clicked.connect(self.pause_or_go)
        self.clear_button.clicked.connect(self._clear)
        self.cancel_button.clicked.connect(lambda: queue.cancel(self._chosen))
        self.retry_button.clicked.connect(lambda: queue.retry(self._chosen))
        self.result_button.clicked.connect(self._open_result)
        self.composer.ordered.connect(self._order)
        self.composer.models_wanted.connect(self.models_wanted)
        self.list.chosen.connect(self.show_item)
        queue.changed.connect(self._look)
        queue.progressed.connect(self._notice)
        self.first = self.composer.models
        self.set_theme(theme)
        self.compose()

    @property
    def chosen(self) -> QueueItem | None:
        """The item that is shown; None while runs are being ordered."""
        return self.queue.find(self._chosen)

    def compose(self) -> None:
        """Show the order form."""
        self._chosen = ""
        self.list.clearSelection()
        self.list.setCurrentIndex(self.list.rows.index(-1))
        self._stack.setCurrentWidget(self.composer)
        self._look()

    def show_item(self, run: str) -> None:
        """Show one run: live, or how far it got."""
        self._chosen = run
        self._look()

    def pause_or_go(self) -> None:
        """Pause the queue, or resume it."""
        if self.queue.paused or self.queue.running is None:
            self.queue.go()
        else:
            self.queue.pause()

    def cancel_running(self) -> None:
        """Cancel the run in progress."""
        if self.queue.running is not None:
            self.queue.cancel(self.queue.running.order.run)

    def set_folder(self, runs: Path) -> None:
        """Order runs into another folder."""
        self.composer.runs = runs
        super().set_folder(runs)

    def refresh(self) -> None:
        """Draw what is shown again."""
        self.live.refresh()

    def set_theme(self, theme: Theme) -> None:
        """Draw with another theme."""
        super().set_theme(theme)
        for view in (self.list, self.composer, self.live, self.notice):
            view.set_theme(theme)
        self.new_button.setIcon(icon("add", theme.ink, 16))
        self._look()

    def _order(self, items: list[QueueItem]) -> None:
        was_idle = self.queue.running is None
        self.queue.add(items)
        if was_idle and items:
            self.list.choose(items[0].order.run)

    def _look(self) -> None:
        """Bring heading, buttons and the right half in line with the queue."""
        item, queue = self.chosen, self.queue
        running = queue.running is not None
        idle = not running and not queue.open_items
        self.pause_button.setEnabled(not idle)
        going = running and not queue.paused
        self.pause_button.setText("Pause" if going or idle else "Resume")
        self.pause_button.setIcon(icon("pause" if going or idle else "run", self.theme.ink, 16))
        self.clear_button.setEnabled(any(each.state not in OPEN for each in queue.items))
        self._nothing.setVisible(not queue.items)
        self.list.setVisible(bool(queue.items))
        self.composer.run_button.setText("Add to Queue" if queue.open_items else "Run")
        self.cancel_button.setVisible(item is not None and item.state in OPEN)
        self.retry_button.setVisible(item is not None and item.state in STOPPED)
        self.result_button.setVisible(item is not None and item.has_result)
        if item is not None:
            self.retry_button.setText("Resume Run" if item.has_folder else "Try Again")
            self.heading.setText(item.title)
            self.subtitle.setText(f"{item.model}, {item.state}")
            self._show_live(item)
        else:
            self.heading.setText("New Run")
            self.subtitle.setText(NEW_RUN)
            self._stack.setCurrentWidget(self.composer)
        self._notice()

    def _notice(self) -> None:
        item, queue = self.chosen, self.queue
        live = queue.live.get(queue.running.order.run) if queue.running is not None else None
        if live is not None and live.silent:
            self.notice.show_text(SILENT, "Stop Worker", self.cancel_running)
        elif queue.problem:
            self.notice.show_text(queue.problem)
        elif item is not None and item.sentence:
            self.notice.show_text(item.sentence)
        elif queue.paused and queue.running is None and queue.open_items:
            left = len(queue.open_items)
            runs = f"{counted(left, 'run')} {'is' if left == 1 else 'are'}"
            self.notice.show_text(f"The queue is paused; {runs} left.", "Resume", queue.go)
        else:
            self.notice.show_text("")

    def _show_live(self, item: QueueItem) -> None:
        live = self.queue.live.get(item.order.run)
        if live is None:
            live = self.queue.live[item.order.run] = from_folder(item)
        self.live.show_run(live, moving=item.state == "running")
        if self._stack.currentWidget() is not self.live:
            self._stack.setCurrentWidget(self.live)
            self.live.refresh()

    def _open_result(self) -> None:
        if self.chosen is not None:
            self.run_opened.emit(self.chosen.order.out)

    def _clear(self) -> None:
        ended = [item.order.run for item in self.queue.items if item.state not in OPEN]
        if self._chosen in ended:
            self.compose()
        self.queue.remove(ended)

    def _lay_out(self) -> None:
        for button in (self.result_button, self.retry_button, self.cancel_button):
            self.tools.addWidget(button)
        self.result_button.setObjectName("run")
        head = QHBoxLayout()
        head.addWidget(label("Queue", "section"), 1)
        head.addWidget(self.new_button)
        foot = QHBoxLayout()
        foot.setSpacing(GRID)
        foot.addWidget(self.pause_button, 1)
        foot.addWidget(self.clear_button, 1)
        self._nothing.setWordWrap(True)
        left = QWidget()
        left.setFixedWidth(QUEUE_WIDTH)
        queue = QVBoxLayout(left)
        queue.setContentsMargins(0, 0, 0, 0)
        queue.setSpacing(GRID)
        queue.addLayout(head)
        queue.addWidget(self.list, 1)
        queue.addWidget(self._nothing)
        queue.addStretch(0)
        queue.addLayout(foot)
        self._stack.addWidget(self.composer)
        self._stack.addWidget(self.live)
        right = QVBoxLayout()
        right.setSpacing(2 * GRID)
        right.addWidget(self.notice)
        right.addWidget(self._stack, 1)
        both = QHBoxLayout()
        both.setSpacing(3 * GRID)
        both.addWidget(left)
        both.addLayout(right, 1)
        self.body.addLayout(both, 1)


def from_folder(item: QueueItem) -> LiveRun:
    """Rebuild from its folder what happened in a run of an earlier time."""
    live = LiveRun(item.title, item.model)
    if item.has_folder:
        try:
            for event in open_run(item.order.out).events():
                live.apply(event)
        except RunFolderError as error:
            live.complain(f"{sentence_of(error)}\n")
    return live
