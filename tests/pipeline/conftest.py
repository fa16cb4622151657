"""The golden projects by name, and a PostgreSQL server for a module of tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from pipeline.project import Project
from tests.pipeline.postgres_server import PostgresServer, postgres_server


@pytest.fixture(scope="session")
def todo(golden: Callable[[str], Project]) -> Project:
    return golden("todo")


@pytest.fixture(scope="session")
def board(golden: Callable[[str], Project]) -> Project:
    return golden("board")


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    with postgres_server() as running:
        yield running
