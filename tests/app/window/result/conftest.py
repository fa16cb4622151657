"""A run with the golden todo project: every artifact is there to be looked at."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from app.work.golden import build_golden


@pytest.fixture(scope="session")
def golden_todo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the golden todo project once."""
    folder = tmp_path_factory.mktemp("golden") / "todo"
    build_golden("todo", folder)
    return folder


@pytest.fixture
def whole_run(finished_run: Path, golden_todo: Path) -> Path:
    """Put the golden project into the finished run."""
    shutil.copytree(golden_todo, finished_run / "artifacts", dirs_exist_ok=True)
    return finished_run
