"""Documents that are right but for their writing become the form; others stay as they are."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.asking.conform import conform
from pipeline.asking.recovery.coerce import coerce
from tests.pipeline.asking.test_conform import SOUND
from tests.pipeline.asking.zoo import ZOOS, narrowed

SCHEMA = narrowed()
WORDS = {True: ["true", "True", "yes"], False: ["false", "No"], None: ["null", "None"]}


@given(ZOOS)
def test_what_conforms_stays_as_it_is(document: dict[str, Any]) -> None:
    assert coerce(SCHEMA, document) == document


@given(ZOOS, st.randoms(use_true_random=False))
def test_values_in_quotes(document: dict[str, Any], draw: Any) -> None:
    def quoted(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: quoted(each) for name, each in value.items()}
        if isinstance(value, list):
            return [quoted(each) for each in value]
        if value is None or isinstance(value, bool):
            return draw.choice([*WORDS[value], value])
        return draw.choice([str(value), value])

    assert coerce(SCHEMA, quoted(document)) == document


@given(ZOOS, st.integers(1, 3))
def test_objects_and_lists_written_as_texts(document: dict[str, Any], times: int) -> None:
    def texted(value: Any, depth: int = 0) -> Any:
        if isinstance(value, dict):
            value = {name: texted(each, depth + 1) for name, each in value.items()}
        if isinstance(value, list):
            value = [texted(each, depth + 1) for each in value]
        is_union = isinstance(value, dict | list) and depth % times == 0
        return json.dumps(value) if is_union else value

    assert coerce(SCHEMA, texted(document)) == document


@given(ZOOS)
def test_names_in_another_case(document: dict[str, Any]) -> None:
    def camel(value: Any) -> Any:
        if isinstance(value, dict):
            return {name.title().replace("_", ""): camel(each) for name, each in value.items()}
        if isinstance(value, list):
            return [camel(each) for each in value]
        names = ("cat", "dog", "cage", "ann", "bob_smith", "cleo")
        return value.upper().replace("_", " ") if value in names else value

    assert coerce(SCHEMA, camel(document)) == document


@pytest.mark.parametrize("wrapped", [{"form": SOUND}, [SOUND], {"zoo": json.dumps(SOUND)}])
def test_a_wrapper_is_taken_off(wrapped: Any) -> None:
    assert coerce(SCHEMA, wrapped) == SOUND


def test_one_item_becomes_a_list_and_what_is_not_asked_goes() -> None:
    bent = coerce(
        SCHEMA,
        {
            "title": "A zoo",
            "open_days": 5.0,
            "size": "big",
            "animals": {"kind": "dog", "friends": "ann", "good": 1, "age": 3},
        },
    )
    assert bent["animals"] == [{"kind": "dog", "friends": ["ann"], "good": True}]
    assert (bent["open_days"], "size" in bent) == (5, False)


def test_nothing_is_invented() -> None:
    bent = coerce(SCHEMA, {"title": "A zoo", "animals": [{"kind": "cat", "owner": "dan"}]})
    found = [(each.pointer, each.why) for each in conform(SCHEMA, bent)]
    assert found == [
        ("", "open_days is missing"),
        ("/animals/0/owner", '"dan" does not exist here'),
    ]
    assert bent["animals"][0]["owner"] == "dan"


@given(ZOOS, st.sampled_from(["many", [1, 2], {"a": 1}, None, 3.5, True]))
def test_what_means_something_else_never_becomes_valid_by_chance(
    document: dict[str, Any], value: Any
) -> None:
    assert conform(SCHEMA, coerce(SCHEMA, {**document, "open_days": value})) != ()
