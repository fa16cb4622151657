"""The end-to-end tests: they type-check, they run, and they can fail."""

from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.ast import expression as ex
from pipeline.ast import random_value as made_up
from pipeline.ast import test as ts
from pipeline.ast.program import Program
from pipeline.node.compile import check_project
from pipeline.node.runtime import verify_project
from pipeline.project import File, Project
from pipeline.render import e2e, nest, sdk
from tests.pipeline.render.samples import HOSTILE, forum_project, todo_project


def sign_in(variable: str, actor: str = "member") -> ts.SignIn:
    return ts.SignIn(kind="sign_in", variable=variable, actor=actor)


def call(
    operation: str,
    variable: str | None = None,
    connection: str | None = "member",
    parameters: tuple[ex.Expression, ...] = (),
    **values: ex.Expression,
) -> ts.Call:
    return ts.Call(
        kind="call",
        variable=variable,
        connection=connection,
        operation=operation,
        parameters=parameters,
        values=tuple(ts.BodyValue(property=name, value=value) for name, value in values.items()),
    )


def refused(status: int, made: ts.Call) -> ts.ExpectError:
    return ts.ExpectError(kind="expect_error", status=status, call=made)


def let(variable: str, value: ex.Expression) -> ex.Let:
    return ex.Let(kind="let", variable=variable, value=value)


def check(
    predicate: str, actual: ex.Expression, expected: ex.Expression | None = None
) -> ts.Assert:
    return ts.Assert.model_validate(
        {
            "kind": "assert",
            "predicate": predicate,
            "actual": actual,
            "expected": expected,
            "message": HOSTILE,
        }
    )


def repeat(times: int, *body: ts.Statement) -> ts.Repeat:
    return ts.Repeat(kind="repeat", times=times, body=body)


def of(variable: str, *path: str | int) -> ex.Property:
    return ex.Property(kind="property", variable=variable, path=path)


def variable(name: str) -> ex.Variable:
    return ex.Variable(kind="variable", name=name)


def check_every(
    predicate: str, items: ex.Property, property_: str, expected: ex.Expression
) -> ts.AssertEvery:
    return ts.AssertEvery.model_validate(
        {
            "kind": "assert_every",
            "predicate": predicate,
            "items": items,
            "property": property_,
            "expected": expected,
            "message": HOSTILE,
        }
    )


def wait(amount: int, unit: str) -> ts.Wait:
    return ts.Wait.model_validate({"kind": "wait", "amount": amount, "unit": unit})


def integer(value: int) -> ex.IntegerLiteral:
    return ex.IntegerLiteral(kind="integer", value=value)


def string(value: str) -> ex.StringLiteral:
    return ex.StringLiteral(kind="string", value=value)


def word(value: str) -> ex.EnumLiteral:
    return ex.EnumLiteral(kind="enum", value=value)


def boolean(value: bool) -> ex.BooleanLiteral:
    return ex.BooleanLiteral(kind="boolean", value=value)


def text(label: str, max_length: int = 100) -> made_up.RandomText:
    return made_up.RandomText(kind="random_text", label=label, max_length=max_length)


def compare(left: ex.Expression, operator: ex.Operator, right: ex.Expression) -> ex.Compare:
    return ex.Compare(kind="compare", left=left, operator=operator, right=right)


NULL = ex.NullLiteral(kind="null")
NOW = ex.Now(kind="now")
TODAY = ex.Today(kind="today")


def function(name: str, operation: str, *statements: ts.Statement) -> ts.TestFunction:
    return ts.TestFunction(
        name=name,
        operation=operation,
        purpose=HOSTILE,
        requirements=("R-1.1",),
        rules=(),
        statements=statements,
    )


def with_tests(project: Project, *functions: ts.TestFunction) -> Project:
    return Project(
        project.analysis,
        project.database,
        project.interface,
        ts.TestSuite(functions=functions),
        project.program,
    )


def write(folder: Path, *files: File) -> None:
    for file in files:
        path = folder / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file.text, encoding="utf-8")


def write_project(folder: Path, project: Project) -> None:
    write(folder, *nest.render(project), *sdk.render(project), *e2e.render(project))


def feature(project: Project) -> str:
    return next(f.text for f in e2e.render(project) if f.path.startswith("test/features/"))


POST = {
    "headline": text("A headline", 80),
    "pinned": boolean(False),
    "rating": ex.NumberLiteral(kind="number", value=-2.5),
    "eventDay": ex.Shifted(kind="shifted", amount=3, unit="days"),
    "closesAt": ex.Shifted(kind="shifted", amount=-2, unit="hours"),
    "externalKey": made_up.RandomUuid(kind="random_uuid"),
    "price": NULL,
    "status": word("published"),
}


