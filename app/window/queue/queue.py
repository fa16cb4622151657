"""The queue: runs that were ordered, carried out one after the other, unattended.

It is kept in a file, so that a window that was closed, or died, finds it again. What a run
made is never kept here: that is in its folder.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from pydantic import ValidationError
from PySide6.QtCore import QObject, QTimer, Signal

from app.library.live import LiveRun
from app.window.parts.remedies import sentence_of
from app.window.queue.process import Ended, WorkerProcess
from app.work.order import Order, Resumption
from engines.remedy import UserError
from pipeline.records.events import Event, Scored
from pipeline.records.journal import SPEC, STDERR, RunFolderError, open_stopped, write_atomic
from pipeline.records.record import Record

ItemState = Literal["waiting", "running", "paused", "finished", "cancelled", "failed", "crashed"]
TELL_MS = 200
OPEN: tuple[ItemState, ...] = ("running", "paused", "waiting")
"""States of items that are still to be carried out, those that come first in front."""
STOPPED: tuple[ItemState, ...] = ("cancelled", "failed", "crashed")
"""States of items that a person may start once more."""


@dataclass(frozen=True)
class QueueItem:
    """One run of the queue."""

    order: Order
    title: str
    """The request in words."""
    model: str
    state: ItemState = "waiting"
    sentence: str = ""
    """Why it did not finish; empty if it did, or is still to be."""
    score: float | None = None
    well_formed: float | None = None

    @property
    def has_folder(self) -> bool:
        """Whether the run got so far that its folder exists."""
        return (self.order.out / SPEC).is_file()

    @property
    def has_result(self) -> bool:
        """Whether the run has ended with something to look at."""
        return self.state in ("finished", "failed", "cancelled") and self.has_folder


class _KeptQueue(Record):
    items: tuple[QueueItem, ...] = ()
    paused: bool = False
    restart: bool = False
    """Whether the next window continues by itself, as the person asked."""


class RunQueue(QObject):
    """Carries out the items in order with one worker; knows nothing of widgets."""

    changed = Signal()
    """Items were added, removed or changed their state."""
    progressed = Signal()
    """Events of the running item have arrived; a few times a second, however many they are."""
    item_ended = Signal(object)
    """The QueueItem that a worker has just ended with."""

    def __init__(
        self,
        file: Path,
        parent: QObject | None = None,
        make_worker: Callable[[QObject], WorkerProcess] = WorkerProcess,
    ) -> None:
        """Load what an earlier window left in `file`; nothing starts before `go` is called."""
        super().__init__(parent)
        self._file = file
        self._items: list[QueueItem] = []
        self._stopping: ItemState | None = None
        self.paused = False
        self.restart = False
        self.live: dict[str, LiveRun] = {}
        """What happened in the runs of this session, by run id."""
        self.worker = make_worker(self)
        self.worker.happened.connect(self._happened)
        self.worker.complained.connect(self._complained)
        self.worker.fell_silent.connect(self._fell_silent)
        self.worker.ended.connect(self._ended)
        self._tell = QTimer(self)
        self._tell.setSingleShot(True)
        self._tell.setInterval(TELL_MS)
        self._tell.timeout.connect(self.progressed)
        self._load()

    @property
    def items(self) -> tuple[QueueItem, ...]:
        """All items in order."""
        return tuple(self._items)

    @property
    def running(self) -> QueueItem | None:
        """The item a worker is at."""
        return next((item for item in self._items if item.state == "running"), None)

    @property
    def open_items(self) -> tuple[QueueItem, ...]:
        """Items still to be carried out."""
        return tuple(item for item in self._items if item.state in OPEN)

    def find(self, run: str) -> QueueItem | None:
        """Find an item by its run id."""
        return next((item for item in self._items if item.order.run == run), None)

    def add(self, items: Iterable[QueueItem]) -> None:
        """Put items at the end, and start unless the queue is paused."""
        self._items.extend(items)
        self._keep()
        if not self.paused:
            self.go()

    def go(self) -> None:
        """Carry out what is open, first what was begun; does nothing if a worker is at work."""
        self.paused = False
        self.restart = False
        self._next()

    def pause(self, *, restart: bool = False) -> None:
        """Stop after the form that is being filled; what was made is kept and memory given back.

        `restart` makes the next window continue by itself.
        """
        self.paused = True
        self.restart = restart
        if self.running is not None:
            self._stopping = "paused"
            self.worker.cancel()
        self._keep()

    def cancel(self, run: str) -> None:
        """Cancel one item: stop it if it runs, else take it out of what is open."""
        item = self.find(run)
        if item is None:
            return
        if item.state == "running":
            self._stopping = "cancelled"
            self.worker.cancel()
        elif item.state in OPEN:
            self._change(replace(item, state="cancelled", sentence="Cancelled before it ran."))

    def retry(self, run: str) -> None:
        """Open a stopped item again: a run with a folder continues, another starts over."""
        item = self.find(run)
        if item is not None and item.state in STOPPED:
            state: ItemState = "paused" if item.has_folder else "waiting"
            self._change(replace(item, state=state, sentence=""))
            self.go()

    def reopen(self, path: Path) -> str:
        """Continue a stopped run of any time next; return its id.

        Raises RunFolderError if it is no run folder, or finished.
        """
        spec = open_stopped(path).spec
        known = self.find(spec.run)
        if known is None:
            order = Order(
                request=spec.request,
                model=Path(spec.model.path),
                run=spec.run,
                out=path,
                **spec.option_values(),
            )
            words = f"{spec.request}, seed {spec.seed}"
            self._items.append(QueueItem(order, words, spec.model.name, state="paused"))
            self._keep()
            self.go()
        else:
            self.retry(spec.run)
        return spec.run

    def remove(self, runs: Iterable[str]) -> None:
        """Take items that are not running off the list; their folders stay."""
        gone = set(runs)
        self._items = [
            item for item in self._items if item.state == "running" or item.order.run not in gone
        ]
        self._keep()

    def close(self) -> None:
        """End the worker; the item it was at can continue the next time."""
        self._tell.stop()
        running = self.running
        if running is not None:
            self._stopping = "paused"
            self.paused = True
            self.worker.close()
        self._keep()

    def _next(self) -> None:
        if self.worker.is_running() or self.running is not None or self.paused:
            self.changed.emit()
            return
        item = min(self.open_items, key=lambda item: OPEN.index(item.state), default=None)
        if item is None:
            self._keep()
            return
        self._stopping = None
        self.live[item.order.run] = LiveRun(item.title, item.model)
        self._change(replace(item, state="running", sentence="", score=None, well_formed=None))
        job = Resumption(resume=item.order.out) if item.has_folder else item.order
        self.worker.start(job)

    def _happened(self, events: list[Event]) -> None:
        item = self.running
        if item is None:
            return
        live = self.live[item.order.run]
        for event in events:
            live.apply(event)
            if isinstance(event, Scored):
                self._change(
                    replace(self.running or item, score=event.score, well_formed=event.well_formed)
                )
        self._progress()

    def _complained(self, words: str) -> None:
        item = self.running
        if item is None:
            return
        self.live[item.order.run].complain(words)
        if item.has_folder:
            try:
                with (item.order.out / STDERR).open("a", encoding="utf-8") as log:
                    log.write(words)
            except OSError:
                return  # the words are in the window's log; the run will say what its folder lacks
        self._progress()

    def _fell_silent(self, silent: bool) -> None:
        item = self.running
        if item is not None:
            self.live[item.order.run].silent = silent
            self._progress()

    def _ended(self, ended: Ended) -> None:
        item = self.running
        if item is None:
            return
        state: ItemState = ended.how
        if ended.how in ("cancelled", "crashed") and self._stopping is not None:
            state = self._stopping
        done = replace(item, state=state, sentence="" if state == "paused" else ended.sentence)
        self._stopping = None
        self._change(done)
        self.item_ended.emit(done)
        self._next()

    def _progress(self) -> None:
        if not self._tell.isActive():
            self._tell.start()

    def _change(self, changed: QueueItem) -> None:
        run = changed.order.run
        self._items = [changed if item.order.run == run else item for item in self._items]
        self._keep()

    def _keep(self) -> None:
        document = _KeptQueue(items=self.items, paused=self.paused, restart=self.restart)
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            write_atomic(self._file, document.model_dump_json(indent=2))
        except (OSError, RunFolderError) as error:
            self.problem = f"The queue can't be saved: {sentence_of(error)}"
        self.changed.emit()

    def _load(self) -> None:
        self.problem = ""
        try:
            kept = _KeptQueue.model_validate_json(self._file.read_bytes())
        except FileNotFoundError:
            return
        except (OSError, ValidationError, UserError) as error:
            self.problem = f"The saved queue {self._file} can't be read: {sentence_of(error)}"
            return
        self._items = [
            replace(each, state="paused") if each.state == "running" else each
            for each in kept.items
        ]
        self.paused = bool(self.open_items)
        self.restart = kept.restart
