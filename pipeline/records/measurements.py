"""What is counted and measured while a run is made."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pipeline.records.calls import Counts, StageSummary
from pipeline.records.record import Record


class Power(Record):
    """What slows a machine down; None where it does not say."""

    on_battery: bool | None = None
    low_power_mode: bool | None = None
    speed_limit_percent: int | None = None
    """Share of its full speed that the processor may run at; 100 if nothing holds it back."""
    thermal_pressure: int | None = None
    """0 nominal, then in macOS' steps: 1 moderate, 2 heavy, 3 trapping, 4 sleeping."""

    def joined(self, other: Power) -> Power:
        """Return what was true at any time of two samples, the lowest speed and the most heat."""
        speeds = (self.speed_limit_percent, other.speed_limit_percent)
        heats = (self.thermal_pressure, other.thermal_pressure)
        return Power(
            on_battery=_ever(self.on_battery, other.on_battery),
            low_power_mode=_ever(self.low_power_mode, other.low_power_mode),
            speed_limit_percent=min((s for s in speeds if s is not None), default=None),
            thermal_pressure=max((h for h in heats if h is not None), default=None),
        )


def _ever(first: bool | None, second: bool | None) -> bool | None:
    return None if first is None and second is None else bool(first or second)


class Instruction(Record):
    """Something that a prompt asks and that no grammar forces."""

    text: str
    obeyed: int
    cases: int
    """How often there was something to obey."""


class Compliance(Record):
    """Instructions of the prompts that the model obeyed. Reported, never scored."""

    share: float
    """Cases obeyed of all cases, 0 to 1."""
    cases: int
    instructions: tuple[Instruction, ...]


Outcome = Literal["finished", "failed", "cancelled"]


class Measurements(Record):
    """What was counted and measured while a run was made."""

    stages: tuple[StageSummary, ...]
    totals: Counts
    lost: int
    """Forms dropped because they stayed invalid."""
    peak_memory_bytes: int | None
    """Peak resident memory of the worker process; None if it was not measured."""
    ttft_s: float | None
    """Time to first token of the first call."""
    prefill_tok_per_s: float | None
    """Evaluated prompt tokens per second over all calls; None before the first."""
    decode_tok_per_s: float | None
    """Output tokens, forced ones too, per second over all calls; None before the first."""
    power: Power | None = None
    """The worst that was sampled: on battery at any time, the lowest speed, the most heat."""
    wall_s: float
    started_at: datetime
    finished_at: datetime
    """UTC, as `started_at`."""
    compliance: Compliance | None = None
    """Instructions obeyed; None if the run did not reach its end."""
