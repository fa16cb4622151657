"""What a person orders: a request, a model, options; checked before anything is loaded."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from engines.options import MAX_PARALLEL, EngineOptions
from pipeline.records.journal import check_target
from pipeline.records.records import MAX_FEEDBACK_ROUNDS, Level, Record

DEFAULT_TEMPERATURE = 0.2
"""Low, since forms are code; above 0, so that another seed is another run."""
DEFAULT_MAX_TOKENS_PER_CALL = 4096
"""Room for the longest form a good answer fills (about 1,000 tokens) several times over."""
MINIMUM_MAX_TOKENS_PER_CALL = 64
LONGEST_COOL_DOWN_S = 3600.0


class OrderError(Exception):
    """The order can't be carried out as it is; the message is a sentence for the user."""


class Order(Record):
    """One run as it was asked for; the worker turns it into a `RunSpec`."""

    request: str
    """Name of a reference request, or path of a text file."""
    model: Path
    run: str
    """ULID of the run to be."""
    out: Path
    """Folder to make."""
    seed: int = Field(default=0, ge=0, lt=2**32)
    temperature: float = Field(default=DEFAULT_TEMPERATURE, ge=0.0, le=2.0)
    context_tokens: int | None = None
    """None takes the default, or all that the model was trained for if that is less."""
    level: Level = "narrowed"
    feedback: int = Field(default=MAX_FEEDBACK_ROUNDS, ge=0, le=MAX_FEEDBACK_ROUNDS)
    max_tokens_per_call: int = DEFAULT_MAX_TOKENS_PER_CALL
    think_tokens: int = Field(default=0, ge=0)
    """Most tokens of a think block before each answer; 0 asks for none."""
    options: EngineOptions = EngineOptions()
    """How the model is opened."""
    parallel: int | None = Field(default=None, ge=1, le=MAX_PARALLEL)
    """Forms filled side by side; None takes as many as memory allows."""
    cool_down_s: float = Field(default=0.0, ge=0.0, le=LONGEST_COOL_DOWN_S)
    """Rest before the model is first asked, so that the heat of what ran before is gone."""
    warm_up: bool = False
    """Have the model answer once before anything is measured."""


class Resumption(Record):
    """A run that was stopped and is to go on."""

    resume: Path
    """Its folder."""


def check_order(order: Order) -> None:
    """Refuse what can be seen to fail without loading anything.

    Raises OrderError, or RunFolderError for the folder.
    """
    if order.context_tokens is not None:
        check_context(order.context_tokens)
    if order.max_tokens_per_call < MINIMUM_MAX_TOKENS_PER_CALL:
        raise OrderError(
            f"{order.max_tokens_per_call} tokens per call are too few for any form; "
            f"use at least --max-tokens-per-call {MINIMUM_MAX_TOKENS_PER_CALL}"
        )
    check_target(order.out)


def check_context(context_tokens: int, trained: str | None = None) -> None:
    """Refuse a context in which a form has no room.

    `trained` names the model if the context is all that it was trained for. Raises OrderError.
    """
    from pipeline.asking.harness import MIN_CONTEXT_TOKENS  # and with it all forms: half a second

    if context_tokens >= MIN_CONTEXT_TOKENS:
        return
    if trained is not None:
        raise OrderError(
            f"{trained} has a context of {context_tokens} tokens; "
            f"the forms need at least {MIN_CONTEXT_TOKENS}: choose another model"
        )
    raise OrderError(
        f"A context of {context_tokens} tokens is too small for the forms; "
        f"use at least --context {MIN_CONTEXT_TOKENS}"
    )
