"""What prompts of tests and accounts say in numbers is what their forms and derivation hold."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, cast

import pytest

from benchmarks.golden_forms import Asked, forms_of
from pipeline.derive.accounts.schemas import password_bounds
from pipeline.derive.e2e.rows import NOBODY
from pipeline.project import Project

NAMES = re.compile(r"Numbers of named answers: 1 to (\d+) of a row, 1 to (\d+) of others\.")
PASSWORD = re.compile(r"A password has (\d+) to (\d+) characters; a rule with one bound leaves")
FREE = re.compile(r"Called without `uses`: all of ([\w, ]+)\.")


@pytest.fixture(scope="module")
def asked() -> list[Asked]:
    """The forms of a run, in order."""
    return forms_of("board")


def names_of(node: Any) -> Iterator[str]:
    """Yield the names that a JSON schema of steps lets answers have."""
    if isinstance(node, dict):
        members = cast("dict[str, Any]", node)
        named = members.get("properties", {}).get("as", {})
        yield from (each for each in named.get("enum", ()) if each != NOBODY)
        for member in members.values():
            yield from names_of(member)
    elif isinstance(node, list):
        for item in cast("list[Any]", node):
            yield from names_of(item)


def test_answers_are_named_by_the_numbers_that_the_prompt_says(asked: list[Asked]) -> None:
    sketches = [each for each in asked if re.fullmatch(r"test/\w+/\d+", each.request.key)]
    assert sketches
    for each in sketches:
        said = NAMES.search(each.request.messages[1].content)
        assert said is not None
        most: dict[str, int] = {}
        for name in names_of(each.schema.as_json()):
            word, _, number = name.rpartition("_")
            most[word] = max(most.get(word, 0), int(number))
        pages = {n for word, n in most.items() if word.endswith(("_page", "_session"))}
        rows = {n for word, n in most.items() if not word.endswith(("_page", "_session"))}
        assert (rows, pages) == ({int(said[1])}, {int(said[2])}), each.request.key


def test_uses_names_only_what_is_not_called_without_it(asked: list[Asked], board: Project) -> None:
    resources = {each.id.partition(".")[0] for each in board.interface.operations}
    scenarios = [each for each in asked if each.request.key.startswith("test/scenarios/")]
    assert scenarios
    for each in scenarios:
        said = FREE.search(each.request.messages[1].content)
        assert said is not None
        uses = json.dumps(each.schema.as_json()["$defs"]["Scenario"]["properties"]["uses"])
        named = set(re.findall(r"(\w+)\.\w+", uses))
        assert named == resources - set(said[1].split(", ")), each.request.key


def test_a_password_that_no_rule_bounds_is_as_long_as_the_prompt_says(
    asked: list[Asked], board: Project
) -> None:
    unbounded = board.analysis.model_copy(update={"rules": ()})
    bounds = {password_bounds(unbounded, t) for t in board.database.tables if t.stance == "actor"}
    features = [each for each in asked if each.request.key.startswith("analysis/feature/")]
    assert features
    for each in features:
        said = PASSWORD.search(each.request.messages[1].content)
        assert said is not None
        assert {(int(said[1]), int(said[2]))} == bounds
