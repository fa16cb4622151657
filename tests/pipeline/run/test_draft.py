"""The draft of the golden todo project while it grows."""

from __future__ import annotations

from pathlib import Path

import psutil
import pytest

from pipeline.ast.expression import IntegerLiteral
from pipeline.ast.program import Function, Insert, Program
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


def mistyped(function: Function) -> Function:
    """Give every new row of the function a number for its title."""
    number = IntegerLiteral(kind="integer", value=7)
    return function.model_copy(
        update={
            "statements": tuple(
                statement.model_copy(
                    update={
                        "values": tuple(
                            value.model_copy(update={"value": number})
                            if value.column == "title"
                            else value
                            for value in statement.values
                        )
                    }
                )
                if isinstance(statement, Insert)
                else statement
                for statement in function.statements
            )
        }
    )


def test_each_stage_is_type_checked_and_an_error_is_events_at_once(todo: Project) -> None:
    wrong = Program(functions=tuple(mistyped(f) for f in todo.program.functions))
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
