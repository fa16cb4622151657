"""Types of columns: what the service checks, publishes and keeps."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.ast.expression import NumberLiteral
from pipeline.ast.walk import walk
from pipeline.project import Project
from tests.pipeline.postgres_server import PostgresServer, missing, postgres_server
from tests.pipeline.small_forms import Small, column, design_small, files_of, rule, verify_small

GREATEST = 2**53 - 1
WORDS = [f"stage_{number}" for number in range(24)]
NUMBERS = Small(
    columns=[
        column("code", type="text", min_length=1, max_length=40),
        column("views", type="integer", minimum=0, maximum=GREATEST, default=None),
        column("depth", type="integer", minimum=-GREATEST, maximum=-5_000_000_000, default=None),
        column("price", type="decimal", minimum=0.05, maximum=999_999_999.99),
        column("weight", True, type="decimal", minimum=-0.5, maximum=0.5),
        column("stage", type="enum", values=WORDS, default=None),
    ],
    filters=["views", "price", "stage"],
    sorts=["price", "stage"],
)


REASON = missing()
needs_postgres = pytest.mark.skipif(REASON is not None, reason=REASON or "")


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    with postgres_server() as running:
        yield running


@pytest.fixture(scope="module")
def numbers() -> Project:
    return design_small(NUMBERS)


def test_numbers_reach_as_far_as_both_databases_hold_them(numbers: Project, tmp_path: Path) -> None:
    verify_small(numbers, tmp_path)


@needs_postgres
def test_numbers_reach_as_far_on_postgresql(
    numbers: Project, tmp_path: Path, server: PostgresServer
) -> None:
    verify_small(numbers, tmp_path, server.new_database())


def test_bounds_of_numbers_are_published_as_they_are_checked(numbers: Project) -> None:
    files = files_of(numbers)
    document = json.loads(files["openapi.json"])
    members = document["components"]["schemas"]["ItemCreate"]["properties"]
    assert members["views"] == {
        "type": "integer",
        "minimum": 0,
        "maximum": GREATEST,
        "description": "The views.",
    }
    assert (members["price"]["minimum"], members["price"]["maximum"]) == (0.05, 999_999_999.99)
    assert members["stage"]["enum"] == WORDS
    structures = files["src/structures/item.ts"]
    assert f"views: z.int().min(0).max({GREATEST})" in structures
    assert "price: z.number().min(0.05).max(999999999.99).multipleOf(0.01)" in structures
    prisma = files["prisma/schema.prisma"]
    assert "views      BigInt" in prisma


def test_standard_tests_go_to_the_cent_of_a_bound(numbers: Project) -> None:
    written = {node.value for node in walk(numbers.tests) if isinstance(node, NumberLiteral)}
    assert {0.05, 999_999_999.99, -0.95, 1_000_000_000.99, -0.5, 0.5, 1.5, -1.5} <= written


NAMED = Small(
    columns=[
        column("name", type="text", min_length=1, max_length=40),
        column("place", type="text", min_length=1, max_length=40),
        column("rank", type="integer", minimum=0, maximum=9, default=None),
    ],
    rules=[
        rule("uniqueness", attributes=["item.name"], scope="owner", ignore_case=True),
        rule("uniqueness", attributes=["item.place", "item.rank"], scope="global"),
    ],
)


@pytest.fixture(scope="module")
def named() -> Project:
    return design_small(NAMED)


def test_a_key_whatever_the_case_is_kept_by_service_and_database(
    named: Project, tmp_path: Path
) -> None:
    files = files_of(named)
    assert '("member_id", lower("name"))' in files["src/database/ddl.ts"]
    assert '("place", "rank")' in files["src/database/ddl.ts"]
    assert "No two rows differ in the case of name alone." in files["prisma/schema.prisma"]
    test = files["test/features/items/items-share-no-key.ts"]
    assert test.count(".toUpperCase()") == 1
    verify_small(named, tmp_path)


@needs_postgres
def test_a_key_whatever_the_case_is_kept_on_postgresql(
    named: Project, tmp_path: Path, server: PostgresServer
) -> None:
    verify_small(named, tmp_path, server.new_database())
