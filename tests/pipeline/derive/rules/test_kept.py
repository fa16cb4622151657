"""Rules that derivation keeps: each becomes the check or the condition that its members say."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pydantic import TypeAdapter

from pipeline.ast import program as pg
from pipeline.ast.analysis import Rule
from pipeline.ast.interface import Interface
from pipeline.ast.walk import walk
from pipeline.derive.context import Context
from pipeline.derive.program import EMPTY_SKETCH, derive_function
from pipeline.derive.rules.kept import open_rules
from pipeline.design import Design
from pipeline.project import Project
from pipeline.stages.skeleton import skeleton
from tests.pipeline.derive.reads.magazine import magazine

RULE: TypeAdapter[Rule] = TypeAdapter(Rule)
ID = "B-99.1"


def citing(project: Project, name: str, /, **said: Any) -> Design:
    """Return a design in which an operation cites a new rule, and no other."""
    rule = RULE.validate_python(
        {"id": ID, "requirement": "R-1.1", "statement": "As it is said.", **said}
    )
    analysis = project.analysis.model_copy(update={"rules": (*project.analysis.rules, rule)})
    operations = tuple(
        o.model_copy(update={"rules": (ID,)}) if o.id == name else o
        for o in project.interface.operations
    )
    interface: Interface = project.interface.model_copy(update={"operations": operations})
    return Design(analysis, project.database, interface)


def shown(design: Design, name: str) -> list[str]:
    return skeleton(design, design.interface.operation(name)).splitlines()


def unkept(design: Design, name: str) -> tuple[str, ...]:
    return open_rules(Context(design, design.interface.operation(name)))


@pytest.mark.parametrize(
    ("name", "said", "lines"),
    [
        (
            "todos.create",
            {"per": "owner", "maximum": 3, "attribute": "todo.status", "value": "open"},
            [
                "count2 = number of todo where member_id = caller.id and status = open",
                "require count2 < 3, else 409 (B-99.1)",
            ],
        ),
        (
            "todos.reopen",
            {"per": "owner", "maximum": 3, "attribute": "todo.status", "value": "open"},
            [
                "count2 = number of todo where member_id = caller.id and status = open "
                "and id != found.id",
                "require count2 < 3, else 409 (B-99.1)",
            ],
        ),
        (
            "todos.create",
            {"per": "owner", "maximum": 3, "period": "week"},
            [
                "count2 = number of todo where member_id = caller.id "
                "and created_at >= now - 7 days",
                "require count2 < 3, else 409 (B-99.1)",
            ],
        ),
        (
            "todos.create",
            {"per": "owner", "maximum": 3, "period": "calendar_month"},
            [
                "count2 = number of todo where member_id = caller.id "
                "and created_at >= the beginning of the month of now",
                "require count2 < 3, else 409 (B-99.1)",
            ],
        ),
    ],
)
def test_a_quota_counts_the_rows_that_it_speaks_of(
    name: str, said: dict[str, Any], lines: list[str], todo: Project
) -> None:
    quota = {"kind": "quota", "entity": "todo", "period": "at_once"} | said
    design = citing(todo, name, **quota)
    found = shown(design, name)
    assert [line for line in found if "count2" in line] == lines
    assert unkept(design, name) == ()


def test_a_quota_whose_rows_are_given_perhaps_is_left_to_the_form(todo: Project) -> None:
    quota = {"kind": "quota", "entity": "todo", "maximum": 3, "period": "at_once"}
    design = citing(todo, "todos.create", per="todo_list", **quota)
    assert unkept(design, "todos.create") == (ID,)


@pytest.mark.parametrize(
    ("relation", "values", "condition"),
    [
        ("is", ["open"], "found.status = open"),
        ("is_not", ["done"], "found.status != done"),
        ("is", ["open", "done"], "found.status = open or found.status = done"),
        ("is_not", ["open", "done"], "found.status != open and found.status != done"),
    ],
)
def test_a_state_is_or_is_not_one_of_some_words(
    relation: str, values: list[str], condition: str, todo: Project
) -> None:
    said = {"kind": "state", "entity": "todo", "attribute": "todo.status"}
    design = citing(todo, "todos.update", relation=relation, values=values, **said)
    assert f"require {condition}, else 409 (B-99.1)" in shown(design, "todos.update")


def test_rows_in_a_state_keep_the_one_that_they_hang_on(board: Project) -> None:
    said = {"kind": "restriction", "entity": "section", "dependent": "article"}
    design = citing(board, "sections.erase", attribute="article.status", value="published", **said)
    wanted = "no article where section_id = found.id and status = published, else 409 (B-99.1)"
    assert wanted in shown(design, "sections.erase")
    assert unkept(design, "sections.erase") == ()


def test_a_state_that_a_row_has_not_is_left_to_the_form(board: Project) -> None:
    said = {"kind": "restriction", "entity": "section", "dependent": "article"}
    design = citing(board, "sections.erase", attribute="article.title", value="long", **said)
    assert unkept(design, "sections.erase") == (ID,)


def test_a_state_of_a_related_row_is_asked_of_the_row_that_the_body_names(board: Project) -> None:
    said = {"kind": "state", "entity": "comment", "attribute": "article.status"}
    design = citing(board, "comments.create", values=["published"], **said)
    assert "require article.status = published, else 409 (B-99.1)" in shown(
        design, "comments.create"
    )


def test_a_word_that_is_no_value_leaves_the_rule_to_the_form(todo: Project) -> None:
    said = {"kind": "state", "entity": "todo", "attribute": "todo.status", "values": ["enough"]}
    design = citing(todo, "todos.update", **said)
    assert unkept(design, "todos.update") == (ID,)


@pytest.mark.parametrize(
    ("name", "person", "condition"),
    [
        ("comments.update", "article.author", "article.author_id = caller.id"),
        ("comments.create", "article.owner", "article.author_id = caller.id"),
    ],
)
def test_the_one_of_a_related_row_may_do_it(
    name: str, person: str, condition: str, board: Project
) -> None:
    said = {"kind": "identity", "entity": "comment", "relation": "is", "other": "caller"}
    design = citing(board, name, attribute=person, **said)
    assert f"require {condition}, else 403 (B-99.1)" in shown(design, name)


def test_whom_a_new_row_names_may_not_be_the_caller() -> None:
    said = {"kind": "identity", "entity": "follow", "relation": "is_not", "other": "caller"}
    design = citing(magazine(), "follows.create", attribute="follow.followed", **said)
    wanted = "require body.followedId != caller.id, else 403 (B-99.1)"
    assert wanted in shown(design, "follows.create")
    assert unkept(design, "follows.create") == ()
    own = citing(magazine(), "follows.create", attribute="follow.follower", **said)
    assert unkept(own, "follows.create") == (ID,)


def of_members(project: Project, name: str) -> Project:
    """Return the project with an operation that only members call."""
    operations = tuple(
        o.model_copy(update={"actors": ("member",), "guests": False, "scope": "any"})
        if o.id == name
        else o
        for o in project.interface.operations
    )
    interface = project.interface.model_copy(update={"operations": operations})
    return Project(project.analysis, project.database, interface, project.tests, project.program)


def test_who_is_named_by_a_related_row_is_shown_it(board: Project) -> None:
    said = {"kind": "visibility", "entity": "comment", "actor": "member"}
    project = of_members(board, "comments.list")
    design = citing(
        project, "comments.list", shows=["own", "related"], person="article.author", **said
    )
    assert (
        "page = comment where (author_id = caller.id or its article has author_id = caller.id) "
        "and <where>, by the query"
    ) in shown(design, "comments.list")
    assert unkept(design, "comments.list") == ()


def test_a_row_that_is_not_shown_is_missing_or_forbidden(board: Project) -> None:
    said = {"kind": "visibility", "entity": "article", "actor": "member", "shows": ["own"]}
    project = of_members(board, "articles.read")
    hidden = citing(project, "articles.read", **said)
    assert "author_id = caller.id" in shown(hidden, "articles.read")[0]
    refused = citing(project, "articles.read", others_see="forbidden", **said)
    found = [line for line in shown(refused, "articles.read") if "403" in line]
    assert found == [
        "needed1 = article where id = found.id and author_id = caller.id, else 403 (B-99.1)"
    ]


@pytest.mark.parametrize(
    ("bound", "side", "condition"),
    [
        ("at_most", "after", "body.endsAt <= now + community.rank hours"),
        ("at_least", "after", "body.endsAt >= now + community.rank hours"),
    ],
)
def test_a_window_as_long_as_a_row_says(
    bound: str, side: str, condition: str, golden: Callable[[str], Project]
) -> None:
    project = golden("community")
    said = {"kind": "window", "attribute": "ban.ends_at", "reference": "now", "unit": "hours"}
    number = next(
        c.name for c in project.database.table("community").columns if c.type.type == "integer"
    )
    design = citing(
        project, "bans.create", bound=bound, side=side, amount=f"community.{number}", **said
    )
    wanted = condition.replace("rank", number)
    assert any(wanted in line for line in shown(design, "bans.create"))


def test_a_check_of_the_sketch_takes_the_place_of_what_derivation_has(todo: Project) -> None:
    said = {"kind": "state", "entity": "todo", "attribute": "todo.status", "values": ["open"]}
    design = citing(todo, "todos.update", **said)
    operation = design.interface.operation("todos.update")
    guard = {
        "kind": "guard",
        "condition": {"kind": "is_null", "operand": {"kind": "body", "property": "notes"}},
        "message": "Its own.",
        "rules": [ID],
    }
    sketch = pg.ProgramSketch.model_validate({**EMPTY_SKETCH.model_dump(), "checks": [guard]})
    made = derive_function(design, operation, sketch)
    requires = [node for node in walk(made) if isinstance(node, pg.Require)]
    assert [each.message for each in requires] == ["Its own."]


def test_what_the_caller_is_comes_before_states_and_numbers(todo: Project) -> None:
    quota = {"kind": "quota", "entity": "todo", "per": "owner", "maximum": 3, "period": "day"}
    design = citing(todo, "todos.create", **quota)
    lines = shown(design, "todos.create")
    assert lines.index("<checks>") < next(i for i, line in enumerate(lines) if "count" in line)


@pytest.mark.parametrize(
    ("operation", "left"), [("articles.create", ()), ("articles.update", (ID,))]
)
def test_what_a_body_must_give_is_kept_by_it(
    board: Project, operation: str, left: tuple[str, ...]
) -> None:
    design = citing(board, operation, kind="required", attribute="article.title")
    assert open_rules(Context(design, design.interface.operation(operation))) == left


def test_a_limit_on_a_sum_is_left_to_the_form(todo: Project) -> None:
    said = {"kind": "quota", "entity": "todo", "per": "todo_list", "period": "at_once"}
    design = citing(todo, "todos.create", maximum=3, sum="todo.priority", **said)
    assert unkept(design, "todos.create") == (ID,)


@pytest.mark.parametrize("name", ["expenses.create", "expenses.update"])
def test_a_row_that_nobody_else_is_shown_is_found_as_the_callers(
    name: str, golden: Callable[[str], Project]
) -> None:
    project = golden("expenses")
    design = Design(project.analysis, project.database, project.interface)
    lines = shown(design, name)
    assert any("category where id = body.categoryId and member_id = caller.id" in x for x in lines)
    assert not any("B-4.7" in line for line in lines)
