from __future__ import annotations

from pipeline.ast import expression as ex
from pipeline.ast import test as ts
from pipeline.derive.e2e.builder import TestBuilder
from pipeline.derive.e2e.rows import row_labels
from pipeline.design import Design
from pipeline.project import Project


def function(project: Project, name: str) -> ts.TestFunction:
    return next(f for f in project.tests.functions if f.name == name)


def test_a_test_makes_what_its_calls_need_first(todo: Project) -> None:
    statements = function(todo, "todo_takes_only_own_lists").statements
    called = [
        (s.call.operation, s.status)
        if isinstance(s, ts.ExpectError)
        else getattr(s, "operation", s.kind)
        for s in statements[:5]
    ]
    assert called == [
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


def build(project: Project, *steps: ts.Step) -> tuple[ts.Statement, ...]:
    builder = TestBuilder(Design(project.analysis, project.database, project.interface))
    scenario = ts.Scenario(
        name="some_test",
        operation=project.interface.operations[0].id,
        uses=(),
        purpose="Something.",
        requirements=(),
        rules=(),
    )
    return builder.build(scenario, ts.TestSketch(steps=steps)).statements


def call(
    caller: str,
    operation: str,
    of: str = "none",
    status: int = 200,
    named: str = "none",
    **values: ex.Expression,
) -> ts.CallStep:
    return ts.CallStep(
        kind="call",
        caller=caller,
        operation=operation,
        of=of,
        values=tuple(ts.BodyValue(property=name, value=value) for name, value in values.items()),
        status=status,
        as_=named,
        times=1,
    )


def test_a_path_names_the_row_of_whom_the_step_says(board: Project) -> None:
    statements = build(
        board,
        call("member", "articles.create", status=201),
        call("other_member", "articles.create", status=201),
        call("member", "articles.read", of="other_member"),
    )
    created = [s for s in statements if isinstance(s, ts.Call) and s.operation == "articles.create"]
    read = statements[-1]
    assert isinstance(read, ts.Call)
    assert created[1].connection == "otherMember"
    (key,) = read.parameters
    assert key == ex.Property(kind="property", variable=created[1].variable or "", path=("id",))


def test_rows_that_no_call_makes_are_taken_from_their_list(board: Project) -> None:
    kept = tuple(o for o in board.interface.operations if o.id != "articles.create")
    interface = board.interface.model_copy(update={"operations": kept})
    listed = Project(board.analysis, board.database, interface, board.tests, board.program)
    table = board.database.table("article")
    assert "anonymous" in row_labels(Design(board.analysis, board.database, interface), table)
    statements = build(
        listed,
        call("moderator", "articles.hide", of="member"),
        call("moderator", "articles.read", of="member"),
    )
    called = [s.operation for s in statements if isinstance(s, ts.Call)]
    assert called == ["articles.list", "articles.hide", "articles.read"], "listed once"
    hide = next(s for s in statements if isinstance(s, ts.Call) and s.parameters)
    first = ex.Property(kind="property", variable="articlePage", path=("data", 0, "id"))
    assert hide.parameters == (first,)


def test_a_key_is_compared_with_a_row(board: Project) -> None:
    mine = ex.RowOf(kind="row_of", caller="member")
    statements = build(
        board,
        call("member", "articles.create", status=201),
        ts.CheckStep(
            kind="check",
            operation="articles.create",
            path="authorId",
            predicate="equal",
            value=mine,
        ),
        ts.CheckRowsStep(
            kind="check_rows",
            operation="articles.list",
            path="data",
            property="authorId",
            predicate="every_equal",
            value=mine,
        ),
    )
    account = ex.Property(kind="property", variable="member", path=("session", "member", "id"))
    compared = [s for s in statements if isinstance(s, ts.Assert | ts.AssertEvery)]
    assert [s.kind for s in compared] == ["assert", "assert_every"]
    assert [s.expected for s in compared] == [account, account]


def test_time_goes_by_where_a_step_waits(board: Project) -> None:
    wait = ts.WaitStep(kind="wait", amount=14, unit="days")
    assert build(board, wait) == (ts.Wait(kind="wait", amount=14, unit="days"),)


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
