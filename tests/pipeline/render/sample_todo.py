"""A todo list: one member, who owns todos."""

from __future__ import annotations

from pipeline.ast import expression as ex
from pipeline.ast import program as pg
from pipeline.ast import random_value as made_up
from pipeline.ast import test as ts
from pipeline.ast.analysis import (
    Ownership,
    Quota,
    Transition,
    Uniqueness,
)
from pipeline.ast.database import (
    BooleanType,
    Database,
    DatetimeType,
    DateType,
    Index,
    IntegerType,
    TextType,
    UniqueKey,
)
from pipeline.ast.interface import (
    Interface,
)
from pipeline.names import camel
from pipeline.project import Project
from tests.pipeline.render.sample_database import (
    HOSTILE,
    make_analysis,
    make_column,
    make_relation,
    make_table,
)
from tests.pipeline.render.sample_interface import (
    account_operations,
    account_schemas,
    crud_operations,
    crud_schemas,
    make_operation,
)
from tests.pipeline.render.sample_program import (
    account_functions,
    actor_id,
    body,
    compare,
    falsehood,
    find,
    insert,
    integer,
    list_function,
    make_program,
    not_equal,
    require,
    require_none,
    return_row,
    row_field,
    truth,
    update,
    where_all,
)


def todo_project() -> Project:
    """Make a todo list: one member, who owns todos."""
    member = make_table(
        "member",
        "members",
        "actor",
        "A person with an account.",
        columns=(make_column("display_name", TextType(type="text", min_length=1, max_length=40)),),
    )
    todo = make_table(
        "todo",
        "todos",
        "primary",
        "Something to be done.",
        columns=(
            make_column("title", TextType(type="text", min_length=1, max_length=100)),
            make_column(
                "note", TextType(type="text", min_length=0, max_length=2000), nullable=True
            ),
            make_column("priority", IntegerType(type="integer", minimum=1, maximum=5, default=3)),
            make_column("done", BooleanType(type="boolean", default=False)),
            make_column("due_on", DateType(type="date"), nullable=True),
            make_column("completed_at", DatetimeType(type="datetime"), nullable=True),
        ),
        relations=(make_relation("member", "member", "cascade", owner=True),),
        uniques=(UniqueKey(columns=("member_id", "title"), rules=("B-1.1",)),),
        indexes=(Index(columns=("member_id", "due_on")),),
    )
    own = where_all(
        ("id", ex.Parameter(kind="parameter", name="todoId")), ("member_id", actor_id())
    )
    operations = (
        *account_operations(member),
        *crud_operations(todo, ("member",), "own", sorts=("created_at", "title", "due_on")),
        make_operation(
            todo, "complete", "action", ("member",), "own", errors=(401, 404, 409), rules=("B-1.3",)
        ),
    )
    writable = ("title", "note", "priority", "due_on")
    schemas = (
        *account_schemas(member, ("display_name",)),
        *crud_schemas(todo, writable, (*writable, "done")),
    )
    taken = where_all(("member_id", actor_id()), ("title", body("title")))
    other = ex.WhereAll(
        kind="all", conditions=(*taken.conditions, not_equal("id", row_field("todo", "id")))
    )
    programs = {
        **account_functions(member, ("display_name",)),
        "todos.list": list_function(todo, where_all(("member_id", actor_id()))),
        "todos.read": (find(todo, own), return_row(todo)),
        "todos.create": (
            pg.Count(
                kind="count",
                variable="held",
                table="todo",
                where=where_all(("member_id", actor_id())),
            ),
            require(
                compare(ex.Variable(kind="variable", name="held"), "lt", integer(50)),
                409,
                "Nobody keeps more than 50 todos.",
                ("B-1.2",),
            ),
            require_none("todo", taken, (), ("B-1.1",)),
            insert(todo, (("member_id", actor_id()), *((n, body(camel(n))) for n in writable))),
            return_row(todo),
        ),
        "todos.update": (
            find(todo, own),
            require_none("todo", other, ("title",), ("B-1.1",)),
            update(todo, (), tuple((n, body(camel(n))) for n in (*writable, "done"))),
            return_row(todo, "changed"),
        ),
        "todos.erase": (
            find(todo, own),
            pg.Remove(kind="remove", row="todo", table="todo"),
            pg.ReturnNothing(kind="return_nothing"),
        ),
        "todos.complete": (
            find(todo, own),
            require(
                compare(row_field("todo", "done"), "eq", falsehood()),
                409,
                "The todo is completed already.",
                ("B-1.3",),
            ),
            update(todo, (("done", truth()), ("completed_at", ex.Now(kind="now"))), ()),
            return_row(todo, "changed"),
        ),
    }
    return Project(
        analysis=make_analysis(
            "Todo list",
            "Members keep a list of their own todos.",
            (("member", "member"),),
            (member, todo),
            (
                Uniqueness(
                    id="B-1.1",
                    requirement="R-1.1",
                    statement="A member has no two todos of one title.",
                    kind="uniqueness",
                    attributes=("todo.title",),
                    scope="owner",
                ),
                Quota(
                    id="B-1.2",
                    requirement="R-1.1",
                    statement="A member keeps at most 50 todos.",
                    kind="quota",
                    entity="todo",
                    per="owner",
                    maximum=50,
                    period="at_once",
                ),
                Transition(
                    id="B-1.3",
                    requirement="R-1.1",
                    statement="A todo is completed once.",
                    kind="transition",
                    attribute="todo.done",
                    source="open",
                    target="done",
                    actor="member",
                ),
                Ownership(
                    id="B-1.4",
                    requirement="R-1.1",
                    statement="A member reaches own todos only.",
                    kind="ownership",
                    entity="todo",
                    others_see="not_found",
                ),
            ),
        ),
        database=Database(tables=(member, todo)),
        interface=Interface(operations=operations, schemas=schemas),
        tests=ts.TestSuite(functions=_todo_tests()),
        program=make_program(operations, programs),
    )


