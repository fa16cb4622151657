from __future__ import annotations

from pipeline.ast import expression as ex
from pipeline.ast import random_value as made_up
from pipeline.ast import test as ts
from pipeline.derive.e2e.builder import build_test
from pipeline.derive.e2e.rows import row_labels
from pipeline.design import Design
from pipeline.project import Project
from pipeline.stages.test_form import sketch_schema


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
    statements = function(todo, "todo_of_somebody_else_is_left_alone").statements
    refused = [s for s in statements if isinstance(s, ts.ExpectError)]
    assert {s.call.connection for s in refused} == {"otherMember"}
    own = ex.Property(kind="property", variable="todo", path=("id",))
    assert all(s.call.parameters == (own,) for s in refused)


def build(project: Project, *steps: ts.Step) -> tuple[ts.Statement, ...]:
    design = Design(project.analysis, project.database, project.interface)
    scenario = ts.Scenario(
        name="some_test",
        operation=project.interface.operations[0].id,
        uses=(),
        purpose="Something.",
        requirements=(),
        rules=(),
    )
    return build_test(design, scenario, steps).statements


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


def test_callers_at_once_each_use_a_row_of_their_own(todo: Project) -> None:
    step = ts.AtOnceStep(
        kind="at_once",
        callers=("member", "other_member"),
        operation="todos.create",
        of="none",
        values=(
            ts.BodyValue(property="title", value=ex.StringLiteral(kind="string", value="Tea")),
        ),
        times=6,
        succeed=6,
        refused=404,
    )
    *before, last = build(todo, step)
    assert [each.kind for each in before] == ["sign_in", "sign_in"]
    assert isinstance(last, ts.AtOnce)
    assert (last.times, last.succeed, last.refused) == (6, 6, 404)
    assert [each.connection for each in last.calls] == ["member", "otherMember"]
    assert [each.values for each in last.calls] == [step.values, step.values]


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
    statements = function(todo, "todo_is_completed_once").statements
    call = next(s for s in statements if isinstance(s, ts.Call))
    assert [(v.property, v.value.kind) for v in call.values] == [("title", "random_text")]


def sent(answer: str, property_: str) -> ex.Sent:
    return ex.Sent(kind="sent", answer=answer, property=property_)


def check(operation: str, path: str, predicate: str, value: ex.Expression) -> ts.CheckStep:
    return ts.CheckStep.model_validate(
        {
            "kind": "check",
            "operation": operation,
            "path": path,
            "predicate": predicate,
            "value": value,
        }
    )


def test_any_earlier_row_can_be_meant(board: Project) -> None:
    statements = build(
        board,
        call("member", "articles.create", status=201, named="article_1"),
        call("member", "articles.create", status=201),
        call("member", "articles.read", of="article_1"),
    )
    made = next(
        s for s in statements if isinstance(s, ts.Call) and s.operation == "articles.create"
    )
    read = statements[-1]
    assert isinstance(read, ts.Call)
    own = ex.Property(kind="property", variable=made.variable or "", path=("id",))
    assert read.parameters == (own,)


def test_an_answer_that_nobody_has_named_is_that_of_a_plain_call(board: Project) -> None:
    statements = build(board, call("moderator", "articles.hide", of="article_2"))
    called = [s.operation for s in statements if isinstance(s, ts.Call)]
    assert called == ["sections.create", "articles.create", "articles.hide"]


def test_a_value_is_compared_with_what_it_was(board: Project) -> None:
    was = ex.Answered(kind="answered", answer="comment_page_1", path="pagination.records")
    one = ex.IntegerLiteral(kind="integer", value=1)
    more = ex.Arithmetic(kind="arithmetic", left=was, operator="add", right=one)
    statements = build(
        board,
        call("member", "comments.list", named="comment_page_1"),
        call("member", "comments.create", status=201),
        call("member", "comments.list"),
        check("comments.list", "pagination.records", "equal", more),
    )
    compared = statements[-1]
    assert isinstance(compared, ts.Assert)
    before = ex.Property(kind="property", variable="commentPage", path=("pagination", "records"))
    assert compared.expected == more.model_copy(update={"left": before})
    assert compared.message == (
        "The number of records should be 1 more than that of comment page 1."
    )


def test_what_is_spoken_of_is_kept_in_a_variable(board: Project) -> None:
    statements = build(
        board,
        call("anonymous", "members.join", status=201, named="member_session_1"),
        call("anonymous", "members.login", email=sent("member_session_1", "email")),
    )
    let, join = statements[:2]
    login = statements[-1]
    assert isinstance(let, ex.Let)
    assert isinstance(join, ts.Call)
    assert isinstance(login, ts.Call)
    address = ts.BodyValue(property="email", value=ex.Variable(kind="variable", name=let.variable))
    assert let.value == made_up.RandomEmail(kind="random_email")
    assert address in join.values
    assert address in login.values


