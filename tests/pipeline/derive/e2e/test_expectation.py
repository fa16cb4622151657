from __future__ import annotations

import pytest

from pipeline.ast import expression as ex
from pipeline.derive.e2e.expectation import Predicate, expectation, expectation_of_rows, shortened
from pipeline.project import Project

NULL = ex.NullLiteral(kind="null")


def word(value: str) -> ex.EnumLiteral:
    return ex.EnumLiteral(kind="enum", value=value)


@pytest.mark.parametrize(
    ("operation", "path", "predicate", "value", "said"),
    [
        ("todos.update", "status", "equal", word("done"), "The todo's status should be done."),
        (
            "todos.list",
            "data.0.status",
            "not_equal",
            word("done"),
            "The first todo's status should not be done.",
        ),
        (
            "todos.list",
            "pagination.records",
            "equal",
            ex.IntegerLiteral(kind="integer", value=3),
            "The number of records should be 3.",
        ),
        (
            "todos.create",
            "title",
            "equal",
            ex.RepeatedString(kind="repeated_string", length=120),
            "The todo's title should be the text of 120 characters.",
        ),
        ("todos.create", "dueOn", "is_null", NULL, "The todo's due on should be empty."),
        (
            "todos.create",
            "listId",
            "equal",
            ex.RowOf(kind="row_of", caller="other_member"),
            "The todo's list should be that of the other member.",
        ),
        (
            "members.login",
            "member.id",
            "equal",
            ex.RowOf(kind="row_of", caller="member"),
            "The member should be that of the member.",
        ),
        ("members.login", "expiresAt", "is_not_null", NULL, "The expires at should be given."),
    ],
)
def test_it_reads_like_a_sentence(
    todo: Project, operation: str, path: str, predicate: Predicate, value: ex.Expression, said: str
) -> None:
    assert expectation(todo.interface.operation(operation), path, predicate, value) == said


def test_a_message_is_no_longer_than_its_form_allows() -> None:
    assert shortened("x" * 160) == "x" * 160
    assert shortened("x" * 161) == "x" * 159 + "…"


@pytest.mark.parametrize(("flag", "said"), [(True, "be pinned"), (False, "not be pinned")])
def test_a_flag_is_no_attribute(todo: Project, flag: bool, said: str) -> None:
    value = ex.BooleanLiteral(kind="boolean", value=flag)
    listed = todo.interface.operation("todos.list")
    assert (
        expectation_of_rows(listed, "isPinned", "every_equal", value)
        == f"Every todo should {said}."
    )
