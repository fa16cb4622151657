"""Something measured again and again beside a run, in a thread of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from types import TracebackType
from typing import Generic, Self, TypeVar

from pipeline.records.journal import RunFolderError

T = TypeVar("T")


class Samples(Generic[T]):
    """Sends a sample every few seconds, and so often only, while the `with` block runs."""

    def __init__(
        self, measure: Callable[[], T], emit: Callable[[T], None], interval_s: float
    ) -> None:
        """Take what measures, and what receives the samples: both are called from a thread."""
        self._measure = measure
        self._emit = emit
        self._interval_s = interval_s
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sampler", daemon=True)

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
        while not self._stop.wait(self._interval_s):
            try:
                self._emit(self._measure())
            except RunFolderError:
                return  # The run itself meets the same failure and reports it.
