from __future__ import annotations

import pytest

from pipeline.ast.analysis import Analysis, Uniqueness
from pipeline.ast.database import Table
from pipeline.derive.keys import column_of, with_indexes, with_keys
from pipeline.project import Project
from pipeline.settle.notes import Notes
from tests.pipeline.render.samples import todo_project


@pytest.fixture
def project() -> Project:
    return todo_project()


def keyed(project: Project, *attributes: str, scope: str = "owner") -> tuple[Table, Notes]:
    rule = Uniqueness.model_validate(
        {
            "id": "B-1.1",
            "requirement": "R-1.1",
            "statement": "No two alike.",
            "kind": "uniqueness",
            "attributes": attributes,
            "scope": scope,
        }
    )
    notes = Notes()
    analysis: Analysis = project.analysis.model_copy(update={"rules": (rule,)})
    table = project.database.table("todo").model_copy(update={"uniques": ()})
    return with_keys(table, analysis, notes), notes


def test_unique_within_an_owner_begins_with_the_owners_column(project: Project) -> None:
    table, notes = keyed(project, "todo.title")
    assert [(u.columns, u.rules) for u in table.uniques] == [(("member_id", "title"), ("B-1.1",))]
    assert notes.all() == ()


def test_unique_everywhere_is_about_the_attributes_alone(project: Project) -> None:
    table, _ = keyed(project, "todo.member", "todo.due_on", scope="global")
    assert [u.columns for u in table.uniques] == [("member_id", "due_on")]


def test_a_rule_about_no_column_is_noted_and_gives_no_key(project: Project) -> None:
    table, notes = keyed(project, "todo.colour")
    assert table.uniques == ()
    assert [n.suggestion for n in notes.all()] == ["B-1.1 gives no key"]


@pytest.mark.parametrize(
    ("attribute", "column"),
    [
        ("title", "title"),
        ("member", "member_id"),
        ("member_id", "member_id"),
        ("due", "due_on"),
        ("colour", None),
    ],
)
def test_an_attribute_is_found_by_its_name_or_its_words(
    project: Project, attribute: str, column: str | None
) -> None:
    assert column_of(project.database.table("todo"), attribute) == column


def test_foreign_keys_filters_and_sorts_are_indexed(project: Project) -> None:
    database = with_indexes(project.database, project.interface)
    indexes = {index.columns for index in database.table("todo").indexes}
    assert ("member_id", "due_on") in indexes
    assert ("member_id", "done", "created_at") in indexes
    assert ("member_id",) not in indexes, "a longer one begins with it"
    assert not any("notes" in columns for columns in indexes)
