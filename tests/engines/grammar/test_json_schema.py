"""Preparation keeps the language of a schema, less what is too deep."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from engines.grammar.json_schema import check, tidy, unroll
from engines.protocol import GrammarError


def test_tidy_drops_notes_but_not_properties_called_like_them():
    class Page(BaseModel):
        """A page."""

        title: str
        description: int | None = None

    tidied = tidy(Page.model_json_schema())
    assert list(tidied["properties"]) == ["title", "description"]
    assert "description" not in tidied
    assert "title" not in tidied["properties"]["title"]
    assert "default" not in tidied["properties"]["description"]
    assert tidied["additionalProperties"] is False


def test_tidy_writes_a_union_once(function_form):
    raw = function_form.form.model_json_schema()
    tidied = tidy(raw)
    text = json.dumps(tidied)
    assert "oneOf" not in text
    assert "discriminator" not in text
    assert text.count('"anyOf"') == 2  # the expression, and the note that may be null
    assert len(text) < len(json.dumps(raw))


def test_tidy_is_idempotent_and_leaves_its_input_alone(asked):
    raw = asked.form.model_json_schema()
    before = json.dumps(raw)
    once = tidy(raw)
    assert json.dumps(raw) == before
    assert tidy(once) == once


@pytest.mark.parametrize(
    ("schema", "why"),
    [
        ({}, "has no type"),
        ({"type": "object", "additionalProperties": {"type": "string"}}, "keys that are not named"),
        ({"type": "array"}, "items of the list are not described"),
        ({"type": "array", "items": True}, "every value needs a type"),
        ({"type": "array", "items": {"type": "null"}, "uniqueItems": True}, "uniqueItems"),
        ({"type": "string", "contentEncoding": "base64"}, "contentEncoding is not supported"),
        ({"$ref": "#/$defs/Missing"}, "is not defined"),
        ({"anyOf": []}, "no branches"),
        ({"enum": []}, "enumeration is empty"),
        ({"type": "object", "required": ["a"]}, "a is required but not described"),
        ({"not": {"type": "null"}}, "has no type"),
    ],
)
def test_check_refuses_what_would_not_be_enforced(schema, why):
    with pytest.raises(GrammarError, match=why):
        check(tidy(schema))


def test_check_names_the_place():
    inner = {"type": "object", "properties": {"size": {"type": "string", "odd": 1}}}
    with pytest.raises(GrammarError, match=r"at #/properties/box/properties/size: odd"):
        check(tidy({"type": "object", "properties": {"box": inner}}))


def _deepest(schema: dict, at: dict) -> int:
    """Return the nesting of the deepest document that an unrolled schema allows."""
    if "$ref" in at:
        return _deepest(schema, schema["$defs"][at["$ref"].removeprefix("#/$defs/")])
    if "anyOf" in at:
        return max(_deepest(schema, each) for each in at["anyOf"])
    if at.get("type") == "array":
        return _deepest(schema, at["items"]) if "items" in at else 0
    return 1 + max(
        (_deepest(schema, each) for each in at.get("properties", {}).values()), default=-1
    )


@pytest.mark.parametrize("depth", [1, 2, 5])
def test_unroll_bounds_the_nesting(asked, depth):
    unrolled = unroll(tidy(asked.form.model_json_schema()), depth)
    check(unrolled)
    assert _deepest(unrolled, unrolled) <= depth + 2


def test_unroll_leaves_flat_schemas_alone():
    class Flat(BaseModel):
        name: str
        tags: list[str]

    tidied = tidy(Flat.model_json_schema())
    assert unroll(tidied, 3) is tidied


def test_unroll_refuses_a_recursion_without_an_end():
    class Endless(BaseModel):
        inner: "Endless"

    with pytest.raises(GrammarError, match="no document that ends"):
        unroll(tidy(Endless.model_json_schema()), 4)


def test_a_recursion_inside_another_has_its_own_depth():
    class Leaf(BaseModel):
        inner: "Leaf | None"

    class Tree(BaseModel):
        leaf: Leaf
        left: "Tree | None"

    deepest = unroll(tidy(Tree.model_json_schema()), 2)
    names = set(deepest["$defs"])
    assert {"Tree__2", "Tree__1", "Tree__0", "Leaf__2", "Leaf__1", "Leaf__0"} == names


@pytest.mark.parametrize(
    ("pattern", "bounded"),
    [
        ("^[a-z][a-z_]*$", "^[a-z][a-z_]{0,7}$"),
        (r'^[^"\\\]]+$', r'^[^"\\\]]{1,8}$'),
        ("^[a-z]*$", "^[a-z]{0,8}$"),
        ("^[a-z]+_[a-z]+$", None),
        ("^[a-z]$", None),
    ],
)
def test_a_length_is_said_within_the_pattern_where_it_can_be(pattern, bounded):
    schema = {"type": "string", "maxLength": 8, "pattern": pattern}
    expected = {"type": "string", "pattern": bounded} if bounded else schema
    assert tidy(schema) == expected
    short = {**schema, "minLength": 2}
    assert tidy(short) == short


@given(text=st.text(alphabet='a_9"\\', max_size=10))
def test_a_length_within_the_pattern_allows_the_same_texts(text):
    schema = {"type": "string", "maxLength": 4, "pattern": "^[a-z][a-z_]*$"}
    tidied = tidy(schema)
    allowed = len(text) <= 4 and re.search(schema["pattern"], text)
    assert bool(allowed) == bool(re.search(tidied["pattern"], text))
