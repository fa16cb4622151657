"""Types of columns: what the service checks, publishes and keeps."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from pipeline.ast.expression import NumberLiteral
from pipeline.ast.patterns import PATTERNS, SIZED, TIME_REGEX, PatternName, text_pattern
from pipeline.ast.walk import walk
from pipeline.project import Project
from tests.pipeline.postgres_server import PostgresServer, needs_postgres
from tests.pipeline.small_forms import (
    Small,
    call_step,
    column,
    design_small,
    files_of,
    rule,
    verify_small,
    walk_small,
)

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


PATTERN_NAMES = list(PATTERNS)
KINDS = Small(
    columns=[
        column("contact", type="email"),
        column("second_contact", True, type="email"),
        column("homepage", True, type="uri"),
        column("opens", type="time"),
        column("closes", True, type="time"),
        column("settings", type="json", max_length=60),
        column("extra", True, type="json", max_length=500),
        *(column(name, type="pattern", pattern=name) for name in PATTERN_NAMES[:4]),
    ],
    rules=[
        rule("uniqueness", attributes=["item.slug"], scope="owner"),
        rule("uniqueness", attributes=["item.contact"], scope="global"),
    ],
    filters=["contact", "opens", "slug"],
    sorts=["opens", "slug"],
    programs={
        "items.create": {
            "where": [],
            "checks": [
                {
                    "kind": "guard",
                    "condition": {
                        "kind": "compare",
                        "left": {"kind": "body", "property": "opens"},
                        "operator": "lt",
                        "right": {"kind": "time", "value": "23:00"},
                    },
                    "message": "Nothing opens so late.",
                    "rules": [],
                },
                {
                    "kind": "guard",
                    "condition": {
                        "kind": "compare",
                        "left": {"kind": "body", "property": "code"},
                        "operator": "ne",
                        "right": {"kind": "string", "value": "NO-CODE"},
                    },
                    "message": "That is no code.",
                    "rules": [],
                },
            ],
            "sets": [],
            "effects": [],
        }
    },
    tests=[
        {
            "name": "items_open_before_night",
            "operation": "items.create",
            "uses": [],
            "purpose": "Nothing opens late.",
            "requirements": [],
            "rules": [],
            "steps": [
                call_step("items.create", 409, opens={"kind": "time", "value": "23:00"}),
                call_step("items.create", 409, code={"kind": "string", "value": "NO-CODE"}),
                call_step("items.create", 201, contact={"kind": "random_email"}),
            ],
        }
    ],
)
OTHERS = Small(
    columns=[column(name, type="pattern", pattern=name) for name in PATTERN_NAMES[4:]],
)


@pytest.fixture(scope="module")
def kinds() -> Project:
    return design_small(KINDS)


def test_kinds_of_texts_times_and_objects_are_kept(kinds: Project, tmp_path: Path) -> None:
    verify_small(kinds, tmp_path)


@needs_postgres
def test_kinds_of_texts_times_and_objects_are_kept_on_postgresql(
    kinds: Project, tmp_path: Path, server: PostgresServer
) -> None:
    verify_small(kinds, tmp_path, server.new_database())


def test_other_patterns_are_kept(tmp_path: Path) -> None:
    verify_small(design_small(OTHERS), tmp_path)


def test_what_is_published_of_a_text_is_what_is_checked(kinds: Project) -> None:
    files = files_of(kinds)
    members = json.loads(files["openapi.json"])["components"]["schemas"]["ItemCreate"]["properties"]
    structures = files["src/structures/item.ts"]
    for name in PATTERN_NAMES[:4]:
        assert members[name]["pattern"] == PATTERNS[name].regex
        assert f"{name}: z.string().regex(/{PATTERNS[name].regex}/)," in structures
    assert members["opens"]["pattern"] == TIME_REGEX
    assert f"opens: z.string().regex(/{TIME_REGEX}/)," in structures
    assert (members["contact"]["format"], members["contact"]["maxLength"]) == ("email", 254)
    assert "contact: Email.max(254)," in structures
    assert members["settings"]["additionalProperties"] is True
    assert "settings: jsonObject(60)," in structures
    assert "extra: jsonObject(500).nullable().optional()," in structures


SIZED_TEXTS = Small(
    columns=[
        column("isbn", type="pattern", pattern="digits", length=13),
        column("shelf", True, type="pattern", pattern="code", length=4),
        column("nick", type="pattern", pattern="handle"),
        column("word", True, type="pattern", pattern="slug", min_length=2, max_length=24),
    ],
    rules=[
        rule("uniqueness", attributes=["item.isbn"], scope="global"),
        rule("uniqueness", attributes=["item.nick"], scope="global", ignore_case=True),
    ],
    lookups=["isbn", "nick"],
)
LOOKED_UP = """
  const made = await api.items.create(member, { isbn: "9783161484100", nick: "Ann_1" });
  strict.equal((await api.items.readByIsbn(member, made.isbn)).id, made.id);
  strict.equal((await api.items.readByNick(member, "Ann_1")).id, made.id);
  const taken = { isbn: "9783161484101", nick: "ANN_1" };
  strict.equal(await status(api.items.create(member, taken)), 409);
  for (const isbn of ["978316148410", "97831614841000", "978316148410X"])
    strict.equal(await status(api.items.create(member, { isbn, nick: "bob" })), 400);
  const word = (word: string) => status(api.items.update(member, made.id, { word }));
  for (const length of [2, 24]) strict.equal(await word("a".repeat(length)), 200);
  for (const length of [1, 25]) strict.equal(await word("a".repeat(length)), 400);
