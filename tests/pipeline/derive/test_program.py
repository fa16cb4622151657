from __future__ import annotations

from pipeline.ast import expression as ex
from pipeline.ast import program as pg
from pipeline.project import Project


def steps(project: Project, operation: str) -> list[pg.Statement]:
    """Return the statements of a function, those of its unit of work among them."""
    found: list[pg.Statement] = []
    for each in project.program.function(operation).statements:
        found += each.body if isinstance(each, pg.Transaction) else [each]
    return found


def kinds(project: Project, operation: str) -> list[str]:
    return [s.kind for s in steps(project, operation)]


def whole(project: Project, operation: str) -> list[str]:
    return [s.kind for s in project.program.function(operation).statements]


def test_every_operation_has_a_function_in_the_same_order(todo: Project) -> None:
    assert [f.operation for f in todo.program.functions] == [
        o.id for o in todo.interface.operations
    ]


def test_an_own_row_is_found_by_key_and_owner(todo: Project) -> None:
    find = steps(todo, "todos.read")[0]
    assert isinstance(find, pg.Find)
    assert isinstance(find.where, ex.WhereAll)
    conditions = [c for c in find.where.conditions if isinstance(c, ex.ColumnCompare)]
    assert [(c.column, c.value.kind) for c in conditions] == [
        ("id", "parameter"),
        ("member_id", "actor"),
    ]
    assert find.missing == 404


def test_what_checks_and_writes_is_one_unit(todo: Project, board: Project) -> None:
    assert whole(todo, "todos.complete") == ["transaction"]
    assert whole(todo, "todos.erase") == ["transaction", "return_nothing"]
    assert whole(todo, "members.join") == ["hash_password", "transaction"]
    for project in (todo, board):
        for function in project.program.functions:
            loose = {each.kind for each in function.statements}
            writes = {"insert", "update", "remove", "update_where", "remove_where", "for_each"}
            checks = {"find", "require_none", "count", "if", "require"}
            assert not (loose & writes and loose & checks), function.operation


def test_what_only_reads_or_only_writes_is_no_unit(todo: Project, board: Project) -> None:
    assert whole(todo, "todos.read") == ["find", "return_row"]
    assert whole(todo, "todos.list") == ["find_page", "return_page"]
    assert whole(todo, "members.login") == ["find", "verify_password", "return_session"]


def test_an_action_checks_before_it_writes(todo: Project) -> None:
    assert kinds(todo, "todos.complete") == ["find", "require", "update", "return_row"]


def test_a_quota_counts_the_callers_own_rows(todo: Project) -> None:
    assert kinds(todo, "todoLists.create") == [
        "count",
        "require",
        "require_none",
        "insert",
        "return_row",
    ]
    count = steps(todo, "todoLists.create")[0]
    assert isinstance(count, pg.Count)
    assert count.where == ex.ColumnCompare(
        kind="compare", column="member_id", operator="eq", value=ex.ActorId(kind="actor")
    )


def test_a_change_looks_for_the_taken_name_among_the_other_rows(todo: Project) -> None:
    checks = [s for s in steps(todo, "todoLists.update") if isinstance(s, pg.RequireNone)]
    (check,) = checks
    assert check.given == ("name",)
    assert check.rules == ("B-2.3",)
    assert isinstance(check.where, ex.WhereAll)
    last = check.where.conditions[-1]
    assert isinstance(last, ex.ColumnCompare)
    assert (last.column, last.operator) == ("id", "ne")


def test_a_list_named_in_the_body_must_be_the_callers(todo: Project) -> None:
    first = steps(todo, "todos.create")[0]
    assert isinstance(first, pg.If)
    (find,) = first.then
    assert isinstance(find, pg.Find)
    assert (find.table, find.missing) == ("todo_list", 404)
    assert isinstance(find.where, ex.WhereAll)
    columns = [c.column for c in find.where.conditions if isinstance(c, ex.ColumnCompare)]
    assert columns == ["id", "member_id"]


def test_a_row_that_everybody_is_shown_may_be_named_by_everybody(board: Project) -> None:
    first, second = steps(board, "comments.create")[:2]
    assert isinstance(first, pg.Find)
    assert (first.table, first.missing) == ("article", 404)
    assert isinstance(first.where, ex.ColumnCompare)
    assert first.where.column == "id"
    assert isinstance(second, pg.Require)
    assert (second.status, second.rules) == (404, ("B-5.2",))


def test_an_owner_and_an_admin_share_an_operation(board: Project) -> None:
    find, require = steps(board, "comments.erase")[:2]
    assert isinstance(find, pg.Find)
    assert isinstance(require, pg.Require)
    assert require.status == 403
    assert isinstance(require.condition, ex.AnyOf)
    own, admin = require.condition.operands
    assert isinstance(own, ex.All)
    assert admin == ex.ActorIs(kind="actor_is", actor="moderator")


def test_defaults_fill_what_the_caller_leaves_out(todo: Project) -> None:
    inserts = [s for s in steps(todo, "todos.create") if isinstance(s, pg.Insert)]
    values = {item.column: item.value for item in inserts[0].values}
    assert values["status"] == ex.EnumLiteral(kind="enum", value="open")
    assert isinstance(values["priority"], ex.Coalesce)
    assert values["priority"].fallback == ex.EnumLiteral(kind="enum", value="normal")
    assert values["member_id"] == ex.ActorId(kind="actor")
