"""Forms filled without any sense, with hostile names and texts: the project type-checks anyway."""

from __future__ import annotations

from pathlib import Path

import pytest

from engines.protocol import Sampler
from pipeline.compile import check_project
from pipeline.harness import Harness, Settings
from pipeline.journal import write_files
from pipeline.project import Project
from pipeline.records import Event, Lost
from pipeline.render.project import render
from pipeline.run import design
from tests.pipeline.random_forms import RandomForms

SEEDS = range(1, 21)


def make(seed: int) -> tuple[Project, Harness]:
    """Design a project from random forms; nothing may be lost, and all is valid at first try."""
    events: list[Event] = []
    settings = Settings(seed=seed, sampler=Sampler(), feedback=0, max_tokens_per_call=1 << 20)
    harness = Harness(RandomForms(seed), settings, lambda _: None, events.append, lambda: False)
    project = design(harness, "Anything.", lambda _stage, _ast: None)
    assert [event for event in events if isinstance(event, Lost)] == []
    return project, harness


@pytest.mark.parametrize("seed", SEEDS)
def test_any_valid_form_ends_in_a_project_that_type_checks(seed: int, tmp_path: Path) -> None:
    project, harness = make(seed)
    assert all(stage.valid_first_try == stage.calls for stage in harness.summaries)
    files = {file.path: file.text for file in render(project)}
    folder = tmp_path / "project"
    folder.mkdir()
    write_files(folder, files)
    report = check_project(folder)
    assert report.diagnostics == ()
    assert report.units == sum(path.endswith(".ts") for path in files)


@pytest.mark.parametrize("seed", SEEDS[:5])
def test_every_ast_survives_its_file(seed: int) -> None:
    project, _ = make(seed)
    for ast in (
        project.analysis,
        project.database,
        project.interface,
        project.tests,
        project.program,
    ):
        assert type(ast).model_validate_json(ast.model_dump_json()) == ast
