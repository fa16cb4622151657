"""A ladder of one level, for whatever shows or reads one."""

from __future__ import annotations

from engines.protocol import ModelInfo
from pipeline.records.options import RunOptions
from pipeline.run.ladder import Ladder, Rung, wilson


def ladder_of(model: ModelInfo, forms: int, feedback: int) -> Ladder:
    """Return a ladder whose forms are all valid at first try."""
    rung = Rung(
        level="narrowed",
        stage=None,
        by_round=tuple(wilson(forms, forms) for _ in range(feedback + 1)),
        stops={"end": forms},
        constraint_active=True,
        output_tokens=10 * forms,
        seconds=1.0,
    )
    return Ladder(
        model=model,
        request="todo",
        seeds=(1,),
        options=RunOptions(feedback=feedback),
        forms_per_stage=None,
        rungs=(rung,),
        refused={},
    )
