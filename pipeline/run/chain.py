"""The forms of a whole run, kept so that they can be asked again in another way."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from engines.protocol import Engine, IsCancelled
from pipeline.asking.harness import Ask, Harness
from pipeline.records.calls import CallRecord
from pipeline.records.events import Event
from pipeline.records.options import RunOptions
from pipeline.records.stages import StageName


class Chain(Harness):
    """A harness that keeps what it was asked, group by group."""

    def __init__(
        self,
        engine: Engine,
        options: RunOptions,
        record: Callable[[CallRecord], None],
        emit: Callable[[Event], None],
        cancelled: IsCancelled,
        recall: Mapping[str, CallRecord] | None = None,
    ) -> None:
        """Take what a harness takes."""
        super().__init__(engine, options, record, emit, cancelled, recall)
        self.asked: list[tuple[StageName, tuple[Ask[Any], ...]]] = []

    def fill_all(self, asks: Sequence[Ask[Any]]) -> list[Any]:
        """Fill forms, and keep them."""
        self.asked.append((self._stage, tuple(asks)))
        return super().fill_all(asks)
