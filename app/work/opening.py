"""Open a model as planned."""

from __future__ import annotations

from collections.abc import Callable

from app.work.memory_fit import Plan
from engines.open import open_model
from engines.protocol import Engine
from pipeline.records.events import Event, Logged

NO_TEMPLATE = (
    "has no chat template: it is asked in a plain format. A base model, which was never trained to "
    "answer, continues the text instead."
)


def open_planned(plan: Plan, emit: Callable[[Event], None]) -> Engine:
    """Open a model that fits, or that its user runs anyway; warnings are emitted first.

    Raises OrderError if it does not fit, or an EngineError.
    """
    plan.require()
    if plan.warning:
        emit(Logged(level="warning", text=plan.warning))
    if plan.facts.chat_template is None:
        emit(Logged(level="warning", text=f"{plan.model.name} {NO_TEMPLATE}"))
    emit(Logged(level="info", text=f"Opening {plan.model.name}"))
    return open_model(plan.model.absolute(), plan.context_tokens, plan.options, plan.facts)
