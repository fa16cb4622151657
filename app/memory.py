"""Memory of this process and of the machine, sampled beside the run."""

from __future__ import annotations

import resource
import sys
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

import psutil

from pipeline.journal import RunFolderError
from pipeline.records import MemorySampled

KIBIBYTE = 1024
"""Unit of the peak on Linux; on macOS it is bytes."""
INTERVAL_S = 0.25
"""Four times a second: enough to see a model load, cheap beside it."""


def measure() -> MemorySampled:
    """Measure now; the peak is the operating system's own, so it misses nothing between samples."""
    machine = psutil.virtual_memory()
    now = psutil.Process().memory_info().rss
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return MemorySampled(
        rss_bytes=now,
        peak_bytes=max(now, peak if sys.platform == "darwin" else peak * KIBIBYTE),
        system_used_bytes=machine.total - machine.available,
        system_total_bytes=machine.total,
    )


class MemorySampler:
    """Sends a sample every quarter second from its own thread while the `with` block runs."""

    def __init__(self, emit: Callable[[MemorySampled], None]) -> None:
        """Take the function that receives the samples; it must be safe to call from a thread."""
        self._emit = emit
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="memory", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(INTERVAL_S):
            try:
                self._emit(measure())
            except RunFolderError:
                return  # The run itself meets the same failure and reports it.
