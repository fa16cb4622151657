"""Power and heat of the machine while a run is measured, and what keeps them out of its figures."""

from __future__ import annotations

import time
from dataclasses import asdict

from engines.memory import device
from engines.protocol import Cancelled, Engine, IsCancelled, Message, Request, Sampler
from pipeline.records.events import PowerSampled
from pipeline.records.measurements import Power

CANCEL_CHECK_S = 0.1
WARM_UP = Request(
    key="warm-up",
    messages=(Message("user", "Count from one to one hundred in words. " * 40),),
    schema=None,
    sampler=Sampler(),
    max_tokens=16,
)
"""Long enough for a whole chunk of a prompt, so that all weights and kernels are in place."""


def measure() -> PowerSampled:
    """Ask the machine what slows it down now."""
    return PowerSampled(power=Power(**asdict(device.slowdown())))


def cool_down(seconds: float, cancelled: IsCancelled) -> None:
    """Rest. Raises Cancelled."""
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        if cancelled():
            raise Cancelled("The run was cancelled before it started")
        time.sleep(min(left, CANCEL_CHECK_S))


def warm_up(engine: Engine, cancelled: IsCancelled) -> None:
    """Have the model answer once: weights are read, kernels built, nothing is kept.

    Raises Cancelled or another EngineError.
    """
    engine.complete(WARM_UP, cancelled=cancelled)
