"""Conditions and sums of programs as TypeScript: whatever they say, the compiler takes them."""

from __future__ import annotations

from pipeline.ast import expression as ex
from pipeline.ast import program as pg
from pipeline.project import Project
from pipeline.render.layout import layout
from pipeline.render.nest.service.assignments import changed_values, updated_values
from pipeline.render.nest.service.expressions import LocalScope, write
from pipeline.render.nest.service.listing import ordered
from pipeline.render.typescript import Imports


def scope_of(project: Project) -> LocalScope:
    rows = {"found": project.database.table("todo")}
    return LocalScope(
        "src/modules/todos/todos.service.ts", Imports(set()), None, project.database, rows=rows
    )


def text(project: Project, expression: ex.Expression) -> str:
    return layout(write(expression, scope_of(project)))


def field(column: str) -> ex.RowField:
    return ex.RowField(kind="field", row="found", column=column)


def status(operator: ex.Operator, word: str) -> ex.Compare:
    right = ex.EnumLiteral(kind="enum", value=word)
    return ex.Compare(kind="compare", left=field("status"), operator=operator, right=right)


def test_one_of_several_words_is_asked_at_once(todo: Project) -> None:
    either = ex.AnyOf(kind="any", operands=(status("eq", "open"), status("eq", "done")))
    assert text(todo, either) == '["open", "done"].includes(found.status)'


def test_what_the_compiler_would_judge_by_the_one_before_is_kept_from_it(todo: Project) -> None:
    both = ex.All(kind="all", operands=(status("ne", "open"), status("ne", "done")))
    assert text(todo, both) == ('[found.status !== "open", found.status !== "done"].every(Boolean)')


def test_bounds_of_one_moment_follow_each_other(todo: Project) -> None:
    now = ex.Now(kind="now")
    later = ex.Offset(kind="offset", moment=field("created_at"), amount=-4, unit="hours")
    first = ex.Compare(kind="compare", left=field("created_at"), operator="ge", right=now)
    second = ex.Compare(kind="compare", left=field("created_at"), operator="le", right=later)
    assert text(todo, ex.All(kind="all", operands=(first, second))) == (
        'found.created_at >= now() && found.created_at <= shifted(found.created_at, -4, "hours")'
    )


def test_an_order_of_what_may_be_absent_asks_first(todo: Project) -> None:
    order = ex.Compare(
        kind="compare", left=field("due_on"), operator="lt", right=ex.Today(kind="today")
    )
    absent = ex.IsNull(kind="is_null", operand=field("due_on"))
    assert text(todo, ex.AnyOf(kind="any", operands=(absent, order))) == (
        "found.due_on === null || found.due_on < today()"
    )


def counted(project: Project, row: str | None) -> str:
    """Write `position - 2 + 5` of a made-up number: nothing but the shape is looked at."""
    own = ex.RowField(kind="field", row="found", column="title")
    two, five = (ex.IntegerLiteral(kind="integer", value=n) for n in (2, 5))
    less = ex.Arithmetic(kind="arithmetic", left=own, operator="subtract", right=two)
    more = ex.Arithmetic(kind="arithmetic", left=less, operator="add", right=five)
    values = (pg.Assign(column="title", value=more),)
    table, scope = project.database.table("todo"), scope_of(project)
    if row is None:
        return layout(changed_values(values, table, scope))
    update = pg.Update(
        kind="update", variable="changed", row=row, table="todo", values=values, optional=()
    )
    return layout(updated_values(update, table, scope))


def test_a_column_is_counted_by_the_difference_of_old_and_new(todo: Project) -> None:
    assert 'eb("title", "-", 2 - 5)' in counted(todo, "found")
    assert "found.title - 2 + 5" in counted(todo, None)


def test_a_moment_is_moved_by_a_number_or_by_what_a_row_says(todo: Project) -> None:
    due = field("due_on")
    moved = ex.Offset(kind="offset", moment=due, amount=3, unit="days")
    assert text(todo, moved) == 'shifted(found.due_on!, 3, "days")'
    by_row = moved.model_copy(update={"amount": field("title")})
    assert text(todo, by_row) == 'shifted(found.due_on!, found.title, "days")'


def test_a_list_begins_with_the_order_that_it_has() -> None:
    choice, query = ordered("rows", {}, ("name", "asc"))
    assert (choice, layout(query)) == ("", 'rows.orderBy("name", "asc")')
    line, _ = ordered("rows", {"name": ("name", "asc")}, ("rank", "desc"))
    assert '(["rank", "desc"] as const)' in layout(line).replace("\n", " ")
