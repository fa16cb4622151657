"""The ladder: the same forms asked at each level, and the share of them that is valid.

The forms are those of a whole run at level `narrowed`: its plan, its tables, its slices. Each other
level is asked the very same ones, so that nothing but the level differs, and a level that loses its
plan is still asked about tables. `docs/harness.md` says why it is done so.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Literal

from engines.protocol import Engine, IsCancelled, ModelInfo
from pipeline.asking.harness import Ask, Harness
from pipeline.asking.levels import refusal
from pipeline.records.calls import CallRecord
from pipeline.records.events import Event, Logged
from pipeline.records.options import ACTIVE_LEVELS, Level, RunOptions
from pipeline.records.record import Record
from pipeline.records.stages import STAGES, StageName
from pipeline.run.chain import Chain
from pipeline.run.run import design

LADDER = "ladder.json"
"""What a ladder leaves in its folder."""
CONFIDENCE_Z = 1.959964
"""Of 95 percent, two-sided."""


class Share(Record):
    """A share of forms, with its Wilson interval at 95 percent."""

    valid: int
    forms: int
    share: float
    low: float
    high: float


class Rung(Record):
    """The answers of one level in one stage."""

    level: Level
    stage: StageName | None
    """None for all stages together."""
    by_round: tuple[Share, ...]
    """Forms valid at first try, then after one round of feedback, and so on."""
    stops: dict[str, int]
    """How the answers at first try ended, by the reasons of `engines.protocol.Stop`."""
    constraint_active: bool
    """Whether every answer was decoded under a grammar."""
    output_tokens: int
    seconds: float


class Ladder(Record):
    """All rungs of one model and one request."""

    version: Literal[2] = 2
    model: ModelInfo
    request: str
    seeds: tuple[int, ...]
    options: RunOptions
    """How the forms were asked; its level has no meaning here, its seed is the first."""
    forms_per_stage: int | None
    """Most forms of a stage that were asked; None for all."""
    rungs: tuple[Rung, ...]
    refused: dict[Level, str]
    """Levels that the model can't be run at, and why."""


def climb(
    engine: Engine,
    request: str,
    options: RunOptions,
    levels: Collection[Level],
    forms_per_stage: int | None,
    keep: Callable[[CallRecord], None],
    emit: Callable[[Event], None],
    cancelled: IsCancelled,
    recall: Mapping[str, CallRecord],
) -> list[CallRecord]:
    """Ask the forms of one request at each level and return every answer.

    The level of the options has no meaning here. Answers go to `keep` as they arrive; those in
    `recall`, by their input hash, are not asked again. Raises EngineError (Cancelled too).
    """
    known = dict(recall)
    records: list[CallRecord] = []

    def note(record: CallRecord) -> None:
        known[record.input_hash] = record
        records.append(record)
        keep(record)

    narrowed = options.model_copy(update={"level": "narrowed"})
    chain = Chain(engine, narrowed, note, emit, cancelled, known)
    design(chain, request, lambda _stage, _ast: None)
    groups = _sample(chain.asked, forms_per_stage)
    chosen = {ask.key for _, asks in groups for ask in asks}
    climbed = [record for record in records if record.form in chosen]
    for level in levels:
        if level == "narrowed" or refusal(level, 0, engine.info):
            continue
        records.clear()
        emit(Logged(level="info", text=f"Level {level}: {len(chosen)} forms"))
        asked = options.model_copy(update={"level": level})
        harness = Harness(engine, asked, note, emit, cancelled, known)
        for stage, asks in groups:
            harness.begin(stage, len(asks))
            harness.fill_all(asks)
            harness.end()
        climbed += records
    return [record for record in climbed if record.level in levels]


def _sample(
    asked: Sequence[tuple[StageName, tuple[Ask[Any], ...]]], most: int | None
) -> list[tuple[StageName, tuple[Ask[Any], ...]]]:
    """Return the forms to ask: all, or at most `most` of each stage, evenly spread."""
    if most is None:
        return list(asked)
    kept: list[tuple[StageName, tuple[Ask[Any], ...]]] = []
    for stage in STAGES:
        asks = [ask for each, group in asked if each == stage for ask in group]
        step = max(1.0, len(asks) / most)
        if asks:
            kept.append((stage, tuple(asks[int(at * step)] for at in range(min(most, len(asks))))))
    return kept


def rungs(records: Sequence[CallRecord], feedback: int) -> tuple[Rung, ...]:
    """Count the answers, by level and stage, and by level alone."""
    found: list[Rung] = []
    for level in ACTIVE_LEVELS:
        mine = [record for record in records if record.level == level]
        for stage in (None, *STAGES):
            part = [record for record in mine if stage in (None, record.stage)]
            if part:
                found.append(_rung(level, stage, part, feedback))
    return tuple(found)


def _rung(
    level: Level, stage: StageName | None, records: Sequence[CallRecord], feedback: int
) -> Rung:
    first = [record for record in records if record.round == 0]
    valid = Counter(record.round for record in records if record.valid)
    by_round = [
        wilson(sum(valid[number] for number in range(rounds + 1)), len(first))
        for rounds in range(feedback + 1)
    ]
    return Rung(
        level=level,
        stage=stage,
        by_round=tuple(by_round),
        stops=dict(Counter(record.stop for record in first)),
        constraint_active=all(record.constraint_active for record in records),
        output_tokens=sum(record.usage.output_tokens for record in records),
        seconds=sum(record.usage.total_s for record in records),
    )


def wilson(valid: int, forms: int) -> Share:
    """Return a share with its score interval (Wilson 1927); without forms all of 0 to 1.

    Forms of one run share their plan, so the true interval is somewhat wider.
    """
    if forms == 0:
        return Share(valid=0, forms=0, share=0.0, low=0.0, high=1.0)
    share, square = valid / forms, CONFIDENCE_Z**2
    centre = share + square / (2 * forms)
    spread = CONFIDENCE_Z * math.sqrt(share * (1 - share) / forms + square / (4 * forms**2))
    whole = 1 + square / forms
    return Share(
        valid=valid,
        forms=forms,
        share=share,
        low=max(0.0, (centre - spread) / whole),
        high=min(1.0, (centre + spread) / whole),
    )
