"""The worker process of one run, seen from the window: events out, cancel in, how it ended."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError
from PySide6.QtCore import QObject, QProcess, QTimer, Signal

from app.__main__ import WORKER_FLAG
from app.order import Order
from pipeline.records import RunCancelled, RunFailed, RunFinished, parse_event

TERMINATE_AFTER_MS = 3000
KILL_AFTER_MS = 8000
CLOSE_WAIT_MS = 5000
"""The worker gives itself 3 s once its parent is gone."""
STDERR_TAIL_BYTES = 4000
CANCEL = b"cancel\n"


@dataclass(frozen=True)
class Ended:
    """How a worker ended, with a sentence for the person where there is something to say."""

    ok: bool
    sentence: str


class WorkerProcess(QObject):
    """Runs one order in its own process."""

    happened = Signal(object)
    """Each event of the run, as a record of `pipeline.records`."""
    ended = Signal(Ended)

    def __init__(self, parent: QObject | None = None) -> None:
        """Make an idle one; `start` it with an order."""
        super().__init__(parent)
        self._process = QProcess(self)
        self._process.readyReadStandardOutput.connect(self._read)
        self._process.readyReadStandardError.connect(self._read_stderr)
        self._process.finished.connect(self._finished)
        self._process.errorOccurred.connect(self._failed_to_start)
        self._terminate = self._timer(TERMINATE_AFTER_MS, self._process.terminate)
        self._kill = self._timer(KILL_AFTER_MS, self._process.kill)
        self._rest = b""
        self._stderr = b""
        self._last: RunFinished | RunFailed | RunCancelled | None = None
        self._order_file: Path | None = None

    def start(self, order: Order) -> None:
        """Start the worker; it reads the order from a file of ours."""
        with tempfile.NamedTemporaryFile(
            "w", prefix="sixfold-order-", suffix=".json", delete=False, encoding="utf-8"
        ) as file:
            file.write(order.model_dump_json())
        self._order_file = Path(file.name)
        self._rest, self._stderr, self._last = b"", b"", None
        self._process.start(sys.executable, ["-m", "app", WORKER_FLAG, file.name])

    def is_running(self) -> bool:
        """Say whether the worker lives."""
        return self._process.state() != QProcess.ProcessState.NotRunning

    def cancel(self) -> None:
        """Ask the worker to stop; after 3 s tell it to, after 8 s make it."""
        if self.is_running():
            self._process.write(CANCEL)
            self._terminate.start()
            self._kill.start()

    def close(self) -> None:
        """End the worker before the window goes; it gets 5 s to leave its folder whole."""
        if not self.is_running():
            return
        self._process.closeWriteChannel()
        if not self._process.waitForFinished(CLOSE_WAIT_MS):
            self._process.kill()
            self._process.waitForFinished()

    def _timer(self, after_ms: int, action: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(after_ms)
        timer.timeout.connect(action)
        return timer

    def _read(self) -> None:
        *lines, self._rest = (self._rest + self._process.readAllStandardOutput().data()).split(
            b"\n"
        )
        for line in lines:
            try:
                event = parse_event(line)
            except ValidationError:
                self._stderr += b"The worker sent a line that is no event: " + line + b"\n"
                continue
            if isinstance(event, RunFinished | RunFailed | RunCancelled):
                self._last = event
            self.happened.emit(event)

    def _read_stderr(self) -> None:
        arrived = self._process.readAllStandardError().data()
        self._stderr = (self._stderr + arrived)[-STDERR_TAIL_BYTES:]

    def _finished(self, code: int, status: QProcess.ExitStatus) -> None:
        self._terminate.stop()
        self._kill.stop()
        self._read()
        self._read_stderr()
        if self._order_file is not None:
            self._order_file.unlink(missing_ok=True)
            self._order_file = None
        self.ended.emit(self._ending(code, status))

    def _failed_to_start(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart:
            self.ended.emit(Ended(False, f"The worker can't start: {self._process.errorString()}"))

    def _ending(self, code: int, status: QProcess.ExitStatus) -> Ended:
        match self._last:
            case RunFinished():
                return Ended(True, "")
            case RunCancelled():
                return Ended(True, "Cancelled; what was made is kept.")
            case RunFailed(sentence=sentence):
                return Ended(False, sentence)
            case None:
                crashed = status == QProcess.ExitStatus.CrashExit
                what = "crashed" if crashed else f"stopped with exit code {code}"
                words = self._stderr.decode("utf-8", "replace").strip().splitlines()
                last = f" Its last words: {words[-1]}" if words else ""
                return Ended(False, f"The worker process {what}.{last}")
