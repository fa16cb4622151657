"""The golden projects by name."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pipeline.project import Project


@pytest.fixture(scope="session")
def todo(golden: Callable[[str], Project]) -> Project:
    return golden("todo")


@pytest.fixture(scope="session")
def board(golden: Callable[[str], Project]) -> Project:
    return golden("board")