"""


def test_codes_of_a_length_find_their_row(tmp_path: Path) -> None:
    project = design_small(SIZED_TEXTS)
    files = files_of(project)
    members = json.loads(files["openapi.json"])["components"]["schemas"]["ItemCreate"]["properties"]
    assert members["isbn"]["pattern"] == "^[0-9]{13}$"
    assert "isbn: z.string().regex(/^[0-9]{13}$/)," in files["src/structures/item.ts"]
    bounds = files["test/features/items/item-values-keep-their-bounds.ts"]
    assert "isbn: randomDigits(12)" in bounds
    assert "isbn: randomDigits(14)" in bounds
    verify_small(project, tmp_path / "own")
    walk_small(project, tmp_path / "walk", LOOKED_UP)


@pytest.mark.parametrize("name", SIZED)
def test_a_text_of_a_length_fits_its_pattern(name: PatternName) -> None:
    for length in (4, 13, 30):
        pattern = text_pattern(name, (length, length))
        assert len(pattern.example) == length
        assert re.search(pattern.regex, pattern.example)
        assert not re.search(pattern.regex, pattern.example + "1")
        assert not re.search(pattern.regex, pattern.example[:-1])


@pytest.mark.parametrize("name", SIZED)
def test_a_text_between_two_lengths_fits_its_pattern(name: PatternName) -> None:
    pattern = text_pattern(name, (4, 20))
    assert (pattern.lengths, len(pattern.example) <= 20) == ((4, 20), True)
    for length, fits in ((3, False), (4, True), (20, True), (21, False)):
        assert bool(re.search(pattern.regex, "1" * length)) == fits


@pytest.mark.parametrize("name", PATTERN_NAMES)
def test_an_example_of_a_pattern_fits(name: str) -> None:
    pattern = PATTERNS[name]
    for text in (pattern.example, pattern.head + "0" * pattern.digits):
        assert re.search(pattern.regex, text)
        assert re.search(pattern.short_regex, text)


OBJECTS = """
  const first = { slug: "a-b", code: "A-1", handle: "ann", digits: "1", opens: "09:00" };
  const body = { ...first, contact: "Ann@Example.com", settings: { dark: true, deep: [{}] } };
  const made = await api.items.create(member, body);
  strict.equal(made.contact, "ann@example.com");
  strict.equal(made.extra, null);
  strict.deepEqual((await api.items.read(member, made.id)).settings, body.settings);
  const change = { extra: { note: "x" } };
  const changed = await api.items.update(member, made.id, change);
  strict.deepEqual([changed.settings, changed.extra], [body.settings, change.extra]);
  strict.equal((await api.items.update(member, made.id, { extra: null })).extra, null);
  const large = { text: "x".repeat(60) };
  strict.equal(await status(api.items.update(member, made.id, { settings: large })), 400);
  const deep = JSON.parse(`{"a":${"[".repeat(3000)}${"]".repeat(3000)}}`);
  strict.equal(await status(api.items.update(member, made.id, { extra: deep })), 400);
  const upper = { ...body, slug: "a-c" };
  strict.equal(await status(api.items.create(member, upper)), 409);
"""


def test_objects_are_kept_whole_and_bounded(kinds: Project, tmp_path: Path) -> None:
    walk_small(kinds, tmp_path, OBJECTS)
