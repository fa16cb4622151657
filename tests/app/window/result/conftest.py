"""A run with the golden todo project: every artifact is there to be looked at."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture
def whole_run(finished_run: Path, built: Callable[[str], Path]) -> Path:
    """Put the golden project into the finished run."""
    shutil.copytree(built("todo"), finished_run / "artifacts", dirs_exist_ok=True)
    return finished_run
