"""Where Sixfold keeps what outlives a run: choices of its user, never a model, never a result."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

VARIABLE = "SIXFOLD_DATA"
"""Environment variable that names another folder."""


def data_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """Return the folder; it need not exist. On macOS and elsewhere where the system wants it."""
    if environment.get(VARIABLE):
        return Path(environment[VARIABLE])
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "Sixfold"
    if environment.get("XDG_DATA_HOME"):
        return Path(environment["XDG_DATA_HOME"]) / "sixfold"
    return Path.home() / ".local" / "share" / "sixfold"
