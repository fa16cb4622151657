from __future__ import annotations

from pipeline.ast.analysis import Sorting
from pipeline.ast.interface import NEWEST_FIRST
from pipeline.derive.interface import first_order
from pipeline.derive.reads.lists import list_query, query_schema
from pipeline.project import Project
from pipeline.stages.interface import derived_exposure


def test_methods_and_paths_follow_from_kind_and_table(todo: Project) -> None:
    found = {o.id: f"{o.http_method} {o.path} {o.success}" for o in todo.interface.operations}
    assert found["members.join"] == "POST /members/join 201"
    assert found["todoLists.list"] == "GET /todo-lists 200"
    assert found["todos.erase"] == "DELETE /todos/{todoId} 204"
    assert found["todos.complete"] == "POST /todos/{todoId}/complete 200"


def test_every_promised_error_has_its_reason(todo: Project) -> None:
    create = todo.interface.operation("todoLists.create")
    promised = {(e.status, e.rules) for e in create.errors}
    assert (409, ("B-2.3",)) in promised  # the name is taken
    assert (409, ("B-2.4",)) in promised  # twenty are enough
    assert create.statuses() == (400, 401, 409)
    assert todo.interface.operation("todos.read").statuses() == (400, 401, 404)


def test_the_owner_is_never_in_a_body_and_a_secret_never_in_an_answer(todo: Project) -> None:
    for schema in todo.interface.schemas:
        properties = {p.column for p in todo.interface.object(schema.name).properties}
        assert "password_hash" not in properties
        if schema.role in ("create", "update"):
            assert "member_id" not in properties


def test_an_update_requires_nothing(todo: Project) -> None:
    assert not any(p.required for p in todo.interface.object("TodoUpdate").properties)


def test_what_has_a_default_is_optional_on_create(todo: Project) -> None:
    required = {p.name for p in todo.interface.object("TodoCreate").properties if p.required}
    assert required == {"title"}


def test_every_schema_that_is_named_exists(todo: Project) -> None:
    for operation in todo.interface.operations:
        for name in (operation.request, operation.query_schema, operation.response):
            assert name is None or todo.interface.named(name).name == name


def test_a_list_begins_as_a_rule_says_or_with_the_newest(todo: Project) -> None:
    table = todo.database.table("todo")
    assert first_order(todo.analysis, table) == NEWEST_FIRST
    rule = Sorting(
        id="B-9.1",
        requirement="R-1.1",
        statement="Todos are listed by their due date.",
        kind="sorting",
        attribute="todo.due_on",
        order="rising",
    )
    analysis = todo.analysis.model_copy(update={"rules": (*todo.analysis.rules, rule)})
    first = first_order(analysis, table)
    assert (first.column, first.word) == ("due_on", "due_on_asc")
    query = list_query(todo.database, table, derived_exposure(table), first)
    assert query.sorts == ("due_on", "created_at")
    assert (
        query_schema(todo.database, table, query, "TodoQuery")
        .schema_.model_dump_json()
        .count("least due on first")
        == 1
    )
