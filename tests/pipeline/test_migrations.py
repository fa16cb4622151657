"""A generated backend's tables are made by migrations, to which its owner adds more."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from pipeline.node import toolchain
from tests.pipeline.live_backend import END_TIMEOUT_S, QUICK, build, outcome, running

ENVIRONMENT = QUICK | {
    "DATABASE_PATH": "data.sqlite",
    "JWT_SECRET": "a secret of these tests and of nothing else",
}
CHANGE = "alter table todos add column label text"


def new_migration(source: Path, name: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(toolchain.node_path()), "src/database/new-migration.ts", name],
        cwd=source,
        env={},
        capture_output=True,
        text=True,
        timeout=END_TIMEOUT_S,
        check=False,
    )


def query(folder: Path, text: str) -> list[tuple[str]]:
    with closing(sqlite3.connect(folder / "data.sqlite")) as database:
        return database.execute(text).fetchall()


@pytest.fixture
def source(built: Callable[[str], Path], tmp_path: Path) -> Path:
    folder = tmp_path / "source"
    shutil.copytree(built("todo"), folder)
    return folder


def test_tables_are_made_once_and_changed_by_the_next_migration(
    source: Path, tmp_path: Path
) -> None:
    first = build(source, tmp_path / "first")
    assert outcome(first, ENVIRONMENT, entry="src/migrate") == (0, "Migrated: 0001-initial.\n")
    assert outcome(first, ENVIRONMENT, entry="src/migrate") == (0, "The tables are up to date.\n")
    made = new_migration(source, "add-label")
    path = source / "src/database/migrations/0002-add-label.ts"
    assert made.stdout.startswith("Wrote src/database/migrations/0002-add-label.ts: ")
    path.write_text(path.read_text("utf-8").replace("select 1", CHANGE), "utf-8")
    second = build(source, tmp_path / "second")
    shutil.copy(first / "data.sqlite", second / "data.sqlite")
    with running(second, ENVIRONMENT) as backend:
        assert backend.request("GET", "/health").status == 200
    assert query(second, "select name from kysely_migration order by name") == [
        ("0001-initial",),
        ("0002-add-label",),
    ]
    columns = query(second, "select name from pragma_table_info('todos')")
    assert ("label",) in columns


def test_the_start_makes_the_tables_of_an_empty_database(source: Path, tmp_path: Path) -> None:
    folder = build(source, tmp_path / "built")
    with running(folder, ENVIRONMENT) as backend:
        assert backend.join("ada@example.com").status == 201
    assert query(folder, "select email from members") == [("ada@example.com",)]
    with running(folder, ENVIRONMENT) as backend:
        assert backend.join("ada@example.com").status == 409


@pytest.mark.parametrize("name", ["", "Add label", "../x"])
def test_a_migration_has_a_plain_name(source: Path, name: str) -> None:
    done = new_migration(source, name)
    assert done.returncode == 1
    assert done.stderr == f'The name is "{name}"; expected one such as add-labels.\n'
