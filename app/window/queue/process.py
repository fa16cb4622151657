"""The worker process of one run, seen from the window: events out, cancel in, how it ended."""

from __future__ import annotations

import tempfile
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import ValidationError
from PySide6.QtCore import QObject, QProcess, QTimer, Signal

from app.window.parts.remedies import advised
from app.work.child import WORKER, child_command
from app.work.order import Order, Resumption
from pipeline.records.events import Event, RunCancelled, RunFailed, RunFinished, parse_event

STDERR_TAIL_BYTES = 4000
LONGEST_LINE_BYTES = 1 << 24
"""No event is longer; what is, is no event."""
QUOTED_CHARACTERS = 120
TURN_S = 0.001
"""Longest time that events are read in one turn of the window's loop: it must stay fluent."""
REST_MS = 4
"""Between two turns, so that drawing and clicks have theirs."""
LINES_AT_ONCE = 16
CANCEL = b"cancel\n"

Ending = Literal["finished", "cancelled", "failed", "crashed"]


@dataclass(frozen=True)
class Ended:
    """How a worker ended, with a sentence for the person where there is something to say."""

    how: Ending
    sentence: str = ""


@dataclass(frozen=True)
class Patience:
    """How long a worker may take, in milliseconds, before the window does something."""

    terminate_ms: int = 3000
    """After cancelling: then it is asked to end by a signal."""
    kill_ms: int = 8000
    """After cancelling: then it is killed."""
    silent_ms: int = 8000
    """Of silence (a worker sends something each second): then the window says so."""
    hung_ms: int = 90_000
    """Of silence: then it is killed, and the queue continues."""
    close_ms: int = 5000
    """When the window closes; the worker gives itself 3 s once its parent is gone."""


