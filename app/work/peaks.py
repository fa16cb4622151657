"""The memory that earlier runs took at most; it replaces the estimate for the same setting."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ValidationError

from engines.option import options_of
from engines.options import EngineOptions
from pipeline.records.journal import RESULT

MEMORY_OPTIONS = tuple(
    name for name, option in options_of(EngineOptions).items() if option.takes_memory
)
"""Options on which the memory of this machine depends."""
SHARING_OPTIONS = ("rpc", "distributed")
"""With these a part of the model lies on other machines, and a peak here says nothing."""


@dataclass(frozen=True)
class Setting:
    """What a peak was measured with; only the same setting is judged by it."""

    model: str
    """Absolute path."""
    size_bytes: int
    context_tokens: int
    options: tuple[tuple[str, int | str | bool], ...]


Peaks = Mapping[Setting, int]
"""The largest peak of finished runs in bytes."""


class _KeptModel(BaseModel):
    path: str
    size_bytes: int


class _Kept(BaseModel):
    """What of a `result.json` is needed here; reading all of it would take ten times as long."""

    outcome: str
    model: _KeptModel
    context_tokens: int
    peak_memory_bytes: int | None
    engine: EngineOptions = EngineOptions()


def setting_of(
    model: Path, size_bytes: int, context_tokens: int, chosen: Mapping[str, int | str | bool]
) -> Setting:
    """Return what a run's peak depends on; `chosen` are its options that differ from defaults."""
    options = tuple((name, chosen[name]) for name in MEMORY_OPTIONS if name in chosen)
    return Setting(str(model.absolute()), size_bytes, context_tokens, options)


def measured_peaks(runs: Path) -> Peaks:
    """Collect the peaks of all finished runs in a folder; none if there is no such folder."""
    peaks: dict[Setting, int] = {}
    for file in runs.glob(f"*/{RESULT}"):
        try:
            kept = _Kept.model_validate_json(file.read_bytes())
        except (OSError, ValidationError):
            continue  # no result of ours
        model, chosen = kept.model, kept.engine.chosen()
        if kept.outcome != "finished" or chosen.keys() & set(SHARING_OPTIONS):
            continue
        setting = setting_of(Path(model.path), model.size_bytes, kept.context_tokens, chosen)
        peaks[setting] = max(kept.peak_memory_bytes or 0, peaks.get(setting, 0))
    return peaks
