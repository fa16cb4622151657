"""The models on this machine, and whether they fit."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import resources
from app.work.memory_fit import fit_known, usable_bytes
from app.work.peaks import measured_peaks
from engines.files.catalogue import Entry, Place, find_models, places
from engines.memory.fit import Fit

BUILTIN_MODEL = (
    Path(resources.__file__).resolve().parent.parent / ".tools" / "models" / "sixfold-demo.gguf"
)
"""The small demo model that `make setup` makes."""


def list_models(folders: Sequence[Path] = ()) -> tuple[Entry, ...]:
    """List what is in some folders, or without any, wherever models are kept on this machine."""
    if folders:
        return find_models([Place("folder", folder) for folder in folders])
    own = [Place("built-in", BUILTIN_MODEL.parent), Place("folder", Path("models").absolute())]
    return find_models([*own, *places(Path.home(), os.environ)])


def fits(entries: Sequence[Entry], runs: Path) -> dict[Path, Fit]:
    """Judge all models of a list on this machine, each with a run's default context."""
    peaks, usable = measured_peaks(runs), usable_bytes()
    return {
        entry.path: fit_known(entry.path, entry.facts, peaks, usable)
        for entry in entries
        if entry.facts is not None and entry.state == "model"
    }
