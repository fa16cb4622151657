"""Levels without the narrowed grammar lose forms; the run continues and the project type-checks."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from engines.protocol import Completion, IsCancelled, OnText, Request, Sampler, Usage
from pipeline.asking.harness import Harness
from pipeline.node.compile import check_project
from pipeline.records.calls import CallRecord
from pipeline.records.events import Event, Lost
from pipeline.records.journal import write_files
from pipeline.records.options import Level, RunOptions
from pipeline.render.project import render
from pipeline.run.run import design
from tests.pipeline.random_forms import RandomForms


class Careless(RandomForms):
    """Leaves this many of a hundred forms unfilled; the others are random but sound."""

    def __init__(self, seed: int, lost_of_hundred: int) -> None:
        super().__init__(seed)
        self._lost_of_hundred = lost_of_hundred

    def complete(
        self,
        request: Request,
        on_text: OnText | None = None,
        cancelled: IsCancelled | None = None,
    ) -> Completion:
        """Fill the form, or say something else."""
        if random.Random(f"{request.key}/{self.info.name}").randrange(100) < self._lost_of_hundred:
            return Completion("I can't.", Usage(), "end", constraint_active=False)
        return super().complete(request, on_text, cancelled)


@pytest.mark.parametrize(
    ("level", "lost_of_hundred"), [("narrowed", 30), ("narrowed", 60), ("free", 100)]
)
def test_whatever_is_lost_the_rest_type_checks(
    level: Level, lost_of_hundred: int, tmp_path: Path
) -> None:
    events: list[Event] = []
    records: list[CallRecord] = []
    options = RunOptions(
        seed=1, sampler=Sampler(), feedback=1, max_tokens_per_call=1 << 20, level=level
    )
    engine = Careless(7, lost_of_hundred)
    harness = Harness(engine, options, records.append, events.append, lambda: False)
    project = design(harness, "Anything.", lambda _stage, _ast: None)
    assert any(isinstance(event, Lost) for event in events)
    assert all(record.valid == (record.diagnostics == ()) for record in records)
    write_files(tmp_path, {file.path: file.text for file in render(project)})
    report = check_project(tmp_path)
    assert report.units > 20
    assert report.diagnostics == ()
