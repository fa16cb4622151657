"""Skeletons say what derivation writes, and mark what a form can add."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from engines.schema import EMPTY_ARRAY
from pipeline.design import Design
from pipeline.project import Project
from pipeline.run.golden import golden_names
from pipeline.stages.program import is_asked
from pipeline.stages.program_form import sketch_schema
from pipeline.stages.skeleton import skeleton

GOLDEN = golden_names()
MOST_LINES = 18


def design_of(project: Project) -> Design:
    return Design(project.analysis, project.database, project.interface)


def shown(project: Project, name: str) -> list[str]:
    return skeleton(design_of(project), project.interface.operation(name)).splitlines()


def test_a_list_shows_the_callers_rows(todo: Project) -> None:
    assert shown(todo, "todos.list") == [
        "<checks>",
        "page = todo where member_id = caller.id and <where>, by the query",
        "answer page",
    ]


def test_a_create_shows_the_source_of_each_column(todo: Project) -> None:
    assert shown(todo, "todos.create") == [
        "if body.todoListId is given: givenTodoList = todo_list where id = body.todoListId "
        "and member_id = caller.id, else 404",
        "<checks>",
        "created = new todo: member_id = caller.id, todo_list_id = body.todoListId or null, "
        "title = body.title, notes = body.notes or null, due_on = body.dueOn or null, "
        "priority = body.priority or normal, status = open, <sets>",
        "<effects>",
        "answer created",
    ]


def test_a_rule_that_derivation_keeps_is_shown_behind_the_gap(todo: Project) -> None:
    lines = shown(todo, "todoLists.create")
    assert lines[:3] == [
        "<checks>",
        "count2 = number of todo_list where member_id = caller.id",
        "require count2 < 20, else 409 (B-2.4)",
    ]


def test_an_update_shows_uniqueness_with_its_rule(todo: Project) -> None:
    assert shown(todo, "todoLists.update") == [
        "found = todo_list where id = path.todoListId and member_id = caller.id and <where>, "
        "else 404",
        "<checks>",
        "if body.name is given: no todo_list where member_id = found.member_id "
        "and name = body.name and id != found.id, else 409 (B-2.3)",
        "changed = found with what the body gives of name",
        "<effects>",
        "answer changed",
    ]


def test_an_erasure_shows_what_becomes_of_the_rows_that_point_there(todo: Project) -> None:
    assert "erase found; todo.todo_list_id = null" in shown(todo, "todoLists.erase")


def test_gaps_in_full_list_the_rows_that_the_form_may_name(todo: Project) -> None:
    design, operation = design_of(todo), todo.interface.operation("todoLists.create")
    lines = skeleton(design, operation, sketch_schema(design, operation)).splitlines()
    assert "<checks> may name caller (member)" in lines
    assert "<effects> may name caller (member), created (todo list)" in lines


@pytest.mark.parametrize("name", GOLDEN)
def test_every_operation_has_a_short_skeleton_with_the_gaps_of_its_form(
    name: str, golden: Callable[[str], Project]
) -> None:
    project = golden(name)
    design = design_of(project)
    for operation in filter(is_asked, project.interface.operations):
        schema = sketch_schema(design, operation)
        text = skeleton(design, operation)
        assert len(text.splitlines()) <= MOST_LINES, operation.id
        for gap, node in schema.members.items():
            assert text.count(f"<{gap}>") == (node != EMPTY_ARRAY), f"{operation.id} {gap}"