def every_kind() -> Project:
    """A test of every statement and expression, with names that clash where they may."""
    first = of("page", "data", 0, "headline")
    test = function(
        "every_kind",
        "posts.list",
        sign_in("connection", "moderator"),
        sign_in("member"),
        sign_in("unused"),
        call("posts.create", "post", **POST),
        call("posts.create", "post", **{**POST, "categoryId": of("post", "categoryId")}),
        call("posts.list", "page", None, sort=word("created_at_desc"), limit=integer(5)),
        call("posts.list", None, None),
        check("equal", of("post", "status"), word("published")),
        check("equal", of("post", "status"), word("draft")),
        check("not_equal", of("post", "status"), word("closed")),
        check("equal", first, string("one")),
        check("equal", first, NULL),
        check("is_null", first),
        check("is_not_null", first),
        check("greater", of("page", "data", 0, "votes"), integer(3)),
        check("less", of("page", "data", 0, "price"), of("page", "pagination", "records")),
        check("is_not_null", of("page", "data", 0)),
        let("delete", of("page", "data", 0, "categoryId")),
        let("assert", of("page", "data", 0)),
        call("categories.read", "api", None, (variable("delete"),)),
        call("posts.read", None, None, (of("assert", "id"),)),
        check("not_equal", of("api", "label"), string("x")),
        call(
            "posts.update",
            "changed",
            parameters=(of("page", "data", 0, "id"),),
            headline=of("page", "data", 0, "headline"),
            votes=ex.Arithmetic(
                kind="arithmetic",
                left=of("page", "data", 0, "votes"),
                operator="multiply",
                right=ex.Arithmetic(
                    kind="arithmetic", left=integer(2), operator="subtract", right=integer(-1)
                ),
            ),
            sourceLink=of("post", "sourceLink"),
            eventDay=NOW,
        ),
        let("flag", ex.Not(kind="not", operand=compare(integer(1), "eq", integer(2)))),
        let(
            "mark",
            ex.Conditional(
                kind="conditional",
                condition=ex.All(
                    kind="all",
                    operands=(
                        compare(of("post", "price"), "ge", integer(1)),
                        ex.AnyOf(
                            kind="any",
                            operands=(
                                ex.IsNull(kind="is_null", operand=of("post", "categoryId")),
                                compare(of("post", "status"), "ne", word("draft")),
                            ),
                        ),
                        ex.Not(kind="not", operand=variable("flag")),
                    ),
                ),
                then=ex.RepeatedString(kind="repeated_string", length=81),
                otherwise=ex.Coalesce(
                    kind="coalesce", operand=of("post", "sourceLink"), fallback=string("none")
                ),
            ),
        ),
        refused(400, call("posts.create", **{**POST, "headline": variable("mark")})),
        refused(401, call("posts.create", None, None, **POST)),
        refused(
            409,
            call(
                "members.join",
                connection=None,
                email=of("member", "email"),
                password=of("member", "password"),
                nickname=text("😀😀😀😀😀😀😀😀", 20),
            ),
        ),
        refused(
            401,
            call(
                "members.login",
                None,
                None,
                email=made_up.RandomEmail(kind="random_email"),
                password=string("`wrong` ${password}"),
            ),
        ),
        call(
            "members.refresh", "again", None, refreshToken=of("member", "session", "refreshToken")
        ),
        check("equal", of("again", "member", "id"), of("member", "session", "member", "id")),
        repeat(
            3,
            repeat(
                2, call("comments.create", "comment", postId=of("post", "id"), text=text("", 1))
            ),
            call("posts.create", "last", **{**POST, "eventDay": TODAY}),
            check("equal", of("last", "votes"), integer(0)),
        ),
        wait(3, "days"),
        check_every("equal", of("page", "data"), "eventDay", NOW),
        check_every("not_equal", of("page", "data"), "categoryId", of("post", "id")),
        call("posts.publish", None, "connection", (of("last", "id"),)),
        refused(403, call("posts.publish", None, "member", (of("last", "id"),))),
    )
    return with_tests(forum_project(), test)


def test_every_kind_of_statement_type_checks(tmp_path: Path) -> None:
    project = every_kind()
    write_project(tmp_path, project)
    report = check_project(tmp_path)
    assert [d for d in report.diagnostics if d.file.startswith(("test/", "sdk/"))] == []


def test_names_do_not_shadow_imports_and_unused_answers_are_not_bound() -> None:
    printed = feature(every_kind())
    assert "const connection2 = await joinModerator(connection);" in printed
    assert "\n  await joinMember(connection);" in printed
    assert "const delete2 = present(page.data[0]).categoryId;" in printed
    assert "const post2 = await api.posts.create(member.connection, {" in printed
    assert "categoryId: post.categoryId" in printed
    assert "await api.posts.publish(connection2.connection, last.id);" in printed


def test_every_item_of_a_list_is_compared() -> None:
    printed = feature(every_kind())
    assert "\n  for (const post3 of nonEmpty(page.data)) {\n    assert.equal(" in printed
    assert "post3.eventDay,\n      now().slice(0, 10)," in printed


