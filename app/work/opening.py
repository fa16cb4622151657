"""Open a model as planned."""

from __future__ import annotations

from collections.abc import Callable

from app.work.memory_fit import Plan
from engines.open import open_model
from engines.protocol import Engine
from pipeline.records.events import Event, Logged


def open_planned(plan: Plan, emit: Callable[[Event], None]) -> Engine:
    """Open a model that fits, or that its user runs anyway; a warning is emitted first.

    Raises OrderError if it does not fit, or an EngineError.
    """
    plan.require()
    if plan.warning:
        emit(Logged(level="warning", text=plan.warning))
    emit(Logged(level="info", text=f"Opening {plan.model.name}"))
    return open_model(plan.model.absolute(), plan.context_tokens, plan.options, plan.facts)
