"""The draft of the golden todo project while it grows."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import psutil
import pytest

from pipeline.ast.expression import IntegerLiteral
from pipeline.ast.program import Insert, Program, Statement, Transaction
from pipeline.node import toolchain
from pipeline.project import Project
from pipeline.records.events import Event, Logged
from pipeline.run.draft import Draft


def follow(project: Project, program: Program) -> list[tuple[str, str]]:
    """Grow a draft stage by stage; return the levels and texts of its events."""
    events: list[Event] = []
    with Draft(events.append) as draft:
        draft.add("analysis", project.analysis)
        draft.add("database", project.database)
        assert events == [], "there is nothing to compile yet"
        draft.add("interface", project.interface)
        draft.add("test", project.tests)
        draft.add("program", program)
    assert [p for p in psutil.Process().children() if "tsc" in p.cmdline()[0]] == []
    return [(event.level, event.text) for event in events if isinstance(event, Logged)]


def mistyped(statements: Sequence[Statement]) -> tuple[Statement, ...]:
    """Give every new row of the statements a number for its title."""
    return tuple(map(_mistyped, statements))


def _mistyped(statement: Statement) -> Statement:
    number = IntegerLiteral(kind="integer", value=7)
    match statement:
        case Transaction(body=body):
            return statement.model_copy(update={"body": mistyped(body)})
        case Insert(values=values):
            wrong = tuple(
                v.model_copy(update={"value": number}) if v.column == "title" else v for v in values
            )
            return statement.model_copy(update={"values": wrong})
        case _:
            return statement


def test_each_stage_is_type_checked_and_an_error_is_events_at_once(todo: Project) -> None:
    wrong = Program(
        functions=tuple(
            f.model_copy(update={"statements": mistyped(f.statements)})
            for f in todo.program.functions
        )
    )
    *before, (level, text) = follow(todo, wrong)
    assert [found[0] for found in before] == ["info", "info"]
    assert all("files of the draft, no errors" in found[1] for found in before)
    assert level == "warning"
    assert "the first in src/modules/todos/todos.service.ts:" in text
    assert "Type 'number' is not assignable to type" in text


def test_without_a_compiler_a_run_goes_on_and_says_so(
    todo: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(toolchain, "TOOLCHAIN_DIR", tmp_path)
    ((level, text),) = follow(todo, todo.program)
    assert level == "warning"
    assert text.startswith("The draft is not type-checked: ")
    assert text.endswith("run `make setup`.")
