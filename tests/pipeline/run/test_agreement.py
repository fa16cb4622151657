"""How much of a golden form another answer says."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest

from engines.schema import parse_schema
from pipeline.run.agreement import UNCOMPARED, Agreement, agree, choices_of, form_kind
from pipeline.run.golden import golden_names, load_answers

UNNOTICED = {
    *("title", "summary", "description", "purpose", "statement", "message", "label"),
    *("requirement", "name", "value"),
}
"""Members that are prose, or may be: the name of a test, the value of a made-up text."""

COLUMN = {
    "name": "due_on",
    "description": "The day it is due.",
    "type": {"type": "date"},
    "nullable": True,
}
RULE = {
    "kind": "limit",
    "statement": "A title has 1 to 120 characters.",
    "attribute": "todo.title",
    "unit": "characters",
    "minimum": 1,
    "maximum": 120,
}


def equal(one: str, other: str) -> bool:
    return one == other


def f1(golden: object, said: object) -> float:
    return agree(golden, said, equal).f1


def leaves(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of everything that is neither object nor list."""
    if isinstance(node, dict | list):
        for key, each in node.items() if isinstance(node, dict) else enumerate(node):
            yield from leaves(each, (*path, key))
    else:
        yield path


def changed(document: Any, path: tuple[Any, ...]) -> Any:
    """Return the document with another value in one place."""
    copied = copy.deepcopy(document)
    holder = copied
    for key in path[:-1]:
        holder = holder[key]
    match holder[path[-1]]:
        case bool(value):
            holder[path[-1]] = not value
        case int(value):
            holder[path[-1]] = value + 1
        case value:
            holder[path[-1]] = f"other_{value}"
    return copied


def members(path: tuple[Any, ...]) -> list[str]:
    return [key for key in path if isinstance(key, str)]


@pytest.mark.parametrize("name", golden_names())
def test_golden_forms_agree_with_themselves(name: str) -> None:
    for form in load_answers(name).values():
        assert f1(form, copy.deepcopy(form)) == 1.0


def test_each_difference_outside_prose_lowers_it() -> None:
    unnoticed: set[str] = set()
    for form in load_answers("todo").values():
        for path in leaves(form):
            if not UNCOMPARED & set(path) and f1(form, changed(form, path)) == 1.0:
                unnoticed.add(members(path)[-1])
    assert unnoticed <= UNNOTICED


@pytest.mark.parametrize(
    ("member", "value"),
    [("name", "due"), ("nullable", False), ("type", {"type": "datetime"}), ("unique", True)],
)
def test_a_column_is_compared_by_name_type_and_nullability(member: str, value: object) -> None:
    assert 0 < f1({"columns": [COLUMN, RULE]}, {"columns": [COLUMN | {member: value}, RULE]}) < 1


@pytest.mark.parametrize(
    ("member", "value"),
    [("kind", "state"), ("attribute", "todo.notes"), ("minimum", 0), ("maximum", 121)],
)
def test_a_rule_is_compared_by_kind_attribute_and_numbers(member: str, value: object) -> None:
    assert f1({"rules": [RULE]}, {"rules": [RULE | {member: value}]}) < 1


def test_items_that_speak_of_something_else_have_nothing_in_common() -> None:
    elsewhere = RULE | {"attribute": "todo.notes"}
    assert f1({"rules": [RULE]}, {"rules": [elsewhere]}) == 0.0


def test_prose_is_not_compared() -> None:
    assert f1(COLUMN, COLUMN | {"description": "When it must be done."}) == 1.0
    made_up = {"kind": "string", "value": "Buy milk"}
    assert f1({"left": made_up}, {"left": made_up | {"value": "Paint"}}) == 1.0


def test_a_member_of_a_row_may_be_called_like_prose() -> None:
    row = {"kind": "insert", "table": "post", "values": {"title": {"kind": "now"}}}
    other = row | {"values": {"title": {"kind": "actor"}}}
    assert f1(row, other) < 1.0


def test_items_of_a_list_have_no_order_and_steps_have_one() -> None:
    two = [{"kind": "call", "status": 200}, {"kind": "call", "status": 409}]
    assert f1({"checks": two}, {"checks": two[::-1]}) == 1.0
    assert f1({"steps": two}, {"steps": two[::-1]}) < 1.0


def test_what_is_said_twice_counts_once() -> None:
    assert agree({"shown": ["a"]}, {"shown": ["a", "a", "a"]}, equal) == Agreement(1, 3, 1)


def test_an_empty_form_says_nothing() -> None:
    assert f1({"rules": [RULE]}, {}) == f1({"rules": [RULE]}, {"rules": []}) == 0.0
    assert f1({"checks": []}, {"checks": [], "sets": []}) == 1.0
    assert f1({"checks": []}, {"checks": [{"kind": "guard"}]}) == 0.0


def test_precision_and_recall_are_apart() -> None:
    half = agree({"shown": ["a", "b"]}, {"shown": ["a"]}, equal)
    assert (half.precision, half.recall) == (1.0, 0.5)
    nothing = agree({"shown": ["a", "b"]}, {}, equal)
    assert (nothing.precision, nothing.recall) == (1.0, 0.0)


def test_nodes_of_a_new_kind_need_no_code() -> None:
    said = {"kind": "between", "span": {"kind": "hours", "amount": 4}, "of": ["start", "end"]}
    for path in leaves(said):
        assert f1({"checks": [said]}, {"checks": [changed(said, path)]}) < 1.0


def test_invented_names_are_matched_and_chosen_ones_are_not() -> None:
    def same(one: str, other: str) -> bool:
        return {one, other} == {"due_on", "due_at"}

    golden, said = {"sorts": ["due_on"]}, {"sorts": ["due_at"]}
    assert agree(golden, said, same).f1 == 1.0
    assert agree(golden, said, same, {"due_on"}).f1 == 1.0
    assert agree(golden, said, same, {"due_on", "due_at"}).f1 == 0.0


def test_the_name_of_an_action_counts_and_no_other_of_an_operation() -> None:
    action, listing = {"kind": "action", "name": "complete"}, {"kind": "list", "name": "list"}
    assert f1({"operations": [action]}, {"operations": [action | {"name": "finish"}]}) == 0.0
    assert f1({"operations": [listing]}, {"operations": [listing | {"name": "all"}]}) == 1.0


def test_a_form_offers_its_words_to_choose_from() -> None:
    members = {
        "kind": {"const": "call"},
        "caller": {"enum": ["member", "anonymous"]},
        "status": {"enum": [200, 404]},
        "note": {"type": "string"},
    }
    schema = parse_schema({"type": "object", "properties": members, "required": list(members)})
    assert choices_of(schema) == {"call", "member", "anonymous"}


@pytest.mark.parametrize(
    ("key", "kind"),
    [
        ("analysis/plan", "analysis/plan"),
        ("database/table/todo", "database/table"),
        ("interface/todo", "interface/resource"),
        ("test/scenarios/todo", "test/scenarios"),
        ("test/todo/1", "test/sketch"),
        ("test/todo_is_made", "test/sketch"),
        ("program/needs/todo", "program/needs"),
        ("program/todos.create", "program/sketch"),
    ],
)
def test_the_kind_of_a_form(key: str, kind: str) -> None:
    assert form_kind(key) == kind
