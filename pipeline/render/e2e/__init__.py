"""The end-to-end tests: a file for each, the harness they share, and the program that runs them."""

from __future__ import annotations

from pipeline.project import File, Project
from pipeline.render.e2e.features import feature, feature_path
from pipeline.render.e2e.harness import harness
from pipeline.render.e2e.runner import runner


def render(project: Project) -> tuple[File, ...]:
    """Render `test/run.ts`, `test/harness.ts` and `test/features/**`."""
    used: set[str] = set()
    features: list[File] = []
    for function in project.tests.functions:
        text, names = feature(project, function)
        used |= names
        features.append(File(feature_path(project, function), text))
    return (
        File("test/harness.ts", harness(project, used)),
        File("test/run.ts", runner(project, used)),
        *features,
    )
