from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator
from pydantic import ValidationError

from pipeline.ast.analysis import Analysis
from pipeline.ast.database import Database
from pipeline.ast.interface import Interface
from pipeline.ast.program import Program
from pipeline.ast.test import TestSuite
from pipeline.node.compile import check_project
from pipeline.node.runtime import verify_project
from pipeline.project import Project
from pipeline.records.journal import write_files
from pipeline.render.project import render
from pipeline.run.golden import golden_names, load_answers
from pipeline.run.requests import RequestError

GOLDEN = (
    *("blog", "board", "booking", "community", "expenses"),
    *("library", "shop", "todo", "workforce"),
)


@pytest.fixture(scope="module", params=GOLDEN)
def project(request: pytest.FixtureRequest, golden: Callable[[str], Project]) -> Project:
    return golden(request.param)


@pytest.fixture(scope="module")
def folder(project: Project, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("golden") / "project"
    out.mkdir()
    write_files(out, {file.path: file.text for file in render(project)})
    return out


def test_a_golden_project_type_checks(folder: Path) -> None:
    report = check_project(folder)
    assert report.diagnostics == ()
    assert report.units > 50


def test_a_golden_project_boots_and_passes_its_own_tests(project: Project, folder: Path) -> None:
    report = verify_project(folder)
    assert [(t.name, t.error) for t in report.tests if not t.ok] == []
    assert report.passed == report.total == len(project.tests.functions)


def test_a_golden_openapi_document_is_valid(folder: Path) -> None:
    document = json.loads((folder / "openapi.json").read_text(encoding="utf-8"))
    assert list(OpenAPIV31SpecValidator(document).iter_errors()) == []


def test_rendering_twice_gives_the_same_files(project: Project) -> None:
    assert render(project) == render(project)


@pytest.mark.parametrize(
    ("part", "kind"),
    [
        ("analysis", Analysis),
        ("database", Database),
        ("interface", Interface),
        ("tests", TestSuite),
        ("program", Program),
    ],
)
def test_every_ast_survives_its_file(project: Project, part: str, kind: type) -> None:
    ast = getattr(project, part)
    assert kind.model_validate_json(ast.model_dump_json()) == ast
    older = ast.model_dump(mode="json") | {"version": 1}
    with pytest.raises(ValidationError, match="version"):
        kind.model_validate(older)


def test_an_unknown_golden_project_lists_the_known_ones() -> None:
    assert golden_names() == GOLDEN
    known = f"no golden project 'forum'; there is one for: {', '.join(GOLDEN)}"
    with pytest.raises(RequestError, match=known):
        load_answers("forum")
