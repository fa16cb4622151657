"""The golden projects, each designed once through the real stages."""

from __future__ import annotations

import pytest

from app.golden import design_golden
from pipeline.project import Project


@pytest.fixture(scope="session")
def todo() -> Project:
    return design_golden("todo")


@pytest.fixture(scope="session")
def board() -> Project:
    return design_golden("board")
