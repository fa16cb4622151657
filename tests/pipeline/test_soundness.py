"""Forms filled without any sense, with hostile names and texts: the project type-checks anyway.

    .venv/bin/python -m pytest tests/pipeline/test_soundness.py --hypothesis-profile=thorough

makes hundreds of projects; the suite makes a few, always the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from pipeline.node.warm_compiler import WarmCompiler
from pipeline.project import Project
from pipeline.records.events import Lost
from pipeline.render.project import render
from tests.pipeline.random_forms import HOSTILE_NAMES, RandomForms, design_random, projects

THOROUGH = settings.get_current_profile_name() == "thorough"
EXAMPLES = 300 if THOROUGH else 10
HOSTILE_SEEDS = range(1, 101) if THOROUGH else (1, 2, 5, 89)
"""Of 5, plurals are too long; of 89, a relation is called like a table in the plural."""
COMPILER_TIMEOUT_S = 600.0
"""For machines that are busy with other tests."""
SAFE_PATH = re.compile(
    r"(?:\.?[A-Za-z0-9][A-Za-z0-9_.-]{0,99}/)*\.?[A-Za-z0-9][A-Za-z0-9_.-]{0,99}"
)
COMPILED = re.compile(r"(?:src|sdk|test)/.*\.ts")
"""Of what the project's own settings have compiled; the settings of tools stand beside it."""
INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


class Workshop:
    """One folder and one compiler for many projects."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.compiler = WarmCompiler(folder, timeout_s=COMPILER_TIMEOUT_S)
        self._paths: set[str] = set()

    def errors(self, project: Project) -> list[str]:
        """Write the project in the place of the one before, and type-check it whole."""
        files = {file.path: file.text for file in render(project)}
        for path in self._paths - files.keys():
            (self.folder / path).unlink()
        for path, text in files.items():
            assert SAFE_PATH.fullmatch(path), path
            assert not INVISIBLE.search(text), path
            target = self.folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
        self._paths = set(files)
        report = self.compiler.check()
        assert report.units == len([path for path in files if COMPILED.fullmatch(path)])
        return [f"{d.file}:{d.line}: {d.message}" for d in report.diagnostics]


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    made = Workshop(tmp_path_factory.mktemp("project"))
    with made.compiler:
        yield made


@settings(
    max_examples=EXAMPLES,
    derandomize=not THOROUGH,
    deadline=None,
    phases=list(Phase) if THOROUGH else [Phase.generate, Phase.shrink],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(project=projects())
def test_any_valid_asts_make_a_project_that_type_checks(
    workshop: Workshop, project: Project
) -> None:
    assert workshop.errors(project) == []
    for ast in (
        project.analysis,
        project.database,
        project.interface,
        project.tests,
        project.program,
    ):
        assert type(ast).model_validate_json(ast.model_dump_json()) == ast


@pytest.mark.parametrize("seed", HOSTILE_SEEDS)
def test_names_that_no_grammar_held_back_end_safe(workshop: Workshop, seed: int) -> None:
    project, events = design_random(RandomForms(seed, HOSTILE_NAMES))
    assert not any(isinstance(event, Lost) for event in events)
    assert len(project.database.tables) > 1
    assert workshop.errors(project) == []
