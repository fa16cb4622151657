from __future__ import annotations

from pipeline.ast import expression as ex
from pipeline.ast import test as ts
from pipeline.project import Project


def function(project: Project, name: str) -> ts.TestFunction:
    return next(f for f in project.tests.functions if f.name == name)


def test_a_test_makes_what_its_calls_need_first(todo: Project) -> None:
    statements = function(todo, "todo_takes_only_own_lists").statements
    told = [
        (s.call.operation, s.status)
        if isinstance(s, ts.ExpectError)
        else getattr(s, "operation", s.kind)
        for s in statements[:5]
    ]
    assert told == [
        "sign_in",  # the other member, who will be refused
        "sign_in",
        "todoLists.create",
        ("todos.create", 404),
        "todos.create",
    ]


def test_a_foreign_call_uses_the_first_members_row(todo: Project) -> None:
    statements = function(todo, "foreign_todo_does_not_exist").statements
    refused = [s for s in statements if isinstance(s, ts.ExpectError)]
    assert {s.call.connection for s in refused} == {"otherMember"}
    own = ex.Property(kind="property", variable="todo", path=("id",))
    assert all(s.call.parameters == (own,) for s in refused)


def test_many_calls_become_a_loop(todo: Project) -> None:
    statements = function(todo, "twenty_lists_are_enough").statements
    loops = [s for s in statements if isinstance(s, ts.Repeat)]
    assert [loop.times for loop in loops] == [20]


def test_required_values_are_filled_in_within_their_bounds(todo: Project) -> None:
    statements = function(todo, "todo_is_deleted").statements
    call = next(s for s in statements if isinstance(s, ts.Call))
    assert [(v.property, v.value.kind) for v in call.values] == [("title", "random_text")]


def test_sketch_only_expressions_never_reach_a_test(todo: Project) -> None:
    dumped = todo.tests.model_dump_json()
    assert '"row_of"' not in dumped
    assert '"email_of"' not in dumped
