"""Only what needs more than derivation is asked, and the count of forms follows from that."""

from __future__ import annotations

from typing import Any

from engines.scripted import ScriptedEngine
from pipeline.asking.harness import Harness
from pipeline.derive.program import derive_function
from pipeline.design import Design
from pipeline.project import Project
from pipeline.records.events import CallStarted, Event, Lost
from pipeline.records.options import RunOptions
from pipeline.run.golden import load_answers
from pipeline.run.requests import load_request
from pipeline.stages import program

REQUEST = load_request("todo").text
TABLES = ("member", "todo_list", "todo")


def design_of(project: Project) -> Design:
    return Design(project.analysis, project.database, project.interface)


def run(project: Project, **changed: Any) -> tuple[list[Event], dict[str, Any]]:
    """Run the stage with the golden answers, some changed; return events and functions by name."""
    events: list[Event] = []
    answers = {**load_answers("todo"), **changed}
    options = RunOptions(feedback=0, max_tokens_per_call=1 << 20)
    harness = Harness(
        ScriptedEngine(answers), options, lambda _: None, events.append, lambda: False
    )
    functions = program.run(harness, REQUEST, design_of(project)).functions
    return events, {function.operation: function for function in functions}


def asked(events: list[Event]) -> list[tuple[str, int | None]]:
    return [(e.form, e.calls_expected) for e in events if isinstance(e, CallStarted)]


def test_a_form_a_table_says_what_needs_a_sketch(todo: Project) -> None:
    events, functions = run(todo)
    needs: list[tuple[str, int | None]] = [(f"program/needs/{table}", None) for table in TABLES]
    sketches = [("program/todos.complete", 5), ("program/todos.reopen", 5)]
    assert asked(events) == needs + sketches
    assert list(functions) == [operation.id for operation in todo.interface.operations]
    assert tuple(functions.values()) == todo.program.functions


def test_what_needs_nothing_is_what_derivation_writes(todo: Project) -> None:
    nothing = {f"program/needs/{table}": {"operations": []} for table in TABLES}
    events, functions = run(todo, **nothing)
    assert len(asked(events)) == 3
    for operation in todo.interface.operations:
        assert functions[operation.id] == derive_function(design_of(todo), operation)


def test_an_operation_named_twice_is_asked_once(todo: Project) -> None:
    twice = {"operations": ["todos.complete", "todos.complete"]}
    events, _ = run(todo, **{"program/needs/todo": twice})
    assert [form for form, _ in asked(events)].count("program/todos.complete") == 1


def test_without_an_answer_what_cites_a_rule_beyond_derivation_is_asked(todo: Project) -> None:
    lost = {f"program/needs/{table}": "{}" for table in TABLES}
    events: list[Event] = []
    options = RunOptions(feedback=0, level="free", max_tokens_per_call=1 << 20)
    answers = {**load_answers("todo"), **lost}
    harness = Harness(
        ScriptedEngine(answers), options, lambda _: None, events.append, lambda: False
    )
    made = program.run(harness, REQUEST, design_of(todo))
    assert [e.form for e in events if isinstance(e, Lost)] == list(lost)
    assert made == todo.program


def test_nothing_but_the_operations_of_the_table_can_be_named(todo: Project) -> None:
    operations = [o for o in todo.interface.operations if o.table == "todo_list"]
    schema = program.needs_schema(operations)
    assert all(operation.id in schema.root.text for operation in operations)
    assert "todos.complete" not in schema.root.text
