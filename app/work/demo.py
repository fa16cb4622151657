"""The demo: the smallest request on the built-in model, the same from everywhere."""

from __future__ import annotations

from pathlib import Path

from app.work.model_list import BUILTIN_MODEL
from app.work.order import Order
from pipeline.records.journal import new_run_id
from pipeline.records.options import DEFAULT_MAX_TOKENS_PER_CALL

DEMO_REQUEST, DEMO_SEED = "todo", 1


def demo_order(runs: Path, max_tokens_per_call: int = DEFAULT_MAX_TOKENS_PER_CALL) -> Order:
    """Return the order of a new demo run that is kept in the folder `runs`."""
    run = new_run_id()
    return Order(
        request=DEMO_REQUEST,
        model=BUILTIN_MODEL,
        run=run,
        out=runs / run,
        seed=DEMO_SEED,
        max_tokens_per_call=max_tokens_per_call,
    )
