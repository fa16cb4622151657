"""Statuses of rules and checks, and the promises that follow."""

from __future__ import annotations

import pytest
from pydantic import TypeAdapter

from pipeline.ast import expression as ex
from pipeline.ast import program as pg
from pipeline.ast.analysis import Rule
from pipeline.derive.refusal import check_status, promise, rule_status
from pipeline.project import Project


def rule(**parts: object) -> Rule:
    base = {"id": "B-1.1", "requirement": "R-1.1", "statement": "It is so."}
    return TypeAdapter[Rule](Rule).validate_python(base | parts)


WINDOW = {
    "kind": "window",
    "bound": "at_most",
    "amount": 4,
    "unit": "hours",
    "side": "after",
    "reference": "slot.starts_at",
}
IDENTITY = {"kind": "identity", "entity": "vote", "attribute": "post.author", "relation": "is_not"}
ROLE = {"kind": "membership", "actor": "member", "entity": "community", "through": "membership"}


@pytest.mark.parametrize(
    ("parts", "status"),
    [
        (WINDOW | {"attribute": "slot.ends_at"}, 422),
        (WINDOW | {"attribute": "now"}, 409),
        (IDENTITY | {"other": "caller"}, 403),
        (IDENTITY | {"other": "post.editor"}, 422),
        (ROLE, 403),
        (ROLE | {"others_see": "not_found"}, 404),
    ],
)
def test_a_rule_says_what_breaking_it_answers(parts: dict[str, object], status: int) -> None:
    assert rule_status(rule(**parts)) == status


def guard(condition: ex.Expression, *rules: str) -> pg.Guard:
    return pg.Guard(kind="guard", condition=condition, message="No", rules=rules)


def test_a_check_answers_by_its_rule_or_by_whom_it_asks_about(todo: Project) -> None:
    due = ex.IsNull(kind="is_null", operand=ex.RowField(kind="field", row="found", column="due_on"))
    owned = next(r.id for r in todo.analysis.rules if r.kind == "ownership")
    assert check_status(todo.analysis, guard(due)) == 409
    assert check_status(todo.analysis, guard(due, owned)) == 404
    member = ex.ActorIs(kind="actor_is", actor="member")
    assert check_status(todo.analysis, guard(member)) == 403
    role = ex.RowField(kind="field", row="caller", column="role")
    moderator = ex.EnumLiteral(kind="enum", value="moderator")
    moderates = ex.Compare(kind="compare", left=role, operator="eq", right=moderator)
    assert check_status(todo.analysis, guard(moderates)) == 403


def test_what_a_program_refuses_with_is_promised(todo: Project) -> None:
    gone = pg.Require(
        kind="require",
        condition=ex.BooleanLiteral(kind="boolean", value=False),
        status=422,
        message="Never",
        rules=("B-1.1",),
    )
    functions = tuple(
        each.model_copy(update={"statements": (gone, *each.statements)})
        if each.operation == "todos.list"
        else each
        for each in todo.program.functions
    )
    assert promise(todo.interface, todo.program) == todo.interface
    promised = promise(todo.interface, pg.Program(functions=functions))
    (added,) = (e for e in promised.operation("todos.list").errors if e.status == 422)
    assert (added.when, added.rules) == ("Never", ("B-1.1",))
    assert promised.operation("todos.read") == todo.interface.operation("todos.read")