def test_a_refused_call_has_sent_what_it_gave(board: Project) -> None:
    address = made_up.RandomEmail(kind="random_email")
    spoken = sent("member_session_1", "email")
    statements = build(
        board,
        call("anonymous", "members.join", status=400, named="member_session_1", email=address),
        call("anonymous", "members.login", status=401, email=spoken),
    )
    join, login = [each.call for each in statements if isinstance(each, ts.ExpectError)]
    given, tried = (
        next(v.value for v in each.values if v.property == "email") for each in (join, login)
    )
    assert given == tried


def test_what_was_not_given_is_replaced_by_a_value_of_its_type(board: Project) -> None:
    statements = build(
        board,
        call("member", "articles.read", of="member", named="article_1"),
        check("articles.read", "title", "equal", sent("article_1", "title")),
    )
    compared = statements[-1]
    assert isinstance(compared, ts.Assert)
    assert isinstance(compared.expected, made_up.RandomText)


def test_three_accounts_of_a_kind_are_apart(board: Project) -> None:
    statements = build(
        board,
        *(
            call(f"{other}member", "members.logout", status=204)
            for other in ("", "other_", "third_")
        ),
    )
    signed_in = [(s.variable, s.actor) for s in statements if isinstance(s, ts.SignIn)]
    assert signed_in == [(n, "member") for n in ("member", "otherMember", "thirdMember")]


def test_rows_that_are_there_for_nobody_have_a_random_key(board: Project) -> None:
    read = build(board, call("member", "articles.read", of="unknown", status=404))[-1]
    assert isinstance(read, ts.ExpectError)
    assert read.call.parameters == (made_up.RandomUuid(kind="random_uuid"),)


def test_rows_and_their_order_are_checked(board: Project) -> None:
    statements = build(
        board,
        call("member", "articles.create", status=201, named="article_1"),
        ts.CheckRowsStep(
            kind="check_rows",
            operation="articles.list",
            path="data",
            property="id",
            predicate="none_equal",
            value=ex.RowOf(kind="row_of", caller="article_1"),
        ),
        ts.CheckOrderStep(
            kind="check_order",
            operation="articles.list",
            path="data",
            property="title",
            order="falling",
        ),
    )
    none, order = statements[-2:]
    assert isinstance(none, ts.AssertSome)
    assert (none.predicate, none.expected.kind) == ("none", "property")
    assert isinstance(order, ts.AssertOrder)
    assert order.message == "The article rows should fall by title."


def test_the_rows_of_a_loop_are_known_after_it(todo: Project) -> None:
    many = call("member", "todos.create", status=201).model_copy(update={"times": 3})
    statements = build(todo, many, call("member", "todos.read", of="member"))
    read = statements[-1]
    assert isinstance(read, ts.Call)
    assert [s.kind for s in statements] == ["sign_in", "repeat", "call"]
    assert read.parameters == (ex.Property(kind="property", variable="todo", path=("id",)),)


def test_sketch_only_expressions_never_reach_a_test(todo: Project) -> None:
    dumped = todo.tests.model_dump_json()
    assert '"row_of"' not in dumped
    assert '"email_of"' not in dumped
    assert '"answered"' not in dumped
    assert '"sent"' not in dumped


def test_a_value_can_be_left_out_or_null(todo: Project) -> None:
    left_out, null = ex.LeftOut(kind="left_out"), ex.NullLiteral(kind="null")
    statements = build(
        todo,
        call("member", "todos.create", status=400, title=left_out),
        call("member", "todos.create", status=400, title=null),
        call("member", "todos.update", of="member", notes=null),
    )
    refused = [s.call for s in statements if isinstance(s, ts.ExpectError)]
    assert [(each.values, each.untyped) for each in refused] == [
        ((), True),
        ((ts.BodyValue(property="title", value=null),), True),
    ]
    cleared = statements[-1]
    assert isinstance(cleared, ts.Call)
    assert cleared.values == (ts.BodyValue(property="notes", value=null),)
    assert not cleared.untyped


def test_a_form_offers_to_leave_out_what_a_body_must_have(todo: Project) -> None:
    design = Design(todo.analysis, todo.database, todo.interface)
    offered = {
        name: sketch_schema(design, [todo.interface.operation(name)], ["one"], 4).text
        for name in ("todos.create", "todos.list", "members.login")
    }
    kinds = {name: text.count("left_out") > 0 for name, text in offered.items()}
    assert kinds == {"todos.create": True, "todos.list": False, "members.login": False}
