"""The run in progress, seen from outside its page: the sidebar's foot, the Dock, a notification."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication, QWidget

from app.library.preferences import Preferences
from app.report import numbers
from app.report.card import IN_BRACKETS
from app.window.mac import Mac
from app.window.queue.queue import QueueItem, RunQueue
from app.window.queue.queue_list import status_of
from app.window.queue.stage_cards import share_done
from app.window.sidebar import Sidebar
from engines.memory.device import describe


class RunStatus(QObject):
    """Follows the queue; keeps the machine awake while a worker lives."""

    def __init__(
        self, window: QWidget, queue: RunQueue, sidebar: Sidebar, mac: Mac, usable_bytes: int
    ) -> None:
        """Take the memory that a model may use, in bytes; an idle sidebar shows it."""
        super().__init__(window)
        self.preferences = Preferences()
        self._window, self._queue, self._sidebar, self._mac = window, queue, sidebar, mac
        self._idle = f"{_chip()}\n{numbers.size(usable_bytes)} for a model"
        self._awake_for = 0
        """Process the machine is kept awake for."""
        queue.changed.connect(self.show)
        queue.progressed.connect(self.show)
        queue.item_ended.connect(self._announce)

    def show(self) -> None:
        """Show what is in progress."""
        running, waiting = self._queue.running, len(self._queue.open_items)
        if running is None:
            self._sidebar.show_status("Offline", self._idle, None)
            self._mac.show_progress(None)
            return
        stages = self._queue.live[running.order.run].progress.stages.values()
        share = sum(share_done(stage) for stage in stages) / len(stages)
        left = f", {numbers.count(waiting - 1)} more waiting" if waiting > 1 else ""
        self._sidebar.show_status(running.title, f"{status_of(running, share)} done{left}", share)
        self._mac.show_progress(share)
        self._stay_awake(self._queue.worker.pid())

    def close(self) -> None:
        """Take the bar out of the Dock."""
        self._mac.show_progress(None)

    def _stay_awake(self, pid: int) -> None:
        if self.preferences.keep_awake and pid and pid != self._awake_for:
            self._awake_for = pid
            self._mac.keep_awake(pid)

    def _announce(self, item: QueueItem) -> None:
        """Notify a person who does not look that the last run of the queue has ended."""
        if self._queue.open_items or not self.preferences.notify:
            return
        QApplication.alert(self._window)
        total = numbers.total(item.score, item.well_formed)
        said = ", ".join(part for part in (item.state, total) if part)
        self._mac.notify("Sixfold: the queue is done", f"{item.title}: {said}")


def _chip() -> str:
    return IN_BRACKETS.sub("", describe().chip) or "This machine"