def test_a_variable_of_a_loop_is_readable_behind_it() -> None:
    printed = feature(every_kind())
    assert "for (let i = 0; i < 2; i += 1) {" in printed
    assert "\n    const last = await" in printed, "in the loop"
    assert "\n  const last = await" in printed, "behind it"


def test_lines_are_short_and_nothing_ends_the_comment() -> None:
    for file in e2e.render(every_kind()):
        assert max(len(line) for line in file.text.splitlines()) <= 100, file.path
        head = file.text.split("export async function test_")[0]
        assert head.count("*/") == head.count("/**"), file.path


@pytest.mark.parametrize("make", [todo_project, forum_project, every_kind])
def test_rendering_is_deterministic_and_paths_are_unique(make) -> None:
    files = e2e.render(make())
    assert files == e2e.render(make())
    assert len({file.path for file in files}) == len(files)


def test_tests_cite_what_they_test() -> None:
    files = {file.path: file.text for file in e2e.render(todo_project())}
    printed = files["test/features/todos/complete-once.ts"]
    assert " * @requirement R-1.1\n * @rule B-1.3\n" in printed
    assert (
        "await expectStatus(409, () => api.todos.complete(member.connection, todo.id));" in printed
    )
    assert (
        'import { test_complete_once } from "./features/todos/complete-once.js";'
        in files["test/run.ts"]
    )


def test_the_suite_runs_and_a_wrong_expectation_fails(tmp_path: Path) -> None:
    wrong = function(
        "wrong",
        "members.join",
        sign_in("member"),
        check("equal", of("member", "email"), string("nobody")),
    )
    allowed = function(
        "allowed", "members.join", sign_in("member"), refused(409, call("todos.list"))
    )
    empty = function(
        "empty",
        "todos.list",
        sign_in("member"),
        call("todos.list", "page"),
        check_every("equal", of("page", "data"), "title", string("Milk")),
    )
    later = function(
        "later",
        "todos.create",
        sign_in("member"),
        call("todos.create", "todo", title=text("Milk")),
        wait(2, "days"),
        check(
            "less", of("todo", "createdAt"), ex.Shifted(kind="shifted", amount=-47, unit="hours")
        ),
        call("todos.list", "page"),
        check_every("equal", of("page", "data"), "title", of("todo", "title")),
    )
    once = (call("todos.create", title=string("Milk")),)
    at_once = {"kind": "at_once", "calls": once, "times": 5, "refused": 409}
    raced = function(
        "raced",
        "todos.create",
        sign_in("member"),
        ts.AtOnce.model_validate({**at_once, "succeed": 1}),
    )
    lost = function(
        "lost",
        "todos.create",
        sign_in("member"),
        ts.AtOnce.model_validate({**at_once, "succeed": 2}),
    )
    project = todo_project()
    functions = (*project.tests.functions, wrong, allowed, empty, later, raced, lost)
    write_project(tmp_path, with_tests(project, *functions))
    report = verify_project(tmp_path)
    outcomes = {test.name: test for test in report.tests}
    assert report.failed_units == 0
    assert (report.passed, report.total) == (4, 8), report.log_tail
    assert outcomes["raced"].ok, outcomes["raced"].error
    assert "Expected 2 of 5 calls at once to succeed" in (outcomes["lost"].error or "")
    assert "Expected rows, but the list is empty" in (outcomes["empty"].error or "")
    assert outcomes["later"].ok, outcomes["later"].error
    assert "Expected 'nobody', got" in (outcomes["wrong"].error or "")
    assert "Expected status 409, but the call succeeded" in (outcomes["allowed"].error or "")
    assert outcomes["complete_once"].ok


def test_a_refused_call_that_has_written_fails_its_test(tmp_path: Path) -> None:
    project = todo_project()
    complete = next(f for f in project.program.functions if f.operation == "todos.complete")
    found, guard, written, answer = complete.statements
    late = complete.model_copy(update={"statements": (found, written, guard, answer)})
    functions = tuple(late if each is complete else each for each in project.program.functions)
    write_project(tmp_path, replace(project, program=Program(functions=functions)))
    outcomes = {test.name: test for test in verify_project(tmp_path).tests}
    assert outcomes["others_see_nothing"].ok
    error = outcomes["complete_once"].error or ""
    assert "The call was refused, but it has written." in error


def test_admins_join_by_invitation(tmp_path: Path) -> None:
    test = function(
        "invited",
        "moderators.join",
        sign_in("moderator", "moderator"),
        call("categories.create", "category", "moderator", label=text("Shelf", 30)),
        call("categories.read", "found", None, (of("category", "id"),)),
        check("equal", variable("found"), variable("category")),
        refused(
            403,
            call(
                "moderators.join",
                connection=None,
                email=made_up.RandomEmail(kind="random_email"),
                password=string("long enough"),
                inviteCode=string("guessed"),
            ),
        ),
    )
    write_project(tmp_path, with_tests(forum_project(), test))
    report = verify_project(tmp_path)
    assert report.green, (report.tests, report.log_tail)
