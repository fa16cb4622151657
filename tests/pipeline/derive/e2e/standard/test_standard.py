"""Standard tests: made where they are certain to hold, and nowhere else."""

from __future__ import annotations

from collections.abc import Callable

from pipeline import names
from pipeline.ast import expression as ex
from pipeline.ast import test as ts
from pipeline.ast.analysis import State
from pipeline.ast.walk import walk
from pipeline.derive.e2e.standard import standard_tests
from pipeline.derive.e2e.standard.subject import Subject
from pipeline.design import Design
from pipeline.project import Project


def designed(project: Project) -> Design:
    return Design(project.analysis, project.database, project.interface)


def made(design: Design, table: str) -> dict[str, ts.TestFunction]:
    found = standard_tests(design, design.database.table(table), names.phrases())
    return {function.name: function for function in found}


def refusals(function: ts.TestFunction) -> list[tuple[str, int]]:
    found = [node for node in walk(function) if isinstance(node, ts.ExpectError)]
    return [(each.call.operation, each.status) for each in found]


def test_a_resource_without_hindrances_has_them_all(todo: Project) -> None:
    assert list(made(designed(todo), "todo_list")) == [
        "todo_lists_need_the_right_account",
        "todo_list_of_somebody_else_is_left_alone",
        "todo_list_values_keep_their_bounds",
        "todo_lists_share_no_key",
        "unknown_todo_list_is_not_found",
        "todo_list_is_kept_as_it_was_written",
        "todo_list_is_changed_where_given",
        "todo_list_is_deleted_alone",
        "todo_lists_are_shown_in_pages",
        "todo_lists_are_sorted",
    ]


def test_they_cite_what_they_would_notice(todo: Project) -> None:
    found = made(designed(todo), "todo_list")
    assert found["todo_lists_share_no_key"].rules == ("B-2.3",)
    assert "B-2.1" in found["todo_list_of_somebody_else_is_left_alone"].rules
    assert found["todo_list_values_keep_their_bounds"].rules == ("B-2.2",)
    assert all(function.requirements for function in found.values())


def test_everybody_else_is_kept_out(board: Project) -> None:
    function = made(designed(board), "section")["sections_need_the_right_account"]
    assert refusals(function) == [
        (f"sections.{method}", status)
        for method in ("create", "update", "erase")
        for status in (401, 403)
    ]


def test_bounds_are_tried_on_both_sides(todo: Project) -> None:
    function = made(designed(todo), "todo_list")["todo_list_values_keep_their_bounds"]
    sizes = [
        (type(statement).__name__, value.value.length)
        for statement in function.statements
        for call in walk(statement)
        if isinstance(call, ts.Call)
        for value in call.values
        if value.value.kind == "repeated_string"
    ]
    assert sizes == [
        ("ExpectError", 0),
        ("ExpectError", 61),
        ("ExpectError", 0),
        ("ExpectError", 61),
        ("Call", 1),
        ("Call", 60),
    ]


def test_a_body_that_the_types_forbid_is_sent_untyped(todo: Project) -> None:
    function = made(designed(todo), "todo")["todo_values_keep_their_bounds"]
    untyped = [node for node in walk(function) if isinstance(node, ts.Call) and node.untyped]
    assert any(not call.values for call in untyped), "without its title"
    assert {value.property for call in untyped for value in call.values} >= {"priority", "dueOn"}


def test_a_rule_that_may_refuse_a_row_leaves_its_tests_to_the_model(todo: Project) -> None:
    design = designed(todo)
    subject = Subject(design, design.database.table("todo_list"))
    create = subject.first("create")
    assert create is not None
    assert subject.is_plain(create)
    rule = State(
        id="B-9.1",
        requirement="R-2.2",
        statement="Lists are made in an active account.",
        kind="state",
        entity="todo_list",
        attribute="member.state",
        values=("active",),
    )
    rules = (*todo.analysis.rules, rule)
    hindered = Design(
        todo.analysis.model_copy(update={"rules": rules}), todo.database, todo.interface
    )
    assert not Subject(hindered, subject.table).is_plain(create)
    assert set(made(hindered, "todo_list")) == {
        "todo_lists_need_the_right_account",
        "todo_list_values_keep_their_bounds",
        "unknown_todo_list_is_not_found",
    }


def test_rows_that_are_not_there_are_asked_for_everywhere(board: Project) -> None:
    found = made(designed(board), "article")
    methods = ("read", "update", "erase", "hide", "restore")
    assert refusals(found["unknown_article_is_not_found"]) == [
        (f"articles.{method}", 404) for method in methods
    ]
    needed = found["article_needs_what_it_belongs_to"]
    assert refusals(needed) == [("articles.create", 404)] * 2, "of nobody's, and one by one"


def test_a_renewed_token_ends_with_its_session(todo: Project) -> None:
    function = made(designed(todo), "member")["member_session_is_renewed_and_ended"]
    tokens = [
        value.value
        for call in walk(function)
        if isinstance(call, ts.Call) and call.operation == "members.refresh"
        for value in call.values
    ]
    renewed = next(
        each.variable
        for each in function.statements
        if isinstance(each, ts.Call) and each.operation == "members.refresh"
    )
    token = ex.Property(kind="property", variable=renewed or "", path=("refreshToken",))
    refused = [
        value.value
        for each in function.statements
        if isinstance(each, ts.ExpectError) and each.call.operation == "members.refresh"
        for value in each.call.values
    ]
    assert token in refused, "what has just been renewed is worth nothing after signing out"
    assert len(set(map(repr, tokens))) < len(tokens), (
        "one is used twice, and refused the second time"
    )


def test_a_rule_about_other_accounts_hinders_nobody_else(golden: Callable[[str], Project]) -> None:
    design = designed(golden("workforce"))
    subject = Subject(design, design.database.table("organisation"))
    read = subject.first("read")
    assert read is not None
    assert not subject.is_plain(read), "employees see only those of their own"
    assert subject.is_plain(read, "employer")
    assert not subject.is_plain(read, "employee")
    assert "organisation_is_changed_where_given" in made(design, "organisation")


def test_an_account_is_changed_property_by_property(golden: Callable[[str], Project]) -> None:
    function = made(designed(golden("workforce")), "employee")["employee_is_changed_where_given"]
    changed = [
        value.property
        for call in walk(function)
        if isinstance(call, ts.Call) and call.operation == "employees.update"
        for value in call.values
    ]
    assert changed == ["name", "phone"]


def test_a_key_is_another_one_elsewhere(golden: Callable[[str], Project]) -> None:
    function = made(designed(golden("workforce")), "department")["departments_share_no_key"]
    first, *_, elsewhere = [
        {value.property: value.value for value in each.values}
        for each in function.statements
        if isinstance(each, ts.Call) and each.operation == "departments.create"
    ]
    assert elsewhere["name"] == first["name"]
    assert elsewhere["organisationId"] != first["organisationId"]


def test_a_row_is_moved_to_another_one(golden: Callable[[str], Project]) -> None:
    function = made(designed(golden("shop")), "category")["category_is_changed_where_given"]
    changed = [
        value.property
        for call in walk(function)
        if isinstance(call, ts.Call) and call.operation == "categories.update"
        for value in call.values
    ]
    assert changed[-1] == "parentId"


def test_names_that_are_taken_give_way(todo: Project) -> None:
    design, allocator = designed(todo), names.phrases()
    allocator.take("todos_are_sorted")
    found = standard_tests(design, design.database.table("todo"), allocator)
    assert "todos_are_sorted_2" in {function.name for function in found}
