"""A form's schema in words and as a tool's parameters: shorter, and saying the same."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
from hypothesis import given

from pipeline.asking.shape import as_parameters, as_type
from tests.pipeline.asking.zoo import ZOOS, Zoo, narrowed

OPEN = narrowed().open


def test_the_type_of_a_form() -> None:
    assert as_type(OPEN).splitlines() == [
        "type Form = { title: string /*..160*/; open_days: integer /*0..7*/; "
        "animals: Any1[] /*1..4*/ }",
        'type Cat = { kind: "cat"; owner: string /*..32*/; lives: integer /*1..9*/; '
        "note: string /*..160*/ | null }",
        'type Dog = { kind: "dog"; friends: string /*..32*/[] /*..3*/; good: boolean }',
        'type Cage = { kind: "cage"; animals: Any1[] /*..2*/ }',
        "type Any1 = Cat | Dog | Cage",
    ]


@given(ZOOS)
def test_parameters_take_what_the_form_takes(document: dict[str, Any]) -> None:
    small = as_parameters(OPEN)
    jsonschema.validate(document, small)
    assert len(json.dumps(small)) < 0.75 * len(json.dumps(Zoo.model_json_schema()))
    assert not jsonschema.Draft202012Validator(small).is_valid({**document, "open_days": 8})