def _todo_tests() -> tuple[ts.TestFunction, ...]:
    title = made_up.RandomText(kind="random_text", label="Buy milk", max_length=100)
    create = ts.Call(
        kind="call",
        variable="todo",
        connection="member",
        operation="todos.create",
        parameters=(),
        values=(ts.BodyValue(property="title", value=title),),
    )
    todo_id = ex.Property(kind="property", variable="todo", path=("id",))
    read = ts.Call(
        kind="call",
        variable=None,
        connection="otherMember",
        operation="todos.read",
        parameters=(todo_id,),
        values=(),
    )
    complete = ts.Call(
        kind="call",
        variable="completed",
        connection="member",
        operation="todos.complete",
        parameters=(todo_id,),
        values=(),
    )
    sign_in = ts.SignIn(kind="sign_in", variable="member", actor="member")
    other = ts.SignIn(kind="sign_in", variable="otherMember", actor="member")
    return (
        ts.TestFunction(
            name="others_see_nothing",
            operation="todos.read",
            purpose="A member never reads a todo of somebody else.",
            requirements=("R-1.1",),
            rules=("B-1.4",),
            statements=(
                sign_in,
                other,
                create,
                ts.ExpectError(kind="expect_error", status=404, call=read),
            ),
        ),
        ts.TestFunction(
            name="complete_once",
            operation="todos.complete",
            purpose=HOSTILE,
            requirements=("R-1.1",),
            rules=("B-1.3",),
            statements=(
                sign_in,
                create,
                complete,
                ts.Assert(
                    kind="assert",
                    predicate="equal",
                    actual=ex.Property(kind="property", variable="completed", path=("done",)),
                    expected=truth(),
                    message="The todo must be done.",
                ),
                ts.Assert(
                    kind="assert",
                    predicate="is_not_null",
                    actual=ex.Property(
                        kind="property", variable="completed", path=("completedAt",)
                    ),
                    expected=None,
                    message="A completed todo knows when.",
                ),
                ts.ExpectError(kind="expect_error", status=409, call=complete),
            ),
        ),
    )
