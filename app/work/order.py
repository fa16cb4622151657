"""What a person orders: a request, a model, options; checked before anything is loaded."""

from __future__ import annotations

from pathlib import Path

from engines.remedy import Remedy, UserError
from pipeline.records.journal import check_target
from pipeline.records.options import MIN_CONTEXT_TOKENS, RunOptions
from pipeline.records.record import Record


class OrderError(UserError):
    """The order can't be carried out as it is."""


class Order(RunOptions):
    """One run as it was asked for; the worker turns it into a `RunSpec`."""

    request: str
    """Name of a reference request, or path of a text file."""
    model: Path
    run: str
    """ULID of the run to be."""
    out: Path
    """Folder to make."""


class Resumption(Record):
    """A run that was stopped and is to be continued."""

    resume: Path
    """Its folder."""


def check_order(order: Order) -> None:
    """Refuse what can be seen to fail without loading anything.

    Raises OrderError, or RunFolderError for the folder.
    """
    if order.context_tokens is not None:
        check_context(order.context_tokens)
    check_target(order.out)


def check_context(context_tokens: int, trained: str | None = None) -> None:
    """Refuse a context in which a form has no room.

    `trained` names the model if the context is all that it was trained for. Raises OrderError.
    """
    if context_tokens >= MIN_CONTEXT_TOKENS:
        return
    if trained is not None:
        raise OrderError(
            f"{trained} has a context of {context_tokens} tokens; "
            f"the forms need at least {MIN_CONTEXT_TOKENS}: choose another model"
        )
    raise OrderError(
        f"A context of {context_tokens} tokens is too small for the forms",
        Remedy("context_tokens", "raise", MIN_CONTEXT_TOKENS),
    )
