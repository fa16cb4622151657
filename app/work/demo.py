"""The demo: the smallest request on the built-in model, the same from everywhere."""

from __future__ import annotations

from pathlib import Path

from app.work.model_list import builtin_model, is_trained
from app.work.order import Order
from pipeline.records.journal import new_run_id
from pipeline.records.options import DEFAULT_MAX_TOKENS_PER_CALL

DEMO_REQUEST, DEMO_SEED = "todo", 1
ABOUT_TRAINED = (
    "The built-in model, SmolLM2-135M-Instruct, is real but tiny: it shows every step from the "
    "request to the score in readable English, and its score is that of a model which understands "
    "little of the request."
)
ABOUT_RANDOM = (
    "The built-in model has random weights, since `make setup` could not fetch the trained one: it "
    "shows every step from the request to the score, but what it writes is noise."
)


def about_demo() -> str:
    """Say in a sentence what the demo's model is, and what to expect of it."""
    return ABOUT_TRAINED if is_trained(builtin_model()) else ABOUT_RANDOM


def demo_order(runs: Path, max_tokens_per_call: int = DEFAULT_MAX_TOKENS_PER_CALL) -> Order:
    """Return the order of a new demo run that is kept in the folder `runs`."""
    run = new_run_id()
    return Order(
        request=DEMO_REQUEST,
        model=builtin_model(),
        run=run,
        out=runs / run,
        seed=DEMO_SEED,
        max_tokens_per_call=max_tokens_per_call,
    )
