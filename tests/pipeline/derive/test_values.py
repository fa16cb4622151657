"""What may be without a value, and what programs say about it."""

from __future__ import annotations

from dataclasses import replace

from pipeline.ast import expression as ex
from pipeline.ast import program as pg
from pipeline.ast.database import DecimalType, PhysicalColumn
from pipeline.derive.program import derive_function
from pipeline.derive.values import default_value
from pipeline.design import Design
from pipeline.project import Project


def function(project: Project, operation: str, **parts: object) -> tuple[pg.Statement, ...]:
    design = Design(project.analysis, project.database, project.interface)
    sketch = pg.ProgramSketch.model_validate(
        {"where": (), "checks": (), "sets": (), "effects": ()} | parts
    )
    found = derive_function(design, project.interface.operation(operation), sketch)
    statements = found.statements
    if isinstance(statements[0], pg.Transaction):
        statements = statements[0].body
    return statements


def guard(condition: ex.Expression) -> pg.Guard:
    return pg.Guard(kind="guard", condition=condition, message="No", rules=())


def field(row: str, column: str) -> ex.RowField:
    return ex.RowField(kind="field", row=row, column=column)


def compare(left: ex.Expression, operator: ex.Operator, right: ex.Expression) -> ex.Compare:
    return ex.Compare(kind="compare", left=left, operator=operator, right=right)


TODAY = ex.Today(kind="today")


def test_a_check_speaks_of_the_row_as_it_would_be(todo: Project) -> None:
    check = guard(compare(field("changed", "due_on"), "ge", TODAY))
    (made,) = (s for s in function(todo, "todos.update", checks=(check,)) if s.kind == "require")
    assert isinstance(made, pg.Require)
    assert isinstance(made.condition, ex.AnyOf)
    absent, order = made.condition.operands
    assert isinstance(absent, ex.IsNull)
    assert isinstance(order, ex.Compare)
    assert isinstance(order.left, ex.Conditional)
    assert (order.left.then, order.left.otherwise) == (
        ex.BodyProperty(kind="body", property="dueOn"),
        field("found", "due_on"),
    )


def test_an_order_of_what_is_absent_lets_no_effect_happen(todo: Project) -> None:
    change = pg.ChangeRow(
        kind="change",
        row="found",
        sets=(pg.Assign(column="notes", value=ex.NullLiteral(kind="null")),),
        when=compare(field("found", "due_on"), "lt", TODAY),
    )
    (made,) = (s for s in function(todo, "todos.complete", effects=(change,)) if s.kind == "if")
    assert isinstance(made, pg.If)
    assert isinstance(made.condition, ex.All)
    assert [operand.kind for operand in made.condition.operands] == ["not", "compare"]


def test_a_row_that_the_body_may_name_is_asked_only_if_it_does(todo: Project) -> None:
    named = ex.StringLiteral(kind="string", value="Home")
    check = guard(compare(field("givenTodoList", "name"), "ne", named))
    first = function(todo, "todos.create", checks=(check,))[0]
    assert isinstance(first, pg.If)
    assert first.condition == ex.Not(
        kind="not",
        operand=ex.IsNull(
            kind="is_null", operand=ex.BodyProperty(kind="body", property="todoListId")
        ),
    )
    assert [statement.kind for statement in first.then][-1] == "require"
    assert {statement.kind for statement in first.then[:-1]} == {"find"}


def test_a_list_refuses_by_its_filter_if_it_is_given(todo: Project) -> None:
    exists = pg.Exists.model_validate(
        {
            "kind": "exists",
            "table": "todo_list",
            "where": [
                {
                    "kind": "compare",
                    "column": "id",
                    "operator": "eq",
                    "value": {"kind": "query", "property": "todoListId"},
                },
                {
                    "kind": "compare",
                    "column": "member_id",
                    "operator": "eq",
                    "value": {"kind": "actor"},
                },
            ],
            "message": "Not yours",
            "rules": [],
        }
    )
    first, page, _ = function(todo, "todos.list", checks=(exists,))
    assert isinstance(first, pg.If)
    (find,) = first.then
    assert isinstance(find, pg.Find)
    assert find.missing == 403
    assert page.kind == "find_page"


def test_an_optional_value_falls_back_to_the_old_one_or_to_the_default(todo: Project) -> None:
    notes = ex.BodyProperty(kind="body", property="notes")
    sets = (pg.Assign(column="title", value=notes),)
    (update,) = (s for s in function(todo, "todos.update", sets=sets) if s.kind == "update")
    assert isinstance(update, pg.Update)
    assert update.values[0].value == ex.Coalesce(
        kind="coalesce", operand=notes, fallback=field("found", "title")
    )


def test_a_quota_counts_the_rows_of_a_period(todo: Project) -> None:
    quota = pg.Quota(
        kind="quota",
        table="todo",
        where=(),
        within=pg.Period(amount=1, unit="days"),
        maximum=10,
        message="Enough",
        rules=(),
    )
    (count,) = (s for s in function(todo, "todos.create", checks=(quota,)) if s.kind == "count")
    assert isinstance(count, pg.Count)
    assert isinstance(count.where, ex.WhereAll)
    last = count.where.conditions[-1]
    assert isinstance(last, ex.ColumnCompare)
    assert (last.column, last.operator) == ("created_at", "ge")
    assert last.value == ex.Shifted(kind="shifted", amount=-1, unit="days")


def test_an_amount_begins_with_what_is_nearest_to_zero_or_is_missing() -> None:
    amount = DecimalType(type="decimal", minimum=1, maximum=5)
    stars = PhysicalColumn("stars", amount, False, "Stars.", "own")
    assert default_value(stars) == ex.number_literal(1)
    assert default_value(replace(stars, nullable=True)) == ex.NullLiteral(kind="null")
