"""Refusals in words: each status with its cause, and none that no program makes."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pipeline.ast.walk import walk
from pipeline.derive.accounts.operations import NOT_INVITED
from pipeline.derive.refusal import OTHER_ACCOUNT
from pipeline.project import Project
from pipeline.run.golden import golden_names
from pipeline.stages import refusals

GOLDEN = golden_names()
BY_GUARDS = (400, 401)
"""Statuses that no statement of a program answers: bodies and tokens are checked before it."""
BEFORE = (OTHER_ACCOUNT, NOT_INVITED)
"""Why an account is refused before the program begins; rules on permission say so, too."""


@pytest.mark.parametrize(
    ("name", "words"),
    [
        (
            "todos.list",
            "400 malformed or out of bounds, 401 not signed in (derived); "
            "rows of others are left out",
        ),
        (
            "todos.create",
            "401 not signed in (derived); 400 malformed or out of bounds (B-3.2, B-3.3); "
            "404 no such todo list, or it is somebody else's (B-3.5)",
        ),
        (
            "todoLists.update",
            "401 not signed in (derived); 400 malformed or out of bounds (B-2.2); "
            "404 no such todo list, or it is somebody else's (B-2.1); "
            "409 there is such a todo list already (B-2.3)",
        ),
        (
            "todos.complete",
            "400 malformed key, 401 not signed in (derived); "
            "404 no such todo, or it is somebody else's (B-3.1); 409 only an open todo is "
            "completed; completing one that is done is refused (B-4.2)",
        ),
    ],
)
def test_each_status_has_its_cause_and_its_rule(name: str, words: str, todo: Project) -> None:
    assert refusals.refusals(todo.interface.operation(name)) == words


def test_what_all_operations_refuse_is_said_once_by_whichever_rule(todo: Project) -> None:
    words = refusals.refusals(todo.interface.operation("todoLists.create"), general=False)
    assert words == (
        "409 there is such a todo list already (B-2.3); "
        "409 a member has at most 20 todo lists (B-2.4)"
    )


def test_a_rule_that_forbids_an_account_is_the_cause_of_its_403(board: Project) -> None:
    words = refusals.refusals(board.interface.operation("articles.create"))
    assert "403 another kind of account (B-3.5)" in words
    assert words.count("403") == 1


def test_an_invited_account_says_why_joining_is_refused(board: Project) -> None:
    words = refusals.refusals(board.interface.operation("moderators.join"))
    assert "403 the invite code is wrong: an admin joins only with the code of the" in words


def test_a_table_says_what_is_refused_of_it_alone(board: Project) -> None:
    def of(table: str) -> str:
        return refusals.of_table(board.analysis, board.database, board.database.table(table))

    assert of("member") == ""
    assert "409 erased while there are articles of it (derived)" in of("section")
    assert "403 somebody else's (B-3.4)" in of("article")


def test_kinds_of_operations_say_what_follows_for_them() -> None:
    words = refusals.by_kind()
    assert "403 permission, identity" in words
    assert "with scope own, rows of others are left out" in words


@pytest.mark.parametrize("name", GOLDEN)
def test_every_promise_has_a_cause_in_the_program_and_every_refusal_a_promise(
    name: str, golden: Callable[[str], Project]
) -> None:
    project = golden(name)
    kinds = {rule.id: rule.kind for rule in project.analysis.rules}
    for function in project.program.functions:
        operation = project.interface.operation(function.operation)
        made = {
            status
            for node in walk(function)
            for status in (getattr(node, "missing", None), getattr(node, "status", None))
            if status is not None
        }
        promised = {
            error.status
            for error in operation.errors
            if error.status not in BY_GUARDS and error.when not in BEFORE
            if not error.rules or any(kinds[rule] != "permission" for rule in error.rules)
        }
        assert made - {401} <= set(operation.statuses()), operation.id
        assert promised <= made, operation.id
