"""`sixfold ladder`: how much of a model's forms is valid at each level of help."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from pydantic import Field, ValidationError

from app.library.user_data import runs_folder
from app.work.memory_fit import plan_model
from app.work.opening import open_planned
from app.work.order import OrderError
from engines.protocol import Engine, IsCancelled
from engines.remedy import Remedy, UserError
from pipeline.asking.levels import refusal
from pipeline.records.calls import CallRecord
from pipeline.records.events import Event
from pipeline.records.journal import RunFolderError, write_atomic
from pipeline.records.options import ACTIVE_LEVELS, LARGEST_SEED, Level, RunOptions
from pipeline.records.record import Record
from pipeline.run.ladder import LADDER, Ladder, climb, rungs
from pipeline.run.requests import load_request

CALLS = "calls"


class LadderOrder(Record):
    """A ladder as it was asked for."""

    request: str
    model: Path
    levels: tuple[Level, ...] = ACTIVE_LEVELS
    options: RunOptions
    """How each form is asked; the level is each of `levels` in turn, the seed the first one."""
    seeds: int = Field(default=1, ge=1)
    """Chains of forms, each from a seed of its own."""
    forms_per_stage: int | None = Field(default=None, ge=1)
    out: Path | None = None
    """Folder for the result and every answer; asked again, a ladder continues from there."""


def parse_levels(text: str) -> tuple[Level, ...]:
    """Read a list of levels with commas. Raises OrderError."""
    wanted = [word.strip() for word in text.split(",") if word.strip()]
    unknown = [word for word in wanted if word not in ACTIVE_LEVELS]
    if unknown or not wanted:
        raise OrderError(
            f"{', '.join(unknown) or 'Nothing'} is no level; choose from {','.join(ACTIVE_LEVELS)}"
        )
    return tuple(level for level in ACTIVE_LEVELS if level in wanted)


def make_ladder(
    order: LadderOrder, emit: Callable[[Event], None], cancelled: IsCancelled
) -> Ladder:
    """Open the model and ask all forms at all levels.

    A level that the model can't be run at is left out and said. Raises OrderError if none is left,
    RequestError, RunFolderError, EngineError (Cancelled too).
    """
    last_seed = order.options.seed + order.seeds - 1
    if last_seed > LARGEST_SEED:
        raise OrderError(f"The last seed would be {last_seed}, and {LARGEST_SEED} is the largest")
    request = load_request(order.request)
    kept = _Kept(order.out)
    options = order.options
    plan = plan_model(order.model, runs_folder(), options.context_tokens, options.engine)
    engine = open_planned(plan, emit)
    try:
        refused = _refused(order, engine)
        decided = {"context_tokens": engine.context_tokens, "engine": plan.options}
        options = options.model_copy(update=decided)
        records: list[CallRecord] = []
        seeds = range(options.seed, options.seed + order.seeds)
        for seed in seeds:
            records += climb(
                engine,
                request.text,
                options.model_copy(update={"seed": seed}),
                order.levels,
                order.forms_per_stage,
                kept.keep,
                emit,
                cancelled,
                kept.known,
            )
        shown = {"engine": plan.options.without_addresses()}
        ladder = Ladder(
            model=engine.info,
            request=request.name or request.title,
            seeds=tuple(seeds),
            options=options.model_copy(update=shown),
            forms_per_stage=order.forms_per_stage,
            rungs=rungs(records, options.feedback),
            refused=refused,
        )
    finally:
        engine.close()
    kept.finish(ladder)
    return ladder


def _refused(order: LadderOrder, engine: Engine) -> dict[Level, str]:
    """Return why levels can't be asked. Raises OrderError if none of them can."""
    found: dict[Level, UserError | None] = {
        level: refusal(level, order.options.think_tokens, engine.info) for level in order.levels
    }
    refused: dict[Level, UserError] = {
        level: why for level, why in found.items() if why is not None
    }
    if len(refused) == len(order.levels):
        first = next(iter(refused.values()))
        helpful = (
            replace(each, option="levels") if each.option == "level" else each
            for each in first.remedies
        )
        raise OrderError(str(first), *helpful)
    return {level: str(why) for level, why in refused.items()}


class _Kept:
    """The folder of a ladder: every answer as it comes, the result at the end."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self.known: dict[str, CallRecord] = {}
        if folder is None:
            return
        if folder.exists() and not (folder / CALLS).is_dir() and any(folder.iterdir()):
            raise RunFolderError(f"{folder} is not empty and holds no ladder", Remedy("out"))
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
