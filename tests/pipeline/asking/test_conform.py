"""What the narrowed grammar accepts conforms; what it does not is reported, with what exists."""

from __future__ import annotations

import copy
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engines.schema import Enum, FormSchema
from pipeline.asking.conform import conform
from tests.pipeline.asking.zoo import OWNERS, ZOOS, narrowed

SCHEMA = narrowed()
SOUND: dict[str, Any] = {
    "title": "A zoo",
    "open_days": 5,
    "animals": [
        {"kind": "cat", "owner": "ann", "lives": 9, "note": None},
        {"kind": "cage", "animals": [{"kind": "dog", "friends": ["cleo"], "good": True}]},
    ],
}


@given(ZOOS)
def test_a_document_of_the_form_conforms(document: dict[str, Any]) -> None:
    assert conform(SCHEMA, document) == ()


@given(ZOOS, st.data())
def test_it_agrees_with_json_schema_on_broken_documents(
    document: dict[str, Any], data: st.DataObject
) -> None:
    broken = copy.deepcopy(document)
    holders = [broken, *broken["animals"]]
    holder = data.draw(st.sampled_from(holders))
    name = data.draw(st.sampled_from(sorted(holder)))
    holder[name] = data.draw(
        st.sampled_from(["ann", "dan", "", 3, 12, True, None, [], ["ann"], ["dan"], {}, "dog"])
    )
    valid = jsonschema.Draft202012Validator(SCHEMA.as_json()).is_valid(broken)
    assert (conform(SCHEMA, broken) == ()) == valid


@pytest.mark.parametrize(
    ("path", "value", "pointer", "words"),
    [
        (
            ("animals", 0, "owner"),
            "Ann",
            "/animals/0/owner",
            ["one of ann, bob_smith, cleo", "mean ann?"],
        ),
        (("animals", 0, "kind"), "lion", "/animals/0/kind", ["one of cat, dog, cage"]),
        (("animals", 0, "lives"), 12, "/animals/0/lives", ["an integer from 1 to 9"]),
        (
            ("animals", 1, "animals", 0, "friends", 0),
            "zoe",
            "/animals/1/animals/0/friends/0",
            OWNERS,
        ),
        (("animals", 0, "claws"), 3, "/animals/0/claws", ["one member of kind, owner, lives"]),
        (("title",), 7, "/title", ["a text of 0 to 160 characters"]),
        (("animals",), [], "/animals", ["1 to 4 items"]),
        (("open_days",), True, "/open_days", ["an integer from 0 to 7"]),
    ],
)
def test_the_place_and_what_exists_are_reported(
    path: tuple[Any, ...], value: Any, pointer: str, words: list[str]
) -> None:
    broken = copy.deepcopy(SOUND)
    holder: Any = broken
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = value
    (found,) = conform(SCHEMA, broken)
    assert found.pointer == pointer
    words_found = f"{found.expected} {found.suggestion}"
    assert all(word in words_found for word in words)


def test_what_is_missing_is_reported() -> None:
    broken = copy.deepcopy(SOUND)
    del broken["animals"][0]["note"], broken["animals"][1]["kind"]
    found = [(each.pointer, each.why) for each in conform(SCHEMA, broken)]
    assert found == [("/animals/0", "note is missing"), ("/animals/1", "kind is missing")]


def test_of_many_names_the_nearest_are_listed() -> None:
    names = [f"name_{number}" for number in range(200)]
    (found,) = conform(FormSchema(Enum(tuple(names)), {}), "name_150x")
    assert found.suggestion == "Did you mean name_150?"
    assert "name_150" in found.expected
    assert found.expected.endswith("and 170 more")
