"""The models on this machine, and whether they fit."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import resources
from app.work.memory_fit import fit_known, usable_bytes
from app.work.peaks import measured_peaks
from engines.files.catalogue import Entry, Place, find_models, places
from engines.memory.fit import Fit

MODELS = Path(resources.__file__).resolve().parent.parent / ".tools" / "models"
"""Folder of the models that set-up fetches and makes."""
TRAINED_FILE, RANDOM_FILE = "SmolLM2-135M-Instruct.Q4_1.gguf", "sixfold-random.gguf"
RANDOM_MODEL = MODELS / RANDOM_FILE
"""The small model of random weights that `make setup` makes: for tests, and to measure with."""
BUILT_IN, RANDOM, FOR_TESTS = "built-in", "random weights, for tests", "for tests"


def builtin_model() -> Path:
    """Return the model of the demo: the trained one, or random weights where it couldn't be had."""
    trained = MODELS / TRAINED_FILE
    return trained if trained.is_file() else MODELS / RANDOM_FILE


def is_trained(model: Path) -> bool:
    """Whether a built-in model is the trained one."""
    return model.name == TRAINED_FILE


def is_own(model: Path) -> bool:
    """Whether a model is there for the demo or for tests, and is not one that a user brought."""
    return model.parent == MODELS


def list_models(folders: Sequence[Path] = ()) -> tuple[Entry, ...]:
    """List what is in some folders, or without any, wherever models are kept on this machine."""
    if folders:
        return find_models([Place("folder", folder) for folder in folders])
    return find_all([Path("models").absolute()])


def find_all(folders: Iterable[Path]) -> tuple[Entry, ...]:
    """List our own models, then those in some folders and wherever programs keep theirs."""
    where = [Place(BUILT_IN, MODELS), *(Place("folder", folder) for folder in folders)]
    found = find_models([*where, *places(Path.home(), os.environ)])
    return tuple(
        replace(each, source=_purpose(each.path)) if is_own(each.path) else each for each in found
    )


def _purpose(own: Path) -> str:
    """Say what one of our own models is for."""
    if own == builtin_model():
        return BUILT_IN if is_trained(own) else f"{BUILT_IN}, random weights"
    return RANDOM if own.name == RANDOM_FILE else FOR_TESTS


def fits(entries: Sequence[Entry], runs: Path) -> dict[Path, Fit]:
    """Judge all models of a list on this machine, each with a run's default context."""
    peaks, usable = measured_peaks(runs), usable_bytes()
    return {
        entry.path: fit_known(entry.path, entry.facts, peaks, usable)
        for entry in entries
        if entry.facts is not None and entry.state == "model"
    }
