"""What a schema repeats is written once, in the same language."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engines.grammar.sharing import share
from engines.protocol import GrammarError
from engines.schema import (
    Array,
    Dictionary,
    FormSchema,
    Named,
    Null,
    Object,
    Text,
    Union,
    parse_schema,
)


def shared(node) -> FormSchema:
    return share(FormSchema(node, {}))


def test_a_union_is_written_once(function_form):
    once = share(function_form.schema)
    assert once.text.count('"anyOf"') == 2  # the expression, and the note that may be null
    assert len(once.text) < len(function_form.schema.text)


def test_a_small_union_stays_in_its_place():
    either = Union((Null(), Text(most=3)))
    schema = shared(Object({"a": either, "b": either}))
    assert schema == FormSchema(Object({"a": either, "b": either}), {})


def test_an_object_in_several_places_is_written_once():
    inner = Object({"x": Null()}, ("x",))
    schema = shared(Object({"a": inner, "b": Array(Object({"x": Null()}, ("x",))), "c": Null()}))
    assert schema.definitions == {"object_0": inner}
    name = Named("object_0")
    assert schema.root == Object({"a": name, "b": Array(name), "c": Null()})


def test_a_union_of_one_branch_is_that_branch():
    assert shared(Union((Array(Union((Null(),))),))).root == Array(Null())


def test_sharing_twice_is_sharing_once_and_leaves_its_input_alone(asked):
    raw = parse_schema(asked.form.model_json_schema())
    before = raw.text
    once = share(raw)
    assert parse_schema(raw.as_json()).text == before
    assert share(once) == once


def test_what_nothing_refers_to_is_left_out():
    schema = share(FormSchema(Named("a"), {"a": Null(), "b": Named("a")}))
    assert schema.definitions == {"a": Null()}


def test_open_names_are_refused():
    with pytest.raises(GrammarError, match="keys that are not named"):
        shared(Array(Dictionary(Null())))


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
    text = Text(most=8, pattern=pattern)
    assert shared(text).root == (Text(pattern=bounded) if bounded else text)
    short = Text(2, 8, pattern)
    assert shared(short).root == short


@given(text=st.text(alphabet='a_9"\\', max_size=10))
def test_a_length_within_the_pattern_allows_the_same_texts(text):
    pattern = "^[a-z][a-z_]*$"
    bounded = shared(Text(most=4, pattern=pattern)).root
    assert isinstance(bounded, Text)
    allowed = len(text) <= 4 and re.search(pattern, text)
    assert bool(allowed) == bool(re.search(str(bounded.pattern), text))
