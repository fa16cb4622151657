"""A JSON schema becomes nodes and JSON schema again; what no grammar enforces is refused."""

import json

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from engines.schema import (
    Array,
    Boolean,
    Const,
    Dictionary,
    Enum,
    FormSchema,
    Named,
    Null,
    Number,
    Object,
    SchemaError,
    Text,
    Union,
    parse_schema,
    parts,
    rebuilt,
    used,
)

SCALARS = st.none() | st.booleans() | st.integers(-9, 9) | st.floats(-9, 9) | st.text(max_size=3)
LEAVES = st.one_of(
    st.builds(Named, st.sampled_from(["a", "b"])),
    st.builds(Const, SCALARS),
    st.builds(Enum, st.lists(SCALARS, min_size=1, max_size=3).map(tuple)),
    st.builds(Text, *[st.none() | st.integers(0, 9)] * 2, st.sampled_from([None, '^["a]*$', "é"])),
    st.builds(Number, st.sampled_from(["integer", "number"]), *[st.none() | st.integers(1, 9)] * 5),
    st.builds(Boolean),
    st.builds(Null),
)
NODES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds(Union, st.lists(inner, min_size=1, max_size=3).map(tuple)),
        st.builds(Dictionary, inner),
        st.builds(Array, inner, *[st.none() | st.integers(0, 9)] * 2),
        st.builds(lambda *first: Array(None, 0, 2, first), inner, inner),
        st.dictionaries(st.text(max_size=3), inner, max_size=3).map(
            lambda members: Object(members, tuple(list(members)[:1]))
        ),
    ),
    max_leaves=8,
)
SCHEMAS = st.builds(FormSchema, NODES, st.fixed_dictionaries({"a": LEAVES, "b": NODES}))


@given(schema=SCHEMAS)
def test_what_is_written_is_read_as_it_was(schema):
    read = parse_schema(schema.as_json())
    assert read == schema
    assert read.text == schema.text
    assert read.sha256 == schema.sha256
    assert read.definitions == schema.definitions
    jsonschema.Draft202012Validator.check_schema(schema.as_json())


@given(schema=SCHEMAS)
def test_a_node_rebuilt_of_its_own_parts_is_itself(schema):
    for node in parts([schema.root]):
        assert rebuilt(node, lambda each: each) is node
        assert type(rebuilt(node, lambda _: Null())) is type(node)


def test_notes_are_left_out_but_not_members_called_like_them():
    class Page(BaseModel):
        """A page."""

        title: str
        description: int | None = None

    assert parse_schema(Page.model_json_schema()).as_json() == {
        "type": "object",
        "properties": {
            "title": {"type": "string"},
            "description": {"anyOf": [{"type": "integer"}, {"type": "null"}]},
        },
        "required": ["title"],
        "additionalProperties": False,
    }


def test_the_title_of_an_object_names_its_model():
    class Page(BaseModel):
        text: str

    root = parse_schema(Page.model_json_schema()).root
    assert isinstance(root, Object)
    assert root.title == "Page"
    assert root == Object({"text": Text()}, ("text",))


def test_equal_is_what_writes_the_same():
    assert Const(1) != Const(True)
    assert Object({"a": Null(), "b": Null()}) != Object({"b": Null(), "a": Null()})
    assert Array(Null()) != Array(Null(), 0)
    assert FormSchema(Null(), {}) != FormSchema(Null(), {"a": Null()})
    assert len({Text(1), Text(1), Text(2)}) == 2


def test_keywords_at_the_root_stand_beside_the_definitions():
    schema = FormSchema(Named("a"), {"a": Null()})
    written = json.loads(schema.text_with({"x": {"y": 1}}))
    assert written == {"$ref": "#/$defs/a", "$defs": {"a": {"type": "null"}}, "x": {"y": 1}}


def test_definitions_are_used_through_each_other():
    definitions = {"a": Array(Named("b")), "b": Named("a"), "c": Named("a")}
    assert used(Named("a"), definitions) == {"a", "b"}
    assert used(Null(), definitions) == set()


@pytest.mark.parametrize(
    ("schema", "why"),
    [
        ({}, "has no type"),
        ({"type": "object", "additionalProperties": True}, "keys that are not named"),
        ({"type": "array"}, "items of the list are not described"),
        ({"type": "array", "items": True}, "every value needs a type"),
        ({"type": "array", "items": {"type": "null"}, "uniqueItems": True}, "uniqueItems"),
        ({"type": "string", "contentEncoding": "base64"}, "contentEncoding is not supported"),
        ({"$ref": "#/$defs/Missing"}, "is not defined"),
        ({"anyOf": []}, "no branches"),
        ({"anyOf": [{"type": "null"}], "type": "null"}, "a union can't stand beside type"),
        ({"enum": []}, "enumeration is empty"),
        ({"enum": [{"a": 1}]}, "is no text, number, boolean or null"),
        ({"type": "object", "required": ["a"]}, "a is required but not described"),
        ({"not": {"type": "null"}}, "has no type"),
    ],
)
def test_what_would_not_be_enforced_is_refused(schema, why):
    with pytest.raises(SchemaError, match=why):
        parse_schema(schema)


def test_a_refusal_names_the_place():
    inner = {"type": "object", "properties": {"size": {"type": "string", "odd": 1}}}
    with pytest.raises(SchemaError, match=r"at #/properties/box/properties/size: odd"):
        parse_schema({"type": "object", "properties": {"box": inner}})