class WorkerProcess(QObject):
    """Runs one order, or continues one run, in a process of its own."""

    happened = Signal(list)
    """Events of the run in order, as records of `pipeline.records.events`."""
    complained = Signal(str)
    """Lines that the worker, or a library in it, wrote to stderr."""
    fell_silent = Signal(bool)
    """True when the worker has fallen silent, False when it speaks again."""
    ended = Signal(Ended)

    def __init__(
        self,
        parent: QObject | None = None,
        command: Sequence[str] | None = None,
        patience: Patience = Patience(),
    ) -> None:
        """Make an idle one; `start` it with an order."""
        super().__init__(parent)
        self._command = tuple(command or child_command())
        self._process = QProcess(self)
        self._process.readyReadStandardOutput.connect(self._receive)
        self._process.readyReadStandardError.connect(self._receive_stderr)
        self._process.finished.connect(self._finished)
        self._process.errorOccurred.connect(self._failed_to_start)
        self._terminate = self._timer(patience.terminate_ms, self._process.terminate)
        self._kill = self._timer(patience.kill_ms, self._process.kill)
        self._silent = self._timer(patience.silent_ms, lambda: self._set_silent(True))
        self._hung = self._timer(patience.hung_ms, self._give_up)
        self._more = self._timer(REST_MS, self._read)
        self._patience = patience
        self._chunks: deque[bytes] = deque()
        """Bytes as they came: a backlog of lines would be a million objects to Python."""
        self._lines: deque[bytes] = deque()
        self._reset()

    def start(self, job: Order | Resumption) -> None:
        """Start the worker; it reads what to do from a file of ours."""
        with tempfile.NamedTemporaryFile(
            "w", prefix="sixfold-order-", suffix=".json", delete=False, encoding="utf-8"
        ) as file:
            file.write(job.model_dump_json())
        self._reset()
        self._job_file = Path(file.name)
        program, *arguments = self._command
        self._process.start(program, [*arguments, WORKER, file.name])
        self._silent.start()
        self._hung.start()

    def is_running(self) -> bool:
        """Whether the worker lives."""
        return self._process.state() != QProcess.ProcessState.NotRunning

    def pid(self) -> int:
        """Return the process's number; 0 if there is none."""
        return self._process.processId()

    def cancel(self) -> None:
        """Ask the worker to stop; after 3 s by a signal, after 8 s kill it."""
        if self.is_running() and not self._cancelled:
            self._cancelled = True
            self._process.write(CANCEL)
            self._terminate.start()
            self._kill.start()

    def close(self) -> None:
        """End the worker before the window goes; it gets 5 s to leave its folder whole."""
        if not self.is_running():
            return
        self._process.closeWriteChannel()
        if not self._process.waitForFinished(self._patience.close_ms):
            self._process.kill()
            self._process.waitForFinished()
        self._lines.clear()  # nobody is there to see them
        self._chunks.clear()
        self._read()

    def _reset(self) -> None:
        self._chunks.clear()
        self._lines.clear()
        self._rest = bytearray()
        self._stderr = b""
        self._is_silent = False
        self._gave_up = False
        self._cancelled = False
        self._exit: tuple[int, QProcess.ExitStatus] | None = None
        self._last: RunFinished | RunFailed | RunCancelled | None = None
        self._job_file: Path | None = None

    def _timer(self, after_ms: int, action: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(after_ms)
        timer.timeout.connect(action)
        return timer

    def _receive(self) -> None:
        self._chunks.append(bytes(self._process.readAllStandardOutput().data()))
        if not self._more.isActive():
            self._read()

    def _split(self) -> bool:
        """Cut the oldest bytes into lines when those before are read; False if there are none."""
        while self._chunks and not self._lines:
            first, *others = self._chunks.popleft().split(b"\n")
            self._rest += first
            for each in others:
                self._lines.append(bytes(self._rest))
                self._rest = bytearray(each)
            if len(self._rest) > LONGEST_LINE_BYTES:
                self._lines.append(bytes(self._rest[:QUOTED_CHARACTERS]))
                self._rest.clear()
        return bool(self._lines)

    def _read(self) -> None:
        """Pass on what has arrived, for a few milliseconds; the rest has its turn later."""
        until = time.perf_counter() + TURN_S
        events: list[Event] = []
        while self._split() and time.perf_counter() < until:
            for _ in range(min(LINES_AT_ONCE, len(self._lines))):
                event = self._parse(self._lines.popleft())
                if event is not None:
                    events.append(event)
        if events:
            self._live_sign()
            self.happened.emit(events)
        if self._lines or self._chunks:
            self._more.start()
        elif self._exit is not None:
            self._end(*self._exit)

    def _parse(self, line: bytes) -> Event | None:
        try:
            event = parse_event(line)
        except ValidationError:
            quoted = line[:QUOTED_CHARACTERS].decode("utf-8", "replace")
            self._complain(f"The worker sent a line that is no event: {quoted}\n".encode())
            return None
        if isinstance(event, RunFinished | RunFailed | RunCancelled):
            self._last = event
        return event

    def _live_sign(self) -> None:
        if self.is_running():
            self._silent.start()
            self._hung.start()
        self._set_silent(False)

    def _set_silent(self, silent: bool) -> None:
        if silent != self._is_silent:
            self._is_silent = silent
            self.fell_silent.emit(silent)

    def _give_up(self) -> None:
        self._gave_up = True
        self._process.kill()

    def _receive_stderr(self) -> None:
        self._complain(bytes(self._process.readAllStandardError().data()))

    def _complain(self, words: bytes) -> None:
        self._stderr = (self._stderr + words)[-STDERR_TAIL_BYTES:]
        self.complained.emit(words.decode("utf-8", "replace"))

    def _finished(self, code: int, status: QProcess.ExitStatus) -> None:
        for timer in (self._terminate, self._kill, self._silent, self._hung):
            timer.stop()
        self._set_silent(False)
        if self._job_file is not None:
            self._job_file.unlink(missing_ok=True)
        self._exit = (code, status)
        self._receive_stderr()
        self._receive()

    def _end(self, code: int, status: QProcess.ExitStatus) -> None:
        self._exit = None
        self.ended.emit(self._ending(code, status))

    def _failed_to_start(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart:
            self._finished(0, QProcess.ExitStatus.CrashExit)

    def _ending(self, code: int, status: QProcess.ExitStatus) -> Ended:
        match self._last:
            case RunFinished():
                return Ended("finished")
            case RunCancelled():
                return Ended("cancelled", "Cancelled. Everything made so far is kept.")
            case RunFailed(sentence=sentence, remedies=remedies):
                return Ended("failed", advised(sentence, remedies))
            case None if self._cancelled:
                return Ended(
                    "cancelled", "Cancelled. The worker did not stop by itself and was ended."
                )
            case None:
                return Ended("crashed", self._last_words(code, status))

    def _last_words(self, code: int, status: QProcess.ExitStatus) -> str:
        if self._gave_up:
            waited = self._patience.hung_ms // 1000
            return f"The worker was silent for {waited} s and was ended. Resume the run."
        if self._process.error() == QProcess.ProcessError.FailedToStart:
            return f"The worker can't be started: {self._process.errorString()}"
        crashed = status == QProcess.ExitStatus.CrashExit
        what = "crashed" if crashed else f"stopped with exit code {code}"
        words = self._stderr.decode("utf-8", "replace").strip().splitlines()
        last = f" It last said: {words[-1]}" if words else ""
        return f"The worker process {what}. Resume the run to continue where it stopped.{last}"
