"""The golden todo project, rendered once a session, and a way to spoil copies of it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.node.compile import CompileReport
from scoring.brief import Brief
from scoring.loading import load_brief
from tests.scoring.texts import CLEAN


@pytest.fixture(scope="session")
def golden(built: Callable[[str], Path]) -> Path:
    return built("todo")


@pytest.fixture(scope="session")
def todo() -> Brief:
    return load_brief("todo")


@pytest.fixture
def copy(golden: Path, tmp_path: Path) -> Callable[[], Path]:
    """Make a copy of the golden project that a test may change."""

    def made() -> Path:
        target = tmp_path / f"project{len(list(tmp_path.iterdir()))}"
        shutil.copytree(golden, target)
        return target

    return made


@pytest.fixture(scope="session")
def clean() -> CompileReport:
    return CLEAN
