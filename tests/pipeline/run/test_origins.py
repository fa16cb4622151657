"""Type errors find their form, and the form alone is asked again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from engines.protocol import Sampler
from engines.scripted import ScriptedEngine
from pipeline.node.compile import CompilerDiagnostic, check_project
from pipeline.project import File, Project
from pipeline.records.calls import CallRecord
from pipeline.records.events import Event
from pipeline.records.journal import create_run
from pipeline.records.spec import Machine, RunSpec, Versions
from pipeline.render.project import render
from pipeline.run import draft, run
from pipeline.run.golden import load_answers
from pipeline.run.origins import blame
from pipeline.run.requests import load_request

FAULTY = "4711"
"""A number that no golden form has."""
FORM = "program/todoLists.create"


def faulty(project: Project) -> tuple[File, ...]:
    """Render with a fault: where a program speaks of this number, its code does not type-check."""
    return tuple(
        File(each.path, each.text.replace(f" < {FAULTY}", " < 'many'")) for each in render(project)
    )


def build_todo(
    folder: Path, answers: dict[str, Any], feedback: int, monkeypatch: pytest.MonkeyPatch
) -> tuple[list[CallRecord], list[Event]]:
    """Run `todo` with a script through the faulty renderer; return its calls and events."""
    monkeypatch.setattr(draft, "render", faulty)
    monkeypatch.setattr(run, "render", faulty)
    needs = {"program/needs/todo_list": {"operations": ["todoLists.create"]}}
    engine = ScriptedEngine({**load_answers("todo"), **needs, **answers})
    request = load_request("todo")
    spec = RunSpec(
        run="01KAJ4Y5T3G2N8Q7W6E5R4D3CX",
        model=engine.info,
        request="todo",
        title=request.title,
        text=request.text,
        brief="todo",
        seed=1,
        sampler=Sampler(),
        context_tokens=engine.context_tokens,
        feedback=feedback,
        max_tokens_per_call=8192,
        versions=Versions(app="0", rubric="", prompts_sha256="", forms_sha256=""),
        machine=Machine(chip="", cores=1, memory_bytes=1, os=""),
    )
    events: list[Event] = []
    with create_run(spec, folder) as made:
        run.build(spec, engine, made, events.append, lambda: False)
        return list(made.calls()), events


def sketches() -> tuple[dict[str, Any], dict[str, Any]]:
    """Return a sketch of a program and one that trips the fault."""
    sound: dict[str, Any] = {"where": [], "checks": [], "sets": [], "effects": []}
    quota = {
        "kind": "quota",
        "table": "todo_list",
        "where": [],
        "maximum": int(FAULTY),
        "message": "Too many.",
        "rules": ["B-2.4"],
    }
    return sound, {**sound, "checks": [quota]}


def test_a_form_whose_code_does_not_type_check_is_asked_again_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sound, tripping = sketches()
    calls, events = build_todo(tmp_path / "run", {FORM: [tripping, sound]}, 1, monkeypatch)
    asked = [call for call in calls if call.form == FORM]
    assert [(call.round, call.valid) for call in asked] == [(0, False), (1, True)]
    assert "todo-lists.service.ts, line" in asked[0].diagnostics[0].why
    assert "The compiler says" in asked[1].prompt[-1].content
    assert [call.form for call in calls if call.round > 0] == [FORM]
    texts = [event.text for event in events if event.type == "text" and not event.forced]
    assert len(texts) == len(calls)  # every other answer was recalled
    assert [event.type for event in events].count("lost") == 0
    assert check_project(tmp_path / "run" / "artifacts").diagnostics == ()


def test_a_form_that_never_type_checks_is_lost_and_the_rest_compiles(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, tripping = sketches()
    calls, events = build_todo(tmp_path / "run", {FORM: tripping}, 1, monkeypatch)
    assert [call.valid for call in calls if call.form == FORM] == [False, False]
    assert [event.form for event in events if event.type == "lost"] == [FORM]
    assert check_project(tmp_path / "run" / "artifacts").diagnostics == ()


@pytest.mark.parametrize(
    ("path", "declaration", "form"),
    [
        ("src/modules/todos/todos.service.ts", "public async complete(", "program/todos.complete"),
        ("src/modules/todos/todos.controller.ts", "public complete(", "interface/todo"),
        ("src/structures/todo.ts", "export ", "interface/todo"),
        ("src/database/tables.ts", "export interface TodoRow", "database/table/todo"),
        ("test/features/todos/todo-is-completed-once.ts", "export async", "test/todo/3"),
        ("src/main.ts", "import", None),
    ],
)
def test_every_kind_of_file_knows_its_form(
    path: str, declaration: str, form: str | None, todo: Project
) -> None:
    files = {file.path: file.text for file in render(todo)}
    lines = files[path].splitlines()
    line = next(number for number, each in enumerate(lines, start=1) if declaration in each)
    error = CompilerDiagnostic(file=path, line=line + 1, column=1, code=2322, message="No.")
    assert set(blame(todo, files, (error,))) == ({form} if form else set())
