from __future__ import annotations

import pytest
from pydantic import ValidationError

from pipeline.asking.feedback import annotate, diagnose, pointer
from pipeline.ast.analysis import Actor
from pipeline.records.calls import Diagnostic


def complaint(place: str) -> Diagnostic:
    return Diagnostic(
        pointer=place, expected="a table", found="tdoo", why="unknown", suggestion="Write todo."
    )


def test_the_wrong_line_gets_the_comment() -> None:
    form = {"tables": [{"name": "todo"}, {"name": "tdoo"}]}
    lines = annotate(form, [complaint("/tables/1/name")]).splitlines()
    marked = [line for line in lines if "//" in line]
    assert marked == ['   "name": "tdoo"  // expected a table, found tdoo: Write todo.']


def test_a_missing_place_is_shown_at_the_nearest_one() -> None:
    lines = annotate({"tables": []}, [complaint("/tables/0/name")]).splitlines()
    assert lines[1].startswith(' "tables": []  // expected a table')


def test_without_complaints_it_is_the_form_itself() -> None:
    assert annotate({"a": [1, {"b": None}]}, []) == (
        '{\n "a": [\n  1,\n  {\n   "b": null\n  }\n ]\n}'
    )


def test_validation_errors_point_at_their_place() -> None:
    with pytest.raises(ValidationError) as caught:
        Actor.model_validate({"name": "member", "kind": "king", "description": "Rules."})
    (found,) = diagnose(caught.value)
    assert found.pointer == "/kind"
    assert "'guest'" in found.expected
    assert found.found == '"king"'


def test_pointers_escape_as_rfc_6901_says() -> None:
    assert pointer(["a/b", 0, "m~n"]) == "/a~1b/0/m~0n"
