"""`sixfold ladder`: how much of a model's forms is valid at each level of help."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from pydantic import Field, ValidationError
from rich.console import Console
from rich.table import Table

from app.library.user_data import runs_folder
from app.work.memory_fit import choose_parallel, require_fit
from app.work.order import DEFAULT_TEMPERATURE, OrderError
from engines.open import open_model
from engines.options import MAX_PARALLEL, EngineOptions
from engines.protocol import Engine, IsCancelled, Sampler
from pipeline.asking.harness import Settings
from pipeline.asking.levels import refusal
from pipeline.records.journal import RunFolderError, write_atomic
from pipeline.records.records import (
    ACTIVE_LEVELS,
    MAX_FEEDBACK_ROUNDS,
    CallRecord,
    Event,
    Level,
    Logged,
    Record,
)
from pipeline.run.ladder import Ladder, Rung, Share, climb, rungs
from pipeline.run.requests import load_request

LADDER, CALLS = "ladder.json", "calls"


class LadderOrder(Record):
    """A ladder as it was asked for."""

    request: str
    model: Path
    levels: tuple[Level, ...] = ACTIVE_LEVELS
    feedback: int = Field(default=0, ge=0, le=MAX_FEEDBACK_ROUNDS)
    seed: int = Field(default=0, ge=0, lt=2**32)
    seeds: int = Field(default=1, ge=1)
    """Chains of forms, each from a seed of its own."""
    temperature: float = Field(default=DEFAULT_TEMPERATURE, ge=0.0, le=2.0)
    context_tokens: int | None = None
    max_tokens_per_call: int
    think_tokens: int = Field(default=0, ge=0)
    forms_per_stage: int | None = Field(default=None, ge=1)
    options: EngineOptions = EngineOptions()
    """How the model is opened."""
    parallel: int | None = Field(default=None, ge=1, le=MAX_PARALLEL)
    """Forms filled side by side; None takes as many as memory allows."""
    out: Path | None = None
    """Folder for the result and every answer; asked again, a ladder goes on from there."""


def parse_levels(text: str) -> tuple[Level, ...]:
    """Read a list of levels with commas. Raises OrderError."""
    wanted = [word.strip() for word in text.split(",") if word.strip()]
    unknown = [word for word in wanted if word not in ACTIVE_LEVELS]
    if unknown or not wanted:
        raise OrderError(
            f"{', '.join(unknown) or 'Nothing'} is no level; "
            f"give --levels some of {','.join(ACTIVE_LEVELS)}"
        )
    return tuple(level for level in ACTIVE_LEVELS if level in wanted)


def make_ladder(
    order: LadderOrder, emit: Callable[[Event], None], cancelled: IsCancelled
) -> Ladder:
    """Open the model and ask all forms at all levels.

    A level that the model can't be run at is left out and said. Raises OrderError if none is left,
    RequestError, RunFolderError, EngineError (Cancelled too).
    """
    request = load_request(order.request)
    kept = _Kept(order.out)
    options = replace(
        order.options,
        parallel=order.parallel
        or choose_parallel(order.model, order.context_tokens, order.options),
    )
    warning = require_fit(order.model, runs_folder(), order.context_tokens, options)
    if warning:
        emit(Logged(level="warning", text=warning))
    engine = open_model(order.model.absolute(), order.context_tokens, options)
    try:
        refused = _refused(order, engine)
        records: list[CallRecord] = []
        for seed in range(order.seed, order.seed + order.seeds):
            settings = Settings(
                seed,
                Sampler(temperature=order.temperature, seed=seed),
                order.feedback,
                order.max_tokens_per_call,
                options.answers_key(),
                think_tokens=order.think_tokens,
            )
            records += climb(
                engine,
                request.text,
                settings,
                order.levels,
                order.forms_per_stage,
                kept.keep,
                emit,
                cancelled,
                kept.known,
            )
        ladder = Ladder(
            model=engine.info,
            request=request.name or request.title,
            seeds=tuple(range(order.seed, order.seed + order.seeds)),
            sampler=Sampler(temperature=order.temperature, seed=order.seed),
            context_tokens=engine.context_tokens,
            feedback=order.feedback,
            max_tokens_per_call=order.max_tokens_per_call,
            think_tokens=order.think_tokens,
            forms_per_stage=order.forms_per_stage,
            options=options.chosen(),
            rungs=rungs(records, order.feedback),
            refused=refused,
        )
    finally:
        engine.close()
    kept.finish(ladder)
    return ladder


def _refused(order: LadderOrder, engine: Engine) -> dict[Level, str]:
    refused: dict[Level, str] = {}
    for level in order.levels:
        why = refusal(level, order.think_tokens, engine.info)
        if why is not None:
            refused[level] = why
    if len(refused) == len(order.levels):
        raise OrderError(next(iter(refused.values())))
    return refused


class _Kept:
    """The folder of a ladder: every answer as it comes, the result at the end."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self.known: dict[str, CallRecord] = {}
        if folder is None:
            return
        if folder.exists() and not (folder / CALLS).is_dir() and any(folder.iterdir()):
            raise RunFolderError(f"{folder} is not empty and holds no ladder; name another --out")
        try:
            (folder / CALLS).mkdir(parents=True, exist_ok=True)
            for file in (folder / CALLS).rglob("*.json"):
                record = CallRecord.model_validate_json(file.read_bytes())
                self.known[record.input_hash] = record
        except (OSError, ValidationError) as error:
            raise RunFolderError(f"The answers in {folder} can't be read: {error}") from error

    def keep(self, record: CallRecord) -> None:
        """Write an answer down, by the hash that it is known again by."""
        if self._folder is not None:
            folder = self._folder / CALLS / record.level
            folder.mkdir(exist_ok=True)
            path = folder / f"{record.input_hash}.json"
            if not path.exists():
                write_atomic(path, record.model_dump_json(indent=2) + "\n")

    def finish(self, ladder: Ladder) -> None:
        """Write the result."""
        if self._folder is not None:
            write_atomic(self._folder / LADDER, ladder.model_dump_json(indent=2) + "\n")


def print_ladder(console: Console, ladder: Ladder) -> None:
    """Print a table of levels and stages, and what could not be done."""
    stages = list(dict.fromkeys(rung.stage for rung in ladder.rungs if rung.stage))
    table = Table(box=None, pad_edge=False)
    table.add_column("level")
    for number in range(ladder.feedback + 1):
        table.add_column("first try" if number == 0 else f"+{number} feedback", justify="right")
    for stage in stages:
        table.add_column(stage, justify="right")
    by_place = {(rung.level, rung.stage): rung for rung in ladder.rungs}
    for level in dict.fromkeys(rung.level for rung in ladder.rungs):
        whole = by_place[level, None]
        parts = [by_place.get((level, stage)) for stage in stages]
        shares = [_with_interval(share) for share in whole.by_round]
        table.add_row(level, *shares, *(_plain(part) for part in parts))
    console.print(table)
    forms = max((rung.by_round[0].forms for rung in ladder.rungs if rung.stage is None), default=0)
    console.print(
        f"Share of {forms} forms that are valid, with its 95 % interval; by stage after "
        f"{ladder.feedback} rounds of feedback."
    )
    for level, why in ladder.refused.items():
        console.print(f"{level}: {why}")


def _with_interval(share: Share) -> str:
    return f"{share.share:.1%} ({share.low:.1%} to {share.high:.1%})"


def _plain(rung: Rung | None) -> str:
    if rung is None:
        return "-"
    last = rung.by_round[-1]
    return f"{last.valid}/{last.forms}"
